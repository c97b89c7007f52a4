-- The record: cases, decisions, actions, outbox, audit, operators, and the offset that it reflects.
-- Times are microseconds since 1970 in UTC. JSON is TEXT. Sets of sources are one bit each.

CREATE TABLE pipeline (
    pipeline_id BIGINT PRIMARY KEY CHECK (pipeline_id = 1),
    applied_offset BIGINT NOT NULL
);
INSERT INTO pipeline (pipeline_id, applied_offset) VALUES (1, 0);

-- What was taken in, so that it counts once.
CREATE TABLE effects (
    effect_id TEXT PRIMARY KEY
);

CREATE TABLE policies (
    policy_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    severity TEXT NOT NULL,
    is_retired BOOLEAN NOT NULL,
    PRIMARY KEY (policy_id, version)
);

CREATE TABLE accounts (
    account_id TEXT PRIMARY KEY,
    standing TEXT NOT NULL,
    has_legal_hold BOOLEAN NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX accounts_by_standing ON accounts (standing);
CREATE INDEX accounts_held ON accounts (account_id) WHERE has_legal_hold;

CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY,
    open_count BIGINT NOT NULL
);

CREATE TABLE cases (
    case_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    queue_id TEXT NOT NULL,
    status TEXT NOT NULL,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    opened_by TEXT NOT NULL,
    sources BIGINT NOT NULL,
    report_count BIGINT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    is_calibrated BOOLEAN NOT NULL,
    incarnation_of TEXT NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    reach BIGINT,
    is_protected BOOLEAN NOT NULL,
    policy_id TEXT,
    severity TEXT NOT NULL,
    deadline_at BIGINT NOT NULL, -- 9223372036854775807 where there is none, so that one index orders all
    deadline_basis TEXT,
    rank BIGINT NOT NULL,
    claim_id TEXT,
    claimed_by TEXT,
    claimed_at BIGINT,
    claim_expires_at BIGINT NOT NULL, -- 0 where there is no claim
    claim_count BIGINT NOT NULL,
    decision_id TEXT,
    evidence TEXT NOT NULL
);
CREATE UNIQUE INDEX cases_one_open ON cases (account_id) WHERE status = 'open';
CREATE INDEX cases_of_account ON cases (account_id);
CREATE INDEX cases_in_order ON cases (status, deadline_at, rank, case_id, claim_expires_at, sources);
CREATE INDEX cases_in_queue ON cases (status, queue_id, deadline_at, rank, case_id, claim_expires_at, sources);

CREATE TABLE reports (
    report_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    item_id TEXT,
    policy_id TEXT,
    text TEXT,
    reporter_id TEXT,
    source TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    is_subject_known BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    case_id TEXT
);
CREATE INDEX reports_of_account ON reports (account_id, status);
CREATE INDEX reports_by ON reports (reporter_id) WHERE reporter_id IS NOT NULL;
CREATE INDEX reports_of_case ON reports (case_id, report_id);

CREATE TABLE candidates (
    candidate_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    source TEXT NOT NULL,
    fate TEXT NOT NULL,
    case_id TEXT,
    weight DOUBLE PRECISION NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    proposed_at BIGINT NOT NULL
);

CREATE TABLE incarnations (
    account_id TEXT NOT NULL,
    predecessor_id TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    evidence TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, predecessor_id)
);
CREATE INDEX incarnations_of ON incarnations (predecessor_id);

CREATE TABLE decisions (
    decision_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    policy_version BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    evidence_hash TEXT NOT NULL,
    rationale TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    automation TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    case_opened_at BIGINT NOT NULL,
    sources BIGINT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    overturned_by TEXT,
    overturned_at BIGINT,
    overturn_reason TEXT,
    FOREIGN KEY (policy_id, policy_version) REFERENCES policies (policy_id, version)
);
CREATE INDEX decisions_of_account ON decisions (account_id, decided_at);

CREATE TABLE actions (
    action_id TEXT PRIMARY KEY,
    decision_id TEXT NOT NULL REFERENCES decisions (decision_id),
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT,
    reverses TEXT,
    is_sent BOOLEAN NOT NULL,
    taken_at BIGINT NOT NULL
);
CREATE INDEX actions_of_account ON actions (account_id, taken_at);

CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    outbox_key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    stream TEXT NOT NULL,
    payload TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    settled_at BIGINT,
    last_error TEXT
);
CREATE INDEX outbox_by_status ON outbox (status, kind, sequence, due_at, stream);
CREATE INDEX outbox_streams ON outbox (kind, stream, sequence, status);

CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    salt TEXT NOT NULL,
    commitment TEXT NOT NULL,
    top TEXT NOT NULL
);
CREATE INDEX audit_of_subject ON audit (subject, sequence);
-- What an erasure takes out is what a record was about; all that the tree covers stays.
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit
WHEN NOT (
    NEW.sequence = OLD.sequence AND NEW.at = OLD.at AND NEW.actor = OLD.actor AND NEW.verb = OLD.verb
    AND NEW.commitment = OLD.commitment AND NEW.top = OLD.top
    AND NEW.subject = '' AND NEW.details = '' AND NEW.salt = ''
)
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit records are never deleted'); END;

-- The right edge of the tree, apart from it, so that a cut-off end is noticed.
CREATE TABLE audit_head (
    audit_head_id BIGINT PRIMARY KEY CHECK (audit_head_id = 1),
    sequence BIGINT NOT NULL,
    peaks TEXT NOT NULL
);
INSERT INTO audit_head (audit_head_id, sequence, peaks) VALUES (1, 0, '');

-- Signed roots over the first records.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY,
    note TEXT NOT NULL,
    signed_at BIGINT NOT NULL
);

CREATE TABLE operators (
    operator_id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    is_disabled BOOLEAN NOT NULL
);

CREATE TABLE tokens (
    token_id TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    operator_id TEXT NOT NULL REFERENCES operators (operator_id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX tokens_of_operator ON tokens (operator_id);

-- The record: cases, decisions, actions, outbox, audit, operators, and the offset that it reflects.
-- Times are microseconds since 1970 in UTC. JSON is TEXT. Sets of sources are one bit each.
-- The same tables and columns as on SQLite. Texts compare byte by byte, as they do there, whatever the database's
-- own collation: ids are sought and paged through by their order.

CREATE TABLE pipeline (
    pipeline_id BIGINT PRIMARY KEY CHECK (pipeline_id = 1),
    applied_offset BIGINT NOT NULL
);
INSERT INTO pipeline (pipeline_id, applied_offset) VALUES (1, 0);

-- What was taken in, so that it counts once.
CREATE TABLE effects (
    effect_id TEXT COLLATE "C" PRIMARY KEY
);

CREATE TABLE policies (
    policy_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    is_retired BOOLEAN NOT NULL,
    PRIMARY KEY (policy_id, version)
);

CREATE TABLE accounts (
    account_id TEXT COLLATE "C" PRIMARY KEY,
    standing TEXT COLLATE "C" NOT NULL,
    has_legal_hold BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL
);
CREATE INDEX accounts_by_standing ON accounts (standing);
CREATE INDEX accounts_held ON accounts (account_id) WHERE has_legal_hold;

CREATE TABLE queues (
    queue_id TEXT COLLATE "C" PRIMARY KEY,
    open_count BIGINT NOT NULL
);

CREATE TABLE cases (
    case_id TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    queue_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT,
    opened_by TEXT COLLATE "C" NOT NULL,
    sources BIGINT NOT NULL,
    report_count BIGINT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    is_calibrated BOOLEAN NOT NULL,
    incarnation_of TEXT COLLATE "C" NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    reach BIGINT,
    is_protected BOOLEAN NOT NULL,
    policy_id TEXT COLLATE "C",
    severity TEXT COLLATE "C" NOT NULL,
    deadline_at BIGINT NOT NULL, -- 9223372036854775807 where there is none, so that one index orders all
    deadline_basis TEXT COLLATE "C",
    rank BIGINT NOT NULL,
    claim_id TEXT COLLATE "C",
    claimed_by TEXT COLLATE "C",
    claimed_at BIGINT,
    claim_expires_at BIGINT NOT NULL, -- 0 where there is no claim
    claim_count BIGINT NOT NULL,
    decision_id TEXT COLLATE "C",
    evidence TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX cases_one_open ON cases (account_id) WHERE status = 'open';
CREATE INDEX cases_of_account ON cases (account_id);
CREATE INDEX cases_in_order ON cases (status, deadline_at, rank, case_id, claim_expires_at, sources);
CREATE INDEX cases_in_queue ON cases (status, queue_id, deadline_at, rank, case_id, claim_expires_at, sources);

CREATE TABLE reports (
    report_id TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    entry_id TEXT COLLATE "C" NOT NULL,
    item_id TEXT COLLATE "C",
    policy_id TEXT COLLATE "C",
    text TEXT COLLATE "C",
    reporter_id TEXT COLLATE "C",
    source TEXT COLLATE "C" NOT NULL,
    received_at BIGINT NOT NULL,
    is_subject_known BOOLEAN NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    case_id TEXT COLLATE "C"
);
CREATE INDEX reports_of_account ON reports (account_id, status);
CREATE INDEX reports_by ON reports (reporter_id) WHERE reporter_id IS NOT NULL;
CREATE INDEX reports_of_case ON reports (case_id, report_id);

CREATE TABLE candidates (
    candidate_id TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    fate TEXT COLLATE "C" NOT NULL,
    case_id TEXT COLLATE "C",
    weight DOUBLE PRECISION NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    proposed_at BIGINT NOT NULL
);

CREATE TABLE incarnations (
    account_id TEXT COLLATE "C" NOT NULL,
    predecessor_id TEXT COLLATE "C" NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    proposed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, predecessor_id)
);
CREATE INDEX incarnations_of ON incarnations (predecessor_id);

CREATE TABLE decisions (
    decision_id TEXT COLLATE "C" PRIMARY KEY,
    case_id TEXT COLLATE "C" NOT NULL UNIQUE,
    account_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    policy_id TEXT COLLATE "C" NOT NULL,
    policy_version BIGINT NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    evidence_hash TEXT COLLATE "C" NOT NULL,
    rationale TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL,
    automation TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT NOT NULL,
    case_opened_at BIGINT NOT NULL,
    sources BIGINT NOT NULL,
    weight DOUBLE PRECISION NOT NULL,
    overturned_by TEXT COLLATE "C",
    overturned_at BIGINT,
    overturn_reason TEXT COLLATE "C",
    FOREIGN KEY (policy_id, policy_version) REFERENCES policies (policy_id, version)
);
CREATE INDEX decisions_of_account ON decisions (account_id, decided_at);

CREATE TABLE actions (
    action_id TEXT COLLATE "C" PRIMARY KEY,
    decision_id TEXT COLLATE "C" NOT NULL REFERENCES decisions (decision_id),
    account_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C",
    reverses TEXT COLLATE "C",
    is_sent BOOLEAN NOT NULL,
    taken_at BIGINT NOT NULL
);
CREATE INDEX actions_of_account ON actions (account_id, taken_at);

CREATE TABLE outbox (
    sequence BIGINT PRIMARY KEY,
    outbox_key TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    stream TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    settled_at BIGINT,
    last_error TEXT COLLATE "C"
);
CREATE INDEX outbox_by_status ON outbox (status, kind, sequence, due_at, stream);
CREATE INDEX outbox_streams ON outbox (kind, stream, sequence, status);

CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    verb TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    details TEXT COLLATE "C" NOT NULL,
    salt TEXT COLLATE "C" NOT NULL,
    commitment TEXT COLLATE "C" NOT NULL,
    top TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_of_subject ON audit (subject, sequence);
CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit records are never %', TG_ARGV[0];
END $$;
-- What an erasure takes out is what a record was about; all that the tree covers stays.
CREATE TRIGGER audit_is_never_updated BEFORE UPDATE ON audit
    FOR EACH ROW WHEN (NOT (
        NEW.sequence = OLD.sequence AND NEW.at = OLD.at AND NEW.actor = OLD.actor AND NEW.verb = OLD.verb
        AND NEW.commitment = OLD.commitment AND NEW.top = OLD.top
        AND NEW.subject = '' AND NEW.details = '' AND NEW.salt = ''
    )) EXECUTE FUNCTION audit_refuses('changed');
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('deleted');
CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('deleted');

-- The right edge of the tree, apart from it, so that a cut-off end is noticed. Whoever writes holds this row from the
-- beginning of the transaction on.
CREATE TABLE audit_head (
    audit_head_id BIGINT PRIMARY KEY CHECK (audit_head_id = 1),
    sequence BIGINT NOT NULL,
    peaks TEXT COLLATE "C" NOT NULL
);
INSERT INTO audit_head (audit_head_id, sequence, peaks) VALUES (1, 0, '');

-- Signed roots over the first records.
CREATE TABLE audit_checkpoints (
    size BIGINT PRIMARY KEY,
    note TEXT COLLATE "C" NOT NULL,
    signed_at BIGINT NOT NULL
);

CREATE TABLE operators (
    operator_id TEXT COLLATE "C" PRIMARY KEY,
    display_name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    is_disabled BOOLEAN NOT NULL
);

CREATE TABLE tokens (
    token_id TEXT COLLATE "C" PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators (operator_id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX tokens_of_operator ON tokens (operator_id);

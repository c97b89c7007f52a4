-- Batches: many decisions proposed, sampled, approved, carried out and taken back together.

CREATE TABLE batches (
    batch_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX batches_by_status ON batches (status, proposed_at, batch_id);

CREATE TABLE batch_members (
    batch_id TEXT NOT NULL REFERENCES batches (batch_id),
    account_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    source TEXT NOT NULL,
    stratum TEXT NOT NULL,
    evidence TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    is_sampled BOOLEAN NOT NULL,
    judged_by TEXT,
    judged_at BIGINT,
    finding TEXT,
    is_wrong BOOLEAN,
    decision_id TEXT,
    done_at BIGINT,
    PRIMARY KEY (batch_id, account_id)
);
CREATE INDEX batch_members_by_status ON batch_members (batch_id, status, account_id);
CREATE INDEX batch_members_unjudged ON batch_members (batch_id, place) WHERE is_sampled AND judged_by IS NULL;
CREATE INDEX batch_members_of_account ON batch_members (account_id);
CREATE INDEX batch_members_of_decision ON batch_members (decision_id) WHERE decision_id IS NOT NULL;
CREATE INDEX batch_members_done ON batch_members (done_at) WHERE decision_id IS NOT NULL;

-- What one person answers for within a day.
CREATE INDEX decisions_by ON decisions (decided_by, decided_at);

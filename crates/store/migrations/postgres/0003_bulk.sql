-- Batches: many decisions proposed, sampled, approved, carried out and taken back together.

CREATE TABLE batches (
    batch_id TEXT COLLATE "C" PRIMARY KEY,
    status TEXT COLLATE "C" NOT NULL,
    proposed_at BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL
);
CREATE INDEX batches_by_status ON batches (status, proposed_at, batch_id);

CREATE TABLE batch_members (
    batch_id TEXT COLLATE "C" NOT NULL REFERENCES batches (batch_id),
    account_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    stratum TEXT COLLATE "C" NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    is_sampled BOOLEAN NOT NULL,
    judged_by TEXT COLLATE "C",
    judged_at BIGINT,
    finding TEXT COLLATE "C",
    is_wrong BOOLEAN,
    decision_id TEXT COLLATE "C",
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

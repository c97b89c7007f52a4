-- Accounts that were proposed together, reviewed side by side; each member's case is an ordinary one.

CREATE TABLE cluster_cases (
    cluster_case_id TEXT COLLATE "C" PRIMARY KEY,
    cluster_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    window_seconds BIGINT,
    weight DOUBLE PRECISION NOT NULL,
    density DOUBLE PRECISION NOT NULL,
    days BIGINT NOT NULL,
    first_at BIGINT,
    last_at BIGINT,
    opened_at BIGINT NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    closed_at BIGINT,
    close_reason TEXT COLLATE "C",
    claim_count BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX cluster_cases_one_open ON cluster_cases (cluster_id) WHERE status = 'open';
CREATE INDEX cluster_cases_of_cluster ON cluster_cases (cluster_id);
CREATE INDEX cluster_cases_in_order ON cluster_cases (status, opened_at, cluster_case_id);

CREATE TABLE cluster_case_members (
    cluster_case_id TEXT COLLATE "C" NOT NULL REFERENCES cluster_cases (cluster_case_id),
    account_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    case_id TEXT COLLATE "C" REFERENCES cases (case_id), -- none where the account was suspended already
    belonging DOUBLE PRECISION NOT NULL,
    partners BIGINT NOT NULL,
    objects BIGINT NOT NULL,
    PRIMARY KEY (cluster_case_id, account_id)
);
CREATE INDEX cluster_case_members_of_case ON cluster_case_members (case_id);
CREATE INDEX cluster_case_members_of_account ON cluster_case_members (account_id);

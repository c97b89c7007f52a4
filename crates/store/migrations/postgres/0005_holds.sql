-- Holds: what rules did to an account's reach for a while. `ended_at` is null for those that are over by themselves.

CREATE TABLE holds (
    hold_id TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    case_id TEXT COLLATE "C" NOT NULL,
    event_id TEXT COLLATE "C" NOT NULL,
    policy_id TEXT COLLATE "C" NOT NULL,
    rules TEXT COLLATE "C" NOT NULL,
    rule_set BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    decision_id TEXT COLLATE "C"
);
CREATE INDEX holds_of_account ON holds (account_id, begun_at, hold_id);

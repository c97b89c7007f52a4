-- Holds: what rules did to an account's reach for a while. `ended_at` is null for those that are over by themselves.

CREATE TABLE holds (
    hold_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    rules TEXT NOT NULL,
    rule_set BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    decision_id TEXT
);
CREATE INDEX holds_of_account ON holds (account_id, begun_at, hold_id);

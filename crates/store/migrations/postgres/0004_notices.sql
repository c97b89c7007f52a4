-- Statements of reasons, how accounts are told, and appeals.

-- The secret signs appeal links; it is drawn once, and every process of this record shares it.
CREATE TABLE notice_settings (
    notice_settings_id BIGINT PRIMARY KEY CHECK (notice_settings_id = 1),
    secret TEXT COLLATE "C" NOT NULL,
    appeal_url TEXT COLLATE "C" NOT NULL,
    appeal_days BIGINT NOT NULL
);
INSERT INTO notice_settings (notice_settings_id, secret, appeal_url, appeal_days)
VALUES (1, replace(gen_random_uuid()::TEXT || gen_random_uuid()::TEXT, '-', ''), '/v1/appeals/', 183);

CREATE TABLE notice_profiles (
    account_id TEXT COLLATE "C" PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL
);

CREATE TABLE statements (
    decision_id TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL,
    puid TEXT COLLATE "C" NOT NULL UNIQUE,
    withheld_until BIGINT, -- 9223372036854775807 where no day is set, and NULL where nothing is withheld any more
    state TEXT COLLATE "C" NOT NULL
);
CREATE INDEX statements_of_account ON statements (account_id);
CREATE INDEX statements_withheld ON statements (withheld_until) WHERE withheld_until IS NOT NULL;

CREATE TABLE appeals (
    appeal_id TEXT COLLATE "C" PRIMARY KEY,
    decision_id TEXT COLLATE "C" NOT NULL UNIQUE,
    account_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    lane BIGINT NOT NULL, -- 0 for urgent ones
    due_at BIGINT NOT NULL,
    alarm_at BIGINT NOT NULL, -- 9223372036854775807 once the alarm was given
    text TEXT COLLATE "C" NOT NULL,
    reasons TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL
);
CREATE INDEX appeals_in_order ON appeals (status, lane, due_at, appeal_id);
CREATE INDEX appeals_by_alarm ON appeals (alarm_at) WHERE status = 'open';
CREATE INDEX appeals_of_account ON appeals (account_id);

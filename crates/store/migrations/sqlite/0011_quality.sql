-- The quality of review: second looks at decided cases, and golden cases.

-- The secret draws lots; it is drawn once, and every process of this record shares it. Nothing is drawn until shares are set.
CREATE TABLE quality_settings (
    quality_settings_id BIGINT PRIMARY KEY CHECK (quality_settings_id = 1),
    secret TEXT NOT NULL,
    state TEXT NOT NULL
);
INSERT INTO quality_settings (quality_settings_id, secret, state)
VALUES (1, lower(hex(randomblob(32))), '{"share":0.0,"golden_share":0.0,"score_shown":[]}');

CREATE TABLE second_looks (
    second_look_id TEXT PRIMARY KEY,
    decision_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    reviewer TEXT NOT NULL, -- '' while nobody has it
    status TEXT NOT NULL,
    is_golden BOOLEAN NOT NULL,
    drawn_at BIGINT NOT NULL,
    lapses_at BIGINT NOT NULL, -- 9223372036854775807 for golden cases, which go to nobody else
    state TEXT NOT NULL
);
CREATE INDEX second_looks_in_order ON second_looks (status, drawn_at, second_look_id);
CREATE INDEX second_looks_by_reviewer ON second_looks (reviewer, status);
CREATE INDEX second_looks_of_account ON second_looks (account_id, status);

CREATE TABLE golden_cases (
    decision_id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX golden_cases_of_account ON golden_cases (account_id);

-- What those who work on a case write to each other, and whom they mention.

CREATE TABLE case_notes (
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    mentions TEXT NOT NULL,
    text TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
);
CREATE INDEX case_notes_of_account ON case_notes (account_id);

CREATE TABLE case_mentions (
    operator_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (operator_id, case_id, number)
);
CREATE INDEX case_mentions_of_operator ON case_mentions (operator_id, written_at);

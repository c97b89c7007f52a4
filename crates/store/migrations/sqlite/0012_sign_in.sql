-- How operators sign in: a password (Argon2id, PHC form), and a second factor that is in force or waits for its first code.
-- Sessions of an older generation have ended. A recovery code goes with its use.
CREATE TABLE credentials (
    operator_id TEXT PRIMARY KEY REFERENCES operators (operator_id),
    password TEXT NOT NULL,
    generation BIGINT NOT NULL,
    totp_secret TEXT,
    totp_pending TEXT,
    totp_step BIGINT
);

CREATE TABLE recovery_codes (
    operator_id TEXT NOT NULL REFERENCES operators (operator_id),
    digest TEXT NOT NULL,
    PRIMARY KEY (operator_id, digest)
);

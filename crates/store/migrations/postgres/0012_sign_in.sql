-- How operators sign in: a password (Argon2id, PHC form), and a second factor that is in force or waits for its first code.
-- Sessions of an older generation have ended. A recovery code goes with its use.
CREATE TABLE credentials (
    operator_id TEXT COLLATE "C" PRIMARY KEY REFERENCES operators (operator_id),
    password TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    totp_secret TEXT COLLATE "C",
    totp_pending TEXT COLLATE "C",
    totp_step BIGINT
);

CREATE TABLE recovery_codes (
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES operators (operator_id),
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (operator_id, digest)
);

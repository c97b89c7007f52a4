-- Strikes: what a violation of each policy version counts and for how long, and the ladder that points climb. The strikes
-- themselves are the decisions that stand.

ALTER TABLE policies ADD COLUMN strike_weight BIGINT NOT NULL DEFAULT 0;
ALTER TABLE policies ADD COLUMN strike_days BIGINT;
CREATE TABLE ladder_steps (
    points BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    days BIGINT
);

-- Decisions for a time: when what they did ends by itself, and when it was found to have ended.

ALTER TABLE decisions ADD COLUMN ends_at BIGINT;
ALTER TABLE decisions ADD COLUMN ended_at BIGINT;
CREATE INDEX decisions_due ON decisions (ends_at)
WHERE ends_at IS NOT NULL AND ended_at IS NULL AND overturned_at IS NULL;

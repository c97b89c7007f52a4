-- When somebody looked at a case first, which its present claim does not say. Of a case that was claimed once it is that claim; where it
-- was claimed again before, nobody knows any more.
ALTER TABLE cases ADD COLUMN first_claimed_at BIGINT;
UPDATE cases SET first_claimed_at = claimed_at WHERE claim_count = 1;

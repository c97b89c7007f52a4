-- A million open cases: what nobody holds is found without walking past what somebody does, and a claim that lapsed
-- without walking past those that hold. `closed_at` is null as long as the status is open. Pages need no claims in their indexes.

CREATE INDEX cases_unclaimed ON cases (deadline_at, rank, case_id)
WHERE closed_at IS NULL AND claim_expires_at = 0;
CREATE INDEX cases_unclaimed_in_queue ON cases (queue_id, deadline_at, rank, case_id)
WHERE closed_at IS NULL AND claim_expires_at = 0;
CREATE INDEX cases_claimed ON cases (claim_expires_at, queue_id, deadline_at, rank, case_id)
WHERE closed_at IS NULL AND claim_expires_at > 0;

DROP INDEX cases_in_order;
DROP INDEX cases_in_queue;
CREATE INDEX cases_in_order ON cases (status, deadline_at, rank, case_id, sources);
CREATE INDEX cases_in_queue ON cases (status, queue_id, deadline_at, rank, case_id, sources);

-- What waits too long for a first look, or for a decision.
CREATE INDEX cases_unseen ON cases (queue_id, opened_at) WHERE closed_at IS NULL AND claim_count = 0;
CREATE INDEX cases_seen ON cases (queue_id, opened_at) WHERE closed_at IS NULL AND claim_count > 0;

-- Open cases at which a source points, one index for each: a page of those that few have is found without walking past
-- a million of the others.
CREATE INDEX cases_from_user ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 1) <> 0;
CREATE INDEX cases_from_partner ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 2) <> 0;
CREATE INDEX cases_from_authority ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 4) <> 0;
CREATE INDEX cases_from_rule ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 8) <> 0;
CREATE INDEX cases_from_bank ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 16) <> 0;
CREATE INDEX cases_from_similar ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 32) <> 0;
CREATE INDEX cases_from_return ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 64) <> 0;
CREATE INDEX cases_from_audit_lane ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 128) <> 0;
CREATE INDEX cases_from_strikes ON cases (deadline_at, rank, case_id, queue_id)
WHERE closed_at IS NULL AND (sources & 256) <> 0;

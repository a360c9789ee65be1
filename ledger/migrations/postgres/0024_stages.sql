-- When the stages of a run ended last; NULL: it has not come so far, or had no such stage.
ALTER TABLE runs ADD COLUMN fetched_at BIGINT;
ALTER TABLE runs ADD COLUMN resolved_at BIGINT;
ALTER TABLE runs ADD COLUMN pushed_at BIGINT;

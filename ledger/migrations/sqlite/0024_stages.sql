-- When the stages of a run ended last; NULL: it has not come so far, or had no such stage.
ALTER TABLE runs ADD COLUMN fetched_at INTEGER;
ALTER TABLE runs ADD COLUMN resolved_at INTEGER;
ALTER TABLE runs ADD COLUMN pushed_at INTEGER;

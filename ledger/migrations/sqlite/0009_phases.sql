-- How far a run is, for people; and the runs that have not ended, with or without their store.
ALTER TABLE runs ADD COLUMN phase TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_open ON runs (connection, id) WHERE ended_at IS NULL;

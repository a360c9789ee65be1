-- The rows of this snapshot that name one level several times add up, in place of being refused.
ALTER TABLE snapshots ADD COLUMN sums BOOLEAN NOT NULL DEFAULT FALSE;

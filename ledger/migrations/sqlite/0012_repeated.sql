-- The rows of this snapshot that name one level several times add up, in place of being refused.
ALTER TABLE snapshots ADD COLUMN sums INTEGER NOT NULL DEFAULT 0 CHECK (sums IN (0, 1));

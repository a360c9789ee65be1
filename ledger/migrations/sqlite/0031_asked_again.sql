-- What was approved of the hold that this one took the place of: the run found more than that, and asks again. NULL: it asks for the first time.
ALTER TABLE holds ADD COLUMN approved_rows INTEGER; -- rows of the snapshot, or rows that went to 0
ALTER TABLE holds ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
ALTER TABLE holds ADD COLUMN approved_at INTEGER;

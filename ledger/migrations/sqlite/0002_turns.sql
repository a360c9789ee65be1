-- Who waits for a store with a whole run, and until when that is believed: runs of a few SKUs leave the store to it.
ALTER TABLE gates ADD COLUMN awaited_by TEXT NOT NULL DEFAULT '';
ALTER TABLE gates ADD COLUMN awaited_until INTEGER NOT NULL DEFAULT 0;

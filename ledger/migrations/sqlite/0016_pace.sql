-- What the last holder of a store knew of its rate budget, for the next one.
ALTER TABLE gates ADD COLUMN pace TEXT NOT NULL DEFAULT '';

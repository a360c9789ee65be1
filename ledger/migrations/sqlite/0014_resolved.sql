-- The level version up to which a run of everything was resolved. Rows of it that were observed later have moved since, and go out first.
ALTER TABLE runs ADD COLUMN resolved INTEGER;

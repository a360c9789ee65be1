-- The batch in which an event was recorded, so that recording it once more is told from another sending of the event; '' where it had no name.
ALTER TABLE events ADD COLUMN batch TEXT COLLATE "C" NOT NULL DEFAULT '';

-- A row of a place that its connection does not show any more, where a person asked that 0 is pushed there.
ALTER TABLE channel_levels ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1));
CREATE INDEX channel_levels_leaving ON channel_levels (connection) WHERE leaving;

-- A row of a place that its connection does not show any more, where a person asked that 0 is pushed there.
ALTER TABLE channel_levels ADD COLUMN leaving BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX channel_levels_leaving ON channel_levels (connection) WHERE leaving;

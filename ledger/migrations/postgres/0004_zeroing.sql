-- What the guard against mass zeroing counts over a day. live: the store was last known to show more than 0 there, also while it is not
-- known what it shows now; a person who approves that rows go to 0 takes it from them. zeroed_at: when a live row was shown as 0.
ALTER TABLE channel_levels ADD COLUMN live BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE channel_levels ADD COLUMN zeroed_at BIGINT;
UPDATE channel_levels SET live = TRUE WHERE exported > 0 OR (exported IS NULL AND last_exported IS NOT NULL);
DROP INDEX channel_levels_live;
DROP INDEX channel_levels_zeroing;
CREATE INDEX channel_levels_live ON channel_levels (connection) WHERE live;
CREATE INDEX channel_levels_zeroing ON channel_levels (connection, status) WHERE live AND quantity = 0;
CREATE INDEX channel_levels_zeroed ON channel_levels (connection, zeroed_at, quantity) WHERE zeroed_at IS NOT NULL;

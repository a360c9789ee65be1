-- A person's no sticks. content: the hash of what a snapshot that was not recorded says, without times and places; the same content is not
-- asked about again. rejected: why a snapshot was not recorded, where a person had rejected its content before, or has since.
ALTER TABLE snapshots ADD COLUMN content TEXT NOT NULL DEFAULT '';
ALTER TABLE snapshots ADD COLUMN rejected TEXT NOT NULL DEFAULT '';
ALTER TABLE holds ADD COLUMN content TEXT NOT NULL DEFAULT ''; -- of the snapshot that is held
CREATE INDEX snapshots_by_content ON snapshots (warehouse, content) WHERE content <> '';
CREATE INDEX holds_by_content ON holds (warehouse, content) WHERE content <> '';
CREATE INDEX holds_open ON holds (run) WHERE decision = '';

-- hold_run: the run whose hold asked about taking this row to 0. kept: why the row keeps its figure; then blocked says so too, unless
-- another rule blocks it.
ALTER TABLE channel_levels ADD COLUMN hold_run INTEGER;
ALTER TABLE channel_levels ADD COLUMN kept TEXT NOT NULL DEFAULT '';
CREATE INDEX channel_levels_by_hold ON channel_levels (connection, hold_run) WHERE hold_run IS NOT NULL;
CREATE INDEX channel_levels_kept ON channel_levels (connection) WHERE kept <> '';

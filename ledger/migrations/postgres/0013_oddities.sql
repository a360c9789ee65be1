-- What looked odd in a snapshot's rows, as JSON: counts and some examples. It decides nothing.
ALTER TABLE snapshots ADD COLUMN odd TEXT COLLATE "C" NOT NULL DEFAULT '[]';
-- A sum over the keys of its levels, and, of a full one, that sum with what its SKUs were compared with: where it is the same again, so is
-- what was found.
ALTER TABLE snapshots ADD COLUMN level_keys BIGINT NOT NULL DEFAULT 0;
ALTER TABLE snapshots ADD COLUMN compared TEXT COLLATE "C" NOT NULL DEFAULT '';

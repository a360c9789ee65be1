-- What became of a request, so that its id can be asked for. part_of is the group that it was taken up with.
ALTER TABLE requests ADD COLUMN asked_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN part_of TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN outcome TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN reason TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN ended_at BIGINT;
UPDATE requests SET outcome = 'served', ended_at = served_at WHERE served_at IS NOT NULL;
CREATE INDEX requests_by_part ON requests (connection, part_of) WHERE part_of <> '';
CREATE INDEX requests_by_time ON requests (made_at);

-- Levels whose last row was refused, until they are read again; and, with no figure, what was refused and never read.
CREATE TABLE stale_levels (
  warehouse  TEXT NOT NULL,
  sku        TEXT NOT NULL,
  facility   TEXT NOT NULL,
  available  INTEGER, -- that was read last; NULL: there is no such level, for no row of it was ever read
  zeroed     INTEGER NOT NULL CHECK (zeroed IN (0, 1)), -- the level counts as 0 because of it
  run        INTEGER NOT NULL, -- that fetched the row; 0: it was sent to us
  snapshot   INTEGER NOT NULL, -- that held the row; 0: it was an update event
  since      INTEGER NOT NULL, -- when the first row was refused after the last that was read
  refused_at INTEGER NOT NULL, -- when the last one was
  place      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (warehouse, sku, facility)
) STRICT, WITHOUT ROWID;
CREATE INDEX stale_levels_unread ON stale_levels (refused_at) WHERE available IS NULL;

-- What a refused row names: no SKU or facility that could be read is only there to be shown.
ALTER TABLE refusals ADD COLUMN no_sku INTEGER NOT NULL DEFAULT 0 CHECK (no_sku IN (0, 1));
ALTER TABLE refusals ADD COLUMN no_facility INTEGER NOT NULL DEFAULT 0 CHECK (no_facility IN (0, 1));
UPDATE refusals SET no_sku = TRUE WHERE sku = '';

-- An event that was refused has had no effect: it may be corrected and sent again under its id.
ALTER TABLE events ADD COLUMN refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1));

-- Levels whose last row was refused, until they are read again; and, with no figure, what was refused and never read.
CREATE TABLE stale_levels (
  warehouse  TEXT COLLATE "C" NOT NULL,
  sku        TEXT COLLATE "C" NOT NULL,
  facility   TEXT COLLATE "C" NOT NULL,
  available  BIGINT, -- that was read last; NULL: there is no such level, for no row of it was ever read
  zeroed     BOOLEAN NOT NULL, -- the level counts as 0 because of it
  run        BIGINT NOT NULL, -- that fetched the row; 0: it was sent to us
  snapshot   BIGINT NOT NULL, -- that held the row; 0: it was an update event
  since      BIGINT NOT NULL, -- when the first row was refused after the last that was read
  refused_at BIGINT NOT NULL, -- when the last one was
  place      TEXT COLLATE "C" NOT NULL,
  reason     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (warehouse, sku, facility)
);
CREATE INDEX stale_levels_unread ON stale_levels (refused_at) WHERE available IS NULL;

-- What a refused row names: no SKU or facility that could be read is only there to be shown.
ALTER TABLE refusals ADD COLUMN no_sku BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE refusals ADD COLUMN no_facility BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE refusals SET no_sku = TRUE WHERE sku = '';

-- An event that was refused has had no effect: it may be corrected and sent again under its id.
ALTER TABLE events ADD COLUMN refused BOOLEAN NOT NULL DEFAULT FALSE;

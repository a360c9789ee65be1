-- What is set of stores, warehouses and connections beside their configuration. A row stays when its override is gone, so that its version
-- only grows. The definitions hold what is in force.
CREATE TABLE settings (
  kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('connection', 'store', 'warehouse')),
  id         TEXT COLLATE "C" NOT NULL,
  name       TEXT COLLATE "C" NOT NULL,
  version    BIGINT NOT NULL, -- grows with every change of what is in force, by the configuration or by an override
  changed_at BIGINT NOT NULL,
  configured TEXT COLLATE "C" NOT NULL, -- JSON: what the configuration makes of it
  override   TEXT COLLATE "C", -- JSON; NULL: the configuration's counts
  reason     TEXT COLLATE "C" NOT NULL,
  set_by     TEXT COLLATE "C" NOT NULL,
  set_at     BIGINT NOT NULL,
  ends_at    BIGINT, -- NULL: it has no end
  base       TEXT COLLATE "C", -- JSON: what the configuration said when it was made; NULL: it did not name the setting
  PRIMARY KEY (kind, id, name)
);

-- The configuration alone says what is set.
ALTER TABLE state ADD COLUMN settings_read_only BOOLEAN NOT NULL DEFAULT FALSE;

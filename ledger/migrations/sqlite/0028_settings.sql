-- What is set of stores, warehouses and connections beside their configuration. A row stays when its override is gone, so that its version
-- only grows. The definitions hold what is in force.
CREATE TABLE settings (
  kind       TEXT NOT NULL CHECK (kind IN ('connection', 'store', 'warehouse')),
  id         TEXT NOT NULL,
  name       TEXT NOT NULL,
  version    INTEGER NOT NULL, -- grows with every change of what is in force, by the configuration or by an override
  changed_at INTEGER NOT NULL,
  configured TEXT NOT NULL, -- JSON: what the configuration makes of it
  override   TEXT, -- JSON; NULL: the configuration's counts
  reason     TEXT NOT NULL,
  set_by     TEXT NOT NULL,
  set_at     INTEGER NOT NULL,
  ends_at    INTEGER, -- NULL: it has no end
  base       TEXT, -- JSON: what the configuration said when it was made; NULL: it did not name the setting
  PRIMARY KEY (kind, id, name)
) STRICT, WITHOUT ROWID;

-- The configuration alone says what is set.
ALTER TABLE state ADD COLUMN settings_read_only INTEGER NOT NULL DEFAULT 0 CHECK (settings_read_only IN (0, 1));

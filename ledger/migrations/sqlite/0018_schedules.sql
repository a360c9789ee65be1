-- What is set of a connection's schedules beside its configuration. A row stays when its override is gone, so that its version only grows.
CREATE TABLE schedules (
  connection TEXT NOT NULL,
  mode       TEXT NOT NULL CHECK (mode IN ('smart', 'full')),
  version    INTEGER NOT NULL, -- grows with every change of what is in force, by the configuration or by an override
  changed_at INTEGER NOT NULL,
  reconciled INTEGER NOT NULL, -- the version that the schedule in Temporal was brought to last
  override   TEXT, -- JSON: rules and time zone; NULL: the configuration's counts
  reason     TEXT NOT NULL,
  set_by     TEXT NOT NULL,
  set_at     INTEGER NOT NULL,
  ends_at    INTEGER, -- NULL: it has no end
  base       TEXT, -- JSON: what the configuration said when it was made; NULL: it did not name the schedule
  advised    INTEGER NOT NULL DEFAULT 0 CHECK (advised IN (0, 1)), -- it was applied from the advice
  previous   TEXT, -- JSON: the override that the advice replaced
  PRIMARY KEY (connection, mode)
) STRICT, WITHOUT ROWID;

-- The configuration alone says when runs start.
ALTER TABLE state ADD COLUMN schedules_read_only INTEGER NOT NULL DEFAULT 0 CHECK (schedules_read_only IN (0, 1));
-- The file that was applied last, as people know it.
ALTER TABLE state ADD COLUMN applied_from TEXT NOT NULL DEFAULT '';

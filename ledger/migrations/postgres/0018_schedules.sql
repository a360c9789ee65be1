-- What is set of a connection's schedules beside its configuration. A row stays when its override is gone, so that its version only grows.
CREATE TABLE schedules (
  connection TEXT COLLATE "C" NOT NULL,
  mode       TEXT COLLATE "C" NOT NULL CHECK (mode IN ('smart', 'full')),
  version    BIGINT NOT NULL, -- grows with every change of what is in force, by the configuration or by an override
  changed_at BIGINT NOT NULL,
  reconciled BIGINT NOT NULL, -- the version that the schedule in Temporal was brought to last
  override   TEXT COLLATE "C", -- JSON: rules and time zone; NULL: the configuration's counts
  reason     TEXT COLLATE "C" NOT NULL,
  set_by     TEXT COLLATE "C" NOT NULL,
  set_at     BIGINT NOT NULL,
  ends_at    BIGINT, -- NULL: it has no end
  base       TEXT COLLATE "C", -- JSON: what the configuration said when it was made; NULL: it did not name the schedule
  advised    BOOLEAN NOT NULL DEFAULT FALSE, -- it was applied from the advice
  previous   TEXT COLLATE "C", -- JSON: the override that the advice replaced
  PRIMARY KEY (connection, mode)
);

-- The configuration alone says when runs start.
ALTER TABLE state ADD COLUMN schedules_read_only BOOLEAN NOT NULL DEFAULT FALSE;
-- The file that was applied last, as people know it.
ALTER TABLE state ADD COLUMN applied_from TEXT COLLATE "C" NOT NULL DEFAULT '';

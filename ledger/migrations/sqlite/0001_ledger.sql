-- The durable state of Tidemark. Times are microseconds since 1970 in UTC. Text keys compare byte by byte.
-- A schema that has been released is never edited: a change is a new numbered file.

CREATE TABLE state (
  only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
  epoch       TEXT    NOT NULL,           -- replaced when the ledger is declared restored from a backup
  generation  INTEGER NOT NULL DEFAULT 0, -- starts of processes on this ledger
  definitions INTEGER NOT NULL DEFAULT 0  -- the newest definition version; locked by whoever takes the next one
) STRICT;

-- Definitions ---------------------------------------------------------------------------------------------------------

CREATE TABLE warehouses (
  id            TEXT    PRIMARY KEY,
  merchant      TEXT    NOT NULL,
  definition    TEXT    NOT NULL,             -- JSON
  mark          TEXT    NOT NULL DEFAULT '',  -- the source's own, of the last recorded snapshot
  level_version INTEGER NOT NULL DEFAULT 0,   -- the newest level version; locked by whoever takes the next one
  confirmed_at  INTEGER NOT NULL DEFAULT 0,   -- every level with confirmed = 1 was observed at this time or later
  last_rows     INTEGER NOT NULL DEFAULT 0    -- of the last full snapshot that was recorded
) STRICT, WITHOUT ROWID;

CREATE TABLE stores (
  id         TEXT PRIMARY KEY,
  merchant   TEXT NOT NULL,
  definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
  id                 TEXT    PRIMARY KEY,
  merchant           TEXT    NOT NULL,
  warehouse          TEXT    NOT NULL REFERENCES warehouses (id),
  store              TEXT    NOT NULL REFERENCES stores (id),
  active             INTEGER NOT NULL CHECK (active IN (0, 1)),
  definition         TEXT    NOT NULL,
  version            INTEGER NOT NULL,            -- of what decides a number or where it goes, not of schedules
  cursor_levels      INTEGER NOT NULL DEFAULT 0,  -- level version up to which the connection has resolved
  cursor_definitions INTEGER NOT NULL DEFAULT 0,
  owes_full          INTEGER NOT NULL DEFAULT 0 CHECK (owes_full IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE INDEX connections_by_pair ON connections (merchant, warehouse);

CREATE TABLE sharing (
  merchant  TEXT    NOT NULL,
  warehouse TEXT    NOT NULL,
  version   INTEGER NOT NULL,
  PRIMARY KEY (merchant, warehouse)
) STRICT, WITHOUT ROWID;

-- A removed definition stays, with its version, until every cursor has passed it.

CREATE TABLE strategies (
  merchant   TEXT    NOT NULL,
  warehouse  TEXT    NOT NULL,
  definition TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  removed    INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (merchant, warehouse)
) STRICT, WITHOUT ROWID;

CREATE TABLE products (
  merchant TEXT    NOT NULL,
  sku      TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  barcode  TEXT    NOT NULL,
  version  INTEGER NOT NULL,
  removed  INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (merchant, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX products_by_version ON products (merchant, version, sku);

CREATE TABLE bundles (
  merchant   TEXT    NOT NULL,
  sku        TEXT    NOT NULL,
  components TEXT    NOT NULL, -- JSON, as defined
  version    INTEGER NOT NULL,
  removed    INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (merchant, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundles_by_version ON bundles (merchant, version, sku);

-- The components of bundles that are not removed, to find the bundles of a component.
CREATE TABLE bundle_components (
  merchant  TEXT NOT NULL,
  component TEXT NOT NULL,
  bundle    TEXT NOT NULL,
  PRIMARY KEY (merchant, component, bundle)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_components_by_bundle ON bundle_components (merchant, bundle, component);

CREATE TABLE listings (
  store       TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL,
  sku         TEXT    NOT NULL,
  version     INTEGER NOT NULL,
  removed     INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (store, channel_sku, sku)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX listings_of_channel_sku ON listings (store, channel_sku) WHERE NOT removed;
CREATE INDEX listings_by_sku ON listings (store, sku);
CREATE INDEX listings_by_version ON listings (store, version, sku, channel_sku);

-- Gate and runs -------------------------------------------------------------------------------------------------------

CREATE TABLE gates (
  store      TEXT    PRIMARY KEY,
  fence      INTEGER NOT NULL DEFAULT 0, -- grows with every taking
  run        INTEGER,                    -- NULL when nobody holds the store
  taken_at   INTEGER NOT NULL DEFAULT 0,
  busy_until INTEGER NOT NULL DEFAULT 0  -- until then a call that was begun may still arrive at the store
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  connection   TEXT    NOT NULL,
  store        TEXT    NOT NULL,
  warehouse    TEXT    NOT NULL,
  mode         TEXT    NOT NULL CHECK (mode IN ('smart', 'full')),
  trigger_kind TEXT    NOT NULL,
  workflow     TEXT    NOT NULL,
  workflow_run TEXT    NOT NULL,
  pass         INTEGER NOT NULL,
  dry_run      INTEGER NOT NULL CHECK (dry_run IN (0, 1)),
  scope        TEXT    NOT NULL, -- JSON
  requests     TEXT    NOT NULL, -- JSON
  started_at   INTEGER NOT NULL,
  fetch_began  INTEGER,
  ended_at     INTEGER,
  outcome      TEXT    NOT NULL,
  reason       TEXT    NOT NULL DEFAULT '',
  counts       TEXT    NOT NULL DEFAULT '{}',
  calls        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX runs_of_workflow ON runs (workflow_run, pass);
CREATE INDEX runs_by_connection ON runs (connection, id);
CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE requests (
  connection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  mode       TEXT    NOT NULL,
  run        INTEGER NOT NULL, -- that took it up last
  made_at    INTEGER NOT NULL,
  served_at  INTEGER,
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_by_run ON requests (run);

CREATE TABLE holds (
  run           INTEGER NOT NULL,
  kind          TEXT    NOT NULL CHECK (kind IN ('snapshot', 'zeroing')),
  connection    TEXT    NOT NULL,
  warehouse     TEXT    NOT NULL,
  workflow      TEXT    NOT NULL,
  reason        TEXT    NOT NULL,
  level_rows    INTEGER NOT NULL,
  zeroing       INTEGER NOT NULL,
  held_at       INTEGER NOT NULL,
  decision      TEXT    NOT NULL DEFAULT '',
  decided_by    TEXT    NOT NULL DEFAULT '',
  decided_at    INTEGER,
  answered_with INTEGER, -- the run whose answer this was
  PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;

-- Levels --------------------------------------------------------------------------------------------------------------

CREATE TABLE levels (
  warehouse   TEXT    NOT NULL,
  sku         TEXT    NOT NULL,
  facility    TEXT    NOT NULL,
  available   INTEGER NOT NULL CHECK (available BETWEEN -1000000000 AND 1000000000),
  on_hand     INTEGER,
  committed   INTEGER,
  reported_at INTEGER,          -- as the warehouse said; NULL when it gave no time
  observed_at INTEGER NOT NULL, -- orders observations; see confirmed
  confirmed   INTEGER NOT NULL CHECK (confirmed IN (0, 1)), -- 1: warehouses.confirmed_at holds for this level too
  version     INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  sequence    INTEGER NOT NULL DEFAULT 0, -- the source's own, of the last update event; 0 when it has none
  PRIMARY KEY (warehouse, sku, facility)
) STRICT, WITHOUT ROWID;
CREATE INDEX levels_by_version ON levels (warehouse, version, sku);

-- Update events that have had their effect, so that none has it twice.
CREATE TABLE events (
  warehouse TEXT    NOT NULL,
  event     TEXT    NOT NULL,
  seen_at   INTEGER NOT NULL,
  PRIMARY KEY (warehouse, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_time ON events (seen_at);

CREATE TABLE snapshots (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  warehouse TEXT    NOT NULL,
  run       INTEGER NOT NULL,
  state     TEXT    NOT NULL CHECK (state IN ('staging', 'recorded', 'held')),
  began_at  INTEGER NOT NULL,
  ended_at  INTEGER,
  complete  INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)), -- a full snapshot, not a delta
  source    TEXT    NOT NULL DEFAULT '',
  held      TEXT    NOT NULL DEFAULT '',
  result    TEXT    NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX snapshots_by_warehouse ON snapshots (warehouse, id);
CREATE INDEX snapshots_by_run ON snapshots (run);

CREATE TABLE staged (
  snapshot    INTEGER NOT NULL,
  sku         TEXT    NOT NULL,
  facility    TEXT    NOT NULL,
  available   INTEGER NOT NULL CHECK (available BETWEEN -1000000000 AND 1000000000),
  on_hand     INTEGER,
  committed   INTEGER,
  reported_at INTEGER,
  copies      INTEGER NOT NULL, -- above 1: all of them are refused; 0: not named, and taken as 0 by policy
  PRIMARY KEY (snapshot, sku, facility)
) STRICT, WITHOUT ROWID;
CREATE INDEX staged_twice ON staged (snapshot) WHERE copies > 1;

CREATE TABLE refusals (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  snapshot INTEGER NOT NULL,
  facility TEXT    NOT NULL,
  sku      TEXT    NOT NULL,
  place    TEXT    NOT NULL,
  reason   TEXT    NOT NULL,
  copies   INTEGER NOT NULL
) STRICT;
CREATE INDEX refusals_by_snapshot ON refusals (snapshot, sku, facility);

-- What stores should show, and what they were told ----------------------------------------------------------------------

CREATE TABLE channel_levels (
  connection    TEXT    NOT NULL,
  channel_sku   TEXT    NOT NULL,
  location      TEXT    NOT NULL,
  product       TEXT    NOT NULL,
  quantity      INTEGER NOT NULL CHECK (quantity BETWEEN 0 AND 1000000000),
  observed      INTEGER NOT NULL, -- the level version that quantity was computed from
  exported      INTEGER,          -- what the store was last known to show; NULL when it is not known
  status        TEXT    NOT NULL CHECK (status IN ('pending', 'unknown', 'sent', 'exported', 'retrying', 'rejected', 'blocked')),
  reason        TEXT    NOT NULL DEFAULT '',
  blocked       TEXT    NOT NULL DEFAULT '', -- why our own rules forbid a push; kept apart while a call is open
  attempts      INTEGER NOT NULL DEFAULT 0,
  tries         INTEGER NOT NULL DEFAULT 0,  -- fruitless calls in the run tries_run
  tries_run     INTEGER NOT NULL DEFAULT 0,
  part          INTEGER NOT NULL DEFAULT 0,  -- the most rows in the next call that holds this one; 0 when there is no limit
  run           INTEGER NOT NULL,            -- that touched the row last
  open_call     TEXT,
  last_exported INTEGER,
  why           TEXT    NOT NULL,            -- JSON of the explanation
  PRIMARY KEY (connection, channel_sku, location),
  CHECK ((open_call IS NOT NULL) = (status IN ('unknown', 'sent')))
) STRICT;
CREATE INDEX channel_levels_by_product ON channel_levels (connection, product);
CREATE INDEX channel_levels_by_status ON channel_levels (connection, status, run);
CREATE INDEX channel_levels_due ON channel_levels (connection, channel_sku, location) WHERE status IN ('pending', 'retrying');
CREATE INDEX channel_levels_live ON channel_levels (connection) WHERE exported > 0;
CREATE INDEX channel_levels_zeroing ON channel_levels (connection) WHERE status IN ('pending', 'retrying') AND quantity = 0 AND exported > 0;
CREATE INDEX channel_levels_open ON channel_levels (connection, open_call) WHERE open_call IS NOT NULL;

CREATE TABLE calls (
  key        TEXT    PRIMARY KEY,
  connection TEXT    NOT NULL,
  store      TEXT    NOT NULL,
  run        INTEGER NOT NULL,
  fence      INTEGER NOT NULL,
  body       BLOB,              -- the exact bytes; dropped when the call is closed
  items      TEXT    NOT NULL,  -- JSON; dropped when the call is closed
  created_at INTEGER NOT NULL,
  busy_until INTEGER NOT NULL,  -- when the last send of it is certainly over
  sends      INTEGER NOT NULL,
  ticket     TEXT    NOT NULL DEFAULT '',
  poll_after INTEGER,
  closed_at  INTEGER,
  note       TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX calls_open ON calls (connection, created_at, key) WHERE closed_at IS NULL;
CREATE INDEX calls_in_flight ON calls (store) WHERE closed_at IS NULL;
CREATE INDEX calls_closed ON calls (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE store_days (
  store TEXT    NOT NULL,
  day   INTEGER NOT NULL, -- days since 1970 in UTC
  calls INTEGER NOT NULL,
  PRIMARY KEY (store, day)
) STRICT, WITHOUT ROWID;

-- By which ids of their own stores know their items.
CREATE TABLE item_references (
  store       TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL,
  reference   TEXT    NOT NULL,
  found_at    INTEGER NOT NULL,
  PRIMARY KEY (store, channel_sku)
) STRICT, WITHOUT ROWID;

-- Calls that named a channel SKU, for stores that allow a number of them in a day.
CREATE TABLE item_days (
  store       TEXT    NOT NULL,
  day         INTEGER NOT NULL, -- days since 1970 in the store's time zone
  channel_sku TEXT    NOT NULL,
  calls       INTEGER NOT NULL,
  PRIMARY KEY (store, day, channel_sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  at          INTEGER NOT NULL,
  run         INTEGER NOT NULL,
  kind        TEXT    NOT NULL,
  merchant    TEXT    NOT NULL,
  warehouse   TEXT    NOT NULL,
  facility    TEXT    NOT NULL DEFAULT '',
  connection  TEXT    NOT NULL DEFAULT '',
  location    TEXT    NOT NULL DEFAULT '',
  sku         TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL DEFAULT '',
  before      INTEGER,
  after       INTEGER,
  call        TEXT    NOT NULL DEFAULT '',
  note        TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX activity_by_sku ON activity (merchant, sku, id);
CREATE INDEX activity_by_channel_sku ON activity (merchant, channel_sku, id) WHERE channel_sku <> '';

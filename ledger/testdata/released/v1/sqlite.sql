PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tidemark_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
);
INSERT INTO tidemark_migrations VALUES(1,'0001_ledger.sql','ddcc7e4dffc616805d3594f4b9b1b6e5467be5ee5b21629ceb949ecce22d2419',1796022024251780);
CREATE TABLE state (
  only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
  epoch       TEXT    NOT NULL,           -- replaced when the ledger is declared restored from a backup
  generation  INTEGER NOT NULL DEFAULT 0, -- starts of processes on this ledger
  definitions INTEGER NOT NULL DEFAULT 0  -- the newest definition version; locked by whoever takes the next one
) STRICT;
INSERT INTO state VALUES(1,'N4I6QQJKTQSFF2FE37KCIHQGDD',1,1);
CREATE TABLE warehouses (
  id            TEXT    PRIMARY KEY,
  merchant      TEXT    NOT NULL,
  definition    TEXT    NOT NULL,             -- JSON
  mark          TEXT    NOT NULL DEFAULT '',  -- the source's own, of the last recorded snapshot
  level_version INTEGER NOT NULL DEFAULT 0,   -- the newest level version; locked by whoever takes the next one
  confirmed_at  INTEGER NOT NULL DEFAULT 0,   -- every level with confirmed = 1 was observed at this time or later
  last_rows     INTEGER NOT NULL DEFAULT 0    -- of the last full snapshot that was recorded
) STRICT, WITHOUT ROWID;
INSERT INTO warehouses VALUES('annex','acme','{"id":"annex","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/annex","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s2","as_of":"2026-11-30T07:00:32.331661Z"}',2,1796022032331661,12);
INSERT INTO warehouses VALUES('depot','acme','{"id":"depot","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/depot","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s7","as_of":"2026-11-30T07:00:35.264619Z"}',6,1796022035264619,15);
CREATE TABLE stores (
  id         TEXT PRIMARY KEY,
  merchant   TEXT NOT NULL,
  definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO stores VALUES('kiosk','acme','{"id":"kiosk","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"compare":false,"endpoint":"http://sandbox.invalid/stores/kiosk","kind":"single","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
INSERT INTO stores VALUES('market','acme','{"id":"market","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"compare":false,"endpoint":"http://sandbox.invalid/stores/market","kind":"per_item","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
INSERT INTO stores VALUES('outlet','acme','{"id":"outlet","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"compare":false,"endpoint":"http://sandbox.invalid/stores/outlet","kind":"feed","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
INSERT INTO stores VALUES('shop','acme','{"id":"shop","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"compare":false,"endpoint":"http://sandbox.invalid/stores/shop","kind":"atomic","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
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
INSERT INTO connections VALUES('kiosk','acme','annex','kiosk',1,'{"id":"kiosk","merchant":"acme","warehouse":"annex","store":"kiosk","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"timezone":"UTC","overlap":"skip","unlisted":"push"}}',1,2,1,0);
INSERT INTO connections VALUES('market','acme','depot','market',1,'{"id":"market","merchant":"acme","warehouse":"depot","store":"market","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"timezone":"UTC","overlap":"skip","unlisted":"push"}}',1,3,1,0);
INSERT INTO connections VALUES('outlet','acme','depot','outlet',1,'{"id":"outlet","merchant":"acme","warehouse":"depot","store":"outlet","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"timezone":"UTC","overlap":"skip","unlisted":"push"}}',1,5,1,0);
INSERT INTO connections VALUES('shop','acme','depot','shop',1,'{"id":"shop","merchant":"acme","warehouse":"depot","store":"shop","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"full":[{"daily":"01:00"}],"timezone":"America/Los_Angeles","overlap":"skip","unlisted":"push","locations":[{"ID":"front","Facilities":["east"]},{"ID":"outlet","Facilities":["west"]}]}}',1,6,1,0);
CREATE TABLE sharing (
  merchant  TEXT    NOT NULL,
  warehouse TEXT    NOT NULL,
  version   INTEGER NOT NULL,
  PRIMARY KEY (merchant, warehouse)
) STRICT, WITHOUT ROWID;
INSERT INTO sharing VALUES('acme','annex',1);
INSERT INTO sharing VALUES('acme','depot',1);
CREATE TABLE strategies (
  merchant   TEXT    NOT NULL,
  warehouse  TEXT    NOT NULL,
  definition TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  removed    INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (merchant, warehouse)
) STRICT, WITHOUT ROWID;
INSERT INTO strategies VALUES('acme','depot','{"buffer_units":2,"distribution":"equal"}',1,0);
CREATE TABLE products (
  merchant TEXT    NOT NULL,
  sku      TEXT    NOT NULL,
  name     TEXT    NOT NULL,
  barcode  TEXT    NOT NULL,
  version  INTEGER NOT NULL,
  removed  INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (merchant, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO products VALUES('acme','SKU-00001','Lamp','4006381333931',1,0);
INSERT INTO products VALUES('acme','SKU-00002','Shade','',1,0);
CREATE TABLE bundles (
  merchant   TEXT    NOT NULL,
  sku        TEXT    NOT NULL,
  components TEXT    NOT NULL, -- JSON, as defined
  version    INTEGER NOT NULL,
  removed    INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (merchant, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO bundles VALUES('acme','KIT','[{"SKU":"SKU-00001","Count":1},{"SKU":"SKU-00002","Count":2}]',1,0);
CREATE TABLE bundle_components (
  merchant  TEXT NOT NULL,
  component TEXT NOT NULL,
  bundle    TEXT NOT NULL,
  PRIMARY KEY (merchant, component, bundle)
) STRICT, WITHOUT ROWID;
INSERT INTO bundle_components VALUES('acme','SKU-00001','KIT');
INSERT INTO bundle_components VALUES('acme','SKU-00002','KIT');
CREATE TABLE listings (
  store       TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL,
  sku         TEXT    NOT NULL,
  version     INTEGER NOT NULL,
  removed     INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
  PRIMARY KEY (store, channel_sku, sku)
) STRICT, WITHOUT ROWID;
INSERT INTO listings VALUES('market','M-KIT','KIT',1,0);
INSERT INTO listings VALUES('market','M-LAMP','SKU-00001',1,0);
CREATE TABLE gates (
  store      TEXT    PRIMARY KEY,
  fence      INTEGER NOT NULL DEFAULT 0, -- grows with every taking
  run        INTEGER,                    -- NULL when nobody holds the store
  taken_at   INTEGER NOT NULL DEFAULT 0,
  busy_until INTEGER NOT NULL DEFAULT 0  -- until then a call that was begun may still arrive at the store
) STRICT, WITHOUT ROWID;
INSERT INTO gates VALUES('kiosk',2,NULL,1796022032314757,0);
INSERT INTO gates VALUES('market',4,NULL,1796022031202130,0);
INSERT INTO gates VALUES('outlet',3,11,1796022033504282,1796022034170126);
INSERT INTO gates VALUES('shop',3,12,1796022035249732,1796022070911822);
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
INSERT INTO runs VALUES(1,'shop','shop','depot','full','request','full-sync/shop','63cbc741-8fcf-41f0-86d6-19c68a1dcc0b',1,0,'[]','[{"id":"enabled/shop/1796022024675227","by":"starter apply: the connection was enabled","at":"2026-11-30T07:00:24.685055Z"}]',1796022025721119,1796022025740749,1796022026436086,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":26,"due":26,"exported":26,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1);
INSERT INTO runs VALUES(2,'market','market','depot','full','request','full-sync/market','2c0edaf0-1083-426e-8828-7276ddef37f1',1,0,'[]','[{"id":"enabled/market/1796022024684569","by":"starter apply: the connection was enabled","at":"2026-11-30T07:00:24.709831Z"}]',1796022025730109,1796022025749038,1796022026469984,'completed_with_failures','1 rows were rejected','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":12,"sent":0,"rejected":1,"blocked":0,"retrying":0,"calls":1,"waits":0}',1);
INSERT INTO runs VALUES(3,'outlet','outlet','depot','full','request','full-sync/outlet','d6012046-b67b-4b96-ae69-b4fde4ff553b',1,0,'[]','[{"id":"enabled/outlet/1796022024703186","by":"starter apply: the connection was enabled","at":"2026-11-30T07:00:24.730367Z"}]',1796022025751566,1796022025774681,1796022028520801,'completed','','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3);
INSERT INTO runs VALUES(4,'kiosk','kiosk','annex','full','request','full-sync/kiosk','0581dd25-49d4-4568-ab5f-076ced32d65d',1,0,'[]','[{"id":"enabled/kiosk/1796022024724890","by":"starter apply: the connection was enabled","at":"2026-11-30T07:00:24.74173Z"}]',1796022025763324,1796022025791125,1796022026766565,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":13,"waits":0}',13);
INSERT INTO runs VALUES(5,'market','market','depot','smart','request','smart-sync/market','0e2c9920-3f0f-4fe7-9d54-3821f19aa010',1,0,'["SKU-00004"]','[{"id":"352cc15a-32f6-4da0-9812-3ab7fd2fd63b/1","by":"intake of depot","at":"2026-11-30T07:00:28.580343Z"}]',1796022028605528,NULL,1796022029313285,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1);
INSERT INTO runs VALUES(6,'outlet','outlet','depot','smart','request','smart-sync/outlet','04c17b3f-d976-440d-bfd6-0ba50026bbf2',1,0,'["SKU-00004"]','[{"id":"352cc15a-32f6-4da0-9812-3ab7fd2fd63b/1","by":"intake of depot","at":"2026-11-30T07:00:28.604466Z"}]',1796022028630605,NULL,1796022031390184,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3);
INSERT INTO runs VALUES(7,'shop','shop','depot','smart','request','smart-sync/shop','12df57e6-aec0-4bd9-b181-51187c4c790e',1,0,'["SKU-00004"]','[{"id":"352cc15a-32f6-4da0-9812-3ab7fd2fd63b/1","by":"intake of depot","at":"2026-11-30T07:00:28.628992Z"}]',1796022028668996,NULL,1796022029372640,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":2,"due":2,"exported":2,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1);
INSERT INTO runs VALUES(8,'market','market','depot','smart','request','smart-sync/market','0e2c9920-3f0f-4fe7-9d54-3821f19aa010',2,0,'[]','[{"id":"0e2c9920-3f0f-4fe7-9d54-3821f19aa010/2","by":"the recording","at":"2026-11-30T07:00:29.31738Z"}]',1796022029333031,1796022029355754,1796022030048251,'completed','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":3,"due":3,"exported":3,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1);
INSERT INTO runs VALUES(9,'market','market','depot','smart','request','smart-sync/market','b3f5e348-9d37-4e82-ba0e-8c4fa9947f88',1,1,'[]','[{"id":"b3f5e348-9d37-4e82-ba0e-8c4fa9947f88/1","by":"the recording","at":"2026-11-30T07:00:30.184396Z"}]',1796022031202130,1796022031214111,1796022031238433,'completed','a dry run: nothing was pushed','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":1,"due":0,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0);
INSERT INTO runs VALUES(10,'kiosk','kiosk','annex','smart','request','smart-sync/kiosk','df67f552-ef33-4850-a0ec-afb727bd02f0',1,0,'[]','[{"id":"df67f552-ef33-4850-a0ec-afb727bd02f0/1","by":"the recording","at":"2026-11-30T07:00:31.296183Z"}]',1796022032314757,1796022032329755,NULL,'running','','{}',0);
INSERT INTO runs VALUES(11,'outlet','outlet','depot','smart','request','smart-sync/outlet','fcb9d2b9-aeac-4425-a0db-b5d8f0e6c0f0',1,0,'[]','[{"id":"fcb9d2b9-aeac-4425-a0db-b5d8f0e6c0f0/1","by":"the recording","at":"2026-11-30T07:00:32.485593Z"}]',1796022033504282,1796022033514607,NULL,'running','','{}',1);
INSERT INTO runs VALUES(12,'shop','shop','depot','smart','request','smart-sync/shop','5fd8bd07-155b-4c62-ac3d-d94428e8b119',1,0,'[]','[{"id":"5fd8bd07-155b-4c62-ac3d-d94428e8b119/1","by":"the recording","at":"2026-11-30T07:00:34.228597Z"}]',1796022035249732,1796022035262675,NULL,'running','','{}',1);
CREATE TABLE requests (
  connection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  mode       TEXT    NOT NULL,
  run        INTEGER NOT NULL, -- that took it up last
  made_at    INTEGER NOT NULL,
  served_at  INTEGER,
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
INSERT INTO requests VALUES('kiosk','df67f552-ef33-4850-a0ec-afb727bd02f0/1','smart',10,1796022031296183,NULL);
INSERT INTO requests VALUES('kiosk','enabled/kiosk/1796022024724890','full',4,1796022024741730,1796022026766565);
INSERT INTO requests VALUES('market','0e2c9920-3f0f-4fe7-9d54-3821f19aa010/2','smart',8,1796022029317380,1796022030048251);
INSERT INTO requests VALUES('market','352cc15a-32f6-4da0-9812-3ab7fd2fd63b/1','smart',5,1796022028580343,1796022029313285);
INSERT INTO requests VALUES('market','b3f5e348-9d37-4e82-ba0e-8c4fa9947f88/1','smart',9,1796022030184396,1796022031238433);
INSERT INTO requests VALUES('market','enabled/market/1796022024684569','full',2,1796022024709831,1796022026469984);
INSERT INTO requests VALUES('outlet','352cc15a-32f6-4da0-9812-3ab7fd2fd63b/1','smart',6,1796022028604466,1796022031390184);
INSERT INTO requests VALUES('outlet','enabled/outlet/1796022024703186','full',3,1796022024730367,1796022028520801);
INSERT INTO requests VALUES('outlet','fcb9d2b9-aeac-4425-a0db-b5d8f0e6c0f0/1','smart',11,1796022032485593,NULL);
INSERT INTO requests VALUES('shop','352cc15a-32f6-4da0-9812-3ab7fd2fd63b/1','smart',7,1796022028628992,1796022029372640);
INSERT INTO requests VALUES('shop','5fd8bd07-155b-4c62-ac3d-d94428e8b119/1','smart',12,1796022034228597,NULL);
INSERT INTO requests VALUES('shop','enabled/shop/1796022024675227','full',1,1796022024685055,1796022026436086);
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
INSERT INTO holds VALUES(10,'zeroing','kiosk','annex','smart-sync/kiosk','12 of 12 live rows would newly go to 0, more than 40 %',0,12,1796022032357336,'','',NULL,NULL);
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
INSERT INTO levels VALUES('annex','SKU-00001','main',0,2,2,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00002','main',0,4,4,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00003','main',0,0,0,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00004','main',0,5,5,1796022031262865,1796022031262865,0,1,1796022025805426,0);
INSERT INTO levels VALUES('annex','SKU-00005','main',0,4,4,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00006','main',0,5,5,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00007','main',0,1,1,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00008','main',0,4,4,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00009','main',0,4,4,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00010','main',0,4,4,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00011','main',0,5,5,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('annex','SKU-00012','main',0,2,2,1796022031262865,1796022031262865,0,2,1796022032332702,0);
INSERT INTO levels VALUES('depot','SKU-00001','east',41,41,0,1796022028559572,1796022028559572,0,3,1796022029359582,0);
INSERT INTO levels VALUES('depot','SKU-00001','west',87,91,4,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00002','west',0,1,1,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00003','east',106,111,5,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00004','east',37,37,0,1796022028559572,1796022028559572,0,2,1796022028556210,0);
INSERT INTO levels VALUES('depot','SKU-00004','west',66,68,2,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00005','east',55,57,2,1796022030151879,1796022030151879,0,4,1796022031216279,0);
INSERT INTO levels VALUES('depot','SKU-00006','east',66,70,4,1796022032441072,1796022032441072,0,5,1796022033517281,0);
INSERT INTO levels VALUES('depot','SKU-00007','east',77,81,4,1796022034187130,1796022034187130,0,6,1796022035265310,0);
INSERT INTO levels VALUES('depot','SKU-00008','east',88,88,0,1796022034187130,1796022034187130,0,6,1796022035265310,0);
INSERT INTO levels VALUES('depot','SKU-00008','west',105,108,3,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00009','west',25,25,0,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00010','east',57,62,5,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00011','east',108,108,0,1796022024190989,1796022024190989,0,1,1796022025743157,0);
INSERT INTO levels VALUES('depot','SKU-00012','west',49,50,1,1796022024190989,1796022024190989,0,1,1796022025743157,0);
CREATE TABLE events (
  warehouse TEXT    NOT NULL,
  event     TEXT    NOT NULL,
  seen_at   INTEGER NOT NULL,
  PRIMARY KEY (warehouse, event)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('depot','e-1',1796022028556210);
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
INSERT INTO snapshots VALUES(1,'depot',1,'recorded',1796022025740749,1796022025743157,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"More":false}');
INSERT INTO snapshots VALUES(2,'depot',2,'recorded',1796022025749038,1796022025778581,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"More":false}');
INSERT INTO snapshots VALUES(3,'depot',3,'recorded',1796022025774681,1796022025805054,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"More":false}');
INSERT INTO snapshots VALUES(4,'annex',4,'recorded',1796022025791125,1796022025805426,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"More":false}');
INSERT INTO snapshots VALUES(5,'depot',8,'recorded',1796022029355754,1796022029359582,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":3,"Held":"","LastRows":12,"More":false}');
INSERT INTO snapshots VALUES(6,'depot',9,'recorded',1796022031214111,1796022031216279,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":4,"Held":"","LastRows":14,"More":false}');
INSERT INTO snapshots VALUES(7,'annex',10,'recorded',1796022032329755,1796022032332702,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":11,"Older":0,"Version":2,"Held":"","LastRows":12,"More":false}');
INSERT INTO snapshots VALUES(8,'depot',11,'recorded',1796022033514607,1796022033517281,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":5,"Held":"","LastRows":14,"More":false}');
INSERT INTO snapshots VALUES(9,'depot',12,'recorded',1796022035262675,1796022035265310,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":15,"Refused":4,"Missing":1,"Changed":2,"Older":0,"Version":6,"Held":"","LastRows":14,"More":false}');
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
CREATE TABLE refusals (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  snapshot INTEGER NOT NULL,
  facility TEXT    NOT NULL,
  sku      TEXT    NOT NULL,
  place    TEXT    NOT NULL,
  reason   TEXT    NOT NULL,
  copies   INTEGER NOT NULL
) STRICT;
INSERT INTO refusals VALUES(1,9,'west','SKU-00008','page 1, item 8','available: expected a whole number, found text',1);
INSERT INTO refusals VALUES(2,9,'west','SKU-00012','page 1, item 12','no available figure is reported; set the warehouse to quantity: on_hand if its on-hand figure is what stores should show',1);
INSERT INTO refusals VALUES(3,9,'east','SKU-00003','','the snapshot names this SKU of this facility 2 times; none of them is taken',2);
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
INSERT INTO channel_levels VALUES('shop','KIT','front','KIT',0,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":41,"makes":41,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:00:28.559572Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["component SKU-00002: no stock is reported in the facilities of location front"]}');
INSERT INTO channel_levels VALUES('shop','KIT','outlet','KIT',0,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":87,"makes":87,"reported":true,"levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:00:24.190989Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:00:24.190989Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00001','front','SKU-00001',13,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:00:28.559572Z"}],"resolved":41,"strategy":{"buffer":2,"distributable":39,"distribution":"equal","stores":3,"share":13},"quantity":13,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00001','outlet','SKU-00001',28,6,28,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00001","levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":87,"strategy":{"buffer":2,"distributable":85,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00002','front','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00002","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00002','outlet','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00003','front','SKU-00003',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00003','outlet','SKU-00003',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00003","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00004','front','SKU-00004',11,6,11,'unknown','','',0,0,7,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022029339478,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:00:28.559572Z"}],"resolved":37,"strategy":{"buffer":2,"distributable":35,"distribution":"equal","stores":3,"share":11},"quantity":11,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00004','outlet','SKU-00004',21,6,21,'unknown','','',0,0,7,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022029339478,'{"product":"SKU-00004","levels":[{"facility":"west","available":66,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00005','front','SKU-00005',17,6,18,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:00:30.151879Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":17},"quantity":17,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00005','outlet','SKU-00005',0,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00005","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00006','front','SKU-00006',21,6,5,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:00:32.441072Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00006','outlet','SKU-00006',0,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00006","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00007','front','SKU-00007',25,6,8,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00007","levels":[{"facility":"east","available":77,"reported_at":"2026-11-30T07:00:34.18713Z"}],"resolved":77,"strategy":{"buffer":2,"distributable":75,"distribution":"equal","stores":3,"share":25},"quantity":25,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00007','outlet','SKU-00007',0,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00007","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00008','front','SKU-00008',28,6,0,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00008","levels":[{"facility":"east","available":88,"reported_at":"2026-11-30T07:00:34.18713Z"}],"resolved":88,"strategy":{"buffer":2,"distributable":86,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00008','outlet','SKU-00008',34,6,34,'unknown','','',0,0,1,0,12,'7a3450d0-192b-46b3-afcf-814533abf526',1796022026421356,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00009','front','SKU-00009',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00009","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00009','outlet','SKU-00009',7,1,7,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":7},"quantity":7,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00010','front','SKU-00010',18,1,18,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00010','outlet','SKU-00010',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00010","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00011','front','SKU-00011',35,1,35,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}');
INSERT INTO channel_levels VALUES('shop','SKU-00011','outlet','SKU-00011',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00011","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00012','front','SKU-00012',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00012","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}');
INSERT INTO channel_levels VALUES('shop','SKU-00012','outlet','SKU-00012',15,1,15,'exported','','',0,0,1,0,1,NULL,1796022026421356,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":15},"quantity":15,"listed":false}');
INSERT INTO channel_levels VALUES('market','M-KIT','','KIT',0,3,0,'exported','','',0,0,8,0,8,NULL,1796022030030387,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:00:28.559572Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:00:24.190989Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:00:24.190989Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":true}');
INSERT INTO channel_levels VALUES('market','M-LAMP','','SKU-00001',42,3,42,'exported','','',0,0,8,0,8,NULL,1796022030030387,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:00:28.559572Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":true}');
INSERT INTO channel_levels VALUES('market','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00003','','SKU-00003',35,1,NULL,'rejected','poison: the store never takes "SKU-00003"','',0,0,2,0,2,NULL,NULL,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00004','','SKU-00004',34,3,34,'exported','','',0,0,8,0,8,NULL,1796022030030387,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:00:28.559572Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00005','','SKU-00005',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00005","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00006','','SKU-00006',6,1,6,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00006","levels":[{"facility":"east","available":18,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":18,"strategy":{"buffer":2,"distributable":16,"distribution":"equal","stores":3,"share":6},"quantity":6,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00008','','SKU-00008',35,1,35,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00010','','SKU-00010',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00011','','SKU-00011',36,1,36,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":36},"quantity":36,"listed":false}');
INSERT INTO channel_levels VALUES('market','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,2,0,2,NULL,1796022026456075,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','KIT','','KIT',0,2,48,'pending','','',0,0,4,0,10,NULL,1796022026471547,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}]}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00001','','SKU-00001',0,2,113,'pending','','',0,0,4,0,10,NULL,1796022026500192,'{"product":"SKU-00001","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00002','','SKU-00002',0,2,96,'pending','','',0,0,4,0,10,NULL,1796022026520842,'{"product":"SKU-00002","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00003','','SKU-00003',0,2,33,'pending','','',0,0,4,0,10,NULL,1796022026544091,'{"product":"SKU-00003","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00004','','SKU-00004',0,1,0,'exported','','',0,0,4,0,4,NULL,1796022026567684,'{"product":"SKU-00004","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:24.19104Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00005','','SKU-00005',0,2,107,'pending','','',0,0,4,0,10,NULL,1796022026591799,'{"product":"SKU-00005","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00006','','SKU-00006',0,2,95,'pending','','',0,0,4,0,10,NULL,1796022026614557,'{"product":"SKU-00006","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00007','','SKU-00007',0,2,107,'pending','','',0,0,4,0,10,NULL,1796022026637626,'{"product":"SKU-00007","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00008','','SKU-00008',0,2,85,'pending','','',0,0,4,0,10,NULL,1796022026660867,'{"product":"SKU-00008","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00009','','SKU-00009',0,2,40,'pending','','',0,0,4,0,10,NULL,1796022026683851,'{"product":"SKU-00009","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00010','','SKU-00010',0,2,94,'pending','','',0,0,4,0,10,NULL,1796022026706619,'{"product":"SKU-00010","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00011','','SKU-00011',0,2,58,'pending','','',0,0,4,0,10,NULL,1796022026736683,'{"product":"SKU-00011","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('kiosk','SKU-00012','','SKU-00012',0,2,41,'pending','','',0,0,4,0,10,NULL,1796022026752763,'{"product":"SKU-00012","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:00:31.262865Z"}],"resolved":0,"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','KIT','','KIT',0,5,0,'sent','','',0,0,11,0,11,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f',1796022028509552,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:00:28.559572Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:00:24.190989Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:00:24.190989Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00001','','SKU-00001',42,5,28,'sent','','',0,0,11,0,11,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f',1796022028509552,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:00:28.559572Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00003','','SKU-00003',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00004','','SKU-00004',34,5,34,'sent','','',0,0,11,0,11,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f',1796022031366920,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:00:28.559572Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00005','','SKU-00005',18,5,18,'sent','','',0,0,11,0,11,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f',1796022028509552,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:00:30.151879Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00006','','SKU-00006',21,5,5,'sent','','',0,0,11,0,11,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f',1796022028509552,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:00:32.441072Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00008','','SKU-00008',34,1,34,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00010','','SKU-00010',18,1,18,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00011','','SKU-00011',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}');
INSERT INTO channel_levels VALUES('outlet','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,3,0,3,NULL,1796022028509552,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:00:24.190989Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}');
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
INSERT INTO calls VALUES('ac11a8c2-d6d1-4929-b028-b9bd159d7459','shop','shop',1,1,NULL,'[]',1796022026417415,1796022061417415,1,'',NULL,1796022026421356,'');
INSERT INTO calls VALUES('0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','market','market',2,1,NULL,'[]',1796022026451764,1796022061451764,1,'',NULL,1796022026456075,'');
INSERT INTO calls VALUES('c64217df-c795-41b0-85a7-656497b6ab1c','kiosk','kiosk',4,1,NULL,'[]',1796022026469416,1796022061469416,1,'',NULL,1796022026471547,'');
INSERT INTO calls VALUES('30c74af9-4425-4c3f-8bf1-b6788b8b1b11','outlet','outlet',3,1,NULL,'[]',1796022026478641,1796022063508277,3,'f1/report',1796022028506705,1796022028509552,'');
INSERT INTO calls VALUES('f173e1df-b086-441e-af3f-03477d9bec3d','kiosk','kiosk',4,1,NULL,'[]',1796022026496224,1796022061496224,1,'',NULL,1796022026500192,'');
INSERT INTO calls VALUES('0da5f8e1-6c6b-41dc-90ec-a0726eb9b022','kiosk','kiosk',4,1,NULL,'[]',1796022026519191,1796022061519191,1,'',NULL,1796022026520842,'');
INSERT INTO calls VALUES('482a5b56-e4c9-4f66-9119-364c4d81ea3d','kiosk','kiosk',4,1,NULL,'[]',1796022026542691,1796022061542691,1,'',NULL,1796022026544091,'');
INSERT INTO calls VALUES('ad17bb15-cc7d-4608-850b-ea5b1ab9ea9f','kiosk','kiosk',4,1,NULL,'[]',1796022026565842,1796022061565842,1,'',NULL,1796022026567684,'');
INSERT INTO calls VALUES('9e5d44d6-5b59-4889-bf29-143f231bca6b','kiosk','kiosk',4,1,NULL,'[]',1796022026589404,1796022061589404,1,'',NULL,1796022026591799,'');
INSERT INTO calls VALUES('cade955e-062f-481d-ac13-65340aa2c925','kiosk','kiosk',4,1,NULL,'[]',1796022026612910,1796022061612910,1,'',NULL,1796022026614557,'');
INSERT INTO calls VALUES('9b6b2fc7-ee5a-44f7-a9a1-8d3a106ef51b','kiosk','kiosk',4,1,NULL,'[]',1796022026636235,1796022061636235,1,'',NULL,1796022026637626,'');
INSERT INTO calls VALUES('da56bb58-ae34-4ba0-b5ca-c5ef59e65e93','kiosk','kiosk',4,1,NULL,'[]',1796022026659096,1796022061659096,1,'',NULL,1796022026660867,'');
INSERT INTO calls VALUES('e08d102c-f7b6-4314-8561-dec10ebc4117','kiosk','kiosk',4,1,NULL,'[]',1796022026682325,1796022061682325,1,'',NULL,1796022026683851,'');
INSERT INTO calls VALUES('5bfca869-d2d0-4bea-aa75-d4a4650e6f00','kiosk','kiosk',4,1,NULL,'[]',1796022026705235,1796022061705235,1,'',NULL,1796022026706619,'');
INSERT INTO calls VALUES('b0d52c11-aa56-4483-87eb-1d8770cfe07b','kiosk','kiosk',4,1,NULL,'[]',1796022026728632,1796022061728632,1,'',NULL,1796022026736683,'');
INSERT INTO calls VALUES('5440afc9-5d52-4335-ba6b-505368e0382b','kiosk','kiosk',4,1,NULL,'[]',1796022026751430,1796022061751430,1,'',NULL,1796022026752763,'');
INSERT INTO calls VALUES('a97f79ed-0ffd-4815-ab80-bfb04f06ec6c','market','market',5,2,NULL,'[]',1796022029295845,1796022064295845,1,'',NULL,1796022029299270,'');
INSERT INTO calls VALUES('9c917274-6e5b-4d50-9e93-4512abaf8001','outlet','outlet',6,2,NULL,'[]',1796022029319987,1796022066365179,3,'f2/report',1796022031363128,1796022031366920,'');
INSERT INTO calls VALUES('31f74e84-c8bd-49c7-a682-1c1f2a76a618','shop','shop',7,2,NULL,'[]',1796022029337653,1796022064337653,1,'',NULL,1796022029339478,'');
INSERT INTO calls VALUES('f87dac5e-58c8-4030-985f-fc0591f575b0','market','market',8,3,NULL,'[]',1796022030028110,1796022065028110,1,'',NULL,1796022030030387,'');
INSERT INTO calls VALUES('d4f02fdf-2d34-42f9-ae30-c4f7da06f73f','outlet','outlet',11,3,X'7b226974656d73223a5b7b22736b75223a224b4954222c227175616e74697479223a307d2c7b22736b75223a22534b552d3030303031222c227175616e74697479223a34327d2c7b22736b75223a22534b552d3030303034222c227175616e74697479223a33347d2c7b22736b75223a22534b552d3030303035222c227175616e74697479223a31387d2c7b22736b75223a22534b552d3030303036222c227175616e74697479223a32317d5d7d','[{"Location":"","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":5,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":42,"Observed":5,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":34,"Observed":5,"Part":0,"Reference":"","Exported":34,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":18,"Observed":5,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":5,"Part":0,"Reference":"","Exported":5,"Attempts":0}]',1796022034165437,1796022034170126,1,'f3',1796022036170126,NULL,'');
INSERT INTO calls VALUES('7a3450d0-192b-46b3-afcf-814533abf526','shop','shop',12,3,X'7b227175616e746974696573223a5b7b22736b75223a224b4954222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a224b4954222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31332c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303034222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303034222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31372c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32352c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a33342c22636f6d70617265223a6e756c6c7d5d7d','[{"Location":"front","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":13,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":11,"Observed":6,"Part":0,"Reference":"","Exported":11,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":21,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":17,"Observed":6,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":5,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":25,"Observed":6,"Part":0,"Reference":"","Exported":8,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":34,"Observed":6,"Part":0,"Reference":"","Exported":34,"Attempts":0}]',1796022035911822,1796022070911822,1,'',NULL,NULL,'');
CREATE TABLE store_days (
  store TEXT    NOT NULL,
  day   INTEGER NOT NULL, -- days since 1970 in UTC
  calls INTEGER NOT NULL,
  PRIMARY KEY (store, day)
) STRICT, WITHOUT ROWID;
INSERT INTO store_days VALUES('kiosk',20787,13);
INSERT INTO store_days VALUES('market',20787,3);
INSERT INTO store_days VALUES('outlet',20787,7);
INSERT INTO store_days VALUES('shop',20787,3);
CREATE TABLE item_references (
  store       TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL,
  reference   TEXT    NOT NULL,
  found_at    INTEGER NOT NULL,
  PRIMARY KEY (store, channel_sku)
) STRICT, WITHOUT ROWID;
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
INSERT INTO activity VALUES(1,1796022025743157,1,'reported','acme','depot','west','','','SKU-00001','',NULL,87,'','');
INSERT INTO activity VALUES(2,1796022025743157,1,'reported','acme','depot','west','','','SKU-00002','',NULL,0,'','');
INSERT INTO activity VALUES(3,1796022025743157,1,'reported','acme','depot','east','','','SKU-00003','',NULL,106,'','');
INSERT INTO activity VALUES(4,1796022025743157,1,'reported','acme','depot','west','','','SKU-00004','',NULL,66,'','');
INSERT INTO activity VALUES(5,1796022025743157,1,'reported','acme','depot','east','','','SKU-00005','',NULL,57,'','');
INSERT INTO activity VALUES(6,1796022025743157,1,'reported','acme','depot','east','','','SKU-00006','',NULL,18,'','');
INSERT INTO activity VALUES(7,1796022025743157,1,'reported','acme','depot','east','','','SKU-00007','',NULL,28,'','');
INSERT INTO activity VALUES(8,1796022025743157,1,'reported','acme','depot','west','','','SKU-00008','',NULL,105,'','');
INSERT INTO activity VALUES(9,1796022025743157,1,'reported','acme','depot','west','','','SKU-00009','',NULL,25,'','');
INSERT INTO activity VALUES(10,1796022025743157,1,'reported','acme','depot','east','','','SKU-00010','',NULL,57,'','');
INSERT INTO activity VALUES(11,1796022025743157,1,'reported','acme','depot','east','','','SKU-00011','',NULL,108,'','');
INSERT INTO activity VALUES(12,1796022025743157,1,'reported','acme','depot','west','','','SKU-00012','',NULL,49,'','');
INSERT INTO activity VALUES(13,1796022025805426,4,'reported','acme','annex','main','','','SKU-00001','',NULL,113,'','');
INSERT INTO activity VALUES(14,1796022025805426,4,'reported','acme','annex','main','','','SKU-00002','',NULL,96,'','');
INSERT INTO activity VALUES(15,1796022025805426,4,'reported','acme','annex','main','','','SKU-00003','',NULL,33,'','');
INSERT INTO activity VALUES(16,1796022025805426,4,'reported','acme','annex','main','','','SKU-00004','',NULL,0,'','');
INSERT INTO activity VALUES(17,1796022025805426,4,'reported','acme','annex','main','','','SKU-00005','',NULL,107,'','');
INSERT INTO activity VALUES(18,1796022025805426,4,'reported','acme','annex','main','','','SKU-00006','',NULL,95,'','');
INSERT INTO activity VALUES(19,1796022025805426,4,'reported','acme','annex','main','','','SKU-00007','',NULL,107,'','');
INSERT INTO activity VALUES(20,1796022025805426,4,'reported','acme','annex','main','','','SKU-00008','',NULL,85,'','');
INSERT INTO activity VALUES(21,1796022025805426,4,'reported','acme','annex','main','','','SKU-00009','',NULL,40,'','');
INSERT INTO activity VALUES(22,1796022025805426,4,'reported','acme','annex','main','','','SKU-00010','',NULL,94,'','');
INSERT INTO activity VALUES(23,1796022025805426,4,'reported','acme','annex','main','','','SKU-00011','',NULL,58,'','');
INSERT INTO activity VALUES(24,1796022025805426,4,'reported','acme','annex','main','','','SKU-00012','',NULL,41,'','');
INSERT INTO activity VALUES(25,1796022026421356,1,'exported','acme','depot','','shop','front','KIT','KIT',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(26,1796022026421356,1,'exported','acme','depot','','shop','outlet','KIT','KIT',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(27,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00001','SKU-00001',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(28,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00001','SKU-00001',NULL,28,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(29,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00002','SKU-00002',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(30,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00002','SKU-00002',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(31,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00003','SKU-00003',NULL,34,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(32,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00003','SKU-00003',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(33,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(34,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',NULL,21,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(35,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00005','SKU-00005',NULL,18,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(36,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00005','SKU-00005',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(37,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00006','SKU-00006',NULL,5,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(38,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00006','SKU-00006',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(39,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00007','SKU-00007',NULL,8,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(40,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00007','SKU-00007',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(41,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00008','SKU-00008',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(42,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00008','SKU-00008',NULL,34,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(43,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00009','SKU-00009',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(44,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00009','SKU-00009',NULL,7,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(45,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00010','SKU-00010',NULL,18,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(46,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00010','SKU-00010',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(47,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00011','SKU-00011',NULL,35,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(48,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00011','SKU-00011',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(49,1796022026421356,1,'exported','acme','depot','','shop','front','SKU-00012','SKU-00012',NULL,0,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(50,1796022026421356,1,'exported','acme','depot','','shop','outlet','SKU-00012','SKU-00012',NULL,15,'ac11a8c2-d6d1-4929-b028-b9bd159d7459','');
INSERT INTO activity VALUES(51,1796022026456075,2,'exported','acme','depot','','market','','KIT','M-KIT',NULL,0,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(52,1796022026456075,2,'exported','acme','depot','','market','','SKU-00001','M-LAMP',NULL,29,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(53,1796022026456075,2,'exported','acme','depot','','market','','SKU-00002','SKU-00002',NULL,0,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(54,1796022026456075,2,'rejected','acme','depot','','market','','SKU-00003','SKU-00003',NULL,35,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','poison: the store never takes "SKU-00003"');
INSERT INTO activity VALUES(55,1796022026456075,2,'exported','acme','depot','','market','','SKU-00004','SKU-00004',NULL,22,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(56,1796022026456075,2,'exported','acme','depot','','market','','SKU-00005','SKU-00005',NULL,19,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(57,1796022026456075,2,'exported','acme','depot','','market','','SKU-00006','SKU-00006',NULL,6,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(58,1796022026456075,2,'exported','acme','depot','','market','','SKU-00007','SKU-00007',NULL,9,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(59,1796022026456075,2,'exported','acme','depot','','market','','SKU-00008','SKU-00008',NULL,35,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(60,1796022026456075,2,'exported','acme','depot','','market','','SKU-00009','SKU-00009',NULL,8,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(61,1796022026456075,2,'exported','acme','depot','','market','','SKU-00010','SKU-00010',NULL,19,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(62,1796022026456075,2,'exported','acme','depot','','market','','SKU-00011','SKU-00011',NULL,36,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(63,1796022026456075,2,'exported','acme','depot','','market','','SKU-00012','SKU-00012',NULL,16,'0c8f3ea8-d0cf-4dad-a1b0-f4459918344c','');
INSERT INTO activity VALUES(64,1796022026471547,4,'exported','acme','annex','','kiosk','','KIT','KIT',NULL,48,'c64217df-c795-41b0-85a7-656497b6ab1c','');
INSERT INTO activity VALUES(65,1796022026489724,3,'sent','acme','depot','','outlet','','KIT','KIT',NULL,0,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(66,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(67,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(68,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(69,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(70,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(71,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(72,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(73,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(74,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(75,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(76,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(77,1796022026489724,3,'sent','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(78,1796022026500192,4,'exported','acme','annex','','kiosk','','SKU-00001','SKU-00001',NULL,113,'f173e1df-b086-441e-af3f-03477d9bec3d','');
INSERT INTO activity VALUES(79,1796022026520842,4,'exported','acme','annex','','kiosk','','SKU-00002','SKU-00002',NULL,96,'0da5f8e1-6c6b-41dc-90ec-a0726eb9b022','');
INSERT INTO activity VALUES(80,1796022026544091,4,'exported','acme','annex','','kiosk','','SKU-00003','SKU-00003',NULL,33,'482a5b56-e4c9-4f66-9119-364c4d81ea3d','');
INSERT INTO activity VALUES(81,1796022026567684,4,'exported','acme','annex','','kiosk','','SKU-00004','SKU-00004',NULL,0,'ad17bb15-cc7d-4608-850b-ea5b1ab9ea9f','');
INSERT INTO activity VALUES(82,1796022026591799,4,'exported','acme','annex','','kiosk','','SKU-00005','SKU-00005',NULL,107,'9e5d44d6-5b59-4889-bf29-143f231bca6b','');
INSERT INTO activity VALUES(83,1796022026614557,4,'exported','acme','annex','','kiosk','','SKU-00006','SKU-00006',NULL,95,'cade955e-062f-481d-ac13-65340aa2c925','');
INSERT INTO activity VALUES(84,1796022026637626,4,'exported','acme','annex','','kiosk','','SKU-00007','SKU-00007',NULL,107,'9b6b2fc7-ee5a-44f7-a9a1-8d3a106ef51b','');
INSERT INTO activity VALUES(85,1796022026660867,4,'exported','acme','annex','','kiosk','','SKU-00008','SKU-00008',NULL,85,'da56bb58-ae34-4ba0-b5ca-c5ef59e65e93','');
INSERT INTO activity VALUES(86,1796022026683851,4,'exported','acme','annex','','kiosk','','SKU-00009','SKU-00009',NULL,40,'e08d102c-f7b6-4314-8561-dec10ebc4117','');
INSERT INTO activity VALUES(87,1796022026706619,4,'exported','acme','annex','','kiosk','','SKU-00010','SKU-00010',NULL,94,'5bfca869-d2d0-4bea-aa75-d4a4650e6f00','');
INSERT INTO activity VALUES(88,1796022026736683,4,'exported','acme','annex','','kiosk','','SKU-00011','SKU-00011',NULL,58,'b0d52c11-aa56-4483-87eb-1d8770cfe07b','');
INSERT INTO activity VALUES(89,1796022026752763,4,'exported','acme','annex','','kiosk','','SKU-00012','SKU-00012',NULL,41,'5440afc9-5d52-4335-ba6b-505368e0382b','');
INSERT INTO activity VALUES(90,1796022028509552,3,'exported','acme','depot','','outlet','','KIT','KIT',NULL,0,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(91,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(92,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(93,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(94,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(95,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(96,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(97,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(98,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(99,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(100,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(101,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(102,1796022028509552,3,'exported','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'30c74af9-4425-4c3f-8bf1-b6788b8b1b11','');
INSERT INTO activity VALUES(103,1796022028556210,0,'reported','acme','depot','east','','','SKU-00004','',NULL,37,'','an update event');
INSERT INTO activity VALUES(104,1796022029299270,5,'exported','acme','depot','','market','','SKU-00004','SKU-00004',22,34,'a97f79ed-0ffd-4815-ab80-bfb04f06ec6c','');
INSERT INTO activity VALUES(105,1796022029323260,6,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'9c917274-6e5b-4d50-9e93-4512abaf8001','');
INSERT INTO activity VALUES(106,1796022029339478,7,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',0,11,'31f74e84-c8bd-49c7-a682-1c1f2a76a618','');
INSERT INTO activity VALUES(107,1796022029339478,7,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',21,21,'31f74e84-c8bd-49c7-a682-1c1f2a76a618','');
INSERT INTO activity VALUES(108,1796022029359582,8,'reported','acme','depot','east','','','SKU-00001','',NULL,41,'','');
INSERT INTO activity VALUES(109,1796022030030387,8,'exported','acme','depot','','market','','KIT','M-KIT',0,0,'f87dac5e-58c8-4030-985f-fc0591f575b0','');
INSERT INTO activity VALUES(110,1796022030030387,8,'exported','acme','depot','','market','','SKU-00001','M-LAMP',29,42,'f87dac5e-58c8-4030-985f-fc0591f575b0','');
INSERT INTO activity VALUES(111,1796022030030387,8,'exported','acme','depot','','market','','SKU-00004','SKU-00004',34,34,'f87dac5e-58c8-4030-985f-fc0591f575b0','');
INSERT INTO activity VALUES(112,1796022031216279,9,'reported','acme','depot','east','','','SKU-00005','',57,55,'','');
INSERT INTO activity VALUES(113,1796022031366920,6,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'9c917274-6e5b-4d50-9e93-4512abaf8001','');
INSERT INTO activity VALUES(114,1796022032332702,10,'reported','acme','annex','main','','','SKU-00001','',113,0,'','');
INSERT INTO activity VALUES(115,1796022032332702,10,'reported','acme','annex','main','','','SKU-00002','',96,0,'','');
INSERT INTO activity VALUES(116,1796022032332702,10,'reported','acme','annex','main','','','SKU-00003','',33,0,'','');
INSERT INTO activity VALUES(117,1796022032332702,10,'reported','acme','annex','main','','','SKU-00005','',107,0,'','');
INSERT INTO activity VALUES(118,1796022032332702,10,'reported','acme','annex','main','','','SKU-00006','',95,0,'','');
INSERT INTO activity VALUES(119,1796022032332702,10,'reported','acme','annex','main','','','SKU-00007','',107,0,'','');
INSERT INTO activity VALUES(120,1796022032332702,10,'reported','acme','annex','main','','','SKU-00008','',85,0,'','');
INSERT INTO activity VALUES(121,1796022032332702,10,'reported','acme','annex','main','','','SKU-00009','',40,0,'','');
INSERT INTO activity VALUES(122,1796022032332702,10,'reported','acme','annex','main','','','SKU-00010','',94,0,'','');
INSERT INTO activity VALUES(123,1796022032332702,10,'reported','acme','annex','main','','','SKU-00011','',58,0,'','');
INSERT INTO activity VALUES(124,1796022032332702,10,'reported','acme','annex','main','','','SKU-00012','',41,0,'','');
INSERT INTO activity VALUES(125,1796022033517281,11,'reported','acme','depot','east','','','SKU-00006','',18,66,'','');
INSERT INTO activity VALUES(126,1796022034170126,11,'sent','acme','depot','','outlet','','KIT','KIT',0,0,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f','');
INSERT INTO activity VALUES(127,1796022034170126,11,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',28,42,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f','');
INSERT INTO activity VALUES(128,1796022034170126,11,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',34,34,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f','');
INSERT INTO activity VALUES(129,1796022034170126,11,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',18,18,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f','');
INSERT INTO activity VALUES(130,1796022034170126,11,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',5,21,'d4f02fdf-2d34-42f9-ae30-c4f7da06f73f','');
INSERT INTO activity VALUES(131,1796022035265310,12,'reported','acme','depot','east','','','SKU-00007','',28,77,'','');
INSERT INTO activity VALUES(132,1796022035265310,12,'reported','acme','depot','east','','','SKU-00008','',NULL,88,'','');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',12);
INSERT INTO sqlite_sequence VALUES('snapshots',9);
INSERT INTO sqlite_sequence VALUES('activity',132);
INSERT INTO sqlite_sequence VALUES('refusals',3);
CREATE INDEX connections_by_pair ON connections (merchant, warehouse);
CREATE INDEX products_by_version ON products (merchant, version, sku);
CREATE INDEX bundles_by_version ON bundles (merchant, version, sku);
CREATE INDEX bundle_components_by_bundle ON bundle_components (merchant, bundle, component);
CREATE UNIQUE INDEX listings_of_channel_sku ON listings (store, channel_sku) WHERE NOT removed;
CREATE INDEX listings_by_sku ON listings (store, sku);
CREATE INDEX listings_by_version ON listings (store, version, sku, channel_sku);
CREATE UNIQUE INDEX runs_of_workflow ON runs (workflow_run, pass);
CREATE INDEX runs_by_connection ON runs (connection, id);
CREATE INDEX runs_by_end ON runs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX requests_by_run ON requests (run);
CREATE INDEX levels_by_version ON levels (warehouse, version, sku);
CREATE INDEX events_by_time ON events (seen_at);
CREATE INDEX snapshots_by_warehouse ON snapshots (warehouse, id);
CREATE INDEX snapshots_by_run ON snapshots (run);
CREATE INDEX staged_twice ON staged (snapshot) WHERE copies > 1;
CREATE INDEX refusals_by_snapshot ON refusals (snapshot, sku, facility);
CREATE INDEX channel_levels_by_product ON channel_levels (connection, product);
CREATE INDEX channel_levels_by_status ON channel_levels (connection, status, run);
CREATE INDEX channel_levels_due ON channel_levels (connection, channel_sku, location) WHERE status IN ('pending', 'retrying');
CREATE INDEX channel_levels_live ON channel_levels (connection) WHERE exported > 0;
CREATE INDEX channel_levels_zeroing ON channel_levels (connection) WHERE status IN ('pending', 'retrying') AND quantity = 0 AND exported > 0;
CREATE INDEX channel_levels_open ON channel_levels (connection, open_call) WHERE open_call IS NOT NULL;
CREATE INDEX calls_open ON calls (connection, created_at, key) WHERE closed_at IS NULL;
CREATE INDEX calls_in_flight ON calls (store) WHERE closed_at IS NULL;
CREATE INDEX calls_closed ON calls (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX activity_by_sku ON activity (merchant, sku, id);
CREATE INDEX activity_by_channel_sku ON activity (merchant, channel_sku, id) WHERE channel_sku <> '';
COMMIT;
PRAGMA application_id = 1416193125;

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tidemark_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
);
INSERT INTO tidemark_migrations VALUES(1,'0001_ledger.sql','ddcc7e4dffc616805d3594f4b9b1b6e5467be5ee5b21629ceb949ecce22d2419',1796022654924184);
INSERT INTO tidemark_migrations VALUES(2,'0002_turns.sql','7664102b5cd7a604e912e597774b17e8ea888145dc0105a1ada2368bdacc6287',1796022654924184);
INSERT INTO tidemark_migrations VALUES(3,'0003_removed.sql','faa4f685f1a0a5bdd826868853f0a06d7e8bbb9f3bd1e6a834f9baf146a81eea',1796022654924184);
INSERT INTO tidemark_migrations VALUES(4,'0004_zeroing.sql','627c4cd3d91078bdeeb9e306edc4b31ee2f35fadc018dbb7e530fd20db45cf20',1796022654924184);
INSERT INTO tidemark_migrations VALUES(5,'0005_absence.sql','42beb0a02e13b9e161349e16da2e5defee7efcce339a721eca27454631145cd0',1796022654924184);
INSERT INTO tidemark_migrations VALUES(6,'0006_identity.sql','eddedcb7b7873a76774e308c5301a8f4248d552b0bfdb3c0cf6eb21c98025c04',1796022654924184);
INSERT INTO tidemark_migrations VALUES(7,'0007_requests.sql','aa3857aca6185c6ebaca121be0e87b8dfabc2dc28446bcd88af94dca195460aa',1796022654924184);
INSERT INTO tidemark_migrations VALUES(8,'0008_clocks.sql','be52be797b527c0d1ecf027abae1adb53de2a83db6cac70ef26f5f869925c71e',1796022654924184);
INSERT INTO tidemark_migrations VALUES(9,'0009_phases.sql','a8a5978d7ef5ef2cfef1900f2f9c12954133f7371569602a82b92a4413ded92d',1796022654924184);
INSERT INTO tidemark_migrations VALUES(10,'0010_stale.sql','a124e0ba75952ce87e4da948452df90a7de942aff2a81a5ef505982c4a75e10f',1796022654924184);
INSERT INTO tidemark_migrations VALUES(11,'0011_rejections.sql','490ecbd98617ad31dde960cff01862c10cdfde6679555c90a5ddce38f89c5911',1796022654924184);
CREATE TABLE state (
  only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
  epoch       TEXT    NOT NULL,           -- replaced when the ledger is declared restored from a backup
  generation  INTEGER NOT NULL DEFAULT 0, -- starts of processes on this ledger
  definitions INTEGER NOT NULL DEFAULT 0  -- the newest definition version; locked by whoever takes the next one
, ledger TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO state VALUES(1,'AAX4GAEX5Z727X7DG576H4MWP5',30,1,'PY4W7GNDRLHAVUQNBDJXMTEI5L');
CREATE TABLE warehouses (
  id            TEXT    PRIMARY KEY,
  merchant      TEXT    NOT NULL,
  definition    TEXT    NOT NULL,             -- JSON
  mark          TEXT    NOT NULL DEFAULT '',  -- the source's own, of the last recorded snapshot
  level_version INTEGER NOT NULL DEFAULT 0,   -- the newest level version; locked by whoever takes the next one
  confirmed_at  INTEGER NOT NULL DEFAULT 0,   -- every level with confirmed = 1 was observed at this time or later
  last_rows     INTEGER NOT NULL DEFAULT 0    -- of the last full snapshot that was recorded
, unnamed INTEGER NOT NULL DEFAULT 0, reread_after INTEGER NOT NULL DEFAULT 0, confirmed_ours INTEGER NOT NULL DEFAULT 0 CHECK (confirmed_ours IN (0, 1)), confirmed_received INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO warehouses VALUES('annex','acme','{"id":"annex","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/annex","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s2","as_of":"2026-11-30T07:11:03.774154Z"}',2,1796022663774154,12,0,0,0,1796022663764190);
INSERT INTO warehouses VALUES('depot','acme','{"id":"depot","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/depot","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s7","as_of":"2026-11-30T07:11:06.876284Z"}',6,1796022666876284,15,0,0,0,1796022666869557);
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
INSERT INTO connections VALUES('shop','acme','depot','shop',1,'{"id":"shop","merchant":"acme","warehouse":"depot","store":"shop","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"full":[{"daily":"01:00"}],"timezone":"America/Los_Angeles","overlap":"skip","unlisted":"push","locations":[{"id":"front","facilities":["east"]},{"id":"outlet","facilities":["west"]}]}}',1,6,1,0);
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
, awaited_by TEXT NOT NULL DEFAULT '', awaited_until INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO gates VALUES('kiosk',2,NULL,1796022663789744,0,'',0);
INSERT INTO gates VALUES('market',3,NULL,1796022660739228,0,'',0);
INSERT INTO gates VALUES('outlet',3,11,1796022665072247,1796022665730081,'',0);
INSERT INTO gates VALUES('shop',3,12,1796022666893808,1796022702555172,'',0);
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
, phase TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO runs VALUES(1,'shop','shop','depot','full','request','full-sync/shop','3adbaca0-e795-495c-aeed-b0efce55c346',1,0,'[]','[{"id":"enabled/shop/1796022655472736","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.493589Z"}]',1796022656582370,1796022656686077,1796022657536737,'completed','','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":26,"due":26,"exported":26,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(2,'market','market','depot','full','request','full-sync/market','b16f3896-b561-4b81-a289-057ac35a66d2',1,0,'[]','[{"id":"enabled/market/1796022655496247","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.523193Z"}]',1796022656583558,1796022656681370,1796022657604837,'completed_with_failures','1 row was newly rejected','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":12,"sent":0,"rejected":1,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(3,'outlet','outlet','depot','full','request','full-sync/outlet','f1de1467-1ef5-42c7-9f97-8c8d4a5ec8c7',1,0,'[]','[{"id":"enabled/outlet/1796022655509926","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.539787Z"}]',1796022656602264,1796022656655627,1796022659525158,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'');
INSERT INTO runs VALUES(4,'kiosk','kiosk','annex','full','request','full-sync/kiosk','9ef8b636-b8cd-430f-838e-7a0393a2ebe9',1,0,'[]','[{"id":"enabled/kiosk/1796022655529201","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.562033Z"}]',1796022656609015,1796022656669029,1796022657800765,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":13,"waits":0}',13,'');
INSERT INTO runs VALUES(5,'market','market','depot','smart','request','smart-sync/market/events','1c751ccf-9781-4c05-ac58-bdf27fc35c76',1,0,'["SKU-00004"]','[{"id":"29d4f294-33aa-4ccd-b84d-37be6aa0e6f5/1","by":"intake of depot","at":"2026-11-30T07:10:59.580843Z"}]',1796022659613090,NULL,1796022660350889,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(6,'outlet','outlet','depot','smart','request','smart-sync/outlet/events','a744418f-1387-487d-82d0-affad74412e9',1,0,'["SKU-00004"]','[{"id":"29d4f294-33aa-4ccd-b84d-37be6aa0e6f5/1","by":"intake of depot","at":"2026-11-30T07:10:59.603518Z"}]',1796022659637269,NULL,1796022662425378,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'');
INSERT INTO runs VALUES(7,'shop','shop','depot','smart','request','smart-sync/shop/events','c7f3fc30-209c-4c52-bace-5f08e4950073',1,0,'["SKU-00004"]','[{"id":"29d4f294-33aa-4ccd-b84d-37be6aa0e6f5/1","by":"intake of depot","at":"2026-11-30T07:10:59.63037Z"}]',1796022659662628,NULL,1796022660415725,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":2,"due":2,"exported":2,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(8,'market','market','depot','smart','request','smart-sync/market','01a22b4a-ea53-726c-98a7-178c0ac9931c',1,0,'[]','[{"id":"3dae1e07-943d-4e19-a56f-1d287c807fe4","by":"ann@office","at":"2026-11-30T07:10:59.670016Z"}]',1796022660689225,1796022660709523,1796022661436509,'completed','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":3,"due":3,"exported":3,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(9,'market','market','depot','smart','request','smart-sync/market','01a22b4a-f1d1-72ec-9bd4-1da209b53d25',1,1,'[]','[{"id":"a310960f-12da-471d-8f5a-9caf927e7f4f","by":"ann@office","at":"2026-11-30T07:11:01.589946Z"}]',1796022662610235,1796022662627737,1796022662656368,'completed','a dry run: nothing was pushed','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":1,"due":0,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'');
INSERT INTO runs VALUES(10,'kiosk','kiosk','annex','smart','request','smart-sync/kiosk','01a22b4a-f634-7c19-bb90-67dc64361527',1,0,'[]','[{"id":"02bc436b-5af0-4d5c-8aee-b6155abd2a50","by":"ann@office","at":"2026-11-30T07:11:02.7129Z"}]',1796022663737576,1796022663764190,NULL,'running','','{"rows":12,"refused":0,"missing":0,"changed":11,"older":0,"resolved":12,"due":12,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'pushing');
INSERT INTO runs VALUES(11,'outlet','outlet','depot','smart','request','smart-sync/outlet','01a22b4a-fb30-7afc-9bdf-045e7da83701',1,0,'[]','[{"id":"1c5d2e53-3599-484c-bec6-22f7d9040f71","by":"ann@office","at":"2026-11-30T07:11:03.989576Z"}]',1796022665039155,1796022665053430,NULL,'running','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":5,"due":5,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing');
INSERT INTO runs VALUES(12,'shop','shop','depot','smart','request','smart-sync/shop','01a22b4b-0239-7d1e-9e67-fb1d6265f1c3',1,0,'[]','[{"id":"e8601fac-46d4-4c0f-8420-19f9ace03ed7","by":"ann@office","at":"2026-11-30T07:11:05.788768Z"}]',1796022666841498,1796022666869557,NULL,'running','','{"rows":15,"refused":0,"missing":0,"changed":2,"older":0,"resolved":14,"due":14,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing');
CREATE TABLE requests (
  connection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  mode       TEXT    NOT NULL,
  run        INTEGER NOT NULL, -- that took it up last
  made_at    INTEGER NOT NULL,
  served_at  INTEGER, asked_by TEXT NOT NULL DEFAULT '', part_of TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', ended_at INTEGER,
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
INSERT INTO requests VALUES('kiosk','02bc436b-5af0-4d5c-8aee-b6155abd2a50','smart',10,1796022662712900,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('kiosk','enabled/kiosk/1796022655529201','full',4,1796022655562033,1796022657800765,'starter apply: the connection was enabled','','served','',1796022657800765);
INSERT INTO requests VALUES('market','29d4f294-33aa-4ccd-b84d-37be6aa0e6f5/1','smart',5,1796022659580843,1796022660350889,'intake of depot','','served','',1796022660350889);
INSERT INTO requests VALUES('market','3dae1e07-943d-4e19-a56f-1d287c807fe4','smart',8,1796022659670016,1796022661436509,'ann@office','','served','',1796022661436509);
INSERT INTO requests VALUES('market','a310960f-12da-471d-8f5a-9caf927e7f4f','smart',9,1796022661589946,1796022662656368,'ann@office','','served','',1796022662656368);
INSERT INTO requests VALUES('market','enabled/market/1796022655496247','full',2,1796022655523193,1796022657604837,'starter apply: the connection was enabled','','served','',1796022657604837);
INSERT INTO requests VALUES('outlet','1c5d2e53-3599-484c-bec6-22f7d9040f71','smart',11,1796022663989576,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('outlet','29d4f294-33aa-4ccd-b84d-37be6aa0e6f5/1','smart',6,1796022659603518,1796022662425378,'intake of depot','','served','',1796022662425378);
INSERT INTO requests VALUES('outlet','enabled/outlet/1796022655509926','full',3,1796022655539787,1796022659525158,'starter apply: the connection was enabled','','served','',1796022659525158);
INSERT INTO requests VALUES('shop','29d4f294-33aa-4ccd-b84d-37be6aa0e6f5/1','smart',7,1796022659630370,1796022660415725,'intake of depot','','served','',1796022660415725);
INSERT INTO requests VALUES('shop','e8601fac-46d4-4c0f-8420-19f9ace03ed7','smart',12,1796022665788768,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('shop','enabled/shop/1796022655472736','full',1,1796022655493589,1796022657536737,'starter apply: the connection was enabled','','served','',1796022657536737);
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
  answered_with INTEGER, unnamed INTEGER NOT NULL DEFAULT 0, twice INTEGER NOT NULL DEFAULT 0, content TEXT NOT NULL DEFAULT '', -- the run whose answer this was
  PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO holds VALUES(10,'zeroing','kiosk','annex','smart-sync/kiosk','12 of 12 live rows would newly go to 0, more than 40 %',0,12,1796022663832501,'','',NULL,NULL,0,0,'');
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
  sequence    INTEGER NOT NULL DEFAULT 0, ours INTEGER NOT NULL DEFAULT 0 CHECK (ours IN (0, 1)), received_at INTEGER NOT NULL DEFAULT 0, -- the source's own, of the last update event; 0 when it has none
  PRIMARY KEY (warehouse, sku, facility)
) STRICT, WITHOUT ROWID;
INSERT INTO levels VALUES('annex','SKU-00001','main',0,2,2,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00002','main',0,4,4,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00003','main',0,0,0,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00004','main',0,5,5,1796022662673529,1796022662673529,0,1,1796022656705038,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00005','main',0,4,4,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00006','main',0,5,5,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00007','main',0,1,1,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00008','main',0,4,4,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00009','main',0,4,4,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00010','main',0,4,4,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00011','main',0,5,5,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('annex','SKU-00012','main',0,2,2,1796022662673529,1796022662673529,0,2,1796022663774884,0,0,1796022663764190);
INSERT INTO levels VALUES('depot','SKU-00001','east',41,41,0,1796022659570502,1796022659570502,0,3,1796022660723811,0,0,1796022660709523);
INSERT INTO levels VALUES('depot','SKU-00001','west',87,91,4,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00002','west',0,1,1,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00003','east',106,111,5,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00004','east',37,37,0,1796022659570502,1796022659570502,0,2,1796022659565105,0,0,1796022660709523);
INSERT INTO levels VALUES('depot','SKU-00004','west',66,68,2,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00005','east',55,57,2,1796022661550067,1796022661550067,0,4,1796022662630986,0,0,1796022662627737);
INSERT INTO levels VALUES('depot','SKU-00006','east',66,70,4,1796022663851059,1796022663851059,0,5,1796022665059989,0,0,1796022665053430);
INSERT INTO levels VALUES('depot','SKU-00007','east',77,81,4,1796022665744836,1796022665744836,0,6,1796022666877155,0,0,1796022666869557);
INSERT INTO levels VALUES('depot','SKU-00008','east',88,88,0,1796022665744836,1796022665744836,0,6,1796022666877155,0,0,1796022666869557);
INSERT INTO levels VALUES('depot','SKU-00008','west',105,108,3,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00009','west',25,25,0,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00010','east',57,62,5,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00011','east',108,108,0,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
INSERT INTO levels VALUES('depot','SKU-00012','west',49,50,1,1796022654897722,1796022654897722,0,1,1796022656662467,0,0,1796022656655627);
CREATE TABLE events (
  warehouse TEXT    NOT NULL,
  event     TEXT    NOT NULL,
  seen_at   INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)),
  PRIMARY KEY (warehouse, event)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('depot','e-1',1796022659565105,0);
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
, content TEXT NOT NULL DEFAULT '', rejected TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO snapshots VALUES(1,'depot',3,'recorded',1796022656655627,1796022656662467,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(2,'annex',4,'recorded',1796022656669029,1796022656705038,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(3,'depot',2,'recorded',1796022656681370,1796022656707025,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(4,'depot',1,'recorded',1796022656686077,1796022656705592,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(5,'depot',8,'recorded',1796022660709523,1796022660723811,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":3,"Held":"","LastRows":12,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(6,'depot',9,'recorded',1796022662627737,1796022662630986,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":4,"Held":"","LastRows":14,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(7,'annex',10,'recorded',1796022663764190,1796022663774884,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":11,"Older":0,"Version":2,"Held":"","LastRows":12,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(8,'depot',11,'recorded',1796022665053430,1796022665059989,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":5,"Held":"","LastRows":14,"Absent":{},"More":false}','','');
INSERT INTO snapshots VALUES(9,'depot',12,'recorded',1796022666869557,1796022666877155,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":15,"Refused":0,"Missing":0,"Changed":2,"Older":0,"Version":6,"Held":"","LastRows":14,"Absent":{},"More":false}','','');
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
, no_sku INTEGER NOT NULL DEFAULT 0 CHECK (no_sku IN (0, 1)), no_facility INTEGER NOT NULL DEFAULT 0 CHECK (no_facility IN (0, 1))) STRICT;
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
  why           TEXT    NOT NULL, live INTEGER NOT NULL DEFAULT 0 CHECK (live IN (0, 1)), zeroed_at INTEGER, hold_run INTEGER, kept TEXT NOT NULL DEFAULT '',            -- JSON of the explanation
  PRIMARY KEY (connection, channel_sku, location),
  CHECK ((open_call IS NOT NULL) = (status IN ('unknown', 'sent')))
) STRICT;
INSERT INTO channel_levels VALUES('kiosk','KIT','','KIT',0,2,48,'pending','','',0,0,4,0,10,NULL,1796022657504988,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}]}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00001','','SKU-00001',0,2,113,'pending','','',0,0,4,0,10,NULL,1796022657541281,'{"product":"SKU-00001","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00002','','SKU-00002',0,2,96,'pending','','',0,0,4,0,10,NULL,1796022657555972,'{"product":"SKU-00002","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00003','','SKU-00003',0,2,33,'pending','','',0,0,4,0,10,NULL,1796022657579495,'{"product":"SKU-00003","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00004','','SKU-00004',0,1,0,'exported','','',0,0,4,0,4,NULL,1796022657601785,'{"product":"SKU-00004","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:10:54.897733Z"}],"resolved":0,"quantity":0,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00005','','SKU-00005',0,2,107,'pending','','',0,0,4,0,10,NULL,1796022657626857,'{"product":"SKU-00005","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00006','','SKU-00006',0,2,95,'pending','','',0,0,4,0,10,NULL,1796022657655736,'{"product":"SKU-00006","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00007','','SKU-00007',0,2,107,'pending','','',0,0,4,0,10,NULL,1796022657677131,'{"product":"SKU-00007","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00008','','SKU-00008',0,2,85,'pending','','',0,0,4,0,10,NULL,1796022657694131,'{"product":"SKU-00008","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00009','','SKU-00009',0,2,40,'pending','','',0,0,4,0,10,NULL,1796022657717770,'{"product":"SKU-00009","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00010','','SKU-00010',0,2,94,'pending','','',0,0,4,0,10,NULL,1796022657756456,'{"product":"SKU-00010","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00011','','SKU-00011',0,2,58,'pending','','',0,0,4,0,10,NULL,1796022657763302,'{"product":"SKU-00011","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('kiosk','SKU-00012','','SKU-00012',0,2,41,'pending','','',0,0,4,0,10,NULL,1796022657785739,'{"product":"SKU-00012","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:02.673529Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'');
INSERT INTO channel_levels VALUES('outlet','KIT','','KIT',0,5,0,'sent','','',0,0,11,0,11,'d8a25afe-4e01-4dfb-bf73-5f117ee33858',1796022659512820,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.570502Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:54.897722Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:54.897722Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00001','','SKU-00001',42,5,28,'sent','','',0,0,11,0,11,'d8a25afe-4e01-4dfb-bf73-5f117ee33858',1796022659512820,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.570502Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00003','','SKU-00003',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00004','','SKU-00004',34,5,34,'sent','','',0,0,11,0,11,'d8a25afe-4e01-4dfb-bf73-5f117ee33858',1796022662411761,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:10:59.570502Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00005','','SKU-00005',18,5,18,'sent','','',0,0,11,0,11,'d8a25afe-4e01-4dfb-bf73-5f117ee33858',1796022659512820,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:01.550067Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00006','','SKU-00006',21,5,5,'sent','','',0,0,11,0,11,'d8a25afe-4e01-4dfb-bf73-5f117ee33858',1796022659512820,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:03.851059Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00008','','SKU-00008',34,1,34,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00010','','SKU-00010',18,1,18,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00011','','SKU-00011',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('outlet','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,3,0,3,NULL,1796022659512820,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','KIT','front','KIT',0,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":41,"makes":41,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.570502Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["component SKU-00002: no stock is reported in the facilities of location front"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','KIT','outlet','KIT',0,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":87,"makes":87,"reported":true,"levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:54.897722Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:54.897722Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00001','front','SKU-00001',13,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.570502Z"}],"resolved":41,"strategy":{"buffer":2,"distributable":39,"distribution":"equal","stores":3,"share":13},"quantity":13,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00001','outlet','SKU-00001',28,6,28,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00001","levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":87,"strategy":{"buffer":2,"distributable":85,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00002','front','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00002","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00002','outlet','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00003','front','SKU-00003',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00003','outlet','SKU-00003',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00003","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00004','front','SKU-00004',11,6,11,'unknown','','',0,0,7,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022660384202,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:10:59.570502Z"}],"resolved":37,"strategy":{"buffer":2,"distributable":35,"distribution":"equal","stores":3,"share":11},"quantity":11,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00004','outlet','SKU-00004',21,6,21,'unknown','','',0,0,7,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022660384202,'{"product":"SKU-00004","levels":[{"facility":"west","available":66,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00005','front','SKU-00005',17,6,18,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:01.550067Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":17},"quantity":17,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00005','outlet','SKU-00005',0,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00005","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00006','front','SKU-00006',21,6,5,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:03.851059Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00006','outlet','SKU-00006',0,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00006","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00007','front','SKU-00007',25,6,8,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00007","levels":[{"facility":"east","available":77,"reported_at":"2026-11-30T07:11:05.744836Z"}],"resolved":77,"strategy":{"buffer":2,"distributable":75,"distribution":"equal","stores":3,"share":25},"quantity":25,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00007','outlet','SKU-00007',0,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00007","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00008','front','SKU-00008',28,6,0,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00008","levels":[{"facility":"east","available":88,"reported_at":"2026-11-30T07:11:05.744836Z"}],"resolved":88,"strategy":{"buffer":2,"distributable":86,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00008','outlet','SKU-00008',34,6,34,'unknown','','',0,0,1,0,12,'0e68fdbd-7a09-4cd4-9cde-69fce557e493',1796022657511561,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00009','front','SKU-00009',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00009","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00009','outlet','SKU-00009',7,1,7,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":7},"quantity":7,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00010','front','SKU-00010',18,1,18,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00010','outlet','SKU-00010',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00010","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00011','front','SKU-00011',35,1,35,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00011','outlet','SKU-00011',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00011","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00012','front','SKU-00012',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00012","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('shop','SKU-00012','outlet','SKU-00012',15,1,15,'exported','','',0,0,1,0,1,NULL,1796022657511561,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":15},"quantity":15,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','M-KIT','','KIT',0,3,0,'exported','','',0,0,8,0,8,NULL,1796022661419372,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.570502Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:54.897722Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:54.897722Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":true}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','M-LAMP','','SKU-00001',42,3,42,'exported','','',0,0,8,0,8,NULL,1796022661419372,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.570502Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":true}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00003','','SKU-00003',35,1,NULL,'rejected','poison: the store never takes "SKU-00003"','',0,0,2,0,2,NULL,NULL,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',0,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00004','','SKU-00004',34,3,34,'exported','','',0,0,8,0,8,NULL,1796022661419372,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:10:59.570502Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00005','','SKU-00005',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00005","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00006','','SKU-00006',6,1,6,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00006","levels":[{"facility":"east","available":18,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":18,"strategy":{"buffer":2,"distributable":16,"distribution":"equal","stores":3,"share":6},"quantity":6,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00008','','SKU-00008',35,1,35,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00010','','SKU-00010',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00011','','SKU-00011',36,1,36,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":36},"quantity":36,"listed":false}',1,NULL,NULL,'');
INSERT INTO channel_levels VALUES('market','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,2,0,2,NULL,1796022657554148,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:10:54.897722Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL,NULL,'');
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
INSERT INTO calls VALUES('937b220b-cb79-4844-98be-cf07fdd422e6','outlet','outlet',3,1,NULL,'[]',1796022657484815,1796022694510881,3,'f1/report',1796022659508389,1796022659512820,'');
INSERT INTO calls VALUES('d4444040-d0dc-4388-9794-17f382bbfb4c','kiosk','kiosk',4,1,NULL,'[]',1796022657502775,1796022692502775,1,'',NULL,1796022657504988,'');
INSERT INTO calls VALUES('eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','shop','shop',1,1,NULL,'[]',1796022657507265,1796022692507265,1,'',NULL,1796022657511561,'');
INSERT INTO calls VALUES('0a4b90bb-a0ba-4c7d-bf3c-851c5258a441','kiosk','kiosk',4,1,NULL,'[]',1796022657528902,1796022692528902,1,'',NULL,1796022657541281,'');
INSERT INTO calls VALUES('1decea0b-76ee-4903-9e34-757f80ad544b','market','market',2,1,NULL,'[]',1796022657550730,1796022692550730,1,'',NULL,1796022657554148,'');
INSERT INTO calls VALUES('f1b135ae-4341-47a2-a1f8-2805146821d1','kiosk','kiosk',4,1,NULL,'[]',1796022657551984,1796022692551984,1,'',NULL,1796022657555972,'');
INSERT INTO calls VALUES('ff6305f1-c92a-4e2f-b0bb-606741e7300b','kiosk','kiosk',4,1,NULL,'[]',1796022657575870,1796022692575870,1,'',NULL,1796022657579495,'');
INSERT INTO calls VALUES('2d6ffdd2-1073-40bf-9f1e-9a9c4c492d9c','kiosk','kiosk',4,1,NULL,'[]',1796022657599390,1796022692599390,1,'',NULL,1796022657601785,'');
INSERT INTO calls VALUES('4498efe9-048f-42e2-aa12-c3a0ac5bbbe9','kiosk','kiosk',4,1,NULL,'[]',1796022657623025,1796022692623025,1,'',NULL,1796022657626857,'');
INSERT INTO calls VALUES('5c2e017e-7127-4475-bd2a-cc2ee15307dd','kiosk','kiosk',4,1,NULL,'[]',1796022657646184,1796022692646184,1,'',NULL,1796022657655736,'');
INSERT INTO calls VALUES('5bbfddc2-bdd9-440c-ae73-4c01ced05d75','kiosk','kiosk',4,1,NULL,'[]',1796022657671312,1796022692671312,1,'',NULL,1796022657677131,'');
INSERT INTO calls VALUES('088f9987-d6b0-4f0d-9a04-f4efa90e49a5','kiosk','kiosk',4,1,NULL,'[]',1796022657692339,1796022692692339,1,'',NULL,1796022657694131,'');
INSERT INTO calls VALUES('141f1de5-a6b8-4a27-b029-63d3d8d4e79b','kiosk','kiosk',4,1,NULL,'[]',1796022657715398,1796022692715398,1,'',NULL,1796022657717770,'');
INSERT INTO calls VALUES('9fcea56a-c8b3-4cef-80bd-e4945e5e3d30','kiosk','kiosk',4,1,NULL,'[]',1796022657740505,1796022692740505,1,'',NULL,1796022657756456,'');
INSERT INTO calls VALUES('b9671baa-2016-4c37-ad0b-a807a8b24c1b','kiosk','kiosk',4,1,NULL,'[]',1796022657761568,1796022692761568,1,'',NULL,1796022657763302,'');
INSERT INTO calls VALUES('d9cf0959-7764-47aa-8d59-c4fb9c02cd3e','kiosk','kiosk',4,1,NULL,'[]',1796022657784103,1796022692784103,1,'',NULL,1796022657785739,'');
INSERT INTO calls VALUES('2a941fc3-88c2-42c2-85c5-73b2ad5ba4b3','market','market',5,2,NULL,'[]',1796022660327406,1796022695327406,1,'',NULL,1796022660330829,'');
INSERT INTO calls VALUES('8d7ef842-180b-4a1a-9162-d4c038f19c93','outlet','outlet',6,2,NULL,'[]',1796022660377746,1796022697410617,3,'f2/report',1796022662408645,1796022662411761,'');
INSERT INTO calls VALUES('669501d5-0625-4e3e-95c5-68dca8a4ed36','shop','shop',7,2,NULL,'[]',1796022660381568,1796022695381568,1,'',NULL,1796022660384202,'');
INSERT INTO calls VALUES('4dd97363-fadc-4850-86da-ba57e0926b96','market','market',8,3,NULL,'[]',1796022661416695,1796022696416695,1,'',NULL,1796022661419372,'');
INSERT INTO calls VALUES('d8a25afe-4e01-4dfb-bf73-5f117ee33858','outlet','outlet',11,3,X'7b226974656d73223a5b7b22736b75223a224b4954222c227175616e74697479223a307d2c7b22736b75223a22534b552d3030303031222c227175616e74697479223a34327d2c7b22736b75223a22534b552d3030303034222c227175616e74697479223a33347d2c7b22736b75223a22534b552d3030303035222c227175616e74697479223a31387d2c7b22736b75223a22534b552d3030303036222c227175616e74697479223a32317d5d7d','[{"Location":"","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":5,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":42,"Observed":5,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":34,"Observed":5,"Part":0,"Reference":"","Exported":34,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":18,"Observed":5,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":5,"Part":0,"Reference":"","Exported":5,"Attempts":0}]',1796022665727496,1796022665730081,1,'f3',1796022667730081,NULL,'');
INSERT INTO calls VALUES('0e68fdbd-7a09-4cd4-9cde-69fce557e493','shop','shop',12,3,X'7b227175616e746974696573223a5b7b22736b75223a224b4954222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a224b4954222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31332c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303034222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303034222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31372c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32352c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a33342c22636f6d70617265223a6e756c6c7d5d7d','[{"Location":"front","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":13,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":11,"Observed":6,"Part":0,"Reference":"","Exported":11,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":21,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":17,"Observed":6,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":5,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":25,"Observed":6,"Part":0,"Reference":"","Exported":8,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":34,"Observed":6,"Part":0,"Reference":"","Exported":34,"Attempts":0}]',1796022667555172,1796022702555172,1,'',NULL,NULL,'');
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
INSERT INTO activity VALUES(1,1796022656662467,3,'reported','acme','depot','west','','','SKU-00001','',NULL,87,'','');
INSERT INTO activity VALUES(2,1796022656662467,3,'reported','acme','depot','west','','','SKU-00002','',NULL,0,'','');
INSERT INTO activity VALUES(3,1796022656662467,3,'reported','acme','depot','east','','','SKU-00003','',NULL,106,'','');
INSERT INTO activity VALUES(4,1796022656662467,3,'reported','acme','depot','west','','','SKU-00004','',NULL,66,'','');
INSERT INTO activity VALUES(5,1796022656662467,3,'reported','acme','depot','east','','','SKU-00005','',NULL,57,'','');
INSERT INTO activity VALUES(6,1796022656662467,3,'reported','acme','depot','east','','','SKU-00006','',NULL,18,'','');
INSERT INTO activity VALUES(7,1796022656662467,3,'reported','acme','depot','east','','','SKU-00007','',NULL,28,'','');
INSERT INTO activity VALUES(8,1796022656662467,3,'reported','acme','depot','west','','','SKU-00008','',NULL,105,'','');
INSERT INTO activity VALUES(9,1796022656662467,3,'reported','acme','depot','west','','','SKU-00009','',NULL,25,'','');
INSERT INTO activity VALUES(10,1796022656662467,3,'reported','acme','depot','east','','','SKU-00010','',NULL,57,'','');
INSERT INTO activity VALUES(11,1796022656662467,3,'reported','acme','depot','east','','','SKU-00011','',NULL,108,'','');
INSERT INTO activity VALUES(12,1796022656662467,3,'reported','acme','depot','west','','','SKU-00012','',NULL,49,'','');
INSERT INTO activity VALUES(13,1796022656705038,4,'reported','acme','annex','main','','','SKU-00001','',NULL,113,'','');
INSERT INTO activity VALUES(14,1796022656705038,4,'reported','acme','annex','main','','','SKU-00002','',NULL,96,'','');
INSERT INTO activity VALUES(15,1796022656705038,4,'reported','acme','annex','main','','','SKU-00003','',NULL,33,'','');
INSERT INTO activity VALUES(16,1796022656705038,4,'reported','acme','annex','main','','','SKU-00004','',NULL,0,'','');
INSERT INTO activity VALUES(17,1796022656705038,4,'reported','acme','annex','main','','','SKU-00005','',NULL,107,'','');
INSERT INTO activity VALUES(18,1796022656705038,4,'reported','acme','annex','main','','','SKU-00006','',NULL,95,'','');
INSERT INTO activity VALUES(19,1796022656705038,4,'reported','acme','annex','main','','','SKU-00007','',NULL,107,'','');
INSERT INTO activity VALUES(20,1796022656705038,4,'reported','acme','annex','main','','','SKU-00008','',NULL,85,'','');
INSERT INTO activity VALUES(21,1796022656705038,4,'reported','acme','annex','main','','','SKU-00009','',NULL,40,'','');
INSERT INTO activity VALUES(22,1796022656705038,4,'reported','acme','annex','main','','','SKU-00010','',NULL,94,'','');
INSERT INTO activity VALUES(23,1796022656705038,4,'reported','acme','annex','main','','','SKU-00011','',NULL,58,'','');
INSERT INTO activity VALUES(24,1796022656705038,4,'reported','acme','annex','main','','','SKU-00012','',NULL,41,'','');
INSERT INTO activity VALUES(25,1796022657489107,3,'sent','acme','depot','','outlet','','KIT','KIT',NULL,0,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(26,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(27,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(28,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(29,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(30,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(31,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(32,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(33,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(34,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(35,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(36,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(37,1796022657489107,3,'sent','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(38,1796022657504988,4,'exported','acme','annex','','kiosk','','KIT','KIT',NULL,48,'d4444040-d0dc-4388-9794-17f382bbfb4c','');
INSERT INTO activity VALUES(39,1796022657511561,1,'exported','acme','depot','','shop','front','KIT','KIT',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(40,1796022657511561,1,'exported','acme','depot','','shop','outlet','KIT','KIT',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(41,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00001','SKU-00001',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(42,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00001','SKU-00001',NULL,28,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(43,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00002','SKU-00002',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(44,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00002','SKU-00002',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(45,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00003','SKU-00003',NULL,34,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(46,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00003','SKU-00003',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(47,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(48,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',NULL,21,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(49,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00005','SKU-00005',NULL,18,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(50,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00005','SKU-00005',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(51,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00006','SKU-00006',NULL,5,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(52,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00006','SKU-00006',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(53,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00007','SKU-00007',NULL,8,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(54,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00007','SKU-00007',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(55,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00008','SKU-00008',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(56,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00008','SKU-00008',NULL,34,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(57,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00009','SKU-00009',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(58,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00009','SKU-00009',NULL,7,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(59,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00010','SKU-00010',NULL,18,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(60,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00010','SKU-00010',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(61,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00011','SKU-00011',NULL,35,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(62,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00011','SKU-00011',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(63,1796022657511561,1,'exported','acme','depot','','shop','front','SKU-00012','SKU-00012',NULL,0,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(64,1796022657511561,1,'exported','acme','depot','','shop','outlet','SKU-00012','SKU-00012',NULL,15,'eb697af3-4ee3-43a5-860e-7bce7ef0ed0c','');
INSERT INTO activity VALUES(65,1796022657541281,4,'exported','acme','annex','','kiosk','','SKU-00001','SKU-00001',NULL,113,'0a4b90bb-a0ba-4c7d-bf3c-851c5258a441','');
INSERT INTO activity VALUES(66,1796022657554148,2,'exported','acme','depot','','market','','KIT','M-KIT',NULL,0,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(67,1796022657554148,2,'exported','acme','depot','','market','','SKU-00001','M-LAMP',NULL,29,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(68,1796022657554148,2,'exported','acme','depot','','market','','SKU-00002','SKU-00002',NULL,0,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(69,1796022657554148,2,'rejected','acme','depot','','market','','SKU-00003','SKU-00003',NULL,35,'1decea0b-76ee-4903-9e34-757f80ad544b','poison: the store never takes "SKU-00003"');
INSERT INTO activity VALUES(70,1796022657554148,2,'exported','acme','depot','','market','','SKU-00004','SKU-00004',NULL,22,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(71,1796022657554148,2,'exported','acme','depot','','market','','SKU-00005','SKU-00005',NULL,19,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(72,1796022657554148,2,'exported','acme','depot','','market','','SKU-00006','SKU-00006',NULL,6,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(73,1796022657554148,2,'exported','acme','depot','','market','','SKU-00007','SKU-00007',NULL,9,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(74,1796022657554148,2,'exported','acme','depot','','market','','SKU-00008','SKU-00008',NULL,35,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(75,1796022657554148,2,'exported','acme','depot','','market','','SKU-00009','SKU-00009',NULL,8,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(76,1796022657554148,2,'exported','acme','depot','','market','','SKU-00010','SKU-00010',NULL,19,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(77,1796022657554148,2,'exported','acme','depot','','market','','SKU-00011','SKU-00011',NULL,36,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(78,1796022657554148,2,'exported','acme','depot','','market','','SKU-00012','SKU-00012',NULL,16,'1decea0b-76ee-4903-9e34-757f80ad544b','');
INSERT INTO activity VALUES(79,1796022657555972,4,'exported','acme','annex','','kiosk','','SKU-00002','SKU-00002',NULL,96,'f1b135ae-4341-47a2-a1f8-2805146821d1','');
INSERT INTO activity VALUES(80,1796022657579495,4,'exported','acme','annex','','kiosk','','SKU-00003','SKU-00003',NULL,33,'ff6305f1-c92a-4e2f-b0bb-606741e7300b','');
INSERT INTO activity VALUES(81,1796022657601785,4,'exported','acme','annex','','kiosk','','SKU-00004','SKU-00004',NULL,0,'2d6ffdd2-1073-40bf-9f1e-9a9c4c492d9c','');
INSERT INTO activity VALUES(82,1796022657626857,4,'exported','acme','annex','','kiosk','','SKU-00005','SKU-00005',NULL,107,'4498efe9-048f-42e2-aa12-c3a0ac5bbbe9','');
INSERT INTO activity VALUES(83,1796022657655736,4,'exported','acme','annex','','kiosk','','SKU-00006','SKU-00006',NULL,95,'5c2e017e-7127-4475-bd2a-cc2ee15307dd','');
INSERT INTO activity VALUES(84,1796022657677131,4,'exported','acme','annex','','kiosk','','SKU-00007','SKU-00007',NULL,107,'5bbfddc2-bdd9-440c-ae73-4c01ced05d75','');
INSERT INTO activity VALUES(85,1796022657694131,4,'exported','acme','annex','','kiosk','','SKU-00008','SKU-00008',NULL,85,'088f9987-d6b0-4f0d-9a04-f4efa90e49a5','');
INSERT INTO activity VALUES(86,1796022657717770,4,'exported','acme','annex','','kiosk','','SKU-00009','SKU-00009',NULL,40,'141f1de5-a6b8-4a27-b029-63d3d8d4e79b','');
INSERT INTO activity VALUES(87,1796022657756456,4,'exported','acme','annex','','kiosk','','SKU-00010','SKU-00010',NULL,94,'9fcea56a-c8b3-4cef-80bd-e4945e5e3d30','');
INSERT INTO activity VALUES(88,1796022657763302,4,'exported','acme','annex','','kiosk','','SKU-00011','SKU-00011',NULL,58,'b9671baa-2016-4c37-ad0b-a807a8b24c1b','');
INSERT INTO activity VALUES(89,1796022657785739,4,'exported','acme','annex','','kiosk','','SKU-00012','SKU-00012',NULL,41,'d9cf0959-7764-47aa-8d59-c4fb9c02cd3e','');
INSERT INTO activity VALUES(90,1796022659512820,3,'exported','acme','depot','','outlet','','KIT','KIT',NULL,0,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(91,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(92,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(93,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(94,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(95,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(96,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(97,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(98,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(99,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(100,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(101,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(102,1796022659512820,3,'exported','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'937b220b-cb79-4844-98be-cf07fdd422e6','');
INSERT INTO activity VALUES(103,1796022659565105,0,'reported','acme','depot','east','','','SKU-00004','',NULL,37,'','an update event');
INSERT INTO activity VALUES(104,1796022660330829,5,'exported','acme','depot','','market','','SKU-00004','SKU-00004',22,34,'2a941fc3-88c2-42c2-85c5-73b2ad5ba4b3','');
INSERT INTO activity VALUES(105,1796022660383167,6,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'8d7ef842-180b-4a1a-9162-d4c038f19c93','');
INSERT INTO activity VALUES(106,1796022660384202,7,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',0,11,'669501d5-0625-4e3e-95c5-68dca8a4ed36','');
INSERT INTO activity VALUES(107,1796022660384202,7,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',21,21,'669501d5-0625-4e3e-95c5-68dca8a4ed36','');
INSERT INTO activity VALUES(108,1796022660723811,8,'reported','acme','depot','east','','','SKU-00001','',NULL,41,'','');
INSERT INTO activity VALUES(109,1796022661419372,8,'exported','acme','depot','','market','','KIT','M-KIT',0,0,'4dd97363-fadc-4850-86da-ba57e0926b96','');
INSERT INTO activity VALUES(110,1796022661419372,8,'exported','acme','depot','','market','','SKU-00001','M-LAMP',29,42,'4dd97363-fadc-4850-86da-ba57e0926b96','');
INSERT INTO activity VALUES(111,1796022661419372,8,'exported','acme','depot','','market','','SKU-00004','SKU-00004',34,34,'4dd97363-fadc-4850-86da-ba57e0926b96','');
INSERT INTO activity VALUES(112,1796022662411761,6,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'8d7ef842-180b-4a1a-9162-d4c038f19c93','');
INSERT INTO activity VALUES(113,1796022662630986,9,'reported','acme','depot','east','','','SKU-00005','',57,55,'','');
INSERT INTO activity VALUES(114,1796022663774884,10,'reported','acme','annex','main','','','SKU-00001','',113,0,'','');
INSERT INTO activity VALUES(115,1796022663774884,10,'reported','acme','annex','main','','','SKU-00002','',96,0,'','');
INSERT INTO activity VALUES(116,1796022663774884,10,'reported','acme','annex','main','','','SKU-00003','',33,0,'','');
INSERT INTO activity VALUES(117,1796022663774884,10,'reported','acme','annex','main','','','SKU-00005','',107,0,'','');
INSERT INTO activity VALUES(118,1796022663774884,10,'reported','acme','annex','main','','','SKU-00006','',95,0,'','');
INSERT INTO activity VALUES(119,1796022663774884,10,'reported','acme','annex','main','','','SKU-00007','',107,0,'','');
INSERT INTO activity VALUES(120,1796022663774884,10,'reported','acme','annex','main','','','SKU-00008','',85,0,'','');
INSERT INTO activity VALUES(121,1796022663774884,10,'reported','acme','annex','main','','','SKU-00009','',40,0,'','');
INSERT INTO activity VALUES(122,1796022663774884,10,'reported','acme','annex','main','','','SKU-00010','',94,0,'','');
INSERT INTO activity VALUES(123,1796022663774884,10,'reported','acme','annex','main','','','SKU-00011','',58,0,'','');
INSERT INTO activity VALUES(124,1796022663774884,10,'reported','acme','annex','main','','','SKU-00012','',41,0,'','');
INSERT INTO activity VALUES(125,1796022665059989,11,'reported','acme','depot','east','','','SKU-00006','',18,66,'','');
INSERT INTO activity VALUES(126,1796022665730081,11,'sent','acme','depot','','outlet','','KIT','KIT',0,0,'d8a25afe-4e01-4dfb-bf73-5f117ee33858','');
INSERT INTO activity VALUES(127,1796022665730081,11,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',28,42,'d8a25afe-4e01-4dfb-bf73-5f117ee33858','');
INSERT INTO activity VALUES(128,1796022665730081,11,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',34,34,'d8a25afe-4e01-4dfb-bf73-5f117ee33858','');
INSERT INTO activity VALUES(129,1796022665730081,11,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',18,18,'d8a25afe-4e01-4dfb-bf73-5f117ee33858','');
INSERT INTO activity VALUES(130,1796022665730081,11,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',5,21,'d8a25afe-4e01-4dfb-bf73-5f117ee33858','');
INSERT INTO activity VALUES(131,1796022666877155,12,'reported','acme','depot','east','','','SKU-00007','',28,77,'','');
INSERT INTO activity VALUES(132,1796022666877155,12,'reported','acme','depot','east','','','SKU-00008','',NULL,88,'','');
CREATE TABLE facilities (
  warehouse TEXT NOT NULL,
  facility  TEXT NOT NULL,
  PRIMARY KEY (warehouse, facility)
) STRICT, WITHOUT ROWID;
INSERT INTO facilities VALUES('annex','main');
INSERT INTO facilities VALUES('depot','east');
INSERT INTO facilities VALUES('depot','west');
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
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',12);
INSERT INTO sqlite_sequence VALUES('snapshots',9);
INSERT INTO sqlite_sequence VALUES('activity',132);
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
CREATE INDEX channel_levels_open ON channel_levels (connection, open_call) WHERE open_call IS NOT NULL;
CREATE INDEX calls_open ON calls (connection, created_at, key) WHERE closed_at IS NULL;
CREATE INDEX calls_in_flight ON calls (store) WHERE closed_at IS NULL;
CREATE INDEX calls_closed ON calls (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX activity_by_sku ON activity (merchant, sku, id);
CREATE INDEX activity_by_channel_sku ON activity (merchant, channel_sku, id) WHERE channel_sku <> '';
CREATE INDEX products_removed ON products (merchant, sku) WHERE removed;
CREATE INDEX bundles_removed ON bundles (merchant, sku) WHERE removed;
CREATE INDEX listings_removed ON listings (store, channel_sku, sku) WHERE removed;
CREATE INDEX channel_levels_live ON channel_levels (connection) WHERE live;
CREATE INDEX channel_levels_zeroing ON channel_levels (connection, status) WHERE live AND quantity = 0;
CREATE INDEX channel_levels_zeroed ON channel_levels (connection, zeroed_at, quantity) WHERE zeroed_at IS NOT NULL;
CREATE INDEX requests_by_part ON requests (connection, part_of) WHERE part_of <> '';
CREATE INDEX requests_by_time ON requests (made_at);
CREATE INDEX runs_open ON runs (connection, id) WHERE ended_at IS NULL;
CREATE INDEX stale_levels_unread ON stale_levels (refused_at) WHERE available IS NULL;
CREATE INDEX snapshots_by_content ON snapshots (warehouse, content) WHERE content <> '';
CREATE INDEX holds_by_content ON holds (warehouse, content) WHERE content <> '';
CREATE INDEX holds_open ON holds (run) WHERE decision = '';
CREATE INDEX channel_levels_by_hold ON channel_levels (connection, hold_run) WHERE hold_run IS NOT NULL;
CREATE INDEX channel_levels_kept ON channel_levels (connection) WHERE kept <> '';
COMMIT;
PRAGMA application_id = 1416193125;

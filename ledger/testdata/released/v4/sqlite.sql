PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tidemark_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
);
INSERT INTO tidemark_migrations VALUES(1,'0001_ledger.sql','ddcc7e4dffc616805d3594f4b9b1b6e5467be5ee5b21629ceb949ecce22d2419',1796022706303885);
INSERT INTO tidemark_migrations VALUES(2,'0002_turns.sql','7664102b5cd7a604e912e597774b17e8ea888145dc0105a1ada2368bdacc6287',1796022706303885);
INSERT INTO tidemark_migrations VALUES(3,'0003_removed.sql','faa4f685f1a0a5bdd826868853f0a06d7e8bbb9f3bd1e6a834f9baf146a81eea',1796022706303885);
INSERT INTO tidemark_migrations VALUES(4,'0004_zeroing.sql','627c4cd3d91078bdeeb9e306edc4b31ee2f35fadc018dbb7e530fd20db45cf20',1796022706303885);
INSERT INTO tidemark_migrations VALUES(5,'0005_absence.sql','42beb0a02e13b9e161349e16da2e5defee7efcce339a721eca27454631145cd0',1796022706303885);
INSERT INTO tidemark_migrations VALUES(6,'0006_identity.sql','eddedcb7b7873a76774e308c5301a8f4248d552b0bfdb3c0cf6eb21c98025c04',1796022706303885);
INSERT INTO tidemark_migrations VALUES(7,'0007_requests.sql','aa3857aca6185c6ebaca121be0e87b8dfabc2dc28446bcd88af94dca195460aa',1796022706303885);
INSERT INTO tidemark_migrations VALUES(8,'0008_clocks.sql','be52be797b527c0d1ecf027abae1adb53de2a83db6cac70ef26f5f869925c71e',1796022706303885);
INSERT INTO tidemark_migrations VALUES(9,'0009_phases.sql','a8a5978d7ef5ef2cfef1900f2f9c12954133f7371569602a82b92a4413ded92d',1796022706303885);
INSERT INTO tidemark_migrations VALUES(10,'0010_stale.sql','a124e0ba75952ce87e4da948452df90a7de942aff2a81a5ef505982c4a75e10f',1796022706303885);
INSERT INTO tidemark_migrations VALUES(11,'0011_rejections.sql','490ecbd98617ad31dde960cff01862c10cdfde6679555c90a5ddce38f89c5911',1796022706303885);
INSERT INTO tidemark_migrations VALUES(12,'0012_repeated.sql','770e63fcc617987691ea3f7abdbd935896318a11fd5e196ae04fdd681ea0ba1a',1796022706303885);
INSERT INTO tidemark_migrations VALUES(13,'0013_oddities.sql','175868ccf1d80718b243993ad80a3b627e93fd28188755b2dafb3e1367507231',1796022706303885);
INSERT INTO tidemark_migrations VALUES(14,'0014_resolved.sql','7cb0de45892dbae1c2d45d573bbd9327ac19edeb80dd64085b8fecc4980214d1',1796022706303885);
INSERT INTO tidemark_migrations VALUES(15,'0015_leaving.sql','14a461854814fec04b135a659bf718d60fb019daca4e08fccbf8b06fe11e5834',1796022706303885);
CREATE TABLE state (
  only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
  epoch       TEXT    NOT NULL,           -- replaced when the ledger is declared restored from a backup
  generation  INTEGER NOT NULL DEFAULT 0, -- starts of processes on this ledger
  definitions INTEGER NOT NULL DEFAULT 0  -- the newest definition version; locked by whoever takes the next one
, ledger TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO state VALUES(1,'HFWEQ4M5NF3YO4QNV6ERW6KLGT',30,1,'LL4GGPGCJ32VKPVD74Y4BJUT6K');
CREATE TABLE warehouses (
  id            TEXT    PRIMARY KEY,
  merchant      TEXT    NOT NULL,
  definition    TEXT    NOT NULL,             -- JSON
  mark          TEXT    NOT NULL DEFAULT '',  -- the source's own, of the last recorded snapshot
  level_version INTEGER NOT NULL DEFAULT 0,   -- the newest level version; locked by whoever takes the next one
  confirmed_at  INTEGER NOT NULL DEFAULT 0,   -- every level with confirmed = 1 was observed at this time or later
  last_rows     INTEGER NOT NULL DEFAULT 0    -- of the last full snapshot that was recorded
, unnamed INTEGER NOT NULL DEFAULT 0, reread_after INTEGER NOT NULL DEFAULT 0, confirmed_ours INTEGER NOT NULL DEFAULT 0 CHECK (confirmed_ours IN (0, 1)), confirmed_received INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO warehouses VALUES('annex','acme','{"id":"annex","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/annex","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s2","as_of":"2026-11-30T07:11:55.903123Z"}',2,1796022715903123,12,0,0,0,1796022715892508);
INSERT INTO warehouses VALUES('depot','acme','{"id":"depot","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/depot","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s7","as_of":"2026-11-30T07:11:58.95505Z"}',6,1796022718955050,15,0,0,0,1796022718948708);
CREATE TABLE stores (
  id         TEXT PRIMARY KEY,
  merchant   TEXT NOT NULL,
  definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO stores VALUES('kiosk','acme','{"id":"kiosk","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"calls_at_once":1,"compare":false,"endpoint":"http://sandbox.invalid/stores/kiosk","kind":"single","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
INSERT INTO stores VALUES('market','acme','{"id":"market","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"calls_at_once":1,"compare":false,"endpoint":"http://sandbox.invalid/stores/market","kind":"per_item","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
INSERT INTO stores VALUES('outlet','acme','{"id":"outlet","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"calls_at_once":1,"compare":false,"endpoint":"http://sandbox.invalid/stores/outlet","kind":"feed","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
INSERT INTO stores VALUES('shop','acme','{"id":"shop","merchant":"acme","driver":"sandbox","settings":{"batch_limit":0,"burst":8,"calls_at_once":1,"compare":false,"endpoint":"http://sandbox.invalid/stores/shop","kind":"atomic","rate":4,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"budget":{"share":0.8}}');
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
INSERT INTO gates VALUES('kiosk',2,NULL,1796022715919987,0,'',0);
INSERT INTO gates VALUES('market',3,NULL,1796022712772606,0,'',0);
INSERT INTO gates VALUES('outlet',3,11,1796022717182878,1796022717856914,'',0);
INSERT INTO gates VALUES('shop',3,12,1796022718967947,1796022754632929,'',0);
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
, phase TEXT NOT NULL DEFAULT '', resolved INTEGER) STRICT;
INSERT INTO runs VALUES(1,'shop','shop','depot','full','request','full-sync/shop','fbf916ea-f47b-405f-a7aa-bdec96fb796a',1,0,'[]','[{"id":"enabled/shop/1796022707200612","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:47.220402Z"}]',1796022708261314,1796022708305604,1796022709432749,'completed','','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":26,"due":26,"exported":26,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',1);
INSERT INTO runs VALUES(2,'market','market','depot','full','request','full-sync/market','95b71afb-8b89-41ab-bd9a-3ad4f94ad605',1,0,'[]','[{"id":"enabled/market/1796022707212213","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:47.238194Z"}]',1796022708274672,1796022708315887,1796022709502446,'completed_with_failures','1 row was newly rejected','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":12,"sent":0,"rejected":1,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',1);
INSERT INTO runs VALUES(3,'kiosk','kiosk','annex','full','request','full-sync/kiosk','daf680c1-b07b-49f8-acad-769e90c6d72c',1,0,'[]','[{"id":"enabled/kiosk/1796022707266248","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:47.292957Z"}]',1796022708328382,1796022708400562,1796022709713132,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":13,"waits":0}',13,'',1);
INSERT INTO runs VALUES(4,'outlet','outlet','depot','full','request','full-sync/outlet','fc1d9f33-87e7-4cf1-becb-aa1dddf6621c',1,0,'[]','[{"id":"enabled/outlet/1796022707230372","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:47.270433Z"}]',1796022708324094,1796022708452223,1796022711522682,'completed','','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'',1);
INSERT INTO runs VALUES(5,'market','market','depot','smart','request','smart-sync/market/events','a2104727-a00d-4845-8be4-261e92b2be0b',1,0,'["SKU-00004"]','[{"id":"0ba18e05-122c-48db-9871-be62ba3a2dc1/1","by":"intake of depot","at":"2026-11-30T07:11:51.596887Z"}]',1796022711620863,NULL,1796022712402805,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',NULL);
INSERT INTO runs VALUES(6,'outlet','outlet','depot','smart','request','smart-sync/outlet/events','94853df5-1db6-492b-a48f-8c0d36a147ae',1,0,'["SKU-00004"]','[{"id":"0ba18e05-122c-48db-9871-be62ba3a2dc1/1","by":"intake of depot","at":"2026-11-30T07:11:51.614717Z"}]',1796022711638758,NULL,1796022714452145,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'',NULL);
INSERT INTO runs VALUES(7,'shop','shop','depot','smart','request','smart-sync/shop/events','62ea169d-79b7-494e-8b95-09a162525bc0',1,0,'["SKU-00004"]','[{"id":"0ba18e05-122c-48db-9871-be62ba3a2dc1/1","by":"intake of depot","at":"2026-11-30T07:11:51.640375Z"}]',1796022711673444,NULL,1796022712422149,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":2,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',NULL);
INSERT INTO runs VALUES(8,'market','market','depot','smart','request','smart-sync/market','01a22b4b-b569-77a1-981b-8e529969457b',1,0,'[]','[{"id":"dc21e0ae-0c3c-488e-b7a6-cc19dd5fc893","by":"ann@office","at":"2026-11-30T07:11:51.669904Z"}]',1796022712717694,1796022712742914,1796022713474303,'completed','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":3,"due":2,"exported":2,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',3);
INSERT INTO runs VALUES(9,'market','market','depot','smart','request','smart-sync/market','01a22b4b-bd26-7640-affa-4b718c8d77d2',1,1,'[]','[{"id":"dbe1ca10-6d85-45e4-bb26-b68d8e352268","by":"ann@office","at":"2026-11-30T07:11:53.643887Z"}]',1796022714677251,1796022714703946,1796022714748067,'completed','a dry run: nothing was pushed','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":1,"due":0,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'',NULL);
INSERT INTO runs VALUES(10,'kiosk','kiosk','annex','smart','request','smart-sync/kiosk','01a22b4b-c1e1-72bf-83c4-5d18bd982201',1,0,'[]','[{"id":"9d15595c-d385-4a89-b015-0d080d587e2b","by":"ann@office","at":"2026-11-30T07:11:54.851589Z"}]',1796022715873221,1796022715892508,NULL,'running','','{"rows":12,"refused":0,"missing":0,"changed":11,"older":0,"resolved":12,"due":12,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'pushing',2);
INSERT INTO runs VALUES(11,'outlet','outlet','depot','smart','request','smart-sync/outlet','01a22b4b-c6c2-7366-b3d3-b11b21980c71',1,0,'[]','[{"id":"37dcdd33-1252-4f4a-b15d-2aa12861c742","by":"ann@office","at":"2026-11-30T07:11:56.105856Z"}]',1796022717129917,1796022717153793,NULL,'running','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":5,"due":4,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing',5);
INSERT INTO runs VALUES(12,'shop','shop','depot','smart','request','smart-sync/shop','01a22b4b-cdcc-7498-857f-ab9fb235e6ca',1,0,'[]','[{"id":"7d68f74e-670d-4d3b-9838-df6a48e33136","by":"ann@office","at":"2026-11-30T07:11:57.904509Z"}]',1796022718932715,1796022718948708,NULL,'running','','{"rows":15,"refused":0,"missing":0,"changed":2,"older":0,"resolved":14,"due":6,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing',6);
CREATE TABLE requests (
  connection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  mode       TEXT    NOT NULL,
  run        INTEGER NOT NULL, -- that took it up last
  made_at    INTEGER NOT NULL,
  served_at  INTEGER, asked_by TEXT NOT NULL DEFAULT '', part_of TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', ended_at INTEGER,
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
INSERT INTO requests VALUES('kiosk','9d15595c-d385-4a89-b015-0d080d587e2b','smart',10,1796022714851589,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('kiosk','enabled/kiosk/1796022707266248','full',3,1796022707292957,1796022709713132,'starter apply: the connection was enabled','','served','',1796022709713132);
INSERT INTO requests VALUES('market','0ba18e05-122c-48db-9871-be62ba3a2dc1/1','smart',5,1796022711596887,1796022712402805,'intake of depot','','served','',1796022712402805);
INSERT INTO requests VALUES('market','dbe1ca10-6d85-45e4-bb26-b68d8e352268','smart',9,1796022713643887,1796022714748067,'ann@office','','served','',1796022714748067);
INSERT INTO requests VALUES('market','dc21e0ae-0c3c-488e-b7a6-cc19dd5fc893','smart',8,1796022711669904,1796022713474303,'ann@office','','served','',1796022713474303);
INSERT INTO requests VALUES('market','enabled/market/1796022707212213','full',2,1796022707238194,1796022709502446,'starter apply: the connection was enabled','','served','',1796022709502446);
INSERT INTO requests VALUES('outlet','0ba18e05-122c-48db-9871-be62ba3a2dc1/1','smart',6,1796022711614717,1796022714452145,'intake of depot','','served','',1796022714452145);
INSERT INTO requests VALUES('outlet','37dcdd33-1252-4f4a-b15d-2aa12861c742','smart',11,1796022716105856,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('outlet','enabled/outlet/1796022707230372','full',4,1796022707270433,1796022711522682,'starter apply: the connection was enabled','','served','',1796022711522682);
INSERT INTO requests VALUES('shop','0ba18e05-122c-48db-9871-be62ba3a2dc1/1','smart',7,1796022711640375,1796022712422149,'intake of depot','','served','',1796022712422149);
INSERT INTO requests VALUES('shop','7d68f74e-670d-4d3b-9838-df6a48e33136','smart',12,1796022717904509,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('shop','enabled/shop/1796022707200612','full',1,1796022707220402,1796022709432749,'starter apply: the connection was enabled','','served','',1796022709432749);
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
INSERT INTO holds VALUES(10,'zeroing','kiosk','annex','smart-sync/kiosk','12 of 12 live rows would newly go to 0, more than 40 %',0,12,1796022715993953,'','',NULL,NULL,0,0,'');
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
INSERT INTO levels VALUES('annex','SKU-00001','main',0,2,2,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00002','main',0,4,4,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00003','main',0,0,0,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00004','main',0,5,5,1796022714809462,1796022714809462,0,1,1796022708420165,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00005','main',0,4,4,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00006','main',0,5,5,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00007','main',0,1,1,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00008','main',0,4,4,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00009','main',0,4,4,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00010','main',0,4,4,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00011','main',0,5,5,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('annex','SKU-00012','main',0,2,2,1796022714809462,1796022714809462,0,2,1796022715904178,0,0,1796022715892508);
INSERT INTO levels VALUES('depot','SKU-00001','east',41,41,0,1796022711591717,1796022711591717,0,3,1796022712753796,0,0,1796022712742914);
INSERT INTO levels VALUES('depot','SKU-00001','west',87,91,4,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00002','west',0,1,1,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00003','east',106,111,5,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00004','east',37,37,0,1796022711591717,1796022711591717,0,2,1796022711565669,0,0,1796022712742914);
INSERT INTO levels VALUES('depot','SKU-00004','west',66,68,2,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00005','east',55,57,2,1796022713595492,1796022713595492,0,4,1796022714710520,0,0,1796022714703946);
INSERT INTO levels VALUES('depot','SKU-00006','east',66,70,4,1796022716061060,1796022716061060,0,5,1796022717165047,0,0,1796022717153793);
INSERT INTO levels VALUES('depot','SKU-00007','east',77,81,4,1796022717859292,1796022717859292,0,6,1796022718955561,0,0,1796022718948708);
INSERT INTO levels VALUES('depot','SKU-00008','east',88,88,0,1796022717859292,1796022717859292,0,6,1796022718955561,0,0,1796022718948708);
INSERT INTO levels VALUES('depot','SKU-00008','west',105,108,3,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00009','west',25,25,0,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00010','east',57,62,5,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00011','east',108,108,0,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
INSERT INTO levels VALUES('depot','SKU-00012','west',49,50,1,1796022706212548,1796022706212548,0,1,1796022708420531,0,0,1796022708315887);
CREATE TABLE events (
  warehouse TEXT    NOT NULL,
  event     TEXT    NOT NULL,
  seen_at   INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)),
  PRIMARY KEY (warehouse, event)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('depot','e-1',1796022711565669,0);
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
, content TEXT NOT NULL DEFAULT '', rejected TEXT NOT NULL DEFAULT '', sums INTEGER NOT NULL DEFAULT 0 CHECK (sums IN (0, 1)), odd TEXT NOT NULL DEFAULT '[]', level_keys INTEGER NOT NULL DEFAULT 0, compared TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO snapshots VALUES(1,'depot',1,'recorded',1796022708305604,1796022708420037,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',917358301251,'keys 917358301251, definitions 1, levels 0');
INSERT INTO snapshots VALUES(2,'depot',2,'recorded',1796022708315887,1796022708420531,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}','','',0,'[]',917358301251,'keys 917358301251, definitions 1, levels 0');
INSERT INTO snapshots VALUES(3,'annex',3,'recorded',1796022708400562,1796022708420165,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}','','',0,'[]',77245234895,'keys 77245234895, definitions 1, levels 0');
INSERT INTO snapshots VALUES(4,'depot',4,'recorded',1796022708452223,1796022708471148,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',917358301251,'keys 917358301251, definitions 1, levels 12');
INSERT INTO snapshots VALUES(5,'depot',8,'recorded',1796022712742914,1796022712753796,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":3,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',127559815780,'keys 127559815780, definitions 1, levels 13');
INSERT INTO snapshots VALUES(6,'depot',9,'recorded',1796022714703946,1796022714710520,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":4,"Held":"","LastRows":14,"Absent":{},"More":false}','','',0,'[]',127559815780,'keys 127559815780, definitions 1, levels 14');
INSERT INTO snapshots VALUES(7,'annex',10,'recorded',1796022715892508,1796022715904178,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":11,"Older":0,"Version":2,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',77245234895,'keys 77245234895, definitions 1, levels 12');
INSERT INTO snapshots VALUES(8,'depot',11,'recorded',1796022717153793,1796022717165047,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":5,"Held":"","LastRows":14,"Absent":{},"More":false}','','',0,'[]',127559815780,'keys 127559815780, definitions 1, levels 14');
INSERT INTO snapshots VALUES(9,'depot',12,'recorded',1796022718948708,1796022718955561,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":15,"Refused":0,"Missing":0,"Changed":2,"Older":0,"Version":6,"Held":"","LastRows":14,"Absent":{},"More":false}','','',0,'[]',748340896160,'keys 748340896160, definitions 1, levels 14');
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
  why           TEXT    NOT NULL, live INTEGER NOT NULL DEFAULT 0 CHECK (live IN (0, 1)), zeroed_at INTEGER, hold_run INTEGER, kept TEXT NOT NULL DEFAULT '', leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1)),            -- JSON of the explanation
  PRIMARY KEY (connection, channel_sku, location),
  CHECK ((open_call IS NOT NULL) = (status IN ('unknown', 'sent')))
) STRICT;
INSERT INTO channel_levels VALUES('kiosk','KIT','','KIT',0,2,48,'pending','','',0,0,3,0,10,NULL,1796022709412293,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}]}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00001','','SKU-00001',0,2,113,'pending','','',0,0,3,0,10,NULL,1796022709438656,'{"product":"SKU-00001","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00002','','SKU-00002',0,2,96,'pending','','',0,0,3,0,10,NULL,1796022709470514,'{"product":"SKU-00002","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00003','','SKU-00003',0,2,33,'pending','','',0,0,3,0,10,NULL,1796022709483884,'{"product":"SKU-00003","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00004','','SKU-00004',0,1,0,'exported','','',0,0,3,0,3,NULL,1796022709510503,'{"product":"SKU-00004","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:46.212553Z"}],"resolved":0,"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00005','','SKU-00005',0,2,107,'pending','','',0,0,3,0,10,NULL,1796022709533900,'{"product":"SKU-00005","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00006','','SKU-00006',0,2,95,'pending','','',0,0,3,0,10,NULL,1796022709569691,'{"product":"SKU-00006","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00007','','SKU-00007',0,2,107,'pending','','',0,0,3,0,10,NULL,1796022709578986,'{"product":"SKU-00007","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00008','','SKU-00008',0,2,85,'pending','','',0,0,3,0,10,NULL,1796022709601938,'{"product":"SKU-00008","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00009','','SKU-00009',0,2,40,'pending','','',0,0,3,0,10,NULL,1796022709624529,'{"product":"SKU-00009","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00010','','SKU-00010',0,2,94,'pending','','',0,0,3,0,10,NULL,1796022709647746,'{"product":"SKU-00010","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00011','','SKU-00011',0,2,58,'pending','','',0,0,3,0,10,NULL,1796022709691038,'{"product":"SKU-00011","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00012','','SKU-00012',0,2,41,'pending','','',0,0,3,0,10,NULL,1796022709696269,'{"product":"SKU-00012","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:54.809462Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('shop','KIT','front','KIT',0,6,0,'unknown','','',0,0,1,0,12,'31a25416-d06e-400f-a0ee-122da5627da7',1796022709409907,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":41,"makes":41,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:51.591717Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["component SKU-00002: no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','KIT','outlet','KIT',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":87,"makes":87,"reported":true,"levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:46.212548Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:46.212548Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00001','front','SKU-00001',13,6,0,'unknown','','',0,0,1,0,12,'31a25416-d06e-400f-a0ee-122da5627da7',1796022709409907,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:51.591717Z"}],"resolved":41,"strategy":{"buffer":2,"distributable":39,"distribution":"equal","stores":3,"share":13},"quantity":13,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00001','outlet','SKU-00001',28,1,28,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00001","levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":87,"strategy":{"buffer":2,"distributable":85,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00002','front','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00002","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00002','outlet','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00003','front','SKU-00003',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00003','outlet','SKU-00003',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00003","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00004','front','SKU-00004',11,2,11,'exported','','',0,0,7,0,7,NULL,1796022712404266,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:11:51.591717Z"}],"resolved":37,"strategy":{"buffer":2,"distributable":35,"distribution":"equal","stores":3,"share":11},"quantity":11,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00004','outlet','SKU-00004',21,1,21,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00004","levels":[{"facility":"west","available":66,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00005','front','SKU-00005',17,6,18,'unknown','','',0,0,1,0,12,'31a25416-d06e-400f-a0ee-122da5627da7',1796022709409907,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:53.595492Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":17},"quantity":17,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00005','outlet','SKU-00005',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00005","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00006','front','SKU-00006',21,6,5,'unknown','','',0,0,1,0,12,'31a25416-d06e-400f-a0ee-122da5627da7',1796022709409907,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:56.06106Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00006','outlet','SKU-00006',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00006","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00007','front','SKU-00007',25,6,8,'unknown','','',0,0,1,0,12,'31a25416-d06e-400f-a0ee-122da5627da7',1796022709409907,'{"product":"SKU-00007","levels":[{"facility":"east","available":77,"reported_at":"2026-11-30T07:11:57.859292Z"}],"resolved":77,"strategy":{"buffer":2,"distributable":75,"distribution":"equal","stores":3,"share":25},"quantity":25,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00007','outlet','SKU-00007',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00007","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00008','front','SKU-00008',28,6,0,'unknown','','',0,0,1,0,12,'31a25416-d06e-400f-a0ee-122da5627da7',1796022709409907,'{"product":"SKU-00008","levels":[{"facility":"east","available":88,"reported_at":"2026-11-30T07:11:57.859292Z"}],"resolved":88,"strategy":{"buffer":2,"distributable":86,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00008','outlet','SKU-00008',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00009','front','SKU-00009',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00009","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00009','outlet','SKU-00009',7,1,7,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":7},"quantity":7,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00010','front','SKU-00010',18,1,18,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00010','outlet','SKU-00010',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00010","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00011','front','SKU-00011',35,1,35,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00011','outlet','SKU-00011',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00011","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00012','front','SKU-00012',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00012","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00012','outlet','SKU-00012',15,1,15,'exported','','',0,0,1,0,1,NULL,1796022709409907,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":15},"quantity":15,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','M-KIT','','KIT',0,3,0,'exported','','',0,0,8,0,8,NULL,1796022713461365,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:51.591717Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:46.212548Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:46.212548Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":true}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','M-LAMP','','SKU-00001',42,3,42,'exported','','',0,0,8,0,8,NULL,1796022713461365,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:51.591717Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":true}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00003','','SKU-00003',35,1,NULL,'rejected','poison: the store never takes "SKU-00003"','',0,0,2,0,2,NULL,NULL,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00004','','SKU-00004',34,2,34,'exported','','',0,0,5,0,5,NULL,1796022712385624,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:11:51.591717Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00005','','SKU-00005',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00005","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00006','','SKU-00006',6,1,6,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00006","levels":[{"facility":"east","available":18,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":18,"strategy":{"buffer":2,"distributable":16,"distribution":"equal","stores":3,"share":6},"quantity":6,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00008','','SKU-00008',35,1,35,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00010','','SKU-00010',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00011','','SKU-00011',36,1,36,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":36},"quantity":36,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,2,0,2,NULL,1796022709473659,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','KIT','','KIT',0,5,0,'sent','','',0,0,11,0,11,'ff3ca67e-1183-4b2a-ace1-61e270b8a540',1796022711511075,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:51.591717Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:46.212548Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:46.212548Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00001','','SKU-00001',42,5,28,'sent','','',0,0,11,0,11,'ff3ca67e-1183-4b2a-ace1-61e270b8a540',1796022711511075,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:51.591717Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00003','','SKU-00003',35,1,35,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00004','','SKU-00004',34,2,34,'exported','','',0,0,6,0,6,NULL,1796022714439447,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:11:51.591717Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00005','','SKU-00005',18,5,18,'sent','','',0,0,11,0,11,'ff3ca67e-1183-4b2a-ace1-61e270b8a540',1796022711511075,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:53.595492Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00006','','SKU-00006',21,5,5,'sent','','',0,0,11,0,11,'ff3ca67e-1183-4b2a-ace1-61e270b8a540',1796022711511075,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:56.06106Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00008','','SKU-00008',34,1,34,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00010','','SKU-00010',18,1,18,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00011','','SKU-00011',35,1,35,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,4,0,4,NULL,1796022711511075,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:11:46.212548Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL,NULL,'',0);
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
INSERT INTO calls VALUES('ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','shop','shop',1,1,NULL,'[]',1796022709403351,1796022744403351,1,'',NULL,1796022709409907,'');
INSERT INTO calls VALUES('de038adf-2ba3-40d9-9b99-af673a592d17','kiosk','kiosk',3,1,NULL,'[]',1796022709405938,1796022744405938,1,'',NULL,1796022709412293,'');
INSERT INTO calls VALUES('1e6e9f91-711f-409a-9a2f-d0260e2502ef','kiosk','kiosk',3,1,NULL,'[]',1796022709435908,1796022744435908,1,'',NULL,1796022709438656,'');
INSERT INTO calls VALUES('95823724-1202-476b-8dc9-7f2dc7d44144','outlet','outlet',4,1,NULL,'[]',1796022709458466,1796022746509886,3,'f1/report',1796022711508436,1796022711511075,'');
INSERT INTO calls VALUES('0676d5cf-440a-481d-b82a-56eda38fff57','kiosk','kiosk',3,1,NULL,'[]',1796022709459097,1796022744459097,1,'',NULL,1796022709470514,'');
INSERT INTO calls VALUES('88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','market','market',2,1,NULL,'[]',1796022709463928,1796022744463928,1,'',NULL,1796022709473659,'');
INSERT INTO calls VALUES('6986933f-a55f-4bbd-a36f-b5a2da940c10','kiosk','kiosk',3,1,NULL,'[]',1796022709482545,1796022744482545,1,'',NULL,1796022709483884,'');
INSERT INTO calls VALUES('25f5b5cf-9dc1-40f8-abca-3184e2c01700','kiosk','kiosk',3,1,NULL,'[]',1796022709508287,1796022744508287,1,'',NULL,1796022709510503,'');
INSERT INTO calls VALUES('70347270-2d59-4bfa-b3b0-810684b4ae16','kiosk','kiosk',3,1,NULL,'[]',1796022709529830,1796022744529830,1,'',NULL,1796022709533900,'');
INSERT INTO calls VALUES('f9beff79-5e8c-47fa-8466-ff59e78d5dae','kiosk','kiosk',3,1,NULL,'[]',1796022709553277,1796022744553277,1,'',NULL,1796022709569691,'');
INSERT INTO calls VALUES('f2f68400-0010-448e-ab4e-726392d45d71','kiosk','kiosk',3,1,NULL,'[]',1796022709576524,1796022744576524,1,'',NULL,1796022709578986,'');
INSERT INTO calls VALUES('1dc83788-41bc-4ad0-b224-e82767220d42','kiosk','kiosk',3,1,NULL,'[]',1796022709599857,1796022744599857,1,'',NULL,1796022709601938,'');
INSERT INTO calls VALUES('368385ce-1c52-4213-a6e9-5c4b13bb15f2','kiosk','kiosk',3,1,NULL,'[]',1796022709622580,1796022744622580,1,'',NULL,1796022709624529,'');
INSERT INTO calls VALUES('22ee7054-bcea-4409-bd23-b18a2478b749','kiosk','kiosk',3,1,NULL,'[]',1796022709645664,1796022744645664,1,'',NULL,1796022709647746,'');
INSERT INTO calls VALUES('a96b4ca6-ac3e-4202-9279-52d284777e84','kiosk','kiosk',3,1,NULL,'[]',1796022709668330,1796022744668330,1,'',NULL,1796022709691038,'');
INSERT INTO calls VALUES('d673d5bf-e078-4d46-9fc8-1c8f6d98bcce','kiosk','kiosk',3,1,NULL,'[]',1796022709693639,1796022744693639,1,'',NULL,1796022709696269,'');
INSERT INTO calls VALUES('e1f48de1-9401-4306-a0ad-4caea584757b','market','market',5,2,NULL,'[]',1796022712380535,1796022747380535,1,'',NULL,1796022712385624,'');
INSERT INTO calls VALUES('0d345bb0-74f4-4623-bf4f-e63fc882c1e8','outlet','outlet',6,2,NULL,'[]',1796022712391362,1796022749438377,3,'f2/report',1796022714436894,1796022714439447,'');
INSERT INTO calls VALUES('477291cb-e913-4c17-b586-b9426043da54','shop','shop',7,2,NULL,'[]',1796022712396741,1796022747396741,1,'',NULL,1796022712404266,'');
INSERT INTO calls VALUES('f05a9f46-66a1-4148-8408-a00bd417d5b5','market','market',8,3,NULL,'[]',1796022713458948,1796022748458948,1,'',NULL,1796022713461365,'');
INSERT INTO calls VALUES('ff3ca67e-1183-4b2a-ace1-61e270b8a540','outlet','outlet',11,3,X'7b226974656d73223a5b7b22736b75223a224b4954222c227175616e74697479223a307d2c7b22736b75223a22534b552d3030303031222c227175616e74697479223a34327d2c7b22736b75223a22534b552d3030303035222c227175616e74697479223a31387d2c7b22736b75223a22534b552d3030303036222c227175616e74697479223a32317d5d7d','[{"Location":"","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":5,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":42,"Observed":5,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":18,"Observed":5,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":5,"Part":0,"Reference":"","Exported":5,"Attempts":0}]',1796022717855084,1796022717856914,1,'f3',1796022719856914,NULL,'');
INSERT INTO calls VALUES('31a25416-d06e-400f-a0ee-122da5627da7','shop','shop',12,3,X'7b227175616e746974696573223a5b7b22736b75223a224b4954222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31332c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31372c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32352c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d5d7d','[{"Location":"front","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":13,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":17,"Observed":6,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":5,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":25,"Observed":6,"Part":0,"Reference":"","Exported":8,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0}]',1796022719632929,1796022754632929,1,'',NULL,NULL,'');
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
INSERT INTO activity VALUES(1,1796022708420165,3,'reported','acme','annex','main','','','SKU-00001','',NULL,113,'','');
INSERT INTO activity VALUES(2,1796022708420165,3,'reported','acme','annex','main','','','SKU-00002','',NULL,96,'','');
INSERT INTO activity VALUES(3,1796022708420165,3,'reported','acme','annex','main','','','SKU-00003','',NULL,33,'','');
INSERT INTO activity VALUES(4,1796022708420165,3,'reported','acme','annex','main','','','SKU-00004','',NULL,0,'','');
INSERT INTO activity VALUES(5,1796022708420165,3,'reported','acme','annex','main','','','SKU-00005','',NULL,107,'','');
INSERT INTO activity VALUES(6,1796022708420165,3,'reported','acme','annex','main','','','SKU-00006','',NULL,95,'','');
INSERT INTO activity VALUES(7,1796022708420165,3,'reported','acme','annex','main','','','SKU-00007','',NULL,107,'','');
INSERT INTO activity VALUES(8,1796022708420165,3,'reported','acme','annex','main','','','SKU-00008','',NULL,85,'','');
INSERT INTO activity VALUES(9,1796022708420165,3,'reported','acme','annex','main','','','SKU-00009','',NULL,40,'','');
INSERT INTO activity VALUES(10,1796022708420165,3,'reported','acme','annex','main','','','SKU-00010','',NULL,94,'','');
INSERT INTO activity VALUES(11,1796022708420165,3,'reported','acme','annex','main','','','SKU-00011','',NULL,58,'','');
INSERT INTO activity VALUES(12,1796022708420165,3,'reported','acme','annex','main','','','SKU-00012','',NULL,41,'','');
INSERT INTO activity VALUES(13,1796022708420531,2,'reported','acme','depot','west','','','SKU-00001','',NULL,87,'','');
INSERT INTO activity VALUES(14,1796022708420531,2,'reported','acme','depot','west','','','SKU-00002','',NULL,0,'','');
INSERT INTO activity VALUES(15,1796022708420531,2,'reported','acme','depot','east','','','SKU-00003','',NULL,106,'','');
INSERT INTO activity VALUES(16,1796022708420531,2,'reported','acme','depot','west','','','SKU-00004','',NULL,66,'','');
INSERT INTO activity VALUES(17,1796022708420531,2,'reported','acme','depot','east','','','SKU-00005','',NULL,57,'','');
INSERT INTO activity VALUES(18,1796022708420531,2,'reported','acme','depot','east','','','SKU-00006','',NULL,18,'','');
INSERT INTO activity VALUES(19,1796022708420531,2,'reported','acme','depot','east','','','SKU-00007','',NULL,28,'','');
INSERT INTO activity VALUES(20,1796022708420531,2,'reported','acme','depot','west','','','SKU-00008','',NULL,105,'','');
INSERT INTO activity VALUES(21,1796022708420531,2,'reported','acme','depot','west','','','SKU-00009','',NULL,25,'','');
INSERT INTO activity VALUES(22,1796022708420531,2,'reported','acme','depot','east','','','SKU-00010','',NULL,57,'','');
INSERT INTO activity VALUES(23,1796022708420531,2,'reported','acme','depot','east','','','SKU-00011','',NULL,108,'','');
INSERT INTO activity VALUES(24,1796022708420531,2,'reported','acme','depot','west','','','SKU-00012','',NULL,49,'','');
INSERT INTO activity VALUES(25,1796022709409907,1,'exported','acme','depot','','shop','front','KIT','KIT',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(26,1796022709409907,1,'exported','acme','depot','','shop','outlet','KIT','KIT',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(27,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00001','SKU-00001',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(28,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00001','SKU-00001',NULL,28,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(29,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00002','SKU-00002',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(30,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00002','SKU-00002',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(31,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00003','SKU-00003',NULL,34,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(32,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00003','SKU-00003',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(33,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(34,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',NULL,21,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(35,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00005','SKU-00005',NULL,18,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(36,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00005','SKU-00005',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(37,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00006','SKU-00006',NULL,5,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(38,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00006','SKU-00006',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(39,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00007','SKU-00007',NULL,8,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(40,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00007','SKU-00007',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(41,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00008','SKU-00008',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(42,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00008','SKU-00008',NULL,34,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(43,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00009','SKU-00009',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(44,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00009','SKU-00009',NULL,7,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(45,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00010','SKU-00010',NULL,18,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(46,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00010','SKU-00010',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(47,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00011','SKU-00011',NULL,35,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(48,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00011','SKU-00011',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(49,1796022709409907,1,'exported','acme','depot','','shop','front','SKU-00012','SKU-00012',NULL,0,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(50,1796022709409907,1,'exported','acme','depot','','shop','outlet','SKU-00012','SKU-00012',NULL,15,'ec1bd68e-b9fe-4037-8a8d-04aa4a74ebea','');
INSERT INTO activity VALUES(51,1796022709412293,3,'exported','acme','annex','','kiosk','','KIT','KIT',NULL,48,'de038adf-2ba3-40d9-9b99-af673a592d17','');
INSERT INTO activity VALUES(52,1796022709438656,3,'exported','acme','annex','','kiosk','','SKU-00001','SKU-00001',NULL,113,'1e6e9f91-711f-409a-9a2f-d0260e2502ef','');
INSERT INTO activity VALUES(53,1796022709470514,3,'exported','acme','annex','','kiosk','','SKU-00002','SKU-00002',NULL,96,'0676d5cf-440a-481d-b82a-56eda38fff57','');
INSERT INTO activity VALUES(54,1796022709468554,4,'sent','acme','depot','','outlet','','KIT','KIT',NULL,0,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(55,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(56,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(57,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(58,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(59,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(60,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(61,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(62,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(63,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(64,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(65,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(66,1796022709468554,4,'sent','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(67,1796022709473659,2,'exported','acme','depot','','market','','KIT','M-KIT',NULL,0,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(68,1796022709473659,2,'exported','acme','depot','','market','','SKU-00001','M-LAMP',NULL,29,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(69,1796022709473659,2,'exported','acme','depot','','market','','SKU-00002','SKU-00002',NULL,0,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(70,1796022709473659,2,'rejected','acme','depot','','market','','SKU-00003','SKU-00003',NULL,35,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','poison: the store never takes "SKU-00003"');
INSERT INTO activity VALUES(71,1796022709473659,2,'exported','acme','depot','','market','','SKU-00004','SKU-00004',NULL,22,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(72,1796022709473659,2,'exported','acme','depot','','market','','SKU-00005','SKU-00005',NULL,19,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(73,1796022709473659,2,'exported','acme','depot','','market','','SKU-00006','SKU-00006',NULL,6,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(74,1796022709473659,2,'exported','acme','depot','','market','','SKU-00007','SKU-00007',NULL,9,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(75,1796022709473659,2,'exported','acme','depot','','market','','SKU-00008','SKU-00008',NULL,35,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(76,1796022709473659,2,'exported','acme','depot','','market','','SKU-00009','SKU-00009',NULL,8,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(77,1796022709473659,2,'exported','acme','depot','','market','','SKU-00010','SKU-00010',NULL,19,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(78,1796022709473659,2,'exported','acme','depot','','market','','SKU-00011','SKU-00011',NULL,36,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(79,1796022709473659,2,'exported','acme','depot','','market','','SKU-00012','SKU-00012',NULL,16,'88e0f0d2-3ccb-4f5f-afc3-913b12762c3f','');
INSERT INTO activity VALUES(80,1796022709483884,3,'exported','acme','annex','','kiosk','','SKU-00003','SKU-00003',NULL,33,'6986933f-a55f-4bbd-a36f-b5a2da940c10','');
INSERT INTO activity VALUES(81,1796022709510503,3,'exported','acme','annex','','kiosk','','SKU-00004','SKU-00004',NULL,0,'25f5b5cf-9dc1-40f8-abca-3184e2c01700','');
INSERT INTO activity VALUES(82,1796022709533900,3,'exported','acme','annex','','kiosk','','SKU-00005','SKU-00005',NULL,107,'70347270-2d59-4bfa-b3b0-810684b4ae16','');
INSERT INTO activity VALUES(83,1796022709569691,3,'exported','acme','annex','','kiosk','','SKU-00006','SKU-00006',NULL,95,'f9beff79-5e8c-47fa-8466-ff59e78d5dae','');
INSERT INTO activity VALUES(84,1796022709578986,3,'exported','acme','annex','','kiosk','','SKU-00007','SKU-00007',NULL,107,'f2f68400-0010-448e-ab4e-726392d45d71','');
INSERT INTO activity VALUES(85,1796022709601938,3,'exported','acme','annex','','kiosk','','SKU-00008','SKU-00008',NULL,85,'1dc83788-41bc-4ad0-b224-e82767220d42','');
INSERT INTO activity VALUES(86,1796022709624529,3,'exported','acme','annex','','kiosk','','SKU-00009','SKU-00009',NULL,40,'368385ce-1c52-4213-a6e9-5c4b13bb15f2','');
INSERT INTO activity VALUES(87,1796022709647746,3,'exported','acme','annex','','kiosk','','SKU-00010','SKU-00010',NULL,94,'22ee7054-bcea-4409-bd23-b18a2478b749','');
INSERT INTO activity VALUES(88,1796022709691038,3,'exported','acme','annex','','kiosk','','SKU-00011','SKU-00011',NULL,58,'a96b4ca6-ac3e-4202-9279-52d284777e84','');
INSERT INTO activity VALUES(89,1796022709696269,3,'exported','acme','annex','','kiosk','','SKU-00012','SKU-00012',NULL,41,'d673d5bf-e078-4d46-9fc8-1c8f6d98bcce','');
INSERT INTO activity VALUES(90,1796022711511075,4,'exported','acme','depot','','outlet','','KIT','KIT',NULL,0,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(91,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(92,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(93,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(94,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(95,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(96,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(97,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(98,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(99,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(100,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(101,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(102,1796022711511075,4,'exported','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'95823724-1202-476b-8dc9-7f2dc7d44144','');
INSERT INTO activity VALUES(103,1796022711565669,0,'reported','acme','depot','east','','','SKU-00004','',NULL,37,'','an update event');
INSERT INTO activity VALUES(104,1796022712385624,5,'exported','acme','depot','','market','','SKU-00004','SKU-00004',22,34,'e1f48de1-9401-4306-a0ad-4caea584757b','');
INSERT INTO activity VALUES(105,1796022712400502,6,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'0d345bb0-74f4-4623-bf4f-e63fc882c1e8','');
INSERT INTO activity VALUES(106,1796022712404266,7,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',0,11,'477291cb-e913-4c17-b586-b9426043da54','');
INSERT INTO activity VALUES(107,1796022712753796,8,'reported','acme','depot','east','','','SKU-00001','',NULL,41,'','');
INSERT INTO activity VALUES(108,1796022713461365,8,'exported','acme','depot','','market','','KIT','M-KIT',0,0,'f05a9f46-66a1-4148-8408-a00bd417d5b5','');
INSERT INTO activity VALUES(109,1796022713461365,8,'exported','acme','depot','','market','','SKU-00001','M-LAMP',29,42,'f05a9f46-66a1-4148-8408-a00bd417d5b5','');
INSERT INTO activity VALUES(110,1796022714439447,6,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'0d345bb0-74f4-4623-bf4f-e63fc882c1e8','');
INSERT INTO activity VALUES(111,1796022714710520,9,'reported','acme','depot','east','','','SKU-00005','',57,55,'','');
INSERT INTO activity VALUES(112,1796022715904178,10,'reported','acme','annex','main','','','SKU-00001','',113,0,'','');
INSERT INTO activity VALUES(113,1796022715904178,10,'reported','acme','annex','main','','','SKU-00002','',96,0,'','');
INSERT INTO activity VALUES(114,1796022715904178,10,'reported','acme','annex','main','','','SKU-00003','',33,0,'','');
INSERT INTO activity VALUES(115,1796022715904178,10,'reported','acme','annex','main','','','SKU-00005','',107,0,'','');
INSERT INTO activity VALUES(116,1796022715904178,10,'reported','acme','annex','main','','','SKU-00006','',95,0,'','');
INSERT INTO activity VALUES(117,1796022715904178,10,'reported','acme','annex','main','','','SKU-00007','',107,0,'','');
INSERT INTO activity VALUES(118,1796022715904178,10,'reported','acme','annex','main','','','SKU-00008','',85,0,'','');
INSERT INTO activity VALUES(119,1796022715904178,10,'reported','acme','annex','main','','','SKU-00009','',40,0,'','');
INSERT INTO activity VALUES(120,1796022715904178,10,'reported','acme','annex','main','','','SKU-00010','',94,0,'','');
INSERT INTO activity VALUES(121,1796022715904178,10,'reported','acme','annex','main','','','SKU-00011','',58,0,'','');
INSERT INTO activity VALUES(122,1796022715904178,10,'reported','acme','annex','main','','','SKU-00012','',41,0,'','');
INSERT INTO activity VALUES(123,1796022717165047,11,'reported','acme','depot','east','','','SKU-00006','',18,66,'','');
INSERT INTO activity VALUES(124,1796022717856914,11,'sent','acme','depot','','outlet','','KIT','KIT',0,0,'ff3ca67e-1183-4b2a-ace1-61e270b8a540','');
INSERT INTO activity VALUES(125,1796022717856914,11,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',28,42,'ff3ca67e-1183-4b2a-ace1-61e270b8a540','');
INSERT INTO activity VALUES(126,1796022717856914,11,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',18,18,'ff3ca67e-1183-4b2a-ace1-61e270b8a540','');
INSERT INTO activity VALUES(127,1796022717856914,11,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',5,21,'ff3ca67e-1183-4b2a-ace1-61e270b8a540','');
INSERT INTO activity VALUES(128,1796022718955561,12,'reported','acme','depot','east','','','SKU-00007','',28,77,'','');
INSERT INTO activity VALUES(129,1796022718955561,12,'reported','acme','depot','east','','','SKU-00008','',NULL,88,'','');
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
INSERT INTO sqlite_sequence VALUES('activity',129);
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
CREATE INDEX channel_levels_leaving ON channel_levels (connection) WHERE leaving;
COMMIT;
PRAGMA application_id = 1416193125;

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tidemark_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
);
INSERT INTO tidemark_migrations VALUES(1,'0001_ledger.sql','ddcc7e4dffc616805d3594f4b9b1b6e5467be5ee5b21629ceb949ecce22d2419',1796022655128945);
INSERT INTO tidemark_migrations VALUES(2,'0002_turns.sql','7664102b5cd7a604e912e597774b17e8ea888145dc0105a1ada2368bdacc6287',1796022655128945);
INSERT INTO tidemark_migrations VALUES(3,'0003_removed.sql','faa4f685f1a0a5bdd826868853f0a06d7e8bbb9f3bd1e6a834f9baf146a81eea',1796022655128945);
INSERT INTO tidemark_migrations VALUES(4,'0004_zeroing.sql','627c4cd3d91078bdeeb9e306edc4b31ee2f35fadc018dbb7e530fd20db45cf20',1796022655128945);
INSERT INTO tidemark_migrations VALUES(5,'0005_absence.sql','42beb0a02e13b9e161349e16da2e5defee7efcce339a721eca27454631145cd0',1796022655128945);
INSERT INTO tidemark_migrations VALUES(6,'0006_identity.sql','eddedcb7b7873a76774e308c5301a8f4248d552b0bfdb3c0cf6eb21c98025c04',1796022655128945);
INSERT INTO tidemark_migrations VALUES(7,'0007_requests.sql','aa3857aca6185c6ebaca121be0e87b8dfabc2dc28446bcd88af94dca195460aa',1796022655128945);
INSERT INTO tidemark_migrations VALUES(8,'0008_clocks.sql','be52be797b527c0d1ecf027abae1adb53de2a83db6cac70ef26f5f869925c71e',1796022655128945);
INSERT INTO tidemark_migrations VALUES(9,'0009_phases.sql','a8a5978d7ef5ef2cfef1900f2f9c12954133f7371569602a82b92a4413ded92d',1796022655128945);
CREATE TABLE state (
  only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
  epoch       TEXT    NOT NULL,           -- replaced when the ledger is declared restored from a backup
  generation  INTEGER NOT NULL DEFAULT 0, -- starts of processes on this ledger
  definitions INTEGER NOT NULL DEFAULT 0  -- the newest definition version; locked by whoever takes the next one
, ledger TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO state VALUES(1,'5HZZWHH3PHALFA5WK7CONGVIUJ',30,1,'TO7YKWJK5MFF5UUAAKOHNWRT2S');
CREATE TABLE warehouses (
  id            TEXT    PRIMARY KEY,
  merchant      TEXT    NOT NULL,
  definition    TEXT    NOT NULL,             -- JSON
  mark          TEXT    NOT NULL DEFAULT '',  -- the source's own, of the last recorded snapshot
  level_version INTEGER NOT NULL DEFAULT 0,   -- the newest level version; locked by whoever takes the next one
  confirmed_at  INTEGER NOT NULL DEFAULT 0,   -- every level with confirmed = 1 was observed at this time or later
  last_rows     INTEGER NOT NULL DEFAULT 0    -- of the last full snapshot that was recorded
, unnamed INTEGER NOT NULL DEFAULT 0, reread_after INTEGER NOT NULL DEFAULT 0, confirmed_ours INTEGER NOT NULL DEFAULT 0 CHECK (confirmed_ours IN (0, 1)), confirmed_received INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO warehouses VALUES('annex','acme','{"id":"annex","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/annex","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s2","as_of":"2026-11-30T07:11:04.499766Z"}',2,1796022664499766,12,0,0,0,1796022664493078);
INSERT INTO warehouses VALUES('depot','acme','{"id":"depot","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/depot","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s7","as_of":"2026-11-30T07:11:07.474459Z"}',6,1796022667474459,15,0,0,0,1796022667472764);
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
INSERT INTO gates VALUES('kiosk',2,NULL,1796022664513770,0,'',0);
INSERT INTO gates VALUES('market',3,NULL,1796022661411892,0,'',0);
INSERT INTO gates VALUES('outlet',3,11,1796022665687918,1796022666365160,'',0);
INSERT INTO gates VALUES('shop',3,12,1796022667523059,1796022703215352,'',0);
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
INSERT INTO runs VALUES(1,'shop','shop','depot','full','request','full-sync/shop','59e92519-44bd-49ec-b892-4573d3049d62',1,0,'[]','[{"id":"enabled/shop/1796022655688784","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.702542Z"}]',1796022656766471,1796022656847606,1796022657654126,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":26,"due":26,"exported":26,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(2,'kiosk','kiosk','annex','full','request','full-sync/kiosk','0423ceb7-b412-4d84-ab50-b334bbe0e92a',1,0,'[]','[{"id":"enabled/kiosk/1796022655715674","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.740747Z"}]',1796022656791615,1796022656873743,1796022657971902,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":13,"waits":0}',13,'');
INSERT INTO runs VALUES(3,'outlet','outlet','depot','full','request','full-sync/outlet','34830db7-8738-4c60-aac8-6b34e8b72827',1,0,'[]','[{"id":"enabled/outlet/1796022655709977","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.730083Z"}]',1796022656768742,1796022656890775,1796022659848876,'completed','','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'');
INSERT INTO runs VALUES(4,'market','market','depot','full','request','full-sync/market','aedbb78b-9f45-4796-8c73-4d55e74dcb93',1,0,'[]','[{"id":"enabled/market/1796022655701387","by":"starter apply: the connection was enabled","at":"2026-11-30T07:10:55.724213Z"}]',1796022656768820,1796022656883034,1796022657722618,'completed_with_failures','1 row was newly rejected','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":12,"sent":0,"rejected":1,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(5,'market','market','depot','smart','request','smart-sync/market/events','81e2d7b2-45c5-4d00-bc49-fb8dece223b6',1,0,'["SKU-00004"]','[{"id":"7f4d43b3-299d-4065-9df8-8d7cee2efc26/1","by":"intake of depot","at":"2026-11-30T07:10:59.960904Z"}]',1796022660028166,NULL,1796022660796259,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(6,'outlet','outlet','depot','smart','request','smart-sync/outlet/events','2b26cdeb-4751-47ac-9fa5-d9adeabf2b43',1,0,'["SKU-00004"]','[{"id":"7f4d43b3-299d-4065-9df8-8d7cee2efc26/1","by":"intake of depot","at":"2026-11-30T07:11:00.019203Z"}]',1796022660047884,NULL,1796022662823018,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'');
INSERT INTO runs VALUES(7,'shop','shop','depot','smart','request','smart-sync/shop/events','9186c1b6-91ae-4721-82ee-c6bd9a8f7e50',1,0,'["SKU-00004"]','[{"id":"7f4d43b3-299d-4065-9df8-8d7cee2efc26/1","by":"intake of depot","at":"2026-11-30T07:11:00.041338Z"}]',1796022660058462,NULL,1796022660811624,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":2,"due":2,"exported":2,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(8,'market','market','depot','smart','request','smart-sync/market','42e8a4d0-2827-42bb-90b7-a83ee2fc94b7',1,0,'[]','[{"id":"0ca35935-fcc4-4d59-9526-0fdfcb7f08a1","by":"ann@office","at":"2026-11-30T07:11:00.098936Z"}]',1796022661124438,1796022661388756,1796022662121553,'completed','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":3,"due":3,"exported":3,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'');
INSERT INTO runs VALUES(9,'market','market','depot','smart','request','smart-sync/market','4329b52c-c363-4339-8465-29d1c0b5482f',1,1,'[]','[{"id":"95e4c362-f186-436d-b237-e57cb60c2af9","by":"ann@office","at":"2026-11-30T07:11:02.260851Z"}]',1796022663281589,1796022663297039,1796022663348964,'completed','a dry run: nothing was pushed','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":1,"due":0,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'');
INSERT INTO runs VALUES(10,'kiosk','kiosk','annex','smart','request','smart-sync/kiosk','a3c15aa7-c7b3-4cbe-9d67-75d9644a9510',1,0,'[]','[{"id":"c3019e4f-c30d-49b7-9eaa-9fa68609e639","by":"ann@office","at":"2026-11-30T07:11:03.453542Z"}]',1796022664477160,1796022664493078,NULL,'running','','{"rows":12,"refused":0,"missing":0,"changed":11,"older":0,"resolved":12,"due":12,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'pushing');
INSERT INTO runs VALUES(11,'outlet','outlet','depot','smart','request','smart-sync/outlet','dc13199e-7c23-4766-8da9-c2649f894e6e',1,0,'[]','[{"id":"c86917ab-4dfe-4958-9789-304f69e882c1","by":"ann@office","at":"2026-11-30T07:11:04.641111Z"}]',1796022665657142,1796022665675559,NULL,'running','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":5,"due":5,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing');
INSERT INTO runs VALUES(12,'shop','shop','depot','smart','request','smart-sync/shop','6dae1f8f-5057-4ae5-b3ac-f49c37b912cf',1,0,'[]','[{"id":"66418978-80d5-4266-af88-c483372d6257","by":"ann@office","at":"2026-11-30T07:11:06.41253Z"}]',1796022667435429,1796022667472764,NULL,'running','','{"rows":15,"refused":0,"missing":0,"changed":2,"older":0,"resolved":14,"due":14,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing');
CREATE TABLE requests (
  connection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  mode       TEXT    NOT NULL,
  run        INTEGER NOT NULL, -- that took it up last
  made_at    INTEGER NOT NULL,
  served_at  INTEGER, asked_by TEXT NOT NULL DEFAULT '', part_of TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', ended_at INTEGER,
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
INSERT INTO requests VALUES('kiosk','c3019e4f-c30d-49b7-9eaa-9fa68609e639','smart',10,1796022663453542,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('kiosk','enabled/kiosk/1796022655715674','full',2,1796022655740747,1796022657971902,'starter apply: the connection was enabled','','served','',1796022657971902);
INSERT INTO requests VALUES('market','0ca35935-fcc4-4d59-9526-0fdfcb7f08a1','smart',8,1796022660098936,1796022662121553,'ann@office','','served','',1796022662121553);
INSERT INTO requests VALUES('market','7f4d43b3-299d-4065-9df8-8d7cee2efc26/1','smart',5,1796022659960904,1796022660796259,'intake of depot','','served','',1796022660796259);
INSERT INTO requests VALUES('market','95e4c362-f186-436d-b237-e57cb60c2af9','smart',9,1796022662260851,1796022663348964,'ann@office','','served','',1796022663348964);
INSERT INTO requests VALUES('market','enabled/market/1796022655701387','full',4,1796022655724213,1796022657722618,'starter apply: the connection was enabled','','served','',1796022657722618);
INSERT INTO requests VALUES('outlet','7f4d43b3-299d-4065-9df8-8d7cee2efc26/1','smart',6,1796022660019203,1796022662823018,'intake of depot','','served','',1796022662823018);
INSERT INTO requests VALUES('outlet','c86917ab-4dfe-4958-9789-304f69e882c1','smart',11,1796022664641111,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('outlet','enabled/outlet/1796022655709977','full',3,1796022655730083,1796022659848876,'starter apply: the connection was enabled','','served','',1796022659848876);
INSERT INTO requests VALUES('shop','66418978-80d5-4266-af88-c483372d6257','smart',12,1796022666412530,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('shop','7f4d43b3-299d-4065-9df8-8d7cee2efc26/1','smart',7,1796022660041338,1796022660811624,'intake of depot','','served','',1796022660811624);
INSERT INTO requests VALUES('shop','enabled/shop/1796022655688784','full',1,1796022655702542,1796022657654126,'starter apply: the connection was enabled','','served','',1796022657654126);
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
  answered_with INTEGER, unnamed INTEGER NOT NULL DEFAULT 0, twice INTEGER NOT NULL DEFAULT 0, -- the run whose answer this was
  PRIMARY KEY (run, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO holds VALUES(10,'zeroing','kiosk','annex','smart-sync/kiosk','12 of 12 live rows would newly go to 0, more than 40 %',0,12,1796022664547772,'','',NULL,NULL,0,0);
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
INSERT INTO levels VALUES('annex','SKU-00001','main',0,2,2,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00002','main',0,4,4,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00003','main',0,0,0,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00004','main',0,5,5,1796022663379606,1796022663379606,0,1,1796022656892606,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00005','main',0,4,4,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00006','main',0,5,5,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00007','main',0,1,1,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00008','main',0,4,4,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00009','main',0,4,4,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00010','main',0,4,4,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00011','main',0,5,5,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('annex','SKU-00012','main',0,2,2,1796022663379606,1796022663379606,0,2,1796022664500611,0,0,1796022664493078);
INSERT INTO levels VALUES('depot','SKU-00001','east',41,41,0,1796022659940711,1796022659940711,0,3,1796022661394225,0,0,1796022661388756);
INSERT INTO levels VALUES('depot','SKU-00001','west',87,91,4,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00002','west',0,1,1,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00003','east',106,111,5,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00004','east',37,37,0,1796022659940711,1796022659940711,0,2,1796022659935195,0,0,1796022661388756);
INSERT INTO levels VALUES('depot','SKU-00004','west',66,68,2,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00005','east',55,57,2,1796022662219601,1796022662219601,0,4,1796022663300562,0,0,1796022663297039);
INSERT INTO levels VALUES('depot','SKU-00006','east',66,70,4,1796022664604574,1796022664604574,0,5,1796022665678440,0,0,1796022665675559);
INSERT INTO levels VALUES('depot','SKU-00007','east',77,81,4,1796022666368185,1796022666368185,0,6,1796022667475098,0,0,1796022667472764);
INSERT INTO levels VALUES('depot','SKU-00008','east',88,88,0,1796022666368185,1796022666368185,0,6,1796022667475098,0,0,1796022667472764);
INSERT INTO levels VALUES('depot','SKU-00008','west',105,108,3,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00009','west',25,25,0,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00010','east',57,62,5,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00011','east',108,108,0,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
INSERT INTO levels VALUES('depot','SKU-00012','west',49,50,1,1796022655104388,1796022655104388,0,1,1796022656850283,0,0,1796022656847606);
CREATE TABLE events (
  warehouse TEXT    NOT NULL,
  event     TEXT    NOT NULL,
  seen_at   INTEGER NOT NULL,
  PRIMARY KEY (warehouse, event)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('depot','e-1',1796022659935195);
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
INSERT INTO snapshots VALUES(1,'depot',1,'recorded',1796022656847606,1796022656850283,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(2,'annex',2,'recorded',1796022656873743,1796022656892606,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(3,'depot',4,'recorded',1796022656883034,1796022656911804,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(4,'depot',3,'recorded',1796022656890775,1796022656905233,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(5,'depot',8,'recorded',1796022661388756,1796022661394225,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":3,"Held":"","LastRows":12,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(6,'depot',9,'recorded',1796022663297039,1796022663300562,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":4,"Held":"","LastRows":14,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(7,'annex',10,'recorded',1796022664493078,1796022664500611,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":11,"Older":0,"Version":2,"Held":"","LastRows":12,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(8,'depot',11,'recorded',1796022665675559,1796022665678440,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":5,"Held":"","LastRows":14,"Absent":{},"More":false}');
INSERT INTO snapshots VALUES(9,'depot',12,'recorded',1796022667472764,1796022667475098,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":15,"Refused":0,"Missing":0,"Changed":2,"Older":0,"Version":6,"Held":"","LastRows":14,"Absent":{},"More":false}');
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
  why           TEXT    NOT NULL, live INTEGER NOT NULL DEFAULT 0 CHECK (live IN (0, 1)), zeroed_at INTEGER,            -- JSON of the explanation
  PRIMARY KEY (connection, channel_sku, location),
  CHECK ((open_call IS NOT NULL) = (status IN ('unknown', 'sent')))
) STRICT;
INSERT INTO channel_levels VALUES('shop','KIT','front','KIT',0,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":41,"makes":41,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.940711Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["component SKU-00002: no stock is reported in the facilities of location front"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','KIT','outlet','KIT',0,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":87,"makes":87,"reported":true,"levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:55.104388Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:55.104388Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00001','front','SKU-00001',13,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.940711Z"}],"resolved":41,"strategy":{"buffer":2,"distributable":39,"distribution":"equal","stores":3,"share":13},"quantity":13,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00001','outlet','SKU-00001',28,6,28,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00001","levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":87,"strategy":{"buffer":2,"distributable":85,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00002','front','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00002","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00002','outlet','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00003','front','SKU-00003',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00003','outlet','SKU-00003',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00003","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00004','front','SKU-00004',11,6,11,'unknown','','',0,0,7,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022660786004,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:10:59.940711Z"}],"resolved":37,"strategy":{"buffer":2,"distributable":35,"distribution":"equal","stores":3,"share":11},"quantity":11,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00004','outlet','SKU-00004',21,6,21,'unknown','','',0,0,7,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022660786004,'{"product":"SKU-00004","levels":[{"facility":"west","available":66,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00005','front','SKU-00005',17,6,18,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:02.219601Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":17},"quantity":17,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00005','outlet','SKU-00005',0,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00005","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00006','front','SKU-00006',21,6,5,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:04.604574Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00006','outlet','SKU-00006',0,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00006","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00007','front','SKU-00007',25,6,8,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00007","levels":[{"facility":"east","available":77,"reported_at":"2026-11-30T07:11:06.368185Z"}],"resolved":77,"strategy":{"buffer":2,"distributable":75,"distribution":"equal","stores":3,"share":25},"quantity":25,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00007','outlet','SKU-00007',0,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00007","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00008','front','SKU-00008',28,6,0,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00008","levels":[{"facility":"east","available":88,"reported_at":"2026-11-30T07:11:06.368185Z"}],"resolved":88,"strategy":{"buffer":2,"distributable":86,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00008','outlet','SKU-00008',34,6,34,'unknown','','',0,0,1,0,12,'e14078c5-f169-4405-93e1-4262b7b8f5ef',1796022657632937,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00009','front','SKU-00009',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00009","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00009','outlet','SKU-00009',7,1,7,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":7},"quantity":7,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00010','front','SKU-00010',18,1,18,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00010','outlet','SKU-00010',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00010","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00011','front','SKU-00011',35,1,35,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00011','outlet','SKU-00011',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00011","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00012','front','SKU-00012',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00012","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL);
INSERT INTO channel_levels VALUES('shop','SKU-00012','outlet','SKU-00012',15,1,15,'exported','','',0,0,1,0,1,NULL,1796022657632937,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":15},"quantity":15,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','KIT','','KIT',0,2,48,'pending','','',0,0,2,0,10,NULL,1796022657676540,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}]}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00001','','SKU-00001',0,2,113,'pending','','',0,0,2,0,10,NULL,1796022657702853,'{"product":"SKU-00001","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00002','','SKU-00002',0,2,96,'pending','','',0,0,2,0,10,NULL,1796022657730425,'{"product":"SKU-00002","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00003','','SKU-00003',0,2,33,'pending','','',0,0,2,0,10,NULL,1796022657758888,'{"product":"SKU-00003","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00004','','SKU-00004',0,1,0,'exported','','',0,0,2,0,2,NULL,1796022657774543,'{"product":"SKU-00004","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:10:55.104395Z"}],"resolved":0,"quantity":0,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00005','','SKU-00005',0,2,107,'pending','','',0,0,2,0,10,NULL,1796022657798080,'{"product":"SKU-00005","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00006','','SKU-00006',0,2,95,'pending','','',0,0,2,0,10,NULL,1796022657819703,'{"product":"SKU-00006","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00007','','SKU-00007',0,2,107,'pending','','',0,0,2,0,10,NULL,1796022657842686,'{"product":"SKU-00007","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00008','','SKU-00008',0,2,85,'pending','','',0,0,2,0,10,NULL,1796022657865124,'{"product":"SKU-00008","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00009','','SKU-00009',0,2,40,'pending','','',0,0,2,0,10,NULL,1796022657887808,'{"product":"SKU-00009","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00010','','SKU-00010',0,2,94,'pending','','',0,0,2,0,10,NULL,1796022657911280,'{"product":"SKU-00010","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00011','','SKU-00011',0,2,58,'pending','','',0,0,2,0,10,NULL,1796022657936950,'{"product":"SKU-00011","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('kiosk','SKU-00012','','SKU-00012',0,2,41,'pending','','',0,0,2,0,10,NULL,1796022657957695,'{"product":"SKU-00012","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:03.379606Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','KIT','','KIT',0,5,0,'sent','','',0,0,11,0,11,'638b2876-4c64-424e-ab18-311d93f771b2',1796022659788215,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.940711Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:55.104388Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:55.104388Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00001','','SKU-00001',42,5,28,'sent','','',0,0,11,0,11,'638b2876-4c64-424e-ab18-311d93f771b2',1796022659788215,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.940711Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00003','','SKU-00003',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00004','','SKU-00004',34,5,34,'sent','','',0,0,11,0,11,'638b2876-4c64-424e-ab18-311d93f771b2',1796022662810006,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:10:59.940711Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00005','','SKU-00005',18,5,18,'sent','','',0,0,11,0,11,'638b2876-4c64-424e-ab18-311d93f771b2',1796022659788215,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:02.219601Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00006','','SKU-00006',21,5,5,'sent','','',0,0,11,0,11,'638b2876-4c64-424e-ab18-311d93f771b2',1796022659788215,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:04.604574Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00008','','SKU-00008',34,1,34,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00010','','SKU-00010',18,1,18,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00011','','SKU-00011',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('outlet','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,3,0,3,NULL,1796022659788215,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','M-KIT','','KIT',0,3,0,'exported','','',0,0,8,0,8,NULL,1796022662106192,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.940711Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:55.104388Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:55.104388Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":true}',0,NULL);
INSERT INTO channel_levels VALUES('market','M-LAMP','','SKU-00001',42,3,42,'exported','','',0,0,8,0,8,NULL,1796022662106192,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:10:59.940711Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":true}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00003','','SKU-00003',35,1,NULL,'rejected','poison: the store never takes "SKU-00003"','',0,0,4,0,4,NULL,NULL,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',0,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00004','','SKU-00004',34,3,34,'exported','','',0,0,8,0,8,NULL,1796022662106192,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:10:59.940711Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00005','','SKU-00005',19,1,19,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00005","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00006','','SKU-00006',6,1,6,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00006","levels":[{"facility":"east","available":18,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":18,"strategy":{"buffer":2,"distributable":16,"distribution":"equal","stores":3,"share":6},"quantity":6,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00008','','SKU-00008',35,1,35,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00010','','SKU-00010',19,1,19,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00011','','SKU-00011',36,1,36,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":36},"quantity":36,"listed":false}',1,NULL);
INSERT INTO channel_levels VALUES('market','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,4,0,4,NULL,1796022657690206,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:10:55.104388Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL);
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
INSERT INTO calls VALUES('c27f127a-6df2-4f09-a3f2-e47f0b4868dd','shop','shop',1,1,NULL,'[]',1796022657625812,1796022692625812,1,'',NULL,1796022657632937,'');
INSERT INTO calls VALUES('96c95ad6-31bc-466f-93c4-147e620971a7','kiosk','kiosk',2,1,NULL,'[]',1796022657659658,1796022692659658,1,'',NULL,1796022657676540,'');
INSERT INTO calls VALUES('a7ca3760-e747-40c9-a584-9035619cce89','outlet','outlet',3,1,NULL,'[]',1796022657674197,1796022694785127,3,'f1/report',1796022659780597,1796022659788215,'');
INSERT INTO calls VALUES('d56edba7-41d2-43ee-8354-304b9613812f','market','market',4,1,NULL,'[]',1796022657686167,1796022692686167,1,'',NULL,1796022657690206,'');
INSERT INTO calls VALUES('87e6e516-f0ca-4c6e-a357-32bab878c196','kiosk','kiosk',2,1,NULL,'[]',1796022657699980,1796022692699980,1,'',NULL,1796022657702853,'');
INSERT INTO calls VALUES('525a4e7d-8948-4e0b-95d8-ae264c091414','kiosk','kiosk',2,1,NULL,'[]',1796022657722805,1796022692722805,1,'',NULL,1796022657730425,'');
INSERT INTO calls VALUES('9edda6c6-75d7-4987-a9e9-35c2f976adb0','kiosk','kiosk',2,1,NULL,'[]',1796022657749039,1796022692749039,1,'',NULL,1796022657758888,'');
INSERT INTO calls VALUES('08bc55c9-0a5e-4ee5-bddc-b0d128cb1cfc','kiosk','kiosk',2,1,NULL,'[]',1796022657771063,1796022692771063,1,'',NULL,1796022657774543,'');
INSERT INTO calls VALUES('a587f468-5dc5-4405-8b6e-ad2336c578a3','kiosk','kiosk',2,1,NULL,'[]',1796022657793842,1796022692793842,1,'',NULL,1796022657798080,'');
INSERT INTO calls VALUES('c63bf846-7196-40af-8598-8bd69bad4291','kiosk','kiosk',2,1,NULL,'[]',1796022657817388,1796022692817388,1,'',NULL,1796022657819703,'');
INSERT INTO calls VALUES('b2d0d8ba-841d-442c-9ed6-38cd238027f4','kiosk','kiosk',2,1,NULL,'[]',1796022657840263,1796022692840263,1,'',NULL,1796022657842686,'');
INSERT INTO calls VALUES('45a255b0-20e3-495f-b550-3983364180e6','kiosk','kiosk',2,1,NULL,'[]',1796022657862983,1796022692862983,1,'',NULL,1796022657865124,'');
INSERT INTO calls VALUES('1101151a-9dcf-4818-a141-cb8d12932bac','kiosk','kiosk',2,1,NULL,'[]',1796022657886140,1796022692886140,1,'',NULL,1796022657887808,'');
INSERT INTO calls VALUES('981ea14b-e21e-4c9d-9b36-908801728793','kiosk','kiosk',2,1,NULL,'[]',1796022657909105,1796022692909105,1,'',NULL,1796022657911280,'');
INSERT INTO calls VALUES('a03be3ef-1fba-4105-b42f-eaf90915184d','kiosk','kiosk',2,1,NULL,'[]',1796022657931704,1796022692931704,1,'',NULL,1796022657936950,'');
INSERT INTO calls VALUES('1e2cb05a-9777-4db9-b69c-d8514ca55350','kiosk','kiosk',2,1,NULL,'[]',1796022657954960,1796022692954960,1,'',NULL,1796022657957695,'');
INSERT INTO calls VALUES('120f6e08-911e-43c8-a4ed-ed471c08033f','market','market',5,2,NULL,'[]',1796022660771098,1796022695771098,1,'',NULL,1796022660774353,'');
INSERT INTO calls VALUES('3144ecb7-7218-498c-b615-d2e60439fbef','outlet','outlet',6,2,NULL,'[]',1796022660775764,1796022697808517,3,'f2/report',1796022662805955,1796022662810006,'');
INSERT INTO calls VALUES('cfc369f0-fd9c-4278-a25c-370a2e02afe3','shop','shop',7,2,NULL,'[]',1796022660779887,1796022695779887,1,'',NULL,1796022660786004,'');
INSERT INTO calls VALUES('cbc1332f-abb7-4cec-9dbe-2b40409fdad9','market','market',8,3,NULL,'[]',1796022662096292,1796022697096292,1,'',NULL,1796022662106192,'');
INSERT INTO calls VALUES('638b2876-4c64-424e-ab18-311d93f771b2','outlet','outlet',11,3,X'7b226974656d73223a5b7b22736b75223a224b4954222c227175616e74697479223a307d2c7b22736b75223a22534b552d3030303031222c227175616e74697479223a34327d2c7b22736b75223a22534b552d3030303034222c227175616e74697479223a33347d2c7b22736b75223a22534b552d3030303035222c227175616e74697479223a31387d2c7b22736b75223a22534b552d3030303036222c227175616e74697479223a32317d5d7d','[{"Location":"","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":5,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":42,"Observed":5,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":34,"Observed":5,"Part":0,"Reference":"","Exported":34,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":18,"Observed":5,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":5,"Part":0,"Reference":"","Exported":5,"Attempts":0}]',1796022666343958,1796022666365160,1,'f3',1796022668365160,NULL,'');
INSERT INTO calls VALUES('e14078c5-f169-4405-93e1-4262b7b8f5ef','shop','shop',12,3,X'7b227175616e746974696573223a5b7b22736b75223a224b4954222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a224b4954222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31332c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303034222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303034222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31372c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32352c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a226f75746c6574222c227175616e74697479223a33342c22636f6d70617265223a6e756c6c7d5d7d','[{"Location":"front","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":13,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":11,"Observed":6,"Part":0,"Reference":"","Exported":11,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00004","Product":"SKU-00004","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":21,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":17,"Observed":6,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":5,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":25,"Observed":6,"Part":0,"Reference":"","Exported":8,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"outlet","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":34,"Observed":6,"Part":0,"Reference":"","Exported":34,"Attempts":0}]',1796022668215352,1796022703215352,1,'',NULL,NULL,'');
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
INSERT INTO activity VALUES(1,1796022656850283,1,'reported','acme','depot','west','','','SKU-00001','',NULL,87,'','');
INSERT INTO activity VALUES(2,1796022656850283,1,'reported','acme','depot','west','','','SKU-00002','',NULL,0,'','');
INSERT INTO activity VALUES(3,1796022656850283,1,'reported','acme','depot','east','','','SKU-00003','',NULL,106,'','');
INSERT INTO activity VALUES(4,1796022656850283,1,'reported','acme','depot','west','','','SKU-00004','',NULL,66,'','');
INSERT INTO activity VALUES(5,1796022656850283,1,'reported','acme','depot','east','','','SKU-00005','',NULL,57,'','');
INSERT INTO activity VALUES(6,1796022656850283,1,'reported','acme','depot','east','','','SKU-00006','',NULL,18,'','');
INSERT INTO activity VALUES(7,1796022656850283,1,'reported','acme','depot','east','','','SKU-00007','',NULL,28,'','');
INSERT INTO activity VALUES(8,1796022656850283,1,'reported','acme','depot','west','','','SKU-00008','',NULL,105,'','');
INSERT INTO activity VALUES(9,1796022656850283,1,'reported','acme','depot','west','','','SKU-00009','',NULL,25,'','');
INSERT INTO activity VALUES(10,1796022656850283,1,'reported','acme','depot','east','','','SKU-00010','',NULL,57,'','');
INSERT INTO activity VALUES(11,1796022656850283,1,'reported','acme','depot','east','','','SKU-00011','',NULL,108,'','');
INSERT INTO activity VALUES(12,1796022656850283,1,'reported','acme','depot','west','','','SKU-00012','',NULL,49,'','');
INSERT INTO activity VALUES(13,1796022656892606,2,'reported','acme','annex','main','','','SKU-00001','',NULL,113,'','');
INSERT INTO activity VALUES(14,1796022656892606,2,'reported','acme','annex','main','','','SKU-00002','',NULL,96,'','');
INSERT INTO activity VALUES(15,1796022656892606,2,'reported','acme','annex','main','','','SKU-00003','',NULL,33,'','');
INSERT INTO activity VALUES(16,1796022656892606,2,'reported','acme','annex','main','','','SKU-00004','',NULL,0,'','');
INSERT INTO activity VALUES(17,1796022656892606,2,'reported','acme','annex','main','','','SKU-00005','',NULL,107,'','');
INSERT INTO activity VALUES(18,1796022656892606,2,'reported','acme','annex','main','','','SKU-00006','',NULL,95,'','');
INSERT INTO activity VALUES(19,1796022656892606,2,'reported','acme','annex','main','','','SKU-00007','',NULL,107,'','');
INSERT INTO activity VALUES(20,1796022656892606,2,'reported','acme','annex','main','','','SKU-00008','',NULL,85,'','');
INSERT INTO activity VALUES(21,1796022656892606,2,'reported','acme','annex','main','','','SKU-00009','',NULL,40,'','');
INSERT INTO activity VALUES(22,1796022656892606,2,'reported','acme','annex','main','','','SKU-00010','',NULL,94,'','');
INSERT INTO activity VALUES(23,1796022656892606,2,'reported','acme','annex','main','','','SKU-00011','',NULL,58,'','');
INSERT INTO activity VALUES(24,1796022656892606,2,'reported','acme','annex','main','','','SKU-00012','',NULL,41,'','');
INSERT INTO activity VALUES(25,1796022657632937,1,'exported','acme','depot','','shop','front','KIT','KIT',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(26,1796022657632937,1,'exported','acme','depot','','shop','outlet','KIT','KIT',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(27,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00001','SKU-00001',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(28,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00001','SKU-00001',NULL,28,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(29,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00002','SKU-00002',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(30,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00002','SKU-00002',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(31,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00003','SKU-00003',NULL,34,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(32,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00003','SKU-00003',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(33,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(34,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',NULL,21,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(35,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00005','SKU-00005',NULL,18,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(36,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00005','SKU-00005',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(37,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00006','SKU-00006',NULL,5,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(38,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00006','SKU-00006',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(39,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00007','SKU-00007',NULL,8,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(40,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00007','SKU-00007',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(41,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00008','SKU-00008',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(42,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00008','SKU-00008',NULL,34,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(43,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00009','SKU-00009',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(44,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00009','SKU-00009',NULL,7,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(45,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00010','SKU-00010',NULL,18,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(46,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00010','SKU-00010',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(47,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00011','SKU-00011',NULL,35,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(48,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00011','SKU-00011',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(49,1796022657632937,1,'exported','acme','depot','','shop','front','SKU-00012','SKU-00012',NULL,0,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(50,1796022657632937,1,'exported','acme','depot','','shop','outlet','SKU-00012','SKU-00012',NULL,15,'c27f127a-6df2-4f09-a3f2-e47f0b4868dd','');
INSERT INTO activity VALUES(51,1796022657676540,2,'exported','acme','annex','','kiosk','','KIT','KIT',NULL,48,'96c95ad6-31bc-466f-93c4-147e620971a7','');
INSERT INTO activity VALUES(52,1796022657690206,4,'exported','acme','depot','','market','','KIT','M-KIT',NULL,0,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(53,1796022657690206,4,'exported','acme','depot','','market','','SKU-00001','M-LAMP',NULL,29,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(54,1796022657690206,4,'exported','acme','depot','','market','','SKU-00002','SKU-00002',NULL,0,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(55,1796022657690206,4,'rejected','acme','depot','','market','','SKU-00003','SKU-00003',NULL,35,'d56edba7-41d2-43ee-8354-304b9613812f','poison: the store never takes "SKU-00003"');
INSERT INTO activity VALUES(56,1796022657690206,4,'exported','acme','depot','','market','','SKU-00004','SKU-00004',NULL,22,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(57,1796022657690206,4,'exported','acme','depot','','market','','SKU-00005','SKU-00005',NULL,19,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(58,1796022657690206,4,'exported','acme','depot','','market','','SKU-00006','SKU-00006',NULL,6,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(59,1796022657690206,4,'exported','acme','depot','','market','','SKU-00007','SKU-00007',NULL,9,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(60,1796022657690206,4,'exported','acme','depot','','market','','SKU-00008','SKU-00008',NULL,35,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(61,1796022657690206,4,'exported','acme','depot','','market','','SKU-00009','SKU-00009',NULL,8,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(62,1796022657690206,4,'exported','acme','depot','','market','','SKU-00010','SKU-00010',NULL,19,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(63,1796022657690206,4,'exported','acme','depot','','market','','SKU-00011','SKU-00011',NULL,36,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(64,1796022657690206,4,'exported','acme','depot','','market','','SKU-00012','SKU-00012',NULL,16,'d56edba7-41d2-43ee-8354-304b9613812f','');
INSERT INTO activity VALUES(65,1796022657690514,3,'sent','acme','depot','','outlet','','KIT','KIT',NULL,0,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(66,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(67,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(68,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(69,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(70,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(71,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(72,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(73,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(74,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(75,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(76,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(77,1796022657690514,3,'sent','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(78,1796022657702853,2,'exported','acme','annex','','kiosk','','SKU-00001','SKU-00001',NULL,113,'87e6e516-f0ca-4c6e-a357-32bab878c196','');
INSERT INTO activity VALUES(79,1796022657730425,2,'exported','acme','annex','','kiosk','','SKU-00002','SKU-00002',NULL,96,'525a4e7d-8948-4e0b-95d8-ae264c091414','');
INSERT INTO activity VALUES(80,1796022657758888,2,'exported','acme','annex','','kiosk','','SKU-00003','SKU-00003',NULL,33,'9edda6c6-75d7-4987-a9e9-35c2f976adb0','');
INSERT INTO activity VALUES(81,1796022657774543,2,'exported','acme','annex','','kiosk','','SKU-00004','SKU-00004',NULL,0,'08bc55c9-0a5e-4ee5-bddc-b0d128cb1cfc','');
INSERT INTO activity VALUES(82,1796022657798080,2,'exported','acme','annex','','kiosk','','SKU-00005','SKU-00005',NULL,107,'a587f468-5dc5-4405-8b6e-ad2336c578a3','');
INSERT INTO activity VALUES(83,1796022657819703,2,'exported','acme','annex','','kiosk','','SKU-00006','SKU-00006',NULL,95,'c63bf846-7196-40af-8598-8bd69bad4291','');
INSERT INTO activity VALUES(84,1796022657842686,2,'exported','acme','annex','','kiosk','','SKU-00007','SKU-00007',NULL,107,'b2d0d8ba-841d-442c-9ed6-38cd238027f4','');
INSERT INTO activity VALUES(85,1796022657865124,2,'exported','acme','annex','','kiosk','','SKU-00008','SKU-00008',NULL,85,'45a255b0-20e3-495f-b550-3983364180e6','');
INSERT INTO activity VALUES(86,1796022657887808,2,'exported','acme','annex','','kiosk','','SKU-00009','SKU-00009',NULL,40,'1101151a-9dcf-4818-a141-cb8d12932bac','');
INSERT INTO activity VALUES(87,1796022657911280,2,'exported','acme','annex','','kiosk','','SKU-00010','SKU-00010',NULL,94,'981ea14b-e21e-4c9d-9b36-908801728793','');
INSERT INTO activity VALUES(88,1796022657936950,2,'exported','acme','annex','','kiosk','','SKU-00011','SKU-00011',NULL,58,'a03be3ef-1fba-4105-b42f-eaf90915184d','');
INSERT INTO activity VALUES(89,1796022657957695,2,'exported','acme','annex','','kiosk','','SKU-00012','SKU-00012',NULL,41,'1e2cb05a-9777-4db9-b69c-d8514ca55350','');
INSERT INTO activity VALUES(90,1796022659788215,3,'exported','acme','depot','','outlet','','KIT','KIT',NULL,0,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(91,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(92,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(93,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(94,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(95,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(96,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(97,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(98,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(99,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(100,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(101,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(102,1796022659788215,3,'exported','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'a7ca3760-e747-40c9-a584-9035619cce89','');
INSERT INTO activity VALUES(103,1796022659935195,0,'reported','acme','depot','east','','','SKU-00004','',NULL,37,'','an update event');
INSERT INTO activity VALUES(104,1796022660774353,5,'exported','acme','depot','','market','','SKU-00004','SKU-00004',22,34,'120f6e08-911e-43c8-a4ed-ed471c08033f','');
INSERT INTO activity VALUES(105,1796022660785018,6,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'3144ecb7-7218-498c-b615-d2e60439fbef','');
INSERT INTO activity VALUES(106,1796022660786004,7,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',0,11,'cfc369f0-fd9c-4278-a25c-370a2e02afe3','');
INSERT INTO activity VALUES(107,1796022660786004,7,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',21,21,'cfc369f0-fd9c-4278-a25c-370a2e02afe3','');
INSERT INTO activity VALUES(108,1796022661394225,8,'reported','acme','depot','east','','','SKU-00001','',NULL,41,'','');
INSERT INTO activity VALUES(109,1796022662106192,8,'exported','acme','depot','','market','','KIT','M-KIT',0,0,'cbc1332f-abb7-4cec-9dbe-2b40409fdad9','');
INSERT INTO activity VALUES(110,1796022662106192,8,'exported','acme','depot','','market','','SKU-00001','M-LAMP',29,42,'cbc1332f-abb7-4cec-9dbe-2b40409fdad9','');
INSERT INTO activity VALUES(111,1796022662106192,8,'exported','acme','depot','','market','','SKU-00004','SKU-00004',34,34,'cbc1332f-abb7-4cec-9dbe-2b40409fdad9','');
INSERT INTO activity VALUES(112,1796022662810006,6,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'3144ecb7-7218-498c-b615-d2e60439fbef','');
INSERT INTO activity VALUES(113,1796022663300562,9,'reported','acme','depot','east','','','SKU-00005','',57,55,'','');
INSERT INTO activity VALUES(114,1796022664500611,10,'reported','acme','annex','main','','','SKU-00001','',113,0,'','');
INSERT INTO activity VALUES(115,1796022664500611,10,'reported','acme','annex','main','','','SKU-00002','',96,0,'','');
INSERT INTO activity VALUES(116,1796022664500611,10,'reported','acme','annex','main','','','SKU-00003','',33,0,'','');
INSERT INTO activity VALUES(117,1796022664500611,10,'reported','acme','annex','main','','','SKU-00005','',107,0,'','');
INSERT INTO activity VALUES(118,1796022664500611,10,'reported','acme','annex','main','','','SKU-00006','',95,0,'','');
INSERT INTO activity VALUES(119,1796022664500611,10,'reported','acme','annex','main','','','SKU-00007','',107,0,'','');
INSERT INTO activity VALUES(120,1796022664500611,10,'reported','acme','annex','main','','','SKU-00008','',85,0,'','');
INSERT INTO activity VALUES(121,1796022664500611,10,'reported','acme','annex','main','','','SKU-00009','',40,0,'','');
INSERT INTO activity VALUES(122,1796022664500611,10,'reported','acme','annex','main','','','SKU-00010','',94,0,'','');
INSERT INTO activity VALUES(123,1796022664500611,10,'reported','acme','annex','main','','','SKU-00011','',58,0,'','');
INSERT INTO activity VALUES(124,1796022664500611,10,'reported','acme','annex','main','','','SKU-00012','',41,0,'','');
INSERT INTO activity VALUES(125,1796022665678440,11,'reported','acme','depot','east','','','SKU-00006','',18,66,'','');
INSERT INTO activity VALUES(126,1796022666365160,11,'sent','acme','depot','','outlet','','KIT','KIT',0,0,'638b2876-4c64-424e-ab18-311d93f771b2','');
INSERT INTO activity VALUES(127,1796022666365160,11,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',28,42,'638b2876-4c64-424e-ab18-311d93f771b2','');
INSERT INTO activity VALUES(128,1796022666365160,11,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',34,34,'638b2876-4c64-424e-ab18-311d93f771b2','');
INSERT INTO activity VALUES(129,1796022666365160,11,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',18,18,'638b2876-4c64-424e-ab18-311d93f771b2','');
INSERT INTO activity VALUES(130,1796022666365160,11,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',5,21,'638b2876-4c64-424e-ab18-311d93f771b2','');
INSERT INTO activity VALUES(131,1796022667475098,12,'reported','acme','depot','east','','','SKU-00007','',28,77,'','');
INSERT INTO activity VALUES(132,1796022667475098,12,'reported','acme','depot','east','','','SKU-00008','',NULL,88,'','');
CREATE TABLE facilities (
  warehouse TEXT NOT NULL,
  facility  TEXT NOT NULL,
  PRIMARY KEY (warehouse, facility)
) STRICT, WITHOUT ROWID;
INSERT INTO facilities VALUES('annex','main');
INSERT INTO facilities VALUES('depot','east');
INSERT INTO facilities VALUES('depot','west');
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
COMMIT;
PRAGMA application_id = 1416193125;

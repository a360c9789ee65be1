PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tidemark_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
);
INSERT INTO tidemark_migrations VALUES(1,'0001_ledger.sql','ddcc7e4dffc616805d3594f4b9b1b6e5467be5ee5b21629ceb949ecce22d2419',1796022707972846);
INSERT INTO tidemark_migrations VALUES(2,'0002_turns.sql','7664102b5cd7a604e912e597774b17e8ea888145dc0105a1ada2368bdacc6287',1796022707972846);
INSERT INTO tidemark_migrations VALUES(3,'0003_removed.sql','faa4f685f1a0a5bdd826868853f0a06d7e8bbb9f3bd1e6a834f9baf146a81eea',1796022707972846);
INSERT INTO tidemark_migrations VALUES(4,'0004_zeroing.sql','627c4cd3d91078bdeeb9e306edc4b31ee2f35fadc018dbb7e530fd20db45cf20',1796022707972846);
INSERT INTO tidemark_migrations VALUES(5,'0005_absence.sql','42beb0a02e13b9e161349e16da2e5defee7efcce339a721eca27454631145cd0',1796022707972846);
INSERT INTO tidemark_migrations VALUES(6,'0006_identity.sql','eddedcb7b7873a76774e308c5301a8f4248d552b0bfdb3c0cf6eb21c98025c04',1796022707972846);
INSERT INTO tidemark_migrations VALUES(7,'0007_requests.sql','aa3857aca6185c6ebaca121be0e87b8dfabc2dc28446bcd88af94dca195460aa',1796022707972846);
INSERT INTO tidemark_migrations VALUES(8,'0008_clocks.sql','be52be797b527c0d1ecf027abae1adb53de2a83db6cac70ef26f5f869925c71e',1796022707972846);
INSERT INTO tidemark_migrations VALUES(9,'0009_phases.sql','a8a5978d7ef5ef2cfef1900f2f9c12954133f7371569602a82b92a4413ded92d',1796022707972846);
INSERT INTO tidemark_migrations VALUES(10,'0010_stale.sql','a124e0ba75952ce87e4da948452df90a7de942aff2a81a5ef505982c4a75e10f',1796022707972846);
INSERT INTO tidemark_migrations VALUES(11,'0011_rejections.sql','490ecbd98617ad31dde960cff01862c10cdfde6679555c90a5ddce38f89c5911',1796022707972846);
INSERT INTO tidemark_migrations VALUES(12,'0012_repeated.sql','770e63fcc617987691ea3f7abdbd935896318a11fd5e196ae04fdd681ea0ba1a',1796022707972846);
INSERT INTO tidemark_migrations VALUES(13,'0013_oddities.sql','175868ccf1d80718b243993ad80a3b627e93fd28188755b2dafb3e1367507231',1796022707972846);
INSERT INTO tidemark_migrations VALUES(14,'0014_resolved.sql','7cb0de45892dbae1c2d45d573bbd9327ac19edeb80dd64085b8fecc4980214d1',1796022707972846);
INSERT INTO tidemark_migrations VALUES(15,'0015_leaving.sql','14a461854814fec04b135a659bf718d60fb019daca4e08fccbf8b06fe11e5834',1796022707972846);
INSERT INTO tidemark_migrations VALUES(16,'0016_pace.sql','bb93ac6a89e14093cfae1832f1f729767cdcca8a2c63ac3a4468ff9a8abb4c2c',1796022707972846);
INSERT INTO tidemark_migrations VALUES(17,'0017_audit.sql','695c36c6d3edcdcb62b3e5940ea693b917fd9541f5bb70e58da3ae2cb66a72ea',1796022707972846);
INSERT INTO tidemark_migrations VALUES(18,'0018_schedules.sql','ddfab93e42c1613de64468e3b56123dd435fcac1df06f98aa1582f0f7259bbbd',1796022707972846);
INSERT INTO tidemark_migrations VALUES(19,'0019_batches.sql','0431e65ba8eb605de4a7fafdb5aafadd2f724b0a44c44da93e60dded2f6f0706',1796022707972846);
INSERT INTO tidemark_migrations VALUES(20,'0020_people.sql','0826d36c980e2c0abf9ad9fff36f23eb42fc9ef80e1c67dea5ce51c063383dd4',1796022707972846);
INSERT INTO tidemark_migrations VALUES(21,'0021_previews.sql','71415495845aa69dabae68e84dd04617ba362bf0cd9fe5bbf22ff843df7d7b72',1796022707972846);
CREATE TABLE state (
  only_one    INTEGER PRIMARY KEY CHECK (only_one = 1),
  epoch       TEXT    NOT NULL,           -- replaced when the ledger is declared restored from a backup
  generation  INTEGER NOT NULL DEFAULT 0, -- starts of processes on this ledger
  definitions INTEGER NOT NULL DEFAULT 0  -- the newest definition version; locked by whoever takes the next one
, ledger TEXT NOT NULL DEFAULT '', schedules_read_only INTEGER NOT NULL DEFAULT 0 CHECK (schedules_read_only IN (0, 1)), applied_from TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO state VALUES(1,'BEYEWKJZZUPXRG426RUNZCUEHK',30,1,'37YC5CIM7OPUFS4YHD2DQAOU6V',0,'vm:conf/tidemark.yaml');
CREATE TABLE warehouses (
  id            TEXT    PRIMARY KEY,
  merchant      TEXT    NOT NULL,
  definition    TEXT    NOT NULL,             -- JSON
  mark          TEXT    NOT NULL DEFAULT '',  -- the source's own, of the last recorded snapshot
  level_version INTEGER NOT NULL DEFAULT 0,   -- the newest level version; locked by whoever takes the next one
  confirmed_at  INTEGER NOT NULL DEFAULT 0,   -- every level with confirmed = 1 was observed at this time or later
  last_rows     INTEGER NOT NULL DEFAULT 0    -- of the last full snapshot that was recorded
, unnamed INTEGER NOT NULL DEFAULT 0, reread_after INTEGER NOT NULL DEFAULT 0, confirmed_ours INTEGER NOT NULL DEFAULT 0 CHECK (confirmed_ours IN (0, 1)), confirmed_received INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO warehouses VALUES('annex','acme','{"id":"annex","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/annex","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s2","as_of":"2026-11-30T07:11:57.146092Z"}',2,1796022717146092,12,0,0,0,1796022717120661);
INSERT INTO warehouses VALUES('depot','acme','{"id":"depot","merchant":"acme","driver":"sandbox","settings":{"endpoint":"http://sandbox.invalid/warehouses/depot","max_pages":10000,"page":1000,"timeout":"30s","token":"env:SANDBOX_TOKEN"},"quantity":"available","missing":"keep","guard":{"minimum_rows":0.5,"maximum_refused":0.6,"maximum_missing":0.05,"maximum_zeroed":0.4,"decide_within":604800000000000}}','{"snapshot":"s7","as_of":"2026-11-30T07:11:59.573922Z"}',6,1796022719573922,15,0,0,0,1796022719568757);
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
INSERT INTO connections VALUES('kiosk','acme','annex','kiosk',1,'{"id":"kiosk","merchant":"acme","warehouse":"annex","store":"kiosk","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"timezone":"UTC","overlap":"skip","unlisted":"push","unnamed":["smart","full"]}}',1,2,1,0);
INSERT INTO connections VALUES('market','acme','depot','market',1,'{"id":"market","merchant":"acme","warehouse":"depot","store":"market","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"timezone":"UTC","overlap":"skip","unlisted":"push","unnamed":["smart","full"]}}',1,3,1,0);
INSERT INTO connections VALUES('outlet','acme','depot','outlet',1,'{"id":"outlet","merchant":"acme","warehouse":"depot","store":"outlet","enabled":true,"inventory":{"enabled":true,"smart":[{"every":3600000000000}],"timezone":"UTC","overlap":"skip","unlisted":"push","unnamed":["smart","full"]}}',1,5,1,0);
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
, awaited_by TEXT NOT NULL DEFAULT '', awaited_until INTEGER NOT NULL DEFAULT 0, pace TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
INSERT INTO gates VALUES('kiosk',2,NULL,1796022717194997,0,'',0,'{"number":26,"of":"11861r0szyogh","closed":true,"meters":{"":{"at":"2026-11-30T07:11:50.907251563Z","tokens":0.4818359588822086,"cost":1,"units":true,"capacity":100,"per_second":100,"level":0.54591689135}}}');
INSERT INTO gates VALUES('market',3,NULL,1796022714119818,0,'',0,'{"number":6,"of":"2j5qy6h5amtzv","closed":true,"meters":{"":{"at":"2026-11-30T07:11:54.210666703Z","tokens":79.07569527730399,"cost":1,"units":true,"capacity":100,"per_second":100,"level":0.5328990386500001}}}');
INSERT INTO gates VALUES('outlet',3,11,1796022718435451,1796022718472301,'',0,'{"number":12,"of":"38pygszhaoh6p","closed":true,"meters":{"":{"at":"2026-11-30T07:11:58.472306806Z","tokens":79.10269752530817,"cost":1,"units":true,"capacity":100,"per_second":100,"level":0.6350766599000001}}}');
INSERT INTO gates VALUES('shop',3,12,1796022719590906,1796022754619659,'',0,'{"number":5,"of":"22agmnpxa6ux9","meters":{"":{"at":"2026-11-30T07:11:59.619742432Z","tokens":79.00355994710657,"cost":1,"units":true,"capacity":100,"per_second":100,"level":0.53437895635}}}');
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
INSERT INTO runs VALUES(1,'shop','shop','depot','full','request','full-sync/shop','f8e2f8c3-b3cd-45ce-a8d4-3b5f94862d15',1,0,'[]','[{"id":"enabled/shop/1796022708562591","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:48.593257Z"}]',1796022709640627,1796022709687159,1796022710655326,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":26,"due":26,"exported":26,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',1);
INSERT INTO runs VALUES(2,'market','market','depot','full','request','full-sync/market','1116e791-2c8e-4cc0-8926-501b7687619f',1,0,'[]','[{"id":"enabled/market/1796022708595729","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:48.605114Z"}]',1796022709653763,1796022709690381,1796022710672972,'completed_with_failures','1 row was newly rejected','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":12,"sent":0,"rejected":1,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',1);
INSERT INTO runs VALUES(3,'outlet','outlet','depot','full','request','full-sync/outlet','2ef93e98-0127-4e5c-a070-f7f3a2f10453',1,0,'[]','[{"id":"enabled/outlet/1796022708605714","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:48.631188Z"}]',1796022709673699,1796022709766875,1796022712759341,'completed','','{"rows":12,"refused":0,"missing":0,"changed":0,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'',1);
INSERT INTO runs VALUES(4,'kiosk','kiosk','annex','full','request','full-sync/kiosk','c6f5d067-d860-4688-9bd6-430a346909ea',1,0,'[]','[{"id":"enabled/kiosk/1796022708632783","by":"starter apply: the connection was enabled","at":"2026-11-30T07:11:48.647445Z"}]',1796022709679005,1796022709728929,1796022710920054,'completed','','{"rows":12,"refused":0,"missing":0,"changed":12,"older":0,"resolved":13,"due":13,"exported":13,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":13,"waits":0}',13,'',1);
INSERT INTO runs VALUES(5,'market','market','depot','smart','request','smart-sync/market/events','e0252103-78e4-4d31-846a-780532c00e53',1,0,'["SKU-00004"]','[{"id":"6761a439-cf96-437f-813f-67a1777eee84/1","by":"intake of depot","at":"2026-11-30T07:11:52.849589Z"}]',1796022712859123,NULL,1796022713033194,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',NULL);
INSERT INTO runs VALUES(6,'outlet','outlet','depot','smart','request','smart-sync/outlet/events','e2725f02-ab5a-4225-a553-6ecc30180e0b',1,0,'["SKU-00004"]','[{"id":"6761a439-cf96-437f-813f-67a1777eee84/1","by":"intake of depot","at":"2026-11-30T07:11:52.875028Z"}]',1796022712941744,NULL,1796022715053577,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":1,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":3,"waits":1}',3,'',NULL);
INSERT INTO runs VALUES(7,'shop','shop','depot','smart','request','smart-sync/shop/events','e945ed54-224a-4c4a-a93d-391149f6a254',1,0,'["SKU-00004"]','[{"id":"6761a439-cf96-437f-813f-67a1777eee84/1","by":"intake of depot","at":"2026-11-30T07:11:52.943524Z"}]',1796022712962241,NULL,1796022713119083,'completed','','{"rows":0,"refused":0,"missing":0,"changed":0,"older":0,"resolved":2,"due":1,"exported":1,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',NULL);
INSERT INTO runs VALUES(8,'market','market','depot','smart','request','smart-sync/market','01a22b4b-ba99-7237-b0bb-fe745f8c9d6e',1,0,'[]','[{"id":"58075d9e-648f-48c6-a2e9-1ff7d7b949b4","by":"ann@office","at":"2026-11-30T07:11:52.993324Z"}]',1796022714084551,1796022714102013,1796022714221510,'completed','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":3,"due":2,"exported":2,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":1,"waits":0}',1,'',3);
INSERT INTO runs VALUES(9,'market','market','depot','smart','request','smart-sync/market','01a22b4b-c19b-74bf-a4d4-94b659b0e801',1,1,'[]','[{"id":"af78d2a0-25ef-406d-9746-4a005f9bacf3","by":"ann@office","at":"2026-11-30T07:11:54.782455Z"}]',1796022715825211,1796022715862323,1796022715959982,'completed','a dry run: nothing was pushed','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":1,"due":0,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'',NULL);
INSERT INTO runs VALUES(10,'kiosk','kiosk','annex','smart','request','smart-sync/kiosk','01a22b4b-c69b-7eb7-aec1-886eed66bd70',1,0,'[]','[{"id":"41d2f82f-4cca-4f02-952b-2f8421bb6c3d","by":"ann@office","at":"2026-11-30T07:11:56.066586Z"}]',1796022717089060,1796022717120661,NULL,'running','','{"rows":12,"refused":0,"missing":0,"changed":11,"older":0,"resolved":12,"due":12,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',0,'pushing',2);
INSERT INTO runs VALUES(11,'outlet','outlet','depot','smart','request','smart-sync/outlet','01a22b4b-cbc0-74b7-86f2-86408f3202e7',1,0,'[]','[{"id":"1563b633-1958-4d85-9c6b-46a0039dda71","by":"ann@office","at":"2026-11-30T07:11:57.381209Z"}]',1796022718406422,1796022718420539,NULL,'running','','{"rows":14,"refused":0,"missing":0,"changed":1,"older":0,"resolved":5,"due":4,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing',5);
INSERT INTO runs VALUES(12,'shop','shop','depot','smart','request','smart-sync/shop','01a22b4b-d03c-713a-b0f5-eb1055c0aa8f',1,0,'[]','[{"id":"3a51d553-dc52-4bea-9eea-29fa04914209","by":"ann@office","at":"2026-11-30T07:11:58.529333Z"}]',1796022719552530,1796022719568757,NULL,'running','','{"rows":15,"refused":0,"missing":0,"changed":2,"older":0,"resolved":14,"due":6,"exported":0,"sent":0,"rejected":0,"blocked":0,"retrying":0,"calls":0,"waits":0}',1,'pushing',6);
CREATE TABLE requests (
  connection TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  mode       TEXT    NOT NULL,
  run        INTEGER NOT NULL, -- that took it up last
  made_at    INTEGER NOT NULL,
  served_at  INTEGER, asked_by TEXT NOT NULL DEFAULT '', part_of TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', ended_at INTEGER,
  PRIMARY KEY (connection, id)
) STRICT, WITHOUT ROWID;
INSERT INTO requests VALUES('kiosk','41d2f82f-4cca-4f02-952b-2f8421bb6c3d','smart',10,1796022716066586,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('kiosk','enabled/kiosk/1796022708632783','full',4,1796022708647445,1796022710920054,'starter apply: the connection was enabled','','served','',1796022710920054);
INSERT INTO requests VALUES('market','58075d9e-648f-48c6-a2e9-1ff7d7b949b4','smart',8,1796022712993324,1796022714221510,'ann@office','','served','',1796022714221510);
INSERT INTO requests VALUES('market','6761a439-cf96-437f-813f-67a1777eee84/1','smart',5,1796022712849589,1796022713033194,'intake of depot','','served','',1796022713033194);
INSERT INTO requests VALUES('market','af78d2a0-25ef-406d-9746-4a005f9bacf3','smart',9,1796022714782455,1796022715959982,'ann@office','','served','',1796022715959982);
INSERT INTO requests VALUES('market','enabled/market/1796022708595729','full',2,1796022708605114,1796022710672972,'starter apply: the connection was enabled','','served','',1796022710672972);
INSERT INTO requests VALUES('outlet','1563b633-1958-4d85-9c6b-46a0039dda71','smart',11,1796022717381209,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('outlet','6761a439-cf96-437f-813f-67a1777eee84/1','smart',6,1796022712875028,1796022715053577,'intake of depot','','served','',1796022715053577);
INSERT INTO requests VALUES('outlet','enabled/outlet/1796022708605714','full',3,1796022708631188,1796022712759341,'starter apply: the connection was enabled','','served','',1796022712759341);
INSERT INTO requests VALUES('shop','3a51d553-dc52-4bea-9eea-29fa04914209','smart',12,1796022718529333,NULL,'ann@office','','','',NULL);
INSERT INTO requests VALUES('shop','6761a439-cf96-437f-813f-67a1777eee84/1','smart',7,1796022712943524,1796022713119083,'intake of depot','','served','',1796022713119083);
INSERT INTO requests VALUES('shop','enabled/shop/1796022708562591','full',1,1796022708593257,1796022710655326,'starter apply: the connection was enabled','','served','',1796022710655326);
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
INSERT INTO holds VALUES(10,'zeroing','kiosk','annex','smart-sync/kiosk','12 of 12 live rows would newly go to 0, more than 40 %',0,12,1796022717240841,'','',NULL,NULL,0,0,'');
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
INSERT INTO levels VALUES('annex','SKU-00001','main',0,2,2,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00002','main',0,4,4,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00003','main',0,0,0,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00004','main',0,5,5,1796022716016238,1796022716016238,0,1,1796022709783067,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00005','main',0,4,4,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00006','main',0,5,5,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00007','main',0,1,1,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00008','main',0,4,4,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00009','main',0,4,4,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00010','main',0,4,4,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00011','main',0,5,5,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('annex','SKU-00012','main',0,2,2,1796022716016238,1796022716016238,0,2,1796022717181038,0,0,1796022717120661);
INSERT INTO levels VALUES('depot','SKU-00001','east',41,41,0,1796022712838674,1796022712838674,0,3,1796022714106277,0,0,1796022714102013);
INSERT INTO levels VALUES('depot','SKU-00001','west',87,91,4,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00002','west',0,1,1,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00003','east',106,111,5,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00004','east',37,37,0,1796022712838674,1796022712838674,0,2,1796022712829186,0,0,1796022714102013);
INSERT INTO levels VALUES('depot','SKU-00004','west',66,68,2,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00005','east',55,57,2,1796022714718945,1796022714718945,0,4,1796022715879678,0,0,1796022715862323);
INSERT INTO levels VALUES('depot','SKU-00006','east',66,70,4,1796022717329381,1796022717329381,0,5,1796022718423063,0,0,1796022718420539);
INSERT INTO levels VALUES('depot','SKU-00007','east',77,81,4,1796022718474854,1796022718474854,0,6,1796022719575418,0,0,1796022719568757);
INSERT INTO levels VALUES('depot','SKU-00008','east',88,88,0,1796022718474854,1796022718474854,0,6,1796022719575418,0,0,1796022719568757);
INSERT INTO levels VALUES('depot','SKU-00008','west',105,108,3,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00009','west',25,25,0,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00010','east',57,62,5,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00011','east',108,108,0,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
INSERT INTO levels VALUES('depot','SKU-00012','west',49,50,1,1796022707946496,1796022707946496,0,1,1796022709700269,0,0,1796022709687159);
CREATE TABLE events (
  warehouse TEXT    NOT NULL,
  event     TEXT    NOT NULL,
  seen_at   INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)), batch TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (warehouse, event)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('depot','e-1',1796022712829186,0,'6761a439-cf96-437f-813f-67a1777eee84/0');
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
INSERT INTO snapshots VALUES(1,'depot',1,'recorded',1796022709687159,1796022709700269,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}','','',0,'[]',917358301251,'keys 917358301251, definitions 1, levels 0');
INSERT INTO snapshots VALUES(2,'depot',2,'recorded',1796022709690381,1796022709701166,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',917358301251,'keys 917358301251, definitions 1, levels 0');
INSERT INTO snapshots VALUES(3,'annex',4,'recorded',1796022709728929,1796022709783067,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":12,"Older":0,"Version":1,"Held":"","LastRows":0,"Absent":{},"More":false}','','',0,'[]',77245234895,'keys 77245234895, definitions 1, levels 0');
INSERT INTO snapshots VALUES(4,'depot',3,'recorded',1796022709766875,1796022709784109,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":12,"Refused":0,"Missing":0,"Changed":0,"Older":0,"Version":1,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',917358301251,'keys 917358301251, definitions 1, levels 12');
INSERT INTO snapshots VALUES(5,'depot',8,'recorded',1796022714102013,1796022714106277,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":3,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',127559815780,'keys 127559815780, definitions 1, levels 13');
INSERT INTO snapshots VALUES(6,'depot',9,'recorded',1796022715862323,1796022715879678,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":4,"Held":"","LastRows":14,"Absent":{},"More":false}','','',0,'[]',127559815780,'keys 127559815780, definitions 1, levels 14');
INSERT INTO snapshots VALUES(7,'annex',10,'recorded',1796022717120661,1796022717181038,1,'http://sandbox.invalid/warehouses/annex','','{"Rows":12,"Refused":0,"Missing":0,"Changed":11,"Older":0,"Version":2,"Held":"","LastRows":12,"Absent":{},"More":false}','','',0,'[]',77245234895,'keys 77245234895, definitions 1, levels 12');
INSERT INTO snapshots VALUES(8,'depot',11,'recorded',1796022718420539,1796022718423063,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":14,"Refused":0,"Missing":0,"Changed":1,"Older":0,"Version":5,"Held":"","LastRows":14,"Absent":{},"More":false}','','',0,'[]',127559815780,'keys 127559815780, definitions 1, levels 14');
INSERT INTO snapshots VALUES(9,'depot',12,'recorded',1796022719568757,1796022719575418,1,'http://sandbox.invalid/warehouses/depot','','{"Rows":15,"Refused":0,"Missing":0,"Changed":2,"Older":0,"Version":6,"Held":"","LastRows":14,"Absent":{},"More":false}','','',0,'[]',748340896160,'keys 748340896160, definitions 1, levels 14');
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
INSERT INTO channel_levels VALUES('market','M-KIT','','KIT',0,3,0,'exported','','',0,0,8,0,8,NULL,1796022714210662,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:52.838674Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:47.946496Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:47.946496Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":true}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','M-LAMP','','SKU-00001',42,3,42,'exported','','',0,0,8,0,8,NULL,1796022714210662,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:52.838674Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":true}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00003','','SKU-00003',35,1,NULL,'rejected','poison: the store never takes "SKU-00003"','',0,0,2,0,2,NULL,NULL,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00004','','SKU-00004',34,2,34,'exported','','',0,0,5,0,5,NULL,1796022712974303,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:11:52.838674Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00005','','SKU-00005',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00005","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00006','','SKU-00006',6,1,6,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00006","levels":[{"facility":"east","available":18,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":18,"strategy":{"buffer":2,"distributable":16,"distribution":"equal","stores":3,"share":6},"quantity":6,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00008','','SKU-00008',35,1,35,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00010','','SKU-00010',19,1,19,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":19},"quantity":19,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00011','','SKU-00011',36,1,36,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":36},"quantity":36,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('market','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,2,0,2,NULL,1796022710658485,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','KIT','front','KIT',0,6,0,'unknown','','',0,0,1,0,12,'1efe0c2f-f4da-4065-b04b-c393552f2838',1796022710628181,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":41,"makes":41,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:52.838674Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["component SKU-00002: no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','KIT','outlet','KIT',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":87,"makes":87,"reported":true,"levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:47.946496Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:47.946496Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00001','front','SKU-00001',13,6,0,'unknown','','',0,0,1,0,12,'1efe0c2f-f4da-4065-b04b-c393552f2838',1796022710628181,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:52.838674Z"}],"resolved":41,"strategy":{"buffer":2,"distributable":39,"distribution":"equal","stores":3,"share":13},"quantity":13,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00001','outlet','SKU-00001',28,1,28,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00001","levels":[{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":87,"strategy":{"buffer":2,"distributable":85,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00002','front','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00002","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00002','outlet','SKU-00002',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00003','front','SKU-00003',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00003','outlet','SKU-00003',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00003","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00004','front','SKU-00004',11,2,11,'exported','','',0,0,7,0,7,NULL,1796022713109528,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:11:52.838674Z"}],"resolved":37,"strategy":{"buffer":2,"distributable":35,"distribution":"equal","stores":3,"share":11},"quantity":11,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00004','outlet','SKU-00004',21,1,21,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00004","levels":[{"facility":"west","available":66,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00005','front','SKU-00005',17,6,18,'unknown','','',0,0,1,0,12,'1efe0c2f-f4da-4065-b04b-c393552f2838',1796022710628181,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:54.718945Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":17},"quantity":17,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00005','outlet','SKU-00005',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00005","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00006','front','SKU-00006',21,6,5,'unknown','','',0,0,1,0,12,'1efe0c2f-f4da-4065-b04b-c393552f2838',1796022710628181,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:57.329381Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00006','outlet','SKU-00006',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00006","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00007','front','SKU-00007',25,6,8,'unknown','','',0,0,1,0,12,'1efe0c2f-f4da-4065-b04b-c393552f2838',1796022710628181,'{"product":"SKU-00007","levels":[{"facility":"east","available":77,"reported_at":"2026-11-30T07:11:58.474854Z"}],"resolved":77,"strategy":{"buffer":2,"distributable":75,"distribution":"equal","stores":3,"share":25},"quantity":25,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00007','outlet','SKU-00007',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00007","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00008','front','SKU-00008',28,6,0,'unknown','','',0,0,1,0,12,'1efe0c2f-f4da-4065-b04b-c393552f2838',1796022710628181,'{"product":"SKU-00008","levels":[{"facility":"east","available":88,"reported_at":"2026-11-30T07:11:58.474854Z"}],"resolved":88,"strategy":{"buffer":2,"distributable":86,"distribution":"equal","stores":3,"share":28},"quantity":28,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00008','outlet','SKU-00008',34,1,34,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00009','front','SKU-00009',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00009","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00009','outlet','SKU-00009',7,1,7,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":7},"quantity":7,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00010','front','SKU-00010',18,1,18,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00010','outlet','SKU-00010',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00010","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00011','front','SKU-00011',35,1,35,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00011','outlet','SKU-00011',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00011","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location outlet"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00012','front','SKU-00012',0,1,0,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00012","resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false,"notes":["no stock is reported in the facilities of location front"]}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('shop','SKU-00012','outlet','SKU-00012',15,1,15,'exported','','',0,0,1,0,1,NULL,1796022710628181,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":15},"quantity":15,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('kiosk','KIT','','KIT',0,2,48,'pending','','',0,0,4,0,10,NULL,1796022710617308,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}]}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00001','','SKU-00001',0,2,113,'pending','','',0,0,4,0,10,NULL,1796022710653610,'{"product":"SKU-00001","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00002','','SKU-00002',0,2,96,'pending','','',0,0,4,0,10,NULL,1796022710699952,'{"product":"SKU-00002","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00003','','SKU-00003',0,2,33,'pending','','',0,0,4,0,10,NULL,1796022710716592,'{"product":"SKU-00003","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00004','','SKU-00004',0,1,0,'exported','','',0,0,4,0,4,NULL,1796022710725466,'{"product":"SKU-00004","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:47.946511Z"}],"resolved":0,"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00005','','SKU-00005',0,2,107,'pending','','',0,0,4,0,10,NULL,1796022710736627,'{"product":"SKU-00005","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00006','','SKU-00006',0,2,95,'pending','','',0,0,4,0,10,NULL,1796022710760267,'{"product":"SKU-00006","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00007','','SKU-00007',0,2,107,'pending','','',0,0,4,0,10,NULL,1796022710789093,'{"product":"SKU-00007","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00008','','SKU-00008',0,2,85,'pending','','',0,0,4,0,10,NULL,1796022710806244,'{"product":"SKU-00008","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00009','','SKU-00009',0,2,40,'pending','','',0,0,4,0,10,NULL,1796022710830611,'{"product":"SKU-00009","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00010','','SKU-00010',0,2,94,'pending','','',0,0,4,0,10,NULL,1796022710856965,'{"product":"SKU-00010","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00011','','SKU-00011',0,2,58,'pending','','',0,0,4,0,10,NULL,1796022710904213,'{"product":"SKU-00011","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('kiosk','SKU-00012','','SKU-00012',0,2,41,'pending','','',0,0,4,0,10,NULL,1796022710907248,'{"product":"SKU-00012","levels":[{"facility":"main","available":0,"reported_at":"2026-11-30T07:11:56.016238Z"}],"resolved":0,"quantity":0,"listed":false}',1,NULL,10,'',0);
INSERT INTO channel_levels VALUES('outlet','KIT','','KIT',0,5,0,'sent','','',0,0,11,0,11,'66300438-ae35-434f-a94b-a56bfce08129',1796022712728708,'{"product":"KIT","bundle":[{"sku":"SKU-00001","count":1,"available":128,"makes":128,"reported":true,"levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:52.838674Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:47.946496Z"}]},{"sku":"SKU-00002","count":2,"available":0,"makes":0,"reported":true,"levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:47.946496Z"}]}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00001','','SKU-00001',42,5,28,'sent','','',0,0,11,0,11,'66300438-ae35-434f-a94b-a56bfce08129',1796022712728708,'{"product":"SKU-00001","levels":[{"facility":"east","available":41,"reported_at":"2026-11-30T07:11:52.838674Z"},{"facility":"west","available":87,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":128,"strategy":{"buffer":2,"distributable":126,"distribution":"equal","stores":3,"share":42},"quantity":42,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00002','','SKU-00002',0,1,0,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00002","levels":[{"facility":"west","available":0,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":0,"strategy":{"buffer":2,"distributable":0,"distribution":"equal","stores":3,"share":0},"quantity":0,"listed":false}',0,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00003','','SKU-00003',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00003","levels":[{"facility":"east","available":106,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":106,"strategy":{"buffer":2,"distributable":104,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00004','','SKU-00004',34,2,34,'exported','','',0,0,6,0,6,NULL,1796022715037421,'{"product":"SKU-00004","levels":[{"facility":"east","available":37,"reported_at":"2026-11-30T07:11:52.838674Z"},{"facility":"west","available":66,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":103,"strategy":{"buffer":2,"distributable":101,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00005','','SKU-00005',18,5,18,'sent','','',0,0,11,0,11,'66300438-ae35-434f-a94b-a56bfce08129',1796022712728708,'{"product":"SKU-00005","levels":[{"facility":"east","available":55,"reported_at":"2026-11-30T07:11:54.718945Z"}],"resolved":55,"strategy":{"buffer":2,"distributable":53,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00006','','SKU-00006',21,5,5,'sent','','',0,0,11,0,11,'66300438-ae35-434f-a94b-a56bfce08129',1796022712728708,'{"product":"SKU-00006","levels":[{"facility":"east","available":66,"reported_at":"2026-11-30T07:11:57.329381Z"}],"resolved":66,"strategy":{"buffer":2,"distributable":64,"distribution":"equal","stores":3,"share":21},"quantity":21,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00007','','SKU-00007',9,1,9,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00007","levels":[{"facility":"east","available":28,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":28,"strategy":{"buffer":2,"distributable":26,"distribution":"equal","stores":3,"share":9},"quantity":9,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00008','','SKU-00008',34,1,34,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00008","levels":[{"facility":"west","available":105,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":105,"strategy":{"buffer":2,"distributable":103,"distribution":"equal","stores":3,"share":34},"quantity":34,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00009','','SKU-00009',8,1,8,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00009","levels":[{"facility":"west","available":25,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":25,"strategy":{"buffer":2,"distributable":23,"distribution":"equal","stores":3,"share":8},"quantity":8,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00010','','SKU-00010',18,1,18,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00010","levels":[{"facility":"east","available":57,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":57,"strategy":{"buffer":2,"distributable":55,"distribution":"equal","stores":3,"share":18},"quantity":18,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00011','','SKU-00011',35,1,35,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00011","levels":[{"facility":"east","available":108,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":108,"strategy":{"buffer":2,"distributable":106,"distribution":"equal","stores":3,"share":35},"quantity":35,"listed":false}',1,NULL,NULL,'',0);
INSERT INTO channel_levels VALUES('outlet','SKU-00012','','SKU-00012',16,1,16,'exported','','',0,0,3,0,3,NULL,1796022712728708,'{"product":"SKU-00012","levels":[{"facility":"west","available":49,"reported_at":"2026-11-30T07:11:47.946496Z"}],"resolved":49,"strategy":{"buffer":2,"distributable":47,"distribution":"equal","stores":3,"share":16},"quantity":16,"listed":false}',1,NULL,NULL,'',0);
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
INSERT INTO calls VALUES('145750a2-47a2-4775-b5f8-b38463787046','kiosk','kiosk',4,1,NULL,'[]',1796022710614647,1796022745614647,1,'',NULL,1796022710617308,'');
INSERT INTO calls VALUES('e0480ef2-cc0e-475e-a323-b9726bb2cb6c','shop','shop',1,1,NULL,'[]',1796022710624266,1796022745624266,1,'',NULL,1796022710628181,'');
INSERT INTO calls VALUES('a2d615a4-1851-4d00-ac45-c7ec1a5b8735','kiosk','kiosk',4,1,NULL,'[]',1796022710644234,1796022745644234,1,'',NULL,1796022710653610,'');
INSERT INTO calls VALUES('7eb8b6ec-c7a7-401d-ae47-39e0d2275024','outlet','outlet',3,1,NULL,'[]',1796022710650034,1796022747713666,3,'f1/report',1796022712710716,1796022712728708,'');
INSERT INTO calls VALUES('4b6504d0-5b8b-480f-9b0f-964a0f464f40','market','market',2,1,NULL,'[]',1796022710649855,1796022745649855,1,'',NULL,1796022710658485,'');
INSERT INTO calls VALUES('e5c047c6-387e-460a-8c53-fb28fa3e6d97','kiosk','kiosk',4,1,NULL,'[]',1796022710664793,1796022745664793,1,'',NULL,1796022710699952,'');
INSERT INTO calls VALUES('c2d5f74f-ded3-4d9c-afa3-fcf38fd6d20e','kiosk','kiosk',4,1,NULL,'[]',1796022710703407,1796022745703407,1,'',NULL,1796022710716592,'');
INSERT INTO calls VALUES('2688819b-3390-4bf2-966e-68856849306f','kiosk','kiosk',4,1,NULL,'[]',1796022710723230,1796022745723230,1,'',NULL,1796022710725466,'');
INSERT INTO calls VALUES('d3b401e6-b057-4bf0-b676-919831a661ee','kiosk','kiosk',4,1,NULL,'[]',1796022710735092,1796022745735092,1,'',NULL,1796022710736627,'');
INSERT INTO calls VALUES('cb1b68f6-05de-4537-873b-54ffe165a8d7','kiosk','kiosk',4,1,NULL,'[]',1796022710758473,1796022745758473,1,'',NULL,1796022710760267,'');
INSERT INTO calls VALUES('1c91cc0d-90cc-46fb-ad03-808dce90c650','kiosk','kiosk',4,1,NULL,'[]',1796022710782624,1796022745782624,1,'',NULL,1796022710789093,'');
INSERT INTO calls VALUES('80d26799-f12a-4b1a-a6e8-d5c8195ad5cd','kiosk','kiosk',4,1,NULL,'[]',1796022710804499,1796022745804499,1,'',NULL,1796022710806244,'');
INSERT INTO calls VALUES('1992ed02-389a-40db-af2c-2ac02d182778','kiosk','kiosk',4,1,NULL,'[]',1796022710827494,1796022745827494,1,'',NULL,1796022710830611,'');
INSERT INTO calls VALUES('99e2ac10-174a-4646-acb7-2457df8d01b3','kiosk','kiosk',4,1,NULL,'[]',1796022710851211,1796022745851211,1,'',NULL,1796022710856965,'');
INSERT INTO calls VALUES('04c879e3-7119-4b41-b167-2b09c611ad3c','kiosk','kiosk',4,1,NULL,'[]',1796022710883685,1796022745883685,1,'',NULL,1796022710904213,'');
INSERT INTO calls VALUES('da6cb4f9-be11-443e-b99d-b6755947ecc7','kiosk','kiosk',4,1,NULL,'[]',1796022710905575,1796022745905575,1,'',NULL,1796022710907248,'');
INSERT INTO calls VALUES('3e98ce17-87f6-4698-8577-230afec1988d','outlet','outlet',6,2,NULL,'[]',1796022712969386,1796022750014920,3,'f2/report',1796022715006973,1796022715037421,'');
INSERT INTO calls VALUES('44929682-3901-41b6-a88f-08a422deb829','market','market',5,2,NULL,'[]',1796022712969500,1796022747969500,1,'',NULL,1796022712974303,'');
INSERT INTO calls VALUES('5d6715eb-aee0-483d-ade0-7b7e8fb7e833','shop','shop',7,2,NULL,'[]',1796022713060390,1796022748060390,1,'',NULL,1796022713109528,'');
INSERT INTO calls VALUES('c34bfdb3-ac43-4a9e-8a10-06c663be1de4','market','market',8,3,NULL,'[]',1796022714208890,1796022749208890,1,'',NULL,1796022714210662,'');
INSERT INTO calls VALUES('66300438-ae35-434f-a94b-a56bfce08129','outlet','outlet',11,3,X'7b226974656d73223a5b7b22736b75223a224b4954222c227175616e74697479223a307d2c7b22736b75223a22534b552d3030303031222c227175616e74697479223a34327d2c7b22736b75223a22534b552d3030303035222c227175616e74697479223a31387d2c7b22736b75223a22534b552d3030303036222c227175616e74697479223a32317d5d7d','[{"Location":"","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":5,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":42,"Observed":5,"Part":0,"Reference":"","Exported":28,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":18,"Observed":5,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":5,"Part":0,"Reference":"","Exported":5,"Attempts":0}]',1796022718470285,1796022718472301,1,'f3',1796022720472301,NULL,'');
INSERT INTO calls VALUES('1efe0c2f-f4da-4065-b04b-c393552f2838','shop','shop',12,3,X'7b227175616e746974696573223a5b7b22736b75223a224b4954222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a302c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303031222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31332c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303035222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a31372c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303036222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32312c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303037222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32352c22636f6d70617265223a6e756c6c7d2c7b22736b75223a22534b552d3030303038222c226c6f636174696f6e223a2266726f6e74222c227175616e74697479223a32382c22636f6d70617265223a6e756c6c7d5d7d','[{"Location":"front","ChannelSKU":"KIT","Product":"KIT","Quantity":0,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00001","Product":"SKU-00001","Quantity":13,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00005","Product":"SKU-00005","Quantity":17,"Observed":6,"Part":0,"Reference":"","Exported":18,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00006","Product":"SKU-00006","Quantity":21,"Observed":6,"Part":0,"Reference":"","Exported":5,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00007","Product":"SKU-00007","Quantity":25,"Observed":6,"Part":0,"Reference":"","Exported":8,"Attempts":0},{"Location":"front","ChannelSKU":"SKU-00008","Product":"SKU-00008","Quantity":28,"Observed":6,"Part":0,"Reference":"","Exported":0,"Attempts":0}]',1796022719619659,1796022754619659,1,'',NULL,NULL,'');
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
INSERT INTO activity VALUES(1,1796022709700269,1,'reported','acme','depot','west','','','SKU-00001','',NULL,87,'','');
INSERT INTO activity VALUES(2,1796022709700269,1,'reported','acme','depot','west','','','SKU-00002','',NULL,0,'','');
INSERT INTO activity VALUES(3,1796022709700269,1,'reported','acme','depot','east','','','SKU-00003','',NULL,106,'','');
INSERT INTO activity VALUES(4,1796022709700269,1,'reported','acme','depot','west','','','SKU-00004','',NULL,66,'','');
INSERT INTO activity VALUES(5,1796022709700269,1,'reported','acme','depot','east','','','SKU-00005','',NULL,57,'','');
INSERT INTO activity VALUES(6,1796022709700269,1,'reported','acme','depot','east','','','SKU-00006','',NULL,18,'','');
INSERT INTO activity VALUES(7,1796022709700269,1,'reported','acme','depot','east','','','SKU-00007','',NULL,28,'','');
INSERT INTO activity VALUES(8,1796022709700269,1,'reported','acme','depot','west','','','SKU-00008','',NULL,105,'','');
INSERT INTO activity VALUES(9,1796022709700269,1,'reported','acme','depot','west','','','SKU-00009','',NULL,25,'','');
INSERT INTO activity VALUES(10,1796022709700269,1,'reported','acme','depot','east','','','SKU-00010','',NULL,57,'','');
INSERT INTO activity VALUES(11,1796022709700269,1,'reported','acme','depot','east','','','SKU-00011','',NULL,108,'','');
INSERT INTO activity VALUES(12,1796022709700269,1,'reported','acme','depot','west','','','SKU-00012','',NULL,49,'','');
INSERT INTO activity VALUES(13,1796022709783067,4,'reported','acme','annex','main','','','SKU-00001','',NULL,113,'','');
INSERT INTO activity VALUES(14,1796022709783067,4,'reported','acme','annex','main','','','SKU-00002','',NULL,96,'','');
INSERT INTO activity VALUES(15,1796022709783067,4,'reported','acme','annex','main','','','SKU-00003','',NULL,33,'','');
INSERT INTO activity VALUES(16,1796022709783067,4,'reported','acme','annex','main','','','SKU-00004','',NULL,0,'','');
INSERT INTO activity VALUES(17,1796022709783067,4,'reported','acme','annex','main','','','SKU-00005','',NULL,107,'','');
INSERT INTO activity VALUES(18,1796022709783067,4,'reported','acme','annex','main','','','SKU-00006','',NULL,95,'','');
INSERT INTO activity VALUES(19,1796022709783067,4,'reported','acme','annex','main','','','SKU-00007','',NULL,107,'','');
INSERT INTO activity VALUES(20,1796022709783067,4,'reported','acme','annex','main','','','SKU-00008','',NULL,85,'','');
INSERT INTO activity VALUES(21,1796022709783067,4,'reported','acme','annex','main','','','SKU-00009','',NULL,40,'','');
INSERT INTO activity VALUES(22,1796022709783067,4,'reported','acme','annex','main','','','SKU-00010','',NULL,94,'','');
INSERT INTO activity VALUES(23,1796022709783067,4,'reported','acme','annex','main','','','SKU-00011','',NULL,58,'','');
INSERT INTO activity VALUES(24,1796022709783067,4,'reported','acme','annex','main','','','SKU-00012','',NULL,41,'','');
INSERT INTO activity VALUES(25,1796022710617308,4,'exported','acme','annex','','kiosk','','KIT','KIT',NULL,48,'145750a2-47a2-4775-b5f8-b38463787046','');
INSERT INTO activity VALUES(26,1796022710628181,1,'exported','acme','depot','','shop','front','KIT','KIT',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(27,1796022710628181,1,'exported','acme','depot','','shop','outlet','KIT','KIT',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(28,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00001','SKU-00001',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(29,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00001','SKU-00001',NULL,28,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(30,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00002','SKU-00002',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(31,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00002','SKU-00002',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(32,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00003','SKU-00003',NULL,34,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(33,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00003','SKU-00003',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(34,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(35,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00004','SKU-00004',NULL,21,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(36,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00005','SKU-00005',NULL,18,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(37,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00005','SKU-00005',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(38,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00006','SKU-00006',NULL,5,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(39,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00006','SKU-00006',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(40,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00007','SKU-00007',NULL,8,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(41,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00007','SKU-00007',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(42,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00008','SKU-00008',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(43,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00008','SKU-00008',NULL,34,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(44,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00009','SKU-00009',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(45,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00009','SKU-00009',NULL,7,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(46,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00010','SKU-00010',NULL,18,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(47,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00010','SKU-00010',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(48,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00011','SKU-00011',NULL,35,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(49,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00011','SKU-00011',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(50,1796022710628181,1,'exported','acme','depot','','shop','front','SKU-00012','SKU-00012',NULL,0,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(51,1796022710628181,1,'exported','acme','depot','','shop','outlet','SKU-00012','SKU-00012',NULL,15,'e0480ef2-cc0e-475e-a323-b9726bb2cb6c','');
INSERT INTO activity VALUES(52,1796022710653610,4,'exported','acme','annex','','kiosk','','SKU-00001','SKU-00001',NULL,113,'a2d615a4-1851-4d00-ac45-c7ec1a5b8735','');
INSERT INTO activity VALUES(53,1796022710658485,2,'exported','acme','depot','','market','','KIT','M-KIT',NULL,0,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(54,1796022710658485,2,'exported','acme','depot','','market','','SKU-00001','M-LAMP',NULL,29,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(55,1796022710658485,2,'exported','acme','depot','','market','','SKU-00002','SKU-00002',NULL,0,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(56,1796022710658485,2,'rejected','acme','depot','','market','','SKU-00003','SKU-00003',NULL,35,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','poison: the store never takes "SKU-00003"');
INSERT INTO activity VALUES(57,1796022710658485,2,'exported','acme','depot','','market','','SKU-00004','SKU-00004',NULL,22,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(58,1796022710658485,2,'exported','acme','depot','','market','','SKU-00005','SKU-00005',NULL,19,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(59,1796022710658485,2,'exported','acme','depot','','market','','SKU-00006','SKU-00006',NULL,6,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(60,1796022710658485,2,'exported','acme','depot','','market','','SKU-00007','SKU-00007',NULL,9,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(61,1796022710658485,2,'exported','acme','depot','','market','','SKU-00008','SKU-00008',NULL,35,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(62,1796022710658485,2,'exported','acme','depot','','market','','SKU-00009','SKU-00009',NULL,8,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(63,1796022710658485,2,'exported','acme','depot','','market','','SKU-00010','SKU-00010',NULL,19,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(64,1796022710658485,2,'exported','acme','depot','','market','','SKU-00011','SKU-00011',NULL,36,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(65,1796022710658485,2,'exported','acme','depot','','market','','SKU-00012','SKU-00012',NULL,16,'4b6504d0-5b8b-480f-9b0f-964a0f464f40','');
INSERT INTO activity VALUES(66,1796022710657933,3,'sent','acme','depot','','outlet','','KIT','KIT',NULL,0,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(67,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(68,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(69,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(70,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(71,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(72,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(73,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(74,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(75,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(76,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(77,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(78,1796022710657933,3,'sent','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(79,1796022710699952,4,'exported','acme','annex','','kiosk','','SKU-00002','SKU-00002',NULL,96,'e5c047c6-387e-460a-8c53-fb28fa3e6d97','');
INSERT INTO activity VALUES(80,1796022710716592,4,'exported','acme','annex','','kiosk','','SKU-00003','SKU-00003',NULL,33,'c2d5f74f-ded3-4d9c-afa3-fcf38fd6d20e','');
INSERT INTO activity VALUES(81,1796022710725466,4,'exported','acme','annex','','kiosk','','SKU-00004','SKU-00004',NULL,0,'2688819b-3390-4bf2-966e-68856849306f','');
INSERT INTO activity VALUES(82,1796022710736627,4,'exported','acme','annex','','kiosk','','SKU-00005','SKU-00005',NULL,107,'d3b401e6-b057-4bf0-b676-919831a661ee','');
INSERT INTO activity VALUES(83,1796022710760267,4,'exported','acme','annex','','kiosk','','SKU-00006','SKU-00006',NULL,95,'cb1b68f6-05de-4537-873b-54ffe165a8d7','');
INSERT INTO activity VALUES(84,1796022710789093,4,'exported','acme','annex','','kiosk','','SKU-00007','SKU-00007',NULL,107,'1c91cc0d-90cc-46fb-ad03-808dce90c650','');
INSERT INTO activity VALUES(85,1796022710806244,4,'exported','acme','annex','','kiosk','','SKU-00008','SKU-00008',NULL,85,'80d26799-f12a-4b1a-a6e8-d5c8195ad5cd','');
INSERT INTO activity VALUES(86,1796022710830611,4,'exported','acme','annex','','kiosk','','SKU-00009','SKU-00009',NULL,40,'1992ed02-389a-40db-af2c-2ac02d182778','');
INSERT INTO activity VALUES(87,1796022710856965,4,'exported','acme','annex','','kiosk','','SKU-00010','SKU-00010',NULL,94,'99e2ac10-174a-4646-acb7-2457df8d01b3','');
INSERT INTO activity VALUES(88,1796022710904213,4,'exported','acme','annex','','kiosk','','SKU-00011','SKU-00011',NULL,58,'04c879e3-7119-4b41-b167-2b09c611ad3c','');
INSERT INTO activity VALUES(89,1796022710907248,4,'exported','acme','annex','','kiosk','','SKU-00012','SKU-00012',NULL,41,'da6cb4f9-be11-443e-b99d-b6755947ecc7','');
INSERT INTO activity VALUES(90,1796022712728708,3,'exported','acme','depot','','outlet','','KIT','KIT',NULL,0,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(91,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00001','SKU-00001',NULL,28,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(92,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00002','SKU-00002',NULL,0,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(93,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00003','SKU-00003',NULL,35,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(94,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',NULL,21,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(95,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00005','SKU-00005',NULL,18,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(96,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00006','SKU-00006',NULL,5,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(97,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00007','SKU-00007',NULL,9,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(98,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00008','SKU-00008',NULL,34,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(99,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00009','SKU-00009',NULL,8,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(100,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00010','SKU-00010',NULL,18,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(101,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00011','SKU-00011',NULL,35,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(102,1796022712728708,3,'exported','acme','depot','','outlet','','SKU-00012','SKU-00012',NULL,16,'7eb8b6ec-c7a7-401d-ae47-39e0d2275024','');
INSERT INTO activity VALUES(103,1796022712829186,0,'reported','acme','depot','east','','','SKU-00004','',NULL,37,'','an update event');
INSERT INTO activity VALUES(104,1796022712971412,6,'sent','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'3e98ce17-87f6-4698-8577-230afec1988d','');
INSERT INTO activity VALUES(105,1796022712974303,5,'exported','acme','depot','','market','','SKU-00004','SKU-00004',22,34,'44929682-3901-41b6-a88f-08a422deb829','');
INSERT INTO activity VALUES(106,1796022713109528,7,'exported','acme','depot','','shop','front','SKU-00004','SKU-00004',0,11,'5d6715eb-aee0-483d-ade0-7b7e8fb7e833','');
INSERT INTO activity VALUES(107,1796022714106277,8,'reported','acme','depot','east','','','SKU-00001','',NULL,41,'','');
INSERT INTO activity VALUES(108,1796022714210662,8,'exported','acme','depot','','market','','KIT','M-KIT',0,0,'c34bfdb3-ac43-4a9e-8a10-06c663be1de4','');
INSERT INTO activity VALUES(109,1796022714210662,8,'exported','acme','depot','','market','','SKU-00001','M-LAMP',29,42,'c34bfdb3-ac43-4a9e-8a10-06c663be1de4','');
INSERT INTO activity VALUES(110,1796022715037421,6,'exported','acme','depot','','outlet','','SKU-00004','SKU-00004',21,34,'3e98ce17-87f6-4698-8577-230afec1988d','');
INSERT INTO activity VALUES(111,1796022715879678,9,'reported','acme','depot','east','','','SKU-00005','',57,55,'','');
INSERT INTO activity VALUES(112,1796022717181038,10,'reported','acme','annex','main','','','SKU-00001','',113,0,'','');
INSERT INTO activity VALUES(113,1796022717181038,10,'reported','acme','annex','main','','','SKU-00002','',96,0,'','');
INSERT INTO activity VALUES(114,1796022717181038,10,'reported','acme','annex','main','','','SKU-00003','',33,0,'','');
INSERT INTO activity VALUES(115,1796022717181038,10,'reported','acme','annex','main','','','SKU-00005','',107,0,'','');
INSERT INTO activity VALUES(116,1796022717181038,10,'reported','acme','annex','main','','','SKU-00006','',95,0,'','');
INSERT INTO activity VALUES(117,1796022717181038,10,'reported','acme','annex','main','','','SKU-00007','',107,0,'','');
INSERT INTO activity VALUES(118,1796022717181038,10,'reported','acme','annex','main','','','SKU-00008','',85,0,'','');
INSERT INTO activity VALUES(119,1796022717181038,10,'reported','acme','annex','main','','','SKU-00009','',40,0,'','');
INSERT INTO activity VALUES(120,1796022717181038,10,'reported','acme','annex','main','','','SKU-00010','',94,0,'','');
INSERT INTO activity VALUES(121,1796022717181038,10,'reported','acme','annex','main','','','SKU-00011','',58,0,'','');
INSERT INTO activity VALUES(122,1796022717181038,10,'reported','acme','annex','main','','','SKU-00012','',41,0,'','');
INSERT INTO activity VALUES(123,1796022718423063,11,'reported','acme','depot','east','','','SKU-00006','',18,66,'','');
INSERT INTO activity VALUES(124,1796022718472301,11,'sent','acme','depot','','outlet','','KIT','KIT',0,0,'66300438-ae35-434f-a94b-a56bfce08129','');
INSERT INTO activity VALUES(125,1796022718472301,11,'sent','acme','depot','','outlet','','SKU-00001','SKU-00001',28,42,'66300438-ae35-434f-a94b-a56bfce08129','');
INSERT INTO activity VALUES(126,1796022718472301,11,'sent','acme','depot','','outlet','','SKU-00005','SKU-00005',18,18,'66300438-ae35-434f-a94b-a56bfce08129','');
INSERT INTO activity VALUES(127,1796022718472301,11,'sent','acme','depot','','outlet','','SKU-00006','SKU-00006',5,21,'66300438-ae35-434f-a94b-a56bfce08129','');
INSERT INTO activity VALUES(128,1796022719575418,12,'reported','acme','depot','east','','','SKU-00007','',28,77,'','');
INSERT INTO activity VALUES(129,1796022719575418,12,'reported','acme','depot','east','','','SKU-00008','',NULL,88,'','');
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
CREATE TABLE audit (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  who    TEXT    NOT NULL,
  face   TEXT    NOT NULL,
  act    TEXT    NOT NULL,
  target TEXT    NOT NULL,
  before TEXT    NOT NULL,
  after  TEXT    NOT NULL,
  result TEXT    NOT NULL,
  reason TEXT    NOT NULL
) STRICT;
INSERT INTO audit VALUES(1,1796022708645412,'ann@office','file','apply','vm:conf/tidemark.yaml','','created warehouse annex, created warehouse depot, created store kiosk, created store market, created store outlet, created store shop, created connection kiosk, created connection market, created connection outlet, created connection shop, created strategy acme/depot, created product acme/SKU-00001, created product acme/SKU-00002, created bundle acme/KIT, created listing market/M-KIT: KIT, created listing market/M-LAMP: SKU-00001, created schedule smart-sync/shop, created schedule full-sync/shop, created schedule smart-sync/market, created schedule smart-sync/outlet and 5 more','done','');
INSERT INTO audit VALUES(2,1796022714099004,'ann@office','command line','Smart Sync','market','','started, run 8, request 58075d9e-648f-48c6-a2e9-1ff7d7b949b4','done','');
INSERT INTO audit VALUES(3,1796022714370838,'ann@office','command line','add a person','ann','','admin','done','');
INSERT INTO audit VALUES(4,1796022714532737,'ann@office','command line','add a person','bob','','operator','done','');
INSERT INTO audit VALUES(5,1796022714639913,'ann@office','command line','set the smart schedule','market','every 60 minutes (UTC), the default','every 30 minutes (UTC), set by ann@office (the sale)','done','');
INSERT INTO audit VALUES(6,1796022714702494,'ann@office','command line','pause','outlet','active','paused: stocktaking','done','');
INSERT INTO audit VALUES(7,1796022715863953,'ann@office','command line','Smart Sync, as a dry run','market','','started, run 9, request af78d2a0-25ef-406d-9746-4a005f9bacf3','done','');
INSERT INTO audit VALUES(8,1796022717121179,'ann@office','command line','Smart Sync','kiosk','','started, run 10, request 41d2f82f-4cca-4f02-952b-2f8421bb6c3d','done','');
INSERT INTO audit VALUES(9,1796022718420988,'ann@office','command line','Smart Sync','outlet','','started, run 11, request 1563b633-1958-4d85-9c6b-46a0039dda71','done','');
INSERT INTO audit VALUES(10,1796022719566193,'ann@office','command line','Smart Sync','shop','','started, run 12, request 3a51d553-dc52-4bea-9eea-29fa04914209','done','');
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
INSERT INTO schedules VALUES('market','smart',1,1796022714590001,1,'{"rules":[{"every":1800000000000}],"timezone":"UTC"}','the sale','ann@office',1796022714575200,NULL,NULL,0,NULL);
CREATE TABLE people (
  name       TEXT    NOT NULL PRIMARY KEY,
  role       TEXT    NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password   TEXT    NOT NULL, -- its hash with salt and parameters
  disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER -- NULL: never
) STRICT, WITHOUT ROWID;
INSERT INTO people VALUES('ann','admin','$argon2id$v=19$m=19456,t=2,p=1$kFCMvYCA3j2scB02AIqUAA$nqPXAf0YlcNVL8T50Q5oOM0/Lbs22zvMB18HMxC5cps',0,1796022714256811,NULL);
INSERT INTO people VALUES('bob','operator','$argon2id$v=19$m=19456,t=2,p=1$Hja6+ZNDOfVfvnF41f6+jQ$dOv9yuPnkvKsPgFfp51PvRx4P7mL/jiXhcpu6xTWNj8',0,1796022714397436,NULL);
CREATE TABLE sessions (
  token      TEXT    NOT NULL PRIMARY KEY, -- the SHA-256 of what the browser has
  person     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  used_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE invitations (
  token      TEXT    NOT NULL PRIMARY KEY, -- the SHA-256 of what the link has
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE previews (
  run        INTEGER NOT NULL PRIMARY KEY,
  connection TEXT    NOT NULL,
  made_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  raised     INTEGER NOT NULL,
  lowered    INTEGER NOT NULL,
  zeroed     INTEGER NOT NULL,
  same       INTEGER NOT NULL,
  first      INTEGER NOT NULL,
  blocked    INTEGER NOT NULL
) STRICT;
INSERT INTO previews VALUES(9,'market',1796022715926047,1796109115926047,0,1,0,0,0,0);
CREATE TABLE preview_rows (
  run         INTEGER NOT NULL,
  n           INTEGER NOT NULL,
  product     TEXT    NOT NULL,
  channel_sku TEXT    NOT NULL,
  location    TEXT    NOT NULL,
  shows       INTEGER, -- NULL: not known
  would       INTEGER NOT NULL,
  move        TEXT    NOT NULL CHECK (move IN ('raise', 'lower', 'zero', 'new', 'blocked')),
  why         TEXT    NOT NULL,
  PRIMARY KEY (run, n)
) STRICT, WITHOUT ROWID;
INSERT INTO preview_rows VALUES(9,1,'SKU-00005','SKU-00005','',19,18,'lower','the warehouse reports 55 available in east, taken on 2026-11-30 07:11:54 UTC; strategy: 55 less a buffer of 2 leaves 53 to distribute; strategy: shared equally among 3 stores, this store is given 18; the quantity: 18');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('audit',10);
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
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX previews_connection ON previews (connection, run);
CREATE INDEX previews_expiry ON previews (expires_at);
CREATE INDEX preview_rows_move ON preview_rows (run, move, n);
COMMIT;
PRAGMA application_id = 1416193125;

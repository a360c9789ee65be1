-- Whose clock a level's time is from, and when we received it: times of two clocks are not compared as one.
ALTER TABLE levels ADD COLUMN ours BOOLEAN NOT NULL DEFAULT FALSE; -- observed_at is ours, not the source's
ALTER TABLE levels ADD COLUMN received_at BIGINT NOT NULL DEFAULT 0; -- by our clock
ALTER TABLE warehouses ADD COLUMN confirmed_ours BOOLEAN NOT NULL DEFAULT FALSE; -- confirmed_at is ours
ALTER TABLE warehouses ADD COLUMN confirmed_received BIGINT NOT NULL DEFAULT 0;
-- A level with confirmed = 1 has the warehouse's time, none of its own.
UPDATE levels SET confirmed = FALSE WHERE confirmed AND (reported_at IS NOT NULL
  OR observed_at > (SELECT w.confirmed_at FROM warehouses w WHERE w.id = levels.warehouse));
-- Whether a time was the snapshot's or the beginning of its fetch was not kept, so it counts as ours: a later snapshot is newer.
UPDATE levels SET ours = reported_at IS NULL, received_at = recorded_at;
UPDATE warehouses SET confirmed_ours = TRUE, confirmed_received = confirmed_at;

-- The facilities that snapshots have named; empty is a row without one. An event for another is held aside.
CREATE TABLE facilities (
  warehouse TEXT COLLATE "C" NOT NULL,
  facility  TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (warehouse, facility)
);
-- Of earlier snapshots only the levels are left to tell.
INSERT INTO facilities (warehouse, facility) SELECT DISTINCT l.warehouse, l.facility FROM levels l
  WHERE EXISTS (SELECT 1 FROM snapshots s WHERE s.warehouse = l.warehouse AND s.state = 'recorded');

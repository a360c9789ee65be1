-- What a full snapshot leaves unnamed of the recorded levels with stock: what the last recorded one did, so that a person is asked of it
-- once, and what an approval of a held one covers.
ALTER TABLE warehouses ADD COLUMN unnamed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN unnamed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE holds ADD COLUMN twice BIGINT NOT NULL DEFAULT 0; -- of these, levels of SKUs that it names elsewhere

-- Snapshots up to this one were read by settings that have changed since: they are not recorded any more, and not shared.
ALTER TABLE warehouses ADD COLUMN reread_after BIGINT NOT NULL DEFAULT 0;

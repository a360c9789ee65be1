-- How many calls of a day a store answered with: not so fast.
ALTER TABLE store_days ADD COLUMN throttled BIGINT NOT NULL DEFAULT 0;

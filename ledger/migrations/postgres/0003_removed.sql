-- Definitions that are removed go when every cursor has passed them.
CREATE INDEX products_removed ON products (merchant, sku) WHERE removed;
CREATE INDEX bundles_removed ON bundles (merchant, sku) WHERE removed;
CREATE INDEX listings_removed ON listings (store, channel_sku, sku) WHERE removed;

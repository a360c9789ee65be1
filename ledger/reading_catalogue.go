package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// CatalogueReader lists the catalogue, a page at a time.
type CatalogueReader interface {
	// Products lists the products of a merchant by SKU. Page.After and Page.Prefix are of SKUs.
	Products(ctx context.Context, merchant string, page Page) ([]Product, error)
	// Bundles lists the bundles of a merchant by SKU. Page.After and Page.Prefix are of SKUs.
	Bundles(ctx context.Context, merchant string, page Page) ([]BundleDefinition, error)
	// BundlesWith lists the SKUs of bundles that contain a component, sorted, at most limit.
	BundlesWith(ctx context.Context, merchant, component string, limit int) ([]string, error)
	// Listings lists the listings of a store by channel SKU. Page.After and Page.Prefix are of channel SKUs.
	Listings(ctx context.Context, store string, page Page) ([]ListingDefinition, error)
	// ListingsOf lists the listings of some SKUs at a store, by SKU and channel SKU. A SKU without a listing is absent.
	ListingsOf(ctx context.Context, store string, skus []string) ([]ListingDefinition, error)
}

// Products lists products; see CatalogueReader.
func (d *database) Products(ctx context.Context, merchant string, page Page) ([]Product, error) {
	return readRows(ctx, d, func(row *sql.Rows, product *Product) error {
		product.Merchant = merchant
		return row.Scan(&product.SKU, &product.Name, &product.Barcode)
	}, "SELECT sku, name, barcode FROM products WHERE merchant = ? AND sku > ? AND sku >= ? AND sku < ? AND NOT removed ORDER BY sku LIMIT ?",
		merchant, page.After, page.Prefix, page.Prefix+lastCharacter, limitOf(page.Limit))
}

// Bundles lists bundles; see CatalogueReader.
func (d *database) Bundles(ctx context.Context, merchant string, page Page) ([]BundleDefinition, error) {
	return readRows(ctx, d, func(row *sql.Rows, bundle *BundleDefinition) error {
		var components string
		bundle.Merchant = merchant
		if err := row.Scan(&bundle.SKU, &components); err != nil {
			return err
		}
		return decode(fmt.Sprintf("the bundle %s of %s", bundle.SKU, merchant), components, &bundle.Components)
	}, "SELECT sku, components FROM bundles WHERE merchant = ? AND sku > ? AND sku >= ? AND sku < ? AND NOT removed ORDER BY sku LIMIT ?",
		merchant, page.After, page.Prefix, page.Prefix+lastCharacter, limitOf(page.Limit))
}

// BundlesWith lists the bundles that have a component; see CatalogueReader.
func (d *database) BundlesWith(ctx context.Context, merchant, component string, limit int) ([]string, error) {
	return readRows(ctx, d, func(row *sql.Rows, sku *string) error { return row.Scan(sku) },
		`SELECT b.sku FROM bundle_components c JOIN bundles b ON b.merchant = c.merchant AND b.sku = c.bundle
			WHERE c.merchant = ? AND c.component = ? AND NOT b.removed ORDER BY b.sku LIMIT ?`, merchant, component, limitOf(limit))
}

// Listings lists listings; see CatalogueReader.
func (d *database) Listings(ctx context.Context, store string, page Page) ([]ListingDefinition, error) {
	return readRows(ctx, d, func(row *sql.Rows, listing *ListingDefinition) error {
		listing.Store = store
		return row.Scan(&listing.SKU, &listing.ChannelSKU)
	}, `SELECT sku, channel_sku FROM listings WHERE store = ? AND channel_sku > ? AND channel_sku >= ? AND channel_sku < ? AND NOT removed
		ORDER BY channel_sku LIMIT ?`,
		store, page.After, page.Prefix, page.Prefix+lastCharacter, limitOf(page.Limit))
}

// ListingsOf lists the listings of some SKUs; see CatalogueReader.
func (d *database) ListingsOf(ctx context.Context, store string, skus []string) ([]ListingDefinition, error) {
	return readRows(ctx, d, func(row *sql.Rows, listing *ListingDefinition) error {
		listing.Store = store
		return row.Scan(&listing.SKU, &listing.ChannelSKU)
	}, "SELECT sku, channel_sku FROM listings WHERE store = ? AND sku IN (SELECT j.value FROM "+d.dialect.set()+") AND NOT removed ORDER BY sku, channel_sku",
		store, d.dialect.list(skus))
}

// lastCharacter sorts after every other character, byte by byte. So every text with a prefix sorts before prefix+lastCharacter.
const lastCharacter = "\U0010FFFF"

// readRows reads the rows of a query, in a transaction of its own.
func readRows[T any](ctx context.Context, d *database, scan func(row *sql.Rows, value *T) error, query string, arguments ...any) ([]T, error) {
	var values []T
	err := d.read(ctx, func(t *tx) error {
		values = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var value T
			err := scan(row, &value)
			values = append(values, value)
			return err
		}, query, arguments...)
	})
	return values, err
}

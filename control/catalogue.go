package control

import (
	"context"
	"slices"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// CatalogueKind is a list of the catalogue.
type CatalogueKind string

// The lists.
const (
	CatalogueProducts CatalogueKind = "products"
	CatalogueBundles  CatalogueKind = "bundles"
	CatalogueListings CatalogueKind = "listings"
)

// CatalogueKinds are all lists of the catalogue.
func CatalogueKinds() []CatalogueKind {
	return []CatalogueKind{CatalogueProducts, CatalogueBundles, CatalogueListings}
}

// CatalogueQuery asks for a part of a list of the catalogue.
type CatalogueQuery struct {
	Kind     CatalogueKind // empty for products
	Merchant string        // empty for the first merchant
	Store    string        // the store whose listings are listed; empty for the merchant's first
	Prefix   string        // SKUs that begin with these bytes; of listings the channel SKUs
	After    string        // entries after this SKU; of listings after this channel SKU
	Limit    int
}

// CatalogueEntry is what the catalogue says about a SKU.
type CatalogueEntry struct {
	SKU        string                `json:"sku"`
	Name       string                `json:"name,omitempty"`
	Barcode    string                `json:"barcode,omitempty"`
	Components []inventory.Component `json:"components,omitempty"` // of a bundle
	// Sold are the SKU's listings, store by store. A store without one sells it under its own SKU, or not at all.
	Sold []ledger.ListingDefinition `json:"sold,omitempty"`
}

// Catalogue is a part of a list of the catalogue, and what there is to choose from.
type Catalogue struct {
	CatalogueQuery
	Merchants []string         `json:"merchants"`
	Stores    []string         `json:"stores"` // of the merchant
	Entries   []CatalogueEntry `json:"entries"`
	Next      string           `json:"next,omitempty"` // the After of the next part; empty at the end
	// File is the name of the configuration file that the catalogue was read with.
	File string `json:"file,omitempty"`
}

// Catalogue lists products, bundles or listings, in the order of their SKUs.
func (c *Control) Catalogue(ctx context.Context, query CatalogueQuery) (Catalogue, error) {
	catalogue := Catalogue{CatalogueQuery: query, Merchants: []string{}, Stores: []string{}, Entries: []CatalogueEntry{}}
	if catalogue.Kind == "" {
		catalogue.Kind = CatalogueProducts
	}
	if !slices.Contains(CatalogueKinds(), catalogue.Kind) {
		return catalogue, usage("the catalogue has no list %q; there are %s", catalogue.Kind, joinFirst(textsOf(CatalogueKinds()), len(CatalogueKinds())))
	}
	warehouses, stores, err := c.Partners(ctx)
	if err != nil {
		return catalogue, err
	}
	configuration, err := c.state.Configuration(ctx)
	if err != nil {
		return catalogue, err
	}
	catalogue.File = fileName(configuration.From)
	catalogue.Merchants = orEmpty(merchantsOf(&ledger.Definitions{Warehouses: warehouses, Stores: stores}))
	if catalogue.Merchant == "" && len(catalogue.Merchants) > 0 {
		catalogue.Merchant = catalogue.Merchants[0]
	}
	if catalogue.Merchant != "" && !slices.Contains(catalogue.Merchants, catalogue.Merchant) {
		return catalogue, absent("merchant", catalogue.Merchant, catalogue.Merchants, func(merchant string) string { return merchant })
	}
	for _, store := range stores {
		if store.Merchant == catalogue.Merchant {
			catalogue.Stores = append(catalogue.Stores, store.ID)
		}
	}
	if catalogue.Store == "" && len(catalogue.Stores) > 0 {
		catalogue.Store = catalogue.Stores[0]
	}
	if catalogue.Store != "" && !slices.Contains(catalogue.Stores, catalogue.Store) {
		return catalogue, absent("store", catalogue.Store, catalogue.Stores, func(id string) string { return id })
	}
	return catalogue, c.catalogueEntries(ctx, &catalogue)
}

// catalogueEntries reads the entries of a list.
func (c *Control) catalogueEntries(ctx context.Context, catalogue *Catalogue) error {
	page := ledger.Page{After: catalogue.After, Prefix: catalogue.Prefix, Limit: catalogue.Limit}
	switch catalogue.Kind {
	case CatalogueProducts:
		products, err := c.state.Products(ctx, catalogue.Merchant, page)
		if err != nil {
			return err
		}
		for _, product := range products {
			catalogue.Entries = append(catalogue.Entries, CatalogueEntry{SKU: product.SKU, Name: product.Name, Barcode: product.Barcode})
		}
	case CatalogueBundles:
		bundles, err := c.state.Bundles(ctx, catalogue.Merchant, page)
		if err != nil {
			return err
		}
		for _, bundle := range bundles {
			catalogue.Entries = append(catalogue.Entries, CatalogueEntry{SKU: bundle.SKU, Components: bundle.Components})
		}
	case CatalogueListings:
		listings, err := c.state.Listings(ctx, catalogue.Store, page)
		if err != nil {
			return err
		}
		for _, listing := range listings {
			catalogue.Entries = append(catalogue.Entries, CatalogueEntry{SKU: listing.SKU, Sold: []ledger.ListingDefinition{listing}})
		}
		if len(listings) >= catalogue.Limit {
			catalogue.Next = listings[len(listings)-1].ChannelSKU
		}
		return nil
	}
	if len(catalogue.Entries) >= catalogue.Limit && len(catalogue.Entries) > 0 {
		catalogue.Next = catalogue.Entries[len(catalogue.Entries)-1].SKU
	}
	return c.addListings(ctx, catalogue)
}

// addListings adds to each entry the SKUs under which the merchant's stores sell it.
func (c *Control) addListings(ctx context.Context, catalogue *Catalogue) error {
	at, skus := map[string]int{}, make([]string, len(catalogue.Entries))
	for i, entry := range catalogue.Entries {
		at[entry.SKU], skus[i] = i, entry.SKU
	}
	for _, store := range catalogue.Stores {
		listings, err := c.state.ListingsOf(ctx, store, skus)
		if err != nil {
			return err
		}
		for _, listing := range listings {
			entry := &catalogue.Entries[at[listing.SKU]]
			entry.Sold = append(entry.Sold, listing)
		}
	}
	return nil
}

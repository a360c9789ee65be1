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
	Kind     CatalogueKind // empty: products
	Merchant string        // empty: the first one
	Store    string        // of listings; empty: the merchant's first
	Prefix   string        // what SKUs begin with, byte by byte; of listings the channel SKUs
	After    string
	Limit    int
}

// CatalogueEntry is what the catalogue has of a SKU.
type CatalogueEntry struct {
	SKU        string                `json:"sku"`
	Name       string                `json:"name,omitempty"`
	Barcode    string                `json:"barcode,omitempty"`
	Components []inventory.Component `json:"components,omitempty"` // of a bundle
	// Sold are the listings of it, by store; a store without one sells it under its own SKU, or not at all.
	Sold []ledger.ListingDefinition `json:"sold,omitempty"`
}

// Catalogue is a part of a list of the catalogue, and what there is to choose from.
type Catalogue struct {
	CatalogueQuery
	Merchants []string         `json:"merchants"`
	Stores    []string         `json:"stores"` // of the merchant
	Entries   []CatalogueEntry `json:"entries"`
	Next      string           `json:"next,omitempty"` // what to give as After for the next part
	// File is the configuration that the catalogue was read with, as people know it.
	File string `json:"file,omitempty"`
}

// Catalogue lists products, bundles or listings, in the order of their SKUs.
func (c *Control) Catalogue(ctx context.Context, query CatalogueQuery) (Catalogue, error) {
	found := Catalogue{CatalogueQuery: query, Merchants: []string{}, Stores: []string{}, Entries: []CatalogueEntry{}}
	if found.Kind == "" {
		found.Kind = CatalogueProducts
	}
	if !slices.Contains(CatalogueKinds(), found.Kind) {
		return found, usage("the catalogue has no list %q; there are %s", found.Kind, listed(textsOf(CatalogueKinds()), len(CatalogueKinds())))
	}
	warehouses, stores, err := c.Partners(ctx)
	if err != nil {
		return found, err
	}
	configuration, err := c.state.Configuration(ctx)
	if err != nil {
		return found, err
	}
	found.File = fileName(configuration.From)
	found.Merchants = orEmpty(merchantsOf(&ledger.Definitions{Warehouses: warehouses, Stores: stores}))
	if found.Merchant == "" && len(found.Merchants) > 0 {
		found.Merchant = found.Merchants[0]
	}
	if found.Merchant != "" && !slices.Contains(found.Merchants, found.Merchant) {
		return found, absent("merchant", found.Merchant, found.Merchants, func(one string) string { return one })
	}
	for _, store := range stores {
		if store.Merchant == found.Merchant {
			found.Stores = append(found.Stores, store.ID)
		}
	}
	if found.Store == "" && len(found.Stores) > 0 {
		found.Store = found.Stores[0]
	}
	if found.Store != "" && !slices.Contains(found.Stores, found.Store) {
		return found, absent("store", found.Store, found.Stores, func(one string) string { return one })
	}
	return found, c.catalogueEntries(ctx, &found)
}

// catalogueEntries reads the entries of a list.
func (c *Control) catalogueEntries(ctx context.Context, found *Catalogue) error {
	page := ledger.Page{After: found.After, Prefix: found.Prefix, Limit: found.Limit}
	switch found.Kind {
	case CatalogueProducts:
		products, err := c.state.Products(ctx, found.Merchant, page)
		if err != nil {
			return err
		}
		for _, one := range products {
			found.Entries = append(found.Entries, CatalogueEntry{SKU: one.SKU, Name: one.Name, Barcode: one.Barcode})
		}
	case CatalogueBundles:
		bundles, err := c.state.Bundles(ctx, found.Merchant, page)
		if err != nil {
			return err
		}
		for _, one := range bundles {
			found.Entries = append(found.Entries, CatalogueEntry{SKU: one.SKU, Components: one.Components})
		}
	case CatalogueListings:
		listings, err := c.state.Listings(ctx, found.Store, page)
		if err != nil {
			return err
		}
		for _, one := range listings {
			found.Entries = append(found.Entries, CatalogueEntry{SKU: one.SKU, Sold: []ledger.ListingDefinition{one}})
		}
		if len(listings) >= found.Limit {
			found.Next = listings[len(listings)-1].ChannelSKU
		}
		return nil
	}
	if len(found.Entries) >= found.Limit && len(found.Entries) > 0 {
		found.Next = found.Entries[len(found.Entries)-1].SKU
	}
	return c.soldIn(ctx, found)
}

// soldIn adds under what each store of the merchant sells the entries.
func (c *Control) soldIn(ctx context.Context, found *Catalogue) error {
	at, skus := map[string]int{}, make([]string, len(found.Entries))
	for i, one := range found.Entries {
		at[one.SKU], skus[i] = i, one.SKU
	}
	for _, store := range found.Stores {
		listings, err := c.state.ListingsOf(ctx, store, skus)
		if err != nil {
			return err
		}
		for _, one := range listings {
			entry := &found.Entries[at[one.SKU]]
			entry.Sold = append(entry.Sold, one)
		}
	}
	return nil
}

package console

import (
	"context"
	"fmt"
	"net/url"

	"github.com/tidemark/tidemark/control"
)

// catalogueView lists products, bundles or listings.
type catalogueView struct {
	Kind, Merchant, Store, SKU string
	Merchants, Stores          []string
	Kinds                      []catalogueTab
	Rows                       []catalogueRow
	Next, File                 string
}

type catalogueTab struct {
	Word, Href string
	Current    bool
}

type catalogueRow struct {
	SKU, Href, Name, Barcode string
	Components               []string
	Sold                     []string
}

const cataloguePath = "/catalogue"

func (c *Console) cataloguePage(ctx context.Context, q request) (page, error) {
	catalogue, err := c.options.Control.Catalogue(ctx, control.CatalogueQuery{
		Kind: control.CatalogueKind(q.query.Get("show")), Merchant: q.query.Get("merchant"), Store: q.query.Get("store"), Prefix: q.query.Get("sku"),
		After: q.query.Get("after"), Limit: rowsAPage,
	})
	if err != nil {
		return page{}, err
	}
	return c.shared(ctx, "Catalogue", q, func(clock) any { return viewCatalogue(catalogue) })
}

func viewCatalogue(catalogue control.Catalogue) catalogueView {
	view := catalogueView{
		Kind: string(catalogue.Kind), Merchant: catalogue.Merchant, Store: catalogue.Store, SKU: catalogue.Prefix, Merchants: catalogue.Merchants,
		Stores: catalogue.Stores, File: catalogue.File,
	}
	address := func(kind control.CatalogueKind, after string) string {
		values := url.Values{"show": {string(kind)}, "merchant": {catalogue.Merchant}}
		if kind == control.CatalogueListings {
			values.Set("store", catalogue.Store)
		}
		if after != "" {
			values.Set("after", after)
			values.Set("sku", catalogue.Prefix)
		}
		return cataloguePath + "?" + values.Encode()
	}
	for _, kind := range control.CatalogueKinds() {
		view.Kinds = append(view.Kinds, catalogueTab{capital(string(kind)), address(kind, ""), kind == catalogue.Kind})
	}
	for _, entry := range catalogue.Entries {
		row := catalogueRow{SKU: entry.SKU, Href: skuPath(catalogue.Merchant, entry.SKU), Name: entry.Name, Barcode: entry.Barcode}
		for _, component := range entry.Components {
			row.Components = append(row.Components, fmt.Sprintf("%d × %s", component.Count, component.SKU))
		}
		for _, listing := range entry.Sold {
			row.Sold = append(row.Sold, listing.ChannelSKU+" in "+listing.Store)
		}
		view.Rows = append(view.Rows, row)
	}
	if catalogue.Next != "" {
		view.Next = address(catalogue.Kind, catalogue.Next)
	}
	return view
}

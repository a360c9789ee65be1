package console

import (
	"context"
	"fmt"
	"net/url"
	"strings"

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
	found, err := c.options.Control.Catalogue(ctx, control.CatalogueQuery{
		Kind: control.CatalogueKind(q.query.Get("show")), Merchant: q.query.Get("merchant"), Store: q.query.Get("store"), Prefix: q.query.Get("sku"),
		After: q.query.Get("after"), Limit: rowsAPage,
	})
	if err != nil {
		return page{}, err
	}
	return c.shared(ctx, "Catalogue", q, func(clock) any { return viewCatalogue(found) })
}

func viewCatalogue(found control.Catalogue) catalogueView {
	view := catalogueView{
		Kind: string(found.Kind), Merchant: found.Merchant, Store: found.Store, SKU: found.Prefix, Merchants: found.Merchants, Stores: found.Stores, File: found.File,
	}
	address := func(kind control.CatalogueKind, after string) string {
		values := url.Values{"show": {string(kind)}, "merchant": {found.Merchant}}
		if kind == control.CatalogueListings {
			values.Set("store", found.Store)
		}
		if after != "" {
			values.Set("after", after)
			values.Set("sku", found.Prefix)
		}
		return cataloguePath + "?" + values.Encode()
	}
	for _, kind := range control.CatalogueKinds() {
		view.Kinds = append(view.Kinds, catalogueTab{strings.ToUpper(string(kind[:1])) + string(kind[1:]), address(kind, ""), kind == found.Kind})
	}
	for _, entry := range found.Entries {
		row := catalogueRow{SKU: entry.SKU, Href: skuPath(found.Merchant, entry.SKU), Name: entry.Name, Barcode: entry.Barcode}
		for _, one := range entry.Components {
			row.Components = append(row.Components, fmt.Sprintf("%d × %s", one.Count, one.SKU))
		}
		for _, one := range entry.Sold {
			row.Sold = append(row.Sold, one.ChannelSKU+" in "+one.Store)
		}
		view.Rows = append(view.Rows, row)
	}
	if found.Next != "" {
		view.Next = address(found.Kind, found.Next)
	}
	return view
}

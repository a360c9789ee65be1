package woocommerce

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

// fields are what is asked for of a product.
const fields = "id,sku,type,parent_id,manage_stock"

// Where products and, from WooCommerce 10.3, variations are looked up.
const (
	productsPath   = "/products"
	variationsPath = "/variations"
)

// noLocations is why an item of a location cannot be set.
const noLocations = "WooCommerce has no locations; take the locations out of the connection"

// product is what a look-up tells of a product or a variation.
type product struct {
	ID          int64           `json:"id"`
	SKU         *string         `json:"sku"`
	Type        string          `json:"type"`
	ParentID    int64           `json:"parent_id"`
	ManageStock json.RawMessage `json:"manage_stock"`
}

// Find looks SKUs up by one call, or by two where variations are looked up apart.
//
// In a list of SKUs a comma stands between them, so a SKU with a comma in it is asked for alone: then the whole text is also taken for
// a SKU (core, WC_REST_Products_Controller::prepare_objects_query).
func (s *store) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	skus, commas := distinct(items)
	if len(skus) > 1 && commas {
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0, "a SKU with a comma in it is looked up alone")
	}
	products, more, err := s.look(ctx, productsPath, skus)
	if err != nil {
		return nil, channels.Budget{}, err
	}
	if s.separate {
		variations, moreVariations, err := s.lookVariations(ctx, skus)
		if err != nil {
			return nil, channels.Budget{}, err
		}
		products, more = append(products, variations...), more || moreVariations
	}
	if more && len(skus) > 1 {
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0, "more products resemble the SKUs of a look-up than one page holds")
	}
	// The database takes SKUs in another case, with other accents or blanks at the end for the same: they are compared byte by byte.
	exact := map[string][]product{}
	seen := map[int64]bool{}
	for _, entry := range products {
		if entry.SKU != nil && !seen[entry.ID] {
			seen[entry.ID] = true
			exact[*entry.SKU] = append(exact[*entry.SKU], entry)
		}
	}
	matches := make([]channels.Found, len(items))
	for i, item := range items {
		matches[i] = s.judge(item, exact[item.ChannelSKU], more)
	}
	return matches, channels.Budget{}, nil
}

// distinct is each SKU once, and whether there is a comma in one of them.
func distinct(items []channels.Item) (skus []string, commas bool) {
	seen := map[string]bool{}
	for _, item := range items {
		if !seen[item.ChannelSKU] {
			seen[item.ChannelSKU] = true
			skus = append(skus, item.ChannelSKU)
			commas = commas || strings.Contains(item.ChannelSKU, ",")
		}
	}
	return skus, commas
}

// look asks for the products that have one of some SKUs, and tells whether there may be more than were shown.
func (s *store) look(ctx context.Context, path string, skus []string) (products []product, more bool, err error) {
	sku := strings.Join(skus, ",")
	if sku == "0" {
		sku = "0,0" // to PHP a lone 0 is no SKU at all
	}
	query := url.Values{"sku": {sku}, "per_page": {strconv.Itoa(page)}, "_fields": {fields}}
	address := s.api + path + "?" + query.Encode()
	if len(address) > channels.MaxAddress && len(skus) > 1 {
		return nil, false, s.Failed(channels.Smaller, 0, fmt.Sprintf("the address of a look-up of %d long SKUs is longer than web servers read", len(skus)))
	}
	response, err := s.call(ctx, http.MethodGet, address, nil)
	switch {
	case err != nil:
		return nil, false, err
	case response.Status == http.StatusRequestURITooLong && len(skus) > 1:
		return nil, false, s.Failed(channels.Smaller, 0, "the address of a look-up is longer than its web server reads; lower the setting find_limit")
	case response.Status == http.StatusRequestURITooLong:
		return nil, false, nil // such a SKU is not found
	case response.Status == http.StatusNotFound && path == variationsPath && readProblem(response).Code == "rest_no_route":
		return nil, false, s.Failed(channels.AskPerson, response.Status,
			"it has no look-up of variations; update WooCommerce to 10.3 or later, or set variations: products")
	case response.Status != http.StatusOK:
		return nil, false, s.readStatus(response)
	}
	if err := s.Read(response, &products); err != nil {
		return nil, false, err
	}
	if products == nil {
		return nil, false, s.Unreadable(response, "it holds no list of products")
	}
	for _, item := range products {
		if item.ID <= 0 || len(item.ManageStock) == 0 {
			return nil, false, s.Unreadable(response, "a product in it has no id, or it does not say whether the stock is managed")
		}
	}
	// The header says how many pages there are, unless something on the way took it out.
	pages, missing := strconv.Atoi(response.Header.Get("X-WP-TotalPages"))
	return products, pages > 1 || (missing != nil && len(products) >= page), nil
}

// lookVariations asks for variations apart. By SKU that finds products, too, in the form of variations (core,
// WC_REST_Product_Variations_Controller::prepare_objects_query): they have no parent.
func (s *store) lookVariations(ctx context.Context, skus []string) (variations []product, more bool, err error) {
	products, more, err := s.look(ctx, variationsPath, skus)
	for _, item := range products {
		if item.ParentID > 0 {
			item.Type = kindVariation
			variations = append(variations, item)
		}
	}
	return variations, more, err
}

// judge says what may be done with a SKU that the products have.
func (s *store) judge(item channels.Item, products []product, more bool) channels.Found {
	switch {
	case item.Location != "":
		return channels.Found{Blocked: noLocations}
	case more:
		return channels.Found{Blocked: fmt.Sprintf("more than %d products have SKUs that WooCommerce takes for this one, so it is not known which one is meant; "+
			"give each a more distinct SKU", page)}
	case len(products) == 0 && !askable(item.ChannelSKU):
		return channels.Found{Missing: "WordPress takes blanks at the ends or in a row, line breaks, tags and percent codes out of a look-up, so this SKU cannot " +
			"be found; list the SKU under its name in the shop"}
	case len(products) == 0:
		return channels.Found{Missing: "the shop has no product with exactly this SKU, upper and lower case included; correct it there, or list the SKU under its " +
			"name in the shop"}
	case len(products) > 1:
		return channels.Found{Blocked: fmt.Sprintf("%d products have this SKU in the shop, so it is not known which one is meant; give each its own SKU",
			len(products))}
	}
	entry := products[0]
	decoded, by := reference{ID: entry.ID, Kind: kindProduct}, string(entry.ManageStock)
	if entry.Type == kindVariation {
		decoded.Kind, decoded.Parent = kindVariation, entry.ParentID
	}
	switch {
	case entry.Type == "grouped" || entry.Type == "external":
		return channels.Found{Blocked: fmt.Sprintf("a product of the type %s has no stock in WooCommerce, so a figure would have no effect", entry.Type)}
	case entry.Type == kindVariation && entry.ParentID <= 0:
		return channels.Found{Blocked: "this is a variation without a product, so it cannot be set; delete it, or make its product again"}
	case by == managedByParent:
		return channels.Found{Blocked: `this variation shares the stock of its product, and one figure cannot be that of several variations; list the product's ` +
			`SKU, or switch "Manage stock?" on for the variation`}
	case by == unmanaged && entry.Type == "variable":
		return channels.Found{Blocked: `this product has variations and no stock of its own; list the SKUs of the variations, or switch "Stock management" on for ` +
			`the product`}
	case by == unmanaged && !s.manages:
		return channels.Found{Blocked: `WooCommerce does not manage the stock of this product, so a figure would have no effect; switch "Stock management" on ` +
			`there, or set unmanaged: manage`}
	}
	decoded.Manage = by == unmanaged
	text, err := json.Marshal(decoded)
	if err != nil {
		return channels.Found{Blocked: "its reference cannot be written; this is a fault of the driver, please report it"}
	}
	return channels.Found{Reference: string(text)}
}

// askable is false for a SKU that WordPress changes before it looks (sanitize_text_field).
func askable(sku string) bool {
	return strings.Join(strings.Fields(sku), " ") == sku && !strings.Contains(sku, "<") && !percentCode(sku)
}

func percentCode(sku string) bool {
	for i := 0; i+2 < len(sku); i++ {
		if sku[i] == '%' && hexadecimal(sku[i+1]) && hexadecimal(sku[i+2]) {
			return true
		}
	}
	return false
}

func hexadecimal(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

package adobecommerce

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

// product is what a look-up tells of a product.
type product struct {
	SKU  string `json:"sku"`
	Type string `json:"type_id"`
}

// composite are the types of products whose stock is that of their children (core, product types).
var composite = map[string]bool{"configurable": true, "bundle": true, "grouped": true}

// Find looks SKUs up by one call.
func (s *store) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	query, requested := search(items)
	path := "/V1/products?" + query
	if len(s.address(path)) > channels.MaxAddress && requested > 1 {
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0,
			fmt.Sprintf("the address of a look-up of %d long SKUs is longer than web servers read", requested))
	}
	response, err := s.call(ctx, http.MethodGet, path, nil)
	switch {
	case err != nil:
		return nil, channels.Budget{}, err
	case response.Status == http.StatusRequestURITooLong && requested > 1:
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0, "the address of a look-up is longer than its web server reads; lower the setting find_limit")
	case response.Status != http.StatusOK:
		return nil, channels.Budget{}, s.readStatus(response)
	}
	var body struct {
		Items []product `json:"items"`
		Total *int      `json:"total_count"`
	}
	if err := s.Read(response, &body); err != nil {
		return nil, channels.Budget{}, err
	}
	if body.Total == nil {
		return nil, channels.Budget{}, s.Unreadable(response, "it does not count the products")
	}
	more := *body.Total > len(body.Items)
	if more && requested > 1 {
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0, "more products resemble the SKUs of a look-up than one page holds")
	}
	exact, similar := map[string][]product{}, map[string][]product{}
	for _, entry := range body.Items {
		if entry.SKU == "" || entry.Type == "" {
			return nil, channels.Budget{}, s.Unreadable(response, "a product in it has no SKU or no type")
		}
		exact[entry.SKU] = append(exact[entry.SKU], entry)
		similar[fold(entry.SKU)] = append(similar[fold(entry.SKU)], entry)
	}
	matches := make([]channels.Found, len(items))
	for i, item := range items {
		having := exact[item.ChannelSKU]
		if len(having) == 0 {
			having = similar[fold(item.ChannelSKU)]
		}
		matches[i] = judge(having, more)
	}
	return matches, channels.Budget{}, nil
}

// search is the query for the products that have one of the items' SKUs, and how many SKUs that are. In a list a comma stands between
// SKUs (core, Magento\Framework\DB\Adapter), so a SKU with a comma in it gets a filter of its own; filters of one group are
// alternatives (use-rest/performing-searches).
func search(items []channels.Item) (query string, requested int) {
	seen := map[string]bool{}
	var list []string
	values := url.Values{"fields": {"items[sku,type_id],total_count"}, "searchCriteria[pageSize]": {strconv.Itoa(page)}}
	filters := 0
	filter := func(condition, value string) {
		name := fmt.Sprintf("searchCriteria[filter_groups][0][filters][%d]", filters)
		values.Set(name+"[field]", "sku")
		values.Set(name+"[condition_type]", condition)
		values.Set(name+"[value]", value)
		filters++
	}
	for _, item := range items {
		switch sku := item.ChannelSKU; {
		case seen[sku]:
			continue
		case strings.Contains(sku, ","):
			filter("eq", sku)
		default:
			list = append(list, sku)
		}
		seen[item.ChannelSKU] = true
	}
	if len(list) > 0 {
		filter("in", strings.Join(list, ","))
	}
	return values.Encode(), len(seen)
}

// fold is what the database takes for the same SKU: it does not tell upper from lower case, nor blanks at the end.
func fold(sku string) string { return strings.TrimRight(strings.ToLower(sku), " ") }

// judge says what may be done with a SKU that the products have. The reference is the store's own spelling: stock is kept by it, and a
// store that refuses SKUs that do not exist compares it byte by byte (MSI, GetProductIdsBySkus).
func judge(having []product, more bool) channels.Found {
	switch {
	case more:
		return channels.Found{Blocked: fmt.Sprintf("more than %d products have SKUs that the store takes for this one, so it is not known which one is meant; give "+
			"each a more distinct SKU", page)}
	case len(having) == 0:
		return channels.Found{Missing: "the store has no product with this SKU; correct it there, or list the SKU under its name in the store"}
	case len(having) > 1:
		return channels.Found{Blocked: fmt.Sprintf("%d products have this SKU in the store, so it is not known which one is meant; give each its own SKU",
			len(having))}
	case composite[having[0].Type]:
		return channels.Found{Blocked: fmt.Sprintf("a product of the type %s has no stock of its own, it has that of its children; list their SKUs", having[0].Type)}
	case len(having[0].SKU) > channels.MaxReference:
		return channels.Found{Blocked: "its SKU in the store is too long to be kept"}
	}
	return channels.Found{Reference: having[0].SKU}
}

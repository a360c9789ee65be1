package shopify

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// findVariants looks SKUs up by a search.
//
//go:embed find_variants.graphql
var findVariants string

type findVariables struct {
	First  int    `json:"first"`
	Search string `json:"search"`
}

// variant is what a look-up tells of a product variant. Its stock belongs to its inventory item.
type variant struct {
	SKU                string `json:"sku"`
	RequiresComponents bool   `json:"requiresComponents"`
	InventoryItem      struct {
		ID      string `json:"id"`
		Tracked bool   `json:"tracked"`
		// SameSKU is how many inventory items have the SKU. Whether the item itself counts is not documented, so only more
		// than one proves that there are others.
		SameSKU int64 `json:"duplicateSkuCount"`
	} `json:"inventoryItem"`
}

// Find looks SKUs up by one search; the reference of an item is the id of its inventory item.
func (s *store) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	body, err := graphql.Body(findVariants, findVariables{page(len(items)), search(items)})
	if err != nil {
		return nil, channels.Budget{}, err
	}
	reply, budget, err := s.ask(ctx, body)
	if err != nil {
		return nil, budget, err
	}
	var data struct {
		Variants *struct {
			Nodes    []variant `json:"nodes"`
			PageInfo *struct {
				HasNextPage bool `json:"hasNextPage"`
			} `json:"pageInfo"`
		} `json:"productVariants"`
	}
	if err := s.into(reply, &data); err != nil {
		return nil, budget, err
	}
	if data.Variants == nil || data.Variants.Nodes == nil || data.Variants.PageInfo == nil {
		return nil, budget, s.Unreadable(reply.Response, "it holds no variants")
	}
	// A search finds also what only resembles a SKU: SKUs are compared byte by byte.
	exact := map[string][]variant{}
	for _, entry := range data.Variants.Nodes {
		if !strings.HasPrefix(entry.InventoryItem.ID, itemPrefix) {
			return nil, budget, s.Unreadable(reply.Response, "a variant has no inventory item")
		}
		exact[entry.SKU] = append(exact[entry.SKU], entry)
	}
	matches := make([]channels.Found, len(items))
	for i, item := range items {
		match, sure := s.judge(exact[item.ChannelSKU], data.Variants.PageInfo.HasNextPage)
		if !sure && len(items) > 1 {
			return nil, budget, s.Failed(channels.Smaller, 0, "more variants resemble the SKUs of a look-up than one page holds")
		}
		matches[i] = match
	}
	return matches, budget, nil
}

// judge says what may be done with a SKU that the variants have. It is not sure when there may be more of them than are shown.
func (s *store) judge(variants []variant, more bool) (match channels.Found, sure bool) {
	if len(variants) == 0 {
		if more {
			return channels.Found{Missing: fmt.Sprintf("more than %d variants resemble this SKU and it is not among the first; give the variant a more distinct SKU "+
				"in Shopify", maxPage)}, false
		}
		return channels.Found{Missing: "Shopify has no variant with exactly this SKU, upper and lower case included; correct it there, or list the SKU under its " +
			"name in the shop"}, true
	}
	first, same := variants[0], int64(len(variants))
	for _, item := range variants {
		same = max(same, item.InventoryItem.SameSKU)
		if older(item.InventoryItem.ID, first.InventoryItem.ID) {
			first = item
		}
	}
	switch {
	case same > 1 && s.duplicates == blockDuplicates:
		return channels.Found{Blocked: fmt.Sprintf("%d variants have this SKU in Shopify, so it is not known which one is meant; give each its own SKU, or set "+
			"duplicates: first", same)}, true
	case same > 1 && more:
		return channels.Found{Blocked: fmt.Sprintf("more than %d variants resemble this SKU, so it is not known which one was made first; give each its own SKU",
			maxPage)}, false
	case first.RequiresComponents:
		return channels.Found{Blocked: "Shopify computes the stock of this variant from its components, so it cannot be set; push the components and take this " +
			"listing away"}, true
	case !first.InventoryItem.Tracked:
		return channels.Found{Blocked: "Shopify does not track the quantity of this variant, so a figure would have no effect; switch on \"Track quantity\" there"},
			true
	}
	return channels.Found{Reference: first.InventoryItem.ID}, true
}

// older tells which of two ids was given first: Shopify counts them up.
func older(id, other string) bool {
	number, err := strconv.ParseUint(strings.TrimPrefix(id, itemPrefix), 10, 64)
	otherNumber, otherErr := strconv.ParseUint(strings.TrimPrefix(other, itemPrefix), 10, 64)
	if err != nil || otherErr != nil {
		return id < other
	}
	return number < otherNumber
}

// page is how many variants to ask for: it is what a look-up costs, so no more than are likely. A single SKU gets a whole page,
// because there is no smaller look-up.
func page(items int) int {
	if items == 1 {
		return maxPage
	}
	return min(items+sparePage, maxPage)
}

// search asks for each SKU once, in the words of Shopify's search syntax: a value in double quotes is taken as it is, with a
// backslash before each quote and backslash in it (shopify.dev/docs/api/usage/search-syntax).
func search(items []channels.Item) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	seen := map[string]bool{}
	var terms []string
	for _, item := range items {
		if !seen[item.ChannelSKU] {
			seen[item.ChannelSKU] = true
			terms = append(terms, `sku:"`+escape.Replace(item.ChannelSKU)+`"`)
		}
	}
	return strings.Join(terms, " OR ")
}

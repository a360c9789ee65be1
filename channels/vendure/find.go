package vendure

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// findVariants names no number of entries, so that the server's own limit holds.
//
//go:embed find_variants.graphql
var findVariants string

// listed is what a look-up finds of a variant. The server leaves deleted variants, those of deleted products and those of other
// channels out, and keeps disabled ones in.
type listed struct {
	ID    string `json:"id"`
	SKU   string `json:"sku"`
	Track string `json:"trackInventory"` // TRUE, FALSE or INHERIT
}

// Find looks variants up by SKU. Vendure does not keep SKUs apart: several variants may have one.
func (s *store) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	skus := make([]string, 0, len(items))
	variants := make(map[string][]listed, len(items))
	for _, item := range items {
		if _, requested := variants[item.ChannelSKU]; !requested {
			skus, variants[item.ChannelSKU] = append(skus, item.ChannelSKU), nil
		}
	}
	body, err := graphql.Body(findVariants, struct {
		SKUs []string `json:"skus"`
	}{skus})
	if err != nil {
		return nil, channels.Budget{}, err
	}
	if len(body) > maxBody && len(skus) > 1 {
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0, fmt.Sprintf("a look-up of %d long SKUs is more than the server reads", len(skus)))
	}
	response, err := s.call(ctx, body)
	if err != nil {
		return nil, channels.Budget{}, err
	}
	var document struct {
		Global struct {
			Track *bool `json:"trackInventory"`
		} `json:"globalSettings"`
		Variants struct {
			Total *int     `json:"totalItems"`
			Items []listed `json:"items"`
		} `json:"productVariants"`
	}
	if err := s.read(response, &document); err != nil {
		return nil, channels.Budget{}, err
	}
	if document.Global.Track == nil || document.Variants.Total == nil {
		return nil, channels.Budget{}, s.Unreadable(response, "it does not say how many variants there are")
	}
	for _, entry := range document.Variants.Items {
		variants[entry.SKU] = append(variants[entry.SKU], entry) // a database that folds case lists others, too; nobody asks for those
	}
	if *document.Variants.Total > len(document.Variants.Items) && len(skus) > 1 {
		return nil, channels.Budget{}, s.Failed(channels.Smaller, 0,
			fmt.Sprintf("it has %d variants with the SKUs of a look-up and lists %d", *document.Variants.Total, len(document.Variants.Items)))
	}
	matches := make([]channels.Found, len(items))
	for i, item := range items {
		matches[i] = judge(variants[item.ChannelSKU], *document.Global.Track)
	}
	return matches, channels.Budget{}, nil
}

// judge says what the variants with one SKU mean for it.
func judge(variants []listed, tracks bool) channels.Found {
	switch {
	case len(variants) > 1:
		return channels.Found{Blocked: fmt.Sprintf("%d variants in the store have this SKU, so it is not clear whose stock it is; give each a SKU of its own",
			len(variants))}
	case len(variants) == 0 || variants[0].ID == "":
		return channels.Found{Missing: "no variant in the store's channel has exactly this SKU; create it, or list the SKU that the store uses"}
	case variants[0].Track == "FALSE", variants[0].Track == "INHERIT" && !tracks:
		return channels.Found{Blocked: "the store does not track this variant's stock, so a figure would have no effect; turn stock tracking on in Vendure"}
	}
	return channels.Found{Reference: variants[0].ID}
}

package ebay

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

// offer is what a look-up tells of an offer (schema EbayOfferDetailsWithAll).
type offer struct {
	ID          string `json:"offerId"`
	SKU         string `json:"sku"`
	Marketplace string `json:"marketplaceId"`
	Format      string `json:"format"`
	Status      string `json:"status"`
	Listing     *struct {
		Status string `json:"listingStatus"`
	} `json:"listing"`
}

// live is true for an offer that buyers see, or would see if there were stock. A listing that has ended may leave its offer published.
func (o offer) live() bool {
	ended := o.Listing != nil && (o.Listing.Status == "ENDED" || o.Listing.Status == "EBAY_ENDED")
	return o.Status == "PUBLISHED" && !ended
}

// Find looks one SKU up; its reference is the ids of its live offers on the marketplace.
func (s *store) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	if items[0].Location != "" {
		return []channels.Found{{Blocked: noLocations}}, channels.Budget{}, nil
	}
	match, err := s.look(ctx, items[0].ChannelSKU)
	if err != nil {
		return nil, channels.Budget{}, err
	}
	return []channels.Found{match}, channels.Budget{}, nil
}

// look asks for the offers of a SKU. Those of all marketplaces are asked for, so that a wrong setting can be told from a SKU without
// offers.
func (s *store) look(ctx context.Context, sku string) (channels.Found, error) {
	response, err := s.call(ctx, http.MethodGet, offerPath+"?"+url.Values{"sku": {sku}}.Encode(), nil)
	if err != nil {
		return channels.Found{}, err
	}
	if response.Status != http.StatusOK {
		// 404 is what a SKU without offers has (documented without a word; others read it so).
		fault := readProblems(response).first()
		if failed := s.refusal(response, fault); failed != nil {
			return channels.Found{}, failed
		}
		if gone[fault.ID] {
			return channels.Found{Missing: s.noOffer()}, nil
		}
		return channels.Found{Missing: fmt.Sprintf("eBay does not take this SKU (%d: %s); list the SKU under its name on eBay", fault.ID, fault.text())}, nil
	}
	var body struct {
		Offers []offer `json:"offers"`
		Total  *int64  `json:"total"`
		Next   string  `json:"next"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Found{}, err
	}
	if body.Offers == nil && (body.Total == nil || *body.Total != 0) {
		return channels.Found{}, s.Unreadable(response, "it holds no offers")
	}
	for _, item := range body.Offers {
		if item.ID == "" || item.Marketplace == "" || item.Status == "" {
			return channels.Found{}, s.Unreadable(response, "an offer in it has no id, no marketplace or no status")
		}
	}
	return s.judge(sku, body.Offers, body.Next != "")
}

// judge says what may be done with a SKU that has these offers.
//
// A SKU without a live offer is not set, not even for the SKU alone: no buyer would see the figure, so to call it exported would be
// wrong. Its quantity is set with the first Full Sync after it was listed.
func (s *store) judge(sku string, offers []offer, more bool) (channels.Found, error) {
	var ids, elsewhere []string
	auction, unpublished := false, false
	for _, item := range offers {
		switch {
		case item.SKU != sku:
		case item.Marketplace != s.marketplace:
			if item.live() && !slices.Contains(elsewhere, item.Marketplace) {
				elsewhere = append(elsewhere, item.Marketplace)
			}
		case !item.live():
			unpublished = true
		case item.Format == "AUCTION": // takes no quantity (error 25762)
			auction = true
		default:
			ids = append(ids, item.ID)
		}
	}
	switch {
	case more || len(ids) > maxOffers:
		return channels.Found{Blocked: fmt.Sprintf("this SKU has more than the %d offers that eBay lets a SKU have, so not all of them could be set", maxOffers)}, nil
	case len(ids) > 0:
		slices.Sort(ids) // in whatever order they come, the bytes are the same
		reference, err := referenceTo(ids)
		return channels.Found{Reference: reference}, err
	case auction:
		return channels.Found{Blocked: "eBay offers this SKU by auction only, and an auction takes no quantity"}, nil
	case unpublished:
		return channels.Found{Missing: fmt.Sprintf("the offer of this SKU on %s is not published, or its listing has ended, so no buyer would see a figure; "+
			"publish it", s.marketplace)}, nil
	case len(elsewhere) > 0:
		return channels.Found{Missing: fmt.Sprintf("this SKU is listed on %.200s and not on %s; correct the setting marketplace, or list it there",
			strings.Join(elsewhere, ", "), s.marketplace)}, nil
	}
	return channels.Found{Missing: s.noOffer()}, nil
}

func (s *store) noOffer() string {
	return fmt.Sprintf("eBay's Inventory API has no offer on %s with exactly this SKU, upper and lower case included; correct it there, list the SKU under its "+
		"name on eBay, or migrate its listing to the Inventory API", s.marketplace)
}

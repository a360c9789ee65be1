package amazon

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Check gets a token, reads one listing and looks for feeds that are open. That proves the client, the seller's authorisation, the role
// "Product Listing" and that the seller belongs to the token.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	session := s.session()
	var listings struct {
		Count *int64 `json:"numberOfResults"`
		Items []struct {
			SKU string `json:"sku"`
		} `json:"items"`
	}
	path := listingsPath + segment(s.seller) + "?" + s.query(url.Values{"pageSize": {"1"}, "includedData": {"summaries"}})
	if err := session.read(ctx, path, &listings); err != nil {
		return channels.Finding{}, err
	}
	if listings.Count == nil {
		return channels.Finding{}, s.Failed(channels.Resend, 0, "the answer is not believed: it does not count the listings")
	}
	finding := channels.Finding{
		Account: fmt.Sprintf("seller %s in marketplace %s", s.seller, s.marketplace),
		Notes:   []string{fmt.Sprintf("%d listings are found", *listings.Count)},
	}
	if len(listings.Items) > 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("the first is %.100q", listings.Items[0].SKU))
	}
	if !s.feeds {
		return finding, nil
	}
	var feeds struct {
		Feeds []struct{} `json:"feeds"`
	}
	path = feedsPath + "?" + url.Values{"feedTypes": {feedType}, "pageSize": {"100"}, "processingStatuses": {"IN_QUEUE,IN_PROGRESS"}}.Encode()
	if err := session.read(ctx, path, &feeds); err != nil {
		return channels.Finding{}, err
	}
	if open := len(feeds.Feeds); open > 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("%d feeds of this kind wait or are being processed, and later ones queue behind them", open))
	}
	return finding, nil
}

func (s *session) read(ctx context.Context, path string, into any) error {
	response, err := s.call(ctx, http.MethodGet, path, nil)
	return s.ReadOK(response, err, func(response outbound.Response) error {
		return s.refusal(response, "it cannot be read; check seller_id, marketplace_id, region and endpoint")
	}, into)
}

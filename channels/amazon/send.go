package amazon

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

const (
	feedsPath    = "/feeds/2021-06-30/feeds"
	documentPath = "/feeds/2021-06-30/documents"
	listingsPath = "/listings/2021-08-01/items/"

	feedType    = "JSON_LISTINGS_FEED"
	contentType = "application/json; charset=UTF-8" // of a feed document; the upload must name the same
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	if len(call.Items) == 1 {
		return s.session().patch(ctx, call)
	}
	return s.session().submit(ctx, call)
}

// patch sends one figure.
func (s *session) patch(ctx context.Context, call channels.Call) (channels.Reply, error) {
	response, err := s.call(ctx, http.MethodPatch, s.listing(call.Items[0].ChannelSKU, nil), call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readPatch(response, call.Items[0])
}

// submit sends a feed: a document is announced, its bytes are uploaded, then the feed is made of it. Only the last step can apply
// anything, so everything before it may be done again. Amazon has no key that would make the last step safe to repeat: a feed whose
// receipt was lost is sent a second time, and sets the same figures twice.
func (s *session) submit(ctx context.Context, call channels.Call) (channels.Reply, error) {
	var announced struct {
		DocumentID string `json:"feedDocumentId"`
		URL        string `json:"url"`
	}
	request, err := json.Marshal(map[string]string{"contentType": contentType})
	if err != nil {
		return channels.Reply{}, err
	}
	response, err := s.step(ctx, "createFeedDocument", documentPath, http.StatusCreated, request, &announced)
	if err != nil {
		return channels.Reply{}, err
	}
	if announced.DocumentID == "" {
		return channels.Reply{}, s.Unreadable(response, "it does not name the document of createFeedDocument")
	}
	if err := s.upload(ctx, announced.URL, call.Body); err != nil {
		return channels.Reply{}, err
	}
	request, err = json.Marshal(struct {
		FeedType       string   `json:"feedType"`
		MarketplaceIDs []string `json:"marketplaceIds"`
		DocumentID     string   `json:"inputFeedDocumentId"`
	}{feedType, []string{s.marketplace}, announced.DocumentID})
	if err != nil {
		return channels.Reply{}, err
	}
	var made struct {
		FeedID string `json:"feedId"`
	}
	if response, err = s.step(ctx, "createFeed", feedsPath, http.StatusAccepted, request, &made); err != nil {
		return channels.Reply{}, err
	}
	if made.FeedID == "" {
		return channels.Reply{}, s.Unreadable(response, "it does not name the feed of createFeed")
	}
	return s.waiting(call.Items, ticket{kind: feedTicket, id: made.FeedID}), nil
}

// step makes one of the calls that make a feed, none of which looks at its items.
func (s *session) step(ctx context.Context, name, path string, status int, request []byte, into any) (outbound.Response, error) {
	response, err := s.call(ctx, http.MethodPost, path, request)
	if err != nil {
		return response, err
	}
	if response.Status != status {
		return response, s.refusal(response, name+" is not taken; check seller_id, marketplace_id and region")
	}
	return response, s.Read(response, into)
}

// listing is the path of a listing, with its query.
func (s *store) listing(sku string, query url.Values) string {
	return listingsPath + segment(s.seller) + "/" + segment(sku) + "?" + s.query(query)
}

func (s *store) query(more url.Values) string {
	query := url.Values{"marketplaceIds": {s.marketplace}}
	if s.locale != "" {
		query.Set("issueLocale", s.locale)
	}
	for name, values := range more {
		query[name] = values
	}
	return query.Encode()
}

// segment percent-encodes everything that is not unreserved, as sp-api/docs/url-encoding asks for, and also a name of dots, which is
// no name in a path.
func segment(text string) string {
	encoded := strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	if strings.Trim(text, ".") == "" {
		encoded = strings.ReplaceAll(encoded, ".", "%2E")
	}
	return encoded
}

// Package amazon speaks to the Selling Partner API of Amazon: the JSON_LISTINGS_FEED for many figures, the Listings Items API for
// few. Figures are those of offers that the merchant fulfils; what Amazon fulfils (FBA) cannot be set.
//
// A call of one item is always a PATCH and a call of more is always a feed, so the number of items says how the bytes are sent.
// Amazon promises no order between a feed that waits and a later PATCH of the same SKU (amzn/selling-partner-api-samples, discussion
// 109). The driver need not keep them apart: the push loop never sends a row that has an open call, and both stay open until they
// are reported on.
//
// Facts come from github.com/amzn/selling-partner-api-models (listingsItems_2021-08-01.json, feeds_2021-06-30.json and the feed's
// schemas, as of 2026-08-05) and from developer-docs.amazon.com/sp-api, as each comment says.
package amazon

import (
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// batch is the most messages in one feed (sp-api/changelog, 2025-05-06; maxItems of listings-feed-schema-v2.json).
const batch = 25_000

// Amazon is confirmed by its report, or taken at its word.
const (
	confirmReport   = "report"
	confirmAccepted = "accepted"
)

// endpoints are those of the regions (sp-api/docs/sp-api-endpoints).
var endpoints = map[string]string{
	"na": "https://sellingpartnerapi-na.amazon.com",
	"eu": "https://sellingpartnerapi-eu.amazon.com",
	"fe": "https://sellingpartnerapi-fe.amazon.com",
}

// Spec is what can be set on an Amazon store.
var Spec = settings.Spec{
	Driver: "amazon",
	Help:   "A seller account in one Amazon marketplace, for offers that the merchant fulfils.",
	Options: append([]settings.Option{
		{Name: "seller_id", Kind: settings.String, Required: true, Help: "The seller's merchant token, like A2EXAMPLE."},
		{Name: "marketplace_id", Kind: settings.String, Required: true, Help: "The marketplace, like ATVPDKIKX0DER for amazon.com."},
		{
			Name: "region", Kind: settings.String, Default: "na", Choices: []string{"na", "eu", "fe"},
			Help: "The region of the marketplace: North America, Europe with the Middle East and India, or the Far East.",
		},
		{Name: "endpoint", Kind: settings.URL, Help: "The address of the Selling Partner API; by default that of the region."},
		{
			Name: "client_id", Kind: settings.String, Required: true,
			Help: "The application's Login with Amazon client identifier, like amzn1.application-oa2-client.0a1b.",
		},
		{Name: "client_secret", Kind: settings.Secret, Required: true, Help: "The application's Login with Amazon client secret, by reference."},
		{Name: "refresh_token", Kind: settings.Secret, Required: true, Help: "The refresh token that the seller's authorisation gave, by reference."},
		{Name: "token_endpoint", Kind: settings.URL, Default: "https://api.amazon.com/auth/o2/token", Help: "Where Login with Amazon gives access tokens."},
		{Name: "product_type", Kind: settings.String, Default: "PRODUCT", Help: "The product type that submissions name; PRODUCT stands for any."},
		{
			Name: "fulfillment_channel_code", Kind: settings.String, Default: "DEFAULT",
			Help: "The fulfilment channel whose quantity is set; DEFAULT is the merchant's own.",
		},
		{
			Name: "op", Kind: settings.String, Default: "merge", Choices: []string{"merge", "replace"},
			Help: "How a figure is patched: merge keeps the handling time and the restock date, replace wipes them.",
		},
		{Name: "issue_locale", Kind: settings.String, Help: "The language of Amazon's messages, like en_US; by default the marketplace's own."},
		{Name: "feeds", Kind: settings.Boolean, Default: "true", Help: "Sends many figures as a feed; false sends every figure by itself."},
		{
			Name: "feed_from", Kind: settings.Integer, Default: "300", Minimum: 1, Maximum: batch,
			Help: "When more figures than this are due they go out as a feed, otherwise one by one.",
		},
		{Name: "feed_every", Kind: settings.Duration, Default: "2m", Help: "The least time between two feeds in the long run; below 121s it has no effect."},
		{
			Name: "tickets", Kind: settings.Integer, Default: "0", Minimum: 0, Maximum: 10_000,
			Help: "The most submissions that may be unreported at once; 0 is one, or with confirm: report one more than feed_from.",
		},
		{
			Name: "confirm", Kind: settings.String, Default: confirmReport, Choices: []string{confirmReport, confirmAccepted},
			Help: "Whether a figure that was sent by itself is exported when the listing shows it (report) or when Amazon takes it (accepted).",
		},
		{
			Name: "confirm_after", Kind: settings.Duration, Default: "1m",
			Help: "How long after Amazon took a figure the listing is looked at first; later looks take twice as long each.",
		},
		{
			Name: "report_after", Kind: settings.Duration, Default: "1m",
			Help: "How long after a feed was sent its report is asked for first; later questions take twice as long each, up to 15 minutes.",
		},
	}, outbound.CallOptions("1m", "the upload of a feed included")...),
	// A message for an unknown SKU may make an incomplete listing (amzn/selling-partner-api-docs, issue 2784).
	CreatesUnknown: true,
}

// Driver opens Amazon stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, maxResponse, openStore) }

var (
	_ channels.Channel   = (*store)(nil)
	_ channels.Composer  = (*store)(nil)
	_ channels.Metered   = (*store)(nil)
	_ channels.Submitter = (*store)(nil)
	_ channels.Channel   = (*reportingStore)(nil)
	_ channels.Poller    = (*reportingStore)(nil)
)

// store is a seller account in one marketplace. It is safe for concurrent use.
type store struct {
	channels.Base
	tokenEndpoint string
	seller        string
	marketplace   string
	locale        string
	productType   string
	channelCode   string
	op            string
	feeds         bool
	feedFrom      int
	confirms      bool
	confirmAfter  time.Duration
	reportAfter   time.Duration
	login         login
	token         *outbound.Token
	transfer      *outbound.Client // to and from the addresses of documents, which are not Amazon's API
}

// reportingStore adds the capability of feeds and of figures that are confirmed.
type reportingStore struct{ *store }

// The most that is read of a response, in bytes. A report names every message that failed, with a few hundred bytes for each
// issue; a listing's own JSON stays well below the other limit.
const (
	maxResponse = 4 << 20
	maxDocument = 32 << 20
)

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	secrets, err := values.Credentials(environment, "client_secret", "refresh_token")
	if err != nil {
		return nil, err
	}
	base.Bounds = limits(base.Bounds, values)
	s := &store{
		Base:          base,
		tokenEndpoint: values.Text("token_endpoint"),
		seller:        values.Text("seller_id"), marketplace: values.Text("marketplace_id"), locale: values.Text("issue_locale"),
		productType: values.Text("product_type"), channelCode: values.Text("fulfillment_channel_code"), op: values.Text("op"),
		feeds: values.Boolean("feeds"), feedFrom: int(values.Integer("feed_from")),
		confirms: values.Text("confirm") == confirmReport, confirmAfter: values.Duration("confirm_after"), reportAfter: values.Duration("report_after"),
		login: login{id: values.Text("client_id"), secret: secrets[0], refresh: secrets[1]},

		transfer: outbound.NewClient(outbound.Limits{Timeout: base.Bounds.Timeout, Bytes: maxDocument, Reach: outbound.ReachOf(Spec, values, environment)}),
	}
	if s.Endpoint == "" {
		s.Endpoint = endpoints[values.Text("region")]
	}
	s.token = outbound.NewToken(s.Now, s.issue)
	if s.feeds || s.confirms {
		return &reportingStore{s}, nil
	}
	return s, nil
}

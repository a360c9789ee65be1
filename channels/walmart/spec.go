// Package walmart speaks to the Marketplace API of Walmart US: inventory feeds for many figures, PUT /v3/inventory for few.
//
// A call of one item is always a PUT and a call of more is always a feed of one ship node, so the number of items says how the bytes
// are sent. Walmart promises no order between a feed that waits and a later PUT of the same SKU. The driver need not keep them apart:
// the push loop never sends a row that has an open call, and a feed stays open until it is reported on.
//
// Facts come from developer.walmart.com/us-marketplace/docs (each comment names the page) and from Walmart's OpenAPI documents, as
// highsidelabs/walmart-api-php keeps them in resources/schemas/models/us/mp (2023-08-18).
package walmart

import (
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// batch is the most figures in one feed: Walmart's pages about feeds advise 10,000, the one for suppliers allows mostBatch
	// (suppliers/docs/async-api-throttling-limits).
	batch     = 10_000
	mostBatch = 50_000
	// details is the most rows of a report in one response: 1,000 on the pages (feed-item-status-api) and leastDetails in the OpenAPI
	// (feeds.json). The driver falls back by itself when 1,000 are refused, and takes what comes when they are cut.
	details      = 1000
	leastDetails = 50
)

// Spec is what can be set on a Walmart store.
var Spec = settings.Spec{
	Driver: "walmart",
	Help:   "A seller account in Walmart's US marketplace, for items that the merchant fulfils; the store's locations are its ship nodes.",
	Options: append([]settings.Option{
		{
			Name: "endpoint", Kind: settings.URL, Default: "https://marketplace.walmartapis.com",
			Help: "The address of the Marketplace API; Walmart's sandbox is https://sandbox.walmartapis.com.",
		},
		{Name: "client_id", Kind: settings.String, Required: true, Help: "The client ID of the API key."},
		{Name: "client_secret", Kind: settings.Secret, Required: true, Help: "The client secret of the API key, by reference."},
		{Name: "service_name", Kind: settings.String, Default: "Walmart Marketplace", Help: "What the header WM_SVC.NAME says."},
		{
			Name: "channel_type", Kind: settings.String,
			Help: "The consumer channel type that a solution provider was given, for the header WM_CONSUMER.CHANNEL.TYPE; sellers have none.",
		},
		{Name: "feeds", Kind: settings.Boolean, Default: "true", Help: "Sends many figures as feeds; false sends every figure by itself."},
		{
			Name: "feed_from", Kind: settings.Integer, Default: "200", Minimum: 1, Maximum: mostBatch,
			Help: "When more figures than this are due they go out as feeds, otherwise one by one.",
		},
		{Name: "feed_items", Kind: settings.Integer, Default: "10000", Minimum: 2, Maximum: mostBatch, Help: "The most figures in one feed."},
		{
			Name: "feeds_per_hour", Kind: settings.Integer, Default: "10", Minimum: 1, Maximum: 1000,
			Help: "How many inventory feeds Walmart takes of this seller in an hour; the check says what Walmart has set.",
		},
		{
			Name: "details_limit", Kind: settings.Integer, Default: "1000", Minimum: leastDetails, Maximum: details,
			Help: "The most rows of a feed's report in one answer.",
		},
		{
			Name: "tickets", Kind: settings.Integer, Default: "0", Minimum: 0, Maximum: 10_000,
			Help: "The most feeds that may be unreported at once; 0 means no limit.",
		},
		{
			Name: "report_after", Kind: settings.Duration, Default: "2m",
			Help: "How long after a feed was sent its report is asked for first; later questions take twice as long each, up to 15 minutes.",
		},
	}, outbound.CallOptions("1m", "the upload of a feed included")...),
}

// Driver opens Walmart stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, maxResponse, openStore) }

var (
	_ channels.Channel   = (*store)(nil)
	_ channels.Composer  = (*store)(nil)
	_ channels.Metered   = (*store)(nil)
	_ channels.Submitter = (*store)(nil)
	_ channels.Channel   = (*feedStore)(nil)
	_ channels.Poller    = (*feedStore)(nil)
)

// store is a seller account. It is safe for concurrent use.
type store struct {
	channels.Base
	login       login
	service     string
	channelType string
	feeds       bool
	feedFrom    int
	details     int
	reportAfter time.Duration
	token       *outbound.Token
}

// feedStore adds the capability that only feeds need.
type feedStore struct{ *store }

// maxResponse is the most that is read of a response, in bytes. The largest is a page of a report: 1,000 rows with up to a few
// kilobytes of errors each.
const maxResponse = 8 << 20

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	secret, err := values.Credential("client_secret", environment)
	if err != nil {
		return nil, err
	}
	base.Bounds = limits(base.Bounds, values)
	s := &store{
		Base:    base,
		login:   login{id: values.Text("client_id"), secret: secret},
		service: values.Text("service_name"), channelType: values.Text("channel_type"),
		feeds: values.Boolean("feeds"), feedFrom: int(values.Integer("feed_from")), details: int(values.Integer("details_limit")),
		reportAfter: values.Duration("report_after"),
	}
	s.token = outbound.NewToken(s.Now, s.issue)
	if s.feeds {
		return &feedStore{s}, nil
	}
	return s, nil
}

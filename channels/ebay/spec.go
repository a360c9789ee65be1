// Package ebay speaks to the Inventory API of eBay, for listings that were made with it or migrated to it.
//
// Figures go out with bulk_update_price_quantity, up to 25 SKUs in a call, with a result for each. A listing shows the lesser of two
// figures, that of the SKU and that of its offer (developer.ebay.com/api-docs/sell/static/inventory/bulk-updates.html), so both are
// set. Offers have ids of eBay's own, which are looked up by SKU. What is known of the API, and how surely, is in
// docs/channels/ebay.md.
//
// Facts come from eBay's OpenAPI document sell_inventory_v1_oas3.json, version 1.18.0, and from developer.ebay.com, as each comment
// says.
package ebay

import (
	"fmt"
	"regexp"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// batch is the most inventory items in one call (schema BulkPriceQuantity, and the guide bulk-updates.html). The text of the
	// method says that only one SKU can be updated in a call; for that there is the setting batch_limit.
	batch = 25
	// maxOffers is the most offers in one element of a call (text of bulkUpdatePriceQuantity), and of one SKU (schema Offers).
	maxOffers = 25

	// revisions is how often a listing can be revised in a calendar day (text of bulkUpdatePriceQuantity). It does not say whose day;
	// eBay counts its other limits by the day of dayZone (third parties quote developer.ebay.com/develop/get-started/api-call-limits).
	revisions = 250
	dayZone   = "America/Los_Angeles"

	// mostCalls is our own: eBay publishes a number of calls in a day, and none in a second or at once. Ten calls of which each takes a second
	// are the pace of the default rate.
	mostCalls = 10

	// maxResponse is the most of a response that is read, in bytes. The largest is a page of offers with their descriptions, which may
	// have 500,000 characters each (schema EbayOfferDetailsWithAll).
	maxResponse = 32 << 20
)

// Spec is what can be set on an eBay store.
var Spec = settings.Spec{
	Driver: "ebay",
	Help:   "A seller on one eBay marketplace, for listings of the Inventory API.",
	Options: append([]settings.Option{
		{Name: "marketplace", Kind: settings.String, Default: "EBAY_US", Help: "The marketplace whose listings are set, like EBAY_US, EBAY_GB or EBAY_DE."},
		{Name: "client_id", Kind: settings.String, Required: true, Help: "The App ID (Client ID) of the application's keyset."},
		{Name: "client_secret", Kind: settings.Secret, Required: true, Help: "The Cert ID (Client Secret) of the application's keyset, by reference."},
		{Name: "refresh_token", Kind: settings.Secret, Required: true, Help: "The refresh token that the seller's consent gave, by reference; it lives 18 months."},
		{Name: "endpoint", Kind: settings.URL, Default: "https://api.ebay.com", Help: "The address of eBay's API; https://api.sandbox.ebay.com is its sandbox."},
		{Name: "language", Kind: settings.String, Default: "en-US", Help: "The language that calls name in Content-Language, that of the marketplace, like de-DE."},
		{Name: "batch_limit", Kind: settings.Integer, Default: "25", Minimum: 1, Maximum: batch, Help: "The most SKUs in one call; 1 if eBay refuses calls of more."},
		{
			Name: "revisions", Kind: settings.Integer, Default: "250", Minimum: 1, Maximum: revisions,
			Help: "The most figures that are sent for one SKU in a day; eBay lets a listing be revised 250 times, all its variations together.",
		},
		{
			Name: "rate", Kind: settings.Integer, Default: "10", Minimum: 1, Maximum: 1000,
			Help: "The most calls per second; eBay publishes 2,000,000 a day for all stores of an application, which are 23.",
		},
	}, outbound.CallOptions("30s", "")...),
}

// Driver opens eBay stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, maxResponse, openStore) }

var (
	_ channels.Channel = (*store)(nil)
	_ channels.Finder  = (*store)(nil)
)

// store is a seller on one marketplace. It is safe for concurrent use.
type store struct {
	channels.Base
	marketplace string
	language    string
	login       login
	token       *outbound.Token
}

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	if !marketplaces.MatchString(values.Text("marketplace")) {
		return nil, fmt.Errorf("marketplace of ebay: %.80q is not a marketplace like EBAY_US", values.Text("marketplace"))
	}
	secrets, err := values.Credentials(environment, "client_secret", "refresh_token")
	if err != nil {
		return nil, err
	}
	day, err := time.LoadLocation(dayZone)
	if err != nil {
		return nil, fmt.Errorf("the time zone %s, by whose day eBay counts revisions, is not known on this machine; install its time zones (the package tzdata)",
			dayZone)
	}
	rate := float64(values.Integer("rate"))
	base.Bounds.Rate, base.Bounds.Burst, base.Bounds.Calls = rate, rate, min(int(rate), mostCalls)
	base.Bounds.Find = 1 // GET /offer takes one SKU
	base.Bounds.ItemCalls, base.Bounds.DayZone = values.Integer("revisions"), day
	s := &store{
		Base:        base,
		marketplace: values.Text("marketplace"), language: values.Text("language"),
		login: login{id: values.Text("client_id"), secret: secrets[0], refresh: secrets[1]},
	}
	s.token = outbound.NewToken(s.Now, s.issue)
	return s, nil
}

// marketplaces are the names of MarketplaceEnum, in form.
var marketplaces = regexp.MustCompile(`^EBAY_[A-Z_]+$`)

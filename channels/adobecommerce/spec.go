// Package adobecommerce speaks to Adobe Commerce and Magento Open Source by the asynchronous bulk API of Multi Source Inventory.
//
// A call is a bulk of operations, each with one figure of one source. Operations wait in a queue until the merchant's consumer process
// works on them, so the result of a call is asked for later. A report names an operation by its position in the call. An item is addressed
// by the SKU in the store's own spelling. That spelling is looked up first, because the store accepts figures for SKUs that do not exist
// without an error. There are no idempotency keys; a figure is absolute, so a bulk whose receipt was lost is sent again as it is.
//
// The files are those of every driver: spec.go says what can be set and opens the store, encode.go makes the bytes of a call, send.go
// sends them, responses.go says what the response means for each item, poll.go asks for reports, find.go looks SKUs up, check.go proves the
// settings. Comments name the page of developer.adobe.com/commerce/webapi/rest, or the PHP in magento/magento2 ("core") and
// magento/inventory ("MSI"); docs/channels/adobecommerce.md says how surely it is known.
package adobecommerce

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// mostBatch is the most operations in a bulk where input limits are switched on (reference: 5,000 for asynchronous calls, none by
	// default). The default is less, for a bulk is written to the database within one call.
	mostBatch = 5000
	// page is the most products on a page of a look-up, the most that a store with input limits allows by default (webapi/validation,
	// Maximum Page Size). SKUs that only the database takes for the same need some room beside those that were asked for.
	page     = 300
	mostFind = page / 2
	// mostCalls is the most calls at once where any number of bulks may be open; our own.
	mostCalls = 20
)

// How an item is marked when its figure is set. Without it the store keeps what it had (reference, §7: remember to send status).
const (
	byQuantity = "quantity"
	inStock    = "in_stock"
)

// Spec is what can be set on an Adobe Commerce store.
var Spec = settings.Spec{
	Driver: "adobecommerce",
	Help:   "An Adobe Commerce or Magento Open Source store (2.4 or later) with Multi Source Inventory; the store's locations are its sources.",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The store's address, like https://shop.example.com, with no /rest at its end."},
		{Name: "token", Kind: settings.Secret, Required: true, Help: "The access token of an integration, by reference."},
		{Name: "store_view", Kind: settings.String, Default: "all", Help: "The code of the store view in the API's address; all sees every product."},
		{Name: "default_source", Kind: settings.String, Default: "default", Help: "The code of the source that gets the figures of a store without locations."},
		{
			Name: "stock_status", Kind: settings.String, Default: byQuantity, Choices: []string{byQuantity, inStock},
			Help: "How items are marked: quantity marks an item out of stock at 0, in_stock marks every item in stock, for stores with backorders.",
		},
		{Name: "batch_limit", Kind: settings.Integer, Default: "1000", Minimum: 1, Maximum: mostBatch, Help: "The most figures in one bulk."},
		{Name: "find_limit", Kind: settings.Integer, Default: "100", Minimum: 1, Maximum: mostFind, Help: "The most SKUs in one look-up."},
		{
			Name: "rate", Kind: settings.Integer, Default: "2", Minimum: 1, Maximum: 1000,
			Help: "The most calls per second that the store may get; Adobe Commerce publishes no limit, its server has one.",
		},
		{Name: "tickets", Kind: settings.Integer, Default: "20", Minimum: 0, Maximum: 1000, Help: "The most bulks that may be unreported at once; 0 means no limit."},
		{
			Name: "report_after", Kind: settings.Duration, Default: "10s",
			Help: "How long after a bulk was sent its report is asked for first; later questions take twice as long each, up to 5 minutes.",
		},
	}, outbound.CallOptions("90s", "")...),
}

// Driver opens Adobe Commerce stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, 0, openStore) }

var (
	_ channels.Channel = (*store)(nil)
	_ channels.Poller  = (*store)(nil)
	_ channels.Finder  = (*store)(nil)
)

// store is an Adobe Commerce store. It is safe for concurrent use.
type store struct {
	channels.Base
	view        string // the store view, as a part of an address
	token       settings.Credential
	source      string // of items without a location
	inStock     bool   // marks every item in stock
	reportAfter time.Duration
}

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	endpoint := values.Text("endpoint")
	if err := checkAddress(endpoint); err != nil {
		return nil, err
	}
	token, err := values.Credential("token", environment)
	if err != nil {
		return nil, err
	}
	rate := float64(values.Integer("rate"))
	base.Bounds.Rate, base.Bounds.Burst = rate, 2*rate
	base.Bounds.Calls = cmp.Or(base.Bounds.Tickets, mostCalls) // as many as bulks may be open
	s := &store{
		Base: base,
		view: url.PathEscape(values.Text("store_view")), token: token,
		source: values.Text("default_source"), inStock: values.Text("stock_status") == inStock, reportAfter: values.Duration("report_after"),
	}
	if s.view == "" || s.source == "" {
		return nil, errors.New("store_view and default_source of adobecommerce must not be empty; leave them out for their defaults")
	}
	return s, nil
}

// checkAddress refuses an address where the token would go over the network in the clear, and one that is not the store's own.
func checkAddress(endpoint string) error {
	parsed, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return errors.New("endpoint of adobecommerce is not an address")
	case parsed.RawQuery != "" || parsed.Fragment != "" || strings.HasSuffix(parsed.Path, "/rest"):
		return fmt.Errorf("endpoint of adobecommerce: %q is not a store's address; give it like https://shop.example.com, without /rest, a query or a fragment",
			endpoint)
	}
	return nil
}

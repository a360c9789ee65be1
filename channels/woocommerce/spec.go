// Package woocommerce speaks to WooCommerce shops by the REST API wc/v3.
//
// Figures go out in batches, up to 100 in a call: those of products in one kind of call, those of variations in a call for each of
// their products. Every item of a batch has a verdict of its own in the response. An item is addressed by its id, which is looked up
// by SKU. There are no keys; a figure is absolute, so a call that was cut off half-way is sent again as it is.
//
// The files are those of every driver: spec.go says what can be set and opens the store, encode.go makes the bytes of a call,
// send.go sends them, responses.go says what the response means for each item, find.go looks SKUs up, compose.go sorts items into
// calls, check.go proves the settings. What the comments say of "core" was read in the PHP of woocommerce/woocommerce,
// plugins/woocommerce/includes; docs/channels/woocommerce.md says how surely the rest is known.
package woocommerce

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// batch is the most items in a call to a shop that does not say otherwise by the filter woocommerce_rest_batch_items_limit (core,
	// WC_REST_Controller::check_batch_limit).
	batch = "100"
	// page is the most products on a page of a look-up (WordPress, WP_REST_Controller::get_collection_params).
	page = 100
	// window is how many due items are sorted into calls at once: enough that the variations of a product come together.
	window = 1000

	// callsAtOnce is our own: WooCommerce works through the items of a call one after the other, in one process of a host of which nothing is
	// known, and writes to a product when one of its variations changes.
	callsAtOnce = 1

	// apiPath is where the API is below the shop's address, with any permalinks but the plain ones.
	apiPath = "/wp-json/wc/v3"
)

// What becomes of a product whose stock is not managed.
const (
	manageStock = "manage"
	blockStock  = "block"
)

// How variations are looked up.
const (
	withProducts = "products"
	separately   = "separate"
)

// Spec is what can be set on a WooCommerce shop.
var Spec = settings.Spec{
	Driver: "woocommerce",
	Help:   "A WooCommerce shop, by the REST API wc/v3.",
	Options: append([]settings.Option{
		{
			Name: "endpoint", Kind: settings.URL, Required: true,
			Help: "The shop's address, like https://shop.example.com; or that of its API, ending in /wc/v3, where that is not below /wp-json.",
		},
		{Name: "consumer_key", Kind: settings.Secret, Required: true, Help: "The consumer key of a REST API key with the permission Read/Write, by reference."},
		{Name: "consumer_secret", Kind: settings.Secret, Required: true, Help: "The consumer secret of that key, by reference."},
		{
			Name: "unmanaged", Kind: settings.String, Default: manageStock, Choices: []string{manageStock, blockStock},
			Help: "What becomes of a product whose stock WooCommerce does not manage: manage turns that on, block does not push it.",
		},
		{
			Name: "variations", Kind: settings.String, Default: withProducts, Choices: []string{withProducts, separately},
			Help: "How variations are looked up: products with the products, separate by a look-up of their own (WooCommerce 10.3 or later).",
		},
		{
			Name: "batch_limit", Kind: settings.Integer, Default: batch, Minimum: 1, Maximum: 1000,
			Help: "The most items in one call; fewer for a shop that takes too long over a call.",
		},
		{
			Name: "find_limit", Kind: settings.Integer, Default: "90", Minimum: 1, Maximum: page - 1,
			Help: "The most SKUs in one look-up; the page of its answer has 100 places, and others may resemble them.",
		},
		{
			Name: "rate", Kind: settings.Integer, Default: "2", Minimum: 1, Maximum: 1000,
			Help: "The most calls per second that the shop may get; WooCommerce itself has no limit, its host may have one.",
		},
	}, outbound.CallOptions("90s", "")...),
}

// Driver opens WooCommerce shops.
func Driver() channels.Driver { return channels.NewDriver(Spec, 0, openStore) }

var (
	_ channels.Channel  = (*store)(nil)
	_ channels.Finder   = (*store)(nil)
	_ channels.Composer = (*store)(nil)
)

// store is a WooCommerce shop. It is safe for concurrent use.
type store struct {
	channels.Base
	api      string              // the address of wc/v3
	basic    settings.Credential // what the header Authorization holds
	keyEnd   string              // the end of the consumer key, by which WooCommerce lists it
	manages  bool                // turns stock management on where it is off
	separate bool                // looks variations up apart
}

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	var err error
	rate := float64(values.Integer("rate"))
	base.Bounds.Window, base.Bounds.Calls = window, callsAtOnce
	base.Bounds.Rate, base.Bounds.Burst = rate, 2*rate
	s := &store{
		Base:    base,
		manages: values.Text("unmanaged") == manageStock, separate: values.Text("variations") == separately,
	}
	if s.separate {
		s.Bounds.Rate, s.Bounds.Burst = rate/2, rate // a look-up is two calls
	}
	if s.api, err = address(values.Text("endpoint")); err != nil {
		return nil, err
	}
	pair, err := values.Credentials(environment, "consumer_key", "consumer_secret")
	if err != nil {
		return nil, err
	}
	key := pair[0].Reveal()
	s.basic = settings.NewCredential(outbound.Basic(key, pair[1]))
	if len(key) >= shortestKey {
		s.keyEnd = key[len(key)-keyEnd:]
	}
	return s, nil
}

const (
	// keyEnd is how many characters of a consumer key WooCommerce shows in its list of keys.
	keyEnd = 7
	// shortestKey is how long a key must be for its end to say nothing of the rest; WooCommerce's have 43 characters.
	shortestKey = 20
)

// address is where the API is. The key and the secret go along with every call as they are (Basic), which core takes over HTTPS
// only (WC_REST_Authentication::authenticate), and nobody should send otherwise.
func address(endpoint string) (string, error) {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return "", errors.New("endpoint of woocommerce is not an address")
	}
	if parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", fmt.Errorf("endpoint of woocommerce: %q has a query or a fragment; give the shop's address, like https://shop.example.com", endpoint)
	}
	if strings.HasSuffix(parsed.Path, "/wc/v3") {
		return endpoint, nil
	}
	return endpoint + apiPath, nil
}

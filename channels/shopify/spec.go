// Package shopify speaks to Shopify shops by the GraphQL Admin API, version 2026-04 or later.
//
// Figures go out with inventorySetQuantities, up to 250 in a call. A call is applied as a whole or not at all; Shopify names the items
// that it does not take by their index in the call. An item is addressed by the id of its inventory item, which is looked up by SKU.
// docs/channels/shopify.md says what is known of the API, and how surely.
//
// The files are those of every driver: spec.go says what can be set and opens the store, encode.go makes the bytes of a call,
// send.go sends them, responses.go says what the response means for each item, find.go looks SKUs up, check.go proves the settings,
// token.go gets the credential. Besides: actual.go reads what the store shows after a comparison failed. The GraphQL documents
// stand in .graphql files; tests/schemas holds them to testdata/schema.graphql.
package shopify

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// maxBatch is the most elements of any input array (shopify.dev/docs/api/usage/limits, "Input limits").
	maxBatch = 250
	// maxPage is the most elements of a page, in line with the input arrays (changelog of 2019-12-13).
	maxPage = 250
	// sparePage is room on a page of a look-up for variants that resemble a SKU or share it.
	sparePage = 10

	// The bucket of the smallest plan, in points: 100 a second (shopify.dev/docs/api/usage/limits), 2,000 at once (recorded
	// of a standard shop). Every response tells the true ones.
	standardPoints, standardBucket = 100.0, 2000.0
	// mutationCost is what a mutation costs (shopify.dev/docs/api/usage/limits, "Cost calculation").
	mutationCost = 10.0

	// keyLifetime stays below the 24 hours for which Shopify keeps a key (shopify.dev/docs/api/usage/implementing-idempotency),
	// for a call takes time and clocks differ.
	keyLifetime = 23 * time.Hour
	// callsAtOnce is our own: Shopify publishes a bucket of points and no number of calls at once. With answers after 400 ms it is as many as
	// a full bucket of the Standard plan needs, and one caller among many for a shop.
	callsAtOnce = 10

	// maxResponse is the most of a response that is read, in bytes; 250 variants or errors are some 100 KB.
	maxResponse = 2 << 20

	// oldestVersion is the first that takes @idempotent and changeFromQuantity as this driver sends them (changelog "Finalizing
	// the compare-and-swap redesign").
	oldestVersion = "2026-04"
)

// What becomes of a SKU that several inventory items have.
const (
	blockDuplicates = "block"
	firstDuplicate  = "first"
)

// reasons are those that Shopify takes, as recorded of 2026-04.
var reasons = []string{
	"correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created", "movement_received", "movement_updated",
	"other", "promotion", "quality_control", "received", "reservation_created", "reservation_deleted", "reservation_updated", "restock",
	"safety_stock", "shrinkage",
}

// Spec is what can be set on a Shopify shop.
var Spec = settings.Spec{
	Driver: "shopify",
	Help:   "A Shopify shop, by the GraphQL Admin API.",
	Options: append([]settings.Option{
		{Name: "shop", Kind: settings.String, Help: "The shop's own domain, like acme.myshopify.com; needed unless there is an endpoint."},
		{Name: "endpoint", Kind: settings.URL, Help: "The address to call in place of https://SHOP, for a proxy or a test."},
		{Name: "version", Kind: settings.String, Default: "2026-10", Help: "The version of the Admin API, 2026-04 or later."},
		{Name: "token", Kind: settings.Secret, Help: "An access token of the Admin API, by reference; or else client_id and client_secret."},
		{Name: "client_id", Kind: settings.String, Help: "The client id of an app of the Dev Dashboard that is installed in the shop."},
		{Name: "client_secret", Kind: settings.Secret, Help: "The client secret of that app, by reference; tokens are asked for with it."},
		{
			Name: "location", Kind: settings.String,
			Help: "The id of the location that shows the figures of connections without locations: the number, or gid://shopify/Location/NUMBER.",
		},
		{
			Name: "compare", Kind: settings.Boolean, Default: "false",
			Help: "Lets Shopify refuse a figure when it shows another one than expected, so that changes by others are noticed.",
		},
		{
			Name: "duplicates", Kind: settings.String, Default: blockDuplicates, Choices: []string{blockDuplicates, firstDuplicate},
			Help: "What becomes of a SKU that several variants have: block pushes none of them, first the one that was made first.",
		},
		{Name: "reason", Kind: settings.String, Default: "correction", Choices: reasons, Help: "The reason that Shopify shows in the inventory history."},
		{Name: "find_limit", Kind: settings.Integer, Default: "100", Minimum: 1, Maximum: maxPage - sparePage, Help: "The most SKUs in one look-up."},
	}, outbound.CallOptions("30s", "")...),
	Rule: rule,
}

// rule is what holds between the options, and for their forms.
func rule(values settings.Values) error {
	if _, err := address(values.Text("shop"), values.Text("endpoint")); err != nil {
		return err
	}
	if version := values.Text("version"); !versions.MatchString(version) || version < oldestVersion {
		return fmt.Errorf("version of shopify: %q is not a version of the Admin API from %s on, like 2026-10", version, oldestVersion)
	}
	if location := values.Text("location"); location != "" {
		if _, err := locationID(location); err != nil {
			return fmt.Errorf("location of shopify: %w", err)
		}
	}
	hasToken, hasID, hasSecret := values.Text("token") != "", values.Text("client_id") != "", values.Text("client_secret") != ""
	switch {
	case hasToken && (hasID || hasSecret):
		return errors.New("shopify takes either the setting token or client_id with client_secret, not both")
	case !hasToken && (!hasID || !hasSecret):
		return errors.New("shopify needs a credential: the setting token, or client_id and client_secret")
	}
	return nil
}

// Driver opens Shopify shops.
func Driver() channels.Driver { return channels.NewDriver(Spec, maxResponse, openStore) }

var (
	_ channels.Channel = (*store)(nil)
	_ channels.Finder  = (*store)(nil)
)

// store is a Shopify shop. It is safe for concurrent use.
type store struct {
	channels.Base
	version    string
	app        app
	token      *outbound.Token
	location   string // a gid; empty when every item must name one
	reason     string
	duplicates string
}

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	var err error
	s := &store{
		Base:    base,
		version: values.Text("version"), reason: values.Text("reason"), duplicates: values.Text("duplicates"),
	}
	s.Bounds.Batch, s.Bounds.Calls, s.Bounds.KeyLifetime = maxBatch, callsAtOnce, keyLifetime
	s.Bounds.Rate, s.Bounds.Burst = standardPoints/mutationCost, standardBucket/mutationCost // every response tells the true ones
	s.Bounds.Compare = values.Boolean("compare")
	if s.Endpoint, err = address(values.Text("shop"), values.Text("endpoint")); err != nil {
		return nil, err
	}
	if location := values.Text("location"); location != "" {
		if s.location, err = locationID(location); err != nil {
			return nil, fmt.Errorf("location of shopify: %w", err)
		}
	}
	if err := s.authorize(values, environment); err != nil {
		return nil, err
	}
	return s, nil
}

var (
	versions = regexp.MustCompile(`^2\d{3}-\d{2}$`)
	shops    = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*\.myshopify\.com$`)
	numbers  = regexp.MustCompile(`^[0-9]{1,19}$`)
)

// address is where the shop's API is. Another domain of the shop redirects, so that it is of no use.
func address(shop, endpoint string) (string, error) {
	switch {
	case endpoint != "":
		return endpoint, nil
	case shop == "":
		return "", errors.New(`shopify needs the setting "shop": the shop's own domain, like acme.myshopify.com`)
	case !shops.MatchString(shop):
		return "", fmt.Errorf("shop of shopify: %q is not a domain like acme.myshopify.com; it is shown in the admin under Settings, Domains", shop)
	}
	return "https://" + shop, nil
}

// The kinds of ids that Shopify gives.
const (
	itemPrefix     = "gid://shopify/InventoryItem/"
	locationPrefix = "gid://shopify/Location/"
)

// locationID is the id of a location as Shopify wants it.
func locationID(location string) (string, error) {
	number := strings.TrimPrefix(location, locationPrefix)
	if !numbers.MatchString(number) {
		return "", fmt.Errorf("%.80q is not the id of a location; give its number, as it stands at the end of its address in the admin, or %sNUMBER", location,
			locationPrefix)
	}
	return locationPrefix + number, nil
}

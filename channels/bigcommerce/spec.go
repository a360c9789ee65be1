// Package bigcommerce speaks to BigCommerce stores by the V3 Inventory API.
//
// Figures go out as absolute adjustments, up to 2,000 in a call. A call is applied as a whole or not at all. BigCommerce names the items
// that it does not take in prose only; where that prose cannot be read with certainty, the driver blames no item and reports the call as
// Refused. An item is addressed by its SKU and the id of its location. There are no idempotency keys; a figure is absolute, so a call
// whose response was lost is sent again as it is. docs/channels/bigcommerce.md says what is known of the API, and how surely.
//
// The files are those of every driver: spec.go says what can be set and opens the store, encode.go makes the bytes of a call,
// send.go sends them, responses.go says what the response means for each item, compose.go sorts items into calls, check.go proves the
// settings. Besides: title.go reads the prose that names offenders.
package bigcommerce

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// maxBatch is the most rows in a call, a row being an item at a location (reference/inventory.v3.yml, "Limit of 2000 items";
	// store-operations/catalog/inventory-adjustments, "Optimizing performance").
	maxBatch = 2000
	// window is how many due items are sorted by location together: enough that locations share few calls.
	window = 5 * maxBatch
	// callsAtOnce: wait for the response before the next call (store-operations/catalog/inventory-adjustments, "Optimizing performance").
	callsAtOnce = 1
	// maxQuantity is the most of an item at a location (store-operations/catalog/inventory-adjustments, "Inventory adjustments").
	maxQuantity = 2_147_483_647
	// quotaWindow is how long a quota is for (api-docs/getting-started/api-rate-limits, "Rate limits by plan type").
	quotaWindow = 30 * time.Second
	// maxResponse is the most of a response that is read, in bytes; one that names 2,000 offenders is some 200 KB.
	maxResponse = 2 << 20
	// firstLocation is one that every store has (reference/locations.v3.yml).
	firstLocation = "1"
)

// quotas are how many calls of all apps together a store takes in a window, by plan; Plus has that of Standard
// (api-docs/getting-started/api-rate-limits, "Rate limits by plan type").
var quotas = map[string]float64{"standard": 150, "pro": 450}

// Spec is what can be set on a BigCommerce store.
var Spec = settings.Spec{
	Driver: "bigcommerce",
	Help:   "A BigCommerce store, by the V3 Inventory API.",
	Options: append([]settings.Option{
		{Name: "store_hash", Kind: settings.String, Required: true, Help: "The store's id in the API path: abc123 of https://api.bigcommerce.com/stores/abc123/v3/."},
		{Name: "token", Kind: settings.Secret, Required: true, Help: "The access token of an API account of the store, by reference."},
		{
			Name: "endpoint", Kind: settings.URL, Default: "https://api.bigcommerce.com",
			Help: "The address to call in place of BigCommerce's own, for a proxy or a test.",
		},
		{
			Name: "location", Kind: settings.Integer, Default: firstLocation, Minimum: 1, Maximum: maxQuantity,
			Help: "The id of the location that shows the figures of connections without locations.",
		},
		{
			Name: "plan", Kind: settings.String, Default: "pro", Choices: []string{"standard", "pro"},
			Help: "The store's plan, from which the first pace is taken; plus is standard. Answers tell the true one.",
		},
		{Name: "reason", Kind: settings.String, Default: "Tidemark", Help: "The reason that goes with every adjustment."},
		{
			Name: "batch_limit", Kind: settings.Integer, Default: "2000", Minimum: 1, Maximum: maxBatch,
			Help: "The most items in one call; fewer for a store that takes too long over a call.",
		},
	}, outbound.CallOptions("60s", "")...),
}

// Driver opens BigCommerce stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, maxResponse, openStore) }

var (
	_ channels.Channel  = (*store)(nil)
	_ channels.Composer = (*store)(nil)
)

// store is a BigCommerce store. It is safe for concurrent use.
type store struct {
	channels.Base
	hash     string
	api      string // the address of the store in the API, without a version
	token    settings.Credential
	location int64
	reason   string
}

var hashes = regexp.MustCompile(`^[a-zA-Z0-9]{1,40}$`)

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	token, err := values.Credential("token", environment)
	if err != nil {
		return nil, err
	}
	hash := values.Text("store_hash")
	if !hashes.MatchString(hash) {
		return nil, fmt.Errorf("store_hash of bigcommerce: %.80q is not the id of a store; it is what stands after /stores/ in the API path, like abc123", hash)
	}
	quota := quotas[values.Text("plan")]
	base.Bounds.Rate, base.Bounds.Burst = quota/quotaWindow.Seconds(), quota
	base.Bounds.Window, base.Bounds.Calls = window, callsAtOnce
	return &store{
		Base: base,
		hash: hash, api: values.Text("endpoint") + "/stores/" + hash, token: token,
		location: values.Integer("location"), reason: values.Text("reason"),
	}, nil
}

var locationIDs = regexp.MustCompile(`^[1-9][0-9]{0,9}$`)

// place is the location of an item.
func (s *store) place(item channels.Item) (int64, error) {
	if item.Location == "" {
		return s.location, nil
	}
	id, err := strconv.ParseInt(item.Location, 10, 64)
	if err != nil || !locationIDs.MatchString(item.Location) {
		return 0, fmt.Errorf("channel SKU %q: %.80q is not the id of a location of BigCommerce; give its number, as the check of the store lists it", item.ChannelSKU,
			item.Location)
	}
	return id, nil
}

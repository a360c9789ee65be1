// Package vendure speaks to the Admin API of a Vendure server (docs.vendure.io), in GraphQL.
//
// A figure becomes the stockOnHand of a variant at a stock location. What Vendure sells is less: stockOnHand − stockAllocated −
// outOfStockThreshold, where stockAllocated counts the units of orders that are not fulfilled yet. The driver does not add
// stockAllocated to what it sends: stockAllocated changes with every order and every fulfilment, a mutation cannot refer to it, and a value
// that was read earlier could offer units that are gone. Without it a store can offer too few units, but never too many.
// docs/channels/vendure.md says what a merchant does about it.
//
// What the comments say of the API was seen on a real server, @vendure/core 3.7.3 on PostgreSQL; real_test.go looks again.
package vendure

import (
	"errors"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	// maxBody is the largest body that the server reads, in bytes. To a larger one it answers 500, which tells nothing.
	maxBody = 100 << 10
	// find is the most items in one look-up. A list has at most 1,000 entries (apiOptions.adminListQueryLimit), and there may be
	// several variants with one SKU.
	find = 100
	// maxBatch keeps a call below maxBody when ids are UUIDs. The server works through a call one variant after another, in one
	// transaction, at the same speed for 100 as for 1,000, so a larger call only locks more rows for longer.
	maxBatch = 500
	// callsAtOnce is our own, for the same reason: calls beside each other lock rows of the same tables.
	callsAtOnce = 1
)

// Spec is what can be set on a Vendure store.
var Spec = settings.Spec{
	Driver: "vendure",
	Help:   "A channel of a Vendure server, 2.0 or later.",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The address of the Admin API, like https://shop.example.com/admin-api."},
		{Name: "username", Kind: settings.String, Help: "The administrator to log in as; with password, in place of api_key."},
		{Name: "password", Kind: settings.Secret, Help: "The administrator's password, by reference."},
		{Name: "api_key", Kind: settings.Secret, Help: "An API key of an administrator (Vendure 3.6 or later), by reference; in place of username and password."},
		{Name: "channel", Kind: settings.String, Help: "The token of the Vendure channel; by default the default channel."},
		{
			Name: "location", Kind: settings.String, Default: "1",
			Help: "The id of the stock location that a store without locations uses; 1 is the one that Vendure makes itself.",
		},
		{Name: "batch", Kind: settings.Integer, Default: "100", Minimum: 1, Maximum: maxBatch, Help: "The most figures in one call."},
		{
			Name: "rate", Kind: settings.Integer, Default: "2", Minimum: 1, Maximum: 1000,
			Help: "The most calls per second that the server may get; Vendure itself has no limit.",
		},
	}, outbound.CallOptions("30s", "")...),
}

// Driver opens Vendure stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, 0, openStore) }

var (
	_ channels.Channel = (*store)(nil)
	_ channels.Finder  = (*store)(nil)
)

// store is a channel of a Vendure server. It is safe for concurrent use.
type store struct {
	channels.Base
	channel  string
	location string
	username string
	password settings.Credential
	apiKey   settings.Credential
	token    *outbound.Token // nil with an API key
}

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	var err error
	rate := float64(values.Integer("rate"))
	base.Bounds.Batch, base.Bounds.Find, base.Bounds.Calls = int(values.Integer("batch")), find, callsAtOnce
	base.Bounds.Rate, base.Bounds.Burst = rate, 2*rate
	s := &store{
		Base:    base,
		channel: values.Text("channel"), location: values.Text("location"),
		username: values.Text("username"),
	}
	key, login := values.Text("api_key") != "", s.username != "" || values.Text("password") != ""
	switch {
	case key == login:
		return nil, errors.New("vendure needs either the setting api_key or the settings username and password")
	case key:
		s.apiKey, err = values.Credential("api_key", environment)
	case s.username == "" || values.Text("password") == "":
		return nil, errors.New("vendure needs the settings username and password together")
	default:
		s.token = outbound.NewToken(s.Now, s.issue)
		s.password, err = values.Credential("password", environment)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Package sandbox speaks to the stores of Tidemark's sandbox (sandbox/API.md), which come in the four kinds of answer that
// store APIs give.
//
// It is the driver to read first, and the one to copy: every driver has the same files in the same order. spec.go says what can be
// set and opens the store, encode.go makes the bytes of a call, send.go sends them, responses.go says what the response means for each
// item, poll.go asks for reports, check.go proves the settings. Transport failures and statuses that mean the same everywhere are
// Failure of channels.Base; retries, pacing and bisecting are not a driver's business.
package sandbox

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// The kinds of stores, after the shape of their answers.
const (
	atomic  = "atomic"   // all or nothing; keys, compare
	perItem = "per_item" // one verdict for each item in one response
	feed    = "feed"     // submit, poll, report; keys
	single  = "single"   // one item in a call; compare
)

// batches is the most items in one call that a store of each kind takes unless its scenario says otherwise (sandbox/API.md).
var batches = map[string]int{atomic: 250, perItem: 100, feed: 10_000, single: 1}

// keyLifetime is how long a key may be used again. The sandbox remembers keys until it ends; nobody should build on more than a day.
const keyLifetime = 24 * time.Hour

// Spec is what can be set on a sandbox store.
var Spec = settings.Spec{
	Driver: "sandbox",
	Help:   "A store of Tidemark's sandbox, to try things against.",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The store's address, like http://127.0.0.1:9470/stores/acme-shop."},
		{Name: "token", Kind: settings.Secret, Required: true, Harmless: true, Help: "The token of the scenario, by reference."},
		{
			Name: "kind", Kind: settings.String, Default: atomic, Choices: []string{atomic, perItem, feed, single},
			Help: "How the store answers; the same as in the scenario.",
		},
		{
			Name: "batch_limit", Kind: settings.Integer, Default: "0", Minimum: 0, Maximum: 10_000,
			Help: "The most items in one call; 0 is the kind's own: atomic 250, per_item 100, feed 10000, single 1.",
		},
		{Name: "rate", Kind: settings.Integer, Default: "4", Minimum: 1, Maximum: 100_000, Help: "The store's published rate, in calls per second."},
		{Name: "burst", Kind: settings.Integer, Default: "8", Minimum: 1, Maximum: 100_000, Help: "The size of the store's published bucket, in calls."},
		{
			Name: "compare", Kind: settings.Boolean, Default: "false",
			Help: "Lets the store refuse a figure when it shows another one than expected; for atomic and single.",
		},
		{
			Name: "calls_at_once", Kind: settings.Integer, Default: "1", Minimum: 1, Maximum: 100,
			Help: "The most calls that are under way at once; the sandbox takes any number.",
		},
	}, outbound.CallOptions("30s", "")...),
}

// Driver opens sandbox stores.
func Driver() channels.Driver { return channels.NewDriver(Spec, 0, openStore) }

var (
	_ channels.Channel = (*store)(nil)
	_ channels.Channel = (*feedStore)(nil)
	_ channels.Poller  = (*feedStore)(nil)
)

// store is a sandbox store of any kind. It is safe for concurrent use.
type store struct {
	channels.Base
	kind  string
	token settings.Credential
}

// feedStore adds the capability that only feeds have.
type feedStore struct{ *store }

// openStore returns the channel of a store. It makes no call.
func openStore(base channels.Base, values settings.Values, environment settings.Environment) (channels.Channel, error) {
	token, err := values.Credential("token", environment)
	if err != nil {
		return nil, err
	}
	s := &store{Base: base, kind: values.Text("kind"), token: token}
	s.Bounds.Rate, s.Bounds.Burst = float64(values.Integer("rate")), float64(values.Integer("burst"))
	s.Bounds.Compare, s.Bounds.Calls = values.Boolean("compare"), int(values.Integer("calls_at_once"))
	if s.Bounds.Batch == 0 || s.kind == single {
		s.Bounds.Batch = batches[s.kind]
	}
	if s.Bounds.Compare && s.kind != atomic && s.kind != single {
		return nil, fmt.Errorf("compare of sandbox: a store of the kind %s cannot compare; leave it out", s.kind)
	}
	if s.keyed() {
		s.Bounds.KeyLifetime = keyLifetime
	}
	if s.kind == feed {
		return &feedStore{s}, nil
	}
	return s, nil
}

// keyed is true for the kinds that honour an Idempotency-Key.
func (s *store) keyed() bool { return s.kind == atomic || s.kind == feed }

// Package shiphero reads the stock of a ShipHero account from its public GraphQL API.
//
// A smart fetch asks for the warehouse products that were updated since the last one, page by page. A full one has ShipHero
// make a snapshot, waits for it and reads its file as it comes; or, where that is set, it reads every page. What is known of the
// API, and how surely, is in docs/warehouses/shiphero.md.
//
// ShipHero's clock is never compared with ours: rows are passed on without the time of their update, and count as taken when
// the fetch began. An update that ShipHero dates by a clock that is behind would otherwise look old, and be lost.
//
// The files are those of every driver: spec.go says what can be set and opens the source, fetch.go walks through the pages and
// proves as much as can be proved, decode.go makes rows of a response, check.go proves the settings, errors.go says what an
// answer means that holds no rows. Besides: snapshot.go has a snapshot made, download.go and stream.go read its file, call.go makes
// the GraphQL calls, token.go gets their token, pace.go keeps them within ShipHero's budget, cursor.go is what is known of the fetch
// before.
package shiphero

import (
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Spec is what can be set on a ShipHero warehouse.
var Spec = settings.Spec{
	Driver: "shiphero",
	Help:   "The stock of a ShipHero account.",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Default: "https://public-api.shiphero.com", Help: "The address of the API, without /graphql."},
		{Name: "refresh_token", Kind: settings.Secret, Help: "The refresh token of a third-party developer, by reference; access tokens are asked for with it."},
		{Name: "token", Kind: settings.Secret, Help: "An access token, by reference, instead of refresh_token; it ends after 28 days."},
		{Name: "warehouse_id", Kind: settings.String, Help: "ShipHero's id of the one warehouse that is read, like V2FyZWhvdXNlOjE=; without it all are."},
		{Name: "customer_account_id", Kind: settings.String, Help: "For a 3PL, ShipHero's id of the customer whose stock is read."},
		{
			Name: "full", Kind: settings.String, Default: "snapshot", Choices: []string{"snapshot", "pages"},
			Help: "How everything is read: snapshot, ShipHero makes a file of it; pages, page by page, at a credit for each product and warehouse.",
		},
		{Name: "poll", Kind: settings.Duration, Default: "10s", Help: "How long to wait before asking again whether a snapshot is made."},
		{Name: "snapshot_timeout", Kind: settings.Duration, Default: "30m", Help: "The longest that ShipHero may take to make a snapshot."},
		{
			Name: "max_bytes", Kind: settings.Integer, Default: "4294967296", Minimum: 1, Maximum: 1 << 40,
			Help: "The largest file of a snapshot, in bytes; it is not held in memory.",
		},
		{Name: "page", Kind: settings.Integer, Default: "100", Minimum: 1, Maximum: 1000, Help: "How many products of a warehouse one call asks for."},
		{
			Name: "credits_per_second", Kind: settings.Integer, Default: "45", Minimum: 1, Maximum: 60,
			Help: "The most credits that a fetch uses a second. ShipHero restores 60 to an account; the rest is left for others.",
		},
		{
			Name: "overlap", Kind: settings.Duration, Default: "10m",
			Help: "How much further back a smart fetch asks than the last fetch, for clocks that differ and updates that show late.",
		},
	}, warehouses.CallOptions("20000", "60s", "and the longest that a download may stand still")...),
}

// Driver opens ShipHero warehouses.
func Driver() warehouses.Driver { return warehouses.NewDriver(Spec, openSource) }

var _ warehouses.Source = (*source)(nil)

// source is the stock of a ShipHero account. It is safe for concurrent use.
type source struct {
	warehouses.Base
	refresh   settings.Credential
	tokens    *outbound.Token
	warehouse string
	customer  string
	byPages   bool
	poll      time.Duration
	patience  time.Duration
	maxBytes  int64
	page      int
	perSecond int
	overlap   time.Duration
	timeout   time.Duration
	figures   *numbers.Reading // of this fetch
	files     *outbound.Stream
}

// openSource returns the source of a warehouse. It makes no call.
func openSource(base warehouses.Base, values settings.Values, environment settings.Environment) (warehouses.Source, error) {
	timeout := values.Duration("timeout")
	s := &source{
		Base:      base,
		warehouse: values.Text("warehouse_id"),
		customer:  values.Text("customer_account_id"),
		byPages:   values.Text("full") == "pages",
		poll:      values.Duration("poll"),
		patience:  values.Duration("snapshot_timeout"),
		maxBytes:  values.Integer("max_bytes"),
		page:      int(values.Integer("page")),
		perSecond: int(values.Integer("credits_per_second")),
		overlap:   values.Duration("overlap"),
		timeout:   timeout,
		files:     outbound.Streaming{Timeout: timeout, Reach: outbound.ReachOf(Spec, values, environment)}.Client(),
	}
	return s, s.authorize(values, environment)
}

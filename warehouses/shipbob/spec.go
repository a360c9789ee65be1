// Package shipbob reads the stock that ShipBob keeps for a merchant, page by page, from its REST API (versions 2025-07 to
// 2026-07).
//
// ShipBob's API has no filter for what changed, no count of all items and no time of a snapshot. So every fetch reads everything, and it
// counts as complete when the last page says that it is the last and nothing in the responses contradicts it. docs/warehouses/shipbob.md
// says what is known of the API, and how surely.
//
// The files are those of every driver: spec.go says what can be set and opens the source, fetch.go walks through the pages and
// proves as much as can be proved, decode.go makes rows of a response, check.go proves the settings, errors.go says what an
// answer means that holds no rows. Besides: pace.go keeps the calls of a fetch within ShipBob's budget.
package shipbob

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Spec is what can be set on a ShipBob warehouse.
var Spec = settings.Spec{
	Driver: "shipbob",
	Help:   "A merchant's stock at ShipBob.",
	Options: append([]settings.Option{
		{
			Name: "endpoint", Kind: settings.URL, Default: "https://api.shipbob.com/2026-07",
			Help: "The address of the API with its version; the sandbox is https://sandbox-api.shipbob.com/2026-07.",
		},
		{Name: "token", Kind: settings.Secret, Required: true, Help: "A personal access token with the scope inventory_read, by reference."},
		{
			Name: "levels", Kind: settings.String, Default: "total", Choices: []string{"total", "locations"},
			Help: "What a row is: total, the stock of a SKU in all fulfillment centers together; locations, its stock in each of them.",
		},
		{
			Name: "figure", Kind: settings.String, Default: "fulfillable", Choices: []string{"fulfillable", "sellable"},
			Help: "Which figure of ShipBob is the available one; sellable exists only with levels: total.",
		},
		{
			Name: "facility", Kind: settings.String, Default: "id", Choices: []string{"id", "name"},
			Help: "With levels: locations, what a fulfillment center is called here: id, its number (the default, for names change); or name.",
		},
		{
			Name: "sku", Kind: settings.String, Default: "sku", Choices: []string{"sku", "inventory_id"},
			Help: "What a product is known by here: sku, or inventory_id for an account whose items have no SKU.",
		},
		{
			Name: "inactive", Kind: settings.Boolean, Default: "true",
			Help: "Whether inactive items are read too. Without them the figure of an item that was made inactive stays as it was.",
		},
		{Name: "digital", Kind: settings.Boolean, Default: "false", Help: "Whether digital items are read too. They have no stock, so stores would be told 0."},
		{Name: "page", Kind: settings.Integer, Default: "250", Minimum: 1, Maximum: 1000, Help: "How many items one call asks for."},
		{
			Name: "calls_per_minute", Kind: settings.Integer, Default: "120", Minimum: 1, Maximum: 140,
			Help: "The most calls a minute. ShipBob permits 150 to a user and application; the rest is left for others.",
		},
	}, warehouses.CallOptions("10000", "30s", "")...),
}

// Driver opens ShipBob warehouses.
func Driver() warehouses.Driver { return warehouses.NewDriver(Spec, openSource) }

var _ warehouses.Source = (*source)(nil)

// source is a merchant's stock at ShipBob. It is safe for concurrent use.
type source struct {
	warehouses.Base
	token    settings.Credential
	form     form
	inactive bool
	digital  bool
	page     int
	every    time.Duration // between two calls
}

// openSource returns the source of a warehouse. It makes no call.
func openSource(base warehouses.Base, values settings.Values, environment settings.Environment) (warehouses.Source, error) {
	made := form{
		locations: values.Text("levels") == "locations",
		sellable:  values.Text("figure") == "sellable",
		byName:    values.Text("facility") == "name",
		byID:      values.Text("sku") == "inventory_id",
	}
	if made.locations && made.sellable {
		return nil,
			errors.New("figure of shipbob: ShipBob tells the sellable figure only for all fulfillment centers together; set levels: total, or figure: fulfillable")
	}
	token, err := values.Credential("token", environment)
	if err != nil {
		return nil, err
	}
	return &source{
		Base:     base,
		token:    token,
		form:     made,
		inactive: values.Boolean("inactive"),
		digital:  values.Boolean("digital"),
		page:     int(values.Integer("page")),
		every:    time.Minute / time.Duration(values.Integer("calls_per_minute")),
	}, nil
}

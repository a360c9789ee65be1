// Package sandbox reads the warehouses of Tidemark's sandbox (sandbox/API.md), page by page.
//
// It is the driver to read first, and the one to copy for a warehouse with an API: every driver has the same files in the
// same order. spec.go says what can be set and opens the source, fetch.go walks through the pages and proves that they are the
// whole, decode.go makes rows of a response, check.go proves the settings, errors.go says what a response means that holds no
// rows. Transport failures and statuses that mean the same everywhere are warehouses.Failure; retrying and waiting are not a
// driver's business.
package sandbox

import (
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Spec is what can be set on a sandbox warehouse.
var Spec = settings.Spec{
	Driver: "sandbox",
	Help:   "A warehouse of Tidemark's sandbox, to try things against.",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The warehouse's address, like http://127.0.0.1:9470/warehouses/portland."},
		{Name: "token", Kind: settings.Secret, Required: true, Harmless: true, Help: "The token of the scenario, by reference."},
		{Name: "page", Kind: settings.Integer, Default: "1000", Minimum: 1, Maximum: 5000, Help: "How many rows one call asks for."},
	}, warehouses.CallOptions("10000", "30s", "")...),
}

// Driver opens sandbox warehouses.
func Driver() warehouses.Driver { return warehouses.NewDriver(Spec, openSource) }

var _ warehouses.Source = (*source)(nil)

// source is a sandbox warehouse. It is safe for concurrent use.
type source struct {
	warehouses.Base
	token   settings.Credential
	page    int
	figures *numbers.Reading // of this fetch
}

// openSource returns the source of a warehouse. It makes no call.
func openSource(base warehouses.Base, values settings.Values, environment settings.Environment) (warehouses.Source, error) {
	token, err := values.Credential("token", environment)
	if err != nil {
		return nil, err
	}
	return &source{
		Base:  base,
		token: token,
		page:  int(values.Integer("page")),
	}, nil
}

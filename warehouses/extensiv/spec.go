// Package extensiv reads the stock that a 3PL keeps in Extensiv 3PL Warehouse Manager (once 3PL Central), from its REST API.
//
// Extensiv says how many rows a list has, so a fetch counts as complete when that many came. Stock summaries have a row for each item and
// facility, and are read as they are. Stock details have a row for each lot; this package adds the lots up, and says in the Place of each
// row that its figure is such a sum. docs/warehouses/extensiv.md says what is known of the API, and how surely.
//
// The files are those of every driver: spec.go says what can be set and opens the source, fetch.go walks through the pages and
// proves that they are the whole, decode.go makes rows of a response, check.go proves the settings, errors.go says what an
// answer means that holds no rows. Besides: details.go adds up lots, token.go gets the token of the calls.
package extensiv

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Spec is what can be set on an Extensiv warehouse.
var Spec = settings.Spec{
	Driver: "extensiv",
	Help:   "The stock that a 3PL keeps in Extensiv 3PL Warehouse Manager (3PL Central).",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Default: "https://secure-wms.com", Help: "The address of the API."},
		{Name: "client_id", Kind: settings.String, Required: true, Help: "The client id that the 3PL made."},
		{Name: "client_secret", Kind: settings.Secret, Required: true, Help: "Its secret, by reference."},
		{Name: "user_login_id", Kind: settings.String, Help: "The number of the user that the calls are made for; this or user_login is needed."},
		{Name: "user_login", Kind: settings.String, Help: "The name of that user."},
		{Name: "tpl", Kind: settings.String, Help: "The GUID of the 3PL, for older credentials that need it, like {1ddbea91-…}."},
		{
			Name: "customer_id", Kind: settings.Integer, Minimum: 1, Maximum: 1 << 53,
			Help: "Extensiv's number of the customer whose stock is read; without it, all that the credential may see.",
		},
		{
			Name: "facilities", Kind: settings.Map,
			Help: "The facilities that are read, by Extensiv's number, and what each is called here: {\"1\": east}. Without it all are, and are called by their " +
				"number.",
		},
		{Name: "levels", Kind: settings.String, Default: "summaries", Choices: []string{"summaries", "details"}, Help: "What is read: summaries, Extensiv's own " +
			"figures for each item and facility; details, its lots, which are added up. Details need customer_id and facilities."},
		{Name: "held", Kind: settings.Boolean, Default: "false", Help: "With levels: details, whether what is on hold or in quarantine counts as available."},
		{
			Name: "sku", Kind: settings.String, Default: "sku", Choices: []string{"sku", "item_id"},
			Help: "What an item is known by here: its sku, or Extensiv's number of it.",
		},
		{Name: "qualifier", Kind: settings.String, Default: "ignore", Choices: []string{"ignore", "append"}, Help: "What is done with the qualifier of an item: " +
			"append makes the SKU A-RED of A and RED; ignore makes several rows of one SKU, which summaries then refuse."},
		{
			Name: "decimals", Kind: settings.Boolean, Default: "true",
			Help: "Whether figures may be written with decimals that are all 0, like 4.0; 4.5 is refused always.",
		},
		{Name: "since", Kind: settings.String, Help: "With levels: summaries, the property that tells when a row changed, like readonly.lastModifiedDate, if the " +
			"API has one; a smart fetch then asks only for what changed."},
		{
			Name: "overlap", Kind: settings.Duration, Default: "24h",
			Help: "How much further back a smart fetch asks than the last fetch. Extensiv's times do not name their zone.",
		},
		{Name: "page", Kind: settings.Integer, Default: "500", Minimum: 1, Maximum: 500, Help: "How many rows one call asks for."},
		{Name: "pause", Kind: settings.Duration, Default: "250ms", Help: "How long to wait between two calls of a fetch. Extensiv publishes no limit."},
	}, warehouses.CallOptions("10000", "60s", "")...),
}

// Driver opens Extensiv warehouses.
func Driver() warehouses.Driver { return warehouses.NewDriver(Spec, openSource) }

var _ warehouses.Source = (*source)(nil)

// source is stock in Extensiv. It is safe for concurrent use.
type source struct {
	warehouses.Base
	login      login
	tokens     *outbound.Token
	customer   int64             // 0 for all
	facilities map[string]string // names by number; nil for all
	numbers    []string          // of the facilities, in order
	form       form
	details    bool
	since      string
	overlap    time.Duration
	page       int
	pause      time.Duration
}

// property is a property in Extensiv's query language.
var property = regexp.MustCompile(`^[A-Za-z][A-Za-z.]{0,79}$`)

// openSource returns the source of a warehouse. It makes no call.
func openSource(base warehouses.Base, values settings.Values, environment settings.Environment) (warehouses.Source, error) {
	s := &source{
		Base:       base,
		customer:   values.Integer("customer_id"),
		facilities: values.Map("facilities"),
		form: form{
			byID:     values.Text("sku") == "item_id",
			append:   values.Text("qualifier") == "append",
			decimals: values.Boolean("decimals"),
			held:     values.Boolean("held"),
		},
		details: values.Text("levels") == "details",
		since:   values.Text("since"),
		overlap: values.Duration("overlap"),
		page:    int(values.Integer("page")),
		pause:   values.Duration("pause"),
	}
	s.form.details, s.form.facilities = s.details, s.facilities
	if len(s.facilities) == 0 {
		s.facilities, s.form.facilities = nil, nil
	}
	s.numbers = slices.Sorted(maps.Keys(s.facilities))
	for _, number := range s.numbers {
		if read, err := strconv.ParseInt(number, 10, 64); err != nil || read < 1 || s.facilities[number] == "" {
			return nil, fmt.Errorf("facilities of extensiv: expected Extensiv's number of a facility and its name here, like {\"1\": east}; found %q", number)
		}
	}
	switch {
	case s.details && (s.customer == 0 || len(s.numbers) == 0):
		return nil,
			errors.New("levels of extensiv: Extensiv tells details only of one customer in one facility; set customer_id and facilities, or levels: summaries")
	case s.since != "" && s.details:
		return nil, errors.New("since of extensiv: a part of the lots says nothing of their sum; set levels: summaries, or leave since out")
	case s.since != "" && !property.MatchString(s.since):
		return nil, errors.New("since of extensiv: expected a property like readonly.lastModifiedDate")
	}
	return s, s.authorize(values, environment)
}

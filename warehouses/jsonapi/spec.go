// Package jsonapi reads the stock of a warehouse with a JSON API that the settings describe: the driver "json", for warehouses
// that have no driver of their own.
//
// The settings say where the list of items stands in a response, where an item's fields stand in it, how the next page is asked
// for and how the end is known. Nothing of this is guessed, for a wrong guess would put wrong numbers on stores: a figure is read
// where the settings say, or the row is refused.
//
// The files are those of every driver: spec.go says what can be set and opens the source, fetch.go walks through the pages and
// proves that they are the whole, decode.go makes rows of a response, check.go proves the settings, errors.go says what an
// answer means that holds no rows. Besides: form.go reads what the settings say of a response, paths.go finds things in an
// object, times.go reads and writes times, cursor.go is what is known of the fetch before.
package jsonapi

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Spec is what can be set on a warehouse with a JSON API.
var Spec = settings.Spec{
	Driver: "json",
	Help:   "A warehouse with a JSON API that the settings describe.",
	Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The address that is read (GET), without a query."},
		{Name: "query", Kind: settings.Map, Help: "Parameters of every call, by name; not for credentials."},
		{Name: "headers", Kind: settings.Map, Help: "Headers of every call, by name; not for credentials."},
		{
			Name: "auth", Kind: settings.String, Default: "none", Choices: []string{"none", "bearer", "basic", "header"},
			Help: "How the credential is sent: bearer or basic, in the header Authorization; header, as it is in the header auth_header.",
		},
		{Name: "credential", Kind: settings.Secret, Help: "The token, password or key, by reference."},
		{Name: "user", Kind: settings.String, Help: "For auth: basic, the user."},
		{Name: "auth_header", Kind: settings.String, Default: "X-Api-Key", Help: "For auth: header, its name."},
		{
			Name: "items", Kind: settings.String, Default: "items",
			Help: "The path to the list of items in an answer, like data.stock; \"\" when the answer is the list.",
		},
		{Name: "fields", Kind: settings.Map, Help: "The paths within an item to sku (sku unless it is set), available (available unless it is set), facility, " +
			"on_hand, committed and reported_at. A path of \"\" means that there is none."},
		{Name: "facility", Kind: settings.String, Help: "The facility of every item, when there is no path to it."},
		{Name: "figures_as_text", Kind: settings.Boolean, Default: "false", Help: "Whether figures may be written as text, like \"12\"."},
		{
			Name: "time_layout", Kind: settings.String, Default: "rfc3339",
			Help: "How reported_at and as_of are written: rfc3339, unix, unix_ms, or the moment 2006-01-02 15:04:05 in your form (\"02.01.2006 15:04\").",
		},
		{Name: "timezone", Kind: settings.String, Default: "UTC", Help: "The time zone of times that do not name theirs, like Europe/Berlin."},
		{
			Name: "paging", Kind: settings.String, Default: "none", Choices: []string{"none", "page", "offset", "cursor", "next"},
			Help: "How the next page is asked for: none, one answer holds everything; page, by its number; offset, by how many items come before it; cursor, by a " +
				"text of the page before; next, by an address of the page before.",
		},
		{Name: "page_param", Kind: settings.String, Help: "The parameter for the page, offset or cursor; it has the name of the paging unless it is set."},
		{Name: "first_page", Kind: settings.Integer, Default: "1", Minimum: 0, Maximum: 1, Help: "For paging: page, the number of the first page."},
		{Name: "size_param", Kind: settings.String, Help: "The parameter for how many items a page should have; it is not sent unless it is set."},
		{Name: "page", Kind: settings.Integer, Default: "1000", Minimum: 1, Maximum: 10_000, Help: "How many items one call asks for, with size_param."},
		{
			Name: "next", Kind: settings.String, Default: "next",
			Help: "For paging: cursor or next, the path to the cursor or address of the next page. Null or \"\" there is the end.",
		},
		{
			Name: "next_omitted", Kind: settings.Boolean, Default: "false",
			Help: "Whether the last page may leave the path next out. Set it only if the API does so, for then a renamed member looks like the end.",
		},
		{Name: "more", Kind: settings.String, Help: "For paging: page or offset, the path to true or false: whether there are more pages. Without it, and without " +
			"total, pages are read until one is empty."},
		{Name: "total", Kind: settings.String, Help: "The path to the count of all items. Where there is one, a snapshot with fewer or more is not believed."},
		{
			Name: "as_of", Kind: settings.String,
			Help: "The path to the time at which the answer's figures were taken; the same on every page. An older snapshot than the recorded one is then not " +
				"believed.",
		},
		{Name: "as_of_header", Kind: settings.String, Help: "Instead of as_of: the header of the answers that says when their figures were made, like " +
			"Last-Modified; of several pages the earliest counts. Date only where answers are made when they are asked for."},
		{Name: "since_param", Kind: settings.String, Help: "The parameter that asks for what changed since a time. Without it every fetch reads everything."},
		{Name: "since_layout", Kind: settings.String, Default: "rfc3339", Help: "How since_param is written, as for time_layout."},
		{
			Name: "overlap", Kind: settings.Duration, Default: "5m",
			Help: "How much further back since_param goes than the last fetch, for clocks that differ and changes that show late.",
		},
		{
			Name: "pause", Kind: settings.Duration, Default: "0s",
			Help: "How long to wait between two calls of a fetch, for an API that permits so many calls a minute (1s is 60).",
		},
		{
			Name: "max_bytes", Kind: settings.Integer, Default: "16777216", Minimum: 1, Maximum: 1 << 30,
			Help: "The largest answer that is read, in bytes; it is held in memory.",
		},
	}, warehouses.CallOptions("10000", "30s", "")...),
}

// Driver opens warehouses with a JSON API.
func Driver() warehouses.Driver { return warehouses.NewDriver(Spec, openSource) }

var _ warehouses.Source = (*source)(nil)

// source is a warehouse with a JSON API. It is safe for concurrent use.
type source struct {
	warehouses.Base
	headers    http.Header
	auth       auth
	query      url.Values
	form       form
	paging     paging
	since      since
	asOfHeader string // empty when none is looked at
	pause      time.Duration
}

// openSource returns the source of a warehouse. It makes no call.
func openSource(base warehouses.Base, values settings.Values, environment settings.Environment) (warehouses.Source, error) {
	var err error
	base.Client = outbound.NewClient(outbound.Limits{
		Timeout: values.Duration("timeout"), Bytes: values.Integer("max_bytes"), Reach: outbound.ReachOf(Spec, values, environment),
	})
	s := &source{
		Base:  base,
		pause: values.Duration("pause"),
	}
	if s.auth, err = newAuth(values, environment); err != nil {
		return nil, err
	}
	if s.headers, err = newHeaders(values); err != nil {
		return nil, err
	}
	if s.form, err = newForm(values); err != nil {
		return nil, err
	}
	if s.paging, err = newPaging(values); err != nil {
		return nil, err
	}
	if s.since, err = newSince(values); err != nil {
		return nil, err
	}
	if s.asOfHeader = values.Text("as_of_header"); s.asOfHeader != "" && s.form.paths[partAsOf] != "" {
		return nil, errors.New("as_of and as_of_header of json exclude each other; set one of them")
	}
	s.query, err = newQuery(values)
	return s, err
}

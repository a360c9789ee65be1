package jsonapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// The fields of a row, as they are named in the setting fields.
const (
	fieldSKU        = "sku"
	fieldFacility   = "facility"
	fieldAvailable  = "available"
	fieldOnHand     = "on_hand"
	fieldCommitted  = "committed"
	fieldReportedAt = "reported_at"
)

var fields = []string{fieldSKU, fieldFacility, fieldAvailable, fieldOnHand, fieldCommitted, fieldReportedAt}

// What is read of a response besides its items. The names are those of the settings.
const (
	partItems = "items"
	partNext  = "next"
	partMore  = "more"
	partTotal = "total"
	partAsOf  = "as_of"
)

// form is where things stand in a response.
type form struct {
	whole    bool              // the response is the list of items
	paths    map[string]string // of parts and fields, as they were set; only those that are read
	response *tree             // parts
	item     *tree             // fields
	facility string            // of every item
	asText   bool
	figures  *numbers.Reading // of this fetch
	times    layout
}

func newForm(values settings.Values) (form, error) {
	f := form{
		whole: values.Text(partItems) == "", facility: values.Text("facility"), asText: values.Boolean("figures_as_text"),
		paths: map[string]string{}, response: &tree{}, item: &tree{}, figures: numbers.New(values).Reading(),
	}
	paths := map[string]string{fieldSKU: fieldSKU, fieldAvailable: fieldAvailable}
	for field, path := range values.Map("fields") {
		if !slices.Contains(fields, field) {
			return f, fmt.Errorf("fields of json: %q is not one of %s", field, strings.Join(fields, ", "))
		}
		paths[field] = path
	}
	switch {
	case paths[fieldSKU] == "":
		return f, errors.New("fields of json: there must be a path to sku")
	case paths[fieldAvailable] == "" && paths[fieldOnHand] == "":
		return f, errors.New("fields of json: there must be a path to available, or to on_hand")
	case paths[fieldFacility] != "" && f.facility != "":
		return f, errors.New("facility and fields: facility of json exclude each other; set one of them")
	}
	if f.facility != "" {
		if err := inventory.CheckSKU("facility", f.facility); err != nil {
			return f, fmt.Errorf("facility of json: %w", err)
		}
	}
	for _, field := range fields {
		if err := f.place(f.item, field, paths[field]); err != nil {
			return f, err
		}
	}
	parts := []string{partItems, partTotal, partAsOf}
	switch values.Text("paging") {
	case pagingPage, pagingOffset:
		parts = append(parts, partMore)
	case pagingCursor, pagingNext:
		parts = append(parts, partNext)
	}
	for _, part := range parts {
		if part != partItems && f.whole && values.Text(part) != "" {
			return f, fmt.Errorf("%s of json: there is no path to it when the answer is the list of items (items: \"\")", part)
		}
		if err := f.place(f.response, part, values.Text(part)); err != nil {
			return f, err
		}
	}
	var err error
	f.times, err = newLayout(values, "time_layout")
	return f, err
}

// place notes where something stands; nowhere when the path is empty.
func (f *form) place(into *tree, name, path string) error {
	if path == "" {
		return nil
	}
	if err := into.add(path, name); err != nil {
		return fmt.Errorf("%s of json: %w", name, err)
	}
	f.paths[name] = path
	return nil
}

// The ways to ask for the next page.
const (
	pagingNone   = "none"
	pagingPage   = "page"
	pagingOffset = "offset"
	pagingCursor = "cursor"
	pagingNext   = "next"
)

// paging is how the next page is asked for.
type paging struct {
	by          string
	param       string
	first       int
	sizeParam   string
	size        int
	nextOmitted bool
}

func newPaging(values settings.Values) (paging, error) {
	p := paging{
		by: values.Text("paging"), param: values.Text("page_param"), first: int(values.Integer("first_page")),
		sizeParam: values.Text("size_param"), size: int(values.Integer("page")), nextOmitted: values.Boolean("next_omitted"),
	}
	if p.param == "" {
		p.param = p.by
	}
	if (p.by == pagingCursor || p.by == pagingNext) && values.Text(partNext) == "" {
		return p, fmt.Errorf("next of json: paging: %s needs the path to the next page", p.by)
	}
	return p, nil
}

// since is how an API is asked for what changed.
type since struct {
	param   string // empty when it cannot be asked
	layout  layout
	overlap time.Duration
}

func newSince(values settings.Values) (since, error) {
	layout, err := newLayout(values, "since_layout")
	return since{param: values.Text("since_param"), layout: layout, overlap: values.Duration("overlap")}, err
}

// newQuery makes the part of the query that every call of a fetch has.
func newQuery(values settings.Values) (url.Values, error) {
	if strings.ContainsAny(values.Text("endpoint"), "?#") {
		return nil, errors.New("endpoint of json: give the address without a query, and the parameters in the setting query")
	}
	query := url.Values{}
	for name, value := range values.Map("query") {
		query.Set(name, value)
	}
	paged := values.Text("page_param")
	if by := values.Text("paging"); paged == "" && by != pagingNone && by != pagingNext {
		paged = by
	}
	size := values.Text("size_param")
	used := map[string]bool{}
	for _, param := range []string{paged, size, values.Text("since_param")} {
		if param != "" && (used[param] || query.Has(param)) {
			return nil, fmt.Errorf("query of json: the parameter %q is set twice, among query, page_param, size_param and since_param", param)
		}
		used[param] = true
	}
	if size != "" {
		query.Set(size, strconv.FormatInt(values.Integer("page"), 10))
	}
	return query, nil
}

// auth is how the credential is sent.
type auth struct {
	by         string
	header     string
	user       string
	credential settings.Credential
}

func newAuth(values settings.Values, environment settings.Environment) (auth, error) {
	a := auth{by: values.Text("auth"), header: values.Text("auth_header"), user: values.Text("user")}
	given := values.Reference("credential") != ""
	switch {
	case a.by == "none" && given:
		return a, errors.New("auth of json: it is none, and there is a credential; say how it is sent: bearer, basic or header")
	case a.by == "none":
		return a, nil
	case !given:
		return a, fmt.Errorf("credential of json: auth: %s needs one, by reference", a.by)
	case a.by == "basic" && (a.user == "" || strings.Contains(a.user, ":")):
		return a, errors.New("user of json: auth: basic needs a user, without a colon")
	case a.by == "header" && !headerName.MatchString(a.header):
		return a, fmt.Errorf("auth_header of json: %q is not the name of a header", a.header)
	}
	var err error
	a.credential, err = values.Credential("credential", environment)
	return a, err
}

// add adds the credential to the headers of a call.
func (a auth) add(header http.Header) {
	switch a.by {
	case "bearer":
		header.Set("Authorization", "Bearer "+a.credential.Reveal())
	case "basic":
		header.Set("Authorization", outbound.Basic(a.user, a.credential))
	case "header":
		header.Set(a.header, a.credential.Reveal())
	}
}

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// newHeaders makes the headers of every call, but for the credential.
func newHeaders(values settings.Values) (http.Header, error) {
	// Something between us that answers from memory is asked not to.
	header := http.Header{"Accept": {"application/json"}, "Cache-Control": {"no-cache"}}
	for name, value := range values.Map("headers") {
		switch canonical := http.CanonicalHeaderKey(name); {
		case !headerName.MatchString(name):
			return nil, fmt.Errorf("headers of json: %q is not the name of a header", name)
		case canonical == "Authorization", canonical == "Proxy-Authorization", canonical == "Cookie",
			canonical == http.CanonicalHeaderKey(values.Text("auth_header")):
			return nil, fmt.Errorf("headers of json: %s holds a credential, which is given by reference; set auth and credential", canonical)
		default:
			header.Set(canonical, value)
		}
	}
	return header, nil
}

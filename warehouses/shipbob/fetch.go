package shipbob

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// Fetch reads all levels. ShipBob tells no changes, so Request.Everything changes nothing.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s = s.afresh(request.Report)
	turns := pace{every: s.every, now: s.Now, wait: s.Wait}
	read := trail{query: s.query(), cursors: map[string]bool{}}
	cursor := request.Cursor
	var asOf time.Time
	var memory []inventory.Row
	for number := 1; number <= s.MaxPages; number++ {
		if err := turns.take(ctx); err != nil {
			return warehouses.Snapshot{}, err
		}
		p, header, err := s.levels(ctx, number, read.query, memory)
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		turns.heed(header)
		if number == 1 {
			if cursor, asOf, err = s.date(request.Cursor, header); err != nil {
				return warehouses.Snapshot{}, err
			}
		}
		if err := s.prove(number, p, &read); err != nil {
			return warehouses.Snapshot{}, err
		}
		if err := warehouses.Pass(ctx, p.rows, sink); err != nil {
			return warehouses.Snapshot{}, err
		}
		if p.next == "" {
			if err := s.finish(read); err != nil {
				return warehouses.Snapshot{}, err
			}
			return warehouses.Snapshot{Full: true, Rows: read.rows, AsOf: asOf, Cursor: cursor, From: s.Endpoint + s.path()}, nil
		}
		memory = p.rows
		read.query = s.following(p.next)
	}
	return warehouses.Snapshot{}, s.Endless("page")
}

// trail is what was read of a fetch so far. It does not grow with the rows, only by a number or two for each page.
type trail struct {
	query   url.Values      // of the page that is read
	cursors map[string]bool // queries of the pages that were asked for
	items   warehouses.Overlap[int64]
	rows    int
	given   given
}

// afresh is the source with a reading of figures of its own, for one fetch.
func (s *source) afresh(report *warehouses.Collector) *source {
	again := *s
	again.form.figures = s.Reading(report, s.used())
	return &again
}

// prove checks that a page continues the ones before it, and that one that says that it is the last is not contradicted.
//
// Items are not counted by ShipBob, and its list is not frozen while it is read. An item that is new, or gone, shifts those
// behind it: one that moves on to the next page is then seen twice, which is noticed here; one that moves back is not seen,
// and counts as missing.
func (s *source) prove(number int, p page, read *trail) error {
	read.cursors[key(read.query)] = true
	switch {
	case p.next != "" && p.items == 0:
		return s.Unbelieved(warehouses.Page(number), "it is empty, and not the last page")
	case p.next != "" && read.cursors[key(s.following(p.next))]:
		return s.Unbelieved(warehouses.Page(number), "its next leads back to a page that was read already")
	case p.next == "" && number > 1 && p.last != "" && key(s.following(p.last)) != key(read.query):
		return s.Unbelieved(warehouses.Page(number), "it has no next page, and says that another page is the last")
	}
	if moved := read.items.Moved(p.ids, func(id int64) string { return fmt.Sprintf("item %d", id) }); moved != "" {
		return s.Unbelieved(warehouses.Page(number), "%s", moved)
	}
	read.rows += len(p.rows)
	read.given = read.given.and(p.given)
	return nil
}

// finish checks what only the whole can tell: a member that no item has was renamed.
func (s *source) finish(read trail) error {
	names := s.form.names()
	return s.Renamed(read.rows, "check the version in the endpoint; ",
		warehouses.Member{Name: names.sku, Given: read.given.sku}, warehouses.Member{Name: names.available, Given: read.given.available})
}

// sourceCursor is when ShipBob's last recorded answer was made. It has no number and no time of its own for a snapshot.
type sourceCursor struct {
	Dated time.Time `json:"dated"`
}

// date returns the source cursor of a fetch whose first response has a header, and when that response was made (warehouses.Base.Dated). Without a date the
// cursor stays the known one.
func (s *source) date(sku string, header http.Header) (cursor string, asOf time.Time, err error) {
	var before sourceCursor
	if json.Unmarshal([]byte(sku), &before) != nil {
		before = sourceCursor{}
	}
	dated, err := s.Dated(before.Dated, header, "ShipBob")
	switch {
	case err != nil:
		return "", time.Time{}, err
	case dated.IsZero():
		return sku, dated, nil
	}
	return warehouses.WriteCursor(sourceCursor{Dated: dated}), dated, nil
}

// path is that of the list that is read.
func (s *source) path() string {
	if s.form.locations {
		return "/inventory-level/locations"
	}
	return "/inventory-level"
}

// query is that of the first page.
func (s *source) query() url.Values {
	query := url.Values{"PageSize": {strconv.Itoa(s.page)}}
	if !s.inactive {
		query.Set("IsActive", "true")
	}
	if !s.digital {
		query.Set("IsDigital", "false")
	}
	return query
}

// following is the query of a page that a response leads to. Only the query of its address is used: the documentation says
// that next is a URL, callers report a path (and not always the one that was called), and the credential goes nowhere but to
// the endpoint. What was asked for at first is added where the address leaves it out.
func (s *source) following(next string) url.Values {
	_, text, _ := strings.Cut(next, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		query = url.Values{}
	}
	for name, values := range s.query() {
		if !has(query, name) {
			query[name] = values
		}
	}
	return query
}

// key is the same for queries that ask for the same.
func key(query url.Values) string {
	folded := url.Values{}
	for name, values := range query {
		folded[strings.ToLower(name)] = values
	}
	return folded.Encode()
}

// has is true when a query has a parameter, in whatever case: to ShipBob they are the same.
func has(query url.Values, name string) bool {
	for given := range query {
		if strings.EqualFold(given, name) {
			return true
		}
	}
	return false
}

// levels asks for one page.
func (s *source) levels(ctx context.Context, number int, query url.Values, memory []inventory.Row) (page, http.Header, error) {
	response, err := s.get(ctx, s.path()+"?"+query.Encode())
	if err != nil {
		return page{}, nil, err
	}
	p, err := decodePage(response.Body, number, s.form, memory)
	if err != nil {
		return page{}, nil, s.Unbelieved(warehouses.Page(number), "%v", err)
	}
	return p, response.Header, nil
}

// get makes one call and returns only answers with status 200.
func (s *source) get(ctx context.Context, path string) (outbound.Response, error) {
	response, err := s.Client.Do(ctx, http.MethodGet, s.Endpoint+path, outbound.Bearer(s.token), nil)
	if after := response.Header.Get("X-Retry-After"); after != "" { // ShipBob's name of it
		response.Header.Set("Retry-After", after)
	}
	return warehouses.Judge(ctx, s.ID, response, err, s.Now(), s.refused)
}

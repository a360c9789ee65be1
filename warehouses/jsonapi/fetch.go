package jsonapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// Fetch reads everything, or what changed since the source cursor where the API can be asked for it.
//
// The same level twice is passed on twice, for the API does not say which one counts; the ledger refuses both, and the level
// keeps its recorded value.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s = s.afresh(request.Report)
	began, cursor := s.Now(), warehouses.ReadCursor[sourceCursor](&s.Base, request.Cursor)
	full := s.since.param == "" || request.Everything || cursor.At.IsZero()
	read := trail{base: s.base(full, cursor), given: map[string]bool{}, prints: map[uint64]bool{}, cursors: map[string]bool{}}
	values := s.firstPage(read.base)
	var memory []inventory.Row
	for number := 1; number <= s.MaxPages; number++ {
		if number > 1 && s.pause > 0 {
			if err := s.Wait(ctx, s.pause); err != nil {
				return warehouses.Snapshot{}, err
			}
		}
		p, err := s.levels(ctx, number, values, memory)
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		last, err := s.prove(number, p, &read, cursor)
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		if err := warehouses.Pass(ctx, p.rows, sink); err != nil {
			return warehouses.Snapshot{}, err
		}
		if last {
			return s.finish(read, full, request.Cursor, began)
		}
		memory = p.rows
		values = s.following(number, p, read)
	}
	return warehouses.Snapshot{}, s.Endless("ask for larger pages")
}

// trail is what was read of a fetch so far. It does not grow with the rows, only by a number or two for each page.
type trail struct {
	base    url.Values // what every page is asked with
	first   page       // without its rows
	dated   time.Time  // the earliest of the pages
	rows    int64
	given   map[string]bool
	prints  map[uint64]bool
	cursors map[string]bool
}

// afresh is the source with a reading of figures of its own, for one fetch.
func (s *source) afresh(report *warehouses.Collector) *source {
	again := *s
	again.form.figures = s.Reading(report, s.used())
	return &again
}

// prove checks that a page continues the ones before it, and tells whether it is the last one. The last one must complete what
// was promised.
func (s *source) prove(number int, p page, read *trail, cursor sourceCursor) (last bool, err error) {
	if number == 1 {
		read.first = page{total: p.total, asOf: p.asOf}
	}
	if number == 1 || p.dated.Before(read.dated) {
		read.dated = p.dated
	}
	read.rows += int64(len(p.rows))
	for field := range p.given {
		read.given[field] = true
	}
	counted := s.form.paths[partTotal] != ""
	last = s.isLast(p, *read)
	switch {
	case s.paging.leads() && !p.given[partNext] && !s.paging.nextOmitted:
		return false, warehouses.NeedsPerson(nil, "warehouse %s, page %d: there is nothing at the path %s, which is next; if the API leaves it out on the last "+
			"page, set next_omitted: true", s.ID, number, s.form.paths[partNext])
	case cursor.AsOf && s.form.paths[partAsOf] != "" && p.asOf.Before(cursor.At):
		return false, s.Unbelieved(warehouses.Page(number), "its figures are of %s, and the last ones that were recorded of %s; something answers from memory",
			p.asOf.Format(time.RFC3339Nano), cursor.At.Format(time.RFC3339Nano))
	case !p.asOf.Equal(read.first.asOf):
		return false, s.Unbelieved(warehouses.Page(number), "its %s differs from that of the first page, so it belongs to another snapshot", partAsOf)
	case p.total != read.first.total:
		return false, s.Unbelieved(warehouses.Page(number), "its %s differs from that of the first page, so it belongs to another snapshot", partTotal)
	case counted && read.rows > p.total:
		return false, s.Unbelieved(warehouses.Page(number), "there are more items than the %d that were promised", p.total)
	case counted && last && read.rows != p.total:
		return false, s.Unbelieved(warehouses.Page(number), "it is the last page, and there were %d items of %d", read.rows, p.total)
	case !last && len(p.rows) == 0:
		return false, s.Unbelieved(warehouses.Page(number), "it is empty, and not the last page")
	case len(p.rows) > 0 && read.prints[p.print]:
		return false, s.Unbelieved(warehouses.Page(number), "it holds the same items as a page before")
	case !last && s.paging.leads() && read.cursors[p.next]:
		return false, s.Unbelieved(warehouses.Page(number), "its next leads back to a page that was read already")
	}
	read.prints[p.print] = true
	read.cursors[p.next] = true
	return last, nil
}

// leads is true when a page leads to the next one.
func (p paging) leads() bool { return p.by == pagingCursor || p.by == pagingNext }

// isLast tells whether a page says that it is the last one. A short page does not say so: an API may have a limit of its own.
func (s *source) isLast(p page, read trail) bool {
	switch {
	case s.paging.by == pagingNone:
		return true
	case s.paging.leads():
		return p.next == ""
	case s.form.paths[partMore] != "":
		return !p.more
	case s.form.paths[partTotal] != "" && read.rows >= p.total:
		return true
	}
	return len(p.rows) == 0
}

// finish makes the snapshot of what was read to its end. A path at which no item of a full snapshot has anything was renamed,
// or was never right.
func (s *source) finish(read trail, full bool, cursor string, began time.Time) (warehouses.Snapshot, error) {
	for _, field := range fields {
		if path := s.form.paths[field]; full && read.rows > 0 && path != "" && !read.given[field] {
			return warehouses.Snapshot{}, warehouses.NeedsPerson(nil, "warehouse %s: none of its %d items has anything at the path %s, which is %s; correct fields, "+
				"or set fields: {%s: \"\"} when there is none; nothing of the snapshot was taken", s.ID, read.rows, path, field, field)
		}
	}
	if !full && read.rows == 0 {
		return warehouses.Snapshot{Unchanged: true, Cursor: cursor, From: s.Endpoint}, nil
	}
	m, asOf := sourceCursor{Stamp: warehouses.Stamp{Settings: s.Fingerprint, At: began.UTC()}}, read.first.asOf
	if !asOf.IsZero() {
		asOf = s.NotAhead(asOf)
		m.At, m.AsOf = asOf, true
	}
	if s.asOfHeader != "" {
		asOf = s.NotAhead(read.dated)
	}
	return warehouses.Snapshot{Full: full, Rows: int(read.rows), AsOf: asOf, Cursor: warehouses.WriteCursor(m), From: s.Endpoint}, nil
}

// base is the query that every page of a fetch has.
func (s *source) base(full bool, cursor sourceCursor) url.Values {
	query := url.Values{}
	for name, values := range s.query {
		query[name] = values
	}
	if !full {
		query.Set(s.since.param, s.since.layout.format(cursor.At.Add(-s.since.overlap)))
	}
	return query
}

// firstPage is the query of the first page.
func (s *source) firstPage(base url.Values) url.Values {
	switch s.paging.by {
	case pagingPage:
		return with(base, s.paging.param, strconv.Itoa(s.paging.first))
	case pagingOffset:
		return with(base, s.paging.param, "0")
	}
	return base
}

// following is the query of the page after one.
//
// Of an address only the query is used: the credential goes nowhere but to the endpoint. What every page is asked with is
// added where the address leaves it out.
func (s *source) following(number int, p page, read trail) url.Values {
	switch s.paging.by {
	case pagingPage:
		return with(read.base, s.paging.param, strconv.Itoa(s.paging.first+number))
	case pagingOffset:
		return with(read.base, s.paging.param, strconv.FormatInt(read.rows, 10))
	case pagingCursor:
		return with(read.base, s.paging.param, p.next)
	}
	_, text, _ := strings.Cut(p.next, "?")
	query, err := url.ParseQuery(text)
	if err != nil {
		query = url.Values{}
	}
	for name, values := range read.base {
		if !query.Has(name) {
			query[name] = values
		}
	}
	return query
}

// with is a query with one more parameter.
func with(base url.Values, name, value string) url.Values {
	query := url.Values{name: {value}}
	for name, values := range base {
		query[name] = values
	}
	return query
}

// levels asks for one page.
func (s *source) levels(ctx context.Context, number int, query url.Values, memory []inventory.Row) (page, error) {
	response, err := s.get(ctx, query)
	if err != nil {
		return page{}, err
	}
	p, err := decodePage(response.Body, number, s.form, memory)
	if err != nil {
		return page{}, s.Unbelieved(warehouses.Page(number), "%v", err)
	}
	if s.asOfHeader != "" {
		if p.dated, err = http.ParseTime(response.Header.Get(s.asOfHeader)); err != nil {
			return page{}, s.Unbelieved(warehouses.Page(number), "its header %s, which as_of_header names, does not say a time like %s", s.asOfHeader, http.TimeFormat)
		}
	}
	return p, nil
}

// get makes one call and returns only answers with status 200.
func (s *source) get(ctx context.Context, query url.Values) (outbound.Response, error) {
	header := s.headers.Clone()
	s.auth.add(header)
	address := s.Endpoint
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return s.Call(ctx, http.MethodGet, address, header, nil, s.refused)
}

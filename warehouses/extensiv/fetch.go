package extensiv

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Fetch reads everything, or what changed since the source cursor where the API can be asked for it.
//
// The same level twice is passed on twice, for nothing says which one counts; the ledger refuses both, and the level keeps its
// recorded value.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s = s.afresh(request.Report)
	w := &walk{source: s, began: s.Now(), previous: warehouses.ReadCursor[warehouses.DatedCursor](&s.Base, request.Cursor)}
	if s.details {
		return s.fetchDetails(ctx, w, sink)
	}
	full := s.since == "" || request.Everything || w.previous.At.IsZero()
	var since *time.Time
	if !full {
		since = new(w.previous.At.Add(-s.overlap))
	}
	list := list{path: "/inventory/stocksummaries", query: s.summaries(since)}
	if err := w.through(ctx, list, func(p page) error { return warehouses.Pass(ctx, p.rows, sink) }); err != nil {
		return warehouses.Snapshot{}, err
	}
	if err := w.finish(); err != nil {
		return warehouses.Snapshot{}, err
	}
	if !full && w.rows == 0 {
		return warehouses.Snapshot{Unchanged: true, Cursor: request.Cursor, From: s.Endpoint + list.path}, nil
	}
	return warehouses.Snapshot{Full: full, Rows: w.rows, AsOf: w.asOf, Cursor: warehouses.WriteCursor(w.next), From: s.Endpoint + list.path}, nil
}

// list is a list of Extensiv.
type list struct {
	path  string
	query url.Values // besides the page
	place string     // what its rows stand in, for people; may be empty
}

// summaries is the query of stock summaries. Its filter is in Extensiv's query language (api.3plcentral.com/rels/rql); all that
// stands in it are numbers, a time and a property.
func (s *source) summaries(since *time.Time) url.Values {
	var conditions []string
	if s.customer > 0 {
		conditions = append(conditions, "customerIdentifier.id=="+strconv.FormatInt(s.customer, 10))
	}
	if len(s.numbers) > 0 {
		conditions = append(conditions, "facilityId=in=("+strings.Join(s.numbers, ",")+")")
	}
	if since != nil {
		conditions = append(conditions, s.since+"=ge="+since.UTC().Format("2006-01-02T15:04:05"))
	}
	query := url.Values{}
	if len(conditions) > 0 {
		query.Set("rql", strings.Join(conditions, ";"))
	}
	return query
}

// walk is the way through the lists of one fetch. It does not grow with the rows, only by a number for each page.
type walk struct {
	*source
	seen
	began    time.Time
	previous warehouses.DatedCursor
	next     warehouses.DatedCursor
	asOf     time.Time // as of when its figures count; zero when it is not said
	calls    int
}

// through reads a list page by page and calls take for each page.
//
// Pages are asked for by number. Links to the next page are not followed: stock summaries have none, and a credential goes nowhere
// but to the endpoint. The count of all rows proves the end.
func (w *walk) through(ctx context.Context, list list, take func(page) error) error {
	read := trail{prints: map[uint64]bool{}}
	var memory []inventory.Row
	for number := 1; number <= w.MaxPages; number++ {
		if w.calls > 0 && w.pause > 0 {
			if err := w.Wait(ctx, w.pause); err != nil {
				return err
			}
		}
		p, header, err := w.levels(ctx, list, number, memory)
		if err != nil {
			return err
		}
		if w.calls++; w.calls == 1 {
			if w.next, w.asOf, err = w.Begin(w.previous, w.began, header, "Extensiv"); err != nil {
				return err
			}
		}
		last, err := w.prove(list.at(number), p, &read)
		if err != nil {
			return err
		}
		w.merge(p.seen)
		if err := take(p); err != nil {
			return err
		}
		if last {
			return nil
		}
		memory = p.rows
	}
	return w.Endless("page")
}

// at is where a page stands, for people.
func (l list) at(number int) string {
	if l.place == "" {
		return warehouses.Page(number)
	}
	return l.place + ", " + warehouses.Page(number)
}

// trail is what was read of a list so far.
type trail struct {
	begun  bool
	total  int64
	rows   int64
	prints map[uint64]bool
	before map[string]bool // the rows of the page before
}

// afresh is the source with a reading of figures of its own, for one fetch.
func (s *source) afresh(report *warehouses.Collector) *source {
	again := *s
	again.form.figures = s.Reading(report, s.used())
	return &again
}

// prove checks that a page continues the ones before it, and tells whether it is the last one. The last one must complete what
// was promised.
//
// The list is not frozen while it is read. A row that moved to the next page is seen twice, which is noticed here; when another
// one moved back, it is not seen, and counts as missing.
func (w *walk) prove(place string, p page, read *trail) (last bool, err error) {
	if !read.begun {
		read.begun, read.total = true, p.total
	}
	read.rows += int64(p.count)
	last = read.rows >= p.total
	switch {
	case p.total != read.total:
		return false, w.Unbelieved(place, "its totalResults differs from that of the first page; the list changed while it was read")
	case p.count > 0 && read.prints[p.print]:
		return false, w.Unbelieved(place, "it holds the same rows as a page before")
	case read.rows > p.total:
		return false, w.Unbelieved(place, "there are more rows than the %d that were promised", p.total)
	case !last && p.count == 0:
		return false, w.Unbelieved(place, "it is empty, and there were %d rows of %d", read.rows, p.total)
	}
	read.prints[p.print] = true
	rows := make(map[string]bool, len(p.keys))
	for _, key := range p.keys {
		if read.before[key] {
			return false, w.Unbelieved(place, "it holds a row that the page before held; the rows moved while they were read")
		}
		rows[key] = true
	}
	read.before = rows
	return last, nil
}

// finish checks what only the whole can tell: a member that no row has was renamed.
func (w *walk) finish() error {
	if w.foreign {
		return warehouses.NeedsPerson(nil, "warehouse %s: there are rows of a facility that is not among facilities; nothing of the snapshot was taken", w.ID)
	}
	return w.Renamed(w.rows, "", warehouses.Member{Name: "itemIdentifier", Given: w.item}, warehouses.Member{Name: "available", Given: w.available})
}

// levels asks for one page.
func (s *source) levels(ctx context.Context, list list, number int, memory []inventory.Row) (page, http.Header, error) {
	query := url.Values{"pgnum": {strconv.Itoa(number)}, "pgsiz": {strconv.Itoa(s.page)}}
	for name, values := range list.query {
		query[name] = values
	}
	response, err := s.get(ctx, list.path+"?"+query.Encode())
	if err != nil {
		return page{}, nil, err
	}
	p, err := decodePage(response.Body, list.at(number), s.form, memory)
	if err != nil {
		return page{}, nil, s.Unbelieved(list.at(number), "%v", err)
	}
	return p, response.Header, nil
}

// get makes one call and returns only answers with status 200. A token that is rejected is renewed once: it may have ended early.
func (s *source) get(ctx context.Context, path string) (outbound.Response, error) {
	return s.tokens.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Response, error) {
		header := http.Header{"Authorization": {"Bearer " + token.Reveal()}, "Accept": {"application/hal+json"}}
		return s.Call(ctx, http.MethodGet, s.Endpoint+path, header, nil, s.refused)
	})
}

// facility is the place of a facility's lots, for people.
func facility(number string) string { return fmt.Sprintf("facility %s", number) }

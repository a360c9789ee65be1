package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// mark is the last snapshot that was recorded. The warehouse takes a new one for every fetch, so a known one can only come from
// something between us that answers from memory.
type mark struct {
	Snapshot string    `json:"snapshot"`
	AsOf     time.Time `json:"as_of"`
}

// Fetch reads a whole snapshot. The warehouse has no deltas, so Request.Everything changes nothing.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s = s.afresh(request.Report)
	var known mark
	if json.Unmarshal([]byte(request.Mark), &known) != nil {
		known = mark{}
	}
	var first page
	var memory []inventory.Row
	cursor, cursors, rows := "", map[string]bool{}, int64(0)
	for number := 1; number <= s.maxPages; number++ {
		p, err := s.levels(ctx, number, cursor, s.page, memory)
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		if number == 1 {
			first = p
			if p.snapshot == known.Snapshot && p.asOf.Equal(known.AsOf) {
				return warehouses.Snapshot{Unchanged: true, Full: true, AsOf: p.asOf, Mark: request.Mark, From: s.endpoint}, nil
			}
		}
		rows += int64(len(p.rows))
		if err := s.prove(number, first, p, rows, cursors); err != nil {
			return warehouses.Snapshot{}, err
		}
		if len(p.rows) > 0 {
			if err := sink(ctx, p.rows); err != nil {
				return warehouses.Snapshot{}, err
			}
		}
		if p.next == "" {
			return s.snapshot(first, rows), nil
		}
		memory, cursor = p.rows, p.next
	}
	return warehouses.Snapshot{}, warehouses.NeedsPerson(nil, "warehouse %s has more than %d pages, which is max_pages; raise it, or page, if that is right", s.id, s.maxPages)
}

// afresh is the source with a reading of its own, for one fetch.
func (s *source) afresh(report *warehouses.Collector) *source {
	again := *s
	again.figures = s.rules.Reading().Watched(report.Watch(s.used()))
	return &again
}

// prove checks that a page continues the snapshot that the first page began, and that the last one completes it.
func (s *source) prove(number int, first, p page, rows int64, cursors map[string]bool) error {
	switch {
	case p.snapshot != first.snapshot || !p.asOf.Equal(first.asOf) || p.total != first.total:
		return s.unbelieved(number, "it belongs to another snapshot than the first page")
	case rows > first.total:
		return s.unbelieved(number, "there are more rows than the %d that the first page promised", first.total)
	case p.next == "" && rows != first.total:
		return s.unbelieved(number, "it is the last page, and there were %d rows of %d", rows, first.total)
	case p.next != "" && len(p.rows) == 0:
		return s.unbelieved(number, "it is empty, and not the last page")
	case p.next != "" && cursors[p.next]:
		return s.unbelieved(number, "its cursor leads back to a page that was read already")
	}
	cursors[p.next] = true
	return nil
}

func (s *source) snapshot(first page, rows int64) warehouses.Snapshot {
	text, err := json.Marshal(mark{Snapshot: first.snapshot, AsOf: first.asOf})
	if err != nil {
		panic("sandbox: a mark cannot be written as JSON: " + err.Error()) // the time was read from RFC 3339
	}
	asOf := first.asOf
	if now := s.now().UTC(); asOf.After(now) {
		asOf = now // a clock that is ahead must not make what is reported next look old
	}
	return warehouses.Snapshot{Full: true, Rows: int(rows), AsOf: asOf, Mark: string(text), From: s.endpoint}
}

// levels asks for one page.
func (s *source) levels(ctx context.Context, number int, cursor string, limit int, memory []inventory.Row) (page, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	answer, err := s.get(ctx, "/levels?"+query.Encode())
	if err != nil {
		return page{}, err
	}
	p, err := decodePage(answer.Body, number, s.figures, memory)
	if err != nil {
		return page{}, s.unbelieved(number, "%v", err)
	}
	return p, nil
}

// get makes one call and returns only answers with status 200.
func (s *source) get(ctx context.Context, path string) (outbound.Answer, error) {
	answer, err := s.client.Do(ctx, http.MethodGet, s.endpoint+path, outbound.Bearer(s.token), nil)
	return warehouses.Judge(ctx, s.id, answer, err, s.now(), s.refused)
}

package warehouses

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Base is what every source with an HTTP API has. Drivers embed it.
type Base struct {
	outbound.Partner
	Rules       numbers.Rules
	MaxPages    int    // the setting max_pages
	Fingerprint string // of the settings; what was read under others is read again
	// Wait waits, or returns early with the context's error.
	Wait func(ctx context.Context, span time.Duration) error
}

// NewBase checks settings and returns them with their defaults. It makes no call; bytes is the most that is read of a response, 0 the default.
func NewBase(spec settings.Spec, id string, given settings.Values, environment settings.Environment, bytes int64) (Base, settings.Values, error) {
	partner, values, err := outbound.NewPartner(spec, id, given, environment, bytes)
	if err != nil {
		return Base{}, nil, err
	}
	return Base{
		Partner: partner, Rules: numbers.New(values), MaxPages: int(values.Integer("max_pages")), Fingerprint: Fingerprint(values), Wait: wait,
	}, values, nil
}

// CallOptions are the options that every driver with an API in pages ends with: how many pages there may be, how long a call may take (see
// outbound.CallOptions), which addresses may be called, and how figures are read.
func CallOptions(pages, timeout, note string) []settings.Option {
	options := append([]settings.Option{{
		Name: "max_pages", Kind: settings.Integer, Default: pages, Minimum: 1, Maximum: 1_000_000,
		Help: "The most pages of a fetch; more are taken for a fault of the warehouse.",
	}}, outbound.CallOptions(timeout, note)...)
	return append(options, numbers.Options()...)
}

// Fingerprint tells settings apart.
func Fingerprint(values settings.Values) string {
	sum := sha256.Sum256([]byte(values.Canonical()))
	return hex.EncodeToString(sum[:8])
}

// wait waits, or returns early with the context's error.
func wait(ctx context.Context, span time.Duration) error {
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Reading is a reading of figures for one fetch. It tells a report, which may be nil, what stands in the members that are used.
func (b *Base) Reading(report *Collector, used map[string]string) *numbers.Reading {
	return b.Rules.Reading().Watched(report.Watch(used))
}

// SinkRows is the most rows that are passed to a sink at once.
const SinkRows = 1000

// Pass passes rows to a sink, in parts that are not too large.
func Pass(ctx context.Context, rows []inventory.Row, sink Sink) error {
	for part := range slices.Chunk(rows, SinkRows) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := sink(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// Unbelieved is the error of a response that promises rows and cannot be taken for what it says. Asking again may bring a better one.
func (b *Base) Unbelieved(place, format string, arguments ...any) error {
	return Faltered(nil, "warehouse %s, %s: %s; nothing of the snapshot was taken", b.ID, place, fmt.Sprintf(format, arguments...))
}

// Page is where a page stands, for people.
func Page(number int) string { return "page " + strconv.Itoa(number) }

// PageItem is where an item of a page stands, for people; both are counted from 1.
func PageItem(page, item int) string { return Page(page) + ", item " + strconv.Itoa(item) }

// Call makes one call and returns only a response with status 200. The error of any other is as of Judge.
func (b *Base) Call(ctx context.Context, method, address string, header http.Header, body []byte, refused func(outbound.Response) error) (
	outbound.Response, error,
) {
	response, err := b.Client.Do(ctx, method, address, header, body)
	return Judge(ctx, b.ID, response, err, b.Now(), refused)
}

// NotAhead is a time that a source states, or now for one that has not come: a clock that is ahead must not make what is reported next look
// old. It is in UTC.
func (b *Base) NotAhead(stated time.Time) time.Time {
	if now := b.Now(); stated.After(now) {
		stated = now
	}
	return stated.UTC()
}

// Overlap remembers of the pages of a fetch what shows that a list moved while it was read: the ids of the page before, and the first of each
// page. It does not grow with the rows, only by an id for each page. The zero value is ready.
type Overlap[ID comparable] struct{ before, firsts map[ID]bool }

// Moved takes in the ids of the next page, and says what shows that the list moved; empty where nothing does. An id is named for people.
func (o *Overlap[ID]) Moved(ids []ID, name func(ID) string) string {
	page := make(map[ID]bool, len(ids))
	for _, id := range ids {
		if o.before[id] {
			return "it holds " + name(id) + ", as the page before did; the list moved while it was read"
		}
		page[id] = true
	}
	o.before = page
	if len(ids) == 0 {
		return ""
	}
	if o.firsts[ids[0]] {
		return "it begins with " + name(ids[0]) + ", as a page before did"
	}
	if o.firsts == nil {
		o.firsts = map[ID]bool{}
	}
	o.firsts[ids[0]] = true
	return ""
}

// Endless is the error of a fetch with more pages than max_pages; larger says how there would be fewer.
func (b *Base) Endless(larger string) error {
	return NeedsPerson(nil, "warehouse %s has more than %d pages, which is max_pages; raise it, or %s, if that is right", b.ID, b.MaxPages, larger)
}

// Member is a member of an API's rows that a driver needs.
type Member struct {
	Name  string
	Given bool // some row has it
}

// Renamed is the error of a fetch with rows of which none has a member: it was renamed. It is nil when each was given, or there are
// no rows. The advice, which may be empty, ends with "; ".
func (b *Base) Renamed(rows int, advice string, members ...Member) error {
	for _, member := range members {
		if rows > 0 && !member.Given {
			return NeedsPerson(nil, "warehouse %s: none of its %d rows has %q, so the form of the answers has changed; %snothing of the snapshot was taken",
				b.ID, rows, member.Name, advice)
		}
	}
	return nil
}

// clockTolerance is how far the clocks of one partner's servers may differ.
const clockTolerance = time.Minute

// Dated tells when the first response of a fetch was made, by its header Date; zero when it does not say. Its figures count as of then: what
// is read after it may be newer, never older. A response that is older than the one before, which was recorded, comes from something between us
// that answers from memory. A date that lies ahead of us is a wrong clock, and counts as now: every response with the right time would seem
// old later.
func (b *Base) Dated(before time.Time, header http.Header, partner string) (time.Time, error) {
	dated, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}, nil
	}
	if dated.Before(before.Add(-clockTolerance)) {
		return time.Time{},
			b.Unbelieved(Page(1), "the answer is dated %s, and the last one that was recorded %s, so it does not come from %s but from something that remembers it",
				dated.UTC().Format(time.RFC3339), before.UTC().Format(time.RFC3339), partner)
	}
	return b.NotAhead(dated), nil
}

// Stamp is what every source cursor of an API begins with.
type Stamp struct {
	// Settings is the fingerprint of the settings; under others everything is read anew.
	Settings string `json:"settings"`
	// At is when the fetch began, by our clock or by the partner's, whichever is earlier.
	At time.Time `json:"at"`
}

func (s Stamp) stamp() Stamp { return s }

// ReadCursor reads the source cursor of a request. One that was made under other settings, or by a clock that has been put back since, or that is not
// a source cursor, counts as none: then everything is read.
func ReadCursor[M interface{ stamp() Stamp }](b *Base, text string) M {
	var read, none M
	if json.Unmarshal([]byte(text), &read) != nil {
		return none
	}
	if stamp := read.stamp(); stamp.Settings != b.Fingerprint || stamp.At.After(b.Now()) {
		return none
	}
	return read
}

// WriteCursor writes a source cursor. Its times have years of four digits.
func WriteCursor(cursor any) string {
	text, err := json.Marshal(cursor)
	if err != nil {
		panic("a source cursor cannot be written as JSON: " + err.Error())
	}
	return string(text)
}

// DatedCursor is the source cursor of an API whose responses say when they were made.
type DatedCursor struct {
	Stamp
	// Dated is when the first response was made, by the partner's clock; zero when it did not say.
	Dated time.Time `json:"dated,omitzero"`
}

// Begin makes the source cursor of a fetch of its beginning and of its first response, and tells when that response was made, as Dated does.
func (b *Base) Begin(previous DatedCursor, began time.Time, header http.Header, partner string) (cursor DatedCursor, asOf time.Time, err error) {
	if asOf, err = b.Dated(previous.Dated, header, partner); err != nil {
		return DatedCursor{}, time.Time{}, err
	}
	cursor = DatedCursor{Stamp{Settings: b.Fingerprint, At: began.UTC()}, previous.Dated}
	if !asOf.IsZero() {
		cursor.Dated = asOf
		if asOf.Before(cursor.At) {
			cursor.At = asOf
		}
	}
	return cursor, asOf, nil
}

// shownRows is how many rows a Finding shows.
const shownRows = 5

// Found is a Finding of the rows of a first page: a few of them, and the facilities that they name.
func Found(rows []inventory.Row) Finding {
	finding := Finding{Sample: rows[:min(len(rows), shownRows)]}
	for _, row := range rows {
		if row.Facility != "" && !slices.Contains(finding.Facilities, row.Facility) {
			finding.Facilities = append(finding.Facilities, row.Facility)
		}
	}
	slices.Sort(finding.Facilities)
	return finding
}

package jsonapi_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonapi"
	"github.com/tidemark/tidemark/warehouses/jsonapi/jsonapitest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestForms: what is asked, for each way of paging and each way to tell the end. Every form brings the stock once.
func TestForms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		form  jsonapitest.Form
		calls []string
	}{
		"one answer":         {jsonapitest.Form{Paging: "none"}, []string{"?limit=10&status=all"}},
		"one answer, a list": {jsonapitest.Form{Paging: "none", Bare: true}, []string{"?limit=10&status=all"}},
		"pages until one is empty": {
			jsonapitest.Form{Paging: "page"},
			[]string{"?limit=10&page=1&status=all", "?limit=10&page=2&status=all", "?limit=10&page=3&status=all", "?limit=10&page=4&status=all"},
		},
		"pages of the API's own size": {
			jsonapitest.Form{Paging: "page", MostItems: 9, Evidence: []string{"more"}},
			[]string{"?limit=10&page=1&status=all", "?limit=10&page=2&status=all", "?limit=10&page=3&status=all"},
		},
		"pages from 0, counted": {
			jsonapitest.Form{Paging: "page", Zero: true, Evidence: []string{"total"}},
			[]string{"?limit=10&page=0&status=all", "?limit=10&page=1&status=all", "?limit=10&page=2&status=all"},
		},
		"offsets in a list": {
			jsonapitest.Form{Paging: "offset", Bare: true, MostItems: 20},
			[]string{"?limit=10&offset=0&status=all", "?limit=10&offset=10&status=all", "?limit=10&offset=20&status=all", "?limit=10&offset=25&status=all"},
		},
		"a cursor": {
			jsonapitest.Form{Paging: "cursor"},
			[]string{"?limit=10&status=all", "?cursor=after+10&limit=10&status=all", "?cursor=after+20&limit=10&status=all"},
		},
		"an address": {
			jsonapitest.Form{Paging: "next"},
			[]string{"?limit=10&status=all", "?cursor=after+10&limit=10&status=all", "?cursor=after+20&limit=10&status=all"},
		},
		"a path without the rest": {
			jsonapitest.Form{Paging: "next", PathNext: true, OmitsNext: true},
			[]string{"?limit=10&status=all", "?cursor=after+10&limit=10&status=all", "?cursor=after+20&limit=10&status=all"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := jsonapitest.Start(t, test.form, warehousetest.Stock(25))
			rows, snapshot := warehousetest.Read(t, fake.OpenWith(t, map[string]any{"page": 10}), warehouses.Request{})
			for i, row := range rows {
				require.Equal(t, warehousetest.Stock(25)[i].SKU, row.SKU)
			}
			require.Len(t, rows, 25)
			require.True(t, snapshot.Full)
			require.Equal(t, fake.Endpoint(), snapshot.From)
			require.Equal(t, test.form.Bare, snapshot.AsOf.IsZero())
			for i, call := range test.calls {
				test.calls[i] = jsonapitest.Path + call
			}
			require.Equal(t, test.calls, fake.Calls())
		})
	}
}

// TestWhatChanged: what is asked since when, and what comes of it.
func TestWhatChanged(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(25)
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "cursor", Since: true}, stock)
	source := fake.OpenWith(t, map[string]any{"overlap": "30s"})
	since := func() string {
		calls := fake.Calls()
		_, since, _ := strings.Cut(calls[len(calls)-1], "changed_since=")
		since, _, _ = strings.Cut(since, "&")
		return strings.ReplaceAll(since, "%3A", ":")
	}

	_, first := warehousetest.Read(t, source, warehouses.Request{})
	require.True(t, first.Full)
	require.Empty(t, since())
	require.Equal(t, jsonapitest.Began, first.AsOf)

	stock[7].Available = "12345"
	fake.Set(t, stock)
	rows, second := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.Equal(t, "2026-03-01T11:59:30Z", since())
	require.Len(t, rows, 25, "all of it came to be within the overlap")
	require.False(t, second.Full)

	rows, third := warehousetest.Read(t, source, warehouses.Request{Cursor: second.Cursor})
	require.Equal(t, "2026-03-01T12:00:30Z", since())
	require.Len(t, rows, 1)
	require.Equal(t, int64(12345), *rows[0].Available)
	require.Equal(t, jsonapitest.Began.Add(time.Minute), rows[0].ReportedAt)

	fake.Set(t, stock[:20])
	rows, fourth := warehousetest.Read(t, source, warehouses.Request{Cursor: third.Cursor})
	require.Len(t, rows, 1, "the overlap brings it once more")
	fake.Set(t, stock[8:20])
	rows, fifth := warehousetest.Read(t, source, warehouses.Request{Cursor: fourth.Cursor})
	require.Empty(t, rows)
	require.Equal(t, warehouses.Snapshot{Unchanged: true, Cursor: fourth.Cursor, From: fake.Endpoint()}, fifth)

	rows, all := warehousetest.Read(t, source, warehouses.Request{Cursor: fourth.Cursor, Everything: true})
	require.Empty(t, since())
	require.True(t, all.Full)
	require.Len(t, rows, 12)

	_, other := warehousetest.Read(t, fake.OpenWith(t, map[string]any{"overlap": "31s"}), warehouses.Request{Cursor: all.Cursor})
	require.True(t, other.Full, "under other settings everything is read")
}

// TestSinceOurClock: without as_of the time is ours, from before the first call.
func TestSinceOurClock(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "none", Since: true}, warehousetest.Stock(3))
	source := fake.OpenWith(t, map[string]any{"as_of": "", "since_layout": "unix", "since_param": "after", "overlap": "1h"})
	before := time.Now()
	_, first := warehousetest.Read(t, source, warehouses.Request{})
	require.True(t, first.AsOf.IsZero())
	_, second := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.False(t, second.Full)
	calls := fake.Calls()
	require.Regexp(t, `^/api/stock\?after=\d+&limit=1000&status=all$`, calls[1])
	var total int64
	for _, digit := range strings.Split(strings.Split(calls[1], "&")[0], "=")[1] {
		total = total*10 + int64(digit-'0')
	}
	require.WithinRange(t, time.Unix(total, 0), before.Add(-time.Hour-time.Second), time.Now().Add(-time.Hour))
}

// TestAnOlderSnapshot: something between us and the warehouse answers from memory.
func TestAnOlderSnapshot(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "cursor", Since: true}, warehousetest.Stock(5))
	source := fake.Open(t)
	_, first := warehousetest.Read(t, source, warehouses.Request{})
	fake.Spoil(func(_ int, response *warehousetest.Answer) {
		response.Body = strings.Replace(response.Body, "2026-03-01T12:00:00Z", "2026-03-01T11:59:59Z", 1)
	})
	for _, everything := range []bool{false, true} {
		_, err := source.Fetch(t.Context(), warehouses.Request{Cursor: first.Cursor, Everything: everything}, warehousetest.Discard)
		warehousetest.RequireError(t, err, warehouses.Retry, "page 1: its figures are of 2026-03-01T11:59:59Z", "2026-03-01T12:00:00Z", "from memory")
	}
}

// TestAClockThatIsAhead: a warehouse with a wrong clock can be read again when it is put right, and so can ours.
func TestAClockThatIsAhead(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "cursor", Since: true}, warehousetest.Stock(5))
	asOf := func(at time.Time) {
		fake.Spoil(func(_ int, response *warehousetest.Answer) {
			response.Body = strings.Replace(response.Body, "2026-03-01T12:00:00Z", at.UTC().Format(time.RFC3339Nano), 1)
		})
	}
	source := fake.OpenWith(t, map[string]any{"overlap": "100000h"})
	before := time.Now()
	asOf(before.Add(24 * time.Hour))
	_, first := warehousetest.Read(t, source, warehouses.Request{})
	require.WithinRange(t, first.AsOf, before, time.Now())

	asOf(time.Now())
	_, second := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.False(t, second.Full)

	ahead := strings.Replace(second.Cursor, `"at":"20`, `"at":"21`, 1)
	_, third := warehousetest.Read(t, source, warehouses.Request{Cursor: ahead})
	require.True(t, third.Full, "a source cursor from the future is none")
}

// TestItemsThatMove: what moves to the next page while it is read is passed on twice, for the ledger to refuse; a count
// notices what came and went.
func TestItemsThatMove(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(25)
	moved := slices.Insert(slices.Clone(stock), 3, warehousetest.Item{SKU: "NEW", Facility: "east", Available: "1"})
	fetch := func(form jsonapitest.Form, settings map[string]any) (map[string]int, error) {
		fake := jsonapitest.Start(t, form, stock)
		settings["page"] = 10
		settings["as_of"] = ""
		seen := map[string]int{}
		_, err := fake.OpenWith(t, settings).Fetch(t.Context(), warehouses.Request{}, func(_ context.Context, rows []inventory.Row) error {
			for _, row := range rows {
				seen[row.SKU]++
			}
			fake.Set(t, moved)
			return nil
		})
		return seen, err
	}
	seen, err := fetch(jsonapitest.Form{Paging: "cursor"}, map[string]any{})
	require.NoError(t, err)
	require.Equal(t, 2, seen["SKU-0000009"])
	require.Zero(t, seen["NEW"])

	_, err = fetch(jsonapitest.Form{Paging: "cursor", Evidence: []string{"total"}}, map[string]any{})
	warehousetest.RequireError(t, err, warehouses.Retry, "page 2: its total differs from that of the first page")
}

// TestThePause: an API that permits few calls is called slowly, and who waits is not deaf.
func TestThePause(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "page"}, warehousetest.Stock(25))
	source := fake.OpenWith(t, map[string]any{"page": 10, "pause": "1h"})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := source.Fetch(ctx, warehouses.Request{}, func(context.Context, []inventory.Row) error {
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, fake.Calls(), 1)

	var waits []time.Duration
	source, err = jsonapi.OpenAt(jsonapitest.ID, fake.Settings(map[string]any{"page": 10, "pause": "1s"}), warehousetest.Environment(),
		func(ctx context.Context, span time.Duration) error {
			waits = append(waits, span)
			return ctx.Err()
		})
	require.NoError(t, err)
	_, snapshot := warehousetest.Read(t, source, warehouses.Request{})
	require.Equal(t, 25, snapshot.Rows)
	require.Equal(t, []time.Duration{time.Second, time.Second, time.Second}, waits, "none before the first of four calls")
}

func TestThrottledUntil(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "none"}, warehousetest.Stock(5))
	fake.Provoke(t, warehousetest.Throttles)
	before := time.Now()
	_, err := fake.Open(t).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	failed := warehousetest.RequireError(t, err, warehouses.Wait, "throttles")
	require.WithinRange(t, failed.Until, before.Add(jsonapitest.RetryAfter), time.Now().Add(jsonapitest.RetryAfter))
}

// TestALeadElsewhere: whatever a response says, the credential goes nowhere but to the endpoint.
func TestALeadElsewhere(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "next"}, warehousetest.Stock(25))
	fake.Spoil(func(_ int, response *warehousetest.Answer) {
		response.Body = strings.ReplaceAll(response.Body, fake.Endpoint(), "http://attacker.invalid/stock")
	})
	_, snapshot := warehousetest.Read(t, fake.OpenWith(t, map[string]any{"page": 10}), warehouses.Request{})
	require.Equal(t, 25, snapshot.Rows)
	require.Len(t, fake.Calls(), 3)

	fake.Provoke(t, warehousetest.Redirects)
	_, err := fake.Open(t).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "redirect")
	require.Len(t, fake.Calls(), 4)
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings map[string]any
		header   string
		want     string
	}{
		"bearer": {nil, "Authorization", "Bearer " + warehousetest.Credential},
		"basic":  {map[string]any{"auth": "basic", "user": "tidemark"}, "Authorization", "Basic dGlkZW1hcms6Y2FuYXJ5LWNyZWRlbnRpYWwtODFjNA=="},
		"header": {map[string]any{"auth": "header"}, "X-Api-Key", warehousetest.Credential},
		"another header": {
			map[string]any{"auth": "header", "auth_header": "authorization", "headers": map[string]any{"x-tenant": "7"}},
			"Authorization",
			warehousetest.Credential,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "none"}, warehousetest.Stock(3))
			_, snapshot := warehousetest.Read(t, fake.OpenWith(t, test.settings), warehouses.Request{})
			require.Equal(t, 3, snapshot.Rows)
			require.Equal(t, test.want, fake.Headers().Get(test.header))
			require.Equal(t, "no-cache", fake.Headers().Get("Cache-Control"))
			if name == "another header" {
				require.Equal(t, "7", fake.Headers().Get("X-Tenant"))
			}
		})
	}
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "none"}, nil)
	_, err := fake.OpenWith(t, map[string]any{"auth": "none", "credential": nil}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.AskPerson, "status 401")
}

func TestPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "page"}, warehousetest.Stock(25))
	_, err := fake.OpenWith(t, map[string]any{"page": 10, "max_pages": 3}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "more than 3 pages, which is max_pages")
	_, err = fake.OpenWith(t, map[string]any{"page": 10, "max_pages": 4}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
}

func TestOneLargeAnswer(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "none"}, warehousetest.Stock(2500))
	var parts []int
	_, err := fake.Open(t).Fetch(t.Context(), warehouses.Request{}, func(_ context.Context, rows []inventory.Row) error {
		parts = append(parts, len(rows))
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []int{1000, 1000, 500}, parts)

	_, err = fake.OpenWith(t, map[string]any{"max_bytes": 1000}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "ask for smaller pages")

	fake.Provoke(t, warehousetest.BreaksOff)
	_, err = fake.Open(t).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.Retry)
}

func TestCheckSaysWhatItRead(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "page", Evidence: []string{"total"}}, warehousetest.Stock(20))
	finding, err := fake.OpenWith(t, map[string]any{
		"page": 12, "fields": map[string]any{"sku": "product.code", "available": "quantity.available", "facility": "site"},
	}).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"east", "west"}, finding.Facilities)
	require.Len(t, finding.Sample, 5)
	require.Equal(t, []string{
		"the first page has 12 items", "there are 20 items in all", "the figures are of 2026-03-01T12:00:00Z",
		"no item of the first page has anything for available (quantity.available); correct fields",
	}, finding.Notes)
}

func TestAWarehouseThatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "none"}, nil)
	_, err := fake.OpenWith(t, map[string]any{"endpoint": fake.Endpoint() + "x"}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "status 404", "correct the endpoint")
	_, err = fake.OpenWith(t, map[string]any{"endpoint": "http://127.0.0.1:1/stock"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.Retry, "127.0.0.1:1")
}

// Where an API states the time of its figures in a header, the earliest of the pages counts; where it states none, nothing is made up.
func TestAsOfOfAHeader(t *testing.T) {
	t.Parallel()
	fake := jsonapitest.Start(t, jsonapitest.Form{Paging: "page", Evidence: []string{"total"}}, warehousetest.Stock(5))
	_, snapshot := warehousetest.Read(t, fake.OpenWith(t, map[string]any{"as_of": ""}), warehouses.Request{})
	require.Zero(t, snapshot.AsOf, "its Date and Last-Modified are not looked at unless that is set")
	made := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	fake.Spoil(func(number int, response *warehousetest.Answer) {
		response.Header.Set("Last-Modified", made.Add(-time.Duration(number%3)*time.Minute).Format(http.TimeFormat))
	})
	source := fake.OpenWith(t, map[string]any{"as_of": "", "as_of_header": "Last-Modified", "page": 2})
	_, snapshot = warehousetest.Read(t, source, warehouses.Request{})
	require.Equal(t, made.Add(-2*time.Minute), snapshot.AsOf)
	finding, err := source.Check(t.Context())
	require.NoError(t, err)
	require.Contains(t, finding.Notes, "rows without a time of their own count as of 2026-03-01T11:59:00Z, as its header Last-Modified says")
	made = time.Now().Add(time.Hour)
	_, snapshot = warehousetest.Read(t, source, warehouses.Request{})
	require.WithinDuration(t, time.Now(), snapshot.AsOf, time.Minute, "a clock that is ahead")

	fake.Spoil(nil)
	_, err = source.Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.Retry, "page 1", "its header Last-Modified, which as_of_header names")
	_, err = jsonapi.Driver().Open(jsonapitest.ID, fake.Settings(map[string]any{"as_of_header": "Date"}), warehousetest.Environment())
	require.ErrorContains(t, err, "exclude each other")
}

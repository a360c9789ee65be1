package shiphero_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shiphero/shipherotest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

var pages = map[string]any{"full": "pages"}

func with(settings map[string]any, name string, value any) map[string]any {
	all := map[string]any{name: value}
	maps.Copy(all, settings)
	return all
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	fake, clock := shipherotest.Start(t, warehousetest.Stock(3)), warehousetest.NewClock()
	clock.At = time.Date(2026, 3, 1, 12, 0, 5, 0, time.UTC)
	fake.Spoil(func(_ string, _ int, response *warehousetest.Answer) {
		response.Header.Set("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
	})
	rows, snapshot := warehousetest.Read(t, open(t, fake, clock, nil), warehouses.Request{})
	require.Regexp(t, `^\{"settings":"[0-9a-f]{16}","at":"2026-03-01T12:00:00Z","dated":"2026-03-01T12:00:00Z","snapshot":"5e70d213ec6c5e62d4b00001"\}$`,
		snapshot.Cursor)
	snapshot.Cursor = ""
	require.Equal(t, warehouses.Snapshot{Full: true, Rows: 3, AsOf: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), From: fake.Endpoint() + ", snapshot " +
		shipherotest.SnapshotID(1)}, snapshot)
	require.Equal(t, inventory.Row{
		SKU: "SKU-0000001", Facility: "west", Available: new(int64(1)), OnHand: new(int64(shipherotest.OnHand)), Committed: new(int64(shipherotest.Allocated)),
		Place: "product 2, warehouse 1",
	}, rows[1])
	poll := `/graphql {"id":"5e70d213ec6c5e62d4b00001"}`
	require.Equal(t, []string{"/auth/refresh", `/graphql {"data":{"new_format":true}}`, poll, poll, poll, "/files/1"}, fake.Calls())
	require.False(t, fake.Leaked(), "the file is with somebody else")
}

func TestPages(t *testing.T) {
	t.Parallel()
	fake := shipherotest.Start(t, warehousetest.Stock(5))
	rows, snapshot := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(),
		map[string]any{"full": "pages", "page": 2, "warehouse_id": "east", "customer_account_id": shipherotest.Account}), warehouses.Request{})
	require.True(t, snapshot.Full)
	require.Equal(t, fake.Endpoint(), snapshot.From)
	require.Equal(t, "SKU-0000000@east 0, SKU-0000002@east 2, SKU-0000004@east 4", warehousetest.Levels(rows))
	require.Equal(t, "page 2, item 1", rows[2].Place)
	require.Equal(t, []string{
		"/auth/refresh",
		`/graphql {"customer":"QWNjb3VudDo2MzM0","first":2,"warehouse":"east"}`,
		`/graphql {"after":"YXJyYXljb25uZWN0aW9uOjE=","customer":"QWNjb3VudDo2MzM0","first":2,"warehouse":"east"}`,
	}, fake.Calls())
}

// TestSmart: after a full fetch, a smart one asks for what was updated since, with an overlap.
func TestSmart(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(5)
	clock := warehousetest.NewClock()
	clock.At = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	fake := shipherotest.Start(t, nil)
	fake.At(clock.Now)
	fake.Turn(shipherotest.Switches{NoDate: true})
	fake.Set(t, stock)
	source := open(t, fake, clock, nil)
	_, first := warehousetest.Read(t, source, warehouses.Request{})
	require.True(t, first.Full)

	require.NoError(t, clock.Wait(t.Context(), time.Hour))
	_, overlap := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.False(t, overlap.Full)
	require.Equal(t, 5, overlap.Rows, "what was updated shortly before is within the overlap")
	require.Contains(t, fake.Calls(), `/graphql {"first":100,"since":"2026-03-01T11:50:00Z"}`)
	require.Contains(t, overlap.Cursor, shipherotest.SnapshotID(1), "the snapshot stays known")

	_, none := warehousetest.Read(t, source, warehouses.Request{Cursor: overlap.Cursor})
	require.True(t, none.Unchanged)
	require.Equal(t, overlap.Cursor, none.Cursor)

	stock[3].Available = "44"
	fake.Set(t, stock)
	rows, some := warehousetest.Read(t, source, warehouses.Request{Cursor: none.Cursor})
	require.False(t, some.Full)
	require.Equal(t, "SKU-0000003@west 44", warehousetest.Levels(rows))

	_, everything := warehousetest.Read(t, source, warehouses.Request{Cursor: some.Cursor, Everything: true})
	require.True(t, everything.Full)
	require.Equal(t, 5, everything.Rows)

	_, other := warehousetest.Read(t, open(t, fake, clock, map[string]any{"warehouse_id": "west"}), warehouses.Request{Cursor: some.Cursor})
	require.True(t, other.Full, "what was read under other settings is read again")

	clock.At = clock.At.Add(-24 * time.Hour)
	_, back := warehousetest.Read(t, source, warehouses.Request{Cursor: everything.Cursor})
	require.True(t, back.Full, "a clock that was put back makes the source cursor none")
}

// TestWhatIsNotConfirmed: whatever ShipHero does where its documentation is silent, the stock arrives once.
func TestWhatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]shipherotest.Switches{
		"as documented":                     {},
		"a plain status":                    {PlainStatus: true},
		"SKUs only as names":                {KeyOnly: true},
		"products first":                    {ProductsFirst: true},
		"costs are not told":                {NoComplexity: true},
		"the date is not told":              {NoDate: true},
		"tokens that are withdrawn":         {Withdrawn: true},
		"the last page has no cursor":       {NoCursor: true},
		"the wait for credits is not told":  {NoTime: true},
		"several of these at the same time": {PlainStatus: true, KeyOnly: true, ProductsFirst: true, NoComplexity: true, NoDate: true, NoCursor: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, settings := range []map[string]any{nil, pages} {
				stock := warehousetest.Stock(25)
				fake := shipherotest.Start(t, stock)
				fake.Turn(switches)
				source := open(t, fake, warehousetest.NewClock(), with(settings, "page", 10))
				rows, snapshot := warehousetest.Read(t, source, warehouses.Request{})
				require.Len(t, rows, 25)
				for i, row := range rows {
					require.Equal(t, stock[i].SKU, row.SKU)
				}
				_, again := warehousetest.Read(t, source, warehouses.Request{Cursor: snapshot.Cursor})
				require.Equal(t, 25, again.Rows)
			}
		})
	}
}

// TestFilesThatAreNotBelieved: the file of a snapshot of 2,500 products, or a call around it, is not what it should be.
func TestFilesThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	spoil := func(kind string, change func(*warehousetest.Answer)) func(string, int, *warehousetest.Answer) {
		return func(of string, _ int, response *warehousetest.Answer) {
			if of == kind {
				change(response)
			}
		}
	}
	replace := func(kind, from, to string) func(string, int, *warehousetest.Answer) {
		return spoil(kind, func(response *warehousetest.Answer) { response.Body = strings.ReplaceAll(response.Body, from, to) })
	}
	body := func(kind, body string) func(string, int, *warehousetest.Answer) {
		return spoil(kind, func(response *warehousetest.Answer) { response.Body = body })
	}
	status := func(kind string, status int) func(string, int, *warehousetest.Answer) {
		return spoil(kind, func(response *warehousetest.Answer) { response.Status = status; response.Header.Set("Location", "/x") })
	}
	for name, test := range map[string]struct {
		spoil func(string, int, *warehousetest.Answer)
		next  warehouses.Next
		says  string
	}{
		"nothing behind it": {spoil(shipherotest.File, func(a *warehousetest.Answer) { a.Body += "{}" }), warehouses.Retry, "with nothing behind it"},
		"without its end": {
			spoil(shipherotest.File, func(a *warehousetest.Answer) { a.Body = a.Body[:len(a.Body)-1] }), warehouses.Retry,
			"not one JSON object",
		},
		"cut":                      {spoil(shipherotest.File, func(a *warehousetest.Answer) { a.Cut = true }), warehouses.Retry, "broke off after"},
		"empty":                    {body(shipherotest.File, ""), warehouses.Retry, "not one JSON object"},
		"a list":                   {body(shipherotest.File, "[]"), warehouses.Retry, "has not the form"},
		"HTML":                     {body(shipherotest.File, "<html>"), warehouses.Retry, "not one JSON object"},
		"products are a list":      {replace(shipherotest.File, `"products":{`, `"products":[],"other":{`), warehouses.Retry, "has not the form"},
		"no products":              {replace(shipherotest.File, `"products"`, `"items"`), warehouses.Retry, "holds no products"},
		"products in another case": {replace(shipherotest.File, `"products"`, `"Products"`), warehouses.Retry, "holds no products"},
		"products twice":           {replace(shipherotest.File, `"products":{`, `"Products":{},"products":{`), warehouses.Retry, "holds a member twice"},
		"of another snapshot": {
			replace(shipherotest.File, shipherotest.SnapshotID(1), shipherotest.SnapshotID(2)), warehouses.Retry,
			"is that of another snapshot",
		},
		"of none":          {replace(shipherotest.File, `"snapshot_id"`, `"id"`), warehouses.Retry, "is that of another snapshot"},
		"a renamed figure": {replace(shipherotest.File, `"available"`, `"sellable_now"`), warehouses.AskPerson, `none of its 2500 rows has "available"`},
		"larger than is read": {
			spoil(shipherotest.File, func(a *warehousetest.Answer) { a.Body += strings.Repeat(" ", 1<<20) }), warehouses.AskPerson,
			"raise max_bytes",
		},
		"expired":                 {status(shipherotest.File, http.StatusForbidden), warehouses.Retry, "cannot be had (status 403)"},
		"elsewhere":               {status(shipherotest.File, http.StatusFound), warehouses.AskPerson, "redirect (status 302)"},
		"an address that is none": {replace(shipherotest.Poll, "http://", "file://"), warehouses.Retry, "is not one like https"},
		"an address with a user":  {replace(shipherotest.Poll, "http://", "http://me:pw@"), warehouses.Retry, "is not one like https"},
		"nobody there": {
			spoil(shipherotest.Poll, func(a *warehousetest.Answer) { a.Body = strings.Replace(a.Body, "/files/", "1/files/", 1) }),
			warehouses.Retry, "snapshot:",
		},
		"not made": {replace(shipherotest.Poll, `"processing"`, `"error"`), warehouses.Retry, "could not make the snapshot"},
		"not made, for a reason": {
			replace(shipherotest.Poll, `"error":null`, `"error":"`+warehousetest.Credential+`"`), warehouses.Retry,
			"could not make the snapshot",
		},
		"never made": {replace(shipherotest.Poll, `"success"`, `"processing"`), warehouses.Retry, "within 30m0s; raise snapshot_timeout"},
		"asked after one, told another": {
			replace(shipherotest.Poll, shipherotest.SnapshotID(1), shipherotest.SnapshotID(2)), warehouses.Retry,
			"answers with another",
		},
		"no id":         {replace(shipherotest.Generate, `"snapshot_id"`, `"id"`), warehouses.Retry, `"snapshot_id" is missing`},
		"an id of null": {replace(shipherotest.Generate, `"`+shipherotest.SnapshotID(1)+`"`, `null`), warehouses.Retry, "snapshot_id: expected text"},
		"no snapshot":   {body(shipherotest.Generate, `{"data":{"inventory_generate_snapshot":null}}`), warehouses.Retry, "expected an object"},
		"may not": {body(shipherotest.Generate,
			`{"errors":[{"message":"Missing required scope(s): `+warehousetest.Credential+`","code":7}],"data":null}`), warehouses.AskPerson, "ShipHero's code 7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := shipherotest.Start(t, warehousetest.Stock(2500))
			fake.Spoil(test.spoil)
			snapshot, err := open(t, fake, warehousetest.NewClock(), map[string]any{"max_bytes": 1 << 20}).Fetch(t.Context(), warehouses.Request{},
				warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next, test.says)
			require.Equal(t, warehouses.Snapshot{}, snapshot)
			require.NotContains(t, err.Error(), "signature")
		})
	}
}

// TestProductsThatMove: the list is not frozen.
func TestProductsThatMove(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(25)
	fake := shipherotest.Start(t, stock)
	source := open(t, fake, warehousetest.NewClock(), with(pages, "page", 10))
	_, err := source.Fetch(t.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
		fake.Set(t, slices.Insert(slices.Clone(stock), 3, warehousetest.Item{SKU: "NEW", Facility: "east", Available: "1"}))
		return nil
	})
	warehousetest.RequireError(t, err, warehouses.Retry, "page 2: it holds a product, as the page before did")
	rows, _ := warehousetest.Read(t, source, warehouses.Request{})
	require.Len(t, rows, 26, "and the next fetch reads the list as it is then")
}

// TestAnOlderAnswer: something between us and ShipHero answers from memory, or ShipHero itself does.
func TestAnOlderAnswer(t *testing.T) {
	t.Parallel()
	fake, clock := shipherotest.Start(t, warehousetest.Stock(5)), warehousetest.NewClock()
	clock.At = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	dated := func(at time.Time) {
		fake.Spoil(func(_ string, _ int, response *warehousetest.Answer) {
			response.Header.Set("Date", at.Format(http.TimeFormat))
		})
	}
	source := open(t, fake, clock, nil)
	dated(clock.At)
	_, first := warehousetest.Read(t, source, warehouses.Request{})
	dated(clock.At.Add(-2 * time.Hour))
	for _, everything := range []bool{false, true} {
		_, err := source.Fetch(t.Context(), warehouses.Request{Cursor: first.Cursor, Everything: everything}, warehousetest.Discard)
		warehousetest.RequireError(t, err, warehouses.Retry, "the answer is dated 2026-03-01T1", "remembers it")
	}
	fake = shipherotest.Start(t, warehousetest.Stock(5))
	fake.Turn(shipherotest.Switches{SameSnapshot: true, NoDate: true})
	source = open(t, fake, clock, nil)
	_, first = warehousetest.Read(t, source, warehouses.Request{})
	_, err := source.Fetch(t.Context(), warehouses.Request{Cursor: first.Cursor, Everything: true}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.Retry, "answers with the one that was recorded last")
}

// TestWhoseStockItIs: the stock of several customers, or of another warehouse, is not mixed up.
func TestWhoseStockItIs(t *testing.T) {
	t.Parallel()
	stock := []warehousetest.Item{{SKU: "A", Facility: "east", Available: "1"}, {SKU: "other A", Facility: "east", Available: "2"}}
	for _, settings := range []map[string]any{nil, pages} {
		fake := shipherotest.Start(t, stock)
		_, err := open(t, fake, warehousetest.NewClock(), settings).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
		warehousetest.RequireError(t, err, warehouses.AskPerson, "stock of several customers", "set customer_account_id")
		rows, _ := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), with(settings, "customer_account_id", shipherotest.Other)), warehouses.Request{})
		require.Equal(t, "other A@east 2", warehousetest.Levels(rows))

		fake.Spoil(func(_ string, _ int, response *warehousetest.Answer) {
			response.Body = strings.ReplaceAll(response.Body, `"east"`, `"1"`)
		})
		_, err = open(t, fake, warehousetest.NewClock(), with(with(settings, "customer_account_id", shipherotest.Other), "warehouse_id", "east")).Fetch(t.Context(),
			warehouses.Request{}, warehousetest.Discard)
		warehousetest.RequireError(t, err, warehouses.AskPerson, `warehouse_id is "east", and there are products of another warehouse`)
	}
	fake := shipherotest.Start(t, stock[:1])
	fake.Turn(shipherotest.Switches{OldFormat: true})
	_, err := open(t, fake, warehousetest.NewClock(), nil).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.Retry, "has not the form of a snapshot that groups products by account")
}

func TestPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	fake := shipherotest.Start(t, warehousetest.Stock(25))
	_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"full": "pages", "page": 10, "max_pages": 2}).Fetch(t.Context(), warehouses.Request{},
		warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "more than 2 pages, which is max_pages")
}

func TestCheckSaysWhatItRead(t *testing.T) {
	t.Parallel()
	fake := shipherotest.Start(t, warehousetest.Stock(20))
	fake.Date(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	finding, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 12}).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"east", "west"}, finding.Facilities)
	require.Equal(t, []string{
		"the first page has 12 products of warehouses; there are more",
		"at credits_per_second: 45 a page like it is read every 289ms",
		warehouses.CountsAsOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), warehouses.AsDated),
		"a full sync has ShipHero make a snapshot; that was not tried, because it leaves one behind",
	}, finding.Notes)
	require.Len(t, fake.Calls(), 2, "no snapshot was made")
}

func TestAWarehouseThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := open(t, shipherotest.Start(t, nil), warehousetest.NewClock(), map[string]any{"endpoint": "http://127.0.0.1:1"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.Retry, "127.0.0.1:1")
}

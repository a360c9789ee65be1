package shipbob_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shipbob/shipbobtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	fake := shipbobtest.Start(t, warehousetest.Stock(5))
	fake.Spoil(func(_ int, response *warehousetest.Answer) {
		response.Header.Set("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
	})
	rows, snapshot := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), map[string]any{"page": 2}), warehouses.Request{})
	require.Equal(t, warehouses.Snapshot{
		Full: true, Rows: 5, AsOf: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), From: fake.Endpoint() + "/inventory-level",
		Cursor: `{"dated":"2026-03-01T12:00:00Z"}`,
	}, snapshot)
	require.Equal(t, inventory.Row{
		SKU: "SKU-0000003", Available: new(int64(3)), OnHand: new(int64(shipbobtest.OnHand)), Committed: new(int64(shipbobtest.Committed)),
		Place: "page 2, item 2",
	}, rows[3])
	require.Equal(t, []string{
		"/2026-07/inventory-level?IsDigital=false&PageSize=2",
		"/2026-07/inventory-level?cursor=after-2&isDigital=false&pageSize=2",
		"/2026-07/inventory-level?cursor=after-4&isDigital=false&pageSize=2",
	}, fake.Calls())
}

// TestFigures: the total and the figures of the fulfillment centers, and what the settings make of them.
func TestFigures(t *testing.T) {
	t.Parallel()
	stock := []warehousetest.Item{
		{SKU: "BIKE", Facility: "Cicero (IL)", Available: "5"},
		{SKU: "BIKE", Facility: "Moreno Valley (CA)", Available: "-2"},
		{SKU: "HELMET", Facility: "Cicero (IL)", Available: "9"},
		{SKU: "inactive BELL", Facility: "Cicero (IL)", Available: "1"},
		{SKU: "digital MAP", Facility: "Cicero (IL)", Available: "0"},
	}
	for name, test := range map[string]struct {
		settings map[string]any
		want     string
	}{
		"the defaults":    {nil, "BIKE 3, HELMET 9, inactive BELL 1"},
		"sellable":        {map[string]any{"figure": "sellable"}, "BIKE 4, HELMET 10, inactive BELL 2"},
		"active and all":  {map[string]any{"inactive": false, "digital": true}, "BIKE 3, HELMET 9, digital MAP 0"},
		"by inventory id": {map[string]any{"sku": "inventory_id"}, "20000001 3, 20000002 9, 20000003 1"},
		"locations":       {map[string]any{"levels": "locations"}, "BIKE@101 5, BIKE@102 -2, HELMET@101 9, inactive BELL@101 1"},
		"locations, names": {
			map[string]any{"levels": "locations", "facility": "name", "inactive": false},
			"BIKE@Cicero (IL) 5, BIKE@Moreno Valley (CA) -2, HELMET@Cicero (IL) 9",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, _ := warehousetest.Read(t, open(t, shipbobtest.Start(t, stock), warehousetest.NewClock(), test.settings), warehouses.Request{})
			var got []string
			for _, row := range rows {
				require.Empty(t, row.Problem)
				text := row.SKU
				if row.Facility != "" {
					text += "@" + row.Facility
				}
				got = append(got, fmt.Sprintf("%s %d", text, *row.Available))
			}
			require.Equal(t, test.want, strings.Join(got, ", "))
		})
	}
}

// TestWhatIsNotConfirmed: whatever ShipBob does where its documentation is silent, the stock arrives once.
func TestWhatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]shipbobtest.Switches{
		"as documented":              {},
		"next is a path":             {PathNext: true},
		"next leaves out the rest":   {BareNext: true},
		"a path without the rest":    {PathNext: true, BareNext: true},
		"last on the last page":      {LastKept: true},
		"last and a path":            {LastKept: true, PathNext: true, BareNext: true},
		"no last":                    {NoLast: true},
		"pages of the API's size":    {MostItems: 3},
		"no calls left are told":     {QuietBudget: true},
		"the date is not told":       {NoDate: true},
		"the usual name of the wait": {PlainRetryAfter: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := append(warehousetest.Stock(25), warehousetest.Item{SKU: "digital", Available: "0"}, warehousetest.Item{SKU: "inactive", Available: "0"})
			fake := shipbobtest.Start(t, stock)
			fake.Turn(switches)
			clock := warehousetest.NewClock()
			fake.Count(clock.Now, 0)
			source := open(t, fake, clock, map[string]any{"page": 10, "inactive": false})
			rows, snapshot := warehousetest.Read(t, source, warehouses.Request{})
			require.Len(t, rows, 25)
			for i, row := range rows {
				require.Equal(t, stock[i].SKU, row.SKU)
			}
			_, again := warehousetest.Read(t, source, warehouses.Request{Cursor: snapshot.Cursor})
			require.Equal(t, 25, again.Rows)

			warehouse := shipbobtest.Start(t, warehousetest.Stock(2))
			warehouse.Turn(switches)
			rows, _ = warehousetest.Read(t, open(t, warehouse, clock, nil), warehouses.Request{})
			require.Len(t, rows, 2, "one page is the first and the last")

			fake.Provoke(t, warehousetest.Throttles)
			_, err := source.Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			failed := warehousetest.RequireError(t, err, warehouses.Wait, "throttles")
			require.Equal(t, clock.Now().Add(shipbobtest.RetryAfter), failed.Until)
		})
	}
}

// TestAStockThatIsTruncated: with last, an early end is noticed; without it, only the guard can notice it.
func TestAStockThatIsTruncated(t *testing.T) {
	t.Parallel()
	for _, path := range []bool{false, true} {
		fake := shipbobtest.Start(t, warehousetest.Stock(25))
		fake.Turn(shipbobtest.Switches{PathNext: path})
		fake.Provoke(t, warehousetest.Truncated)
		_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 5}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
		warehousetest.RequireError(t, err, warehouses.Retry, "page 2: it has no next page, and says that another page is the last")
	}
	fake := shipbobtest.Start(t, warehousetest.Stock(25))
	fake.Turn(shipbobtest.Switches{NoLast: true})
	fake.Provoke(t, warehousetest.Truncated)
	_, snapshot := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), map[string]any{"page": 5}), warehouses.Request{})
	require.Equal(t, 10, snapshot.Rows)
}

// TestItemsThatMove: the list is not frozen. What is new before the place that is read shifts an item to the next page.
func TestItemsThatMove(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(25)
	set := func(fake *shipbobtest.Warehouse, stock []warehousetest.Item) warehouses.Sink {
		return func(context.Context, []inventory.Row) error {
			fake.Set(t, stock)
			return nil
		}
	}
	fake := shipbobtest.Start(t, stock)
	source := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10})
	_, err := source.Fetch(t.Context(), warehouses.Request{}, set(fake, slices.Insert(slices.Clone(stock), 3, warehousetest.Item{SKU: "NEW", Available: "1"})))
	warehousetest.RequireError(t, err, warehouses.Retry, "page 2: it holds item 20000010, as the page before did", "moved")
	rows, _ := warehousetest.Read(t, source, warehouses.Request{})
	require.Len(t, rows, 26, "and the next fetch reads the list as it is then")

	gone := shipbobtest.Start(t, stock)
	var seen []string
	snapshot, err := open(t, gone, warehousetest.NewClock(), map[string]any{"page": 10}).Fetch(t.Context(), warehouses.Request{},
		func(ctx context.Context, rows []inventory.Row) error {
			for _, row := range rows {
				seen = append(seen, row.SKU)
			}
			return set(gone, slices.Delete(slices.Clone(stock), 3, 4))(ctx, rows)
		})
	require.NoError(t, err)
	require.Equal(t, 24, snapshot.Rows)
	require.NotContains(t, seen, "SKU-0000010", "it moved back before it was read, and counts as missing")
}

// TestAnOlderAnswer: something between us and ShipBob answers from memory.
func TestAnOlderAnswer(t *testing.T) {
	t.Parallel()
	fake, clock := shipbobtest.Start(t, warehousetest.Stock(5)), warehousetest.NewClock()
	clock.At = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	dated := func(at time.Time) {
		fake.Spoil(func(_ int, response *warehousetest.Answer) { response.Header.Set("Date", at.Format(http.TimeFormat)) })
	}
	source := open(t, fake, clock, nil)
	dated(clock.At)
	_, first := warehousetest.Read(t, source, warehouses.Request{})

	dated(clock.At.Add(-2 * time.Minute))
	_, err := source.Fetch(t.Context(), warehouses.Request{Cursor: first.Cursor, Everything: true}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.Retry, "page 1: the answer is dated 2026-03-01T11:58:00Z", "2026-03-01T12:00:00Z", "remembers it")

	dated(clock.At.Add(-50 * time.Second))
	_, second := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.Equal(t, `{"dated":"2026-03-01T11:59:10Z"}`, second.Cursor, "clocks may differ a little")

	dated(clock.At.Add(24 * time.Hour))
	_, third := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.Equal(t, first.Cursor, third.Cursor, "a clock that is ahead is not believed")

	fake.Turn(shipbobtest.Switches{NoDate: true})
	fake.Spoil(nil)
	_, fourth := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.Equal(t, first.Cursor, fourth.Cursor)
}

// TestAnswersThatAreNotBelieved: 25 items in three pages, one of which is not what it should be.
func TestAnswersThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	replace := func(page int, from, to string) func(int, *warehousetest.Answer) {
		return func(number int, response *warehousetest.Answer) {
			if page != 0 && number != page {
				return
			}
			changed := strings.ReplaceAll(response.Body, from, to)
			require.NotEqual(t, response.Body, changed)
			response.Body = changed
		}
	}
	status := func(status int, body string) func(int, *warehousetest.Answer) {
		return func(_ int, response *warehousetest.Answer) { response.Status, response.Body = status, body }
	}
	for name, test := range map[string]struct {
		spoil func(int, *warehousetest.Answer)
		next  warehouses.Next
		says  string
	}{
		"a page that comes again":  {comesAgain(), warehouses.Retry, "page 3: it begins with item 20000001, as a page before did"},
		"a longer loop":            {replace(2, "after-20", "after-0"), warehouses.Retry, "page 3: its next leads back"},
		"a loop with its cursor":   {replace(3, `"next":null`, `"next":"/x?cursor=after-10"`), warehouses.Retry, "page 3: its next leads back"},
		"a loop to the first page": {replace(2, `after-20`, `after-10`), warehouses.Retry, "page 2: its next leads back"},
		"a page without items":     {emptyPage, warehouses.Retry, "page 2: it is empty, and not the last page"},
		"no items":                 {replace(1, `"items"`, `"results"`), warehouses.Retry, `page 1: "items" is missing`},
		"items in another case":    {replace(1, `"items"`, `"Items"`), warehouses.Retry, `"items" is missing`},
		"items are null": {
			func(_ int, a *warehousetest.Answer) { a.Body = `{"items":null,"next":null}` }, warehouses.Retry,
			"items: expected a list, found null",
		},
		"next is left out":     {replace(2, `"next"`, `"following"`), warehouses.Retry, `page 2: "next" is missing`},
		"next is a number":     {replace(3, `"next":null`, `"next":7`), warehouses.Retry, "next: expected an address or null, found a number"},
		"next is empty":        {replace(3, `"next":null`, `"next":""`), warehouses.Retry, "next: expected an address or null, found text"},
		"two documents":        {func(_ int, a *warehousetest.Answer) { a.Body += a.Body }, warehouses.Retry, "goes on after its end"},
		"cut, and told so":     {func(_ int, a *warehousetest.Answer) { a.Cut = true }, warehouses.Retry, "did not answer"},
		"cut, and not told so": {func(_ int, a *warehousetest.Answer) { a.Body = a.Body[:len(a.Body)-1] }, warehouses.Retry, "breaks off"},
		"nothing":              {status(http.StatusOK, ""), warehouses.Retry, "found nothing"},
		"a list":               {status(http.StatusOK, "[]"), warehouses.Retry, "expected an object"},
		"a renamed figure": {
			replace(0, `"total_fulfillable_quantity"`, `"fulfillable"`), warehouses.AskPerson,
			`none of its 25 rows has "total_fulfillable_quantity"`,
		},
		"a renamed SKU": {replace(0, `"sku"`, `"seller_sku"`), warehouses.AskPerson, `none of its 25 rows has "sku"`},
		"no content":    {status(http.StatusNoContent, ""), warehouses.AskPerson, "status 204"},
		"forbidden":     {status(http.StatusForbidden, "{}"), warehouses.AskPerson, "permission to read stock"},
		"a bad request": {
			status(http.StatusBadRequest, `{"detail":"`+warehousetest.Credential+`"}`), warehouses.AskPerson,
			"(status 400); try a smaller page",
		},
		"a version that ended": {status(http.StatusGone, "{}"), warehouses.AskPerson, "a version that ShipBob still serves"},
		"unavailable":          {status(http.StatusServiceUnavailable, "<html>"), warehouses.Retry, "status 503"},
		"too much at once":     {status(http.StatusOK, strings.Repeat(" ", 17<<20)), warehouses.AskPerson, "ask for smaller pages"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := shipbobtest.Start(t, warehousetest.Stock(25))
			fake.Spoil(test.spoil)
			snapshot, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next, test.says)
			require.Equal(t, warehouses.Snapshot{}, snapshot)
		})
	}
}

// comesAgain has the third page hold the items of the first one.
func comesAgain() func(int, *warehousetest.Answer) {
	var items string
	return func(number int, response *warehousetest.Answer) {
		head, rest, _ := strings.Cut(response.Body, `"items":[`)
		here, tail, _ := strings.Cut(rest, `],"last"`)
		switch number {
		case 1:
			items = here
		case 3:
			response.Body = head + `"items":[` + items + `],"last"` + tail
		}
	}
}

// emptyPage takes the items out of the second page.
func emptyPage(number int, response *warehousetest.Answer) {
	if number != 2 {
		return
	}
	head, rest, _ := strings.Cut(response.Body, `"items":[`)
	_, tail, _ := strings.Cut(rest, "]")
	response.Body = head + `"items":[]` + tail
}

// TestALeadElsewhere: whatever a response says, the credential goes nowhere but to the endpoint.
func TestALeadElsewhere(t *testing.T) {
	t.Parallel()
	fake := shipbobtest.Start(t, warehousetest.Stock(25))
	fake.Spoil(func(number int, response *warehousetest.Answer) {
		response.Body = strings.ReplaceAll(response.Body, fake.Endpoint(), "http://attacker.invalid/2026-07")
	})
	_, snapshot := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10}), warehouses.Request{})
	require.Equal(t, 25, snapshot.Rows)
	require.Len(t, fake.Calls(), 3)

	fake.Provoke(t, warehousetest.Redirects)
	_, err := open(t, fake, warehousetest.NewClock(), nil).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "redirect")
	require.Len(t, fake.Calls(), 4)
}

func TestManyLocations(t *testing.T) {
	t.Parallel()
	var stock []warehousetest.Item
	for i := range 2500 {
		stock = append(stock, warehousetest.Item{SKU: "A", Facility: fmt.Sprintf("center %d", i), Available: "1"})
	}
	fake := shipbobtest.Start(t, stock)
	var parts []int
	_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"levels": "locations"}).Fetch(t.Context(), warehouses.Request{},
		func(_ context.Context, rows []inventory.Row) error {
			parts = append(parts, len(rows))
			return nil
		})
	require.NoError(t, err)
	require.Equal(t, []int{1000, 1000, 500}, parts)
}

func TestPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	fake := shipbobtest.Start(t, warehousetest.Stock(25))
	_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10, "max_pages": 2}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "more than 2 pages, which is max_pages")
	_, err = open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10, "max_pages": 3}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
}

func TestCheckSaysWhatItRead(t *testing.T) {
	t.Parallel()
	fake := shipbobtest.Start(t, warehousetest.Stock(20))
	fake.Date(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	finding, err := open(t, fake, warehousetest.NewClock(), map[string]any{"levels": "locations", "page": 12}).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"101", "102"}, finding.Facilities)
	require.Equal(t, []string{
		"the first page has 12 items and 12 rows; there are more",
		"the available figure is ShipBob's fulfillable_quantity",
		`fulfillment center 101 is called "east"`,
		`fulfillment center 102 is called "west"`,
		warehouses.CountsAsOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), warehouses.AsDated),
		"ShipBob has 149 calls left for this minute",
	}, finding.Notes)

	fake.Date(t, time.Time{})
	finding, err = open(t, fake, warehousetest.NewClock(), nil).Check(t.Context())
	require.NoError(t, err)
	require.Empty(t, finding.Facilities)
	require.Equal(t, []string{
		"the first page has 20 items and 20 rows; there are no more",
		"the available figure is ShipBob's total_fulfillable_quantity",
		"a row is the stock of all fulfillment centers together; set levels: locations to tell them apart",
		"rows without a time of their own count as of when they are fetched, for the source does not say when it made them",
		"ShipBob has 149 calls left for this minute",
	}, finding.Notes)
}

func TestAWarehouseThatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := shipbobtest.Start(t, nil)
	_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"endpoint": fake.Endpoint() + "x"}).Fetch(t.Context(), warehouses.Request{},
		warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "status 404", "correct the endpoint")
	_, err = open(t, fake, warehousetest.NewClock(), map[string]any{"endpoint": "http://127.0.0.1:1/2026-07"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.Retry, "127.0.0.1:1")
}

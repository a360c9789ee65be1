package extensiv_test

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
	"github.com/tidemark/tidemark/warehouses/extensiv/extensivtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	fake, clock := extensivtest.Start(t, warehousetest.Stock(5)), warehousetest.NewClock()
	clock.At = time.Date(2026, 3, 1, 12, 0, 5, 0, time.UTC)
	fake.Spoil(func(_ int, response *warehousetest.Answer) {
		response.Header.Set("Date", "Sun, 01 Mar 2026 12:00:00 GMT")
	})
	rows, snapshot := warehousetest.Read(t, open(t, fake, clock,
		map[string]any{"page": 2, "customer_id": extensivtest.Customer, "facilities": map[string]any{"1": "east", "2": "west"}}), warehouses.Request{})
	require.Regexp(t, `^\{"settings":"[0-9a-f]{16}","at":"2026-03-01T12:00:00Z","dated":"2026-03-01T12:00:00Z"\}$`, snapshot.Cursor)
	snapshot.Cursor = ""
	require.Equal(t, warehouses.Snapshot{Full: true, Rows: 5, AsOf: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), From: fake.Endpoint() +
		"/inventory/stocksummaries"}, snapshot)
	require.Equal(t, inventory.Row{
		SKU: "SKU-0000003", Facility: "west", Available: new(int64(3)), OnHand: new(int64(extensivtest.OnHand)), Committed: new(int64(extensivtest.Allocated)),
		Place: "page 2, item 2",
	}, rows[3])
	require.Equal(t, []string{
		"/inventory/stocksummaries?pgnum=1&pgsiz=2&rql=customerIdentifier.id%3D%3D194%3BfacilityId%3Din%3D%281%2C2%29",
		"/inventory/stocksummaries?pgnum=2&pgsiz=2&rql=customerIdentifier.id%3D%3D194%3BfacilityId%3Din%3D%281%2C2%29",
		"/inventory/stocksummaries?pgnum=3&pgsiz=2&rql=customerIdentifier.id%3D%3D194%3BfacilityId%3Din%3D%281%2C2%29",
	}, fake.Calls())
	require.Equal(t, []string{`{"grant_type":"client_credentials","user_login_id":"759"}`}, fake.Logins())
	require.Equal(t, []time.Duration{250 * time.Millisecond, 250 * time.Millisecond}, clock.Waits)
}

// TestFigures: what the settings make of items, facilities and lots.
func TestFigures(t *testing.T) {
	t.Parallel()
	stock := []warehousetest.Item{
		{SKU: "BIKE", Facility: "Reno", Available: "5"},
		{SKU: "BIKE", Facility: "Newark", Available: "-2"},
		{SKU: "qualified HAT RED", Facility: "Reno", Available: "7"},
		{SKU: "qualified HAT BLUE", Facility: "Reno", Available: "8"},
		{SKU: "held BIKE", Facility: "Reno", Available: "100"},
	}
	both := map[string]any{"1": "reno", "2": "newark"}
	details := func(other map[string]any) map[string]any {
		all := map[string]any{"levels": "details", "customer_id": extensivtest.Customer, "facilities": both}
		maps.Copy(all, other)
		return all
	}
	for name, test := range map[string]struct {
		settings map[string]any
		want     string
	}{
		"the defaults":         {nil, "BIKE@1 5, BIKE@2 -2, HAT@1 7, HAT@1 8, BIKE@1 100"},
		"one facility":         {map[string]any{"facilities": map[string]any{"2": "newark"}}, "BIKE@newark -2"},
		"qualifiers":           {map[string]any{"qualifier": "append"}, "BIKE@1 5, BIKE@2 -2, HAT-RED@1 7, HAT-BLUE@1 8, BIKE@1 100"},
		"by item":              {map[string]any{"sku": "item_id"}, "1001@1 5, 1001@2 -2, 1002@1 7, 1002@1 8, 1001@1 100"},
		"another customer":     {map[string]any{"customer_id": 7}, ""},
		"details":              {details(nil), "BIKE@reno 5, HAT@reno 15, BIKE@newark -2"},
		"details, all of them": {details(map[string]any{"held": true, "qualifier": "append"}), "BIKE@reno 105, HAT-RED@reno 7, HAT-BLUE@reno 8, BIKE@newark -2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, snapshot := warehousetest.Read(t, open(t, extensivtest.Start(t, stock), warehousetest.NewClock(), test.settings), warehouses.Request{})
			require.True(t, snapshot.Full)
			require.Equal(t, test.want, warehousetest.Levels(rows))
		})
	}
}

// TestLotsWithoutALevel: where some lots have a figure and others say that there is no level, the sum is not known.
func TestLotsWithoutALevel(t *testing.T) {
	t.Parallel()
	lot := func(sku, available string) warehousetest.Item {
		return warehousetest.Item{SKU: sku, Facility: "Reno", Available: available}
	}
	fake := extensivtest.Start(t, []warehousetest.Item{
		lot("A", "-1"), lot("A", "5"), lot("B", "5"), lot("B", "-1"), lot("C", "-1"), lot("C", "-1"),
		lot("D", "5"),
	})
	settings := map[string]any{
		"levels": "details", "customer_id": extensivtest.Customer, "facilities": map[string]any{"1": "reno"}, "texts": map[string]any{"-1": "none"},
	}
	rows, _ := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), settings), warehouses.Request{})
	require.Equal(t, "A@reno none, B@reno none, C@reno none, D@reno 5", warehousetest.Levels(rows))
	for i, passed := range []bool{false, false, true, false} {
		require.Equal(t, passed, inventory.NoLevel(rows[i], inventory.QuantityAvailable), rows[i].SKU)
	}
}

// TestDetails: a sum is made of all lots, and of none that cannot be read.
func TestDetails(t *testing.T) {
	t.Parallel()
	var stock []warehousetest.Item
	for range 700 {
		stock = append(stock, warehousetest.Item{SKU: "A", Facility: "Reno", Available: "2"}, warehousetest.Item{SKU: "B", Facility: "Reno", Available: "1"})
	}
	stock[900].Available = "1e3"
	stock = append(stock, warehousetest.Item{SKU: "C", Facility: "Reno", Available: "4"}, warehousetest.Item{SKU: "C", Facility: "Reno", Available: "null"})
	fake := extensivtest.Start(t, stock)
	settings := map[string]any{"levels": "details", "customer_id": extensivtest.Customer, "facilities": map[string]any{"1": "reno"}}
	source := open(t, fake, warehousetest.NewClock(), settings)
	rows, snapshot := warehousetest.Read(t, source, warehouses.Request{})
	require.Equal(t, 3, snapshot.Rows)
	require.Equal(t, `A@reno: one of its lots, at facility 1, page 2, item 401: available: the quantity "1e3" is a number with an exponent; expected a whole `+
		`number like 12, B@reno 700, C@reno none`, warehousetest.Levels(rows))
	require.Equal(t, "facility 1, page 1, item 2 (sum of 700 lots)", rows[1].Place)
	require.Equal(t, int64(700*extensivtest.OnHand), *rows[1].OnHand)
	require.Nil(t, rows[1].Committed)
	require.Equal(t, "/inventory/stockdetails?customerid=194&facilityid=1&pgnum=3&pgsiz=500", fake.Calls()[2])

	fake.Provoke(t, warehousetest.BreaksOff)
	_, err := source.Fetch(t.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
		t.Error("a part of the lots was passed on")
		return nil
	})
	warehousetest.RequireError(t, err, warehouses.Retry)

	fake.Provoke(t, warehousetest.None)
	finding, err := source.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"reno"}, finding.Facilities)
	require.Contains(t, strings.Join(finding.Notes, "; "), "set missing: zero")
}

// TestDecimals: 4.0 is 4, and nothing else becomes readable by that.
func TestDecimals(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"4": "4", "4.0": "4", "4.000": "4", "-4.0": "-4", "0.0": "0", "-0.0": "0"} {
		fake := extensivtest.Start(t, []warehousetest.Item{{SKU: "A", Facility: "Reno", Available: raw}})
		rows, _ := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), nil), warehouses.Request{})
		require.Equal(t, "A@1 "+want, warehousetest.Levels(rows), raw)
	}
	bad := map[string]string{
		"exponent": "1e3", "over": "9223372036854775808", "over, decimals": "9223372036854775808.0", "insane": "1000000001.0", "true": "true",
		"null": "null", "left out": "",
	}
	for name, raw := range unreadable() {
		bad[name] = raw
	}
	for name, raw := range bad {
		fake := extensivtest.Start(t, []warehousetest.Item{{SKU: "A", Facility: "Reno", Available: raw}, {SKU: "B", Facility: "Reno", Available: "1"}})
		rows, _ := warehousetest.Read(t, open(t, fake, warehousetest.NewClock(), nil), warehouses.Request{})
		_, refusal := inventory.Accept(rows[0], inventory.QuantityAvailable)
		require.NotNil(t, refusal, "%s: %s was read", name, raw)
	}
}

// TestWhatIsNotConfirmed: whatever Extensiv does where its documentation is silent, the stock arrives once.
func TestWhatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]extensivtest.Switches{
		"as documented":             {},
		"figures are whole":         {Whole: true},
		"links to other pages":      {Links: true},
		"the date is not told":      {NoDate: true},
		"tokens that are withdrawn": {Withdrawn: true},
		"pages of the API's size":   {MostRows: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := extensivtest.Start(t, warehousetest.Stock(25))
			fake.Turn(switches)
			source := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10})
			rows, snapshot := warehousetest.Read(t, source, warehouses.Request{})
			require.Len(t, rows, 25)
			_, again := warehousetest.Read(t, source, warehouses.Request{Cursor: snapshot.Cursor})
			require.Equal(t, 25, again.Rows)
		})
	}
}

// TestSince: a smart fetch asks for what changed, where the API knows the property; where it does not, a person is told.
func TestSince(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(5)
	for name, eastern := range map[string]bool{"UTC": false, "another zone": true} {
		clock := warehousetest.NewClock()
		clock.At = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		fake := extensivtest.Start(t, nil)
		fake.At(clock.Now)
		fake.Set(t, stock)
		fake.Turn(extensivtest.Switches{Since: true, Eastern: eastern, NoDate: true})
		source := open(t, fake, clock, map[string]any{"since": "readonly.lastModifiedDate"})
		_, first := warehousetest.Read(t, source, warehouses.Request{})
		require.True(t, first.Full)

		require.NoError(t, clock.Wait(t.Context(), 72*time.Hour))
		_, all := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
		require.False(t, all.Full)
		require.Equal(t, 5, all.Rows, "%s: what changed shortly before is within the overlap", name)

		_, none := warehousetest.Read(t, source, warehouses.Request{Cursor: all.Cursor})
		require.True(t, none.Unchanged)
		require.Equal(t, all.Cursor, none.Cursor, "nothing new leaves the source cursor as it is")

		changed := slices.Clone(stock)
		changed[3].Available = "44"
		fake.Set(t, changed)
		rows, some := warehousetest.Read(t, source, warehouses.Request{Cursor: none.Cursor})
		require.False(t, some.Full)
		require.Equal(t, "SKU-0000003@2 44", warehousetest.Levels(rows), name)

		_, everything := warehousetest.Read(t, source, warehouses.Request{Cursor: some.Cursor, Everything: true})
		require.True(t, everything.Full)
		require.Equal(t, 5, everything.Rows)
	}

	fake := extensivtest.Start(t, stock)
	source := open(t, fake, warehousetest.NewClock(), map[string]any{"since": "readonly.lastModifiedDate"})
	_, first := warehousetest.Read(t, source, warehouses.Request{})
	_, err := source.Fetch(t.Context(), warehouses.Request{Cursor: first.Cursor}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "status 400, NotParsable", "leave since out")
}

// TestAnOlderAnswer: something between us and Extensiv answers from memory.
func TestAnOlderAnswer(t *testing.T) {
	t.Parallel()
	fake, clock := extensivtest.Start(t, warehousetest.Stock(5)), warehousetest.NewClock()
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
	require.Contains(t, second.Cursor, `"dated":"2026-03-01T11:59:10Z"`, "clocks may differ a little")

	dated(clock.At.Add(24 * time.Hour))
	_, third := warehousetest.Read(t, source, warehouses.Request{Cursor: first.Cursor})
	require.Equal(t, first.Cursor, third.Cursor, "a clock that is ahead is not believed")
}

// TestRowsThatMove: the list is not frozen.
func TestRowsThatMove(t *testing.T) {
	t.Parallel()
	stock := warehousetest.Stock(25)
	moved := slices.Insert(slices.Delete(slices.Clone(stock), 20, 21), 3, warehousetest.Item{SKU: "NEW", Facility: "east", Available: "1"})
	for says, later := range map[string][]warehousetest.Item{
		"page 2: it holds a row that the page before held":             moved,
		"page 2: its totalResults differs from that of the first page": slices.Delete(slices.Clone(stock), 3, 4),
		"page 2: its totalResults differs from that of the first page; th": append(slices.Clone(stock),
			warehousetest.Item{SKU: "NEW", Facility: "east", Available: "1"}),
	} {
		fake := extensivtest.Start(t, stock)
		_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10}).Fetch(t.Context(), warehouses.Request{},
			func(context.Context, []inventory.Row) error {
				fake.Set(t, later)
				return nil
			})
		warehousetest.RequireError(t, err, warehouses.Retry, says)
	}
}

func TestThrottled(t *testing.T) {
	t.Parallel()
	fake, clock := extensivtest.Start(t, warehousetest.Stock(5)), warehousetest.NewClock()
	fake.Provoke(t, warehousetest.Throttles)
	_, err := open(t, fake, clock, nil).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.Equal(t, clock.Now().Add(extensivtest.RetryAfter), warehousetest.RequireError(t, err, warehouses.Wait, "throttles").Until)
}

// TestTheToken: it is asked for once, and again when it has been kept long enough or is not accepted.
func TestTheToken(t *testing.T) {
	t.Parallel()
	fake, clock := extensivtest.Start(t, warehousetest.Stock(25)), warehousetest.NewClock()
	source := open(t, fake, clock, map[string]any{"page": 10, "user_login_id": nil, "user_login": "tidemark", "tpl": "{1ddbea91}"})
	warehousetest.Read(t, source, warehouses.Request{})
	warehousetest.Read(t, source, warehouses.Request{})
	require.Equal(t, []string{`{"grant_type":"client_credentials","tpl":"{1ddbea91}","user_login":"tidemark"}`}, fake.Logins())
	require.NoError(t, clock.Wait(t.Context(), 30*time.Minute))
	warehousetest.Read(t, source, warehouses.Request{})
	require.Len(t, fake.Logins(), 2)
	fake.Turn(extensivtest.Switches{Withdrawn: true})
	warehousetest.Read(t, source, warehouses.Request{})
	require.Len(t, fake.Logins(), 5)
}

func TestPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	fake := extensivtest.Start(t, warehousetest.Stock(25))
	_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 10, "max_pages": 2}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "more than 2 pages, which is max_pages")
}

func TestCheckSaysWhatItRead(t *testing.T) {
	t.Parallel()
	fake := extensivtest.Start(t, warehousetest.Stock(20))
	fake.Date(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	finding, err := open(t, fake, warehousetest.NewClock(), map[string]any{"page": 12}).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2"}, finding.Facilities)
	require.Equal(t, []string{
		"the first page has 12 rows of 20",
		warehouses.CountsAsOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), warehouses.AsDated),
		"customer_id is not set: the stock of every customer that the credential may see is read",
	}, finding.Notes)
}

func TestAWarehouseThatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := extensivtest.Start(t, nil)
	_, err := open(t, fake, warehousetest.NewClock(), map[string]any{"endpoint": fake.Endpoint() + "/x"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.AskPerson)
	_, err = open(t, fake, warehousetest.NewClock(), map[string]any{"endpoint": "http://127.0.0.1:1"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.Retry, "127.0.0.1:1")
}

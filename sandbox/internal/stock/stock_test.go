package stock_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/sandbox/internal/draw"
	"github.com/tidemark/tidemark/sandbox/internal/stock"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func open(t require.TestingT, setup stock.Setup) *stock.Warehouse {
	w, err := stock.New(setup, draw.New(7, "warehouses/portland"), func() time.Time { return start })
	require.NoError(t, err)
	return w
}

func levels(w *stock.Warehouse) []stock.Level { return slices.Collect(w.Levels) }

// pages reads a snapshot to its end.
func pages(t require.TestingT, s *stock.Snapshot, limit int) (rows []stock.Row) {
	from := 0
	for {
		page, next, more := s.Page(from, limit)
		require.LessOrEqual(t, len(page), limit)
		rows = append(rows, page...)
		if !more {
			return rows
		}
		require.NotEmpty(t, page)
		require.Greater(t, next, from)
		from = next
	}
}

func TestGeneratedLevels(t *testing.T) {
	t.Parallel()
	w := open(t, stock.Setup{Facilities: []string{"east", "west"}, SKUs: 3000})
	require.Equal(t, 3000, w.Count())
	all := levels(w)
	require.Equal(t, all, levels(open(t, stock.Setup{Facilities: []string{"east", "west"}, SKUs: 3000})), "the same seed, the same stock")
	facilities, empty := map[string]int{}, 0
	for i, level := range all {
		require.Equal(t, fmt.Sprintf("SKU-%05d", i+1), level.SKU)
		require.Equal(t, start, level.ReportedAt)
		require.GreaterOrEqual(t, level.Available, int64(0))
		require.Equal(t, level.Available+level.Committed, level.OnHand())
		facilities[level.Facility]++
		if level.Available == 0 {
			empty++
		}
	}
	require.InDelta(t, 1500, facilities["east"], 150)
	require.InDelta(t, 1500, facilities["west"], 150)
	require.InDelta(t, 3000/25, empty, 60)
}

func TestItemsAndSet(t *testing.T) {
	t.Parallel()
	w := open(t, stock.Setup{
		Facilities: []string{"east", "west"}, SKUs: 5,
		Items: []stock.Level{{SKU: "BIKE", Facility: "east", Available: 12, Committed: 3}, {SKU: "BIKE", Facility: "west", Available: -2}},
	})
	require.NoError(t, w.Set([]stock.Figure{
		{SKU: "BIKE", Facility: "west", Available: 4},
		{SKU: "NEW", Facility: "west", Available: 1},
		{SKU: "SKU-00001", Facility: "east", Available: 901},
		{SKU: "SKU-00001", Facility: "west", Available: 902},
		{SKU: "SKU-1", Facility: "east", Available: 5},
		{SKU: "SKU-00006", Facility: "east", Available: 6},
		{SKU: "SKU-+0001", Facility: "east", Available: 7},
	}))
	figures := map[string]int64{}
	for _, level := range levels(w) {
		_, twice := figures[level.SKU+"/"+level.Facility]
		require.False(t, twice)
		figures[level.SKU+"/"+level.Facility] = level.Available
	}
	require.Equal(t, int64(12), figures["BIKE/east"])
	require.Equal(t, int64(4), figures["BIKE/west"])
	require.Equal(t, int64(1), figures["NEW/west"])
	require.Equal(t, int64(901), figures["SKU-00001/east"])
	require.Equal(t, int64(902), figures["SKU-00001/west"])
	require.Equal(t, int64(5), figures["SKU-1/east"])
	require.Equal(t, int64(6), figures["SKU-00006/east"])
	require.Equal(t, int64(7), figures["SKU-+0001/east"])
	require.Equal(t, w.Count(), len(figures))

	before := levels(w)
	require.EqualError(t, w.Set([]stock.Figure{{SKU: "BIKE", Facility: "east", Available: 1}, {SKU: "A", Facility: "north"}}),
		`A names the facility "north"; the warehouse has ["east" "west"]`)
	require.Equal(t, before, levels(w), "nothing was set")
}

func TestWarehouseWithoutFacilities(t *testing.T) {
	t.Parallel()
	w := open(t, stock.Setup{SKUs: 2})
	require.Empty(t, w.Facilities())
	require.Empty(t, levels(w)[0].Facility)
	require.ErrorContains(t, w.Set([]stock.Figure{{SKU: "A", Facility: "east"}}), "has none")
	_, err := stock.New(stock.Setup{Items: []stock.Level{{SKU: "A", Facility: "east"}}}, draw.New(1, "w"), time.Now)
	require.ErrorContains(t, err, "has none")
}

func TestSnapshotStaysAsItWas(t *testing.T) {
	t.Parallel()
	w := open(t, stock.Setup{Facilities: []string{"east"}, SKUs: 5000})
	first := w.Take(stock.Shape{})
	before := pages(t, first, 999)
	require.Len(t, before, 5000)
	require.Equal(t, 5000, first.Total)
	w.Trade(500)
	require.NoError(t, w.Set([]stock.Figure{{SKU: "NEW", Facility: "east", Available: 1}}))
	require.Equal(t, before, pages(t, first, 5000))
	second := w.Take(stock.Shape{})
	require.Equal(t, 5001, second.Total)
	require.NotEqual(t, before, pages(t, second, 5000)[:5000])
	require.NotEqual(t, first.ID, second.ID)
	require.Same(t, first, w.Snapshot(first.ID))
}

func TestSnapshotsAreForgotten(t *testing.T) {
	t.Parallel()
	w := open(t, stock.Setup{SKUs: 1})
	first := w.Take(stock.Shape{})
	for range stock.Snapshots - 1 {
		w.Take(stock.Shape{})
	}
	require.NotNil(t, w.Snapshot(first.ID))
	second := w.Take(stock.Shape{})
	require.Nil(t, w.Snapshot(first.ID))
	require.NotNil(t, w.Snapshot(second.ID))
	require.Nil(t, w.Snapshot("s999"))
}

func TestShapes(t *testing.T) {
	t.Parallel()
	w := open(t, stock.Setup{Facilities: []string{"east"}, SKUs: 200})
	t.Run("shrink", func(t *testing.T) {
		s := w.Take(stock.Shape{Shrink: 0.5})
		require.Equal(t, 100, s.Total)
		require.Len(t, pages(t, s, 7), 100)
		s = w.Take(stock.Shape{Shrink: 1})
		require.Zero(t, s.Total)
		require.Empty(t, pages(t, s, 7))
	})
	t.Run("empty", func(t *testing.T) {
		s := w.Take(stock.Shape{Empty: true})
		require.Zero(t, s.Total)
		require.Empty(t, pages(t, s, 7))
	})
	t.Run("bad rows", func(t *testing.T) {
		rows := pages(t, w.Take(stock.Shape{BadRows: 0.5}), 33)
		require.Len(t, rows, 200)
		seen, kinds := map[string]int{}, map[string]int{}
		for _, row := range rows {
			seen[row.SKU]++
			switch number, err := strconv.ParseFloat(row.Available, 64); {
			case row.Available == "null", row.Available == `"n/a"`:
				kinds[row.Available]++
			case err == nil && number != float64(int64(number)):
				kinds["fraction"]++
			}
		}
		for _, times := range seen {
			if times > 1 {
				kinds["duplicate"]++
			}
		}
		require.Len(t, kinds, 4)
		total := 0
		for _, n := range kinds {
			require.Greater(t, n, 10)
			total += n
		}
		require.Equal(t, 100, total)
		require.Equal(t, rows, pages(t, w.Take(stock.Shape{BadRows: 0.5}), 200), "the seed chooses")
	})
	t.Run("every row is bad", func(t *testing.T) {
		rows := pages(t, w.Take(stock.Shape{BadRows: 1}), 200)
		require.Len(t, rows, 200)
	})
}

func TestTrade(t *testing.T) {
	t.Parallel()
	w, again := open(t, stock.Setup{Facilities: []string{"east", "west"}, SKUs: 50}), open(t, stock.Setup{Facilities: []string{"east", "west"}, SKUs: 50})
	before := levels(w)
	changes := w.Trade(400)
	require.Len(t, changes, 400)
	require.Equal(t, changes, append(again.Trade(150), again.Trade(250)...), "the same seed, the same trade")
	now := map[string]int64{}
	for _, level := range before {
		now[level.SKU+level.Facility] = level.Available
	}
	sales := 0
	for _, change := range changes {
		at := change.SKU + change.Facility
		require.Equal(t, now[at], change.Before)
		require.NotEqual(t, change.Before, change.After)
		require.GreaterOrEqual(t, change.After, int64(0))
		if change.After < change.Before {
			sales++
		}
		now[at] = change.After
	}
	require.Greater(t, sales, 200)
	for _, level := range levels(w) {
		require.Equal(t, now[level.SKU+level.Facility], level.Available)
	}
	require.Empty(t, open(t, stock.Setup{}).Trade(5))
}

// Whatever is taken, set and traded in any order, a snapshot shows what the levels were when it was taken.
func TestSnapshotProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := open(t, stock.Setup{Facilities: []string{"east"}, SKUs: rapid.IntRange(0, 3000).Draw(t, "skus")})
		kept := map[*stock.Snapshot][]stock.Level{}
		t.Repeat(map[string]func(*rapid.T){
			"take":  func(*rapid.T) { before := levels(w); kept[w.Take(stock.Shape{})] = before },
			"trade": func(t *rapid.T) { w.Trade(rapid.IntRange(1, 50).Draw(t, "steps")) },
			"set": func(t *rapid.T) {
				sku := fmt.Sprintf("SKU-%05d", rapid.IntRange(1, 4000).Draw(t, "sku"))
				require.NoError(t, w.Set([]stock.Figure{{SKU: sku, Facility: "east", Available: 7}}))
			},
		})
		for s, before := range kept {
			rows := pages(t, s, 1000)
			require.Len(t, rows, len(before))
			for i, row := range rows {
				require.Equal(t, before[i], row.Level)
			}
		}
	})
}

func BenchmarkMillion(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w := open(b, stock.Setup{Facilities: []string{"east", "west"}, SKUs: 1_000_000})
		s := w.Take(stock.Shape{})
		w.Trade(100)
		require.Len(b, pages(b, s, 5000), 1_000_000)
	}
}

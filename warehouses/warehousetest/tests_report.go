package warehousetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// collect reports of a source's first fetch.
func collect(t *testing.T, source warehouses.Source, rows int64) (warehouses.Report, error) {
	t.Helper()
	return warehouses.Collect(t.Context(), source, warehouses.Policy{Quantity: inventory.QuantityAvailable}, warehouses.Limits{Rows: rows}, time.Now)
}

// report: a person is told of the whole stock, of what is read of it and of what is not, and nothing is left behind.
func (s Subject) report(t *testing.T) {
	warehouse := s.Start(t, Stock(20))
	source := warehouse.Open(t)
	got, err := collect(t, source, 1000)
	require.NoError(t, err)
	require.Equal(t, []int64{20, 20, 0, 0}, []int64{got.Rows, got.Read, got.NoLevel, got.Refused})
	require.Empty(t, got.Limit)
	require.Empty(t, got.Failed)
	require.NotEmpty(t, got.From)
	as := map[string]int{}
	for _, field := range got.Fields {
		as[field.As]++
		require.NotEmpty(t, field.Name)
	}
	require.Equal(t, []int{1, 1, 1}, []int{as["sku"], as["facility"], as["available"]}, "%v", got.Fields)
	units := map[string]int64{}
	for i := range 20 {
		units[[]string{"east", "west"}[i%2]] += int64(i % 97)
	}
	require.Len(t, got.Facilities, 2)
	for _, facility := range got.Facilities {
		require.EqualValues(t, 10, facility.Levels)
		require.Equal(t, units[facility.Name], facility.Units)
	}
	require.Len(t, got.Largest, 3)
	require.EqualValues(t, 19, got.Largest[0].Units)
	require.Equal(t, Stock(20)[19].SKU, got.Largest[0].SKU)

	_, snapshot := whole(t, source, warehouses.Request{})
	require.Equal(t, 20, snapshot.Rows, "a report leaves nothing behind")
	if _, excused := s.Excused[Unauthorised]; !excused {
		warehouse.Provoke(t, Unauthorised)
		_, err = collect(t, source, 1000)
		requireError(t, err, warehouses.AskPerson)
	}
}

// reportsRefused: each refused row is counted with a kind, a place, its text and the reason.
func (s Subject) reportsRefused(t *testing.T) {
	for name, figure := range s.Unreadable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := Stock(20)
			stock[7].Available = figure
			got, err := collect(t, s.Start(t, stock).Open(t), 1000)
			require.NoError(t, err)
			require.Equal(t, []int64{20, 19, 1}, []int64{got.Rows, got.Read, got.Refused})
			require.Len(t, got.Refusals, 1)
			refused := got.Refusals[0]
			require.NotEmpty(t, refused.Kind)
			require.NotEqual(t, string(refused.Kind), refused.Kind.Words(), "the kind has words")
			require.EqualValues(t, 1, refused.Count)
			require.Len(t, refused.Examples, 1)
			require.NotEmpty(t, refused.Examples[0].Place)
			require.NotEmpty(t, refused.Examples[0].Reason)
		})
	}
}

// reportsClashes: of SKUs that are the same without their dress a person is told as they are written.
func (s Subject) reportsClashes(t *testing.T) {
	for _, dressed := range []int{0, 1} {
		stock := Stock(3)
		stock[1].SKU, stock[1].Facility = stock[0].SKU, stock[0].Facility
		stock[dressed].SKU += " "
		got, err := collect(t, s.Start(t, stock).OpenWith(t, map[string]any{"undress": true}), 1000)
		require.NoError(t, err)
		require.Equal(t, []int64{3, 1, 2}, []int64{got.Rows, got.Read, got.Refused})
		require.Equal(t, inventory.FaultDouble, got.Refusals[0].Kind)
		reason := got.Refusals[0].Examples[0].Reason
		for _, item := range stock[:2] {
			require.Contains(t, reason, `"`+item.SKU+`"`)
		}
		require.Contains(t, reason, "leave undress out")
	}
}

// reportEnds: no more is fetched than a person wants to look at.
func (s Subject) reportEnds(t *testing.T) {
	got, err := collect(t, s.Start(t, Stock(PageRows+500)).Open(t), 10)
	require.NoError(t, err)
	require.EqualValues(t, 10, got.Rows)
	require.NotEmpty(t, got.Limit)
}

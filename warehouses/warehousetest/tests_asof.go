package warehousetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
)

// asOf: a snapshot counts as of when its source says that the figures were made, never as of when they were read. Zero says that the
// source states no time.
func (s Subject) asOf(t *testing.T) {
	warehouse := s.Start(t, Stock(20))
	source := warehouse.Open(t)
	for _, ago := range []time.Duration{3 * time.Hour, 40 * 24 * time.Hour} { // in summer and in winter, somewhere
		made := time.Now().Add(-ago).Truncate(time.Second)
		warehouse.Date(t, made)
		_, snapshot := whole(t, source, warehouses.Request{})
		requireTime(t, made, snapshot.AsOf)
	}
	if reason, excused := s.Excused[Undated]; excused {
		t.Logf("excused: %s", reason)
		return
	}
	warehouse.Date(t, time.Time{})
	_, snapshot := whole(t, source, warehouses.Request{})
	require.Zero(t, snapshot.AsOf, "a time that the source does not state is not made up")
}

// clockAhead: a time that has not come counts as of the fetch, or everything that is reported until then would look old.
func (s Subject) clockAhead(t *testing.T) {
	warehouse := s.Start(t, Stock(20))
	source := warehouse.Open(t)
	began := time.Now()
	warehouse.Date(t, began.Add(2*time.Hour).Truncate(time.Second))
	_, snapshot := whole(t, source, warehouses.Request{})
	require.False(t, snapshot.AsOf.After(time.Now()), "%s has not come yet", snapshot.AsOf)
	require.WithinDuration(t, began, snapshot.AsOf, time.Minute)
}

// rowTimes: a row keeps its own time, and the time of the snapshot stays what it is.
func (s Subject) rowTimes(t *testing.T) {
	made := time.Now().Add(-3 * time.Hour).Truncate(time.Second)
	stock := Stock(3)
	_, none := s.Excused[RowsWithTime]
	if !none {
		for i := range stock {
			stock[i].ReportedAt = made.Add(-time.Duration(i+1) * time.Minute).In(time.FixedZone("", 5*3600+1800)).Format(time.RFC3339)
		}
	}
	warehouse := s.Start(t, stock)
	warehouse.Date(t, made)
	got, snapshot := whole(t, warehouse.Open(t), warehouses.Request{})
	requireTime(t, made, snapshot.AsOf)
	for i, row := range got.rows {
		if none {
			require.Zero(t, row.ReportedAt, "a time that the row does not state is not made up")
			continue
		}
		requireTime(t, made.Add(-time.Duration(i+1)*time.Minute), row.ReportedAt)
	}
}

// requireTime checks a time of a source: in UTC, to the second.
func requireTime(t *testing.T, want, got time.Time) {
	t.Helper()
	require.True(t, want.Equal(got), "expected %s, found %s", want.UTC(), got)
	require.Equal(t, time.UTC, got.Location())
}

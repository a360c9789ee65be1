package warehouses_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

var began = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// base is that of a source whose clock stands five seconds after a fetch began.
func base() *warehouses.Base {
	return &warehouses.Base{
		Partner: outbound.Partner{ID: "w", Now: func() time.Time { return began.Add(5 * time.Second) }}, Fingerprint: "abc", MaxPages: 7,
	}
}

// A snapshot counts as of when its first response was made, by the clock that dated it; what is asked for next time begins at the earlier of
// both clocks. Neither is taken for the other.
func TestTwoClocksOfAFetch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dated, asOf, at time.Duration
	}{
		"an answer that was made while it was waited for": {2 * time.Second, 2 * time.Second, 0},
		"a clock that is behind ours":                     {-time.Minute, -time.Minute, -time.Minute},
		"a clock that is ahead, as of now":                {time.Hour, 5 * time.Second, 0},
	} {
		header := http.Header{"Date": {began.Add(test.dated).Format(http.TimeFormat)}}
		next, asOf, err := base().Begin(warehouses.DatedCursor{}, began, header, "Extensiv")
		require.NoError(t, err, name)
		require.Equal(t, began.Add(test.asOf), asOf, name)
		require.Equal(t, began.Add(test.at), next.At, name)
		require.Equal(t, asOf, next.Dated, name)
		require.Equal(t, "abc", next.Settings, name)
	}
}

func TestAnswersFromMemory(t *testing.T) {
	t.Parallel()
	previous := warehouses.DatedCursor{Dated: began}
	for name, test := range map[string]struct {
		date  string
		dated time.Time // of the next cursor
		fault string
	}{
		"no date: the known one stays":    {"", began, ""},
		"no date that can be read":        {"yesterday", began, ""},
		"a little older: servers' clocks": {began.Add(-time.Minute).Format(http.TimeFormat), began.Add(-time.Minute), ""},
		"older: something answers from memory": {
			began.Add(-61 * time.Second).Format(http.TimeFormat),
			time.Time{},
			"does not come from Extensiv but from something that remembers it",
		},
	} {
		next, _, err := base().Begin(previous, began, http.Header{"Date": {test.date}}, "Extensiv")
		if test.fault != "" {
			require.ErrorContains(t, err, test.fault, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, test.dated, next.Dated, name)
	}
}

func TestReadCursor(t *testing.T) {
	t.Parallel()
	written := warehouses.WriteCursor(warehouses.DatedCursor{Stamp: warehouses.Stamp{Settings: "abc", At: began}, Dated: began})
	require.JSONEq(t, `{"settings":"abc","at":"2026-11-25T12:00:00Z","dated":"2026-11-25T12:00:00Z"}`, written)
	for name, test := range map[string]struct {
		text   string
		counts bool
	}{
		"its own":                           {written, true},
		"none":                              {"", false},
		"no cursor":                         {"[1]", false},
		"of other settings":                 {`{"settings":"abd","at":"2026-11-25T12:00:00Z"}`, false},
		"of a clock that has been put back": {`{"settings":"abc","at":"2026-11-25T12:00:06Z"}`, false},
	} {
		cursor := warehouses.ReadCursor[warehouses.DatedCursor](base(), test.text)
		require.Equal(t, test.counts, cursor.At.Equal(began), name)
		require.Equal(t, !test.counts, cursor == warehouses.DatedCursor{}, name)
	}
}

func TestPassGivesTheSinkPartsThatAreNotTooLarge(t *testing.T) {
	t.Parallel()
	var parts []int
	sink := func(_ context.Context, rows []inventory.Row) error {
		parts = append(parts, len(rows))
		return nil
	}
	require.NoError(t, warehouses.Pass(t.Context(), make([]inventory.Row, 2500), sink))
	require.Equal(t, []int{1000, 1000, 500}, parts)
	ended, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, warehouses.Pass(ended, make([]inventory.Row, 1), sink), context.Canceled)
	require.Len(t, parts, 3)
}

func TestRenamedMembers(t *testing.T) {
	t.Parallel()
	given, missing := warehouses.Member{Name: "sku", Given: true}, warehouses.Member{Name: "available"}
	require.NoError(t, base().Renamed(3, "", given))
	require.NoError(t, base().Renamed(0, "", missing), "there are no rows")
	err := base().Renamed(3, "check the version; ", given, missing)
	require.ErrorContains(t, err, `none of its 3 rows has "available", so the form of the answers has changed; check the version; nothing of`)
	require.ErrorContains(t, base().Endless("page"), "more than 7 pages, which is max_pages; raise it, or page, if that is right")
}

func TestTheWaitBetweenCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		made, _, err := warehouses.NewBase(settings.Spec{Driver: "w"}, "w", nil, settings.Environment{}, 0)
		require.NoError(t, err)
		before := time.Now()
		require.NoError(t, made.Wait(t.Context(), time.Minute))
		require.Equal(t, time.Minute, time.Since(before))
		ended, end := context.WithCancel(t.Context())
		end()
		require.ErrorIs(t, made.Wait(ended, time.Hour), context.Canceled)
	})
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	name := func(id int) string { return fmt.Sprintf("item %d", id) }
	var still warehouses.Overlap[int]
	for _, page := range [][]int{{1, 2}, {3, 4}, {}, {4, 5}, {2}} {
		require.Empty(t, still.Moved(page, name), "%v: what stood two pages before may come again, for nothing is kept of it", page)
	}
	var moved warehouses.Overlap[int]
	require.Empty(t, moved.Moved([]int{1, 2}, name))
	require.Equal(t, "it holds item 2, as the page before did; the list moved while it was read", moved.Moved([]int{3, 2}, name))
	var again warehouses.Overlap[int]
	require.Empty(t, again.Moved([]int{1, 2}, name))
	require.Empty(t, again.Moved([]int{3, 4}, name))
	require.Equal(t, "it begins with item 1, as a page before did", again.Moved([]int{1, 5}, name))
}

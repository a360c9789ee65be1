package console

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func inZone(id, zone string) ledger.Connection {
	return ledger.Connection{ID: id, Inventory: ledger.Flow{Timezone: zone}}
}

// What is no connection's is told in the zone that all schedules have, else in UTC; what is a connection's, in that of its schedule. Each moment says which.
func TestZonesOfTimes(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		connections []ledger.Connection
		shared      string // how noon is told
		of          map[string]string
		words       string
	}{
		"none": {nil, "12:00 UTC", map[string]string{"gone": "12:00 UTC"}, "Times in UTC"},
		"one": {
			[]ledger.Connection{inZone("a", "Europe/Paris")},
			"13:00 CET",
			map[string]string{"a": "13:00 CET", "gone": "12:00 UTC"},
			"Times in Europe/Paris (CET)",
		},
		"the same": {
			[]ledger.Connection{inZone("a", "Asia/Tokyo"), inZone("b", "Asia/Tokyo")},
			"21:00 JST",
			map[string]string{"b": "21:00 JST"},
			"Times in Asia/Tokyo (JST)",
		},
		"without a name": {[]ledger.Connection{inZone("a", ""), inZone("b", "UTC")}, "12:00 UTC", map[string]string{"a": "12:00 UTC"}, "Times in UTC"},
		"two": {
			[]ledger.Connection{inZone("a", "Asia/Tokyo"), inZone("b", "UTC")},
			"12:00 UTC",
			map[string]string{"a": "21:00 JST", "b": "12:00 UTC"},
			"Times in the zone of each connection",
		},
		"whose short name is none": {
			[]ledger.Connection{inZone("a", "America/Sao_Paulo")},
			"09:00 UTC-03",
			map[string]string{"a": "09:00 UTC-03"},
			"Times in America/Sao Paulo (UTC-03)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zones := zonesOf(row.connections, noon)
			require.Equal(t, row.shared, zones.shared().at(noon))
			for id, moment := range row.of {
				require.Equal(t, moment, zones.of(id).at(noon), id)
			}
			require.Equal(t, row.words, zones.words())
			require.Equal(t, strings.Replace(row.shared, ":00 ", ":00:00 ", 1), zones.shared().exact(noon))
		})
	}
}

// Two connections in two zones: a row of the list has its own, named.
func TestTheListTellsEachConnectionInItsZone(t *testing.T) {
	t.Parallel()
	var overview control.Overview
	for id, zone := range map[string]string{"a": "Asia/Tokyo", "b": "Europe/Paris"} {
		status := control.ConnectionStatus{Connection: inZone(id, zone), Schedules: []control.ScheduleStatus{{Next: new(noon)}}}
		overview.Connections = append(overview.Connections, status)
		overview.Standings = append(overview.Standings, control.Standing{Smart: &ledger.Run{EndedAt: new(noon.Add(-time.Hour))}, Why: "since 2026-11-25 10:00 UTC"})
	}
	zones := zonesOf([]ledger.Connection{inZone("a", "Asia/Tokyo"), inZone("b", "Europe/Paris")}, noon)
	view := viewConnections(overview, request{query: url.Values{}, now: noon}, zones, nil)
	require.Len(t, view.Rows, 2)
	require.Equal(t, []string{"20:00 JST", "21:00 JST", "since 19:00 JST"}, []string{view.Rows[0].Completed, view.Rows[0].Next, view.Rows[0].Why})
	require.Equal(t, []string{"12:00 CET", "13:00 CET", "since 11:00 CET"}, []string{view.Rows[1].Completed, view.Rows[1].Next, view.Rows[1].Why})
}

// On a page that is no connection's no moment stands without its zone, and no file has a time whose zone its head does not say.
func TestMomentsOfPagesOfNoConnectionNameTheirZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	moment := regexp.MustCompile(`\b\d{1,2}:\d\d(?::\d\d)?\b(?: P[SD]T)?`)
	inputs := regexp.MustCompile(`<input[^>]*>`)
	seen := 0
	for _, path := range []string{"/", "/runs", "/levels", "/sku/acme/BIKE", "/held", "/partners", "/log", "/strategies"} {
		status, body := w.get(path)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, body, "Times in America/Los Angeles (PST)", path)
		for _, shown := range moment.FindAllString(inputs.ReplaceAllString(body, ""), -1) {
			require.Regexp(t, `P[SD]T$`, shown, path)
			seen++
		}
	}
	require.Greater(t, seen, 8)
	for path, column := range map[string]string{
		"/levels.csv?warehouse=portland": "recorded_at_utc", "/c/acme-shop/levels.csv": "last_exported_utc", "/log.csv": "time_utc",
	} {
		status, body := w.get(path)
		require.Equal(t, http.StatusOK, status, path)
		head, err := csv.NewReader(strings.NewReader(body)).Read()
		require.NoError(t, err)
		require.Contains(t, head, column)
	}
}

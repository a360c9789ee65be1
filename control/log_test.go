package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestLogQuery(t *testing.T) {
	t.Parallel()
	first, second := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		set     map[string]string
		want    ledger.AuditQuery
		refused string
	}{
		"nothing":        {map[string]string{}, ledger.AuditQuery{}, ""},
		"texts":          {map[string]string{"who": " ann ", "act": "pause", "on": "acme-shop"}, ledger.AuditQuery{Who: "ann", Act: "pause", On: "acme-shop"}, ""},
		"a result":       {map[string]string{"result": "refused"}, ledger.AuditQuery{Result: ledger.AuditRefused}, ""},
		"no result":      {map[string]string{"result": "fine"}, ledger.AuditQuery{}, `result: expected done, refused or failed, got "fine"`},
		"older ones":     {map[string]string{"before": "7"}, ledger.AuditQuery{Before: 7}, ""},
		"no entry":       {map[string]string{"before": "0"}, ledger.AuditQuery{}, `before: expected the number of an entry of the log, got "0"`},
		"no number":      {map[string]string{"before": "x"}, ledger.AuditQuery{}, `before: expected the number of an entry of the log, got "x"`},
		"one day":        {map[string]string{"from": "2026-03-01", "to": "2026-03-01"}, ledger.AuditQuery{From: first, Until: second}, ""},
		"until a moment": {map[string]string{"to": "2026-03-02T01:00:00+01:00"}, ledger.AuditQuery{Until: second}, ""},
		"from a moment":  {map[string]string{"from": "2026-03-01T00:00:00Z"}, ledger.AuditQuery{From: first}, ""},
		"no date": {
			map[string]string{"from": "01.03.2026"},
			ledger.AuditQuery{},
			`from: expected a date like 2026-03-01 or a moment like 2026-03-01T12:00:00Z, got "01.03.2026"`,
		},
		"no last date": {
			map[string]string{"to": "soon"}, ledger.AuditQuery{}, `to: expected a date like 2026-03-01 or a moment like 2026-03-01T12:00:00Z, got "soon"`,
		},
		"the wrong way": {map[string]string{"from": "2026-03-02", "to": "2026-03-01"}, ledger.AuditQuery{}, `from: "2026-03-02" is not before "2026-03-01"`},
		"moments, the same": {
			map[string]string{"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"},
			ledger.AuditQuery{},
			`from: "2026-03-01T00:00:00Z" is not before "2026-03-01T00:00:00Z"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := LogQuery(func(filter string) string {
				require.Contains(t, LogFilters, filter)
				return row.set[filter]
			}, time.UTC)
			if row.refused != "" {
				require.EqualError(t, err, row.refused)
				return
			}
			require.NoError(t, err)
			require.True(t, query.Until.Equal(row.want.Until), query.Until)
			query.Until, row.want.Until = time.Time{}, time.Time{}
			require.Equal(t, row.want, query)
		})
	}
}

// The days of a filter are those of the zone in which the reader is told the times, also where the clock changes.
func TestDaysOfTheLogAreThoseOfAZone(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	day := map[string]string{"from": "2026-03-08", "to": "2026-03-08"} // of 23 hours
	query, err := LogQuery(func(filter string) string { return day[filter] }, zone)
	require.NoError(t, err)
	require.True(t, query.From.Equal(time.Date(2026, time.March, 8, 8, 0, 0, 0, time.UTC)), query.From)
	require.True(t, query.Until.Equal(time.Date(2026, time.March, 9, 7, 0, 0, 0, time.UTC)), query.Until)
	moment := map[string]string{"from": "2026-03-08T08:00:00Z"}
	query, err = LogQuery(func(filter string) string { return moment[filter] }, zone)
	require.NoError(t, err)
	require.True(t, query.From.Equal(time.Date(2026, time.March, 8, 8, 0, 0, 0, time.UTC)), "a moment has its own zone")
}

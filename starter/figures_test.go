package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func TestRowsOfAConnectionAddUp(t *testing.T) {
	t.Parallel()
	require.Equal(t, "none yet", partition(nil))
	require.Equal(t, "28: 1 exported, 2 pending, 3 retrying, 4 unknown (in a call without an answer), 5 sent (the store works on them), 6 rejected (parked), 7 blocked",
		partition(map[ledger.Status]int64{
			ledger.StatusBlocked: 7, ledger.StatusRejected: 6, ledger.StatusSent: 5, ledger.StatusUnknown: 4, ledger.StatusRetrying: 3, ledger.StatusPending: 2, ledger.StatusExported: 1,
		}))
	require.Equal(t, "3: 3 exported", partition(map[ledger.Status]int64{ledger.StatusExported: 3}))
}

func TestRowsOfARunAddUp(t *testing.T) {
	t.Parallel()
	require.Equal(t, "505 rows: 500 exported, 0 sent, 1 newly rejected, 4 parked, 0 blocked, 0 retrying; 1 call; 0 due when the push began",
		pushed(ledger.Counts{Exported: 500, Rejected: 1, Parked: 4, Calls: 1}))
	require.Equal(t, "1 row: 0 exported, 0 sent, 0 newly rejected, 0 parked, 0 blocked, 1 retrying; 3 calls; 1 due when the push began",
		pushed(ledger.Counts{Retrying: 1, Calls: 3, Due: 1}))
}

func TestStandingOfASchedule(t *testing.T) {
	t.Parallel()
	next, none := time.Date(2026, 11, 25, 13, 0, 0, 0, time.UTC), 0
	for want, schedule := range map[string]control.ScheduleStatus{
		"next 2026-11-25 13:00:00":               {Next: &next},
		"missing; apply the configuration again": {Missing: true},
		"paused":                                 {Paused: true},
		"paused (stocktaking)":                   {Paused: true, Note: "stocktaking"},
		"next 2026-11-25 13:00:00, 1 start skipped because the run before was not over, 2 starts missed while the server was down": {Next: &next, Skipped: 1, Missed: 2},
		"next -, 0 starts left, because somebody limited it":                                                                       {Remaining: &none},
		"next 2026-11-25 13:00:00, belongs to ledger THEIRSTH, not to this one":                                                    {Next: &next, Ledger: "THEIRSTHEIRS"},
	} {
		require.Equal(t, want, standing(schedule))
	}
}

package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func TestRowsOfAConnectionAddUp(t *testing.T) {
	t.Parallel()
	require.Equal(t, "none yet", partition(nil))
	require.Equal(t, "1 exported, 2 pending, 3 retrying, 4 unknown (in a call without an answer), 5 sent (the store works on them), 6 rejected (parked), 7 "+
		"blocked (28 rows in all)",
		partition(map[ledger.Status]int64{
			ledger.StatusBlocked: 7, ledger.StatusRejected: 6, ledger.StatusSent: 5, ledger.StatusUnknown: 4, ledger.StatusRetrying: 3, ledger.StatusPending: 2,
			ledger.StatusExported: 1,
		}))
	require.Equal(t, "1 exported (1 row in all)", partition(map[ledger.Status]int64{ledger.StatusExported: 1}))
}

func TestWhatElseIsSaidOfASchedule(t *testing.T) {
	t.Parallel()
	require.Empty(t, besides(control.ScheduleStatus{Paused: true}))
	none := 0
	require.Equal(t, []string{
		"belongs to ledger THEIRSTH, not to this one", "0 starts left, because somebody limited it", "1 start skipped because the run before was not over",
		"2 starts missed while the server was down",
	}, besides(control.ScheduleStatus{Ledger: "THEIRSTHEIRS", Remaining: &none, Skipped: 1, Missed: 2}))
}

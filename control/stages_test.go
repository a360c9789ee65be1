package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestStagesOfARun(t *testing.T) {
	t.Parallel()
	at := func(seconds int) *time.Time { return new(noon.Add(time.Duration(seconds) * time.Second)) }
	took := func(run ledger.Run) map[string]int {
		run.StartedAt = noon
		seconds := map[string]int{}
		for _, stage := range StagesOf(run) {
			seconds[stage.Name] = int(stage.Took.Seconds())
		}
		return seconds
	}
	require.Empty(t, took(ledger.Run{}), "it has just begun")
	require.Equal(t, map[string]int{"Fetched": 7}, took(ledger.Run{FetchBegan: at(3), FetchedAt: at(10)}))
	require.Equal(t, map[string]int{"Fetched": 7, "Resolved": 2, "Pushed": 60},
		took(ledger.Run{FetchBegan: at(3), FetchedAt: at(10), ResolvedAt: at(12), PushedAt: at(72)}))
	require.Equal(t, map[string]int{"Resolved": 1, "Pushed": 4}, took(ledger.Run{ResolvedAt: at(1), PushedAt: at(5)}), "one of an event has no fetch")
	require.Equal(t, map[string]int{"Fetched": 90, "Resolved": 0}, took(ledger.Run{FetchBegan: at(0), FetchedAt: at(90), ResolvedAt: at(12)}),
		"a fetch is done again after an approval")
}

package e2e

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// The worker is killed again and again in the middle of one Full Sync, with several calls under way each time: nothing is lost, nothing stale
// is written, and at most the calls that were under way are sent twice, with their keys and bytes. Temporal takes 15 s to notice each death:
// TIDEMARK_KILLS=10 kills ten times (three to five minutes).
func TestWorkerIsKilledAmongCalls(t *testing.T) {
	t.Parallel()
	kills := 1
	if more, err := strconv.Atoi(os.Getenv("TIDEMARK_KILLS")); err == nil && more > 0 {
		kills = more
	}
	const batch, hanging, each = 20, 4, 30
	calls := (each + 10) * (kills + 1)
	one := shop{id: "shop", kind: "atomic", batch: batch, rate: 40}
	w := newWorld(t, scenario(batch*calls, one))
	definitions := w.box.definitions(one)
	definitions.Stores[0].Settings["calls_at_once"] = int64(2 * hanging) // half of them at the pace at which a push begins
	w.apply(definitions, ledger.ApplyOptions{})
	ctx := context.Background()
	again, done := 0, int64(0)
	for kill := range kills {
		// In short slices: between two deaths one ends well, and Temporal does not try the next less and less often.
		worker := w.work("--push-slice", "1s")
		w.box.waitCalls("stores/shop", done+each)
		w.box.post("/judge/pause", map[string]any{"target": "stores/shop", "writes": true})
		w.box.get(fmt.Sprintf("/judge/wait?target=stores/shop&hanging=%d&timeout=60s", hanging), nil)
		if kill%2 == 0 { // the store does what they ask and never says so; else it has done nothing
			w.box.faults("stores/shop", map[string]any{"slow": 1, "slow_for": "10m"})
			w.box.resume("stores/shop")
		}
		worker.stop(syscall.SIGKILL)
		open, err := w.ledger.OpenCalls(ctx, "shop")
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(open), hanging, "the intents are in the ledger while their calls are under way")
		again += len(open)
		waitFor(t, "the store notices that the caller has left", func(context.Context) error {
			if under := w.box.facts("shop").InFlight; under > 0 {
				return fmt.Errorf("%d calls are under way", under)
			}
			return nil
		})
		done = w.box.facts("shop").Calls
		w.box.faults("stores/shop", map[string]any{})
		w.box.resume("stores/shop")
	}
	w.work()
	require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)
	w.same("shop")
	facts := w.box.facts("shop")
	t.Logf("%d kills, %d calls were under way; the store saw %d calls, %d of them again", kills, again, facts.Calls, facts.DuplicateKeys)
	require.Zero(t, facts.KeyConflicts, "a key never comes back with other bytes")
	require.Zero(t, facts.StaleWrites)
	require.NotZero(t, facts.DuplicateKeys)
	keys := map[string]string{}
	writes := w.box.writes("shop", 0)
	for _, write := range writes {
		if body, known := keys[write.Key]; known {
			require.Equal(t, body, write.Body)
		}
		keys[write.Key] = write.Body
	}
	require.LessOrEqual(t, len(writes)-len(keys), again, "no other call is sent twice")
	require.Len(t, keys, calls, "each row is in one call, and nobody builds another for it")
}

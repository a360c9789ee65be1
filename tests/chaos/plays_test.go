package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// onPostgres has the world's ledger in PostgreSQL.
func onPostgres(w *world) { w.location = ledgertest.Postgres(w.t) }

// pause is the time between two disturbances, drawn from the seed.
func pause(chance *rand.Rand, least, most time.Duration) {
	<-time.After(least + time.Duration(chance.Int64N(int64(most-least))))
}

// often is how often something is done in a whole round, and in a short one.
func often(inWhole, inShort int) int {
	if *whole {
		return inWhole
	}
	return inShort
}

// judgeAfter judges what became of everything after so many kills, and one more Full Sync.
func (w *world) judgeAfter(kills int) {
	w.t.Helper()
	w.sync("full", "shop")
	verdict := w.judge()
	counted.killed(kills)
	w.t.Logf("%d kills; %d calls, %d of them extra", kills, verdict.Calls, verdict.Extra)
}

// Two workers share a ledger on PostgreSQL and push a Full Sync. One or the other is killed at random times, ten times in a whole round.
func TestWorkersAreKilledAtRandomTimes(t *testing.T) {
	t.Parallel()
	kills := often(10, 2)
	w := newWorld(t, chance(t.Name()), 1500, onPostgres, shop{id: "shop", kind: "atomic", batch: 10})
	w.apply(time.Hour)
	workers := []*slot{w.worker(""), w.worker("")}
	w.ask("full", "shop")
	w.box.must(http.MethodGet, "/judge/wait?target=stores/shop&calls=5&timeout=2m", nil, nil)
	for range kills {
		pause(w.chance, 200*time.Millisecond, 2*time.Second)
		w.box.sell(sku(1+w.chance.IntN(w.skus)), sku(1+w.chance.IntN(w.skus)))
		one := workers[w.chance.IntN(len(workers))]
		before := one.died()
		one.current().kill()
		waitFor(t, "the death is seen", func(context.Context) error {
			if one.died() == before {
				return errors.New("it is not")
			}
			return nil
		})
	}
	w.judgeAfter(kills)
}

// Temporal is killed in the middle of a Full Sync, three times in a whole round, and comes back with its file. What the warehouse says meanwhile is
// not acknowledged, and is sent again until it is.
func TestTemporalIsKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	kills := often(3, 1)
	path, port, file := temporalProgram(t), freePort(t), filepath.Join(t.TempDir(), "temporal.db")
	server := startTemporal(t, path, port, file)
	t.Cleanup(func() { server.kill() })
	w := newWorld(t, chance(t.Name()), 1000, func(w *world) { w.temporal = server }, shop{id: "shop", kind: "atomic", batch: 10})
	w.apply(time.Hour)
	w.worker("")
	front := w.serve("")
	figures := map[string]int64{}
	for n := range kills {
		calls := w.box.facts("shop").Calls + 20
		w.ask("full", "shop") // what may be left of the one before is less than it
		w.box.must(http.MethodGet, fmt.Sprintf("/judge/wait?target=stores/shop&calls=%d&timeout=2m", calls), nil, nil)
		one := sku(1 + w.chance.IntN(w.skus))
		figure := w.box.sell(one)[one]
		figures[one] = figure
		body, id := event(fmt.Sprint(n), one, figure, time.Now()), fmt.Sprintf("sold-%d", n)
		server.kill()
		limited, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		require.Error(t, front.send(limited, id, "/hooks/depot", "application/json", body), "what nobody keeps is not acknowledged")
		cancel()
		server = startTemporal(t, path, port, file)
		front.acknowledged(id, "/hooks/depot", "application/json", body)
	}
	w.shows(figures)
	w.judgeAfter(kills)
}

// A store says of about three calls in ten that it has applied them, and has not. A Full Sync brings it to what the warehouse has.
func TestCallsThatWereAcknowledgedAndNotApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, chance(t.Name()), 200, nil, shop{id: "shop", kind: "atomic", batch: 10})
	w.box.faults("stores/shop", map[string]any{"ack_without_effect": 0.3})
	w.apply(time.Hour)
	w.worker("")
	w.sync("full", "shop")
	require.NotZero(t, w.box.facts("shop").Faults["ack_without_effect"])
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	shown, err := w.box.shown(ctx, "shop")
	require.NoError(t, err)
	require.Less(t, len(shown), w.skus, "some were acknowledged and are not shown")
	w.box.faults("stores/shop", map[string]any{})
	w.sync("full", "shop")
	w.judge()
}

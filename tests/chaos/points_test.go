package chaos

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// mostParts is how often a part of the story is told until its point must have been passed as often as is wanted.
const mostParts = 12

// A process is killed at each point, when it passes it for the first, the second and some later time. Another goes on, and in the end every
// store shows what the warehouse has: nothing is lost, nothing older is written, nothing goes to 0 by itself.
func TestCrashPoints(t *testing.T) {
	t.Parallel()
	chance := chance(t.Name())
	require.Len(t, stories, len(crash.Points()), "each point has a part of the story that passes it")
	points := crash.Points()
	if !*whole { // between an intent, its call and its answer: what must never come apart, and quick to reach
		points = []crash.Point{crash.IntentWritten, crash.CallAnswered}
	}
	for _, point := range points {
		passes := []int{1, 2, 3 + chance.IntN(2)}
		if !*whole {
			passes = []int{1 + chance.IntN(2)}
		}
		for _, pass := range passes {
			database := []string{"SQLite", "PostgreSQL"}[chance.IntN(2)]
			t.Run(fmt.Sprintf("%s/%d on %s", point, pass, database), func(t *testing.T) {
				t.Parallel()
				dieAt(t, point, pass, database)
			})
		}
	}
}

func dieAt(t *testing.T, point crash.Point, pass int, database string) {
	t.Helper()
	story := stories[point]
	one := shop{id: "shop", kind: "atomic", batch: 10}
	if story.kind != "" {
		one.kind = story.kind
	}
	w := newWorld(t, chance(t.Name()), 40, func(w *world) {
		if database == "PostgreSQL" {
			w.location = ledgertest.Postgres(t)
		}
	}, one)
	p := &play{world: w, shop: one.id}
	at := fmt.Sprintf("%s:%d", point, pass)
	var victim, worker *slot
	switch story.by {
	case "serve":
		w.worker("")
		w.apply(time.Hour)
		w.sync("smart", one.id)
		p.front = w.serve(at)
		victim = p.front.slot
	case "apply":
		w.worker("")
		w.applyDying(point, pass)
	default:
		// The world is applied before the worker comes, so that it passes the points of the first Full Sync too.
		w.apply(time.Hour)
		worker = w.worker(at)
		victim = worker
		p.front = w.serve("")
	}
	for told := 0; victim != nil && victim.died() == 0; told++ {
		require.Less(t, told, mostParts, "nothing passes %s %d times", point, pass)
		story.part(p)
	}
	if story.by == "apply" {
		story.part(p)
	}
	verdict := w.judge()
	if point == crash.CallAnswered {
		require.NotZero(t, verdict.Again, "the call whose answer died with its worker comes again, with its key")
	}
	if worker != nil { // another process died where there is none: a worker that lives on is taken over by nobody
		after := worker.resumed()
		counted.tookOver(after)
		t.Logf("work went on after %s", after)
	}
	counted.reached(point)
	t.Logf("died at pass %d of %s; %d calls, %d of them extra", pass, point, verdict.Calls, verdict.Extra)
}

// applyDying applies the configuration in processes that die at a point, one after the other.
func (w *world) applyDying(point crash.Point, times int) {
	w.t.Helper()
	for range times {
		p := w.start(append(w.environment(), "CRASH_AT="+string(point)+":1"), "starter", "apply", w.configuration(time.Hour))
		require.NotNil(w.t, p)
		waitFor(w.t, "starter apply dies", func(context.Context) error {
			if !p.over() {
				return fmt.Errorf("it still runs")
			}
			return nil
		})
		require.True(w.t, p.killed(), "nothing reaches %s: %s", point, p.output)
	}
	w.apply(time.Hour)
}

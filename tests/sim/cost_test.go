package sim

import (
	"flag"
	"fmt"
	"log/slog"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

var flagCost = flag.Bool("cost", false, "measure what the two ways of driving a history cost")

// TestWhatAWayCosts measures a Smart Sync that pushes one figure, by the workflow in an environment of the SDK, and by its activities, called by hand.
func TestWhatAWayCosts(t *testing.T) {
	if !*flagCost {
		t.Skip("no -cost is given")
	}
	template := setup(t)
	const syncs = 500
	for name, way := range map[string]func(w *world, n int){
		"the workflow in an environment": func(w *world, _ int) {
			w.tick("north", ledger.Smart)
			time.Sleep(time.Minute)
		},
		"its activities by hand": byHand,
	} {
		require.NoError(t, template.begin())
		require.NoError(t, removeLedger(template.path, generationSuffix))
		var took time.Duration
		synctest.Test(t, func(*testing.T) {
			w := newWorld(3, template.path, template.ledger, drawn(3).Setting)
			w.enable()
			w.drain("the first sync")
			began := processorTime()
			for n := range syncs {
				w.depots[depotID].count(spot{w.depots[depotID].spots()[0].Facility, "SKU-00"}, false)
				way(w, n)
			}
			took = processorTime() - began
			w.running.Wait()
		})
		t.Logf("%s: %s of a processor for a sync", name, (took / syncs).Round(10*time.Microsecond))
	}
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// byHand calls the activities of a scheduled Smart Sync in the order of its workflow.
func byHand(w *world, n int) {
	executions := control.NewExecutions(w.ledger.Ledger, &reached{server: w.server})
	gate := &activities.Gate{Ledger: w.ledger, Executions: executions, Now: time.Now, Poll: 2 * time.Second}
	fetch := &activities.Fetch{Ledger: w.ledger, Drivers: w.sources(), Executions: executions, Now: time.Now}
	resolve := &activities.Resolve{Ledger: w.ledger, Executions: executions, Now: time.Now}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporallog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	for _, one := range []any{gate, fetch, resolve, w.processes[0].push} {
		env.RegisterActivity(one)
	}
	begun := by[activities.BeginResult](env, gate.Begin, activities.BeginInput{
		FirstRun: fmt.Sprint("by-hand-", n), Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Pass: 1,
		FetchFirst: true,
	})
	by[activities.FetchResult](env, fetch.Fetch, activities.FetchInput{Lease: begun.Lease, Connection: "north", Mode: ledger.Smart})
	lease := by[activities.BeginResult](env, gate.Acquire, activities.AcquireInput{
		Run: begun.Lease.Run, Connection: "north", Trigger: ledger.TriggerSchedule,
	}).Lease
	by[activities.ResolveResult](env, resolve.Resolve, activities.ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Smart})
	pace := ""
	for {
		pushed := by[activities.PushResult](env, w.processes[0].push.Push, activities.PushInput{Lease: lease, Connection: "north", Pace: pace})
		if pace = pushed.Pace; pushed.Done {
			break
		}
		time.Sleep(time.Until(pushed.Until))
	}
	by[activities.FinishResult](env, gate.Finish, activities.FinishInput{Lease: lease, Outcome: ledger.Completed})
	time.Sleep(time.Minute)
}

func by[T any](env *testsuite.TestActivityEnvironment, activity, input any) T {
	var result T
	value, err := env.ExecuteActivity(activity, input)
	must(err)
	must(value.Get(&result))
	return result
}

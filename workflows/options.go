package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/inventory"
)

// The timeouts and retries of every activity, in one table. StartToClose is the longest legal attempt; ScheduleToClose is the
// whole budget, and where it is days the step waits for something that will come. Retries are the server's: they hold no
// worker and grow no history.

const (
	day = 24 * time.Hour

	// silence is how long a step may go without a heartbeat until its worker is taken for dead and another begins it again. A working step heartbeats
	// every second. Where that is a mistake, because a machine was overloaded or the network away, two workers do one step for a moment: the ledger lets
	// each call be under way once, and what is sent again has its key or waits for the end of the other. That costs calls, so a few heartbeats may be lost.
	silence = 5 * time.Second

	// ExecutionTimeout ends a workflow that no rule of ours has ended; it is far longer than any run. Where requests never stop, a
	// workflow goes on by continuing as new, so for what is asked for by signal it bounds each run and not the chain.
	ExecutionTimeout = 14 * day

	debounce     = time.Second     // a burst of requests is over when none came for so long
	debounceMost = 5 * time.Second // and no burst holds a run up longer

	intakeIdle = 30 * time.Second // an intake ends when nothing came for so long

	// holdPatience is how long a held run waits for a person where the warehouse's guard does not say.
	holdPatience = 7 * day

	// faultyMost is how many waits in a row a run grants a store with server errors, growing to a few minutes each.
	faultyMost = 12
)

func retry(first, most time.Duration) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: first, BackoffCoefficient: 2, MaximumInterval: most}
}

// priorityKey is where a context has how urgent its steps are. Runs that a service started have no priority of their own.
type priorityKey struct{}

// options returns a context for one step. Everything waits for its cancellation, so that the store is never given back
// while a step still works.
func options(ctx workflow.Context, row workflow.ActivityOptions, summary string) workflow.Context {
	row.WaitForCancellation = true
	row.Summary = clip(summary)
	if priority, ok := ctx.Value(priorityKey{}).(temporal.Priority); ok {
		row.Priority = priority
	}
	return workflow.WithActivityOptions(ctx, row)
}

// summaryBytes is the longest summary of a step: a server takes 400 bytes of JSON, in which a character may be escaped.
const summaryBytes = 300

// clip shortens a summary.
func clip(summary string) string { return inventory.Beginning(summary, summaryBytes) }

var (
	beginOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 15 * time.Second, ScheduleToCloseTimeout: 3 * day, HeartbeatTimeout: silence, RetryPolicy: retry(500*time.Millisecond, 10*time.Second),
	}
	fetchOptions = workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour, ScheduleToCloseTimeout: 3 * time.Hour, HeartbeatTimeout: silence, RetryPolicy: retry(time.Second, 2*time.Minute),
	}
	resolveOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Minute, ScheduleToCloseTimeout: 2 * time.Hour, HeartbeatTimeout: silence,
		RetryPolicy: retry(500*time.Millisecond, 30*time.Second),
	}
	pushOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute, ScheduleToCloseTimeout: 2 * time.Hour, HeartbeatTimeout: silence, RetryPolicy: retry(500*time.Millisecond, time.Minute),
	}
	holdOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 15 * time.Second, ScheduleToCloseTimeout: time.Hour, HeartbeatTimeout: silence, RetryPolicy: retry(500*time.Millisecond, 30*time.Second),
	}
	noteOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: day, HeartbeatTimeout: silence, RetryPolicy: retry(200*time.Millisecond, 30*time.Second),
	}
	finishOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: 6 * time.Hour, HeartbeatTimeout: silence, RetryPolicy: retry(500*time.Millisecond, time.Minute),
	}
	// What is recorded was acknowledged to its sender, so an intake waits for its ledger for as long as it takes to mend it.
	recordOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 15 * time.Minute, ScheduleToCloseTimeout: 7 * day, HeartbeatTimeout: silence, RetryPolicy: retry(200*time.Millisecond, 30*time.Second),
	}
	requestOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: day, HeartbeatTimeout: silence, RetryPolicy: retry(200*time.Millisecond, 30*time.Second),
	}
)

package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/inventory"
)

// The timeouts and retries of every activity, in one table. StartToClose bounds one attempt. ScheduleToClose bounds all attempts together; where it is
// days, the step waits for something that will come. The server does the retries: they occupy no worker and add nothing to the history.

const (
	day = 24 * time.Hour

	// silence is how long a step may go without a heartbeat before its worker is taken for dead and another begins the step again. A step heartbeats every
	// second, so a few heartbeats may be lost. Where the worker is not dead, because a machine was overloaded or the network away, two workers do one step
	// for a moment. That is safe but costs calls: the ledger lets each call be open once, and a repeated call has the same key or waits for the first.
	silence = 5 * time.Second

	// ExecutionTimeout ends a workflow that no other rule has ended; it is far longer than any run. A workflow that is started by a signal may continue as
	// new for as long as requests come, so there it bounds each run and not the chain.
	ExecutionTimeout = 14 * day

	debounce     = time.Second     // a burst of requests is over when none has come for this long
	debounceMost = 5 * time.Second // the longest that a burst delays a run

	intakeIdle = 30 * time.Second // an intake ends when nothing has come for this long

	// holdPatience is how long a held run waits for a person where the warehouse's guard does not say.
	holdPatience = 7 * day

	// faultyMost is how many times in a row a run waits for a store with server errors. The waits grow to a few minutes each.
	faultyMost = 12
)

func retry(first, most time.Duration) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: first, BackoffCoefficient: 2, MaximumInterval: most}
}

// priorityKey is the key under which a context has the priority of its steps. Workflows that a service started have no priority of their own.
type priorityKey struct{}

// options is the context of one step. Every step is waited for when it is cancelled, so that the store is never given back while a step still works.
func options(ctx workflow.Context, row workflow.ActivityOptions, summary string) workflow.Context {
	row.WaitForCancellation = true
	row.Summary = clip(summary)
	if priority, ok := ctx.Value(priorityKey{}).(temporal.Priority); ok {
		row.Priority = priority
	}
	return workflow.WithActivityOptions(ctx, row)
}

// summaryBytes bounds the summary of a step: a server accepts 400 bytes of JSON, in which characters may be escaped.
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
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: 6 * time.Hour, HeartbeatTimeout: silence,
		RetryPolicy: retry(500*time.Millisecond, time.Minute),
	}
	// The senders were told that their updates are safe, so an intake waits for its ledger for as long as it takes to mend it.
	recordOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 15 * time.Minute, ScheduleToCloseTimeout: 7 * day, HeartbeatTimeout: silence, RetryPolicy: retry(200*time.Millisecond, 30*time.Second),
	}
	requestOptions = workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second, ScheduleToCloseTimeout: day, HeartbeatTimeout: silence, RetryPolicy: retry(200*time.Millisecond, 30*time.Second),
	}
)

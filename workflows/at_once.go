package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/crash"
)

// Somebody waits to see an event's figure in a store. The short steps on its way are local activities: they are done within the workflow task,
// for each way through the server takes longer than the step. A step that fails so is done again as an ordinary activity, which the server
// retries and people can see.
//
// A server refuses the end of a run for which something has come since its workflow task began, and has the whole task done again. So that a
// flood cannot keep a run from its end, a run that is about to go on in a new one does nothing at once.

const (
	// mostAtOnce is of how many SKUs or updates a step may be that is done within the workflow task.
	mostAtOnce = 200
	// fewAtOnce is how many updates or requests may have come together for their steps to be done within the workflow task. More are a burst, and a
	// server fails a workflow task during which more than 100 signals come: the task must be short, so that the workflow gets on.
	fewAtOnce = 20
)

var atOnceOptions = workflow.LocalActivityOptions{
	ScheduleToCloseTimeout: 3 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
}

// doesAtOnce is true where the short steps of so many updates or requests are local activities: since 1 of any number, since 2 of few. It is asked
// only where that matters.
func doesAtOnce(ctx workflow.Context, n int) bool {
	switch eventsVersion(ctx) {
	case workflow.DefaultVersion:
		return false
	case 1:
		return true
	default:
		return n <= fewAtOnce
	}
}

// eventsVersion is the version by which the workflow handles events: 1 has local activities, 2 has them for few events, and 3 has one timer
// for all the waits of an intake. It is one marker for all of these, because each one is an event of the history and a write of the server's search.
func eventsVersion(ctx workflow.Context) workflow.Version {
	return workflow.GetVersion(ctx, "events-are-done-at-once", workflow.DefaultVersion, 3)
}

// execute begins a step that is described by a row of the table of options. One that is to be done at once is tried within the workflow task
// first; R is its result. An attempt there is not cancelled, for it is over in a moment and nothing would wait for it.
func execute[R any](ctx workflow.Context, atOnce bool, row workflow.ActivityOptions, summary string, step, input any) workflow.Future {
	ordinary := func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(options(ctx, row, summary), step, input)
	}
	if !atOnce || ctx.Err() != nil {
		return ordinary(ctx)
	}
	future, settable := workflow.NewFuture(ctx)
	workflow.Go(ctx, func(ctx workflow.Context) {
		clean, _ := workflow.NewDisconnectedContext(ctx)
		local := atOnceOptions
		local.Summary = clip(summary)
		var result R
		err := workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(clean, local), step, input).Get(clean, &result)
		crash.At(crash.StepDoneAtOnce)
		if err != nil && !final(err) {
			workflow.GetLogger(ctx).Warn("a step that was to be done at once is done again", "step", summary, "error", err)
			err = ordinary(ctx).Get(ctx, &result)
		}
		settable.Set(result, err)
	})
	return future
}

// final is true for an error that another attempt would bring again.
func final(err error) bool {
	var application *temporal.ApplicationError
	return errors.As(err, &application) && application.NonRetryable()
}

package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/crash"
)

// The figure of an event should reach a store quickly. The short steps on its way are local activities: they are done within the workflow task,
// because a round trip to the server takes longer than the step. A step that fails as a local activity is done again as an ordinary one, which
// the server retries and people can see.
//
// A server does not let a run end when a signal has come since its workflow task began, and repeats the whole task. So that a flood of signals
// cannot keep a run from ending, a run that is about to continue as new uses no local activities.

const (
	// mostAtOnce is how many SKUs or updates a step may have that is done within the workflow task.
	mostAtOnce = 200
	// fewAtOnce is how many updates or requests may come together so that their steps are done within the workflow task. More are a burst, and a server
	// fails a workflow task during which more than 100 signals come: the task must be short, so that the workflow makes progress.
	fewAtOnce = 20
)

var localOptions = workflow.LocalActivityOptions{
	ScheduleToCloseTimeout: 3 * time.Second, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
}

// doesAtOnce is true where the short steps of n updates or requests are local activities: in version 1 for any n, from version 2 on for few. It is
// called only where the answer matters, because it may write a version marker.
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

// eventsVersion is the version by which the workflow handles events: 1 has local activities, 2 has them for few events only, and 3 has one timer
// for all the waits of an intake. One marker serves for all of these, because each marker is an event of the history and a write to the server's
// visibility store.
func eventsVersion(ctx workflow.Context) workflow.Version {
	return workflow.GetVersion(ctx, "events-are-done-at-once", workflow.DefaultVersion, 3)
}

// execute begins an activity with a row of the table of options; R is the type of its result. With atOnce it is tried as a local activity first, and
// as an ordinary one where that fails. A local attempt is not cancelled: it is over in a moment, and nothing would wait for its end.
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
		local := localOptions
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

// final is true for an error that another attempt would only repeat.
func final(err error) bool {
	var application *temporal.ApplicationError
	return errors.As(err, &application) && application.NonRetryable()
}

package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// What an intake does when a step has failed for good: its sender was told that what it sent is safe, so it keeps all of that, says what
// is wrong, and tries again after a while. Nothing else would do: a workflow that ends takes with it what it has read.

// keeps is true for histories in which an intake outlives a step that failed. It is asked only where that matters.
func (i *intake) keeps(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "intakes-outlive-a-failure", workflow.DefaultVersion, 1) == 1
}

// failed notes that a step failed, and when it is tried again.
func (i *intake) failed(ctx workflow.Context, cause error) {
	now := workflow.Now(ctx)
	if i.report.Failure == nil {
		i.report.Failure = &IntakeFailure{Since: now}
	}
	failure := i.report.Failure
	failure.Attempts++
	failure.Error = clip(Failure(cause))
	failure.Next = now.Add(failureWait(failure.Attempts))
	failure.Updates, failure.Snapshots = len(i.batch.updates), len(i.batch.snapshots)
	workflow.GetLogger(ctx).Error("an intake cannot record what it has read; it tries again",
		"error", failure.Error, "attempts", failure.Attempts, "next", failure.Next)
	workflow.GetMetricsHandler(ctx).WithTags(map[string]string{"warehouse": i.input.Warehouse}).Counter("tidemark_intake_failures").Inc(1)
	i.label(ctx, labelsOf(cause))
	i.mark(ctx, failure)
}

// recovered forgets a failure that is over.
func (i *intake) recovered(ctx workflow.Context) {
	if i.report.Failure != nil {
		i.report.Failure = nil
		i.mark(ctx, nil)
	}
}

// mark shows the failure, or that there is none, where it can be read without a worker and be searched for.
func (i *intake) mark(ctx workflow.Context, failure *IntakeFailure) {
	var memo any // nil removes it
	if failure != nil {
		memo = *failure
	}
	// Neither can fail but for a value that cannot be encoded.
	_ = workflow.UpsertMemo(ctx, map[string]any{MemoFailure: memo})
	if _, labelled := workflow.GetTypedSearchAttributes(ctx).GetKeyword(AttributeWarehouse); !labelled {
		return // the namespace knows no attributes of ours
	}
	outcome := AttributeOutcome.ValueUnset()
	if failure != nil {
		outcome = AttributeOutcome.ValueSet("failed")
	}
	_ = workflow.UpsertTypedSearchAttributes(ctx, outcome)
}

// await waits until what failed is due again, and reads what comes meanwhile. An error ends this run of the workflow: it goes on as new.
// After a cancellation there is one more attempt, at once.
func (i *intake) await(ctx workflow.Context) error {
	failure := i.report.Failure
	if failure == nil || ctx.Err() != nil {
		return nil
	}
	clock, stop := workflow.WithCancel(ctx)
	defer stop()
	timer := workflow.NewTimerWithOptions(clock, max(failure.Next.Sub(workflow.Now(ctx)), 0), workflow.TimerOptions{Summary: clip("try again: " + failure.Error)})
	for {
		i.readAll(ctx)
		i.paint(ctx, "waiting, because a step failed")
		if historyIsLong(workflow.GetInfo(ctx)) && i.batch.portable() {
			return i.continueAsNew(ctx)
		}
		if err := workflow.Await(ctx, func() bool { return timer.IsReady() || i.signal.Len() > 0 }); err != nil || timer.IsReady() {
			return nil
		}
	}
}

// readAll reads everything that is there. A batch can be larger than what is recorded at once.
func (i *intake) readAll(ctx workflow.Context) {
	for n := 1; ; n++ {
		var signal InventoryUpdated
		if !i.signal.ReceiveAsync(&signal) {
			break
		}
		i.batch.add(signal, workflow.Now(ctx))
		if n%drainAtOnce == 0 {
			yield(ctx)
		}
	}
	if failure := i.report.Failure; failure != nil {
		failure.Updates, failure.Snapshots = len(i.batch.updates), len(i.batch.snapshots)
	}
}

// giveUp ends a cancelled intake that cannot record what it has read: a person has said that it must end, so it ends red, and says what
// was not recorded.
func (i *intake) giveUp(ctx workflow.Context, cause error) error {
	i.readAll(ctx)
	i.mark(ctx, i.report.Failure)
	kind := ""
	var application *temporal.ApplicationError
	if errors.As(cause, &application) {
		kind = application.Type()
	}
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf("cancelled with %d updates and %d snapshots that could not be recorded: %s; "+
		"they stand in the history of this workflow: send them again when that is mended", len(i.batch.updates), len(i.batch.snapshots), Failure(cause)), kind, cause)
}

const (
	failureFirst = time.Minute
	failureMost  = 15 * time.Minute
)

// failureWait is how long an intake waits after so many failures in a row.
func failureWait(attempts int) time.Duration {
	wait := failureFirst
	for n := 1; n < attempts && wait < failureMost; n++ {
		wait *= 2
	}
	return min(wait, failureMost)
}

// Failure is what failed, in words. A step that was tried for its whole time says why it failed last.
func Failure(err error) string {
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) && timeout.Unwrap() != nil {
		return "it was tried until its time was over: " + failure(timeout.Unwrap())
	}
	return failure(err)
}

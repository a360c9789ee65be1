package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// When a step of an intake has used up its attempts, the intake keeps everything that it has read, says what is wrong, and tries again after a while.
// Senders were told that their updates are safe, and a workflow that ends would lose what it has read.

// survivesFailures is true for histories in which an intake goes on after a step that failed. It is called only where the answer matters.
func (i *intake) survivesFailures(ctx workflow.Context) bool {
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

// mark writes the failure, or that there is none, into the memo and the search attributes, where it can be read and searched for without a worker.
func (i *intake) mark(ctx workflow.Context, failure *IntakeFailure) {
	var memo any // nil removes it
	if failure != nil {
		memo = *failure
	}
	// Both calls fail only for a value that cannot be encoded.
	_ = workflow.UpsertMemo(ctx, map[string]any{MemoFailure: memo})
	if _, labelled := workflow.GetTypedSearchAttributes(ctx).GetKeyword(AttributeWarehouse); !labelled {
		return // the namespace does not have our search attributes
	}
	outcome := AttributeOutcome.ValueUnset()
	if failure != nil {
		outcome = AttributeOutcome.ValueSet("failed")
	}
	_ = workflow.UpsertTypedSearchAttributes(ctx, outcome)
}

// await waits until the failed step is to be tried again, and reads the signals that come meanwhile. It returns an error when the workflow must continue
// as new. After a cancellation there is one more attempt, at once.
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

// readAll reads all signals that are there, also into a batch that is larger than what is recorded in one step.
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

// giveUp is the error that ends a cancelled intake which cannot record what it has read. It says how much was not recorded, and where that is.
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

// failureWait is how long an intake waits after this many failures in a row.
func failureWait(attempts int) time.Duration {
	wait := failureFirst
	for n := 1; n < attempts && wait < failureMost; n++ {
		wait *= 2
	}
	return min(wait, failureMost)
}

// Failure is the message of an error, for people. For a step that was tried until its time was over, it is the last error.
func Failure(err error) string {
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) && timeout.Unwrap() != nil {
		return "it was tried until its time was over: " + failure(timeout.Unwrap())
	}
	return failure(err)
}

package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
)

// A held run checks from time to time whether it must still be held: a file that was cut off may be whole by now. So a hold can dissolve without a
// person, and its reason stays up to date.

const (
	// firstRecheck is how long a held run waits before its first check, and mostRecheck the longest wait between two checks.
	firstRecheck = 15 * time.Minute
	mostRecheck  = time.Hour
)

// recheckAfter is how long a held run waits before the next check, after this many checks.
func recheckAfter(checks int) time.Duration {
	after := firstRecheck
	for range checks {
		if after *= 2; after >= mostRecheck {
			return mostRecheck
		}
	}
	return after
}

// rechecks is true for histories in which a held run checks whether it must still be held.
func (p *pass) rechecks(ctx workflow.Context) bool {
	return fetchesFirst(ctx) && workflow.GetVersion(ctx, "a-held-run-looks-again", workflow.DefaultVersion, 1) == 1
}

// recheckUntil waits until the hold is answered, and checks from time to time whether it must stay. It returns true when the pass need not be held any
// more and is ready to push.
func (p *pass) recheckUntil(ctx workflow.Context, held *heldPass, answered func() bool) (bool, error) {
	if !p.rechecks(ctx) {
		return false, p.waitFor(ctx, answered)
	}
	for !answered() {
		clock, stop := workflow.WithCancel(ctx)
		if held.RecheckAt.IsZero() {
			held.RecheckAt = workflow.Now(ctx).Add(recheckAfter(held.Rechecks))
		}
		wait := max(held.RecheckAt.Sub(workflow.Now(ctx)), 0) // a fixed time, so that a stream of requests does not put the check off
		timer := workflow.NewTimerWithOptions(clock, wait, workflow.TimerOptions{Summary: "check again whether the run must be held"})
		err := p.waitFor(ctx, func() bool { return answered() || timer.IsReady() || p.dissolved.Len() > 0 })
		due := timer.IsReady()
		stop()
		if err != nil || answered() {
			return false, err
		}
		if dissolved := p.holdDissolved(held.Run); !dissolved && !due {
			continue
		}
		held.Rechecks++
		held.RecheckAt = time.Time{}
		passes, err := p.recheck(ctx, held, answered)
		if err != nil || passes {
			return passes, err
		}
	}
	return false, nil
}

// holdDissolved reads the signals of other runs; it is true when one of them says that the reason of this run's hold is gone.
func (p *pass) holdDissolved(run int64) bool {
	dissolved := false
	var signal HoldDissolved
	for p.dissolved.ReceiveAsync(&signal) {
		dissolved = dissolved || signal.Run == run
		signal = HoldDissolved{}
	}
	return dissolved
}

// recheck prepares the pass anew, as if nobody had been asked, and returns true when the pass need not be held any more. An answer ends the check at
// once. Where the check fails, the pass stays held, and the next check may succeed. Only where the ledger does not know the run any more, so that
// nobody can see that it waits, the error is returned.
func (p *pass) recheck(ctx workflow.Context, held *heldPass, answered func() bool) (bool, error) {
	work, cancel := workflow.WithCancel(ctx)
	defer cancel()
	p.lease.Fence, p.rechecking = 0, true
	var again *activities.HoldInput
	var failed error
	done := false
	workflow.Go(work, func(ctx workflow.Context) {
		again, failed = p.prepare(ctx)
		done = true
	})
	err := p.waitFor(ctx, func() bool { return done || answered() })
	if !done {
		cancel()
		clean, _ := workflow.NewDisconnectedContext(ctx)
		_ = workflow.Await(clean, func() bool { return done }) // disconnected from any cancellation
	}
	p.rechecking = false
	if failed == nil && again == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err == nil && failed != nil && !answered() {
		workflow.GetLogger(ctx).Warn("a held run could not check whether it must still be held", "run", held.Run, "error", failed)
	}
	if lostRun(failed) && workflow.GetVersion(ctx, "a-held-run-that-was-lost-ends", workflow.DefaultVersion, 1) == 1 {
		return false, failed
	}
	if holdErr := p.keepHeld(ctx, held, again); holdErr != nil {
		return false, holdErr
	}
	return false, err
}

// lostRun is true for an error that says that the ledger does not have the run any more, or has ended it.
func lostRun(err error) bool {
	var application *temporal.ApplicationError
	return errors.As(err, &application) && application.Type() == activities.ErrorStoreLost
}

// keepHeld keeps a pass held after a check, and gives its store back. Where the check found a hold of another kind, that is asked instead.
func (p *pass) keepHeld(ctx workflow.Context, held *heldPass, again *activities.HoldInput) error {
	defer func() { p.showHeld(ctx, *held) }()
	if again != nil && again.Kind != held.Kind {
		requested, err := p.hold(ctx, *again)
		if err == nil {
			requested.Rechecks = held.Rechecks
			*held = *requested
		}
		return err
	}
	input := activities.HoldInput{Kind: held.Kind, Reason: held.Reason, Rows: held.Rows, Zeroing: held.Zeroing, Absent: held.Absent}
	if again != nil {
		input = *again
	}
	input.Lease, input.Connection = p.lease, p.input.Connection
	return workflow.ExecuteActivity(options(ctx, holdOptions, "still held: "+held.Reason), gate.Hold, input).Get(ctx, nil)
}

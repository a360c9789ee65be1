package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
)

// A held run looks again by itself whether it must be held: the file that was cut off may be whole by now. So a hold dissolves when nobody
// comes, and what a person finds is still so.

const (
	// firstLook and mostLook are how long a held run waits before it looks again, the first time and at most.
	firstLook = 15 * time.Minute
	mostLook  = time.Hour
)

// lookAfter is how long a held run waits before it looks again, having looked so often.
func lookAfter(looks int) time.Duration {
	after := firstLook
	for range looks {
		if after *= 2; after >= mostLook {
			return mostLook
		}
	}
	return after
}

// looksAgain is true for histories in which a held run looks again by itself whether it must be held.
func (p *pass) looksAgain(ctx workflow.Context) bool {
	return fetchesFirst(ctx) && workflow.GetVersion(ctx, "a-held-run-looks-again", workflow.DefaultVersion, 1) == 1
}

// lookWhile waits until the hold is answered, and looks again from time to time. It is true when the pass need not be held any more and is
// ready to push.
func (p *pass) lookWhile(ctx workflow.Context, held *heldPass, answered func() bool) (bool, error) {
	if !p.looksAgain(ctx) {
		return false, p.attend(ctx, answered)
	}
	for !answered() {
		clock, stop := workflow.WithCancel(ctx)
		if held.LookAt.IsZero() {
			held.LookAt = workflow.Now(ctx).Add(lookAfter(held.Looks))
		}
		wait := max(held.LookAt.Sub(workflow.Now(ctx)), 0) // requests that never stop put no look off
		timer := workflow.NewTimerWithOptions(clock, wait, workflow.TimerOptions{Summary: "look again whether the run must be held"})
		err := p.attend(ctx, func() bool { return answered() || timer.IsReady() || p.dissolved.Len() > 0 })
		due := timer.IsReady()
		stop()
		if err != nil || answered() {
			return false, err
		}
		if told := p.told(held.Run); !told && !due {
			continue
		}
		held.Looks++
		held.LookAt = time.Time{}
		passes, err := p.look(ctx, held, answered)
		if err != nil || passes {
			return passes, err
		}
	}
	return false, nil
}

// told reads what other runs tell a held one; it is true when its hold has dissolved.
func (p *pass) told(run int64) bool {
	told := false
	var signal HoldDissolved
	for p.dissolved.ReceiveAsync(&signal) {
		told = told || signal.Run == run
		signal = HoldDissolved{}
	}
	return told
}

// look prepares the pass anew, as if nobody had been asked. What fails on the way leaves it held: the next look may do better. An answer
// ends the look at once. It is true when the pass need not be held any more.
func (p *pass) look(ctx workflow.Context, held *heldPass, answered func() bool) (bool, error) {
	work, cancel := workflow.WithCancel(ctx)
	defer cancel()
	p.lease.Fence, p.looking = 0, true
	var again *activities.HoldInput
	var failed error
	done := false
	workflow.Go(work, func(ctx workflow.Context) {
		again, failed = p.prepare(ctx)
		done = true
	})
	err := p.attend(ctx, func() bool { return done || answered() })
	if !done {
		cancel()
		clean, _ := workflow.NewDisconnectedContext(ctx)
		_ = workflow.Await(clean, func() bool { return done }) // disconnected from any cancellation
	}
	p.looking = false
	if failed == nil && again == nil {
		return true, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err == nil && failed != nil && !answered() {
		workflow.GetLogger(ctx).Warn("a held run looked again and could not tell", "run", held.Run, "error", failed)
	}
	if kept := p.stay(ctx, held, again); kept != nil {
		return false, kept
	}
	return false, err
}

// stay holds a pass on that has looked again: its store is given back. Where it is another thing now that must be decided, that is asked.
func (p *pass) stay(ctx workflow.Context, held *heldPass, again *activities.HoldInput) error {
	defer func() { p.showHeld(ctx, *held) }()
	if again != nil && again.Kind != held.Kind {
		asked, err := p.hold(ctx, *again)
		if err == nil {
			asked.Looks = held.Looks
			*held = *asked
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

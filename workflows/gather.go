package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// gather waits for a burst of requests to end. A request of an intake is gathered already, and goes on at once: somebody waits to
// see it in a store.
func (s *sync) gather(ctx workflow.Context) {
	s.show(ctx, "gathering requests")
	end := workflow.Now(ctx).Add(debounceMost)
	for workflow.Now(ctx).Before(end) {
		if s.there() && s.gathering(ctx) > 1 {
			s.gatherAll(ctx, end)
			return
		}
		came, err := s.came(ctx)
		if !came || err != nil {
			return
		}
		if s.long(ctx) && s.bounded(ctx) {
			return
		}
		s.stirred = false
		var request SyncRequest
		if !s.requests.ReceiveAsync(&request) {
			continue
		}
		s.take(ctx, request)
		if request.SkipFetch {
			return
		}
	}
}

// came waits for a request, for as long as a burst may pause.
func (s *sync) came(ctx workflow.Context) (bool, error) {
	if s.there() && s.gathering(ctx) > workflow.DefaultVersion {
		return true, nil
	}
	// Not ReceiveWithTimeout: it panics at a signal that cannot be read.
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: debounce, TimerOptions: workflow.TimerOptions{Summary: "wait for more requests of a burst"},
	}, s.there)
}

// gathering is how a history gathers a burst: since 1 without a timer for what is there, and since 2 without one for each time that
// something came. It is asked only where that matters.
func (s *sync) gathering(ctx workflow.Context) workflow.Version {
	return workflow.GetVersion(ctx, "no-timer-for-what-is-there", workflow.DefaultVersion, 2)
}

// gatherAll takes in what is there, and what comes until a burst is over.
func (s *sync) gatherAll(ctx workflow.Context, end time.Time) {
	clock, stop := workflow.WithCancel(ctx)
	defer stop()
	over := workflow.Now(ctx) // when the burst is over, should nothing come any more
	var timer workflow.Future
	for {
		if s.there() {
			if over = workflow.Now(ctx).Add(debounce); over.After(end) {
				over = end
			}
			s.stirred = false
			if atOnce := s.drain(ctx); atOnce || s.long(ctx) && s.bounded(ctx) {
				return
			}
		}
		left := over.Sub(workflow.Now(ctx))
		if left <= 0 {
			return
		}
		if timer == nil || timer.IsReady() {
			timer = workflow.NewTimerWithOptions(clock, left, workflow.TimerOptions{Summary: "wait for more requests of a burst"})
		}
		// A cancellation ends the timer, and each one that would be started after it, at once.
		if workflow.Await(ctx, func() bool { return timer.IsReady() || s.there() }) != nil || ctx.Err() != nil {
			return
		}
	}
}

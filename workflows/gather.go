package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// gather waits for a burst of requests to end. It returns at once for a request of an intake, which has gathered its burst already and should be served
// quickly.
func (s *sync) gather(ctx workflow.Context) {
	s.show(ctx, "gathering requests")
	end := workflow.Now(ctx).Add(debounceMost)
	for workflow.Now(ctx).Before(end) {
		if s.requestCame() && s.gathering(ctx) > 1 {
			s.gatherAll(ctx, end)
			return
		}
		arrived, err := s.arrived(ctx)
		if !arrived || err != nil {
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

// waitForMore waits for a request, for as long as a burst may pause. It returns false when none came.
func (s *sync) arrived(ctx workflow.Context) (bool, error) {
	if s.requestCame() && s.gathering(ctx) > workflow.DefaultVersion {
		return true, nil
	}
	// ReceiveWithTimeout would panic at a signal that cannot be read.
	return workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout: debounce, TimerOptions: workflow.TimerOptions{Summary: "wait for more requests of a burst"},
	}, s.requestCame)
}

// gathering is the version by which a history gathers a burst. Version 1 starts no timer when requests are there already; version 2 does not start a new
// timer for every request. It is called only where the answer matters.
func (s *sync) gathering(ctx workflow.Context) workflow.Version {
	return workflow.GetVersion(ctx, "no-timer-for-what-is-there", workflow.DefaultVersion, 2)
}

// gatherAll takes in the requests that are there, and those that come until the burst is over; end is the latest time for that.
func (s *sync) gatherAll(ctx workflow.Context, end time.Time) {
	clock, stop := workflow.WithCancel(ctx)
	defer stop()
	over := workflow.Now(ctx) // when the burst is over, unless more comes
	var timer workflow.Future
	for {
		if s.requestCame() {
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
		if workflow.Await(ctx, func() bool { return timer.IsReady() || s.requestCame() }) != nil || ctx.Err() != nil {
			return
		}
	}
}

package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// Push tells stores what they should show.
type Push struct {
	Ledger      ledger.Ledger
	Drivers     map[string]channels.Driver
	Environment settings.Environment
	Stores      *Stores
	Now         func() time.Time
	// After is time.After, or what stands for it where time is a test's.
	After func(time.Duration) <-chan time.Time
	// Slice is how long one activity works before it reports back; about a minute.
	Slice time.Duration
}

const (
	triesPerRun    = 3               // calls in a row for one row without success; then it is due for the next run
	comparedTries  = 2               // then the figure goes out without comparing: what the store shows could not be learned
	shortWait      = 3 * time.Second // longer waits are timers of the workflow
	findPause      = 5 * time.Second // after a look-up that failed; longer each time
	callMargin     = 5 * time.Second // after a call's timeout, until it is certain that it is over
	longestCall    = 2 * time.Minute // for a driver that states no timeout
	answerPatience = 10 * time.Second
)

// Push works through due rows for about Slice, one call at a time: write the intent, call, write the answer. It stops after
// any call and goes on where the ledger says. Waits of more than a few seconds go back to the workflow.
func (p *Push) Push(ctx context.Context, input PushInput) (PushResult, error) {
	result, err := p.push(ctx, input)
	return result, convert("pushing", err, p.Now())
}

func (p *Push) push(ctx context.Context, input PushInput) (PushResult, error) {
	connection, err := p.Ledger.Connection(ctx, input.Connection)
	if err != nil {
		return PushResult{}, err
	}
	store, err := p.Ledger.Store(ctx, connection.Store)
	if err != nil {
		return PushResult{}, err
	}
	channel, meters, err := p.Stores.open(p.Drivers, input.Lease, store, p.Environment, p.Now())
	if err != nil {
		return PushResult{}, err
	}
	slice := &slice{
		Push: p, input: input, store: store, channel: channel, limits: channel.Limits(), meters: meters, until: p.Now().Add(p.Slice),
	}
	slice.batch = batchSize(slice.limits.Batch, store.BatchSize)
	slice.find = max(slice.limits.Find, 1)
	result, err := slice.run(ctx)
	if err != nil {
		p.Stores.close(store.ID) // what a person corrects is seen by the next run
		return PushResult{}, err
	}
	return slice.report(ctx, result)
}

func batchSize(limit, wanted int) int {
	limit = max(limit, 1)
	if wanted > 0 && wanted < limit {
		return wanted
	}
	return limit
}

// slice is one activity's part of a push.
type slice struct {
	*Push
	input   PushInput
	store   ledger.Store
	channel channels.Channel
	limits  channels.Limits
	meters  *channels.Meters
	until   time.Time
	batch   int
	find    int                // the most items in one look-up
	after   ledger.DueItem     // the last row that was taken from the due rows
	window  []ledger.DueItem   // rows that were taken and are still to be looked up and composed
	parts   [][]ledger.DueItem // calls that are still to be made, the next one last
	refused int                // look-ups in a row that failed

	refusals refusals // of single items
}

// run makes calls until the slice is over, nothing is left, or a wait is too long to sit out.
func (s *slice) run(ctx context.Context) (PushResult, error) {
	stop := activity.GetWorkerStopChannel(ctx)
	calls, rest := beat(ctx)
	defer rest()
	for {
		select {
		case <-ctx.Done():
			return PushResult{}, ctx.Err()
		case <-stop:
			return PushResult{}, nil
		default:
		}
		if !s.Now().Before(s.until) {
			return PushResult{}, nil
		}
		calls.Add(1)
		step, err := s.next(ctx)
		if err != nil {
			return PushResult{}, err
		}
		if step.call == nil && step.find == nil {
			return PushResult{Done: step.at.IsZero(), Until: step.at, Why: step.why, Faulty: step.faulty}, nil
		}
		pacer := s.meters.For(step.operation(), s.asked(step.items()), s.Now())
		if wait, why, err := s.pace(ctx, pacer, stop); err != nil || !wait.IsZero() {
			return PushResult{Until: wait, Why: why}, err
		}
		if step.find != nil {
			err = s.look(ctx, pacer, step.find)
		} else {
			err = s.make(ctx, pacer, step)
		}
		var pause *errPause
		if errors.As(err, &pause) {
			return PushResult{Until: s.Now().Add(pause.wait), Why: pause.why, Faulty: true}, nil
		}
		if err != nil {
			return PushResult{}, err
		}
	}
}

// pace waits for the store's budget when the wait is short, and returns when to come back when it is long.
func (s *slice) pace(ctx context.Context, pacer *channels.Pacer, stop <-chan struct{}) (time.Time, string, error) {
	for {
		now := s.Now()
		today, err := s.Ledger.CallsOn(ctx, s.store.ID, now)
		if err != nil {
			return time.Time{}, "", err
		}
		at, why := pacer.Ready(now, today)
		if !at.After(now) {
			return time.Time{}, "", nil
		}
		if at.Sub(now) > shortWait {
			return at, why, nil
		}
		select {
		case <-s.After(at.Sub(now)):
		case <-ctx.Done():
			return time.Time{}, "", ctx.Err()
		case <-stop:
			return at, why, nil
		}
	}
}

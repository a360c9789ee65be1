package activities

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/push"
	"github.com/tidemark/tidemark/settings"
)

// Push sends stores the figures that they should show.
type Push struct {
	Ledger      PushLedger
	Drivers     channels.Drivers
	Environment settings.Environment
	Stores      *Stores
	Now         func() time.Time
	// After is time.After, or its substitute in a test that injects time. calls is the number of calls in progress during the wait; the
	// first response ends it.
	After func(span time.Duration, calls int) <-chan time.Time
	// Slice is how long one activity works before it reports back; about a minute.
	Slice time.Duration
}

// Push works through due rows for about Slice. Package push decides what to do next and what a response means; this package carries it out. The
// intent is recorded before its call, and the response after it. A slice can stop after any call, and the next one goes on from the state in
// the ledger. Waits of more than a few seconds are left to the workflow.
func (p *Push) Push(ctx context.Context, input PushInput) (PushResult, error) {
	begun, stop := heartbeat(ctx)
	defer stop()
	result, err := p.push(ctx, input, begun)
	return result, convert("pushing", err, p.Now())
}

func (p *Push) push(ctx context.Context, input PushInput, begun *atomic.Int64) (PushResult, error) {
	connection, err := p.Ledger.Connection(ctx, input.Connection)
	if err != nil {
		return PushResult{}, err
	}
	store, err := p.Ledger.Store(ctx, connection.Store)
	if err != nil {
		return PushResult{}, err
	}
	pace, err := p.Ledger.Pace(ctx, store.ID)
	if err != nil {
		return PushResult{}, err
	}
	picture := channels.ReadPicture(pace).Newer(channels.ReadPicture(input.Pace))
	channel, meters, err := p.Stores.open(p.Drivers, input.Lease, store, p.Environment, picture)
	if err != nil {
		return PushResult{}, err
	}
	_, finds := channels.AsFinder(channel)
	slice := &slice{
		Push: p, input: input, store: store, channel: channel, meters: meters, until: p.Now().Add(p.Slice),
		machine: push.New(push.Setup{
			Store: store.ID, Connection: input.Connection, Run: input.Lease.Run, Scope: input.Scope, Limits: channel.Limits(),
			Batch: store.BatchSize, Calls: store.Budget.Calls, Finds: finds, Newer: len(input.Scope) == 0,
			Compose: func(items []channels.Item, batch int) ([][]int, error) {
				return channels.Compose(channel, items, batch)
			},
			Submits: func(items []channels.Item) bool { return channels.Submits(channel, items) },
		}),
	}
	slice.replies = make(chan reply, slice.machine.AtOnce())
	result, err := slice.run(ctx, begun)
	if err != nil {
		p.Stores.close(store.ID) // so that the next run opens the driver with what a person has corrected
		return PushResult{}, err
	}
	if result.Done {
		if err := p.Ledger.EndStage(ctx, input.Lease.Run, ledger.StagePush, "", ledger.Counts{}, p.Now()); err != nil {
			return PushResult{}, err
		}
		crash.At(crash.PushEnded)
	}
	return slice.report(ctx, result)
}

// slice is one activity's part of a push.
type slice struct {
	*Push
	input   PushInput
	store   ledger.Store
	channel channels.Channel
	meters  *channels.Meters
	machine *push.Machine
	until   time.Time
	stop    <-chan struct{} // closed when the worker stops
	replies chan reply      // results of the calls in progress; each call has a goroutine of its own, which never waits for the loop

	beginning []beginning // calls that begin together and whose intents are not recorded yet

	day   ledger.Day // the day of today's figure
	today int64      // calls to the store on this day

	followed ledger.Cursor // the versions up to which the rows are resolved
	again    string        // why the workflow must resolve again before the push goes on
}

// ending is the end of a slice: its result or its error.
type ending struct {
	result PushResult
	err    error
}

const (
	shortWait   = 3 * time.Second // longer waits are timers of the workflow
	longestWait = time.Minute     // the longest wait for a response before the loop checks everything again
)

// run makes calls until the slice is over, nothing is left, or the next wait is too long. However it ends, it first waits for the calls in
// progress and records their responses.
func (s *slice) run(ctx context.Context, begun *atomic.Int64) (PushResult, error) {
	s.stop = activity.GetWorkerStopChannel(ctx)
	var end *ending
	for {
		var wait time.Duration
		if end == nil {
			end = s.interrupted(ctx)
		}
		if end == nil {
			wait, end = s.advance(ctx)
			begun.Store(int64(s.machine.Begun()))
		}
		if end != nil && s.machine.UnderWay() == 0 {
			return end.result, end.err
		}
		for responses := s.together(s.await(ctx, wait, end != nil)); len(responses) > 0; responses = s.together(s.arrived()) {
			if last := s.writeResponses(ctx, responses); last != nil && (end == nil || end.err == nil) {
				end = last
			}
		}
	}
}

// interrupted returns the end of the slice when it must end for a reason other than the store's responses; otherwise nil.
func (s *slice) interrupted(ctx context.Context) *ending {
	select {
	case <-ctx.Done():
		return &ending{err: ctx.Err()}
	case <-s.stop:
		return &ending{}
	default:
	}
	switch {
	case s.again != "":
		return &ending{result: PushResult{Done: true, Again: s.again}}
	case !s.Now().Before(s.until):
		return &ending{}
	}
	return nil
}

// await waits for a response, at most for the given time. A slice that ends waits only for responses.
func (s *slice) await(ctx context.Context, wait time.Duration, ends bool) *reply {
	cancelled, stop := ctx.Done(), s.stop
	if ends {
		cancelled, stop, wait = nil, nil, longestWait
	}
	select {
	case response := <-s.replies:
		return &response
	case <-s.After(wait, s.machine.UnderWay()):
	case <-cancelled:
	case <-stop:
	}
	return s.arrived() // a response that has arrived meanwhile is recorded before another call begins
}

// arrived returns a response that waits for the loop; nil when there is none.
func (s *slice) arrived() *reply {
	select {
	case response := <-s.replies:
		return &response
	default:
		return nil
	}
}

// together returns a response, and those that have arrived in the meantime. They are recorded in one transaction.
func (s *slice) together(first *reply) []reply {
	var responses []reply
	for response := first; response != nil; response = s.arrived() {
		responses = append(responses, *response)
	}
	return responses
}

// advance does everything that can be done now. It returns how long to wait after that, or how the slice ends. The intents of calls that begin
// together are recorded in one transaction.
func (s *slice) advance(ctx context.Context) (time.Duration, *ending) {
	wait, end := s.prepare(ctx)
	if err := s.launch(ctx); err != nil {
		return 0, &ending{err: interruption(ctx, err)}
	}
	return wait, end
}

// interruption returns the context's error if the context has ended, because an interrupted ledger fails with errors of its own; otherwise err.
func interruption(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// prepare reads what is due and prepares the calls that can begin now.
func (s *slice) prepare(ctx context.Context) (time.Duration, *ending) {
	for {
		plan, err := s.machine.Next(s.Now())
		if err != nil {
			return 0, &ending{err: err}
		}
		paced, why, begun, err := s.begin(ctx, plan.Steps)
		if err != nil {
			return 0, &ending{err: interruption(ctx, err)}
		}
		if begun {
			if end := s.interrupted(ctx); end != nil || len(s.replies) > 0 {
				return 0, end // the response decides what begins next
			}
			continue
		}
		result := PushResult{Until: plan.Until, Why: plan.Why, Faulty: plan.Faulty}
		if !paced.IsZero() && (plan.Until.IsZero() || paced.Before(plan.Until)) {
			result = PushResult{Until: paced, Why: why}
		}
		result.Done = result.Until.IsZero()
		wait := result.Until.Sub(s.Now())
		switch idle := s.machine.UnderWay() == 0; {
		case idle && (paced.IsZero() || wait > shortWait):
			return 0, &ending{result: result}
		case result.Done:
			return longestWait, nil
		}
		return min(max(wait, 0), longestWait), nil
	}
}

// begin does the first step that the store's budget allows now, and returns begun. If the budget allows none, it returns the time from which
// it allows one, and why not before; the time is zero when there are no steps.
func (s *slice) begin(ctx context.Context, steps []push.Step) (paced time.Time, why string, begun bool, err error) {
	for _, step := range steps {
		if step.Operation() == "" {
			return time.Time{}, "", true, s.record(ctx, step)
		}
		pacer := s.meters.For(step.Operation(), s.machine.Items(step.Call.Items), s.Now())
		today, err := s.callsToday(ctx)
		if err != nil {
			return time.Time{}, "", false, err
		}
		if pacer.Full(s.Now()) && s.machine.UnderWay() > 0 {
			continue // the next response lets a call begin
		}
		at, reason := pacer.Ready(s.Now(), today)
		if at.IsZero() && follows(step) && len(s.beginning) == 0 { // calls that begin together need only one check
			if moved, err := s.follow(ctx); moved || err != nil {
				return time.Time{}, "", true, err
			}
		}
		if at.IsZero() {
			return time.Time{}, "", true, s.start(ctx, pacer, step)
		}
		if paced.IsZero() || at.Before(paced) {
			paced, why = at, reason
		}
	}
	return paced, why, false, nil
}

// callsToday returns the number of calls to the store today. It is read once per day and slice and then counted here, because no other run
// calls the store meanwhile.
func (s *slice) callsToday(ctx context.Context) (int64, error) {
	now := s.Now()
	if day := ledger.DayOf(now, nil); day != s.day {
		calls, err := s.Ledger.CallsOn(ctx, s.store.ID, now)
		if err != nil {
			return 0, err
		}
		s.day, s.today = day, calls
	}
	return s.today, nil
}

// pace returns the state of the store's budget, for the next slice or run.
func (s *slice) pace() string { return s.meters.Picture(s.Now()).String() }

// report adds the run's figures to the result of a slice.
func (s *slice) report(ctx context.Context, result PushResult) (PushResult, error) {
	remaining, err := s.Ledger.Remaining(ctx, s.input.Connection, s.input.Scope)
	if err != nil {
		return PushResult{}, err
	}
	if result.Counts, err = s.Ledger.Tally(ctx, s.input.Lease.Run); err != nil {
		return PushResult{}, err
	}
	result.Left, result.Open, result.Rate, result.Pace = remaining.Rows, remaining.InCalls, s.meters.Rate(), s.pace()
	return result, nil
}

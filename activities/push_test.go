package activities

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// pushing is a run that pushes rows of the depot to the store north.
type pushing struct {
	*world
	push    *Push
	lease   ledger.Lease
	stop    chan struct{}
	cancel  context.CancelFunc
	runs    int
	results []PushResult
	scope   []string
}

// newPushing makes some SKUs due: the first with the figure 10, the next with 11, and so on.
func newPushing(t *testing.T, store channels.Channel, skus ...string) *pushing {
	t.Helper()
	p := &pushing{world: setup(t), stop: make(chan struct{})}
	p.push = &Push{
		Ledger: p.Ledger, Stores: NewStores(), Now: p.clock, Slice: time.Minute, After: p.after,
		Drivers: map[string]channels.Driver{"sandbox": {Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) { return store, nil }}},
	}
	p.begin()
	p.report(10, skus...)
	return p
}

// begin starts a run.
func (p *pushing) begin() {
	p.t.Helper()
	p.runs++
	granted, err := p.Begin(p.t.Context(), ledger.Claim{
		Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/north", WorkflowRun: fmt.Sprint("run ", p.runs), Now: p.now,
	})
	require.NoError(p.t, err)
	p.lease = granted.Lease
}

// end ends it.
func (p *pushing) end() {
	p.t.Helper()
	require.NoError(p.t, p.EndRun(p.t.Context(), p.lease, ledger.RunEnd{Outcome: ledger.Completed, Now: p.now}))
}

// report makes SKUs due.
func (p *pushing) report(first int64, skus ...string) {
	p.t.Helper()
	snapshot, err := p.Stage(p.t.Context(), p.lease, ledger.SnapshotStart{Warehouse: "depot", Now: p.now})
	require.NoError(p.t, err)
	levels := make([]inventory.Level, len(skus))
	for i, sku := range skus {
		levels[i] = inventory.Level{SKU: sku, Facility: "east", Available: first + int64(i)}
	}
	require.NoError(p.t, p.StageRows(p.t.Context(), snapshot, levels, nil))
	_, err = p.Record(p.t.Context(), p.lease, snapshot, ledger.SnapshotEnd{Full: p.runs == 1, Rows: len(levels), Now: p.now})
	require.NoError(p.t, err)
	_, err = do[ResolveResult](p.world, p.resolver().Resolve, ResolveInput{Lease: p.lease, Connection: "north", Mode: ledger.Smart})
	require.NoError(p.t, err)
}

// slice pushes for one activity.
func (p *pushing) slice() (PushResult, error) {
	p.t.Helper()
	var suite testsuite.WorkflowTestSuite
	environment := suite.NewTestActivityEnvironment()
	environment.SetWorkerStopChannel(p.stop)
	slice := func(ctx context.Context, input PushInput) (PushResult, error) {
		ctx, p.cancel = context.WithCancel(ctx)
		defer p.cancel()
		return p.push.Push(ctx, input)
	}
	environment.RegisterActivity(slice)
	value, err := environment.ExecuteActivity(slice, PushInput{Lease: p.lease, Connection: "north", Scope: p.scope})
	var result PushResult
	if err == nil {
		require.NoError(p.t, value.Get(&result))
		p.results = append(p.results, result)
	}
	return result, err
}

// run pushes until nothing is left, as the workflow does.
func (p *pushing) run() error {
	p.t.Helper()
	for range 100 {
		result, err := p.slice()
		if err != nil || result.Done {
			return err
		}
		if result.Until.After(p.now) {
			p.now = result.Until
		}
	}
	p.t.Fatal("the push does not come to an end")
	return nil
}

// open returns the open calls in the ledger.
func (p *pushing) open() []ledger.CallStanding {
	p.t.Helper()
	open, err := p.OpenCalls(context.Background(), "north")
	require.NoError(p.t, err)
	return open
}

// script is a store whose responses a test defines; it applies all other items.
type script struct {
	limits channels.Limits
	mutex  sync.Mutex
	calls  []channels.Call
	answer func(n int, call channels.Call) (channels.Reply, error)
	refuse error // of Encode
}

func (s *script) Limits() channels.Limits {
	limits := s.limits
	if limits.Rate == 0 {
		limits.Rate, limits.Burst = 100, 100
	}
	return limits
}

func (s *script) Encode(items []channels.Item, key string) ([]byte, error) {
	return fmt.Appendf(nil, "%s: %v", key, items), s.refuse
}

func (s *script) Send(_ context.Context, call channels.Call) (channels.Reply, error) {
	s.mutex.Lock()
	s.calls = append(s.calls, call)
	n := len(s.calls)
	s.mutex.Unlock()
	if s.answer != nil {
		if reply, err := s.answer(n, call); err != nil || reply.Items != nil {
			return reply, err
		}
	}
	return channels.All(call.Items, channels.Applied), nil
}

func (s *script) Check(context.Context) (channels.Finding, error) { return channels.Finding{}, nil }

// finds is a script whose store has ids of its own.
type finds struct {
	*script
	looked [][]string
	find   func(item channels.Item) channels.Found
	failed error
}

// Check fails like its look-ups.
func (s *finds) Check(context.Context) (channels.Finding, error) { return channels.Finding{}, s.failed }

func (f *finds) Find(_ context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	var skus []string
	references := make([]channels.Found, len(items))
	for i, item := range items {
		skus = append(skus, item.ChannelSKU)
		references[i] = f.find(item)
	}
	f.looked = append(f.looked, skus)
	return references, channels.Budget{}, f.failed
}

// polls is a script whose store reports later.
type polls struct {
	*script
	tickets []string
	report  func(n int, items []channels.Item) (channels.Reply, error)
}

func (p *polls) Poll(_ context.Context, ticket string, items []channels.Item) (channels.Reply, error) {
	p.tickets = append(p.tickets, ticket)
	return p.report(len(p.tickets), items)
}

var errLost = &channels.Error{Next: channels.Resend, Reason: "no answer"}

// Before a call reaches the store, the ledger has it, with its bytes and its rows.
func TestIntentIsWrittenBeforeItsCall(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 2}}
	p := newPushing(t, store, "A", "B", "C")
	store.answer = func(_ int, call channels.Call) (channels.Reply, error) {
		whole, err := p.OpenCall(context.Background(), "north", call.Key)
		if err != nil || string(whole.Body) != string(call.Body) || len(whole.Items) != len(call.Items) {
			t.Errorf("the store is called before the intent is written: %v", err)
		}
		if row := p.row(call.Items[0].ChannelSKU); row.Status != ledger.StatusUnknown {
			t.Errorf("the row is %s while its call is under way", row.Status)
		}
		return channels.Reply{}, nil
	}
	require.NoError(t, p.run())
	require.Len(t, store.calls, 2)
	require.Empty(t, p.open())
	require.EqualValues(t, 3, p.results[len(p.results)-1].Counts.Exported)
	require.EqualValues(t, 2, p.results[len(p.results)-1].Counts.Calls)
}

// A call whose response was lost is sent again before anything else, by any worker, with the same bytes and the same key.
func TestLostAnswerIsAskedForWithTheSameBytes(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, KeyLifetime: time.Hour}}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n < 3 {
			return channels.Reply{}, errLost
		}
		return channels.Reply{}, nil
	}
	p := newPushing(t, store, "A", "B")
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	require.Equal(t, p.now.Add(time.Second), result.Until.UTC(), "the first pause")
	require.Equal(t, "the store has server errors (no answer); the last call is sent again", result.Why)
	require.Len(t, store.calls, 1, "nothing new is sent")
	p.end()
	p.begin()
	require.NoError(t, p.run())
	require.Len(t, store.calls, 4)
	require.Equal(t, store.calls[0], store.calls[1])
	require.Equal(t, store.calls[0], store.calls[2])
	require.Equal(t, "B", store.calls[3].Items[0].ChannelSKU)
	require.NotEqual(t, store.calls[0].Key, store.calls[3].Key)
	require.Equal(t, ledger.StatusExported, p.row("A").Status)
}

// A response is recorded even when the run is cancelled during the call; no new call begins then.
func TestAnswerIsWrittenWhenTheRunIsCancelled(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1}}
	p := newPushing(t, store, "A", "B")
	store.answer = func(int, channels.Call) (channels.Reply, error) {
		p.cancel()
		return channels.Reply{}, nil
	}
	_, err := p.slice()
	require.ErrorContains(t, err, context.Canceled.Error())
	require.Len(t, store.calls, 1)
	require.Equal(t, ledger.StatusExported, p.row("A").Status)
	require.Equal(t, ledger.StatusPending, p.row("B").Status)
	require.Empty(t, p.open())
}

// A worker that stops records the response of its call, and makes no other call.
func TestWorkerThatStopsFinishesItsCall(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1}}
	p := newPushing(t, store, "A", "B")
	store.answer = func(int, channels.Call) (channels.Reply, error) {
		close(p.stop)
		return channels.Reply{}, nil
	}
	result, err := p.slice()
	require.NoError(t, err)
	require.False(t, result.Done)
	require.EqualValues(t, 1, result.Left)
	require.Equal(t, ledger.StatusExported, p.row("A").Status)
	require.Empty(t, p.open())
}

// breaking is a ledger that fails in one place.
type breaking struct {
	ledger.Ledger
	place  string
	before func()
}

var errDisk = errors.New("the disk is full")

func (b *breaking) fails(place string) error {
	if b.place != place {
		return nil
	}
	if b.before != nil {
		b.before()
	}
	return errDisk
}

func (b *breaking) OpenCalls(ctx context.Context, connection string) ([]ledger.CallStanding, error) {
	open, err := b.Ledger.OpenCalls(ctx, connection)
	return open, errors.Join(err, b.fails("open calls"))
}

func (b *breaking) OpenCall(ctx context.Context, connection, key string) (ledger.OpenCall, error) {
	call, err := b.Ledger.OpenCall(ctx, connection, key)
	return call, errors.Join(err, b.fails("open call"))
}

func (b *breaking) NextDue(ctx context.Context, query ledger.DueQuery) ([]ledger.DueItem, error) {
	rows, err := b.Ledger.NextDue(ctx, query)
	return rows, errors.Join(err, b.fails("due rows"))
}

func (b *breaking) CallsOn(ctx context.Context, store string, day time.Time) (int64, error) {
	calls, err := b.Ledger.CallsOn(ctx, store, day)
	return calls, errors.Join(err, b.fails("calls of the day"))
}

func (b *breaking) References(ctx context.Context, store string, skus []string) (map[string]ledger.Reference, error) {
	references, err := b.Ledger.References(ctx, store, skus)
	return references, errors.Join(err, b.fails("references"))
}

func (b *breaking) Remember(ctx context.Context, lease ledger.Lease, references map[string]string, now time.Time) error {
	return errors.Join(b.fails("remember"), b.Ledger.Remember(ctx, lease, references, now))
}

func (b *breaking) Forget(ctx context.Context, lease ledger.Lease, skus []string) error {
	return errors.Join(b.fails("forget"), b.Ledger.Forget(ctx, lease, skus))
}

func (b *breaking) Park(ctx context.Context, lease ledger.Lease, rows []ledger.DueItem, answers []ledger.ItemResponse, now time.Time) error {
	return errors.Join(b.fails("park"), b.Ledger.Park(ctx, lease, rows, answers, now))
}

func (b *breaking) Abandon(ctx context.Context, lease ledger.Lease, key, why string, now time.Time) error {
	return errors.Join(b.fails("abandon"), b.Ledger.Abandon(ctx, lease, key, why, now))
}

func (b *breaking) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	return errors.Join(b.fails("intend"), b.Ledger.Intend(ctx, lease, intents...))
}

func (b *breaking) Resend(ctx context.Context, lease ledger.Lease, key string, deadline, now time.Time) error {
	return errors.Join(b.fails("resend"), b.Ledger.Resend(ctx, lease, key, deadline, now))
}

func (b *breaking) ApplyResponses(ctx context.Context, lease ledger.Lease, answers ...ledger.Response) error {
	return errors.Join(b.fails("answer"), b.Ledger.ApplyResponses(ctx, lease, answers...))
}

func (b *breaking) Remaining(ctx context.Context, connection string, scope []string) (ledger.Remaining, error) {
	remaining, err := b.Ledger.Remaining(ctx, connection, scope)
	return remaining, errors.Join(err, b.fails("figures"))
}

func (b *breaking) Tally(ctx context.Context, run int64) (ledger.Counts, error) {
	counts, err := b.Ledger.Tally(ctx, run)
	return counts, errors.Join(err, b.fails("tally"))
}

// No failure of the ledger is swallowed. A failure that a cancellation caused is returned as that cancellation.
func TestFailuresOfTheLedgerEndTheSlice(t *testing.T) {
	t.Parallel()
	for _, place := range []string{
		"open calls", "open call", "due rows", "calls of the day", "references", "remember", "forget", "park", "abandon", "intend", "resend", "answer",
		"figures", "tally",
	} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			p := everyWay(t)
			p.push.Ledger = &breaking{Ledger: p.Ledger, place: place}
			err := p.run()
			require.Equal(t, ErrorFaltered, temporalError(t, err).Type())
			require.ErrorContains(t, err, "the disk is full")
		})
		if slices.Contains([]string{"open call", "due rows", "references", "intend", "resend"}, place) {
			t.Run(place+", cancelled", func(t *testing.T) {
				t.Parallel()
				p := everyWay(t)
				p.push.Ledger = &breaking{Ledger: p.Ledger, place: place, before: func() { p.cancel() }}
				err := p.run()
				require.ErrorContains(t, err, context.Canceled.Error())
				require.NotContains(t, err.Error(), "the disk is full")
			})
		}
	}
	p := everyWay(t)
	require.NoError(t, p.run())
	require.Equal(t, ledger.StatusRejected, p.row("GONE").Status)
	require.Equal(t, ledger.StatusExported, p.row("A").Status)
	require.Equal(t, ledger.StatusExported, p.row("B").Status)
}

// everyWay is a push that uses every method of the ledger: it meets an unknown item, a lost response, a lost reference, and a key that must not be
// used again.
func everyWay(t *testing.T) *pushing {
	t.Helper()
	store := &finds{script: &script{limits: channels.Limits{Batch: 1, Find: 10, KeyLifetime: time.Hour}}, find: func(item channels.Item) channels.Found {
		if item.ChannelSKU == "GONE" {
			return channels.Found{Missing: "no such item"}
		}
		return channels.Found{Reference: "id of " + item.ChannelSKU}
	}}
	store.answer = func(n int, call channels.Call) (channels.Reply, error) {
		switch n {
		case 1:
			return channels.Reply{}, errLost
		case 2:
			return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "the key was used for something else"}
		case 3:
			return channels.Reply{Items: []channels.ItemReply{{Verdict: channels.NotApplied, Lost: true}}}, nil
		}
		return channels.Reply{}, nil
	}
	return newPushing(t, store, "A", "B", "GONE")
}

// A call whose key must not be used again is closed, and its rows go out under a new key.
func TestCallIsBuiltAnew(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 2}}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n == 1 {
			return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "the key was used for something else"}
		}
		return channels.Reply{}, nil
	}
	p := newPushing(t, store, "A", "B")
	require.NoError(t, p.run())
	require.Len(t, store.calls, 2)
	require.NotEqual(t, store.calls[0].Key, store.calls[1].Key)
	require.Empty(t, p.open())
}

// A throttled call is closed, and its rows wait as long as the store demands. A call that was sent before stays open, with its key.
func TestThrottledCalls(t *testing.T) {
	t.Parallel()
	throttled := func(p *pushing) error {
		return &channels.Error{Next: channels.Wait, Until: p.now.Add(time.Minute), Reason: "throttled"}
	}
	store := &script{limits: channels.Limits{Batch: 1, KeyLifetime: time.Hour}}
	p := newPushing(t, store, "A")
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		switch n {
		case 1, 3:
			return channels.Reply{}, throttled(p)
		case 2:
			return channels.Reply{}, errLost
		}
		return channels.Reply{}, nil
	}
	result, err := p.slice()
	require.NoError(t, err)
	require.Equal(t, p.now.Add(time.Minute), result.Until.UTC())
	require.False(t, result.Faulty)
	require.Contains(t, result.Why, "throttled by the store until")
	require.Empty(t, p.open())
	require.Equal(t, ledger.StatusPending, p.row("A").Status)

	p.now = result.Until
	require.NoError(t, p.run())
	require.Len(t, store.calls, 4)
	require.NotEqual(t, store.calls[0].Key, store.calls[1].Key)
	require.Equal(t, store.calls[1], store.calls[2])
	require.Equal(t, store.calls[1], store.calls[3], "it is the same call until it is answered")
	uses, err := p.Ledger.StoreUses(t.Context(), p.now)
	require.NoError(t, err)
	require.EqualValues(t, 2, uses[definitions().Stores[0].ID].Throttled, "of 4 calls")
}

// A figure that a store shows instead of the sent one is recorded.
func TestWhatAStoreShowsIsKept(t *testing.T) {
	t.Parallel()
	clamped, actual := int64(9), int64(3)
	store := &script{limits: channels.Limits{Batch: 2, Compare: true}}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n > 1 {
			return channels.Reply{}, nil
		}
		return channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied, Clamped: &clamped}, {Verdict: channels.Conflict, Actual: &actual}}}, nil
	}
	p := newPushing(t, store, "A", "B")
	require.NoError(t, p.run())
	require.Equal(t, &clamped, p.row("A").Exported)
	require.Equal(t, &actual, store.calls[1].Items[0].Expected, "it is compared with what the store shows")
	require.Equal(t, new(int64(11)), p.row("B").Exported)
}

// A store that reports later is polled at the time that it gives, until the submission is done.
func TestReportsAreAskedFor(t *testing.T) {
	t.Parallel()
	store := &polls{script: &script{limits: channels.Limits{Batch: 5}}}
	store.answer = func(_ int, call channels.Call) (channels.Reply, error) {
		reply := channels.All(call.Items, channels.Accepted)
		reply.Ticket, reply.PollAfter = "feed 1", time.Minute
		return reply, nil
	}
	store.report = func(n int, items []channels.Item) (channels.Reply, error) {
		switch n {
		case 1:
			reply := channels.All(items, channels.Accepted)
			reply.Ticket, reply.PollAfter = "feed 1", time.Hour
			return reply, nil
		case 2:
			return channels.Reply{}, errLost
		}
		return channels.All(items, channels.Applied), nil
	}
	p := newPushing(t, store, "A", "B")
	result, err := p.slice()
	require.NoError(t, err)
	require.Equal(t, p.now.Add(time.Minute), result.Until.UTC())
	require.False(t, result.Faulty)
	require.Equal(t, ledger.StatusSent, p.row("A").Status)
	require.NoError(t, p.run())
	require.Equal(t, []string{"feed 1", "feed 1", "feed 1"}, store.tickets)
	require.Equal(t, ledger.StatusExported, p.row("A").Status)
	require.Len(t, store.calls, 1)
}

// A submission that nobody reports on any more, because the store's settings changed, is sent again.
func TestSubmissionOnWhichNobodyReports(t *testing.T) {
	t.Parallel()
	store := &polls{script: &script{limits: channels.Limits{Batch: 5}}}
	store.answer = func(n int, call channels.Call) (channels.Reply, error) {
		if n > 1 {
			return channels.Reply{}, nil
		}
		reply := channels.All(call.Items, channels.Accepted)
		reply.Ticket = "feed 1"
		return reply, nil
	}
	p := newPushing(t, store, "A")
	store.report = func(int, []channels.Item) (channels.Reply, error) { return channels.Reply{}, errLost }
	_, err := p.slice()
	require.NoError(t, err)
	p.end()
	p.begin()
	p.push.Drivers["sandbox"] = channels.Driver{Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) {
		return store.script, nil
	}}
	require.NoError(t, p.run())
	require.Len(t, store.calls, 2)
	require.Equal(t, ledger.StatusExported, p.row("A").Status)
}

// A reference that was looked up is stored until the store no longer knows it.
func TestReferencesAreRemembered(t *testing.T) {
	t.Parallel()
	store := &finds{script: &script{limits: channels.Limits{Batch: 5, Find: 5}}, find: func(item channels.Item) channels.Found {
		if item.ChannelSKU == "SET" {
			return channels.Found{Blocked: "its components are sold"}
		}
		return channels.Found{Reference: "id of " + item.ChannelSKU}
	}}
	p := newPushing(t, store, "A", "B", "SET")
	require.NoError(t, p.run())
	require.Equal(t, [][]string{{"A", "B", "SET"}}, store.looked)
	require.Equal(t, "id of A", store.calls[0].Items[0].Reference)
	require.Equal(t, ledger.StatusBlocked, p.row("SET").Status)
	p.end()

	p.now = p.now.Add(time.Minute)
	p.begin()
	p.report(20, "A", "B")
	store.answer = func(n int, call channels.Call) (channels.Reply, error) {
		if n > 2 {
			return channels.Reply{}, nil
		}
		return channels.Reply{Items: []channels.ItemReply{{Verdict: channels.NotApplied, Lost: true}, {Verdict: channels.Applied}}}, nil
	}
	require.NoError(t, p.run())
	require.Equal(t, [][]string{{"A", "B", "SET"}, {"A"}}, store.looked, "what is remembered is looked up when it was lost")
	require.Equal(t, new(int64(20)), p.row("A").Exported)
}

// A failed look-up ends the slice; one that needs a person ends the push.
func TestLookUpThatFails(t *testing.T) {
	t.Parallel()
	known := func(channels.Item) channels.Found { return channels.Found{Reference: "id"} }
	store := &finds{script: &script{limits: channels.Limits{Batch: 5, Find: 5}}, find: known, failed: errLost}
	p := newPushing(t, store, "A")
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	require.Equal(t, "no answer", result.Why)
	require.Equal(t, p.now.Add(5*time.Second), result.Until.UTC())

	p.now = result.Until
	store.failed = &channels.Error{Next: channels.Wait, Until: p.now.Add(time.Hour), Reason: "throttled"}
	result, err = p.slice()
	require.NoError(t, err)
	require.False(t, result.Faulty)
	require.Contains(t, result.Why, "throttled by the store")
	uses, err := p.Ledger.StoreUses(t.Context(), p.now)
	require.NoError(t, err)
	require.EqualValues(t, 1, uses[definitions().Stores[0].ID].Throttled, "a look-up counts as well")

	p.now = result.Until
	store.failed = &channels.Error{Next: channels.AskPerson, Reason: "revoked"}
	_, err = p.slice()
	require.Equal(t, ErrorCredentials, temporalError(t, err).Type())
	require.Empty(t, store.calls)
}

// The limit of calls per day is never exceeded, whoever makes the calls. The next day the push goes on.
func TestDailyCalls(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1}}
	p := newPushing(t, store, "A", "B", "C", "D", "E")
	d := definitions()
	d.Stores[0].Budget.DailyCalls = 2
	p.apply(d)
	result, err := p.slice()
	require.NoError(t, err)
	require.Len(t, store.calls, 2)
	require.Equal(t, "daily budget of 2 calls is spent until 00:00 UTC", result.Why)
	require.Equal(t, time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), result.Until.UTC())
	p.end()
	p.begin()
	_, err = p.slice()
	require.NoError(t, err)
	require.Len(t, store.calls, 2, "another run is no other day")
	p.now = result.Until
	_, err = p.slice()
	require.NoError(t, err)
	require.Len(t, store.calls, 4)
}

// The next holder of a store begins with an empty bucket, because it cannot know what the one before has used. The next slice of the same holder
// does not.
func TestPaceOfAHolder(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Rate: 1, Burst: 100}}
	p := newPushing(t, store, "A")
	_, err := p.slice()
	require.NoError(t, err)
	require.Len(t, store.calls, 1)
	p.now = p.now.Add(time.Hour)
	p.report(20, "A")
	before := p.now
	_, err = p.slice()
	require.NoError(t, err)
	require.Equal(t, before, p.now, "its bucket has filled meanwhile")
	p.end()
	p.begin()
	p.report(30, "A")
	_, err = p.slice()
	require.NoError(t, err)
	require.Len(t, store.calls, 3)
	require.Equal(t, before, p.now, "a new holder goes on from what the ledger has")
}

// Two workers take the slices of a run in turn, and a third comes after them. Together they use the store's budget as one worker would: our share of
// a bucket of 10 that fills by one in 100 s is 8.
func TestWorkersShareOnePicture(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Rate: 0.0125, Burst: 10}}
	p := newPushing(t, store, "A")
	workers := []*Stores{NewStores(), NewStores(), NewStores()}
	for i := range 16 {
		p.push.Stores = workers[i%2]
		if i == 0 {
			p.now = p.now.Add(time.Second)
			_, err := p.slice()
			require.NoError(t, err)
			p.now = p.now.Add(time.Hour) // the bucket is full
		}
		p.report(int64(20+i), "A")
		before, calls := p.now, len(store.calls)
		result, err := p.slice()
		require.NoError(t, err)
		if len(store.calls) == calls { // it waits for the bucket
			require.GreaterOrEqual(t, i, 6, "what is in the bucket is used")
			require.LessOrEqual(t, i, 9)
			require.Equal(t, before, p.now)
			require.NotZero(t, result.Until)
			return
		}
	}
	t.Fatal("more calls than the store's bucket has room for")
}

func TestDriverThatCannotWriteACall(t *testing.T) {
	t.Parallel()
	p := newPushing(t, &script{refuse: errors.New("no location")}, "A")
	_, err := p.slice()
	require.Equal(t, ErrorNotConfigured, temporalError(t, err).Type())
	require.ErrorContains(t, err, "store north: the driver cannot write a call of 1 items: no location")
	require.Empty(t, p.open())
}

func TestStoreWithoutADriver(t *testing.T) {
	t.Parallel()
	p := newPushing(t, &script{}, "A")
	p.push.Drivers = nil
	_, err := p.slice()
	require.Equal(t, ErrorNotConfigured, temporalError(t, err).Type())
	p.push.Drivers = map[string]channels.Driver{"sandbox": {Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) {
		return nil, errors.New("the variable NORTH_TOKEN is not set")
	}}}
	_, err = p.slice()
	require.Equal(t, ErrorCredentials, temporalError(t, err).Type())
	require.ErrorContains(t, err, "store north: the variable NORTH_TOKEN is not set")
}

// A slice ends when its time is over, between two calls.
func TestSliceIsOver(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1}}
	p := newPushing(t, store, "A", "B")
	store.answer = func(int, channels.Call) (channels.Reply, error) {
		p.pass(time.Minute)
		return channels.Reply{}, nil
	}
	result, err := p.slice()
	require.NoError(t, err)
	require.Len(t, store.calls, 1)
	require.False(t, result.Done)
	require.True(t, result.Until.IsZero(), "the next one begins at once")
	require.NoError(t, p.run())
	require.Len(t, store.calls, 2)
}

package activities

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// crowd is a script whose store answers when so many calls are under way, the last one first.
func crowd(store *script, size int, each func(n int) error) {
	var mutex sync.Mutex
	var waiting []chan struct{}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		mutex.Lock()
		mine := make(chan struct{})
		waiting = append(waiting, mine)
		if len(waiting) == size {
			for i := len(waiting) - 1; i >= 0; i-- {
				close(waiting[i])
			}
			waiting = nil
		}
		mutex.Unlock()
		<-mine
		return channels.Reply{}, each(n)
	}
}

// flowing is a push whose time flows, for a bucket that fills while calls are under way. At the rate of these stores nobody waits for it.
func flowing(t *testing.T, store channels.Channel, skus ...string) *pushing {
	t.Helper()
	p, began := newPushing(t, store, skus...), time.Now()
	p.push.Now = func() time.Time { return p.now.Add(time.Since(began)) }
	p.push.After = func(span time.Duration, _ int) <-chan time.Time { return time.After(span) }
	return p
}

func skusOf(n int) []string {
	skus := make([]string, n)
	for i := range skus {
		skus[i] = fmt.Sprintf("SKU-%02d", i)
	}
	return skus
}

// fast is a store that takes some calls at once, and never waits for its bucket.
func fast(calls int) *script {
	return &script{limits: channels.Limits{Batch: 1, Rate: 1e6, Burst: 1e6, Calls: 2 * calls, KeyLifetime: time.Hour}}
}

// A store that takes several calls at once gets them: each answers only when four are under way. At the half of the pace at which a new
// holder begins, that is half of what it takes.
func TestCallsAreUnderWayTogether(t *testing.T) {
	t.Parallel()
	store := fast(4)
	crowd(store, 4, func(int) error { return nil })
	p := flowing(t, store, skusOf(12)...)
	require.NoError(t, p.run())
	require.Len(t, store.calls, 12)
	require.Empty(t, p.open())
	require.EqualValues(t, 12, p.results[len(p.results)-1].Counts.Exported)
}

// A run that is cancelled waits for all calls under way and writes their answers; nothing new begins.
func TestCancelledRunWaitsForItsCalls(t *testing.T) {
	t.Parallel()
	store := fast(4)
	var once sync.Once
	var p *pushing
	crowd(store, 4, func(int) error {
		once.Do(func() { p.cancel() })
		return nil
	})
	p = flowing(t, store, skusOf(12)...)
	_, err := p.slice()
	require.Error(t, err)
	require.Empty(t, p.open(), "each call is answered")
	counts, err := p.StatusCounts(t.Context(), "north")
	require.NoError(t, err)
	require.EqualValues(t, len(store.calls), counts[ledger.StatusExported])
	require.Less(t, len(store.calls), 12)
}

// When calls under way lose their answers, no other begins; each is sent again with its bytes and key, one after the other.
func TestLostAnswersOfManyCalls(t *testing.T) {
	t.Parallel()
	store := fast(4)
	lost := 0
	crowd(store, 4, func(int) error { return errLost })
	p := flowing(t, store, skusOf(8)...)
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	first := store.calls
	require.Len(t, first, 4)
	store.calls, store.answer = nil, nil
	p.now = p.now.Add(time.Minute)
	require.NoError(t, p.run())
	for _, call := range store.calls[:4] {
		require.Contains(t, first, call)
		lost++
	}
	require.Equal(t, 4, lost)
	require.Len(t, store.calls, 8)
}

// overtaken is a store of which the second call loses its answer: while the fifth is prepared, or early, while the first answer is written.
type overtaken struct {
	*script
	early    bool
	prepared int
	fifth    chan struct{}          // closed when the fifth call is prepared
	well     chan (<-chan struct{}) // of a call that is answered: what is closed when the answer waits for the loop
	lost     chan (<-chan struct{}) // of the second
}

func (s *overtaken) Encode(items []channels.Item, key string) ([]byte, error) {
	if s.prepared++; s.prepared == 5 {
		close(s.fifth)
		<-<-s.lost
	}
	return s.script.Encode(items, key)
}

func (s *overtaken) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	s.mutex.Lock()
	s.calls = append(s.calls, call)
	n := len(s.calls)
	s.mutex.Unlock()
	switch n { // a call's time ends when its answer waits for the loop
	case 1, 3, 4:
		s.well <- ctx.Done()
	case 2:
		if s.early {
			s.well <- ctx.Done()
		} else {
			<-s.fifth
			s.lost <- ctx.Done()
		}
		return channels.Reply{}, errLost
	}
	return channels.All(call.Items, channels.Applied), nil
}

// grouped notes what is written together, and holds the first answers back until so many wait for the loop or are being written.
type grouped struct {
	ledger.Ledger
	waits            int
	store            *overtaken
	intents, answers []int
}

func (g *grouped) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	if len(intents) > 0 {
		g.intents = append(g.intents, len(intents))
	}
	return g.Ledger.Intend(ctx, lease, intents...)
}

func (g *grouped) ApplyResponses(ctx context.Context, lease ledger.Lease, answers ...ledger.Response) error {
	if len(g.answers) == 0 {
		for range g.waits {
			<-<-g.store.well
		}
	}
	g.answers = append(g.answers, len(answers))
	return g.Ledger.ApplyResponses(ctx, lease, answers...)
}

// Calls that begin together have their intents written together, and what is answered while something is written is written together next.
// A response that has come is written before another call begins: it may say that the store has server errors. A wait that ends at the same moment changes
// nothing: it is tried some times, because which of the two is seen first is chance.
func TestResponsesAreWrittenBeforeTheNextCall(t *testing.T) {
	t.Parallel()
	for range 8 {
		require.Equal(t, []int{4, 1}, overtake(t, false, 3), "there is room for eight, and after the loss nothing new begins")
		require.Equal(t, []int{4}, overtake(t, true, 4))
	}
}

// overtake returns how many calls began together.
func overtake(t *testing.T, early bool, waits int) []int {
	t.Helper()
	store := &overtaken{script: fast(4), early: early, fifth: make(chan struct{}), well: make(chan (<-chan struct{}), 4), lost: make(chan (<-chan struct{}), 1)}
	p := flowing(t, store, skusOf(8)...)
	var ticks atomic.Int64 // 10 µs at each look at the clock, in which the bucket fills
	p.push.Now = func() time.Time { return p.now.Add(time.Duration(ticks.Add(10)) * time.Microsecond) }
	p.push.After = func(time.Duration, int) <-chan time.Time {
		over := make(chan time.Time)
		close(over)
		return over
	}
	written := &grouped{Ledger: p.Ledger, waits: waits, store: store}
	p.push.Ledger = written
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	require.Less(t, len(written.answers), len(store.calls), "what came meanwhile is written together")
	sum := 0
	for _, n := range written.answers {
		sum += n
	}
	require.Len(t, store.calls, sum)
	return written.intents
}

// Where the intents of calls that begin together cannot be written, none of the calls is made.
func TestIntentsAreWrittenTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	store := fast(4)
	p := flowing(t, store, skusOf(8)...)
	p.push.Ledger = &moving{Ledger: p.Ledger}
	_, err := p.slice()
	require.ErrorContains(t, err, "no longer due as it says")
	require.Empty(t, store.calls)
	require.Empty(t, p.open())
	p.push.Ledger = p.Ledger
	require.NoError(t, p.run())
	require.Len(t, store.calls, 8)
}

// moving has the last of some rows move right before their intents are written.
type moving struct{ ledger.Ledger }

func (m *moving) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	intents[len(intents)-1].Items[0].Quantity++
	return m.Ledger.Intend(ctx, lease, intents...)
}

// A person may lower how many calls are under way at once.
func TestCallsAtOnceAreLowered(t *testing.T) {
	t.Parallel()
	store := fast(4)
	var mutex sync.Mutex
	under, most := 0, 0
	store.answer = func(int, channels.Call) (channels.Reply, error) {
		mutex.Lock()
		under++
		most = max(most, under)
		mutex.Unlock()
		defer func() {
			mutex.Lock()
			under--
			mutex.Unlock()
		}()
		return channels.Reply{}, nil
	}
	p := flowing(t, store, skusOf(8)...)
	d := definitions()
	d.Stores[0].Budget.Calls = 1
	p.apply(d)
	require.NoError(t, p.run())
	require.Equal(t, 1, most)
}

// stalled is a ledger after whose writing of an intent, or of a resend, the worker stands still for a while.
type stalled struct {
	ledger.Ledger
	world *world
	span  time.Duration
}

func (s *stalled) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	defer s.world.pass(s.span)
	return s.Ledger.Intend(ctx, lease, intents...)
}

// A worker that stood still between the intent and its call does not make the call when its time is over: another worker may have sent the same
// since, and newer figures after it.
func TestACallWhoseTimeIsOverIsNotMade(t *testing.T) {
	t.Parallel()
	for span, made := range map[time.Duration]int{19 * time.Second: 1, 20 * time.Second: 0, 2 * time.Minute: 0} {
		t.Run(span.String(), func(t *testing.T) {
			t.Parallel()
			store := &script{limits: channels.Limits{Batch: 1, Timeout: 20 * time.Second}}
			p := newPushing(t, store, "A")
			p.push.Ledger = &stalled{p.Ledger, p.world, span}
			p.push.Slice = time.Second // what comes after it is another slice's
			_, err := p.slice()
			require.NoError(t, err)
			require.Len(t, store.calls, made)

			p.push.Ledger, p.push.Slice = p.Ledger, time.Minute
			require.NoError(t, p.run())
			require.Len(t, store.calls, 1, "it is sent then")
		})
	}
}

package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/workflows"
)

const (
	waitAtMost = 10 * time.Second
	tick       = time.Millisecond
)

// signals are what a gatherer sent, one after the other: each waits until the test lets it end.
type signals struct {
	t    *testing.T
	g    gatherer
	sent chan workflows.SyncRequest
	end  chan error
}

func gathering(t *testing.T) *signals {
	t.Helper()
	return &signals{t: t, sent: make(chan workflows.SyncRequest), end: make(chan error)}
}

func (s *signals) send(_ context.Context, request workflows.SyncRequest) (SyncAnswer, error) {
	s.sent <- request
	return SyncAnswer{Workflow: "w"}, <-s.end
}

// ask asks in the background, and returns when the request waits; what it returns gives the answer.
func (s *signals) ask(ctx context.Context, request workflows.SyncRequest) <-chan error {
	s.t.Helper()
	key := gatherKey{workflow: "w"}
	waits := func() int {
		s.g.mutex.Lock()
		defer s.g.mutex.Unlock()
		return len(s.g.waiting[key])
	}
	before := waits()
	s.g.mutex.Lock()
	_, busy := s.g.waiting[key]
	s.g.mutex.Unlock()
	answer := make(chan error, 1)
	go func() {
		_, err := s.g.share(ctx, key, request, s.send)
		answer <- err
	}()
	if busy {
		require.Eventually(s.t, func() bool { return waits() > before }, waitAtMost, tick)
	}
	return answer
}

func ids(request workflows.SyncRequest) string {
	var all []string
	for _, each := range request.Each() {
		all = append(all, each.ID)
	}
	return strings.Join(all, " ")
}

// A request that comes alone goes at once. Those that come while its signal is under way share the next, and each is answered by its own.
func TestRequestsShareASignal(t *testing.T) {
	t.Parallel()
	s := gathering(t)
	first := s.ask(t.Context(), workflows.SyncRequest{ID: "1"})
	require.Equal(t, "1", ids(<-s.sent))
	var later []<-chan error
	for n := range 3 {
		later = append(later, s.ask(t.Context(), workflows.SyncRequest{ID: fmt.Sprint("later ", n)}))
	}
	left, leave := context.WithCancel(t.Context())
	gone := s.ask(left, workflows.SyncRequest{ID: "left"})
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	select {
	case <-later[0]:
		t.Fatal("answered before its signal was sent")
	default:
	}
	s.end <- nil
	require.NoError(t, <-first)
	require.Equal(t, "later 0 later 1 later 2", ids(<-s.sent))
	s.end <- errors.New("no Temporal")
	for _, request := range later {
		require.EqualError(t, <-request, "no Temporal", "each hears what became of its own signal")
	}
	last := s.ask(t.Context(), workflows.SyncRequest{ID: "last"})
	require.Equal(t, "last", ids(<-s.sent), "and it goes on")
	s.end <- nil
	require.NoError(t, <-last)
}

func TestTooManyRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := gathering(t)
	key := gatherKey{workflow: "w"}
	s.g.waiting = map[gatherKey][]*pendingRequest{key: make([]*pendingRequest, mostGathered)}
	_, err := s.g.share(t.Context(), key, workflows.SyncRequest{ID: "x"}, s.send)
	require.ErrorIs(t, err, errCrowded)
}

func TestTogether(t *testing.T) {
	t.Parallel()
	requests := func(n, bytes int) []*pendingRequest {
		var all []*pendingRequest
		for i := range n {
			all = append(all, &pendingRequest{ctx: t.Context(), request: workflows.SyncRequest{ID: fmt.Sprintf("%0*d", bytes, i)}})
		}
		return all
	}
	for name, test := range map[string]struct {
		waiting []*pendingRequest
		next    int
	}{
		"none": {nil, 0}, "one": {requests(1, 1), 1}, "as many as fit": {requests(workflows.MostAlso+1, 3), workflows.MostAlso + 1},
		"more": {requests(1000, 4), workflows.MostAlso + 1}, "long ones": {requests(10, gatheredBytes/4), 4},
		"one that is too long goes alone": {requests(2, gatheredBytes+1), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, remaining := nextBatch(test.waiting)
			require.Len(t, next, test.next)
			require.Len(t, remaining, len(test.waiting)-test.next, "none is lost")
		})
	}
}

func TestMerged(t *testing.T) {
	t.Parallel()
	many := func(prefix string, n int) []string {
		var skus []string
		for i := range n {
			skus = append(skus, fmt.Sprintf("%s%03d", prefix, i))
		}
		return skus
	}
	for name, test := range map[string]struct {
		scopes [][]string
		want   []string
	}{
		"one":               {[][]string{{"B", "A"}}, []string{"B", "A"}},
		"everything":        {[][]string{nil, nil}, nil},
		"SKUs":              {[][]string{{"B"}, {"A", "B"}}, []string{"A", "B"}},
		"one of everything": {[][]string{{"A"}, nil}, nil},
		"as many as may be": {[][]string{many("a", 250), many("b", 250)}, append(many("a", 250), many("b", 250)...)},
		"too many":          {[][]string{many("a", 250), many("b", 251)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests []*pendingRequest
			for n, skus := range test.scopes {
				requests = append(requests, &pendingRequest{request: workflows.SyncRequest{ID: fmt.Sprint(n), By: "ada", SKUs: skus}})
			}
			all := mergeRequests(requests)
			require.Equal(t, test.want, all.SKUs)
			require.Len(t, all.Each(), len(test.scopes))
			require.Equal(t, "ada", all.Each()[len(test.scopes)-1].By)
		})
	}
}

func TestWhatCanShareASignal(t *testing.T) {
	t.Parallel()
	require.True(t, shareable(workflows.SyncRequest{ID: "a", SKUs: []string{"A"}, SkipFetch: true}))
	require.False(t, shareable(workflows.SyncRequest{}), "every signal without an id is a request of its own")
	require.False(t, shareable(workflows.SyncRequest{ID: "a", DryRun: true}), "it is looked at by itself")
	require.False(t, shareable(workflows.SyncRequest{ID: "a", Also: []workflows.AlsoRequested{{ID: "b"}}}))
}

// Whatever comes together: each is asked for once, and answered.
func TestEveryGatheredRequestIsSentOnce(t *testing.T) {
	t.Parallel()
	var g gatherer
	var mutex sync.Mutex
	counts, calls := map[string]int{}, 0
	send := func(_ context.Context, request workflows.SyncRequest) (SyncAnswer, error) {
		mutex.Lock()
		defer mutex.Unlock()
		calls++
		for _, each := range request.Each() {
			counts[each.ID]++
		}
		return SyncAnswer{}, nil
	}
	var askers sync.WaitGroup
	const asked = 3000
	for n := range asked {
		askers.Go(func() {
			_, err := g.share(t.Context(), gatherKey{workflow: "w"}, workflows.SyncRequest{ID: fmt.Sprint(n)}, send)
			if err != nil {
				t.Error(err)
			}
		})
	}
	askers.Wait()
	require.Len(t, counts, asked)
	for id, n := range counts {
		require.Equal(t, 1, n, id)
	}
	require.Eventually(t, func() bool { g.mutex.Lock(); defer g.mutex.Unlock(); return len(g.waiting) == 0 }, waitAtMost, tick, "nothing stays behind")
	t.Logf("%d requests in %d signals", asked, calls)
}

package workflows

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOnePassServesWhatItCan(t *testing.T) {
	t.Parallel()
	whole := pending{SyncRequest: SyncRequest{ID: "whole"}}
	bike := pending{SyncRequest: SyncRequest{ID: "bike", SKUs: []string{"BIKE", "LIGHT"}}}
	light := pending{SyncRequest: SyncRequest{ID: "light", SKUs: []string{"LIGHT"}}}
	dry := pending{SyncRequest: SyncRequest{ID: "dry", DryRun: true}}
	for name, test := range map[string]struct {
		in    []pending
		ids   []string
		scope []string
		dry   bool
		rest  []string
	}{
		"one for everything serves all that push": {in: []pending{bike, whole, dry, light}, ids: []string{"bike", "whole", "light"}, rest: []string{"dry"}},
		"scopes are joined":                       {in: []pending{bike, light}, ids: []string{"bike", "light"}, scope: []string{"BIKE", "LIGHT"}},
		"dry runs come last, one by one":          {in: []pending{dry, bike}, ids: []string{"bike"}, scope: []string{"BIKE", "LIGHT"}, rest: []string{"dry"}},
		"a dry run alone":                         {in: []pending{dry}, ids: []string{"dry"}, dry: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var box inbox
			for _, request := range test.in {
				require.True(t, box.add(request))
			}
			next := box.next()
			var ids []string
			for _, request := range next.requests {
				ids = append(ids, request.ID)
			}
			require.Equal(t, test.ids, ids)
			require.Equal(t, test.scope, next.scope)
			require.Equal(t, test.dry, next.dryRun)
			require.Equal(t, test.rest, box.ids())
		})
	}
}

// Requests that name more SKUs than one pass takes are served by passes that follow one another.
func TestWhatDoesNotFitIntoAPassIsServedByTheNext(t *testing.T) {
	t.Parallel()
	named := func(id string, count int) pending {
		one := pending{SyncRequest: SyncRequest{ID: id, SkipFetch: true}}
		for n := range count {
			one.SKUs = append(one.SKUs, fmt.Sprintf("%s-%d", id, n))
		}
		return one
	}
	var box inbox
	box.add(named("first", MaximumScope-1))
	box.add(named("second", 2))
	box.add(named("third", 1))
	pass := box.next()
	require.Len(t, pass.scope, MaximumScope)
	require.Equal(t, []string{"second"}, box.ids(), "the third still fits")
	require.Equal(t, []string{"second-0", "second-1"}, box.next().scope)
}

// A pass asks the warehouse as soon as one of its requests wants that.
func TestPassSkipsTheFetchOnlyForAll(t *testing.T) {
	t.Parallel()
	event := pending{SyncRequest: SyncRequest{ID: "event", SKUs: []string{"BIKE"}, SkipFetch: true}}
	another := pending{SyncRequest: SyncRequest{ID: "another", SKUs: []string{"LIGHT"}, SkipFetch: true}}
	snapshot := pending{SyncRequest: SyncRequest{ID: "snapshot", SkipFetch: true}}
	bike := pending{SyncRequest: SyncRequest{ID: "bike", SKUs: []string{"BIKE"}}}
	whole := pending{SyncRequest: SyncRequest{ID: "whole"}}
	dry := pending{SyncRequest: SyncRequest{ID: "dry", DryRun: true}}
	for name, test := range map[string]struct {
		in    []pending
		skips bool
		scope []string
		ids   int
	}{
		"events":                        {[]pending{event, another}, true, []string{"BIKE", "LIGHT"}, 2},
		"a snapshot and events":         {[]pending{event, snapshot}, true, nil, 2},
		"an event and a person":         {[]pending{event, bike}, false, []string{"BIKE"}, 2},
		"a snapshot and a person":       {[]pending{bike, snapshot}, false, nil, 2},
		"an event and a whole":          {[]pending{event, whole}, false, nil, 2},
		"an event and a dry run, apart": {[]pending{dry, event}, true, []string{"BIKE"}, 1},
		"a dry run":                     {[]pending{dry}, false, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var box inbox
			for _, request := range test.in {
				box.add(request)
			}
			next := box.next()
			require.Equal(t, test.skips, next.skipFetch)
			require.Equal(t, test.scope, next.scope)
			require.Len(t, next.requests, test.ids)
		})
	}
}

// What events moved is named by nobody, also where a person's request shares the pass.
func TestWhatAPassNames(t *testing.T) {
	t.Parallel()
	event := pending{SyncRequest: SyncRequest{ID: "event", SKUs: []string{"BIKE"}, SkipFetch: true, Moved: true}}
	service := pending{SyncRequest: SyncRequest{ID: "service", SKUs: []string{"LIGHT"}, SkipFetch: true}}
	person := pending{SyncRequest: SyncRequest{ID: "person", SKUs: []string{"LIGHT", "BELL"}}}
	whole := pending{SyncRequest: SyncRequest{ID: "whole"}}
	require.Empty(t, assignment{requests: []pending{event}}.named())
	require.Equal(t, []string{"LIGHT"}, assignment{requests: []pending{event, service}}.named())
	require.Equal(t, []string{"BELL", "LIGHT"}, assignment{requests: []pending{service, person, event, whole}}.named())
	require.Empty(t, assignment{requests: []pending{person}, continues: true}.named(), "what is left of a run is not begun anew")

	var box inbox
	for i := range mostWaiting + 1 {
		one := event
		one.ID = fmt.Sprint(i)
		box.add(one)
	}
	box.crowd("run")
	require.Empty(t, box.next().named(), "a group of events")
	for i := range mostWaiting + 1 {
		one := event
		one.ID = fmt.Sprint("next", i)
		box.add(one)
	}
	box.add(person)
	box.crowd("run")
	require.Equal(t, []string{"BELL", "BIKE", "LIGHT"}, box.next().named(), "a group with a person's request")
}

func TestNewestRequestOfAPass(t *testing.T) {
	t.Parallel()
	require.Nil(t, assignment{}.newest())
	at := func(minutes int) pending { return pending{At: arrived.Add(time.Duration(minutes) * time.Minute)} }
	require.Equal(t, at(3).At, *assignment{requests: []pending{at(1), at(3), at(2)}}.newest())
}

// No request is lost, none is served twice, and no pass is larger than allowed, whatever comes.
func TestEveryRequestIsServedOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var box inbox
		sent := map[string]bool{}
		served := map[string]int{}
		step := func() {
			next := box.next()
			require.LessOrEqual(t, len(next.scope), MaximumScope)
			require.NotEmpty(t, next.requests)
			for _, request := range next.requests {
				if request.Count == 0 {
					served[request.ID]++
				}
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			if rapid.Bool().Draw(t, "pass") && len(box.pending) > 0 {
				step()
				continue
			}
			request := SyncRequest{ID: fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "id")), DryRun: rapid.Bool().Draw(t, "dry")}
			for i := range rapid.IntRange(0, MaximumScope+1).Draw(t, "skus") {
				request.SKUs = append(request.SKUs, fmt.Sprint(i*rapid.IntRange(1, 3).Draw(t, "spread")))
				if i > 3 && rapid.IntRange(0, 9).Draw(t, "enough") > 0 {
					break
				}
			}
			sent[request.ID] = true
			box.add(pending{SyncRequest: request})
			if box.load().crowded() {
				out := box.crowd("run")
				for _, one := range append(out.noted, out.refused...) {
					served[one.ID]++ // the ledger keeps it, under its group or as refused
				}
			}
		}
		for len(box.pending) > 0 {
			step()
		}
		for id := range sent {
			require.Equal(t, 1, served[id], "request %s", id)
		}
	})
}

// What is read together is made less once, and nobody is forgotten.
func TestManyRequestsAreOneGroup(t *testing.T) {
	t.Parallel()
	many := func(n int, change func(i int, r *SyncRequest)) []pending {
		var requests []pending
		for i := range n {
			r := SyncRequest{ID: fmt.Sprint("r", i)}
			change(i, &r)
			requests = append(requests, pending{SyncRequest: r, At: arrived.Add(time.Duration(i) * time.Second)})
		}
		return requests
	}
	sku := func(i int, r *SyncRequest) { r.SKUs = []string{fmt.Sprint("SKU-", i%10)} }
	fresh := func(i int, r *SyncRequest) { r.SKUs = []string{fmt.Sprint("SKU-", i)} }
	event := func(i int, r *SyncRequest) { fresh(i, r); r.SkipFetch = true }
	for name, test := range map[string]struct {
		in      []pending
		crowded bool
		waiting int  // entries of the inbox
		scope   int  // of the first pass
		whole   bool // the first pass is for everything
		skips   bool
		noted   int
		refused int
	}{
		"a few":                 {in: many(mostWaiting, sku), waiting: mostWaiting, scope: 10},
		"many of the same SKUs": {in: many(20_000, sku), crowded: true, waiting: 1, scope: 10, noted: 20_000},
		"many SKUs":             {in: many(20_000, fresh), crowded: true, waiting: 1, whole: true, noted: 20_000},
		"many events":           {in: many(20_000, event), crowded: true, waiting: 1, whole: true, skips: true, noted: 20_000},
		"many for everything":   {in: many(20_000, func(int, *SyncRequest) {}), crowded: true, waiting: 1, whole: true, noted: 20_000},
		"an event wants no fetch": {
			in: append(many(mostWaiting, event), pending{SyncRequest: SyncRequest{ID: "ann"}, At: arrived.Add(time.Hour)}), crowded: true, waiting: 1, whole: true,
			noted: mostWaiting + 1,
		},
		"many dry runs": {
			in: many(20_000, func(_ int, r *SyncRequest) { r.DryRun = true }), crowded: true, waiting: mostDry, refused: 20_000 - mostDry, whole: true,
		},
		"dry runs stay apart": {
			in: append(many(500, sku), pending{SyncRequest: SyncRequest{ID: "dry", DryRun: true}}), crowded: true, waiting: 2, scope: 10, noted: 500,
		},
		"few requests of many SKUs": {in: many(2, func(i int, r *SyncRequest) {
			r.SKUs = make([]string, 300)
			for n := range r.SKUs {
				r.SKUs[n] = fmt.Sprint(i, "-", n)
			}
		}), crowded: true, waiting: 2, whole: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var box inbox
			for _, request := range test.in {
				require.True(t, box.add(request))
			}
			require.Equal(t, test.crowded, box.load().crowded())
			var out crowdResult
			if test.crowded {
				out = box.crowd("run")
			}
			require.Len(t, box.pending, test.waiting)
			require.Len(t, out.noted, test.noted)
			require.Len(t, out.refused, test.refused)
			require.Equal(t, len(test.in)-test.refused, box.waiting())
			require.False(t, box.load().crowded(), "once is enough")
			next := box.next()
			require.Len(t, next.scope, test.scope)
			require.Equal(t, test.skips, next.skipFetch)
			if test.noted > 0 {
				require.Equal(t, "run/group/1", out.group)
				require.Equal(t, out.group, next.requests[0].ID)
				require.Equal(t, test.in[test.noted-1].At.Format(time.RFC3339), next.newest().Format(time.RFC3339), "a group is as new as its newest request")
			}
			if test.whole {
				require.Empty(t, next.scope)
			}
		})
	}
}

// A group that waits takes in what comes later, under its id.
func TestAGroupGrows(t *testing.T) {
	t.Parallel()
	var box inbox
	for round := range 5 {
		for i := range mostWaiting + 1 {
			box.add(pending{SyncRequest: SyncRequest{ID: fmt.Sprint(round, "/", i)}})
		}
		out := box.crowd("run")
		require.Len(t, out.noted, mostWaiting+1)
		require.Equal(t, "run/group/1", out.group)
	}
	require.Len(t, box.pending, 1)
	require.Equal(t, 5*(mostWaiting+1), box.waiting())
}

// A signal can hold anything, and none of it may keep a run from beginning: the ledger keeps no NUL byte.
func TestRequestsAreMadeKeepable(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	for name, test := range map[string]struct{ in, want SyncRequest }{
		"a plain one":       {SyncRequest{ID: "order 7/ä", By: "ann", SKUs: []string{"A"}}, SyncRequest{ID: "order 7/ä", By: "ann", SKUs: []string{"A"}}},
		"no id":             {SyncRequest{}, SyncRequest{}},
		"a NUL in a SKU":    {SyncRequest{ID: "a", SKUs: []string{"A\x00", "B", ""}}, SyncRequest{ID: "a", SKUs: []string{"B"}}},
		"a NUL in the name": {SyncRequest{ID: "a", By: "a\x00b"}, SyncRequest{ID: "a", By: "a\uFFFDb"}},
		"a long name":       {SyncRequest{ID: "a", By: long}, SyncRequest{ID: "a", By: long[:mostID]}},
		"a long id":         {SyncRequest{ID: long}, SyncRequest{ID: RequestID(long)}},
		"a NUL in the id":   {SyncRequest{ID: "a\x00"}, SyncRequest{ID: RequestID("a\x00")}},
	} {
		require.Equal(t, test.want, storableRequest(test.in), name)
	}
	require.Regexp(t, "^sha256:[0-9a-f]{64}$", RequestID(long))
	require.NotEqual(t, RequestID(long), RequestID(long+"y"))
}

func TestPortionsFitIntoAPayload(t *testing.T) {
	t.Parallel()
	var requests []pending
	for i := range 2500 {
		requests = append(requests, pending{SyncRequest: SyncRequest{ID: fmt.Sprint("r", i)}})
	}
	cut := portions(requests)
	require.Len(t, cut, 3)
	require.Len(t, cut[0], idsAtOnce)
	require.Len(t, cut[2], 500)
	requests[0].By = strings.Repeat("x", idBytesAtOnce)
	require.Len(t, portions(requests)[0], 1)
	require.Empty(t, portions(nil))
}

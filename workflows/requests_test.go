package workflows

import (
	"fmt"
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

func TestNewestRequestOfAPass(t *testing.T) {
	t.Parallel()
	require.Nil(t, plan{}.newest())
	at := func(minutes int) pending { return pending{At: arrived.Add(time.Duration(minutes) * time.Minute)} }
	require.Equal(t, at(3).At, *plan{requests: []pending{at(1), at(3), at(2)}}.newest())
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
				served[request.ID]++
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
		}
		for len(box.pending) > 0 {
			step()
		}
		for id := range sent {
			require.Equal(t, 1, served[id], "request %s", id)
		}
	})
}

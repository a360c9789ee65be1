package workflows

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// Which answer of a person counts, and what is said of the others.
func TestWhichAnswerCounts(t *testing.T) {
	t.Parallel()
	held := heldPass{Run: 7, Kind: ledger.HoldSnapshot, Reason: "half of the rows are missing"}
	approve := func(given Decision) *answer { return &answer{Decision: given, decision: activities.Approved} }
	reject := func(given Decision) *answer { return &answer{Decision: given, decision: activities.Rejected} }
	for name, one := range map[string]struct {
		asked   *heldPass
		answers []*answer
		chosen  int    // of the answers; -1: none
		stray   string // part of why the last of them is for nothing; empty: it is for what is held
	}{
		"nothing is held":                     {nil, []*answer{approve(Decision{By: "ann"})}, -1, "nothing is held"},
		"an approval":                         {&held, []*answer{approve(Decision{By: "ann"})}, 0, ""},
		"an approval of the run":              {&held, []*answer{approve(Decision{Run: 7, Kind: ledger.HoldSnapshot})}, 0, ""},
		"an approval of another run":          {&held, []*answer{approve(Decision{Run: 6})}, -1, "run 6, and run 7 is held"},
		"an approval of another kind of hold": {&held, []*answer{approve(Decision{Run: 7, Kind: ledger.HoldZeroing})}, -1, "half of the rows"},
		"the first of two":                    {&held, []*answer{approve(Decision{By: "ann"}), approve(Decision{By: "bob"})}, 0, ""},
		"a rejection before every approval":   {&held, []*answer{approve(Decision{By: "ann"}), reject(Decision{By: "bob"}), reject(Decision{By: "cleo"})}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d desk
			if one.asked != nil {
				d.open(*one.asked)
			}
			for _, a := range one.answers {
				d.add(a)
			}
			last := one.answers[len(one.answers)-1]
			require.Equal(t, one.stray != "", last.done)
			require.Contains(t, last.result.Reason, one.stray)
			if one.stray != "" {
				require.Equal(t, NotHeld, last.result.Answer)
				require.Len(t, d.strayNotes, 1)
			}
			if one.chosen < 0 {
				require.Nil(t, d.decisive())
				return
			}
			require.Same(t, one.answers[one.chosen], d.decisive())
		})
	}
}

// Whoever answered is told what holds, and every run that it was for; who came too late is shown as well.
func TestEveryAnswerIsToldWhatHolds(t *testing.T) {
	t.Parallel()
	var d desk
	d.open(heldPass{Run: 7, Kind: ledger.HoldSnapshot, Reason: "shrunk"})
	first := &answer{Decision: Decision{By: "ann"}, decision: activities.Approved}
	late := &answer{Decision: Decision{By: "bob"}, decision: activities.Approved, at: time.Date(2026, 11, 28, 7, 39, 0, 0, time.UTC)}
	d.add(first)
	d.add(late)
	d.close(activities.DecideResult{Decision: activities.Approved, By: "ann", Runs: []int64{7, 9}})
	for _, a := range []*answer{first, late} {
		require.True(t, a.done)
		require.Equal(t, DecisionAnswer{Answer: activities.Approved, By: "ann", Runs: []int64{7, 9}, Reason: "shrunk"}, a.result)
	}
	require.Equal(t, []string{"approve by bob at 2026-11-28 07:39:00 UTC changed nothing: the hold was approved by ann"}, d.strayNotes)
	require.Nil(t, d.decisive())

	after := &answer{Decision: Decision{By: "cleo"}, decision: activities.Rejected}
	d.add(after)
	require.Equal(t, NotHeld, after.result.Answer, "it does not wait for the next hold")

	d.open(heldPass{Run: 7, Kind: ledger.HoldZeroing})
	waits := &answer{decision: activities.Approved}
	d.add(waits)
	d.open(heldPass{Run: 7, Kind: ledger.HoldZeroing})
	require.Equal(t, NotHeld, waits.result.Answer, "it was for the hold before")
	for n := range 3 * mostStrayNotes {
		d.add(&answer{Decision: Decision{By: fmt.Sprint(n), Run: 1}, decision: activities.Rejected})
	}
	require.Len(t, d.strayNotes, mostStrayNotes)
	require.Contains(t, d.strayNotes[mostStrayNotes-1], "reject by 14")
}

// What becomes of a request is answered as soon as it is known.
func TestWhatBecomesOfARequest(t *testing.T) {
	t.Parallel()
	requests := func(ids ...string) (found []pending) {
		for _, id := range ids {
			found = append(found, pending{SyncRequest: SyncRequest{ID: id}})
		}
		return found
	}
	began := activities.BeginResult{Action: activities.BeginGo, Lease: ledger.Lease{Run: 8}}
	pushing := Progress{Run: 8, Phase: "pushing"}
	for name, one := range map[string]struct {
		now   func(*fates)
		inbox []string
		knew  bool // the id was known before
		want  SyncAnswer
		open  bool // not known yet
	}{
		"gathered":             {now: func(*fates) {}, inbox: []string{"r"}, open: true},
		"its pass is to begin": {now: func(f *fates) { f.assign(requests("r")) }, open: true},
		"the workflow's first": {
			now: func(f *fates) { f.first = "r"; f.assign(requests("r", "s")); f.begin(beginAnswer(began)) }, want: SyncAnswer{Answer: SyncStarted, Run: 8},
		},
		"with others": {
			now: func(f *fates) { f.first = "s"; f.assign(requests("r", "s")); f.begin(beginAnswer(began)) }, want: SyncAnswer{Answer: SyncJoined, Run: 8},
		},
		"told after its pass": {
			now: func(f *fates) { f.first = "r"; f.assign(requests("r")); f.begin(beginAnswer(began)); f.end() }, want: SyncAnswer{Answer: SyncStarted, Run: 8},
		},
		"a pass is under way": {
			now: func(f *fates) { f.assign(requests("s")) }, inbox: []string{"r"}, want: SyncAnswer{Answer: SyncWaits, Run: 8, Reason: "served next; run 8 is pushing"},
		},
		"nothing waits for it": {
			now: func(f *fates) { f.assign(nil) }, inbox: []string{"r"}, want: SyncAnswer{Answer: SyncWaits, Run: 8, Reason: "served next; run 8 is pushing"},
		},
		"sent again, and waits": {now: func(*fates) {}, inbox: []string{"r"}, knew: true, open: true},
		"sent again, was served": {
			now: func(*fates) {}, knew: true,
			want: SyncAnswer{Answer: SyncCovered, Reason: "a request with this id was served before"},
		},
		"with many": {
			now:  func(f *fates) { f.assign(requests("group/1")); f.begin(beginAnswer(began)) },
			want: SyncAnswer{Answer: SyncJoined, Run: 8, Reason: "many requests are served together"},
		},
		"covered": {
			now: func(f *fates) {
				f.assign(requests("r"))
				f.begin(beginAnswer(activities.BeginResult{Action: activities.BeginCovered, CoveredBy: 5, Reason: "done by run 5"}))
			},
			want: SyncAnswer{Answer: SyncCovered, Run: 5, Reason: "done by run 5"},
		},
		"not enabled": {
			now: func(f *fates) {
				f.assign(requests("r"))
				f.begin(beginAnswer(activities.BeginResult{Action: activities.BeginSkip, Lease: ledger.Lease{Run: 9}, Reason: "not enabled"}))
			},
			want: SyncAnswer{Answer: SyncFailed, Run: 9, Reason: "not enabled"},
		},
		"goes on elsewhere": {
			now: func(f *fates) { f.leaving = true }, inbox: []string{"r"},
			want: SyncAnswer{Answer: SyncWaits, Reason: "it goes on in a new run of the workflow"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f fates
			one.now(&f)
			got, known := f.answer("r", 0, !one.knew, one.inbox, pushing)
			require.Equal(t, !one.open, known)
			if known {
				one.want.ID = "r"
				require.Equal(t, one.want, got)
			}
		})
	}
}

// A held run looks again soon at first, and ever less often up to once an hour.
func TestHowOftenAHeldRunLooksAgain(t *testing.T) {
	t.Parallel()
	for looks, want := range []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour, time.Hour} {
		require.Equal(t, want, recheckAfter(looks), looks)
	}
	require.Equal(t, time.Hour, recheckAfter(1_000_000))
}

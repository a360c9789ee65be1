package push

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// As many calls begin as the store takes, fewer where a person says so, and each response lets another one begin.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ limit, set, want int }{
		"a store of which nothing is known": {0, 0, 1},
		"as many as the store takes":        {3, 0, 3},
		"fewer, as a person set it":         {3, 2, 2},
		"a person set too many":             {3, 9, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := New(Setup{Limits: channels.Limits{Batch: 1, Calls: test.limit}, Calls: test.set, Compose: inOrder})
			m.Opened(nil)
			m.Due(due("A", "B", "C", "D", "E"))
			var numbers []int
			for slices.Contains(steps(t, m, noon), Send) {
				numbers = append(numbers, sends(t, m, fmt.Sprint("k", len(numbers))))
			}
			require.Len(t, numbers, test.want)
			m.Answered(numbers[len(numbers)-1], channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}, nil, noon)
			require.Equal(t, []Kind{Send}, steps(t, m, noon))
		})
	}
}

// Calls that are answered at once count against the submissions that a store takes only where they make one.
func TestSubmissionsUnderWay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		submits func([]channels.Item) bool
		want    int
	}{
		"each call makes a submission":         {want: 1},
		"none of them does":                    {submits: func([]channels.Item) bool { return false }, want: 3},
		"the one for this item does, the last": {submits: func(items []channels.Item) bool { return items[0].ChannelSKU == "B" }, want: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := New(Setup{Limits: channels.Limits{Batch: 1, Calls: 3, Tickets: 1}, Submits: test.submits, Compose: inOrder})
			m.Opened(nil)
			m.Due(due("A", "B", "C"))
			under := 0
			for ; slices.Contains(steps(t, m, noon), Send); under++ {
				sends(t, m, fmt.Sprint("k", under))
			}
			require.Equal(t, test.want, under)
		})
	}
}

// When a response is lost, the calls under way go on, and nothing new begins until the lost one is answered.
func TestLostAnswerWhileOthersAreUnderWay(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 1, Calls: 3}, due("A", "B", "C", "D")...)
	a, b := sends(t, m, "a"), sends(t, m, "b")
	m.Answered(a, channels.Reply{}, &channels.Error{Reason: "no answer"}, noon)
	m.Opened([]ledger.CallStanding{lost("a"), lost("b")})
	m.Read(ledger.OpenCall{Intent: ledger.Intent{Key: "a", Items: due("A")}})
	require.Equal(t, []Kind{Resend}, steps(t, m, noon))
	next := step(t, m, Resend)
	again := m.Began(next, next.Call)
	require.Empty(t, steps(t, m, noon))
	applied := channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}
	m.Answered(b, applied, nil, noon)
	require.Empty(t, steps(t, m, noon))
	m.Answered(again, applied, nil, noon)
	require.Equal(t, []Kind{Send}, steps(t, m, noon))
}

// Calls without a response are sent again one after the other: the next one waits for the response to the one before.
func TestLostCallsAreSentAgainOneAfterTheOther(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 1, Calls: 3})
	m.Opened([]ledger.CallStanding{lost("a"), lost("b")})
	m.Read(ledger.OpenCall{Intent: ledger.Intent{Key: "a", Items: due("A")}})
	m.Read(ledger.OpenCall{Intent: ledger.Intent{Key: "b", Items: due("B")}})
	first := step(t, m, Resend)
	again := m.Began(first, first.Call)
	require.Empty(t, steps(t, m, noon), "the second one is not sent beside the first")
	m.Answered(again, channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}, nil, noon)
	require.Equal(t, "b", step(t, m, Resend).Call.Key)
}

// Whose answer comes first does not matter: while another call is under way, items that are refused do not stop the store. Nothing new
// begins until that call tells.
func TestRefusalsWhileOthersAreUnderWay(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		taken bool
		fails bool
	}{"the store takes the last one": {true, false}, "it refuses that one, too": {false, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machine(channels.Limits{Batch: 1, Calls: 4}, due("A", "B", "C", "D", "E")...)
			var under []int
			for _, key := range []string{"a", "b", "c", "d"} {
				under = append(under, sends(t, m, key))
			}
			refusal := &channels.Error{Next: channels.AskPerson, Reason: "not permitted"}
			for i, number := range under[:3] {
				effects := m.Answered(number, channels.Reply{}, refusal, noon)
				if effects.Check {
					effects = m.Checked(number, nil, noon)
				}
				require.NoError(t, effects.Fail)
				require.Equal(t, ledger.StatusRetrying, effects.Response.Items[0].Status)
				require.Equal(t, i < 2, slices.Contains(steps(t, m, noon), Send), "a new call after refusal %d", i+1)
			}
			if test.taken {
				m.Answered(under[3], channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}, nil, noon)
				require.Equal(t, []Kind{Send}, steps(t, m, noon))
				return
			}
			require.Error(t, m.Answered(under[3], channels.Reply{}, refusal, noon).Fail)
		})
	}
}

// Rows are looked up beside calls of figures, and a look-up that is slow holds up its own rows alone.
func TestLookUpsBesideCalls(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 1, Window: 2, Find: 1, Calls: 3}, due("A", "B")...)
	m.Known(step(t, m, ReadReferences), map[string]ledger.Reference{"A": {ID: "a", FoundAt: noon}}, noon)
	number, keys := looks(t, m)
	require.Equal(t, []string{"B"}, keys)
	require.Equal(t, "B", step(t, m, ReadDue).Query.AfterSKU, "other rows are read meanwhile")
	m.Due(due("C", "D"))
	m.Known(step(t, m, ReadReferences), map[string]ledger.Reference{"C": {ID: "c", FoundAt: noon}, "D": {ID: "d", FoundAt: noon}}, noon)
	require.Equal(t, "C", step(t, m, Send).Call.Items[0].ChannelSKU)
	sends(t, m, "k")
	m.Found(number, []channels.Found{{Reference: "b"}}, nil, noon)
	sends(t, m, "l")
	require.Equal(t, 2, m.UnderWay())
	sends(t, m, "m")
	require.Empty(t, steps(t, m, noon))
}

// The intents of calls that begin together are written together, so rows of a call that is about to begin may be read once more.
func TestRowsUnderWayAreNotTakenAgain(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 1, Calls: 3}, due("A", "B")...)
	sends(t, m, "a")
	sends(t, m, "b")
	step(t, m, ReadDue)
	m.Due(due("A", "B", "C"))
	require.Equal(t, "C", step(t, m, Send).Call.Items[0].ChannelSKU)
	sends(t, m, "c")
	require.Empty(t, steps(t, m, noon))
}

// TestPushesOfAnyOrder pushes rows to a store that applies, loses, refuses, throttles and forgets as it likes, with answers in any order and
// workers that die at any step, whose calls arrive later, while figures change; and holds the rules: no row in two open calls, no more calls at
// once than the store takes, the same bytes under the same key, and at last the store shows the ledger's figures.
func TestPushesOfAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newSimulation(t)
		for range rapid.IntRange(1, 150).Draw(t, "steps") {
			w.step(rapid.IntRange(0, 21).Draw(t, "what"))
		}
		w.calm = true
		for turn := 0; !w.over() || w.restarted(); turn++ {
			require.Less(t, turn, 3000, "the push does not come to an end")
			w.step(turn % 2)
		}
		for len(w.ghosts) > 0 {
			w.haunt(0)
		}
		for sku, row := range w.rows {
			if row.status == ledger.StatusRejected {
				continue
			}
			require.Equal(t, ledger.StatusExported, row.status, sku)
			require.Equal(t, row.Quantity, w.shown[sku], "the store shows what the ledger says of %s", sku)
		}
	})
}

// simulation is a ledger and a store in memory, as far as a push sees them.
type simulation struct {
	t      *rapid.T
	m      *Machine
	limits channels.Limits
	now    time.Time
	calm   bool // the store answers
	finds  bool

	rows   map[string]*simulated
	calls  map[string]*call
	shown  map[string]int64
	key    int
	bodies map[string]string // by key, as the store received them
	flying map[int]call      // calls under way
	ghosts []call            // calls of workers that died, which may still arrive
	taken  map[string]bool   // by key and channel SKU, of a store with keys
	known  map[string]bool   // channel SKUs whose references were found
}

type simulated struct {
	ledger.DueItem
	status ledger.Status
	open   string
}

type call struct {
	standing ledger.CallStanding
	whole    ledger.OpenCall
	open     map[string]bool
	kind     Kind
	until    time.Time // it has arrived by then, or never does
}

func newSimulation(t *rapid.T) *simulation {
	w := &simulation{
		t: t, now: noon, rows: map[string]*simulated{}, calls: map[string]*call{}, shown: map[string]int64{}, bodies: map[string]string{}, known: map[string]bool{},
		taken:  map[string]bool{},
		limits: channels.Limits{Batch: rapid.IntRange(1, 4).Draw(t, "batch"), Calls: rapid.IntRange(1, 5).Draw(t, "calls at once"), Timeout: 10 * time.Second},
	}
	w.finds = rapid.Bool().Draw(t, "finds")
	if rapid.Bool().Draw(t, "keys") {
		w.limits.KeyLifetime = time.Hour
	}
	for i, row := range due("A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K") {
		row.Observed = int64(i)
		w.rows[row.ChannelSKU] = &simulated{DueItem: row, status: ledger.StatusPending}
	}
	w.restart()
	return w
}

// restart is what a worker that died leaves to the next one: the ledger, and calls that may still arrive.
func (w *simulation) restart() {
	w.m = New(Setup{Store: "north", Limits: w.limits, Compose: inOrder, Finds: w.finds})
	for _, number := range sortedNumbers(w.flying) {
		w.ghosts = append(w.ghosts, w.flying[number])
	}
	w.flying = map[int]call{}
}

// restarted begins another slice while rows are due that changed after the last one had read them.
func (w *simulation) restarted() bool {
	for _, row := range w.rows {
		if row.status != ledger.StatusExported && row.status != ledger.StatusRejected {
			w.restart()
			return true
		}
	}
	return false
}

func (w *simulation) over() bool {
	plan, err := w.m.Next(w.now)
	require.NoError(w.t, err)
	return w.m.UnderWay() == 0 && len(plan.Steps) == 0 && plan.Until.IsZero()
}

// step goes on by one step: a response, something that can be done, time, or the end of a worker.
func (w *simulation) step(what int) {
	switch {
	case what == 21 && !w.calm:
		w.change(rapid.SampledFrom(sorted(w.rows)).Draw(w.t, "changed"))
	case what == 20 && len(w.ghosts) > 0:
		w.haunt(rapid.IntRange(0, len(w.ghosts)-1).Draw(w.t, "arrives"))
	case what == 19 && !w.calm:
		w.restart()
	case what == 18 && !w.calm:
		w.now = w.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(w.t, "seconds")) * time.Second)
	case what%2 == 0 && len(w.flying) > 0:
		w.answer(rapid.SampledFrom(sortedNumbers(w.flying)).Draw(w.t, "answered"))
	default:
		w.advance()
	}
}

func (w *simulation) advance() {
	plan, err := w.m.Next(w.now)
	require.NoError(w.t, err)
	if len(plan.Steps) == 0 {
		if plan.Until.After(w.now) && len(w.flying) == 0 {
			w.now = plan.Until
		}
		return
	}
	step := rapid.SampledFrom(plan.Steps).Draw(w.t, "step")
	switch step.Kind {
	case ReadOpen:
		var open []ledger.CallStanding
		for _, key := range sorted(w.calls) {
			open = append(open, w.calls[key].standing)
		}
		w.m.Opened(open)
	case ReadCall:
		w.m.Read(w.calls[step.Key].whole)
	case ReadDue:
		var rows []ledger.DueItem
		for _, sku := range sorted(w.rows) {
			row := w.rows[sku]
			if sku > step.Query.AfterSKU && (row.status == ledger.StatusPending || row.status == ledger.StatusRetrying) {
				rows = append(rows, row.DueItem)
			}
		}
		w.m.Due(rows[:min(len(rows), step.Query.Limit)])
	case ReadReferences:
		references := map[string]ledger.Reference{}
		for _, sku := range step.SKUs {
			if w.known[sku] {
				references[sku] = ledger.Reference{ID: sku, FoundAt: w.now}
			}
		}
		w.m.Known(step, references, w.now)
	case Abandon:
		w.abandon(step.Key)
		w.m.Abandoned(step.Key)
	default:
		w.begin(step)
	}
	require.LessOrEqual(w.t, w.m.UnderWay(), w.limits.Calls, "no more calls at once than the store takes")
}

// begin writes what is written before a call.
func (w *simulation) begin(step Step) {
	made := step.Call
	switch step.Kind {
	case Find:
	case Send:
		for _, item := range made.Items {
			row := w.rows[item.ChannelSKU]
			require.Empty(w.t, row.open, "%s stands in one open call at most", item.ChannelSKU)
			if row.Observed != item.Observed {
				w.restart() // the ledger refuses the intent, and the slice ends
				return
			}
		}
		for key, open := range w.calls {
			require.NotEmpty(w.t, open.standing.Key)
			require.True(w.t, w.underWay(key), "nothing new is sent while the call %s has no answer", key)
		}
		w.key++
		key := fmt.Sprintf("k%04d", w.key)
		made.Intent = w.m.Intent(step, key, fmt.Appendf(nil, "%s %v", key, w.m.Items(made.Items)), w.now)
		made.Sends = 1
		open := map[string]bool{}
		for _, item := range made.Items {
			row := w.rows[item.ChannelSKU]
			row.open, row.status = key, ledger.StatusUnknown
			open[item.ChannelSKU] = true
		}
		w.calls[key] = &call{whole: made, open: open, standing: ledger.CallStanding{Key: key, Begun: w.now, Deadline: made.Deadline, Sends: 1}}
	default:
		open := w.calls[made.Key]
		require.NotNil(w.t, open, "an answered call is not sent again")
		open.standing.Sends++
		open.whole.Sends++
		open.standing.Deadline, open.standing.PollAfter = w.m.Deadline(w.now), time.Time{}
		open.whole.Deadline, open.whole.PollAfter = open.standing.Deadline, time.Time{}
	}
	w.flying[w.m.Began(step, made)] = call{whole: made, kind: step.Kind, until: w.now.Add(w.m.Timeout())}
}

func (w *simulation) underWay(key string) bool {
	for _, flying := range w.flying {
		if flying.whole.Key == key {
			return true
		}
	}
	return false
}

// answer has a call under way end in some way.
func (w *simulation) answer(number int) {
	made := w.flying[number]
	delete(w.flying, number)
	if made.kind == Find {
		w.find(number, made)
		return
	}
	body, open := w.bodies[made.whole.Key]
	require.True(w.t, !open || body == string(made.whole.Body), "the same bytes under the same key")
	w.bodies[made.whole.Key] = string(made.whole.Body)
	reply := channels.Reply{Items: make([]channels.ItemReply, len(made.whole.Items))}
	outcome := 0
	if !w.calm {
		outcome = rapid.IntRange(0, 8).Draw(w.t, "outcome")
	}
	var failed error
	for i, item := range made.whole.Items {
		reply.Items[i].Verdict = channels.Applied
		if outcome <= 3 {
			w.arrive(made, item)
		}
		if outcome == 3 {
			reply.Items[i] = rapid.SampledFrom([]channels.ItemReply{
				{Verdict: channels.Applied}, {}, {Verdict: channels.Rejected}, {Verdict: channels.NotApplied, Reason: "busy"}, {Verdict: channels.NotApplied},
			}).Draw(w.t, "verdict")
		}
	}
	switch outcome {
	case 2:
		failed = &channels.Error{Reason: "applied, and the answer was lost"}
	case 4, 5, 6, 7:
		failed = &channels.Error{Next: []channels.Next{channels.Resend, channels.Wait, channels.Anew, channels.Smaller}[outcome-4], Reason: "not applied"}
	case 8:
		reply = channels.Reply{Refused: true, Items: make([]channels.ItemReply, len(made.whole.Items))}
		for i := range reply.Items {
			reply.Items[i].Verdict = channels.NotApplied
		}
	}
	effects := w.m.Answered(number, reply, failed, w.now)
	require.NoError(w.t, effects.Fail)
	if effects.Abandon != nil {
		w.abandon(effects.Abandon.Key)
	}
	if effects.Response != nil {
		w.keep(*effects.Response)
	}
}

// keep writes a response as the ledger does.
func (w *simulation) keep(answer ledger.Response) {
	open := w.calls[answer.Key]
	for _, item := range answer.Items {
		if !open.open[item.ChannelSKU] {
			continue
		}
		row := w.rows[item.ChannelSKU]
		row.status, row.Part = item.Status, item.Part
		if item.Status != ledger.StatusUnknown && row.Observed != observedBy(open.whole, item.ChannelSKU) {
			row.status = ledger.StatusPending // it has a newer figure
		}
		if item.Status != ledger.StatusUnknown {
			row.open = ""
			delete(open.open, item.ChannelSKU)
		}
	}
	open.standing.PollAfter, open.whole.PollAfter = answer.PollAfter, answer.PollAfter
	if len(open.open) == 0 {
		delete(w.calls, answer.Key)
	}
}

// arrive has the store take a figure. A store with keys takes each key once.
func (w *simulation) arrive(made call, item ledger.DueItem) {
	if once := made.whole.Key + item.ChannelSKU; w.limits.KeyLifetime > 0 {
		if w.taken[once] {
			return
		}
		w.taken[once] = true
	}
	w.shown[item.ChannelSKU] = item.Quantity
}

// haunt has a call of a dead worker arrive, or end without.
func (w *simulation) haunt(at int) {
	ghost := w.ghosts[at]
	w.ghosts = slices.Delete(w.ghosts, at, at+1)
	if ghost.kind == Find || w.now.After(ghost.until) {
		return
	}
	for _, item := range ghost.whole.Items {
		w.arrive(ghost, item)
	}
}

// change gives a row a newer figure.
func (w *simulation) change(sku string) {
	row := w.rows[sku]
	row.Quantity, row.Observed = row.Quantity+100, row.Observed+100
	if row.open == "" {
		row.status = ledger.StatusPending
	}
}

// find answers a look-up.
func (w *simulation) find(number int, made call) {
	var failed error
	if !w.calm && rapid.IntRange(0, 3).Draw(w.t, "look-up") == 0 {
		failed = &channels.Error{Next: channels.Wait, Reason: "later"}
	}
	answers := make([]channels.Found, len(made.whole.Items))
	for i, item := range made.whole.Items {
		answers[i].Reference = item.ChannelSKU
	}
	effects := w.m.Found(number, answers, failed, w.now)
	require.NoError(w.t, effects.Fail)
	for sku := range effects.Remember {
		w.known[sku] = true
	}
}

func observedBy(whole ledger.OpenCall, sku string) int64 {
	for _, item := range whole.Items {
		if item.ChannelSKU == sku {
			return item.Observed
		}
	}
	return -1
}

func sortedNumbers(flying map[int]call) []int { return slices.Sorted(maps.Keys(flying)) }

func (w *simulation) abandon(key string) {
	for sku := range w.calls[key].open {
		w.rows[sku].open, w.rows[sku].status = "", ledger.StatusPending
	}
	delete(w.calls, key)
}

func sorted[V any](values map[string]V) []string { return slices.Sorted(maps.Keys(values)) }

package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// invariant is a promise that the judge holds each history to.
type invariant string

// The promises, by their numbers in the reliability reference.
const (
	diverged     invariant = "I1 a store does not show what it should"
	lostUpdate   invariant = "I2 an update was lost"
	requestLost  invariant = "I2 a request was lost"
	stale        invariant = "I3 an older figure replaced a newer one"
	accident     invariant = "I4 absence became 0"
	wasted       invariant = "I5 a call for nothing"
	overrun      invariant = "I6 a store's limit was exceeded"
	secondWriter invariant = "I7 a run wrote that had lost its store"
	dishonest    invariant = "I8 the record is not what the store shows"
	stuck        invariant = "I13 something never ends"
)

// judgeWrite judges a figure that a store is told. Counted figures only grow, so a smaller one is an older one.
func (w *world) judgeWrite(s *shop, at spot, before, now write) {
	sku := strings.TrimPrefix(at.SKU, "L-")
	if before.quantity > now.quantity && now.quantity > 0 && w.counted(sku) && !now.late {
		w.violated(stale, "%s showed %d of %s, and was told %d by a call that was first made at %s", s.id, before.quantity, at, now.quantity, clock(now.sent))
	}
	if now.quantity == 0 && !w.everZero(spot{at.Facility, sku}) {
		w.violated(accident, "%s was told 0 of %s, of which the warehouse never had 0", s.id, at)
	}
}

// counted is true for SKUs whose figures only grow, but for 0.
func (w *world) counted(sku string) bool {
	d := w.depots[depotID]
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if w.shared || sku == bundleSKU || w.setting.Untimed {
		return false // without times nobody can tell that an event which comes late is older than a snapshot
	}
	for at, past := range d.past {
		if at.SKU != sku {
			continue
		}
		if at.Facility != "" {
			return false
		}
		last := int64(0)
		for _, one := range past {
			if one.available != 0 && one.available < last {
				return false
			}
			last = max(last, one.available)
		}
	}
	return true
}

const bundleSKU = "SET"

// listed is the SKU under which a store knows a product.
func (w *world) listed(store, sku string) string {
	for _, one := range w.defined.Listings {
		if one.Store == store && one.SKU == sku {
			return one.ChannelSKU
		}
	}
	return sku
}

// settle lets nothing go wrong any more, and judges what becomes of it.
func (w *world) settle() {
	w.setCalm()
	w.enableAll()
	if !w.drain("after the faults") {
		return
	}
	w.judgeEvents()
	w.lift()
	for n, c := range w.enabled() {
		w.ask(c.ID, ledger.Smart, workflows.SyncRequest{ID: fmt.Sprintf("last-smart-%d", n), By: "the judge"})
	}
	if !w.drain("the last Smart Sync") {
		return
	}
	w.judgeShown("after a Smart Sync", true)
	w.judgeRuns()
	c := w.chance("judge")
	if edited := w.edited(); !edited && c.in(700) {
		w.judgeRecord()
		return
	}
	for n, c := range w.enabled() {
		w.ask(c.ID, ledger.Full, workflows.SyncRequest{ID: fmt.Sprintf("last-full-%d", n), By: "the judge"})
	}
	if !w.drain("the last Full Sync") {
		return
	}
	w.judgeShown("after a Full Sync", false)
	w.judgeRecord()
	if c.in(500) {
		return
	}
	calls := map[string]int{}
	for id, s := range w.shops {
		calls[id] = s.calls
	}
	for n, c := range w.enabled() {
		w.ask(c.ID, ledger.Smart, workflows.SyncRequest{ID: fmt.Sprintf("idle-%d", n), By: "the judge"})
	}
	if !w.drain("an idle Smart Sync") {
		return
	}
	for _, c := range w.enabled() {
		if s := w.shops[c.Store]; s.calls != calls[s.id] {
			w.violated(wasted, "%s got %d calls when nothing was due", s.id, s.calls-calls[s.id])
		}
	}
	w.judgeRuns()
}

// lift approves what was rejected, so that it can be asked about once more.
func (w *world) lift() {
	runs, err := w.ledger.Runs(everywhere, "", 1000)
	must(err)
	for _, run := range runs {
		hold, err := w.ledger.HoldOf(everywhere, run.ID)
		if err == nil && hold.Decision == "rejected" {
			_, err = w.ledger.Decide(everywhere, run.ID, "approved", "ann", time.Now())
			must(err)
			w.tell("ann lifts the rejection of run %d", run.ID)
		}
	}
}

// judgeEvents looks whether what was acknowledged is recorded: the figure of the newest event that came, or a newer one. A ledger that was put back
// has lost what came since, which the next fetch brings.
func (w *world) judgeEvents() {
	d := w.depots[depotID]
	if w.restored {
		return
	}
	rows, err := w.ledger.Levels(everywhere, depotID, "", ledger.Page{Limit: 1000})
	must(err)
	recorded := map[spot]int64{}
	for _, row := range rows {
		recorded[spot{row.Facility, row.SKU}] = row.Available
	}
	for _, at := range inOrder(d.came) {
		newest := d.past[at][len(d.past[at])-1]
		if _, there := d.stock[at]; !there || d.came[at].number != newest.number {
			continue // it changed again
		}
		if recorded[at] != newest.available {
			w.violated(lostUpdate, "an event said %d of %s, nothing newer came, and %d is recorded", newest.available, at, recorded[at])
		}
	}
}

// edited is true when a store shows something that Tidemark cannot know.
func (w *world) edited() bool {
	for _, s := range w.shops {
		if len(s.edited) > 0 {
			return true
		}
	}
	return false
}

// drain waits until every workflow is over. Persons approve what waits for them.
func (w *world) drain(what string) bool {
	for range 60 * 6 {
		time.Sleep(time.Minute)
		if !w.answer(workflows.SignalApprove) && len(w.server.opened()) == 0 && w.coming.Load() == 0 {
			return true
		}
	}
	var open []string
	for _, x := range w.server.opened() {
		open = append(open, x.id)
	}
	w.violated(stuck, "%s: after six hours these are still open: %s", what, strings.Join(open, ", "))
	return false
}

// judgeShown compares what stores show with what they should.
func (w *world) judgeShown(when string, smart bool) {
	for _, c := range w.enabled() {
		s, should := w.shops[c.Store], w.should(c.Store)
		for _, at := range inOrder(should) {
			if smart && s.edited[at] || s.poison[at.SKU] {
				continue
			}
			if s.shown[at] != should[at] {
				w.violated(diverged, "%s, %s shows %d of %s and should show %d", when, s.id, s.shown[at], at, should[at])
			}
		}
	}
}

func inOrder[T any](of map[spot]T) []spot {
	found := make([]spot, 0, len(of))
	for at := range of {
		found = append(found, at)
	}
	slices.SortFunc(found, func(a, b spot) int { return strings.Compare(a.SKU+"\x00"+a.Facility, b.SKU+"\x00"+b.Facility) })
	return found
}

// judgeRecord compares what the ledger says that stores show with what they show.
func (w *world) judgeRecord() {
	for _, c := range w.enabled() {
		rows, err := w.ledger.ChannelLevels(everywhere, c.ID, "", "", ledger.Page{Limit: 1000})
		must(err)
		s := w.shops[c.Store]
		for _, row := range rows {
			at := spot{row.Location, row.ChannelSKU}
			switch {
			case row.Status != ledger.StatusExported:
			case row.Exported == nil:
				w.violated(dishonest, "of %s the ledger says exported and no figure, and %s shows %d", at, s.id, s.shown[at])
			case *row.Exported != s.shown[at]:
				w.violated(dishonest, "of %s the ledger says exported and %d, and %s shows %d", at, *row.Exported, s.id, s.shown[at])
			}
		}
	}
}

// judgeRuns looks for runs and requests that nothing became of.
func (w *world) judgeRuns() {
	runs, err := w.ledger.Runs(everywhere, "", 1000)
	must(err)
	for _, run := range runs {
		if run.Outcome == ledger.Running {
			w.violated(stuck, "run %d of %s never ended", run.ID, run.Connection)
		}
	}
	requests, err := w.ledger.Requests(everywhere, ledger.RequestQuery{Limit: 1000})
	must(err)
	for _, one := range requests {
		if one.Outcome == ledger.RequestWaiting || one.Outcome == ledger.RequestRunning {
			w.violated(requestLost, "request %s of %s is still %s", one.ID, one.Connection, one.Outcome)
		}
	}
}

package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// step is something that happens to a world at a moment. A history is its steps: leaving one out leaves the others as they are.
type step struct {
	number int
	after  time.Duration
	act    act
	what   string // the store, the connection or the warehouse
	at     spot
	by     int64
	more   int64
}

type act string

const (
	sells     act = "sells"       // the warehouse sells or restocks
	counts    act = "counts"      // the warehouse's figure is set anew
	reportsTo act = "reports"     // and sends an event
	ticks     act = "ticks"       // a schedule starts a run
	asks      act = "asks"        // somebody asks for a sync
	fetchBad  act = "fetch fault" // the next fetch goes wrong
	callBad   act = "call fault"  // the next calls go wrong
	dies      act = "dies"        // a worker dies after some steps
	stands    act = "stands still"
	shops     act = "shops" // a shopper buys in a store
	edits     act = "edits" // somebody else writes
	answers   act = "answers"
)

// span is how long a history lasts before it becomes calm.
const span = 40 * time.Minute

// plan draws a world's steps. They come in scenes of a few minutes, so that what goes wrong meets what is under way.
func (w *world) plan() []step {
	c := w.chance("plan")
	var steps []step
	spots := w.depots[depotID].spots()
	somewhere := func() spot { return spots[c.IntN(len(spots))] }
	connection := func() string { return w.defined.Connections[c.IntN(len(w.defined.Connections))].ID }
	for range 1 + c.IntN(3) {
		begins, lasts := c.between(5*time.Minute, span-5*time.Minute), one(c, 5*time.Second, 30*time.Second, 4*time.Minute)
		scene := func(one step) {
			one.number = len(steps)
			one.after = begins + c.between(0, lasts)
			steps = append(steps, one)
		}
		for range 1 + c.IntN(4) {
			scene(step{act: one(c, sells, counts, counts, reportsTo, reportsTo), at: somewhere(), by: c.Int64N(12) - 7})
		}
		if c.in(600) {
			scene(step{act: ticks, what: connection(), by: int64(one(c, 0, 0, 0, 1))})
		}
		if c.in(400) {
			scene(step{act: asks, what: connection(), by: int64(one(c, 0, 0, 0, 1)), at: somewhere(), more: int64(c.IntN(3))})
		}
		if c.in(200) {
			scene(step{act: fetchBad, by: int64(c.IntN(len(fetchFaults)))})
		}
		for range c.IntN(3) {
			scene(step{act: callBad, what: connection(), by: int64(c.IntN(len(callFaults))), more: int64(1 + c.IntN(3))})
		}
		for c.in(350) {
			scene(step{act: dies, by: int64(c.IntN(2)), more: int64(c.IntN(40))})
		}
		if c.in(150) {
			scene(step{act: stands, by: int64(c.IntN(2)), more: int64(c.IntN(40))})
		}
		if c.in(300) {
			scene(step{act: one(c, shops, shops, edits), what: connection(), at: somewhere(), by: 1 + c.Int64N(5)})
		}
		if c.in(300) {
			scene(step{act: answers})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.after, b.after) })
	return steps
}

var fetchFaults = []fetchFault{fetchFails, fetchBusy, fetchCut, fetchEmpty, fetchOld, fetchNulls}

// do does a step.
func (w *world) do(s step) {
	depot := w.depots[depotID]
	switch s.act {
	case sells:
		now := depot.move(s.at, s.by)
		w.tell("the warehouse has %d of %s now", now.available, s.at)
	case counts, reportsTo:
		now := depot.count(s.at, s.by == 0)
		w.tell("the warehouse has %d of %s now", now.available, s.at)
		if s.act == reportsTo {
			w.event(depot, s, now)
		}
	case ticks:
		mode := ledger.Smart
		if s.by == 1 {
			mode = ledger.Full
		}
		w.tick(s.what, mode, s.number)
	case asks:
		mode := ledger.Smart
		if s.by == 1 {
			mode = ledger.Full
		}
		request := workflows.SyncRequest{ID: fmt.Sprintf("request-%d", s.number), By: "ann"}
		if s.more == 0 && mode == ledger.Smart {
			request.SKUs = []string{s.at.sku}
		}
		w.ask(s.what, mode, request)
	case fetchBad:
		depot.fail(fetchFaults[s.by])
	case callBad:
		for range s.more {
			w.shops[s.what].fail(callFaults[s.by])
		}
	case dies:
		p := w.processes[s.by]
		p.mutex.Lock()
		p.fuse = int(s.more)
		p.mutex.Unlock()
	case stands:
		p := w.processes[s.by]
		p.mutex.Lock()
		p.stands, p.span = int(s.more), w.chance(fmt.Sprintf("stand %d", s.number)).between(time.Second, 2*time.Minute)
		p.mutex.Unlock()
	case shops:
		if bought := w.shops[s.what].buy(spot{sku: s.at.sku}, s.by); bought > 0 {
			now := depot.move(s.at, -bought)
			w.tell("a shopper buys %d of %s at %s; the warehouse has %d now", bought, s.at.sku, s.what, now.available)
		}
	case edits:
		w.shops[s.what].edit(spot{sku: s.at.sku}, s.by)
		w.tell("somebody else sets %s at %s to %d", s.at.sku, s.what, s.by)
	case answers:
		w.answer(workflows.SignalApprove)
	}
}

// count sets a level to a figure that it never had, or to 0.
func (d *depot) count(at spot, zero bool) figure {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if zero {
		return d.change(at, 0)
	}
	return d.change(at, d.number+1)
}

// event sends an update event, once, twice or late.
func (w *world) event(d *depot, s step, now figure) {
	c := w.chance(fmt.Sprintf("event %d", s.number))
	if c.in(100) {
		w.tell("the event of it is lost")
		return
	}
	update := workflows.InventoryUpdate{
		Event: fmt.Sprintf("event-%d", s.number), SKU: s.at.sku, Facility: s.at.facility, Available: new(now.available), ReportedAt: new(now.at),
	}
	times := 1
	if c.in(300) {
		times = 2
	}
	for range times {
		delay := c.between(10*time.Millisecond, 2*time.Second)
		if c.in(200) {
			delay = c.between(time.Minute, 20*time.Minute)
		}
		w.running.Add(1)
		go func() {
			defer w.running.Done()
			time.Sleep(delay)
			w.tell("the event of %s=%d arrives", s.at, now.available)
			w.server.signalWithStart(workflows.IntakeID(d.id), workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: d.id},
				workflows.SignalInventoryUpdated, workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{update}})
		}()
	}
}

// tick is a schedule that starts a run, unless its last one is open.
func (w *world) tick(connection string, mode ledger.Mode, number int) {
	prefix := workflows.WorkflowID(mode, connection)
	for _, x := range w.server.opened() {
		if len(x.id) > len(prefix)+1 && x.id[:len(prefix)+1] == prefix+"-" {
			return
		}
	}
	id := prefix + time.Now().UTC().Format("-2006-01-02T15:04:05Z")
	w.tell("the schedule starts %s", id)
	w.server.start(id, workflows.WorkflowType(mode), workflows.SyncInput{Connection: connection, Trigger: ledger.TriggerSchedule}, "")
}

// ask asks for a sync.
func (w *world) ask(connection string, mode ledger.Mode, request workflows.SyncRequest) {
	w.tell("%s asks for a %s sync of %s %v", request.By, mode, connection, request.SKUs)
	w.server.signalWithStart(workflows.WorkflowID(mode, connection), workflows.WorkflowType(mode), workflows.SyncInput{Connection: connection},
		workflows.SignalSyncRequested, request)
}

// answer answers all that waits for a person.
func (w *world) answer(decision string) bool {
	holds, err := w.ledger.OpenHolds(everywhere)
	must(err)
	for _, hold := range holds {
		if x := w.server.find(hold.Workflow); x != nil {
			w.tell("ann says %s to run %d of %s: %s", decision, hold.Run, hold.Workflow, hold.Reason)
			x.env.SignalWorkflow(decision, workflows.Decision{By: "ann"})
		}
	}
	return len(holds) > 0
}

const depotID = "depot"

// enable asks for the first Full Sync of each connection, as it is asked for when a person enables one.
func (w *world) enable() {
	for _, c := range w.defined.Connections {
		w.ask(c.ID, ledger.Full, workflows.SyncRequest{ID: "enabled", By: "ann"})
	}
}

// define draws a world: its warehouse, its stores and what they have to do with each other.
func (w *world) define() {
	c := w.chance("world")
	depot := newDepot(w, depotID)
	w.depots[depotID] = depot
	facilities := [][]string{{""}, {""}, {"east", "west"}}[c.IntN(3)]
	for n := range 3 + c.IntN(5) {
		for _, facility := range facilities {
			depot.count(spot{facility, fmt.Sprintf("SKU-%02d", n)}, false)
		}
	}
	d := ledger.Definitions{Warehouses: []ledger.Warehouse{{
		ID: depotID, Merchant: "acme", Driver: driverName, Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
		Guard:     ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2},
		Freshness: one(c, 0, time.Minute),
	}}}
	for _, id := range []string{"north", "south"}[:one(c, 1, 1, 1, 2)] {
		w.shops[id] = newShop(w, id, one(c, perItem, whole, reports, singular), w.chance("store "+id))
		d.Stores = append(d.Stores, ledger.Store{ID: id, Merchant: "acme", Driver: driverName, BatchSize: one(c, 0, 0, 2)})
		d.Connections = append(d.Connections, ledger.Connection{
			ID: id, Merchant: "acme", Warehouse: depotID, Store: id, Enabled: true,
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "UTC", Overlap: one(c, ledger.OverlapSkip, ledger.OverlapBuffer), Unlisted: inventory.UnlistedPush,
				Smart: []ledger.Rule{{Every: time.Hour}},
			},
		})
	}
	w.defined = d
	_, err := w.ledger.Apply(everywhere, d, ledger.ApplyOptions{})
	must(err)
}

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
	Number int           `json:"n"`
	After  time.Duration `json:"after"`
	Act    act           `json:"act"`
	What   string        `json:"what,omitempty"` // the connection, whose store has the same id
	At     spot          `json:"at,omitzero"`
	By     int64         `json:"by,omitempty"`
	More   int64         `json:"more,omitempty"`
}

type act string

// What can happen.
const (
	sells     act = "sells"        // the warehouse sells or restocks
	counts    act = "counts"       // the warehouse's figure is set anew
	reportsTo act = "reports"      // and sends an event
	uploads   act = "uploads"      // the warehouse writes a file, which comes later
	renames   act = "renames"      // a facility has another name
	ticks     act = "ticks"        // a schedule starts a run
	asks      act = "asks"         // somebody asks for a sync
	fetchBad  act = "fetch fault"  // the next fetch goes wrong
	callBad   act = "call fault"   // the next calls go wrong
	forgets   act = "forgets"      // a store has other ids for its items
	refuses   act = "refuses"      // a store takes an item no more
	dies      act = "dies"         // a worker dies after some steps
	stands    act = "stands still" // and this one goes on
	grows     act = "grows"        // the histories of what is open are long
	shops     act = "shops"        // a shopper buys in a store
	edits     act = "edits"        // somebody else writes
	answers   act = "approves"
	rejects   act = "rejects"
	cancels   act = "cancels"
	kills     act = "terminates"
	resets    act = "resets"    // to an earlier step
	flaps     act = "flaps"     // every other fetch fails
	flutters  act = "flutters"  // a figure goes there and back, and each time there is an event
	rewinds   act = "rewinds"   // the warehouse is put back as it was
	halves    act = "halves"    // a store takes half as many calls from now on
	revokes   act = "revokes"   // a store does not take the key for some minutes
	redefines act = "redefines" // the configuration changes
	backsUp   act = "backs up"
	restores  act = "restores" // the ledger is put back as it was
)

// span is how long a history lasts before it becomes calm.
const span = 40 * time.Minute

// plan draws the steps of a history. They come in scenes of a few minutes, so that what goes wrong meets what is under way.
func plan(c *chance, s setting) []step {
	var steps []step
	somewhere := func() spot { return spot{one(c, s.Facilities...), fmt.Sprintf("SKU-%02d", c.IntN(s.SKUs))} }
	connection := func() string { return one(c, s.Stores...).ID }
	for range 1 + c.IntN(3) {
		begins, lasts := c.between(5*time.Minute, span-5*time.Minute), one(c, 5*time.Second, 30*time.Second, 4*time.Minute)
		scene := func(one step) {
			one.Number = len(steps)
			one.After = begins + c.between(0, lasts)
			steps = append(steps, one)
		}
		for range 1 + c.IntN(4) {
			scene(step{Act: one(c, sells, counts, counts, reportsTo, reportsTo), At: somewhere(), By: c.Int64N(12) - 7})
		}
		if c.in(600) {
			scene(step{Act: ticks, What: connection(), By: int64(one(c, 0, 0, 0, 1))})
		}
		if c.in(400) {
			scene(step{Act: asks, What: connection(), By: int64(one(c, 0, 0, 0, 1)), At: somewhere(), More: int64(c.IntN(3))})
		}
		if c.in(200) {
			scene(step{Act: fetchBad, By: int64(c.IntN(len(fetchFaults)))})
		}
		for range c.IntN(3) {
			scene(step{Act: callBad, What: connection(), By: int64(c.IntN(len(callFaults))), More: int64(1 + c.IntN(3))})
		}
		for c.in(350) {
			scene(step{Act: dies, By: int64(c.IntN(2)), More: int64(c.IntN(40))})
		}
		if c.in(150) {
			scene(step{Act: stands, By: int64(c.IntN(2)), More: int64(c.IntN(40))})
		}
		if c.in(300) {
			scene(step{Act: one(c, shops, shops, edits), What: connection(), At: somewhere(), By: 1 + c.Int64N(5)})
		}
		if c.in(300) {
			scene(step{Act: one(c, answers, answers, rejects)})
		}
		if c.in(120) {
			scene(step{Act: redefines, What: connection(), By: one[int64](c, anotherStrategy, otherLocations, onOrOff), More: c.Int64N(strategies)})
		}
		for _, seldom := range []act{resets, flaps, flutters, rewinds, halves, revokes} {
			if c.in(70) {
				scene(step{Act: seldom, What: connection(), At: somewhere(), By: c.Int64N(6), More: c.Int64N(6)})
			}
		}
		for _, rare := range []act{uploads, renames, forgets, refuses, grows, cancels, kills, redefines} {
			if c.in(60) {
				scene(step{Act: rare, What: connection(), At: somewhere(), By: c.Int64N(4)})
			}
		}
		if c.in(60) {
			scene(step{Act: backsUp})
			scene(step{Act: restores})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.After, b.After) })
	return steps
}

var fetchFaults = []fetchFault{fetchFails, fetchBusy, fetchCut, fetchEmpty, fetchOld, fetchNulls}

// do does a step.
func (w *world) do(s step) {
	depot := w.depots[depotID]
	switch s.Act {
	case sells:
		now := depot.move(s.At, s.By)
		w.tell("the warehouse has %d of %s now", now.available, s.At)
	case counts, reportsTo:
		now := depot.count(s.At, s.By == 0)
		w.tell("the warehouse has %d of %s now", now.available, s.At)
		if s.Act == reportsTo {
			w.event(depot, s, now)
		}
	case uploads:
		w.upload(depot, s)
	case renames:
		depot.rename(s.At.Facility)
	case ticks:
		w.tick(s.What, modeOf(s.By))
	case asks:
		request := workflows.SyncRequest{ID: fmt.Sprintf("request-%d", s.Number), By: "ann"}
		if s.More == 0 && modeOf(s.By) == ledger.Smart {
			request.SKUs = []string{s.At.SKU}
		}
		w.ask(s.What, modeOf(s.By), request)
	case flaps:
		for n := range s.More {
			depot.fail(fetchFaults[(s.By+n)%int64(len(fetchFaults))], fetchFine)
		}
	case flutters:
		w.flutter(depot, s)
	case rewinds:
		depot.rewind(time.Duration(1+s.By) * time.Minute)
	case halves:
		w.shops[s.What].halve()
	case revokes:
		w.shops[s.What].revoke(time.Duration(1+s.More) * time.Minute)
	case fetchBad:
		depot.fail(fetchFaults[s.By])
	case callBad:
		for range s.More {
			w.shops[s.What].fail(callFaults[s.By])
		}
	case forgets:
		w.shops[s.What].forget()
	case refuses:
		w.shops[s.What].refuse(s.At.SKU)
	case dies, stands:
		w.processes[s.By].break_(s, w.chance(fmt.Sprintf("stand %d", s.Number)).between(time.Second, 2*time.Minute))
	case grows:
		for _, x := range w.server.opened() {
			x.env.SetContinueAsNewSuggested(true)
		}
	case shops:
		if bought := w.shops[s.What].buy(w.placeAt(s), s.By); bought > 0 {
			now := depot.move(s.At, -bought)
			w.tell("a shopper buys %d of %s at %s; the warehouse has %d now", bought, s.At.SKU, s.What, now.available)
		}
	case edits:
		w.shops[s.What].edit(w.placeAt(s), s.By)
		w.tell("somebody else sets %s at %s to %d", w.placeAt(s), s.What, s.By)
	case answers:
		w.answer(workflows.SignalApprove)
	case rejects:
		w.answer(workflows.SignalReject)
	case cancels, kills, resets:
		w.stop(s)
	case redefines:
		w.redefine(s)
	case backsUp:
		w.backUp()
	case restores:
		w.restore()
	}
}

func modeOf(by int64) ledger.Mode {
	if by == 1 {
		return ledger.Full
	}
	return ledger.Smart
}

// break_ has a process die after some steps, or stand still for a while.
func (p *process) break_(s step, span time.Duration) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if s.Act == dies {
		p.fuse = int(s.More)
		return
	}
	p.stands, p.span = int(s.More), span
}

// stop cancels or terminates a workflow that is open.
func (w *world) stop(s step) {
	open := w.server.opened()
	if len(open) == 0 {
		return
	}
	x := open[int(s.By)%len(open)]
	w.tell("bob %s %s", s.Act, x.id)
	switch s.Act {
	case cancels:
		x.env.CancelWorkflow()
	case kills:
		x.terminate()
	case resets:
		w.server.reset(x, int(s.More))
	}
}

// upload writes a file of the whole stock, which is sent after a while.
func (w *world) upload(d *depot, s step) {
	c := w.chance(fmt.Sprintf("upload %d", s.Number))
	now := time.Now().UTC()
	var levels []inventory.Level
	d.mutex.Lock()
	for _, at := range d.spots() {
		levels = append(levels, inventory.Level{Facility: at.Facility, SKU: at.SKU, Available: d.stock[at].available, ReportedAt: d.stock[at].at})
	}
	d.mutex.Unlock()
	w.tell("the warehouse writes a file of %d levels", len(levels))
	w.coming.Add(1)
	w.running.Go(func() {
		defer w.coming.Add(-1)
		time.Sleep(c.between(time.Second, 10*time.Minute))
		id, err := w.ledger.StageUpload(everywhere, ledger.SnapshotStart{Warehouse: d.id, Now: time.Now()})
		must(err)
		must(w.ledger.StageRows(everywhere, id, levels, nil))
		w.tell("the file as of %s is sent", clock(now))
		w.server.signalWithStart(workflows.IntakeID(d.id), workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: d.id}, workflows.SignalInventoryUpdated,
			workflows.InventoryUpdated{Snapshot: &workflows.UploadedSnapshot{ID: id, Full: true, Rows: len(levels), AsOf: &now, From: "the file"}})
	})
}

// rename gives a facility another name. One that has none is the only one.
func (d *depot) rename(facility string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if facility == "" || d.renamed[facility] {
		return
	}
	d.renamed[facility] = true
	for _, at := range d.spots() {
		if at.Facility == facility {
			to := spot{facility + " two", at.SKU}
			d.change(to, d.stock[at].available)
			delete(d.stock, at)
		}
	}
	d.world.tell("the facility %s is called %s two from now on", facility, facility)
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
	w.eventOf(d, s, now, fmt.Sprintf("event %d", s.Number), fmt.Sprintf("event-%d", s.Number))
}

// flutter has a figure go there and back. It is at last what it was.
func (w *world) flutter(d *depot, s step) {
	c := w.chance(fmt.Sprintf("flutter %d", s.Number))
	w.coming.Add(1)
	w.running.Go(func() {
		defer w.coming.Add(-1)
		by := 1 + s.By
		for n := range 2 * (1 + s.More) {
			now := d.move(s.At, by)
			w.tell("the warehouse has %d of %s now", now.available, s.At)
			w.eventOf(d, s, now, fmt.Sprintf("event %d %d", s.Number, n), fmt.Sprintf("event-%d-%d", s.Number, n))
			time.Sleep(c.between(time.Second, 20*time.Second))
			by = -by
		}
	})
}

func (w *world) eventOf(d *depot, s step, now figure, chanceOf, id string) {
	c := w.chance(chanceOf)
	if c.in(100) {
		w.tell("the event of it is lost")
		return
	}
	update := workflows.InventoryUpdate{
		Event: id, SKU: s.At.SKU, Facility: s.At.Facility, Available: new(now.available), ReportedAt: new(now.at),
	}
	if w.setting.Untimed {
		update.ReportedAt, update.Sequence = nil, now.number
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
		w.coming.Add(1)
		w.running.Go(func() {
			defer w.coming.Add(-1)
			time.Sleep(delay)
			w.tell("the event of %s=%d arrives", s.At, now.available)
			d.reported(s.At, now)
			w.server.signalWithStart(workflows.IntakeID(d.id), workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: d.id},
				workflows.SignalInventoryUpdated, workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{update}})
		})
	}
}

// tick is a schedule that starts a run, unless its last one is open.
func (w *world) tick(connection string, mode ledger.Mode) {
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
			w.absent = w.absent || hold.Kind == ledger.HoldSnapshot && decision == workflows.SignalApprove
			x.signal(decision, workflows.Decision{By: "ann"})
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

// setting is a world before anything happens in it.
type setting struct {
	Facilities []string        `json:"facilities"`
	SKUs       int             `json:"skus"`
	Untimed    bool            `json:"untimed,omitempty"` // events have numbers and no times, and rows are as of their snapshot
	Freshness  time.Duration   `json:"freshness,omitempty"`
	Overlap    ledger.Overlap  `json:"overlap"`
	Stores     []storeSetting  `json:"stores"`
	Strategy   bool            `json:"strategy,omitempty"`
	Bundle     bool            `json:"bundle,omitempty"`
	Listed     map[string]bool `json:"listed,omitempty"` // by SKU
}

type storeSetting struct {
	ID      string     `json:"id"`
	Kind    answerKind `json:"kind"`
	Names   bool       `json:"names,omitempty"` // a refusal of a whole call names the items
	Keys    bool       `json:"keys,omitempty"`
	Compare bool       `json:"compare,omitempty"`
	Finds   bool       `json:"finds,omitempty"`
	Most    int        `json:"most"`            // items in a call
	Batch   int        `json:"batch,omitempty"` // as a person set it
	Rate    float64    `json:"rate"`
	Burst   float64    `json:"burst"`
	Calls   int        `json:"calls"`
	Tickets int        `json:"tickets,omitempty"`
	Top     int64      `json:"top,omitempty"`   // the most that it shows of an item
	Split   bool       `json:"split,omitempty"` // it has a location for each facility
}

// draw draws a setting.
func draw(c *chance) setting {
	s := setting{
		Facilities: one(c, []string{""}, []string{""}, []string{"east", "west"}), SKUs: 3 + c.IntN(4), Untimed: c.in(250),
		Freshness: one(c, 0, time.Minute), Overlap: one(c, ledger.OverlapSkip, ledger.OverlapBuffer), Strategy: c.in(100), Bundle: c.in(200),
		Listed: map[string]bool{},
	}
	for n := range s.SKUs {
		if c.in(100) {
			s.Listed[fmt.Sprintf("SKU-%02d", n)] = true
		}
	}
	for _, id := range []string{"north", "south", "west"}[:one(c, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3)] {
		store := storeSetting{
			ID: id, Kind: one(c, perItem, whole, reports, singular), Names: c.in(600), Keys: c.in(500), Most: 2 + c.IntN(6), Batch: one(c, 0, 0, 2),
			Rate: 1 + 4*c.Float64(), Burst: float64(5 + c.IntN(20)), Calls: 1 + c.IntN(3), Finds: c.in(200),
		}
		switch store.Kind {
		case singular:
			store.Most = 1
		case reports:
			store.Keys, store.Tickets = true, c.IntN(3)
		case perItem:
			store.Compare = c.in(400)
		}
		if c.in(100) {
			store.Top = 3 + c.Int64N(10)
		}
		store.Split = len(s.Facilities) > 1 && c.in(600)
		s.Stores = append(s.Stores, store)
	}
	s.Strategy = s.Strategy || len(s.Stores) > 1 && c.in(400)
	return s
}

// define makes the world that a setting describes.
func (w *world) define(s setting) {
	depot := newDepot(w, depotID)
	w.setting, w.depots[depotID], w.shared = s, depot, s.Strategy
	for n := range s.SKUs {
		for _, facility := range s.Facilities {
			depot.count(spot{facility, fmt.Sprintf("SKU-%02d", n)}, false)
		}
	}
	w.defined = ledger.Definitions{Warehouses: []ledger.Warehouse{{
		ID: depotID, Merchant: "acme", Driver: driverName, Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep, Freshness: s.Freshness,
		Guard: ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2},
	}}}
	for _, store := range s.Stores {
		w.shops[store.ID] = newShop(w, store)
		w.defined.Stores = append(w.defined.Stores, ledger.Store{ID: store.ID, Merchant: "acme", Driver: driverName, BatchSize: store.Batch})
		w.defined.Connections = append(w.defined.Connections, ledger.Connection{
			ID: store.ID, Merchant: "acme", Warehouse: depotID, Store: store.ID, Enabled: true,
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "UTC", Overlap: s.Overlap, Unlisted: inventory.UnlistedPush, Smart: []ledger.Rule{{Every: time.Hour}},
				Locations: store.locations(s.Facilities),
			},
		})
		for n := range s.SKUs {
			if sku := fmt.Sprintf("SKU-%02d", n); s.Listed[sku] {
				listing := inventory.Listing{SKU: sku, ChannelSKU: "L-" + sku}
				w.defined.Listings = append(w.defined.Listings, ledger.ListingDefinition{Store: store.ID, Listing: listing})
			}
		}
	}
	w.apply()
	if s.Strategy {
		w.redefine(step{By: sharing})
	}
	if s.Bundle {
		w.redefine(step{By: firstBundle})
	}
}

package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// depot is a warehouse: its stock, all that it ever reported of it, and how it answers.
type depot struct {
	world *world
	id    string

	mutex   sync.Mutex
	stock   map[spot]figure
	past    map[spot][]figure // every figure that a level ever had, oldest first
	number  int64             // of the last change
	renamed map[string]bool   // facilities
	came    map[spot]figure   // the newest figure that an event has brought
	fetches int
	faults  []fetchFault // of the next fetches
}

// spot is where a warehouse has a SKU.
type spot struct {
	Facility string `json:"place,omitempty"` // of a store: the location
	SKU      string `json:"sku"`
}

func (s spot) String() string {
	if s.Facility == "" {
		return s.SKU
	}
	return s.SKU + " in " + s.Facility
}

// figure is what a warehouse had from a moment on.
type figure struct {
	available int64
	at        time.Time
	number    int64
}

// fetchFault is what happens to a fetch.
type fetchFault string

// What happens to fetches.
const (
	fetchFails fetchFault = "fails"     // after some pages
	fetchBusy  fetchFault = "is busy"   // and says when to come again
	fetchCut   fetchFault = "is cut"    // rows are missing at the end, and nothing says so
	fetchEmpty fetchFault = "is empty"  // and nothing says so
	fetchOld   fetchFault = "is old"    // what was true some time ago, with its times
	fetchNulls fetchFault = "has nulls" // some rows have no figure
	fetchFine  fetchFault = ""
)

func newDepot(w *world, id string) *depot {
	return &depot{world: w, id: id, stock: map[spot]figure{}, past: map[spot][]figure{}, renamed: map[string]bool{}, came: map[spot]figure{}}
}

// change changes a level.
func (d *depot) change(at spot, available int64) figure {
	d.number++
	now := figure{available: available, at: time.Now().UTC(), number: d.number}
	d.stock[at] = now
	d.past[at] = append(d.past[at], now)
	return now
}

// move changes a level by so many, never below 0.
func (d *depot) move(at spot, by int64) figure {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.change(at, max(d.stock[at].available+by, 0))
}

// spots are the levels in order.
func (d *depot) spots() []spot {
	found := make([]spot, 0, len(d.stock))
	for at := range d.stock {
		found = append(found, at)
	}
	slices.SortFunc(found, func(a, b spot) int { return strings.Compare(a.SKU+"\x00"+a.Facility, b.SKU+"\x00"+b.Facility) })
	return found
}

func (d *depot) fail(faults ...fetchFault) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.faults = append(d.faults, faults...)
}

// rewind gives all levels the figures that they had some time ago: the warehouse's own program was put back from a backup.
func (d *depot) rewind(by time.Duration) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	then := time.Now().Add(-by)
	for _, at := range d.spots() {
		was := slices.DeleteFunc(slices.Clone(d.past[at]), func(one figure) bool { return one.at.After(then) })
		if len(was) > 0 {
			d.change(at, was[len(was)-1].available)
		}
	}
	d.world.tell("the warehouse is put back as it was at %s", clock(then))
}

func (d *depot) next() (number int, fault fetchFault) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.fetches++
	if len(d.faults) > 0 && !d.world.isCalm() {
		fault, d.faults = d.faults[0], d.faults[1:]
	}
	return d.fetches, fault
}

// Check is not asked in a history.
func (d *depot) Check(context.Context) (warehouses.Finding, error) {
	return warehouses.Finding{}, nil
}

const fetchPage = 4

// Fetch reads the stock page by page, as it is at the moment of each page.
func (d *depot) Fetch(ctx context.Context, _ warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	number, fault := d.next()
	chance := d.world.chance(fmt.Sprintf("fetch %s %d", d.id, number))
	if err := nap(ctx, chance.between(10*time.Millisecond, time.Second)); err != nil {
		return warehouses.Snapshot{}, err
	}
	if fault != "" {
		d.world.tell("the fetch %d of %s %s", number, d.id, fault)
	}
	since := time.Now().UTC()
	if fault == fetchOld {
		since = since.Add(-chance.between(time.Minute, time.Hour))
	}
	if fault == fetchBusy {
		return warehouses.Snapshot{}, &warehouses.Error{Next: warehouses.Wait, Until: since.Add(20 * time.Second), Reason: "busy"}
	}
	d.mutex.Lock()
	all := d.spots()
	d.mutex.Unlock()
	total := len(all)
	switch fault {
	case fetchCut:
		all = all[:chance.IntN(len(all))]
	case fetchEmpty:
		all = nil
	}
	rows := 0
	for page := range slices.Chunk(all, fetchPage) {
		if err := nap(ctx, chance.between(time.Millisecond, 300*time.Millisecond)); err != nil {
			return warehouses.Snapshot{}, err
		}
		if fault == fetchFails && chance.in(500) {
			return warehouses.Snapshot{}, &warehouses.Error{Next: warehouses.Retry, Reason: "the connection was reset"}
		}
		var read []inventory.Row
		for _, at := range page {
			row, ok := d.row(at, since, fault == fetchOld)
			if !ok {
				continue
			}
			if fault == fetchNulls && chance.in(30) {
				row.Available, row.Problem = nil, "no figure"
			}
			read = append(read, row)
		}
		rows += len(read)
		if err := sink(ctx, read); err != nil {
			return warehouses.Snapshot{}, err
		}
	}
	if fault == fetchFails {
		return warehouses.Snapshot{}, &warehouses.Error{Next: warehouses.Retry, Reason: "the connection was reset"}
	}
	d.world.tell("%s was read: %d of %d levels, as of %s", d.id, rows, total, clock(since))
	return warehouses.Snapshot{Full: true, Rows: rows, AsOf: since, From: "the stock"}, nil
}

// row is a level as the warehouse reports it: as it is now, or as it was.
func (d *depot) row(at spot, since time.Time, old bool) (inventory.Row, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	now := d.stock[at]
	if old {
		past := slices.DeleteFunc(slices.Clone(d.past[at]), func(one figure) bool { return one.at.After(since) })
		if len(past) == 0 {
			return inventory.Row{}, false
		}
		now = past[len(past)-1]
	}
	row := inventory.Row{Facility: at.Facility, SKU: at.SKU, Available: new(now.available), ReportedAt: now.at}
	if d.world.setting.Untimed {
		row.ReportedAt = time.Time{}
	}
	return row, true
}

// reported notes that an event has come.
func (d *depot) reported(at spot, now figure) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if now.number > d.came[at].number {
		d.came[at] = now
	}
}

// nap lets time pass, unless the caller gives up.
func nap(ctx context.Context, span time.Duration) error {
	clock := time.NewTimer(span)
	defer clock.Stop()
	select {
	case <-clock.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func clock(at time.Time) string { return at.UTC().Format("15:04:05.000") }

package stock

import "math"

// Change is a sale or a restock.
type Change struct {
	SKU      string
	Facility string
	Before   int64 // available
	After    int64
}

// What a step of trade does, in parts and units.
const (
	restockPart = 0.2
	mostSold    = 4
	leastBought = 5
	mostBought  = 40
)

// Trade makes so many steps: in each of them a level is sold from, or restocked. What is sold is committed until the level is
// restocked, when the parcels have left. Sales take no more than there is; a level that is sold out is restocked instead, so
// every step changes a figure. There is no trade in a warehouse without levels.
func (w *Warehouse) Trade(steps int) []Change {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.count == 0 {
		return nil
	}
	at := w.now().UnixMicro()
	changes := make([]Change, 0, steps)
	for range steps {
		w.steps++
		i := w.draws.Below(w.steps, "which is traded", w.count)
		r := w.change(i)
		before := r.available
		if r.available <= 0 || w.draws.Unit(w.steps, "restock") < restockPart {
			r.available += int64(leastBought + w.draws.Below(w.steps, "bought", mostBought-leastBought+1))
			r.committed = 0
		} else {
			sold := min(r.available, int64(1+w.draws.Below(w.steps, "sold", mostSold)))
			r.available -= sold
			r.committed = int32(min(int64(r.committed)+sold, math.MaxInt32))
		}
		r.reportedAt = at
		changes = append(changes, Change{SKU: nameOf(i, w.generated, w.names), Facility: w.facilities[r.facility], Before: before, After: r.available})
	}
	return changes
}

func nameOf(i, generated int, names []string) string {
	if i < generated {
		return string(appendName(nil, i))
	}
	return names[i-generated]
}

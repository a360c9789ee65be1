package workflows

import (
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// batch holds what an intake has read and not recorded yet. All of it is decided here, without Temporal.
type batch struct {
	updates   []InventoryUpdate
	snapshots []UploadedSnapshot
	refused   int64 // updates that are too long to be handled, or cannot be read
	bytes     int
}

// batchBytes bounds the names in a batch, so that with everything around them, and escaped as badly as can be, they stay under
// the 2 MB that a Temporal server takes as one payload.
const batchBytes = 256 << 10

// problemBytes is how much is kept of why an update was refused.
const problemBytes = 512

// add takes a signal in. An update that says nothing of its time is as new as its arrival, however long it takes to be recorded:
// a snapshot that is taken meanwhile is newer.
func (b *batch) add(signal InventoryUpdated, now time.Time) {
	b.refused += int64(signal.unreadable)
	for _, update := range signal.Updates {
		if len(update.Event) > inventory.MaxSKUBytes || len(update.SKU) > inventory.MaxSKUBytes || len(update.Facility) > inventory.MaxSKUBytes {
			b.refused++
			continue
		}
		update.ReceivedAt, update.Problem = &now, update.Problem[:min(len(update.Problem), problemBytes)]
		b.updates = append(b.updates, update)
		b.bytes += size(update)
	}
	if signal.Snapshot != nil {
		b.snapshots = append(b.snapshots, *signal.Snapshot)
	}
}

func size(update InventoryUpdate) int {
	return len(update.Event) + len(update.SKU) + len(update.Facility) + len(update.Problem)
}

// full is true when nothing more should be read before some of it is recorded.
func (b *batch) full() bool {
	return len(b.updates) >= MaximumUpdates || b.bytes >= batchBytes || len(b.snapshots) > 0
}

func (b *batch) empty() bool { return len(b.updates) == 0 && len(b.snapshots) == 0 && b.refused == 0 }

// next takes as much as is recorded at once; the rest stays.
func (b *batch) next() batch {
	taken := batch{snapshots: b.snapshots, refused: b.refused}
	n := 0
	for n < min(len(b.updates), MaximumUpdates) && (n == 0 || taken.bytes+size(b.updates[n]) <= batchBytes) {
		taken.bytes += size(b.updates[n])
		n++
	}
	taken.updates = b.updates[:n:n]
	*b = batch{updates: b.updates[n:], bytes: b.bytes - taken.bytes}
	return taken
}

// back puts back what was taken and not recorded, before what was read meanwhile.
func (b *batch) back(taken batch) {
	b.updates = append(taken.updates[:len(taken.updates):len(taken.updates)], b.updates...)
	b.snapshots = append(taken.snapshots[:len(taken.snapshots):len(taken.snapshots)], b.snapshots...)
	b.refused += taken.refused
	b.bytes = 0
	for _, update := range b.updates {
		b.bytes += size(update)
	}
}

// Bounds of what an intake hands to itself. They are for names that are escaped as badly as can be, at six bytes for one, and leave half
// of the 2 MB that a Temporal server takes as one payload to the requests that are to be made and the report.
const (
	carriedBytes     = 1 << 20
	escaped          = 6
	updateBytes      = 320 // what an update takes beside its names
	mostRequests     = 4
	mostRequestBytes = 64 << 10
)

// portable is true when a payload holds what was read and not recorded.
func (b *batch) portable() bool {
	carried := escaped*b.bytes + updateBytes*(len(b.updates)+len(b.snapshots))
	for _, snapshot := range b.snapshots {
		carried += escaped * len(snapshot.From)
	}
	return carried <= carriedBytes
}

// tooManyRequests is true when requests that are to be made should become one for everything: what they are about is in the ledger, so
// that one finds it.
func tooManyRequests(requests []IntakeRequest) bool {
	bytes := 0
	for _, request := range requests {
		bytes += bytesOf(request.SKUs)
	}
	return len(requests) > mostRequests || bytes > mostRequestBytes
}

// parts cuts SKUs into as few parts as requests take.
func parts(skus []string, most int) [][]string {
	var cut [][]string
	for len(skus) > 0 {
		n := min(most, len(skus))
		cut = append(cut, skus[:n:n])
		skus = skus[n:]
	}
	return cut
}

package workflows

import (
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// batch holds what an intake has read and not recorded yet. It is pure: it decides without Temporal.
type batch struct {
	updates   []InventoryUpdate
	snapshots []UploadedSnapshot
	refused   int64 // how many updates were too long or unreadable
	bytes     int
}

// batchBytes bounds the bytes of the names in a batch, so that the payload stays under the 2 MB that a Temporal server accepts, even where every byte
// must be escaped.
const batchBytes = 256 << 10

// problemBytes bounds the reason for which an update is refused.
const problemBytes = 512

// add takes a signal in. An update without a time of its own is as new as its arrival, however late it is recorded: a snapshot that is taken meanwhile
// is newer.
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

// full is true when part of the batch must be recorded before more is read.
func (b *batch) full() bool {
	return len(b.updates) >= MaximumUpdates || b.bytes >= batchBytes || len(b.snapshots) > 0
}

func (b *batch) empty() bool { return len(b.updates) == 0 && len(b.snapshots) == 0 && b.refused == 0 }

// next takes out as much as is recorded in one step.
func (b *batch) next() batch {
	portion := batch{snapshots: b.snapshots, refused: b.refused}
	n := 0
	for n < min(len(b.updates), MaximumUpdates) && (n == 0 || portion.bytes+size(b.updates[n]) <= batchBytes) {
		portion.bytes += size(b.updates[n])
		n++
	}
	portion.updates = b.updates[:n:n]
	*b = batch{updates: b.updates[n:], bytes: b.bytes - portion.bytes}
	return portion
}

// putBack puts back what next took out and was not recorded, before what was read meanwhile.
func (b *batch) putBack(taken batch) {
	b.updates = append(taken.updates[:len(taken.updates):len(taken.updates)], b.updates...)
	b.snapshots = append(taken.snapshots[:len(taken.snapshots):len(taken.snapshots)], b.snapshots...)
	b.refused += taken.refused
	b.bytes = 0
	for _, update := range b.updates {
		b.bytes += size(update)
	}
}

// Bounds of the input with which an intake continues as new. They assume that every byte of a name is escaped, which takes six bytes, and leave half of
// the 2 MB that a Temporal server accepts to the requests that are to be made and the report.
const (
	carriedBytes     = 1 << 20
	escaped          = 6   // bytes for one escaped byte
	updateBytes      = 320 // bytes of an update beside its names
	mostRequests     = 4
	mostRequestBytes = 64 << 10
)

// portable is true when the batch fits into a payload.
func (b *batch) portable() bool {
	carried := escaped*b.bytes + updateBytes*(len(b.updates)+len(b.snapshots))
	for _, snapshot := range b.snapshots {
		carried += escaped * len(snapshot.From)
	}
	return carried <= carriedBytes
}

// tooManyRequests is true when requests that are to be made should be replaced by one for everything. That one finds all their changes, which are in
// the ledger.
func tooManyRequests(requests []IntakeRequest) bool {
	bytes := 0
	for _, request := range requests {
		bytes += bytesOf(request.SKUs)
	}
	return len(requests) > mostRequests || bytes > mostRequestBytes
}

// chunks cuts SKUs into parts of at most so many.
func chunks(skus []string, most int) [][]string {
	var chunks [][]string
	for len(skus) > 0 {
		n := min(most, len(skus))
		chunks = append(chunks, skus[:n:n])
		skus = skus[n:]
	}
	return chunks
}

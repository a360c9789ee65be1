// Package check judges what a store was told by what its warehouse reported. What it knows of the one is what the sandbox recorded, and of
// the other what the test itself has told the warehouse. It imports nothing of Tidemark, so that no mistake of Tidemark's is also its judge's.
//
// Its one condition is that the figures of a SKU can be told apart: each but 0 is reported once at most.
package check

import (
	"fmt"
	"slices"
	"time"
)

// Report is a figure that a warehouse has from a moment on.
type Report struct {
	SKU    string
	Figure int64
	At     time.Time // just before the warehouse was told of it
}

// Write is an item of a call that a store has applied.
type Write struct {
	SKU    string    `json:"sku"`
	Figure int64     `json:"quantity"`
	At     time.Time `json:"at"`
	Call   int64     `json:"call"`
}

// Call is a call that a store has had.
type Call struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"`
	Method  string    `json:"method"`
	Key     string    `json:"key"`
	Body    string    `json:"body_sha256"`
	Applied int64     `json:"applied"`
}

// Store is what a store shows and was told. Writes and calls are in the order in which they came.
type Store struct {
	Name     string
	Shown    map[string]int64
	Writes   []Write
	Calls    []Call
	Overruns int64 // calls over its limit, as it counted them
}

// Verdict is what a store was told that it should not have been told, each as a sentence.
type Verdict struct {
	Lost     []string // a SKU does not show its newest figure
	Stale    []string // a figure was replaced by an older one
	Zeroed   []string // a SKU went to 0 of which no warehouse had said so
	Invented []string // a figure was told that no warehouse had reported by then
	Rekeyed  []string // a key came again with other bytes
	Overruns int64

	Calls int // that carried figures
	Extra int // of these, calls of which nothing was applied, and calls that were sent before
	Again int // of these, calls with the key and the bytes of one before
}

// Held is true when nothing was told that should not have been.
func (v Verdict) Held() bool {
	return len(v.Lost)+len(v.Stale)+len(v.Zeroed)+len(v.Invented)+len(v.Rekeyed) == 0 && v.Overruns == 0
}

// Judge judges a store. It is to show the newest figure of each SKU that is reported, for the faults are over and a sync has ended since.
func Judge(reports []Report, store Store) Verdict {
	verdict := Verdict{Overruns: store.Overruns}
	told := map[string][]Report{}
	for _, report := range reports {
		told[report.SKU] = append(told[report.SKU], report)
	}
	for sku, figures := range told {
		newest := figures[len(figures)-1].Figure
		if shown, is := store.Shown[sku]; !is || shown != newest {
			verdict.Lost = append(verdict.Lost, fmt.Sprintf("%s shows %d of %s (shown at all: %t), and the warehouse has %d", store.Name, shown, sku, is, newest))
		}
	}
	verdict.writes(told, store)
	verdict.calls(store)
	slices.Sort(verdict.Lost)
	return verdict
}

// writes judges the writes.
func (v *Verdict) writes(told map[string][]Report, store Store) {
	newest := map[string]int{} // which of its reports a SKU has come to
	for _, write := range store.Writes {
		which := reported(told[write.SKU], write)
		switch {
		case which < 0 && write.Figure == 0:
			v.Zeroed = append(v.Zeroed, fmt.Sprintf("%s was told 0 of %s by call %d", store.Name, write.SKU, write.Call))
		case which < 0:
			v.Invented = append(v.Invented, fmt.Sprintf("%s was told %d of %s by call %d", store.Name, write.Figure, write.SKU, write.Call))
		case which < newest[write.SKU]:
			v.Stale = append(v.Stale, fmt.Sprintf("%s was told %d of %s by call %d, which is older than %d", store.Name, write.Figure, write.SKU, write.Call,
				told[write.SKU][newest[write.SKU]].Figure))
		default:
			newest[write.SKU] = which
		}
	}
}

// reported is which of a SKU's reports a write is of, the last one that fits; -1 when none had been made.
func reported(figures []Report, write Write) int {
	for n, one := range slices.Backward(figures) {
		if one.Figure == write.Figure && !one.At.After(write.At) {
			return n
		}
	}
	return -1
}

// calls counts the calls that carried figures, and judges their keys. Where a store has no keys, a call that was sent before has the bytes of
// the one before it.
func (v *Verdict) calls(store Store) {
	bodies, last := map[string]string{}, ""
	for _, call := range store.Calls {
		if call.Method == "GET" {
			continue
		}
		v.Calls++
		before, again := bodies[call.Key]
		if call.Key == "" {
			before, again = last, last != "" && last == call.Body
		}
		if again || call.Applied == 0 {
			v.Extra++
		}
		if again && before == call.Body && call.Key != "" {
			v.Again++
		}
		if again && before != call.Body {
			v.Rekeyed = append(v.Rekeyed, fmt.Sprintf("%s had call %d with the key %s of a call with other bytes", store.Name, call.N, call.Key))
		}
		if last = call.Body; call.Key != "" {
			bodies[call.Key] = call.Body
		}
	}
}

// Twice are the figures that a store has applied by more than one call, each as a sentence. In a store that knows a call by its key, only a Full Sync may do
// so, whose calls are new.
func Twice(store Store) []string {
	var twice []string
	by := map[Report]int64{}
	for _, write := range store.Writes {
		told := Report{SKU: write.SKU, Figure: write.Figure}
		if before, again := by[told]; again && before != write.Call {
			twice = append(twice, fmt.Sprintf("%s was told %d of %s by calls %d and %d", store.Name, write.Figure, write.SKU, before, write.Call))
		}
		by[told] = write.Call
	}
	return twice
}

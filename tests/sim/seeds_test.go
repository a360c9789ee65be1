package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// whyKept says of each kept history what it has found.
var whyKept = map[string]string{
	"a held run that the restored ledger does not know": "its workflow never ended",
	"a request of a run that a restore ended":           "it was never answered",
	"an older event after a restore":                    "it was pushed before anything was fetched, over a newer figure",
	"a store that shows less than it was told":          "planted: the figure that it shows instead was not written down",
	"a key that is revoked for a minute":                "planted: the items were taken for what is wrong, and parked",
	"a store whose locations change":                    "planted: nothing was due at the new places",
}

// keptHistories are those that have failed once, or that a bug of tests/mutants fails, by the names of their files in testdata/kept. They are kept as
// they were drawn and shrunk, for a seed draws another history when there is more to draw; and they are played before any other. For them to mean the
// same as the simulator grows, what a setting does not name is not in that world, and what a step names by a number keeps its number.
func keptHistories() (map[string]history, error) {
	files, err := filepath.Glob("testdata/kept/*.json")
	if err != nil {
		return nil, err
	}
	found := map[string]history{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var one history
		if err := json.Unmarshal(content, &one); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		found[filepath.Base(file)] = one
	}
	return found, nil
}

// shrink leaves steps out of a history that breaks a promise, for as long as it still breaks that promise, and returns what is left of it.
func (t *template) shrink(test *testing.T, failed result) result {
	of, drawn := failed.violations[0].of, failed.history
	without := map[int]bool{}
	breaks := func(more []int) bool {
		for _, number := range more {
			without[number] = true
		}
		again := t.run(test, drawn.without(without))
		if slices.ContainsFunc(again.violations, func(one violation) bool { return one.of == of }) {
			failed = again
			return true
		}
		for _, number := range more {
			delete(without, number)
		}
		return false
	}
	for size := max(len(drawn.Steps)/2, 1); ; size /= 2 {
		for steps := range slices.Chunk(drawn.Steps, size) {
			var some []int
			for _, one := range steps {
				if !without[one.Number] {
					some = append(some, one.Number)
				}
			}
			if len(some) > 0 {
				breaks(some)
			}
		}
		if size <= 1 {
			failed.drawn = len(drawn.Steps)
			return failed
		}
	}
}

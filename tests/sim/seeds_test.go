package sim

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// kept are the seeds of histories that have failed once, each with what it showed. They are played before any other.
//
//go:embed testdata/seeds.txt
var kept string

// keptSeeds reads them: a line each, the seed and then, for people, what it showed.
func keptSeeds() ([]uint64, error) {
	var found []uint64
	for number, line := range strings.Split(kept, "\n") {
		text, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if text == "" || text == "#" {
			continue
		}
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("testdata/seeds.txt:%d: %w", number+1, err)
		}
		found = append(found, seed)
	}
	return found, nil
}

// shrink leaves steps out of a history that breaks a promise, for as long as it still breaks that promise, and returns what is left of it.
func (t *template) shrink(test *testing.T, failed result) result {
	of := failed.violations[0].of
	without := map[int]bool{}
	breaks := func(more []int) (result, bool) {
		for _, number := range more {
			without[number] = true
		}
		again := t.run(test, failed.seed, without)
		if slices.ContainsFunc(again.violations, func(one violation) bool { return one.of == of }) {
			return again, true
		}
		for _, number := range more {
			delete(without, number)
		}
		return again, false
	}
	for size := max(failed.steps/2, 1); ; size /= 2 {
		for at := 0; at < failed.steps; at += size {
			var some []int
			for number := at; number < min(at+size, failed.steps); number++ {
				if !without[number] {
					some = append(some, number)
				}
			}
			if len(some) == 0 {
				continue
			}
			if again, still := breaks(some); still {
				again.left = failed.steps - len(without)
				failed = again
			}
		}
		if size == 1 {
			return failed
		}
	}
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// figures are what the commands have measured; nil where one left nothing.
type figures struct {
	sim     *simulated
	chaos   *killed
	mutants *planted
	matrix  *automated
	secrets *searched
	fuzz    *fuzzed
	covered *covered
	repeats *repeated
}

// simulated is bin/sim.json, of `make sim`.
type simulated struct {
	Histories int64            `json:"histories"`
	Broken    map[string]int64 `json:"broken"` // histories by the invariant that they broke: "I2 an update was lost"
}

// killed is bin/chaos/figures.json, of `make chaos`; tests/chaos explains it.
type killed struct {
	Kills       int64 `json:"kills"`
	Points      int64 `json:"points"`
	PointsOf    int64 `json:"points_of"`
	NetFaults   int64 `json:"net_faults"`
	Calls       int64 `json:"calls"`
	Extra       int64 `json:"extra"`
	Lost        int64 `json:"lost"`
	Stale       int64 `json:"stale"`
	Zeroed      int64 `json:"zeroed"`
	Overruns    int64 `json:"overruns"`
	TakeoverP99 int64 `json:"takeover_p99"` // milliseconds
}

// planted is bin/mutants.json, of `make mutants`.
type planted struct {
	Caught int64 `json:"caught"`
	All    int64 `json:"all"` // that there are, planted now or not
}

// automated is bin/matrix.json, of `make check-matrix`.
type automated struct {
	Rows   int64 `json:"rows"`
	Tested int64 `json:"tested"`
	Partly int64 `json:"partly"` // with a reason for the rest
	Not    int64 `json:"not"`    // with a reason
}

// searched is bin/secrets.json, of the test TestNoSecretIsFoundAnywhere.
type searched struct {
	Searched int64 `json:"searched"`
	Found    int64 `json:"found"`
}

// fuzzed is bin/fuzz.json, of `make fuzz`.
type fuzzed struct {
	Targets int64   `json:"targets"`
	Failed  int64   `json:"failed"`
	Seconds float64 `json:"seconds"`
}

// covered is bin/coverage.json, of `make coverage`.
type covered struct {
	Race     bool               `json:"race"`
	Packages map[string]float64 `json:"packages"` // percent of the statements
}

// repeated is bin/repeats.json, of `make repeats`.
type repeated struct {
	Repeats  int64    `json:"repeats"`
	Packages []string `json:"packages"`
	Failed   []string `json:"failed"`
}

// load reads what has been measured.
func load(root string) (figures, error) {
	var f figures
	return f, errors.Join(
		read(root, "bin/sim.json", &f.sim), read(root, "bin/chaos/figures.json", &f.chaos), read(root, "bin/mutants.json", &f.mutants),
		read(root, "bin/matrix.json", &f.matrix), read(root, "bin/secrets.json", &f.secrets), read(root, "bin/fuzz.json", &f.fuzz),
		read(root, "bin/coverage.json", &f.covered), read(root, "bin/repeats.json", &f.repeats),
	)
}

func read[T any](root, name string, into **T) error {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	*into = new(T)
	if err := json.Unmarshal(content, *into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// row is a line of the table.
type row struct {
	what, measured, goal string
	by                   string
	short                bool // of its goal, or not measured
}

// least and none judge a figure by its goal.
func least(n, goal int64) (string, string, bool) {
	return number(n), "at least " + number(goal), n < goal
}

func none(n int64) (string, string, bool) { return number(n), "0", n != 0 }

func all(n, of int64) (string, string, bool) { return number(n) + " of " + number(of), "all", n < of }

// Goals, as they were set for the whole.
const (
	fewestHistories = 20_000
	fewestKills     = 60
	fewestNetFaults = 77 // seven ways from one program to another, and eleven faults of each
	fewestPlanted   = 60
	longestTakeover = 3_000 // milliseconds, of 99 of 100
	leastCovered    = 90.0  // percent of a package's statements
	fewestRepeats   = 50
	mostFaults      = 78 // rows of what may go wrong; `make check-matrix` refuses one without a test that gives no reason
)

const (
	bySim   = "make sim"
	byChaos = "make chaos"
)

// rows are the lines of the table, each with a figure or as not measured.
func (f figures) rows() []row {
	var rows []row
	add := func(what, by string, there bool, judge func() (string, string, bool)) {
		line := row{what: what, by: by, measured: "not measured", short: true}
		if there {
			line.measured, line.goal, line.short = judge()
		}
		rows = append(rows, line)
	}
	sim, chaos := f.sim != nil, f.chaos != nil
	add("histories simulated", bySim, sim, func() (string, string, bool) { return least(f.sim.Histories, fewestHistories) })
	add("of these, histories that broke a promise", bySim, sim, func() (string, string, bool) { return none(f.sim.broke("")) })
	add("processes killed", byChaos, chaos, func() (string, string, bool) { return least(f.chaos.Kills, fewestKills) })
	add("crash points at which one was killed", byChaos, chaos, func() (string, string, bool) { return all(f.chaos.Points, f.chaos.PointsOf) })
	add("times that the network between two programs was disturbed while it was used", byChaos, chaos, func() (string, string, bool) {
		return least(f.chaos.NetFaults, fewestNetFaults)
	})
	both := sim && chaos
	add("updates lost", bySim+", "+byChaos, both, func() (string, string, bool) {
		return none(f.chaos.Lost + f.sim.broke("I2 an update"))
	})
	add("requests lost", bySim, sim, func() (string, string, bool) { return none(f.sim.broke("I2 a request")) })
	add("figures replaced by older ones", bySim+", "+byChaos, both, func() (string, string, bool) { return none(f.chaos.Stale + f.sim.broke("I3")) })
	add("SKUs that absence took to 0", bySim+", "+byChaos, both, func() (string, string, bool) { return none(f.chaos.Zeroed + f.sim.broke("I4")) })
	add("calls over a store's limit", bySim+", "+byChaos, both, func() (string, string, bool) { return none(f.chaos.Overruns + f.sim.broke("I6")) })
	add("histories in which stock was not what it should be, counted twice among it", bySim, sim, func() (string, string, bool) {
		return none(f.sim.broke("I1 "))
	})
	add("calls sent again, or of which nothing was applied", byChaos, chaos, func() (string, string, bool) {
		return number(f.chaos.Extra) + " of " + number(f.chaos.Calls), "", false
	})
	add("until another worker goes on, 99 of 100", byChaos, chaos, func() (string, string, bool) {
		return fmt.Sprintf("%.1f s", float64(f.chaos.TakeoverP99)/1000), "3 s", f.chaos.TakeoverP99 > longestTakeover
	})
	add("planted bugs caught", "make mutants", f.mutants != nil, func() (string, string, bool) {
		measured, goal, short := all(f.mutants.Caught, f.mutants.All)
		return measured, goal, short || f.mutants.All < fewestPlanted
	})
	add("faults that are tested; the others say why not", "make check-matrix", f.matrix != nil, func() (string, string, bool) {
		m := f.matrix
		words := fmt.Sprintf("%d, %d in part, %d not", m.Tested, m.Partly, m.Not)
		return words, "each of 78, or a reason", m.Tested+m.Partly+m.Not < mostFaults
	})
	add("secrets found", "TestNoSecretIsFoundAnywhere", f.secrets != nil, func() (string, string, bool) {
		measured, goal, short := none(f.secrets.Found)
		return measured + " in " + number(f.secrets.Searched) + " searches", goal, short
	})
	add("inputs that a decoder fails at", "make fuzz", f.fuzz != nil, func() (string, string, bool) {
		measured, goal, short := none(f.fuzz.Failed)
		return fmt.Sprintf("%s in %.1f minutes, %d targets", measured, f.fuzz.Seconds/60, f.fuzz.Targets), goal, short
	})
	add("statements that tests run, with the race detector", "make coverage", f.covered != nil, func() (string, string, bool) { return f.covered.judge() })
	add("packages with a test that failed once", "make repeats", f.repeats != nil, func() (string, string, bool) {
		r := f.repeats
		words := fmt.Sprintf("%d of %s, in %d repeats", len(r.Failed), strings.Join(r.Packages, ", "), r.Repeats)
		return words, fmt.Sprintf("0 in %d repeats", fewestRepeats), len(r.Failed) > 0 || r.Repeats < fewestRepeats || len(r.Packages) == 0
	})
	return rows
}

// core are the packages whose statements are to be run by their tests.
var core = []string{"inventory", "ledger", "activities", "workflows", "control", "console"}

// judge holds each package to the goal.
func (c *covered) judge() (measured, goal string, short bool) {
	var each []string
	for _, name := range core {
		percent, there := c.Packages[name]
		short = short || !there || percent < leastCovered
		if there {
			each = append(each, fmt.Sprintf("%s %.1f %%", name, percent))
		}
	}
	measured = strings.Join(each, ", ")
	if !c.Race {
		measured, short = measured+", without it", true
	}
	return measured, fmt.Sprintf("each of %d at least %.0f %%", len(core), leastCovered), short
}

// broke is how many histories broke invariants that begin so.
func (s *simulated) broke(prefix string) int64 {
	var n int64
	for invariant, histories := range s.Broken {
		if strings.HasPrefix(invariant, prefix) {
			n += histories
		}
	}
	return n
}

// table is the rows in Markdown.
func table(rows []row) string {
	var text strings.Builder
	text.WriteString("| what | measured | goal | by |\n|---|---:|---:|---|\n")
	for _, one := range rows {
		measured := one.measured
		if one.short {
			measured = "**" + measured + "**"
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s |\n", one.what, measured, one.goal, code(one.by))
	}
	return text.String()
}

// code marks commands.
func code(commands string) string { return "`" + strings.ReplaceAll(commands, ", ", "`, `") + "`" }

func reached(rows []row) bool {
	for _, one := range rows {
		if one.short {
			return false
		}
	}
	return true
}

// number writes thousands apart: 20,000.
func number(n int64) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

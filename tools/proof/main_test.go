package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// good is a set of figures that reach every goal.
var good = map[string]string{
	"bin/sim.json": `{"histories": 20000, "seconds": 600, "broken": {}}`,
	"bin/chaos/figures.json": `{"kills": 60, "points": 30, "points_of": 30, "net_faults": 77, "calls": 1673, "extra": 44, "lost": 0, "stale": 0, "zeroed": 0, "overruns": 0,
		"takeovers": 75, "takeover_p99": 3000}`,
	"bin/mutants.json":  `{"planted": 60, "caught": 60, "all": 60}`,
	"bin/matrix.json":   `{"rows": 78, "tested": 78, "partly": 0, "not": 0}`,
	"bin/secrets.json":  `{"searched": 5000, "found": 0}`,
	"bin/fuzz.json":     `{"targets": 27, "failed": 0, "seconds": 90}`,
	"bin/coverage.json": `{"race":true,"packages":{"inventory":97.1,"ledger":90,"activities":90,"workflows":90,"control":90,"console":90}}`,
	"bin/repeats.json":  `{"repeats":50,"packages":["push","serve"],"failed":[]}`,
}

// put writes files below a root.
func put(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// tell is the table of figures, and whether they reach every goal.
func tell(t *testing.T, root string) (string, bool) {
	t.Helper()
	var out bytes.Buffer
	reached, err := run(root, false, time.Time{}, &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), reached
}

func TestGoals(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	put(t, root, good)
	if told, reached := tell(t, root); !reached || strings.Contains(told, "**") {
		t.Fatalf("not every goal is reached:\n%s", told)
	}
	// Each figure alone, one step short of its goal, with what the table then says.
	for _, one := range []struct{ file, old, new, want string }{
		{"bin/sim.json", `"histories": 20000`, `"histories": 19999`, "| histories simulated | **19,999** | at least 20,000 | `make sim` |"},
		{"bin/sim.json", `{}`, `{"I5 a call for nothing": 1}`, "| of these, histories that broke a promise | **1** | 0 |"},
		{"bin/sim.json", `{}`, `{"I2 an update was lost": 2}`, "| updates lost | **2** | 0 | `make sim`, `make chaos` |"},
		{"bin/sim.json", `{}`, `{"I2 a request was lost": 1}`, "| requests lost | **1** |"},
		{"bin/sim.json", `{}`, `{"I3 an older figure": 1}`, "| figures replaced by older ones | **1** |"},
		{"bin/sim.json", `{}`, `{"I4 absence became 0": 1}`, "| SKUs that absence took to 0 | **1** |"},
		{"bin/sim.json", `{}`, `{"I6 a limit was exceeded": 1}`, "| calls over a store's limit | **1** |"},
		{"bin/sim.json", `{}`, `{"I1 a store does not show": 1}`, "| histories in which stock was not what it should be, counted twice among it | **1** |"},
		{"bin/chaos/figures.json", `"kills": 60`, `"kills": 59`, "| processes killed | **59** | at least 60 |"},
		{"bin/chaos/figures.json", `"points": 30`, `"points": 29`, "| crash points at which one was killed | **29 of 30** | all |"},
		{
			"bin/chaos/figures.json", `"net_faults": 77`, `"net_faults": 76`,
			"| times that the network between two programs was disturbed while it was used | **76** | at least 77 |",
		},
		{"bin/chaos/figures.json", `"lost": 0`, `"lost": 1`, "| updates lost | **1** |"},
		{"bin/chaos/figures.json", `"stale": 0`, `"stale": 1`, "| figures replaced by older ones | **1** |"},
		{"bin/chaos/figures.json", `"zeroed": 0`, `"zeroed": 1`, "| SKUs that absence took to 0 | **1** |"},
		{"bin/chaos/figures.json", `"overruns": 0`, `"overruns": 1`, "| calls over a store's limit | **1** |"},
		{"bin/chaos/figures.json", `3000`, `3001`, "| until another worker goes on, 99 of 100 | **3.0 s** | 3 s |"},
		{"bin/mutants.json", `"caught": 60`, `"caught": 59`, "| planted bugs caught | **59 of 60** | all |"},
		{"bin/mutants.json", `{"planted": 60, "caught": 60, "all": 60}`, `{"planted": 59, "caught": 59, "all": 59}`, "| planted bugs caught | **59 of 59** |"},
		{"bin/mutants.json", `"all": 60`, `"all": 61`, "| planted bugs caught | **60 of 61** |"},
		{"bin/matrix.json", `"tested": 78`, `"tested": 77`, "**77, 0 in part, 0 not** | each of 78, or a reason | `make check-matrix` |"},
		{"bin/secrets.json", `"found": 0`, `"found": 1`, "| secrets found | **1 in 5,000 searches** | 0 |"},
		{"bin/fuzz.json", `"failed": 0`, `"failed": 1`, "**1 in 1.5 minutes, 27 targets** | 0 | `make fuzz` |"},
		{"bin/coverage.json", `"ledger":90`, `"ledger":89.9`, "| **inventory 97.1 %, ledger 89.9 %, activities"},
		{"bin/coverage.json", `"ledger":90,`, ``, "| **inventory 97.1 %, activities 90.0 %,"},
		{"bin/coverage.json", `"race":true`, `"race":false`, "console 90.0 %, without it** | each of 6 at least 90 % | `make coverage` |"},
		{"bin/repeats.json", `"failed":[]`, `"failed":["push"]`, "| **1 of push, serve, in 50 repeats** | 0 in 50 repeats | `make repeats` |"},
		{"bin/repeats.json", `50`, `49`, "| **0 of push, serve, in 49 repeats** |"},
		{"bin/repeats.json", `["push","serve"]`, `[]`, "| **0 of , in 50 repeats** |"},
	} {
		t.Run(one.new, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			put(t, root, good)
			put(t, root, map[string]string{one.file: strings.Replace(good[one.file], one.old, one.new, 1)})
			told, reached := tell(t, root)
			if reached || !strings.Contains(told, one.want) {
				t.Fatalf("reached: %v; want %s in:\n%s", reached, one.want, told)
			}
		})
	}
}

// What a command has left nothing of is no goal that is reached.
func TestWhatWasNotMeasured(t *testing.T) {
	t.Parallel()
	for missing := range good {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			put(t, root, good)
			if err := os.Remove(filepath.Join(root, missing)); err != nil {
				t.Fatal(err)
			}
			if told, reached := tell(t, root); reached || !strings.Contains(told, "**not measured**") {
				t.Fatalf("reached: %v\n%s", reached, told)
			}
		})
	}
}

func TestFiguresThatCannotBeRead(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	put(t, root, good)
	put(t, root, map[string]string{"bin/fuzz.json": "{"})
	if _, err := run(root, false, time.Time{}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "bin/fuzz.json") {
		t.Fatalf("got %v", err)
	}
}

// The document says when and of which commit, and whether files differed from it.
func TestTheDocument(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	put(t, root, good)
	put(t, root, map[string]string{block.Document: "# Title\n\n" + block.Begin + "before\n" + block.End + "\nMore.\n", ".gitignore": "bin\n", "code.go": "package a\n"})
	for _, arguments := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, arguments...)...).CombinedOutput(); err != nil {
			t.Fatal(string(out))
		}
	}
	commit, err := git(root, "rev-parse", "--short=12", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	for _, want := range []string{"Of 2026-03-01, commit " + commit + ".\n", "Of 2026-03-01, commit " + commit + " with changes.\n"} {
		if reached, err := run(root, true, at, nil); err != nil || !reached {
			t.Fatal(reached, err)
		}
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(block.Document)))
		if err != nil {
			t.Fatal(err)
		}
		if text := string(content); !strings.Contains(text, block.Begin+want+"\n| what | measured |") || strings.Contains(text, "before\n") || !strings.Contains(text, "More.") {
			t.Fatalf("want %q in:\n%s", want, text)
		}
		put(t, root, map[string]string{"code.go": "package b\n"}) // the second time
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := number(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

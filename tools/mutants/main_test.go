package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is a small module with one rule and its tests.
var world = map[string]string{
	"go.mod": "module example.org/world\n\ngo 1.26.0\n",
	"rule/rule.go": `package rule

func Least(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func Unwatched() int { return 1 }
`,
	"rule/rule_test.go": `package rule

import (
	"fmt"
	"os"
	"testing"
	"time"
)

func TestLeast(t *testing.T) {
	t.Run("the first one", func(t *testing.T) {
		if got := Least(1, 2); got != 1 {
			t.Fatalf("got %d", got)
		}
	})
	t.Run("the second", func(t *testing.T) {
		if got := Least(2, 1); got != 1 {
			t.Fatalf("got %d", got)
		}
	})
}

func TestNothing(t *testing.T) {}

func TestSkipped(t *testing.T) { t.Skip("not here") }

func TestAlwaysFails(t *testing.T) { t.Fatal("always") }

func TestBeside(t *testing.T) {
	if Unwatched() != 1 {
		fmt.Println("gone")
		os.Exit(3)
	}
}

func TestSlow(t *testing.T) {
	if Unwatched() != 1 {
		time.Sleep(time.Minute)
	}
}
`,
}

const (
	head = "- name: The greater one is taken.\n  promise: promise 1\n  file: rule/rule.go\n  old: a < b\n  new: a > b\n"
	best = head + "  quick: true\n  caught_by:\n    package: ./rule\n    test: TestLeast/the_first_one\n"
	free = "- name: The other figure.\n  promise: I1\n  file: rule/rule.go\n  old: return 1\n  new: return 2\n  quick: true\n"
	by   = "  caught_by:\n    package: ./rule\n    test: "
)

// build writes the module, with the entries of a room "rule".
func build(t *testing.T, entries string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range world {
		write(t, filepath.Join(root, name), content)
	}
	write(t, filepath.Join(root, entriesFolder, "rule.yaml"), entries)
	return root
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		entries string
		good    bool
		says    []string
	}{
		"caught":                 {best, true, []string{"caught: rule: The greater one is taken. (./rule TestLeast/the_first_one", "1 planted bugs, 1 caught"}},
		"survived":               {free + by + "TestNothing\n", false, []string{"SURVIVED: rule: The other figure.", "tests/mutants/rule.yaml:1", "0 caught, 1 survived"}},
		"the program ends":       {free + by + "TestBeside\n", false, []string{"SOMETHING ELSE FAILED", "gone"}},
		"does not apply":         {strings.Replace(best, "a < b", "a <= b", 1), false, []string{"DOES NOT APPLY", "occurs 0 times in rule/rule.go, not once; correct old"}},
		"applies twice":          {strings.Replace(best, "old: a < b", "old: return", 1), false, []string{"DOES NOT APPLY", "occurs 3 times"}},
		"its file is gone":       {strings.Replace(best, "rule/rule.go", "rule/gone.go", 1), false, []string{"DOES NOT APPLY", "name the file that holds the rule now"}},
		"does not build":         {strings.Replace(best, "new: a > b", "new: a > c", 1), false, []string{"DOES NOT BUILD", "undefined: c"}},
		"no such test":           {free + by + "TestGone\n", false, []string{"NO SUCH TEST"}},
		"no such subtest":        {head + "  quick: true\n" + by + "TestLeast/the_third\n", false, []string{"NO SUCH TEST"}},
		"skipped":                {free + by + "TestSkipped\n", false, []string{"FAILS WITHOUT THE BUG", "skipped"}},
		"fails without the bug":  {free + by + "TestAlwaysFails\n", false, []string{"FAILS WITHOUT THE BUG", "always"}},
		"one of two is survived": {best + strings.Replace(free, "  quick: true\n", "", 1) + by + "TestNothing\n", false, []string{"2 planted bugs, 1 caught, 1 survived"}},
		"hangs until its end":    {free + by + "TestSlow\n", false, []string{"SOMETHING ELSE FAILED", "0 caught, 1 something else failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := build(t, one.entries)
			var out bytes.Buffer
			timeout := time.Minute
			if name == "hangs until its end" {
				timeout = 2 * time.Second
			}
			good, err := run(t.Context(), options{root: root, parallel: 1, timeout: timeout}, &out)
			if err != nil {
				t.Fatal(err)
			}
			if good != one.good {
				t.Errorf("got %v:\n%s", good, out.String())
			}
			for _, words := range one.says {
				if !strings.Contains(out.String(), words) {
					t.Errorf("%q is not in:\n%s", words, out.String())
				}
			}
			unchanged(t, root)
		})
	}
}

// unchanged holds that no file of the tree was touched.
func unchanged(t *testing.T, root string) {
	t.Helper()
	for name, content := range world {
		if found, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(found) != content {
			t.Errorf("%s was changed: %v", name, err)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		with outcome
		want verdict
	}{
		"it fails":                        {outcome{results: map[string]string{"T/a": "fail", "T": "fail"}, failed: true}, caught},
		"its parent fails, and it passes": {outcome{results: map[string]string{"T/a": "pass", "T": "fail"}, failed: true}, otherFailed},
		"the program ends before":         {outcome{failed: true}, otherFailed},
		"it passes":                       {outcome{results: map[string]string{"T/a": "pass"}}, survived},
		"it is skipped":                   {outcome{results: map[string]string{"T/a": "skip"}}, failsAnyway},
		"it did not run":                  {outcome{}, noSuchTest},
		"it does not build":               {outcome{build: "x", failed: true}, doesNotBuild},
	} {
		if got, _ := judge("T/a", one.with); got != one.want {
			t.Errorf("%s: got %s, want %s", name, verdictWords[got], verdictWords[one.want])
		}
	}
}

func TestMistakesOfEntries(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ entries, says string }{
		"a field that there is not": {best + "  catches: x\n", "tests/mutants/rule.yaml:10: "},
		"no list":                   {"name: x\n", "tests/mutants/rule.yaml:1: want a list"},
		"no YAML":                   {"- name: [\n", "tests/mutants/rule.yaml:1: "},
		"a promise that nobody made": {
			strings.Replace(best, "promise 1", "promise 9", 1), `tests/mutants/rule.yaml:1: promise "promise 9" is none of`,
		},
		"nothing changes":    {strings.Replace(best, "a > b", "a < b", 1), "old and new are the same"},
		"no test":            {strings.Replace(best, "    test: TestLeast/the_first_one\n", "", 1), "caught_by with package and test"},
		"outside":            {strings.Replace(best, "rule/rule.go", "../rule.go", 1), "is not below the module"},
		"one name for two":   {best + strings.Replace(best, "  quick: true\n", "", 1), "tests/mutants/rule.yaml:10: the name is taken by tests/mutants/rule.yaml:1"},
		"two that are quick": {best + free + by + "TestNothing\n", "2 entries are marked quick"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := load(build(t, one.entries)); err == nil || !strings.Contains(err.Error(), one.says) {
				t.Errorf("%q is not in: %v", one.says, err)
			}
		})
	}
}

func TestTheDocumentListsTheEntries(t *testing.T) {
	t.Parallel()
	root := build(t, best)
	file := filepath.Join(root, block.Document)
	write(t, file, "# Reliability\n\n"+block.Begin+block.End+"\nMore.\n")
	check := func() error {
		_, err := run(t.Context(), options{root: root, check: true}, new(bytes.Buffer))
		return err
	}
	if err := check(); err == nil || !strings.Contains(err.Error(), "docs/reliability.md:4: the table is not that of") {
		t.Errorf("an empty table is taken: %v", err)
	}
	if _, err := run(t.Context(), options{root: root, write: true}, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if err := check(); err != nil {
		t.Error(err)
	}
	content, _ := os.ReadFile(file)
	if text := string(content); !strings.HasPrefix(text, "# Reliability") || !strings.HasSuffix(text, "\nMore.\n") || !strings.Contains(text, "| rule | The greater one is taken. | promise 1 |") {
		t.Errorf("got %s", text)
	}
	write(t, filepath.Join(root, "rule/rule_test.go"), "package rule\n")
	if err := check(); err == nil || !strings.Contains(err.Error(), "has no test TestLeast") {
		t.Errorf("a test that is gone is not missed: %v", err)
	}
	write(t, filepath.Join(root, "rule/rule.go"), "package rule\n")
	if err := check(); err == nil || !strings.Contains(err.Error(), "occurs 0 times") {
		t.Errorf("an entry that does not apply is not missed: %v", err)
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	root := build(t, best)
	git := func(arguments ...string) {
		t.Helper()
		command := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org"}, arguments...)...)
		command.Dir = root
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %s", arguments, output)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "one")
	chosen := func() int {
		t.Helper()
		entries, err := load(root)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := choose(t.Context(), options{root: root, changed: "HEAD"}, entries)
		if err != nil {
			t.Fatal(err)
		}
		return len(kept)
	}
	if got := chosen(); got != 0 {
		t.Errorf("nothing changed, and %d are chosen", got)
	}
	write(t, filepath.Join(root, "rule/new.go"), "package rule\n")
	if got := chosen(); got != 1 {
		t.Errorf("a new file of the package, and %d are chosen", got)
	}
}

// An interrupted round ends its test programs and leaves no file.
func TestAnInterruptLeavesNothing(t *testing.T) {
	root := build(t, free+by+"TestSlow\n")
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	began := make(chan struct{})
	go func() {
		defer cancel()
		for ctx.Err() == nil { // until the test program that hangs is there
			if found, _ := filepath.Glob(filepath.Join(scratch, "mutants*", "go-build*", "b001", "rule.test")); len(found) > 0 {
				if bugs, _ := filepath.Glob(filepath.Join(scratch, "mutants*", "bug*")); len(bugs) > 0 {
					close(began)
					return
				}
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var out bytes.Buffer
	good, err := run(ctx, options{root: root, parallel: 1, timeout: 30 * time.Second}, &out)
	if err != nil || good || !strings.Contains(out.String(), "1 interrupted") {
		t.Errorf("got %v, %v:\n%s", good, err, out.String())
	}
	<-began
	if left, _ := os.ReadDir(scratch); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

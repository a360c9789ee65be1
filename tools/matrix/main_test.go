package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// world is a small module with a test, a Makefile, and all rows of both matrices.
func world(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	put(t, root, "go.mod", "module example.org/world\n\ngo 1.26.0\n")
	put(t, root, "Makefile", "all:\n\ncheck-it: all\n")
	put(t, root, "rule/rule_test.go", "package rule\n\nimport \"testing\"\n\nfunc TestLeast(t *testing.T) { t.Run(\"the first one\", nil) }\n")
	for _, one := range matrices {
		var rows strings.Builder
		for _, id := range one.ids() {
			fmt.Fprintf(&rows, "- id: %s\n  fault: Something of %s.\n  promise: All is well.\n  tests:\n    ./rule: [TestLeast]\n", id, id)
		}
		put(t, root, one.file, rows.String())
		put(t, root, one.document, "# Title\n\n"+one.block().Begin+one.block().End+"\nMore.\n")
	}
	return root
}

func put(t *testing.T, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// change replaces text of a file, which must be there.
func change(t *testing.T, root, name, old, new string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%q is not in %s", old, name)
	}
	put(t, root, name, strings.Replace(string(content), old, new, 1))
}

func TestRowsOfBothReferences(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, one := range matrices {
		counts[one.file] = len(one.ids())
	}
	if counts["tests/matrix/faults.yaml"] != 78 || counts["tests/matrix/security.yaml"] != 22 {
		t.Errorf("got %v", counts)
	}
}

const (
	faults   = "tests/matrix/faults.yaml"
	ofA1     = "- id: A1\n  fault: Something of A1.\n  promise: All is well.\n  tests:\n    ./rule: [TestLeast]\n"
	headOfA1 = "- id: A1\n  fault: Something of A1.\n  promise: All is well.\n"
)

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ old, new, says string }{
		"a row is missing":          {ofA1, "", faults + ": there is no row A1"},
		"a row is there twice":      {"- id: A2\n", "- id: A1\n", faults + ":6: the row A1 is at " + faults + ":1 already"},
		"a row that there is not":   {"- id: A1\n", "- id: A14\n", `there is no such row as "A14"; the rows are A1 to A13, B1 to B17, `},
		"neither test nor reason":   {ofA1, headOfA1, faults + ":1: A1: a row has tests or checks, or says why not"},
		"an empty list of tests":    {"[TestLeast]", "[]", "want tests as a list of names for each package"},
		"a test for no package":     {"./rule: [TestLeast]", "rule: [TestLeast]", "want tests as a list of names for each package"},
		"one name in place of some": {"[TestLeast]", "TestLeast", "want tests as a list of names for each package"},
		"a name that go never says": {"[TestLeast]", "[TestLeast the first one]", "is no name of a test of ./rule as `go test` prints it"},
		"a test that is gone":       {"[TestLeast]", "[TestGone]", faults + ":1: A1: package ./rule has no test TestGone; name the test that shows it now"},
		"a subtest that is gone":    {"[TestLeast]", "[TestLeast/the_second]", `names the subtest "the_second"`},
		"a package that is gone":    {"./rule: [TestLeast]", "./gone: [TestLeast]", "package ./gone has no test TestLeast"},
		"no target of make":         {ofA1, headOfA1 + "  checks: [check-that]\n", "A1: the Makefile has no target check-that"},
		"no promise":                {"  promise: All is well.\n", "", "a row has an id, a fault and a promise"},
		"an end of a cell":          {"All is well.", "All | well.", "is a cell of a table: one line without |"},
		"no invariant":              {headOfA1, headOfA1 + "  invariants: [I15]\n", `"I15" is none of the invariants I1 to I14`},
		"no invariant either":       {headOfA1, headOfA1 + "  invariants: [I01]\n", `"I01" is none of`},
		"a field that there is not": {headOfA1, headOfA1 + "  reason: none\n", faults + ":4: "},
		"no YAML":                   {"- id: A1", "- id: [A1", faults + ":"},
		"no list":                   {ofA1, "rows:\n" + ofA1, faults + ":"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := world(t)
			change(t, root, faults, one.old, one.new)
			for _, write := range []bool{false, true} {
				if err := run(root, write, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), one.says) {
					t.Errorf("%q is not in: %v", one.says, err)
				}
			}
			content, err := os.ReadFile(filepath.Join(root, "docs/reliability.md"))
			if err != nil || strings.Contains(string(content), "Something of") {
				t.Errorf("rows with a mistake were written: %v %s", err, content)
			}
		})
	}
}

func TestTheDocumentsListTheRows(t *testing.T) {
	t.Parallel()
	root := world(t)
	change(t, root, faults, ofA1, headOfA1+"  why: Nobody knows how.\n")
	change(t, root, faults, "Something of A2.\n  promise: All is well.\n  tests:\n    ./rule: [TestLeast]\n",
		"Something of A2.\n  promise: All is well.\n  invariants: [I1, I13]\n  tests:\n    ./rule: [TestLeast/the_first_one, TestLeast]\n"+
			"  checks: [check-it]\n  why: A part.\n")
	if err := run(root, false, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "docs/reliability.md:4: the table is not that of "+faults) ||
		!strings.Contains(err.Error(), "docs/security.md:4: the table is not that of tests/matrix/security.yaml") {
		t.Errorf("empty tables are taken: %v", err)
	}
	var out bytes.Buffer
	if err := run(root, true, &out); err != nil {
		t.Fatal(err)
	}
	if err := run(root, false, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
	const said = "docs/reliability.md: of 78 rows, 76 are tested, 1 partly, 1 not\ndocs/security.md: of 22 rows, 22 are tested, 0 partly, 0 not\n"
	if out.String() != said {
		t.Errorf("got %q", out.String())
	}
	content, err := os.ReadFile(filepath.Join(root, "docs/reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Title\n", "\nMore.\n", "\nBy name, of 78 rows, 76 are tested, 1 partly, 1 not.\n", "\n### A. Processes\n",
		"\n| A1 | Something of A1. | All is well. | none | Nobody knows how. |\n",
		"\n| A2 | Something of A2. | All is well. (I1, I13) | `rule` `TestLeast/the_first_one`, `TestLeast`; `make check-it` | A part. |\n",
		"\n| F5 | Something of F5. | All is well. | `rule` `TestLeast` |  |\n",
	} {
		if !strings.Contains(string(content), want) {
			t.Errorf("%q is not in %s", want, content)
		}
	}
	change(t, root, "rule/rule_test.go", "TestLeast", "TestMost")
	if err := run(root, false, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "K22: package ./rule has no test TestLeast") {
		t.Errorf("a test that is gone is not missed: %v", err)
	}
}

package listing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a folder of files.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestMissing(t *testing.T) {
	t.Parallel()
	tests := NewTests(write(t, map[string]string{
		"go.mod": "module example.org/world\n\ngo 1.26.0\n",
		"rule/rule_test.go": `package rule

import (
	"testing"

	"example.org/world/rule/ruletest"
)

func TestLeast(t *testing.T) {
	for _, name := range []string{"the first one", "of none, and more"} {
		t.Run(name+", twice", func(t *testing.T) {})
		t.Run(name, func(t *testing.T) {})
	}
	ruletest.Run(t)
}

func FuzzLeast(f *testing.F) {}

func helper() {}

type suite struct{}

func (suite) TestMethod(t *testing.T) {}
`,
		"rule/rule.go":              "package rule\n\nconst Said = \"not a test\"\n",
		"rule/ruletest/ruletest.go": "package ruletest\n\nimport \"testing\"\n\nfunc Run(t *testing.T) { t.Run(\"of the suite\", nil) }\n",
		"empty/empty.go":            "package empty\n",
	}))
	for _, one := range []struct{ folder, name, missing string }{
		{"./rule", "TestLeast", ""},
		{"rule", "TestLeast", ""},
		{"rule", "FuzzLeast", ""},
		{"rule", "TestLeast/the_first_one", ""},
		{"rule", "TestLeast/of_none,_and_more", ""},
		{"rule", "TestLeast/of_none,_and_more,_twice", ""},
		{"rule", "TestLeast/of_the_suite", ""},
		{"rule", "TestLeast/of_the_suite/the_first_one", ""},
		{"rule", "TestMost", "package ./rule has no test TestMost"},
		{"rule", "TestMost/the_first_one", "package ./rule has no test TestMost"},
		{"rule", "helper", "has no test helper"},
		{"rule", "TestMethod", "has no test TestMethod"},
		{"rule", "TestLeast/the_second", `names the subtest "the_second"`},
		{"rule", "TestLeast/the_first", `names the subtest "the_first"`},
		{"rule", "TestLeast/the_first_one,_thrice", "names the subtest"},
		{"rule", "TestLeast/not_a_test", "names the subtest"},
		{"rule", "TestLeast/", "names the subtest"},
		{"empty", "TestLeast", "has no test TestLeast"},
		{"nowhere", "TestLeast", "has no test TestLeast"},
	} {
		missing, err := tests.Missing(one.folder, one.name)
		if err != nil {
			t.Fatal(err)
		}
		if (missing == "") != (one.missing == "") || !strings.Contains(missing, one.missing) {
			t.Errorf("%s %s: got %q, want %q", one.folder, one.name, missing, one.missing)
		}
	}
}

func TestBlock(t *testing.T) {
	t.Parallel()
	const head, foot = "# Title\n\n", "\nMore.\n"
	b := Block{Document: "docs/page.md", Begin: "<!-- here -->\n", End: "<!-- there -->\n", Of: "rows.yaml", Command: "make rows"}
	root := write(t, map[string]string{"docs/page.md": head + b.Begin + "| a |\n| b |\n" + b.End + foot})
	for text, says := range map[string]string{
		"| a |\n| b |\n": "",
		"| a |\n| c |\n": "docs/page.md:5: the table is not that of rows.yaml; `make rows` makes it anew",
		"":               "docs/page.md:4: ",
		"| a |\n":        "docs/page.md:5: ",
	} {
		err := b.Check(root, text)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want %q", text, err, says)
		}
	}
	if err := b.Write(root, "| z |\n"); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "docs", "page.md"))
	if want := head + b.Begin + "| z |\n" + b.End + foot; err != nil || string(content) != want {
		t.Errorf("got %q, %v, want %q", content, err, want)
	}
	b.End = "<!-- nowhere -->\n"
	if err := b.Write(root, ""); err == nil || !strings.Contains(err.Error(), `stands between the lines "<!-- here -->" and "<!-- nowhere -->"`) {
		t.Errorf("a document without the lines is taken: %v", err)
	}
}

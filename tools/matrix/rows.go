package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	yamlast "github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"

	"github.com/tidemark/tidemark/tools/internal/listing"
)

// matrix is a file of rows, and the document that lists them.
type matrix struct {
	file, document string
	heads          [2]string // of the columns for a row's fault and promise
	groups         []group
}

// group is a part of a matrix: the rows with one letter, numbered from 1.
type group struct {
	letter, title string
	count         int
}

var matrices = []matrix{
	{
		file: "tests/matrix/faults.yaml", document: "docs/reliability.md", heads: [2]string{"what goes wrong", "what holds all the same"},
		groups: []group{
			{"A", "Processes", 13},
			{"B", "Stores", 17},
			{"C", "What a warehouse says", 20},
			{"D", "The ledger's database", 11},
			{"E", "Temporal, time and settings", 12},
			{"F", "HTTP and the pages", 5},
		},
	},
	{
		file: "tests/matrix/security.yaml", document: "docs/security.md", heads: [2]string{"what is tried", "what prevents it"},
		groups: []group{{"K", "", 22}},
	},
}

// row is something that may go wrong.
type row struct {
	ID         string         `yaml:"id"`
	Fault      string         `yaml:"fault"`      // what goes wrong, or what somebody tries
	Promise    string         `yaml:"promise"`    // what holds all the same
	Invariants []string       `yaml:"invariants"` // of docs/reliability.md, that a broken promise breaks
	Tests      []packageTests `yaml:"-"`          // what would fail if the promise were untrue
	Checks     []string       `yaml:"checks"`     // targets of the Makefile that would
	Why        string         `yaml:"why"`        // why there is no test, or what the tests do not show

	Named yaml.MapSlice `yaml:"tests"` // a list of names for each package, as ./ledger: [TestOne, TestTwo/a_subtest]
	at    string        // file:line
}

// packageTests are tests of one package, named as `go test` prints them.
type packageTests struct {
	folder string
	names  []string
}

// state is how far a row is shown by tests.
type state int

const (
	not state = iota
	partly
	wholly
)

func (r row) state() state {
	switch {
	case len(r.Tests) == 0 && len(r.Checks) == 0:
		return not
	case r.Why != "":
		return partly
	}
	return wholly
}

// count counts rows by how far they are tested.
func count(rows []row) map[state]int {
	counts := map[state]int{}
	for _, one := range rows {
		counts[one.state()]++
	}
	return counts
}

// sum says how many rows are shown how far.
func sum(rows []row) string {
	counts := count(rows)
	return fmt.Sprintf("of %d rows, %d are tested, %d partly, %d not", len(rows), counts[wholly], counts[partly], counts[not])
}

// load reads the rows of a matrix, which has each once, in the order of the groups. All mistakes are told at once, each with file:line.
func (m matrix) load(root string) ([]row, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.file)))
	if err != nil {
		return nil, err
	}
	tree, err := yamlparser.ParseBytes(content, 0)
	if err != nil {
		return nil, listing.Located(m.file, 1, err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s:1: want one list of rows", m.file)
	}
	list, ok := tree.Docs[0].Body.(*yamlast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("%s:1: want a list of rows", m.file)
	}
	var rows []row
	var mistakes []error
	places := map[string]string{}
	for _, node := range list.Values {
		line := node.GetToken().Position.Line
		one := row{at: fmt.Sprintf("%s:%d", m.file, line)}
		if err := yaml.NodeToValue(node, &one, yaml.Strict()); err != nil {
			mistakes = append(mistakes, listing.Located(m.file, line, err))
			continue
		}
		if err := one.complete(); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %s: %w", one.at, one.ID, err))
		}
		if before, taken := places[one.ID]; taken {
			mistakes = append(mistakes, fmt.Errorf("%s: the row %s is at %s already", one.at, one.ID, before))
		}
		places[one.ID] = one.at
		rows = append(rows, one)
	}
	ids := m.ids()
	for _, id := range ids {
		if places[id] == "" {
			mistakes = append(mistakes, fmt.Errorf("%s: there is no row %s", m.file, id))
		}
	}
	for _, one := range rows {
		if !slices.Contains(ids, one.ID) {
			mistakes = append(mistakes, fmt.Errorf("%s: there is no such row as %q; the rows are %s", one.at, one.ID, m.span()))
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return rows, errors.Join(mistakes...)
}

// ids are those of the rows that a matrix has.
func (m matrix) ids() []string {
	var all []string
	for _, group := range m.groups {
		for n := 1; n <= group.count; n++ {
			all = append(all, fmt.Sprint(group.letter, n))
		}
	}
	return all
}

// span names the rows of each group, as "A1 to A13, B1 to B17".
func (m matrix) span() string {
	var parts []string
	for _, group := range m.groups {
		parts = append(parts, fmt.Sprintf("%s1 to %s%d", group.letter, group.letter, group.count))
	}
	return strings.Join(parts, ", ")
}

// invariants are those of docs/reliability.md.
const invariants = 14

// complete takes up the named tests, and says what the row lacks.
func (r *row) complete() error {
	for _, named := range r.Named {
		folder, isFolder := named.Key.(string)
		list, isList := named.Value.([]any)
		if !isFolder || !strings.HasPrefix(folder, "./") || !isList || len(list) == 0 {
			return fmt.Errorf("want tests as a list of names for each package, as ./ledger: [TestOne], and not %v: %v", named.Key, named.Value)
		}
		tests := packageTests{folder: strings.TrimPrefix(folder, "./")}
		for _, name := range list {
			text, isText := name.(string)
			if !isText || strings.ContainsAny(text, "`| ") {
				return fmt.Errorf("%v is no name of a test of %s as `go test` prints it", name, folder)
			}
			tests.names = append(tests.names, text)
		}
		r.Tests = append(r.Tests, tests)
	}
	for _, text := range []string{r.Fault, r.Promise, r.Why} {
		if strings.ContainsAny(text, "|\n") {
			return fmt.Errorf("%q is a cell of a table: one line without |", text)
		}
	}
	for _, name := range r.Invariants {
		var number int
		if _, err := fmt.Sscanf(name, "I%d", &number); err != nil || number < 1 || number > invariants || name != fmt.Sprint("I", number) {
			return fmt.Errorf("%q is none of the invariants I1 to I%d", name, invariants)
		}
	}
	switch {
	case r.ID == "" || r.Fault == "" || r.Promise == "":
		return errors.New("a row has an id, a fault and a promise")
	case r.state() == not && r.Why == "":
		return errors.New("a row has tests or checks, or says why not")
	}
	return nil
}

// guarded tells which rows name a test that its package does not have, or a target that the Makefile does not have.
func guarded(root string, rows []row) error {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		return err
	}
	tests := listing.NewTests(root)
	var mistakes []error
	for _, one := range rows {
		for _, of := range one.Tests {
			for _, name := range of.names {
				missing, err := tests.Missing(of.folder, name)
				if err != nil {
					return fmt.Errorf("%s: %w", one.at, err)
				}
				if missing != "" {
					mistakes = append(mistakes, fmt.Errorf("%s: %s: %s; name the test that shows it now", one.at, one.ID, missing))
				}
			}
		}
		for _, target := range one.Checks {
			if !strings.Contains(string(makefile), "\n"+target+":") {
				mistakes = append(mistakes, fmt.Errorf("%s: %s: the Makefile has no target %s", one.at, one.ID, target))
			}
		}
	}
	return errors.Join(mistakes...)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	yamlast "github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"

	"github.com/tidemark/tidemark/tools/internal/listing"
)

// entriesFolder holds a file of entries for each room.
const entriesFolder = "tests/mutants"

// entry is one planted bug.
type entry struct {
	Name     string   `yaml:"name"`      // the rule that is broken, as a sentence about what goes wrong
	Promise  string   `yaml:"promise"`   // what it breaks: promise 1 to 5, an invariant I1 to I14, or a control of security K1 to K22
	File     string   `yaml:"file"`      // below the root of the module
	Old      string   `yaml:"old"`       // occurs exactly once in the file
	New      string   `yaml:"new"`       // takes its place
	CaughtBy caughtBy `yaml:"caught_by"` // what must fail
	Quick    bool     `yaml:"quick"`     // belongs to the short round, which has one of each room

	room, at string // the file's name without its ending; file:line
}

// caughtBy names a test as `go test` prints it: TestName, or TestName/subtest.
type caughtBy struct {
	Package string `yaml:"package"` // as ./ledger
	Test    string `yaml:"test"`
}

func (e entry) folder() string     { return path.Dir(e.File) }
func (e entry) testFolder() string { return path.Clean(e.CaughtBy.Package) }

// promises are what an entry may break; docs/reliability.md has their words.
var promises = func() []string {
	var all []string
	for n := 1; n <= 5; n++ {
		all = append(all, fmt.Sprintf("promise %d", n))
	}
	for n := 1; n <= 14; n++ {
		all = append(all, fmt.Sprintf("I%d", n))
	}
	for n := 1; n <= 22; n++ {
		all = append(all, fmt.Sprintf("K%d", n))
	}
	return all
}()

// load reads the entries of every room, in the order of the files' names. All mistakes are told at once, each with file:line.
func load(root string) ([]entry, error) {
	files, err := filepath.Glob(filepath.Join(root, entriesFolder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s/*.yaml", entriesFolder)
	}
	var all []entry
	var mistakes []error
	names := map[string]string{}
	for _, file := range files {
		found, err := loadRoom(root, file)
		if err != nil {
			mistakes = append(mistakes, err)
		}
		quick := 0
		for _, one := range found {
			if before, taken := names[one.Name]; taken {
				mistakes = append(mistakes, fmt.Errorf("%s: the name is taken by %s; no two entries may have one name", one.at, before))
			}
			names[one.Name] = one.at
			if one.Quick {
				quick++
			}
		}
		if err == nil && quick != 1 {
			mistakes = append(mistakes, fmt.Errorf("%s: %d entries are marked quick; mark one, the fastest", shown(root, file), quick))
		}
		all = append(all, found...)
	}
	return all, errors.Join(mistakes...)
}

// shown is a file's name below the root.
func shown(root, file string) string {
	if relative, err := filepath.Rel(root, file); err == nil {
		return filepath.ToSlash(relative)
	}
	return file
}

func loadRoom(root, file string) ([]entry, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	place := shown(root, file)
	tree, err := yamlparser.ParseBytes(content, 0)
	if err != nil {
		return nil, listing.Located(place, 1, err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s:1: want one list of entries", place)
	}
	list, ok := tree.Docs[0].Body.(*yamlast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("%s:1: want a list of entries", place)
	}
	room := strings.TrimSuffix(filepath.Base(file), ".yaml")
	var found []entry
	var mistakes []error
	for _, node := range list.Values {
		line := node.GetToken().Position.Line
		one := entry{room: room, at: fmt.Sprintf("%s:%d", place, line)}
		if err := yaml.NodeToValue(node, &one, yaml.Strict()); err != nil {
			mistakes = append(mistakes, listing.Located(place, line, err))
			continue
		}
		if why := one.wrong(); why != "" {
			mistakes = append(mistakes, fmt.Errorf("%s: %s", one.at, why))
			continue
		}
		found = append(found, one)
	}
	return found, errors.Join(mistakes...)
}

// wrong says what an entry lacks, or is empty.
func (e entry) wrong() string {
	switch {
	case e.Name == "" || e.File == "" || e.Old == "" || e.CaughtBy.Package == "" || e.CaughtBy.Test == "":
		return "an entry has a name, promise, file, old, new, and caught_by with package and test"
	case strings.ContainsAny(e.Name, "|\n"):
		return "the name is a cell of a table: one line without |"
	case !slices.Contains(promises, e.Promise):
		return fmt.Sprintf("promise %q is none of: %s", e.Promise, strings.Join(promises, ", "))
	case e.Old == e.New:
		return "old and new are the same"
	case !strings.HasPrefix(e.CaughtBy.Package, "./"):
		return fmt.Sprintf("the package is written as ./%s", e.CaughtBy.Package)
	case path.IsAbs(e.File) || strings.HasPrefix(path.Clean(e.File), ".."):
		return fmt.Sprintf("file %q is not below the module", e.File)
	}
	return ""
}

// apply returns the file's content with the bug planted.
func (e entry) apply(root string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.File)))
	if err != nil {
		return "", fmt.Errorf("%s: %q: %w; name the file that holds the rule now", e.at, e.Name, err)
	}
	if count := strings.Count(string(content), e.Old); count != 1 {
		return "", fmt.Errorf("%s: %q: the old text occurs %d times in %s, not once; correct old (and new) so that it breaks the rule where it stands now",
			e.at, e.Name, count, e.File)
	}
	return strings.Replace(string(content), e.Old, e.New, 1), nil
}

// applyAll tells which entries do not apply.
func applyAll(root string, entries []entry) error {
	var mistakes []error
	for _, one := range entries {
		if _, err := one.apply(root); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	return errors.Join(mistakes...)
}

// testsExist tells which entries name a test that their package does not have.
func testsExist(root string, entries []entry) error {
	tests := listing.NewTests(root)
	var mistakes []error
	for _, one := range entries {
		missing, err := tests.Missing(one.testFolder(), one.CaughtBy.Test)
		if err != nil {
			return fmt.Errorf("%s: %w", one.at, err)
		}
		if missing != "" {
			mistakes = append(mistakes, fmt.Errorf("%s: %q: %s; name the test that guards the rule now", one.at, one.Name, missing))
		}
	}
	return errors.Join(mistakes...)
}

// changedFolders are the folders with a file that differs from a Git reference, or that Git does not know yet.
func changedFolders(ctx context.Context, root, reference string) (map[string]bool, error) {
	found := map[string]bool{}
	for _, arguments := range [][]string{
		{"diff", "--name-only", "--relative", "-z", reference, "--"},
		{"ls-files", "--others", "--exclude-standard", "-z"},
	} {
		command := exec.CommandContext(ctx, "git", arguments...)
		command.Dir = root
		output, err := command.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				return nil, fmt.Errorf("git %s: %s", arguments[0], strings.TrimSpace(string(exit.Stderr)))
			}
			return nil, fmt.Errorf("git %s: %w", arguments[0], err)
		}
		for file := range strings.SplitSeq(string(output), "\x00") {
			if file != "" {
				found[path.Dir(file)] = true
			}
		}
	}
	return found, nil
}

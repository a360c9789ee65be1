// Package listing has what the tools share that list entries of YAML files in a document, each with the tests that guard it.
package listing

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Located puts file:line before a mistake of the YAML library, which may know the line better than the caller.
func Located(file string, line int, err error) error {
	var mistake yaml.Error
	if errors.As(err, &mistake) {
		if at := mistake.GetToken(); at != nil && at.Position != nil {
			line = at.Position.Line
		}
		return fmt.Errorf("%s:%d: %s", file, line, mistake.GetMessage())
	}
	return fmt.Errorf("%s:%d: %w", file, line, err)
}

// Tests finds the tests of the packages below a folder. Each package is read once.
type Tests struct {
	root     string
	packages map[string]tests
}

// tests are those of one package: the functions, and the texts that may name a subtest, as `go test` prints them.
type tests struct {
	functions, texts map[string]bool
}

// NewTests returns the tests of the packages below root, the folder of the main module.
func NewTests(root string) *Tests {
	return &Tests{root: root, packages: map[string]tests{}}
}

// Missing says what a package lacks of a test that is named as `go test` prints it, TestName or TestName/subtest; it is empty when the package has it.
// The folder is below the root, with or without "./". A subtest is taken for there when its name is a text, or several one after the other, of the package's
// tests, or of a package of test helpers, with a name that ends in "test", which they import. Where a name is composed otherwise, name the test alone.
func (t *Tests) Missing(folder, name string) (string, error) {
	folder = path.Clean(folder)
	of, read := t.packages[folder]
	if !read {
		var err error
		if of, err = t.read(folder); err != nil {
			return "", err
		}
		t.packages[folder] = of
	}
	parts := strings.Split(name, "/")
	if !of.functions[parts[0]] {
		return fmt.Sprintf("package ./%s has no test %s", folder, parts[0]), nil
	}
	for _, part := range parts[1:] {
		if !composed(part, of.texts) {
			return fmt.Sprintf("package ./%s has %s, but no text of its tests names the subtest %q", folder, parts[0], part), nil
		}
	}
	return "", nil
}

func (t *Tests) read(folder string) (tests, error) {
	found := tests{functions: map[string]bool{}, texts: map[string]bool{}}
	helpers := map[string]bool{}
	files, err := parsed(filepath.Join(t.root, filepath.FromSlash(folder)), "*_test.go")
	if err != nil {
		return tests{}, err
	}
	for _, file := range files {
		for _, declared := range file.Decls {
			if function, ok := declared.(*ast.FuncDecl); ok && function.Recv == nil && isTest(function.Name.Name) {
				found.functions[function.Name.Name] = true
			}
		}
		addTexts(found.texts, file)
		for _, imported := range file.Imports {
			if name, err := strconv.Unquote(imported.Path.Value); err == nil && strings.HasSuffix(name, "test") {
				helpers[name] = true
			}
		}
	}
	module, err := moduleOf(t.root)
	if err != nil {
		return tests{}, err
	}
	for name := range helpers {
		below, ours := strings.CutPrefix(name, module+"/")
		if !ours {
			continue
		}
		files, err := parsed(filepath.Join(t.root, filepath.FromSlash(below)), "*.go")
		if err != nil {
			return tests{}, err
		}
		for _, file := range files {
			addTexts(found.texts, file)
		}
	}
	return found, nil
}

// shortest is how long a text must be to be taken for a part of a composed name.
const shortest = 2

// composed tells whether a name is a text, or several one after the other.
func composed(name string, texts map[string]bool) bool {
	if texts[name] {
		return true
	}
	reached := make([]bool, len(name)+1) // whether the name up to here is composed
	reached[0] = true
	for end := shortest; end <= len(name); end++ {
		for begin := 0; begin+shortest <= end && !reached[end]; begin++ {
			reached[end] = reached[begin] && texts[name[begin:end]]
		}
	}
	return name != "" && reached[len(name)]
}

// isTest tells whether `go test` runs a function of this name; of a fuzz target it runs the seeds.
func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")
}

// parsed are a folder's files that match a pattern.
func parsed(folder, pattern string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// addTexts adds the texts of a file in the form in which package testing names subtests: blanks become underscores. A text with slashes names a subtest of a
// subtest, so its parts are added too.
func addTexts(texts map[string]bool, file *ast.File) {
	for node := range ast.Preorder(file) {
		literal, ok := node.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			continue
		}
		if text, err := strconv.Unquote(literal.Value); err == nil {
			for part := range strings.SplitSeq(text, "/") {
				texts[strings.ReplaceAll(part, " ", "_")] = true
			}
		}
	}
}

// moduleOf is the path of the module in a folder.
func moduleOf(root string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(content)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(name), nil
		}
	}
	return "", fmt.Errorf("%s has no line with the module's path", filepath.Join(root, "go.mod"))
}

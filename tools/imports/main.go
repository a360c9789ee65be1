// Command imports holds the walls between the rooms of the module that it is run in: which package may
// import which, and what deterministic and pure code may not call. rules.go is the table.
//
// Test files may import anything; packages whose name ends in "test" are helpers of tests, and nothing else
// may import them.
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	violations, err := check(".")
	if err != nil {
		fmt.Fprintf(os.Stderr, "imports: %v\n", err)
		os.Exit(2)
	}
	for _, violation := range violations {
		fmt.Println(violation)
	}
	if len(violations) > 0 {
		fmt.Fprintf(os.Stderr, "imports: %d broken rules; the table is tools/imports/rules.go\n", len(violations))
		os.Exit(1)
	}
}

// listed is what `go list -json` says of a package.
type listed struct {
	Dir, ImportPath string
	GoFiles         []string
	CgoFiles        []string
	IgnoredGoFiles  []string // Files of another platform: the walls hold there as well.
	Module          struct{ Path, Dir string }
}

// check returns one sentence for every broken rule of the module in dir.
func check(dir string) ([]string, error) {
	command := exec.Command("go", "list", "-e", "-json=Dir,ImportPath,GoFiles,CgoFiles,IgnoredGoFiles,Module", "./...")
	command.Dir, command.Stderr = dir, os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	var violations []string
	for decoder := json.NewDecoder(output); ; {
		var pkg listed
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		found, err := checkPackage(pkg)
		if err != nil {
			return nil, err
		}
		violations = append(violations, found...)
	}
	return violations, command.Wait()
}

func checkPackage(pkg listed) ([]string, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(pkg.ImportPath, pkg.Module.Path), "/")
	room := roomOf(name)
	allowed, known := rooms[room]
	if !known {
		return []string{fmt.Sprintf("%s: the folder has no row in the table of rooms", cmp.Or(name, "the top folder"))}, nil
	}
	if isTestHelper(name) {
		allowed = []string{anything}
	}

	var violations []string
	for _, fileName := range slices.Concat(pkg.GoFiles, pkg.CgoFiles, pkg.IgnoredGoFiles) {
		if strings.HasSuffix(fileName, "_test.go") {
			continue
		}
		fileSet := token.NewFileSet()
		file, err := parser.ParseFile(fileSet, filepath.Join(pkg.Dir, fileName), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		report := func(at token.Pos, format string, values ...any) {
			place := fmt.Sprintf("%s:%d: ", path.Join(name, fileName), fileSet.Position(at).Line)
			violations = append(violations, place+fmt.Sprintf(format, values...))
		}
		imported := map[string]string{} // The name in this file → the package.
		for _, spec := range file.Imports {
			importPath, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			imported[importName(spec, importPath)] = importPath
			if ours, found := strings.CutPrefix(importPath, pkg.Module.Path+"/"); found {
				imported[importName(spec, importPath)] = ours
				if why := forbidden(name, room, ours, allowed); why != "" {
					report(spec.Pos(), "imports %s: %s", ours, why)
				}
				continue
			}
			for _, ban := range outside {
				if covers(ban.rooms, room) && slices.ContainsFunc(ban.packages, func(p string) bool { return matches(p, importPath) }) {
					report(spec.Pos(), "imports %s: %s", importPath, ban.why)
				}
			}
		}
		reportCalls(file, room, imported, report)
	}
	return violations, nil
}

// forbidden says why a package of one room may not import another package of ours, or nothing.
func forbidden(from, room, target string, allowed []string) string {
	targetRoom := roomOf(target)
	open, isPort := ports[targetRoom]
	switch {
	case isTestHelper(target) && !isTestHelper(from) && room != "tests":
		return "only tests may import a test helper"
	case room == targetRoom, slices.Contains(allowed, anything):
		return ""
	case !slices.Contains(allowed, targetRoom):
		if len(allowed) == 0 {
			return room + " may import nothing of ours"
		}
		return room + " may import only " + strings.Join(allowed, ", ")
	case isPort && target != targetRoom && room != targetRoom+"/all" && !slices.Contains(open, target) && !slices.Contains(doors[room], target):
		return fmt.Sprintf("only %s/all may import a driver; import %s", targetRoom, targetRoom)
	}
	return ""
}

func reportCalls(file *ast.File, room string, imported map[string]string, report func(token.Pos, string, ...any)) {
	ast.Inspect(file, func(node ast.Node) bool {
		selector, isSelector := node.(*ast.SelectorExpr)
		if !isSelector {
			return true
		}
		pkg, isName := selector.X.(*ast.Ident)
		if !isName {
			return true
		}
		for _, ban := range calls {
			if covers(ban.rooms, room) && imported[pkg.Name] == ban.pkg && slices.Contains(ban.functions, selector.Sel.Name) {
				report(selector.Pos(), "uses %s.%s: %s", ban.pkg, selector.Sel.Name, ban.why)
			}
		}
		return true
	})
}

// roomOf finds the room of a package by its path below the module: itself when listed, else its top folder.
func roomOf(name string) string {
	if _, listed := rooms[name]; listed {
		return name
	}
	top, _, _ := strings.Cut(name, "/")
	return top
}

func isTestHelper(name string) bool {
	return strings.Contains(name, "/") && strings.HasSuffix(path.Base(name), "test")
}

func importName(spec *ast.ImportSpec, importPath string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return path.Base(importPath)
}

func covers(list []string, room string) bool {
	return slices.Contains(list, room) || slices.Contains(list, anything)
}

// matches compares a package with a pattern of the table.
func matches(pattern, importPath string) bool {
	parent, below := strings.CutSuffix(pattern, "/...")
	return importPath == parent || below && strings.HasPrefix(importPath, parent+"/")
}

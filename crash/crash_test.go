package crash

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// named are the constants of this package that are points, by their names.
func named(t *testing.T) map[string]Point {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "crash.go", nil, 0)
	require.NoError(t, err)
	found := map[string]Point{}
	for node := range ast.Preorder(file) {
		if spec, ok := node.(*ast.ValueSpec); ok {
			value := spec.Values[0].(*ast.BasicLit).Value
			found[spec.Names[0].Name] = Point(strings.Trim(value, `"`))
		}
	}
	return found
}

// Each point has a name of its own and is listed, and one place of the code passes it.
func TestEachPointIsPassedInOnePlace(t *testing.T) {
	t.Parallel()
	points, places := named(t), map[string][]string{}
	listed := map[Point]bool{}
	for _, point := range Points() {
		require.False(t, listed[point], "%s twice", point)
		listed[point] = true
	}
	require.Len(t, listed, len(points))
	root := ".."
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root {
			if name := entry.Name(); strings.HasPrefix(name, ".") || name == "node_modules" || name == "bin" || name == "tests" {
				return filepath.SkipDir
			}
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for name := range points {
			for range strings.Count(string(content), "crash.At(crash."+name+")") {
				places[name] = append(places[name], path)
			}
		}
		return nil
	})
	require.NoError(t, err)
	for name, point := range points {
		require.True(t, listed[point], "%s is listed", name)
		require.Len(t, places[name], 1, "%s is passed at %v", name, places[name])
	}
}

// Without the tag, programs know nothing of points.
func TestProgramsKnowNothingOfPoints(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "worker")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", out, "../worker")
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)
	program, err := os.ReadFile(out)
	require.NoError(t, err)
	for _, text := range []string{"CRASH_AT", "CRASH_LOG", string(DeadRunClosed), string(StepDoneAtOnce)} {
		require.NotContains(t, string(program), text)
	}
}

package activities

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The server takes a step for lost that sends no heartbeat, so each step begins with it and stops it at its end.
func TestEachStepHeartbeatsFromItsBeginning(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	steps := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			step, is := declaration.(*ast.FuncDecl)
			if !is || step.Recv == nil || !step.Name.IsExported() || !isStep(step) {
				continue
			}
			steps++
			require.True(t, heartbeats(step), "%s begins with a heartbeat, and stops it when it returns", step.Name)
		}
	}
	require.Equal(t, 15, steps)
}

// isStep is true for a method of one of the structs that a worker registers.
func isStep(step *ast.FuncDecl) bool {
	star, is := step.Recv.List[0].Type.(*ast.StarExpr)
	if !is {
		return false
	}
	registered := map[string]bool{"Gate": true, "Fetch": true, "Intake": true, "Resolve": true, "Push": true}
	return registered[star.X.(*ast.Ident).Name]
}

// heartbeats is true for a step that begins with a call of heartbeat and a defer of its stop function.
func heartbeats(step *ast.FuncDecl) bool {
	if len(step.Body.List) < 2 {
		return false
	}
	first, is := step.Body.List[0].(*ast.AssignStmt)
	if !is || len(first.Lhs) != 2 {
		return false
	}
	call, is := first.Rhs[0].(*ast.CallExpr)
	if !is {
		return false
	}
	named, is := call.Fun.(*ast.Ident)
	stops, defers := step.Body.List[1].(*ast.DeferStmt)
	if !is || named.Name != "heartbeat" || !defers {
		return false
	}
	stopped, is := stops.Call.Fun.(*ast.Ident)
	return is && stopped.Name == first.Lhs[1].(*ast.Ident).Name
}

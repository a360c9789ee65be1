package compose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the repository.
const root = "../.."

// constant reads a string constant from Go source, so that this module need not import the main one.
func constant(t *testing.T, file, name string) string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	var value string
	ast.Inspect(parsed, func(node ast.Node) bool {
		spec, isSpec := node.(*ast.ValueSpec)
		if !isSpec {
			return true
		}
		for i, declared := range spec.Names {
			if declared.Name == name && i < len(spec.Values) {
				value = literal(spec.Values[i])
			}
		}
		return true
	})
	require.NotEmpty(t, value, "%s has no string constant %s", file, name)
	return value
}

// literals collects every string literal of a program, and the first word of each: its flags and its commands ("apply FILE") are
// among them.
func literals(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "%s holds no Go files", folder)
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			if expression, isExpression := node.(ast.Expr); isExpression {
				text := literal(expression)
				found[text] = true
				if first, _, more := strings.Cut(text, " "); more {
					found[first] = true
				}
			}
			return true
		})
	}
	return found
}

func literal(expression ast.Expr) string {
	basic, isBasic := expression.(*ast.BasicLit)
	if !isBasic || basic.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(basic.Value)
	if err != nil {
		return ""
	}
	return text
}

// goVersion reads the go directive of a module.
func goVersion(t *testing.T, file string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read(t, file))
	require.NotNil(t, found, "%s has no go directive", file)
	return found[1]
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return string(content)
}

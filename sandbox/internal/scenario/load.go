package scenario

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

//go:embed default.yaml
var builtIn []byte

// Default is the scenario that is built in.
func Default() (Scenario, error) { return Decode("the built-in scenario", builtIn) }

// Load reads a scenario from a file.
func Load(path string) (Scenario, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return Scenario{}, fmt.Errorf("the scenario cannot be read: %w", err)
	}
	return Decode(path, content)
}

// Decode reads a scenario. Its error has a line for each mistake: "name:line:column: what is wrong and what was expected".
func Decode(name string, content []byte) (Scenario, error) {
	file, err := parse(content)
	if err != nil {
		return Scenario{}, mistake(name, err)
	}
	documents := slices.DeleteFunc(slices.Clone(file.Docs), func(d *ast.DocumentNode) bool { return d.Body == nil })
	switch {
	case len(documents) == 0:
		return Scenario{}, fmt.Errorf("%s: the file is empty; a scenario names warehouses and stores", name)
	case len(documents) > 1:
		return Scenario{}, fmt.Errorf("%s: a scenario is one document; remove the line ---", at(name, documents[1].Body.GetToken()))
	}
	var s Scenario
	if err := yaml.NodeToValue(documents[0].Body, &s, yaml.Strict()); err != nil {
		return Scenario{}, mistake(name, err)
	}
	problems := append(fractions(documents[0].Body), s.check()...)
	failures := make([]error, len(problems))
	for i, problem := range problems {
		failures[i] = fmt.Errorf("%s: %s: %s", at(name, find(file, problem.Path)), strings.TrimPrefix(problem.Path, "$."), problem.Message)
	}
	s.fill()
	return s, errors.Join(failures...)
}

// wholeNumbers are the fields that count something.
var wholeNumbers = regexp.MustCompile(`\.(seed|steps|skus|available|committed|burst|batch_limit|clamp)$`)

// fractions finds numbers with a fraction where a whole one is expected; the decoder would cut the fraction off.
func fractions(body ast.Node) (problems []Problem) {
	for _, node := range ast.Filter(ast.FloatType, body) {
		if path := node.GetPath(); wholeNumbers.MatchString(path) {
			problems = append(problems, Problem{path, "expected a whole number, found " + node.String()})
		}
	}
	return problems
}

// parse shields the caller from a parser that gives up in a panic.
func parse(content []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("this is not YAML that can be read; look for stray characters and wrong indentation")
		}
	}()
	return parser.ParseBytes(content, 0)
}

// mistake says where the parser or the decoder gave up.
func mistake(name string, err error) error {
	var placed yaml.Error
	if !errors.As(err, &placed) {
		return fmt.Errorf("%s: %w", name, err)
	}
	message := placed.GetMessage()
	var wrongType *yaml.TypeError
	var overflow *yaml.OverflowError
	switch {
	case errors.As(err, &wrongType):
		message = "expected " + describe(wrongType.DstType)
	case errors.As(err, &overflow):
		message = fmt.Sprintf("expected %s, found %s", describe(overflow.DstType), overflow.SrcNum)
	}
	return fmt.Errorf("%s: %s", at(name, placed.GetToken()), message)
}

func describe(kind reflect.Type) string {
	switch kind.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "names with values"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.String:
		return "text"
	case reflect.Uint64:
		return "a whole number from 0 on"
	}
	return "a whole number"
}

func at(name string, t *token.Token) string {
	if t == nil || t.Position == nil {
		return name
	}
	return fmt.Sprintf("%s:%d:%d", name, t.Position.Line, t.Position.Column)
}

// find returns where a path stands or, when it was left out, what is around it.
func find(file *ast.File, path string) *token.Token {
	for path != "" && path != "$" {
		if query, err := yaml.PathString(path); err == nil {
			if node, err := query.FilterFile(file); err == nil && node != nil {
				return node.GetToken()
			}
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return file.Docs[0].Body.GetToken()
}

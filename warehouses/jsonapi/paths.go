package jsonapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// tree says where things stand in an object, so that each object is gone through once, however many things are read of it.
type tree struct {
	reads []string         // what is read here
	below map[string]*tree // by name
}

// add notes that something stands at a path: names with dots between them, like stock.available. A path that begins with a
// slash has slashes between its names, for names that hold a dot.
func (t *tree) add(path, name string) error {
	steps := steps(path)
	if slices.Contains(steps, "") {
		return fmt.Errorf("%q is not a path like data.stock", path)
	}
	at := t
	for _, step := range steps {
		if at.below == nil {
			at.below = map[string]*tree{}
		}
		if at.below[step] == nil {
			at.below[step] = &tree{}
		}
		at = at.below[step]
	}
	at.reads = append(at.reads, name)
	return nil
}

// steps are the names of a path.
func steps(path string) []string {
	if rest, slashes := strings.CutPrefix(path, "/"); slashes {
		return strings.Split(rest, "/")
	}
	return strings.Split(path, ".")
}

// walk calls take for what stands in an object. It returns a name that is given twice in an object on the way, be it in another
// case; empty when there is none. What is not there, or has null above it, is not seen.
func (t *tree) walk(object jsonvalue.Value, take func(name string, value jsonvalue.Value) error) (twice string, err error) {
	deeper := ""
	twice, err = object.Members(func(name string, value jsonvalue.Value) error {
		at := t.below[name]
		if at == nil {
			return nil
		}
		for _, read := range at.reads {
			if err := take(read, value); err != nil {
				return err
			}
		}
		if at.below == nil || value.Kind() == jsonvalue.Null {
			return nil
		}
		if value.Kind() != jsonvalue.Object {
			return fmt.Errorf("%s: expected an object, found %s", name, value.Kind())
		}
		again, err := at.walk(value, take)
		if again != "" {
			deeper = again
		}
		return err
	})
	if twice == "" {
		twice = deeper
	}
	return twice, err
}

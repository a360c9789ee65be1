package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
)

// names are the things of a kind that the file defines.
type names struct {
	defined map[string]defined
	// incomplete is true when an entry could not be read so far that its id is known; then an unknown name may be that one,
	// and is not told as a mistake of its own.
	incomplete bool
}

// defined is a thing with where it stands and to whom it belongs.
type defined struct {
	place
	merchant string // empty when it could not be read
}

// define notes a thing. It tells when the id is taken.
func (l *loader) define(all *names, kind, id string, at place, merchant string) bool {
	if first, taken := all.defined[id]; taken {
		l.fail(at, "%s %s is defined twice, first on line %d; give one of them another id", kind, id, first.line)
		return false
	}
	if all.defined == nil {
		all.defined = map[string]defined{}
	}
	all.defined[id] = defined{at, merchant}
	return true
}

// refer checks that a name leads somewhere.
func (l *loader) refer(all *names, kind, id string, at place, who string) (defined, bool) {
	if item, ok := all.defined[id]; ok {
		return item, true
	}
	if all.incomplete {
		return defined{}, false
	}
	choices := slices.Sorted(maps.Keys(all.defined))
	hint := "; none is defined"
	if near := suggest(id, choices); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	} else if len(choices) > 0 {
		hint = "; defined are " + some(choices)
	}
	l.fail(at, "%s names the %s %s, which is not defined%s", who, kind, inventory.Quoted(id), hint)
	return defined{}, false
}

// same checks that two things belong to the same merchant. What could not be read is not compared.
func (l *loader) same(at place, who, merchant, kind, id string, other defined) bool {
	if merchant == "" || other.merchant == "" || merchant == other.merchant {
		return true
	}
	l.fail(at, "%s belongs to merchant %s, but %s %s belongs to %s; one of them must be changed", who, merchant, kind, id, other.merchant)
	return false
}

// some lists names, but not endlessly.
func some(all []string) string {
	const most = 10
	if len(all) > most {
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	}
	return strings.Join(all, ", ")
}

// suggest returns the one of the known names that was probably meant, empty when none is near.
func suggest(name string, names []string) string {
	folded := fold(name)
	best, least := "", max(1, utf8.RuneCountInString(name)/3)
	for _, candidate := range names {
		distance := 0
		if fold(candidate) != folded {
			distance = edits([]rune(folded), []rune(fold(candidate)), least)
		}
		if distance < least || distance == least && best == "" {
			best, least = candidate, distance
		}
	}
	if best != "" && least*2 >= utf8.RuneCountInString(best) && fold(best) != folded {
		return "" // half of it would have to be changed
	}
	return best
}

// fold takes away what people mix up first: case, hyphens, underscores and a plural.
func fold(name string) string {
	name = strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
	return strings.TrimSuffix(name, "s")
}

// edits counts the letters to insert, remove, replace or swap to get from one word to the other; more than most are not
// counted out.
func edits(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

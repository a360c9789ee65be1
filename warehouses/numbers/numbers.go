// Package numbers reads figures as warehouses write them, by rules that a person sets.
//
// A text is read as a number only where a person would read the same number, and nothing is guessed. A whole number may be padded with
// blanks or written with decimals that are all 0, because neither changes it. A text that could mean two numbers is refused: "1,000" is a
// thousand in one country and one in another. The error names the setting that says which is meant. The setting "texts" says which
// figure a word or a code stands for.
//
// It is pure. All drivers, and the intake over HTTP, read their figures here, so the same text is the same number everywhere.
package numbers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
)

// Rules are how a warehouse writes its figures. The zero Rules are those of a warehouse that sets nothing. They are safe for
// concurrent use.
type Rules struct {
	thousands string // what separates groups of three; empty when nothing is set
	decimal   string // what separates decimals; empty when nothing is set
	texts     map[string]Figure
	codes     map[int64]Figure // of texts that are numbers themselves, like 9999
	undress   bool
	// accounting: a minus behind a figure, or parentheses around it, make it negative.
	accounting bool
	units      []string // what may stand behind a figure
}

// Figure is what a text means. The zero Figure is none at all: nothing was given, which is never taken for 0.
type Figure struct {
	Units *int64
	None  bool // it says that there is no level here
}

// trimmed is a text without the blanks around it, and without its dress where that is set.
func (r Rules) trimmed(text string) string {
	return strings.TrimFunc(r.Undress(text), inventory.IsBlank)
}

// Undress takes off what a spreadsheet dresses a text in, where that is set: blanks around it, ="…" around it, an apostrophe before it.
// Any other text comes back as it is.
func (r Rules) Undress(text string) string {
	if !r.undress {
		return text
	}
	text = strings.TrimFunc(text, inventory.IsBlank)
	if inside, ok := inventory.Formula(text); ok {
		return strings.TrimFunc(inside, inventory.IsBlank)
	}
	if inside, ok := strings.CutPrefix(text, "'"); ok && inside != "" {
		return strings.TrimFunc(inside, inventory.IsBlank)
	}
	return text
}

// dressed is the figure of a text that is dressed as a spreadsheet does it, where nothing undresses it.
func (r Rules) dressed(text string) (int64, bool) {
	bare := Rules{thousands: r.thousands, decimal: r.decimal, accounting: r.accounting, undress: true}
	inside := bare.Undress(text)
	if r.undress || inside == text {
		return 0, false
	}
	figure, err := bare.number(inside)
	return figure, err == nil
}

// signed is a figure that is negative as accountants write it, with its minus before it; ok is false for any other text.
func signed(text string) (plain string, ok bool) {
	inside, behind := strings.CutSuffix(text, "-")
	if !behind {
		open, begins := strings.CutPrefix(text, "(")
		closed, ends := strings.CutSuffix(open, ")")
		if !begins || !ends {
			return "", false
		}
		inside = closed
	}
	inside = strings.TrimFunc(inside, inventory.IsBlank)
	return "-" + inside, inside != ""
}

// negative is the figure of a text that is negative as accountants write it, and was not read.
func (r Rules) negative(text string) (int64, bool) {
	plain, ok := signed(text)
	if !ok {
		return 0, false
	}
	figure, err := r.number(plain)
	return figure, err == nil
}

// bare is a figure without a unit behind it; ok is false for any other text.
func (r Rules) bare(text string) (plain string, ok bool) {
	for _, unit := range r.units {
		if plain, ok := strings.CutSuffix(text, strings.TrimFunc(unit, inventory.IsBlank)); ok && plain != text && endsInDigit(plain) {
			return strings.TrimFunc(plain, inventory.IsBlank), true
		}
	}
	return "", false
}

// endsInDigit is true for a text whose last letter that is no blank is a digit.
func endsInDigit(text string) bool {
	plain := strings.TrimRightFunc(text, inventory.IsBlank)
	return plain != "" && plain[len(plain)-1] >= '0' && plain[len(plain)-1] <= '9'
}

// longestUnit is the longest text, in bytes, that can be a unit.
const longestUnit = 40

// UnitOf is what stands behind the figure of a text, as a unit does, and that figure: letters, perhaps with a point, and more than one of them,
// for 12 K may be twelve thousand.
func (r Rules) UnitOf(text string) (unit string, figure int64, ok bool) {
	behind := strings.LastIndexAny(text, "0123456789") + 1
	unit = strings.TrimFunc(text[behind:], inventory.IsBlank)
	letters := strings.TrimSuffix(unit, ".")
	if behind == 0 || utf8.RuneCountInString(letters) < 2 || len(unit) > longestUnit ||
		strings.ContainsFunc(letters, func(letter rune) bool { return !unicode.IsLetter(letter) }) {
		return "", 0, false
	}
	figure, err := r.number(strings.TrimFunc(text[:behind], inventory.IsBlank))
	return unit, figure, err == nil
}

// Undresses is true where Undress does something.
func (r Rules) Undresses() bool { return r.undress }

// number reads a figure that is neither blank nor a text with a meaning.
func (r Rules) number(text string) (int64, error) {
	if plain, ok := signed(text); ok && r.accounting {
		text = plain
	}
	unsigned, sign := text, ""
	if text != "" && (text[0] == '-' || text[0] == '+') {
		unsigned, sign = text[1:], text[:1]
	}
	if allDigits(unsigned) { // nearly all of them
		return parse(text)
	}
	usual := r.usual()
	written, whole := usual.read(unsigned, strictly)
	if !whole {
		return 0, r.refusal(text, unsigned)
	}
	for _, other := range r.possible() {
		if also, ok := other.read(unsigned, loosely); ok && value(also) != value(written) {
			return 0, r.refusal(text, unsigned)
		}
	}
	return parse(sign + written)
}

// parse reads the plain digits of a figure.
func parse(text string) (int64, error) {
	units, err := inventory.ParseQuantity(text)
	if err != nil {
		return 0, inventory.Faulty(inventory.FaultNumber, text, err)
	}
	return units, nil
}

// refusal says why a text is not read, and with which settings it would be.
func (r Rules) refusal(text, unsigned string) error {
	type reading struct{ settings, figure string }
	var readings []reading
	usable := false
	for _, other := range r.possible() {
		figure, whole := other.read(unsigned, loosely)
		fraction := ""
		if !whole {
			if fraction = other.fraction(unsigned); fraction == "" {
				continue
			}
		}
		needed := other.beyond(r, unsigned)
		if needed == "" || slices.ContainsFunc(readings, func(existing reading) bool { return existing.settings == needed }) {
			continue
		}
		usable = usable || whole
		readings = append(readings, reading{needed, value(figure) + fraction})
	}
	if !usable {
		if r.usual().fraction(unsigned) != "" {
			return inventory.Faulty(inventory.FaultFraction, text, fmt.Errorf("the quantity %s is a number with a fraction; expected a whole number like 12",
				inventory.Quoted(text)))
		}
		_, err := inventory.ParseQuantity(text)
		if err == nil { // digits that are grouped in no way
			err = fmt.Errorf("the quantity %s is not written as thousands and decimal say; expected a whole number like 12", inventory.Quoted(text))
		}
		return inventory.Faulty(inventory.FaultNumber, text, err)
	}
	ways := make([]string, 0, len(readings))
	for _, item := range readings {
		ways = append(ways, fmt.Sprintf("%s if it is %s", item.settings, item.figure))
	}
	what := "is ambiguous"
	if len(ways) == 1 {
		what = "is not read without a setting"
	}
	return inventory.Faulty(inventory.FaultAmbiguous, text, fmt.Errorf("the quantity %s %s: set %s", inventory.Quoted(text), what, strings.Join(ways, ", or ")))
}

// Meaning is what a text comes to by these rules: a whole number, or a number with a fraction as it is written with a point, which is
// always refused. ok is false where it is neither, or could be two numbers.
func (r Rules) Meaning(text string) (number string, whole, ok bool) {
	plain := r.trimmed(text)
	if units, err := r.number(plain); err == nil {
		return strconv.FormatInt(units, 10), true, true
	}
	unsigned := strings.TrimLeft(plain, "+-")
	if fraction := r.usual().fraction(unsigned); fraction != "" && len(plain)-len(unsigned) < 2 {
		return strings.TrimSuffix(plain, unsigned) + fraction, false, true
	}
	return "", false, false
}

// value is a whole number without the zeros before it.
func value(figures string) string {
	if trimmed := strings.TrimLeft(figures, "0"); trimmed != "" || figures == "" {
		return trimmed
	}
	return "0"
}

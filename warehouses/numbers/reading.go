package numbers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// Reading reads the figures of one fetch, and remembers which texts it did not know. It is for one goroutine.
type Reading struct {
	rules   Rules
	unknown []string // in order of their first appearance
	more    bool     // others were not kept
	watch   func(name string, value jsonvalue.Value)
}

// Reading begins to read.
func (r Rules) Reading() *Reading { return &Reading{rules: r} }

// Watched has watch see the members of a response's items too, those that nobody reads among them. It may be nil.
func (r *Reading) Watched(watch func(name string, value jsonvalue.Value)) *Reading {
	r.watch = watch
	return r
}

// Watches is true where somebody wants to see members that nobody reads.
func (r *Reading) Watches() bool { return r.watch != nil }

// Watch is take, which reads the members of an object, and lets who watches see them too. What is called so stands before their names.
func (r *Reading) Watch(called string, take func(name string, value jsonvalue.Value) error) func(name string, value jsonvalue.Value) error {
	if r.watch == nil {
		return take
	}
	return func(name string, value jsonvalue.Value) error {
		r.watch(called+name, value)
		return take(name, value)
	}
}

// keptTexts is how many unknown texts are kept and listed.
const keptTexts = 20

// Unknown are the texts that stood where a figure was expected, and that have no meaning; at most 20.
func (r *Reading) Unknown() []string { return slices.Clone(r.unknown) }

// listed are the unknown texts for an error or a note.
func (r *Reading) listed() string {
	names := make([]string, 0, len(r.unknown))
	for _, text := range r.unknown {
		names = append(names, inventory.Quoted(text))
	}
	list := strings.Join(names, ", ")
	if r.more {
		list += " and more"
	}
	return list
}

// Undress takes off what a spreadsheet dresses a text in, where that is set.
func (r *Reading) Undress(text string) string { return r.rules.Undress(text) }

// SKU makes a text a row's SKU, undressed where that is set.
func (r *Reading) SKU(row *inventory.Row, text string) {
	row.SKU, row.Written = r.rules.Undress(text), ""
	if row.SKU != text {
		row.Written = text
	}
}

// Text reads a figure that is written as text. A text of blanks is no figure, unless the setting texts says what "" means.
func (r *Reading) Text(text string) (Figure, error) {
	plain := r.rules.trimmed(text)
	if meaning, ok := r.rules.texts[plain]; ok {
		return meaning, nil
	}
	if plain == "" {
		return Figure{}, nil
	}
	units, err := r.rules.number(plain)
	if bare, ok := r.rules.bare(plain); ok && err != nil {
		if units, err := r.rules.number(bare); err == nil {
			return r.figure(units), nil
		}
	}
	if err != nil {
		return Figure{}, r.unread(plain, err)
	}
	return r.figure(units), nil
}

// unread says why a text is not read as a figure, and which setting would read it.
func (r *Reading) unread(text string, failed error) error {
	if figure, ok := r.rules.dressed(text); ok {
		return inventory.Faulty(inventory.FaultDressed, text, fmt.Errorf("%s is dressed as a spreadsheet does it: set undress: true if it is %d",
			inventory.Quoted(text), figure))
	}
	if figure, ok := r.rules.negative(text); ok {
		return inventory.Faulty(inventory.FaultNegative, text, fmt.Errorf("%s is negative as accountants write it: set negatives: accounting if it is %d",
			inventory.Quoted(text), figure))
	}
	if unit, figure, ok := r.rules.UnitOf(text); ok && !slices.Contains(r.rules.units, unit) {
		return inventory.Faulty(inventory.FaultUnit, text, fmt.Errorf("%s has something behind the figure: set unit: %s if it is %d",
			inventory.Quoted(text), inventory.Quoted(unit), figure))
	}
	if _, negative := signed(text); !numeric(text) && !(negative && r.rules.accounting) {
		return r.unknownText(text)
	}
	return failed
}

// figure is what a number means, for a number may be a code.
func (r *Reading) figure(units int64) Figure {
	if meaning, ok := r.rules.codes[units]; ok {
		return meaning
	}
	return Figure{Units: &units}
}

// JSON reads a figure of an API's response. Null is no figure. Figures that are written as text are read only where asText says that
// they may be; a text with a meaning is read always.
func (r *Reading) JSON(value jsonvalue.Value, asText bool) (Figure, error) {
	switch kind := value.Kind(); kind {
	case jsonvalue.Number:
		return r.jsonNumber(value.Raw())
	case jsonvalue.Text:
		return r.jsonText(value, asText)
	case jsonvalue.Null, jsonvalue.Boolean:
		if meaning, ok := r.rules.texts[value.Raw()]; ok {
			return meaning, nil
		}
		if kind == jsonvalue.Null {
			return Figure{}, nil
		}
	}
	return Figure{}, inventory.Faulty(inventory.FaultForm, value.Raw(), fmt.Errorf("expected a whole number, found %s", value.Kind()))
}

// jsonNumber reads a number, in which a point is a decimal point whatever is set.
func (r *Reading) jsonNumber(raw string) (Figure, error) {
	plain := raw
	if whole, decimals, ok := strings.Cut(raw, "."); ok && strings.Trim(decimals, "0") == "" {
		plain = whole
	}
	units, err := inventory.ParseQuantity(plain)
	if err != nil {
		kind := inventory.FaultNumber
		if strings.Contains(plain, ".") && !strings.ContainsAny(plain, "eE") {
			kind = inventory.FaultFraction
		}
		return Figure{}, inventory.Faulty(kind, raw, err)
	}
	return r.figure(units), nil
}

var (
	errEmpty = errors.New("the quantity is empty; expected a whole number like 12")
	// ErrText is the error of a number that is written as text where that is not expected.
	ErrText = errors.New("expected a whole number, found text")
)

func (r *Reading) jsonText(value jsonvalue.Value, asText bool) (Figure, error) {
	text, sound := value.Text()
	if !sound {
		return Figure{}, inventory.Faulty(inventory.FaultEncoding, value.Raw(), jsonvalue.ErrNotUnicode)
	}
	plain := r.rules.trimmed(text)
	meaning, ok := r.rules.texts[plain]
	switch {
	case ok:
		return meaning, nil
	case plain == "" && asText:
		return Figure{}, inventory.Faulty(inventory.FaultNoFigure, text, errEmpty)
	case asText:
		return r.Text(text)
	case plain != "":
		return Figure{}, r.unread(plain, inventory.Faulty(inventory.FaultNumberText, text, ErrText))
	}
	return Figure{}, inventory.Faulty(inventory.FaultNumberText, text, ErrText)
}

// Available, OnHand and Committed read a member of an API's response into a row.
func (r *Reading) Available(row *inventory.Row, value jsonvalue.Value, asText bool) error {
	figure, err := r.JSON(value, asText)
	row.Available, row.NoAvailable = figure.Units, figure.None
	return err
}

// OnHand reads a member of an API's response into a row.
func (r *Reading) OnHand(row *inventory.Row, value jsonvalue.Value, asText bool) error {
	figure, err := r.JSON(value, asText)
	row.OnHand, row.NoOnHand = figure.Units, figure.None
	return err
}

// Committed reads a member of an API's response into a row.
func (r *Reading) Committed(row *inventory.Row, value jsonvalue.Value, asText bool) error {
	figure, err := r.JSON(value, asText)
	row.Committed = figure.Units
	return err
}

// numeric is true for what is meant as a number, however it is written; a word or code is none.
func numeric(text string) bool {
	digit := false
	for i, letter := range text {
		switch {
		case letter >= '0' && letter <= '9':
			digit = true
		case strings.ContainsRune(".,'’_", letter), inventory.IsBlank(letter):
		case (letter == '-' || letter == '+') && (i == 0 || strings.ContainsRune("eE", rune(text[i-1]))):
		case (letter == 'e' || letter == 'E') && digit:
		default:
			return false
		}
	}
	return digit
}

// unknownText says what to do with a text that has no meaning, and lists those that were met.
func (r *Reading) unknownText(text string) error {
	if !slices.Contains(r.unknown, text) {
		if len(r.unknown) < keptTexts {
			r.unknown = append(r.unknown, text)
		} else {
			r.more = true
		}
	}
	list := ""
	if len(r.unknown) > 1 || r.more {
		list = "; unknown texts so far: " + r.listed()
	}
	return inventory.Faulty(inventory.FaultText, text,
		fmt.Errorf("%s is not a whole number; if it stands for one, set texts: {%s: NUMBER}, or none where it means that there is no level%s",
			inventory.Quoted(text), inventory.Quoted(text), list))
}

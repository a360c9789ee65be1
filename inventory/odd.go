package inventory

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"unicode"
)

// OddityKind names a kind of rows that can be read, and that a person should look at all the same.
type OddityKind string

// The kinds of oddities.
const (
	OddBlanks     OddityKind = "blanks"      // the SKU or facility begins or ends in a blank
	OddApostrophe OddityKind = "apostrophe"  // the SKU begins with an apostrophe
	OddFormula    OddityKind = "formula"     // the SKU is ="…"
	OddTwin       OddityKind = "twin"        // the SKU differs from another only in case or blanks
	OddFacility   OddityKind = "no facility" // the row has no facility, and nearly all others have one
	OddTotal      OddityKind = "total"       // the figure is the sum of all rows before it
)

// Oddity is one kind of oddities in a snapshot.
type Oddity struct {
	Kind     OddityKind `json:"kind"`
	Count    int64      `json:"count"`
	Examples []Example  `json:"examples"` // at most OddExamples, the first ones
	Text     string     `json:"text"`     // in words, with the count and the first example
	Advice   string     `json:"advice"`   // what to do about it, with the setting
}

// Example is a row that shows an oddity.
type Example struct {
	SKU      string `json:"sku"`
	Facility string `json:"facility,omitempty"`
	Place    string `json:"place"`
}

// OddExamples is how many examples are kept of a kind.
const OddExamples = 3

// oddSKUs is how many SKUs are remembered to find those that differ only in case or blanks; of later ones none is looked at.
const oddSKUs = 200_000

// oddRows is how many rows there must be before one is called unlike the others.
const oddRows = 5

// Oddities counts what is odd in rows. It decides nothing: SKUs stay as they are. The zero Oddities are ready. They do not grow with the
// rows, but for a number or two for each of the first 200,000 SKUs.
type Oddities struct {
	kinds  map[OddityKind]*Oddity
	seed   maphash.Seed
	folded map[uint64]uint64 // of a SKU as the eye reads it, to the SKU
	rows   int64
	sited  int64 // rows with a facility
	sum    int64 // of the available figures
	summed int64 // rows with one
}

// Add looks at a row. Rows that cannot be read are left out, for they are refused with a reason.
func (o *Oddities) Add(row Row) {
	if row.Problem != "" {
		return
	}
	o.rows++
	if beginsOrEndsBlank(row.SKU) || beginsOrEndsBlank(row.Facility) {
		o.note(OddBlanks, row)
	}
	plain := strings.TrimFunc(row.SKU, IsBlank)
	if _, dressed := Formula(plain); dressed {
		o.note(OddFormula, row)
	} else if len(plain) > 1 && plain[0] == '\'' {
		o.note(OddApostrophe, row)
	}
	if row.Facility == "" {
		o.note(OddFacility, row)
	} else {
		o.sited++
	}
	o.twin(row)
	o.total(row)
}

// twin looks for another SKU that differs only in case or blanks.
func (o *Oddities) twin(row Row) {
	if o.folded == nil {
		o.folded, o.seed = map[uint64]uint64{}, maphash.MakeSeed()
	}
	words := strings.FieldsFunc(row.SKU, func(letter rune) bool { return IsBlank(letter) || unicode.IsSpace(letter) })
	seen := strings.ToLower(strings.ToUpper(strings.Join(words, " ")))
	key, exact := maphash.String(o.seed, seen), maphash.String(o.seed, row.SKU)
	switch before, known := o.folded[key]; {
	case known && before != exact:
		o.note(OddTwin, row)
	case !known && len(o.folded) < oddSKUs:
		o.folded[key] = exact
	}
}

// total looks for a figure that is the sum of those before it.
func (o *Oddities) total(row Row) {
	if row.Available == nil {
		return
	}
	units := *row.Available
	if o.summed >= oddRows && units > 0 && units == o.sum {
		o.note(OddTotal, row)
	}
	o.sum += units
	o.summed++
}

func (o *Oddities) note(kind OddityKind, row Row) {
	if o.kinds == nil {
		o.kinds = map[OddityKind]*Oddity{}
	}
	one := o.kinds[kind]
	if one == nil {
		one = &Oddity{Kind: kind}
		o.kinds[kind] = one
	}
	if one.Count++; len(one.Examples) < OddExamples {
		one.Examples = append(one.Examples, Example{SKU: row.SKU, Facility: row.Facility, Place: row.Place})
	}
}

// List returns what was odd, in the order of the kinds.
func (o *Oddities) List() []Oddity {
	var list []Oddity
	for _, kind := range []OddityKind{OddBlanks, OddApostrophe, OddFormula, OddTwin, OddFacility, OddTotal} {
		one := o.kinds[kind]
		if one == nil || kind == OddFacility && (o.sited < oddRows || one.Count*20 > o.rows) {
			continue // many rows without a facility are no odd ones
		}
		told := *one
		told.Text, told.Advice = o.words(told)
		list = append(list, told)
	}
	return list
}

// words says what an oddity is, and what to do about it.
func (o *Oddities) words(one Oddity) (text, advice string) {
	several := one.Count != 1
	many := func(single, plural string) string {
		if several {
			return strconv.FormatInt(one.Count, 10) + " " + plural
		}
		return "1 " + single
	}
	const undress = "they are taken byte by byte; to take them without it, set undress: true"
	first := one.Examples[0]
	where := fmt.Sprintf(", like %s at %s", shorten(first.SKU), first.Place)
	switch one.Kind {
	case OddBlanks:
		return many("SKU or facility begins or ends in a blank", "SKUs or facilities begin or end in a blank") + where, undress
	case OddApostrophe:
		return many("SKU begins with an apostrophe", "SKUs begin with an apostrophe") + where, undress
	case OddFormula:
		return many("SKU is a spreadsheet's formula", "SKUs are a spreadsheet's formulas") + where, undress
	case OddTwin:
		return many("SKU differs from another one only in case or blanks", "SKUs differ from others only in case or blanks") + where,
			"they are taken for different ones; correct them in the warehouse, or set undress: true where the blanks are at their ends"
	case OddFacility:
		return many("row has no facility", "rows have no facility") + ", and all others have one" + where,
			"if it is no level, like a total, set skip_rows or stop_at to how the line looks; otherwise correct it in the warehouse"
	}
	return many("row has a figure that is the sum of all rows before it", "rows have a figure that is the sum of all rows before them") + where,
		"if it is a total and no level, set skip_rows or stop_at to how the line looks"
}

// beginsOrEndsBlank is true for a text with a blank around it, be it one that does not show.
func beginsOrEndsBlank(text string) bool { return strings.TrimFunc(text, IsBlank) != text }

// IsBlank is true for blanks within a line: spaces of any width, no-break ones too, tabs, and marks of no width that do not show.
func IsBlank(letter rune) bool {
	return letter == '\t' || letter == '\u200b' || letter == '\ufeff' || unicode.Is(unicode.Zs, letter)
}

// Formula returns what a spreadsheet shows of ="…"; ok is false for any other text.
func Formula(text string) (inside string, ok bool) {
	inside, begins := strings.CutPrefix(text, `="`)
	inside, ends := strings.CutSuffix(inside, `"`)
	if !begins || !ends || strings.Contains(strings.ReplaceAll(inside, `""`, ""), `"`) {
		return "", false
	}
	return strings.ReplaceAll(inside, `""`, `"`), true
}

package inventory

import (
	"hash/maphash"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// OddityKind names what is suspicious about a row that was accepted.
type OddityKind string

// The kinds of oddities.
const (
	OddBlanks     OddityKind = "blanks"      // the SKU or facility begins or ends with a blank
	OddApostrophe OddityKind = "apostrophe"  // the SKU begins with an apostrophe
	OddFormula    OddityKind = "formula"     // the SKU is ="…"
	OddRewritten  OddityKind = "rewritten"   // the SKU has the form that a spreadsheet gives to a long number or a date
	OddTwin       OddityKind = "twin"        // the SKU differs from another one only in case or blanks
	OddFacility   OddityKind = "no facility" // the row has no facility, although nearly all others have one
	OddTotal      OddityKind = "total"       // the figure is the sum of all rows before it
	OddListing    OddityKind = "listing"     // no listing, product or bundle has this SKU, but one has an SKU that is Alike
	OddRecorded   OddityKind = "recorded"    // a recorded SKU with stock is Alike, and the snapshot does not name that SKU
)

// kindsOfOddities are in the order in which they are listed.
var kindsOfOddities = []OddityKind{OddBlanks, OddApostrophe, OddFormula, OddRewritten, OddTwin, OddListing, OddRecorded, OddFacility, OddTotal}

// Oddity counts the rows of a snapshot that are suspicious for one reason.
type Oddity struct {
	Kind     OddityKind `json:"kind"`
	Count    int64      `json:"count"`
	Examples []Example  `json:"examples"` // the first ones, at most OddExamples
	Text     string     `json:"text"`     // what is suspicious, in words, with the count and the first example
	Advice   string     `json:"advice"`   // what to do about it, with the name of the setting
}

// Example is a row that shows an oddity. Its texts are those of the source, cut to MaxSKUBytes.
type Example struct {
	SKU      string `json:"sku"`
	Facility string `json:"facility,omitempty"`
	Place    string `json:"place,omitempty"`
	Other    string `json:"other,omitempty"` // the SKU from which this one differs little
}

// OddExamples is how many examples of a kind are kept.
const OddExamples = 3

// oddSKUs is how many SKUs are remembered in order to find those that differ only in case or blanks. SKUs after that are not compared.
const oddSKUs = 200_000

// oddRows is how many rows there must be before a row can be unlike the others.
const oddRows = 5

// Oddities counts suspicious rows. It decides nothing: SKUs stay as they are. The zero value is ready. Its size does not grow with the
// number of rows, except for a key for each of the first 200,000 SKUs.
type Oddities struct {
	kinds        map[OddityKind]*Oddity
	seed         maphash.Seed
	folded       map[uint64]string // hash of an SKU without case and blanks → the SKU
	buffer       []byte
	rows         int64 // all rows
	withFacility int64 // rows with a facility
	sum          int64 // of the available figures
	withFigure   int64 // rows with an available figure
}

// Add counts a row. It skips rows that could not be read, which are refused with a reason.
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
	if rewritten(plain) {
		o.note(OddRewritten, row)
	}
	if row.Facility == "" {
		o.note(OddFacility, row)
	} else {
		o.withFacility++
	}
	o.twin(row)
	o.total(row)
}

// twin compares the row's SKU with those of earlier rows, without case and blanks.
func (o *Oddities) twin(row Row) {
	if o.folded == nil {
		o.folded, o.seed = map[uint64]string{}, maphash.MakeSeed()
	}
	o.buffer = appendFolded(o.buffer[:0], row.SKU)
	key := maphash.Bytes(o.seed, o.buffer)
	switch before, ok := o.folded[key]; {
	case ok && before != row.SKU:
		o.noteBeside(OddTwin, row, before)
	case !ok && len(o.folded) < oddSKUs:
		o.folded[key] = strings.Clone(row.SKU) // it may be a part of a page
	}
}

// total compares the row's figure with the sum of all figures before it.
func (o *Oddities) total(row Row) {
	if row.Available == nil {
		return
	}
	units := *row.Available
	if o.withFigure >= oddRows && units > 0 && units == o.sum {
		o.note(OddTotal, row)
	}
	o.sum += units
	o.withFigure++
}

func (o *Oddities) note(kind OddityKind, row Row) { o.noteBeside(kind, row, "") }

func (o *Oddities) noteBeside(kind OddityKind, row Row, other string) {
	if o.kinds == nil {
		o.kinds = map[OddityKind]*Oddity{}
	}
	oddity := o.kinds[kind]
	if oddity == nil {
		oddity = &Oddity{Kind: kind}
		o.kinds[kind] = oddity
	}
	if oddity.Count++; len(oddity.Examples) < OddExamples {
		oddity.Examples = append(oddity.Examples, NewExample(row, other))
	}
}

// NewExample makes an example of a row. The row's texts may have any length and any bytes.
func NewExample(row Row, other string) Example {
	cut := func(text string) string { return strings.Clone(presentable(text, MaxSKUBytes)) }
	return Example{SKU: cut(row.SKU), Facility: cut(row.Facility), Place: cut(row.Place), Other: cut(other)}
}

// List returns the oddities, in the order of kindsOfOddities.
func (o *Oddities) List() []Oddity {
	var list []Oddity
	for _, kind := range kindsOfOddities {
		oddity := o.kinds[kind]
		if oddity == nil || kind == OddFacility && (o.withFacility < oddRows || oddity.Count*20 > o.rows) {
			continue // many rows without a facility are no odd ones
		}
		list = append(list, oddity.WithText())
	}
	return list
}

// JoinOddities adds up the oddities of several lists by their kinds.
func JoinOddities(lists ...[]Oddity) []Oddity {
	var joined []Oddity
	for _, kind := range kindsOfOddities {
		sum := Oddity{Kind: kind}
		for _, oddity := range slices.Concat(lists...) {
			if oddity.Kind == kind {
				sum.Count += oddity.Count
				sum.Examples = append(sum.Examples, oddity.Examples...)
			}
		}
		if sum.Count > 0 {
			sum.Examples = sum.Examples[:min(len(sum.Examples), OddExamples)]
			joined = append(joined, sum.WithText())
		}
	}
	return joined
}

// WithText returns the oddity with Text and Advice filled in.
func (o Oddity) WithText() Oddity {
	where := ""
	if len(o.Examples) > 0 {
		where = o.Examples[0].words(o.Kind)
	}
	many := func(single, plural string) string {
		if o.Count == 1 {
			return "1 " + single
		}
		return strconv.FormatInt(o.Count, 10) + " " + plural
	}
	const undress = "they are taken byte by byte; to take them without it, set undress: true"
	switch o.Kind {
	case OddBlanks:
		o.Text, o.Advice = many("SKU or facility begins or ends in a blank", "SKUs or facilities begin or end in a blank")+where, undress
	case OddApostrophe:
		o.Text, o.Advice = many("SKU begins with an apostrophe", "SKUs begin with an apostrophe")+where, undress
	case OddFormula:
		o.Text, o.Advice = many("SKU is a spreadsheet's formula", "SKUs are a spreadsheet's formulas")+where, undress
	case OddRewritten:
		o.Text = many("SKU looks like a number or date that a spreadsheet has rewritten", "SKUs look like numbers or dates that a spreadsheet has rewritten") + where
		o.Advice = "what it took away is in no file any more, and several SKUs may have become one; have the SKUs written as text, " +
			"and the file never saved by a spreadsheet"
	case OddTwin:
		o.Text = many("SKU differs from another one only in case or blanks", "SKUs differ from others only in case or blanks") + where
		o.Advice = "they are taken for different ones; correct them in the warehouse, or set undress: true where the blanks are at their ends"
	case OddListing:
		o.Text = many("SKU has no listing of that spelling, and differs", "SKUs have no listing of that spelling, and differ") +
			" from one in the listings, products or bundles " + onlyInSpelling + where
		o.Advice = "they are taken for different ones; correct them in the warehouse, or in the listings, products and bundles"
	case OddRecorded:
		o.Text = many("SKU differs", "SKUs differ") + " from a recorded one with stock, which this snapshot does not name, " + onlyInSpelling + where
		o.Advice = "the figures of both count; if it is the same item, correct its SKU in the warehouse, or see to it that the old one goes to 0"
	case OddFacility:
		o.Text = many("row has no facility", "rows have no facility") + ", and all others have one" + where
		o.Advice = "if it is no level, like a total, set skip_rows or stop_at to how the line looks; otherwise correct it in the warehouse"
	case OddTotal:
		o.Text = many("row has a figure that is the sum of all rows before it", "rows have a figure that is the sum of all rows before them") + where
		o.Advice = "if it is a total and no level, set skip_rows or stop_at to how the line looks"
	}
	return o
}

// onlyInSpelling says how SKUs that are Alike differ.
const onlyInSpelling = "only in case, blanks, leading zeros or a spreadsheet's marks"

// words describe the example, for the end of an oddity's Text.
func (e Example) words(kind OddityKind) string {
	text := ", like " + Quoted(e.SKU)
	if e.Place != "" {
		text += " at " + Visible(Beginning(e.Place, shownPlace))
	}
	switch {
	case e.Other == "":
	case kind == OddListing:
		text += " for " + Quoted(e.Other)
	default:
		text += " beside " + Quoted(e.Other)
	}
	return text
}

// shownPlace is how many bytes of an example's place are shown.
const shownPlace = 100

// beginsOrEndsBlank is true for a text that begins or ends with a blank, visible or not.
func beginsOrEndsBlank(text string) bool { return strings.TrimFunc(text, IsBlank) != text }

// IsBlank is true for a blank within a line: a space of any width, a no-break space, a tab, or an invisible zero-width mark.
func IsBlank(letter rune) bool {
	return letter == '\t' || letter == '\u200b' || letter == '\ufeff' || unicode.Is(unicode.Zs, letter)
}

// rewrittenForms matches a long number that a spreadsheet cut to its first digits, like 4.68769E+17, and a code that it took for a date,
// like 1-Mar or Mar-01.
var rewrittenForms = regexp.MustCompile(`^(?:\d(?:[.,]\d+)?[Ee]\+\d{1,3}|\d{1,2}-` + months + `|` + months + `-\d\d)$`)

const months = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`

// rewritten is true for an SKU in a form that a spreadsheet gives to numbers or dates.
func rewritten(sku string) bool {
	const longest = len("1.2345678901234567E+123")
	return len(sku) <= longest && strings.ContainsAny(sku, "+-") && rewrittenForms.MatchString(sku)
}

// Formula returns the content of ="…", which a spreadsheet shows; ok is false for any other text.
func Formula(text string) (inside string, ok bool) {
	inside, begins := strings.CutPrefix(text, `="`)
	inside, ends := strings.CutSuffix(inside, `"`)
	if !begins || !ends || strings.Contains(strings.ReplaceAll(inside, `""`, ""), `"`) {
		return "", false
	}
	return strings.ReplaceAll(inside, `""`, `"`), true
}

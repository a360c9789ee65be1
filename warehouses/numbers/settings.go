package numbers

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// The names of the settings.
const (
	nameThousands = "thousands"
	nameDecimal   = "decimal"
	nameTexts     = "texts"
	nameUndress   = "undress"
	nameNegatives = "negatives"
	nameUnit      = "unit"
)

// space is the setting of thousands for blanks of any kind.
const space = "space"

// accounting is the setting of negatives for figures as accountants write them.
const accounting = "accounting"

// Options are what can be set on every warehouse. None has a default, so that the stored settings of a warehouse that sets none stay as
// they are.
func Options() []settings.Option {
	return []settings.Option{
		{
			Name: nameThousands, Kind: settings.String, Choices: []string{",", ".", "'", space}, Judge: judge{},
			Help: "What stands between the thousands of figures that are written as text: \",\" reads 1,234 as 1234. Without it such a figure is refused as " +
				"ambiguous. With space any blank may stand there.",
		},
		{
			Name: nameDecimal, Kind: settings.String, Choices: []string{".", ","},
			Help: "What stands before the decimals of figures that are written as text: \",\" reads 12,00 as 12. Decimals other than 0 are refused always. Without it " +
				"1.0000 is 1, and 1.000, which may be a thousand, is refused as ambiguous.",
		},
		{
			Name: nameNegatives, Kind: settings.String, Choices: []string{accounting},
			Help: "How figures below 0 are written as text, beside -5: with accounting, 5- and (5) are -5 too. Without it they are refused.",
		},
		{
			Name: nameUnit, Kind: settings.Patterns,
			Help: "What stands behind figures that are written as text, like pcs, or a list of such units: 12 pcs is then read as 12. Set it only where a figure " +
				"counts single units. Without it such a figure is refused.",
		},
		{
			Name: nameTexts, Kind: settings.Figures, Minimum: -inventory.MaxQuantity, Maximum: inventory.MaxQuantity,
			Help: "What words and codes mean that stand where a figure is expected: {\"Sold out\": 0, \"In stock\": 10, \"n/a\": none}. A text of none is no level: " +
				"the row is passed over, and is neither 0 nor refused. Texts are compared byte by byte, without the blanks around them.",
		},
		{
			Name: nameUndress, Kind: settings.Boolean,
			Help: "Whether SKUs, facilities and figures are taken without what a spreadsheet dresses them in: blanks around them (no-break ones too), an apostrophe " +
				"before them, and =\"…\" around them. Two rows that are then of one level are refused, both.",
		},
	}
}

// judge sees to settings that do not go with each other.
type judge struct{}

// Judge reports separators that are the same, and texts that mean two things.
func (judge) Judge(spec settings.Spec, values settings.Values) []settings.Problem {
	var problems []settings.Problem
	if thousands := values.Text(nameThousands); thousands != "" && thousands == values.Text(nameDecimal) {
		problems = append(problems, settings.Problem{
			Option:  nameDecimal,
			Message: fmt.Sprintf("thousands and decimal of %s are both %q; one figure cannot hold both so; correct one of them", spec.Driver, thousands),
		})
	}
	rules := New(values)
	texts, numbers := map[string]string{}, map[int64]string{}
	for _, text := range slices.Sorted(maps.Keys(values.Map(nameTexts))) {
		plain := rules.trimmed(text)
		if first, twice := texts[plain]; twice {
			problems = append(problems, settings.Problem{
				Option:  nameTexts,
				Message: fmt.Sprintf("texts of %s: %q and %q are the same without the blanks around them; keep one of them", spec.Driver, first, text),
			})
			continue
		}
		texts[plain] = text
		units, err := rules.number(plain)
		if err != nil {
			continue
		}
		if first, twice := numbers[units]; twice {
			problems = append(problems, settings.Problem{
				Option:  nameTexts,
				Message: fmt.Sprintf("texts of %s: %q and %q are the same number; keep one of them", spec.Driver, first, text),
			})
			continue
		}
		numbers[units] = text
	}
	return problems
}

// New returns the rules of checked settings. Where none of Options is set, they are the usual ones.
func New(values settings.Values) Rules {
	r := Rules{
		thousands: values.Text(nameThousands), decimal: values.Text(nameDecimal), undress: values.Boolean(nameUndress),
		accounting: values.Text(nameNegatives) == accounting, units: values.List(nameUnit),
	}
	given := values.Map(nameTexts)
	if len(given) == 0 {
		return r
	}
	r.texts, r.codes = map[string]Figure{}, map[int64]Figure{}
	for text, written := range given {
		meaning := Figure{None: true}
		if written != settings.None {
			units, err := strconv.ParseInt(written, 10, 64)
			if err != nil {
				continue // was not checked
			}
			meaning = Figure{Units: &units}
		}
		plain := r.trimmed(text)
		r.texts[plain] = meaning
		if units, err := r.number(plain); err == nil {
			r.codes[units] = meaning
		}
	}
	return r
}

package numbers_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

var spec = settings.Spec{Driver: "example", Options: numbers.Options()}

// rules are those that settings describe.
func rules(t testing.TB, raw map[string]any) numbers.Rules {
	t.Helper()
	values, problems := spec.Check(raw)
	require.Empty(t, problems)
	return numbers.New(values)
}

type raw = map[string]any

func TestFiguresAsText(t *testing.T) {
	t.Parallel()
	english, german := raw{"thousands": ","}, raw{"thousands": ".", "decimal": ","}
	for _, test := range []struct {
		settings raw
		text     string
		want     any // a number, nil for no figure, "none" for no level, "!…" for what the refusal says
	}{
		{nil, "12", 12},
		{nil, "-3", -3},
		{nil, "+3", 3},
		{nil, "007", 7},
		{nil, "", nil},
		{nil, " \t\u00a0", nil},

		// Whole numbers that are written as decimals.
		{nil, "1.0000", 1},
		{nil, "1.0", 1},
		{nil, "-3.00", -3},
		{nil, "1000.000", 1000},
		{nil, "0.000", 0},
		{nil, ".0000", 0},
		{nil, "-.00", 0},
		{nil, "1.5", "!a number with a fraction"},
		{nil, "1.0001", "!a number with a fraction"},
		{nil, ".5", "!a number with a fraction"},
		{nil, "1.", "!expected a whole number"},
		{nil, ".", "!"},
		{nil, "1.0.0", "!expected a whole number"},
		{nil, "1e3", "!a number with an exponent"},
		{nil, "1.0e0", "!a number with an exponent"},
		{nil, "0x10", "!is not a whole number"},
		{nil, "1000000000.0", 1_000_000_000},
		{nil, "1000000001.0", "!above 1000000000"},
		{nil, "-1000000001", "!below -1000000000"},

		// Blanks around a figure.
		{nil, " 12 ", 12},
		{nil, "\u00a012\u202f", 12},
		{nil, "\t-3", -3},
		{nil, "\ufeff5\u200b", 5},
		{nil, "1 2", "!text with a space"},
		{nil, "- 3", "!"},
		{nil, "12\n", "!"},

		// What is ambiguous is refused with the setting that reads it.
		{nil, "1,234", `!ambiguous: set thousands: "," if it is 1234, or decimal: "," if it is 1.234`},
		{nil, "12,000", `!ambiguous: set thousands: "," if it is 12000, or decimal: "," if it is 12`},
		{nil, "1,000", `!ambiguous: set thousands: "," if it is 1000, or decimal: "," if it is 1`},
		{nil, "1.000", `!ambiguous: set decimal: "." if it is 1, or thousands: "." if it is 1000`},
		{nil, "999.000", `!ambiguous`},
		{nil, "012.000", `!ambiguous`},
		{nil, "1.234", `!ambiguous: set decimal: "." if it is 1.234, or thousands: "." if it is 1234`},
		{nil, "1.000.000", `!set thousands: "."`},
		{nil, "12,00", `!set decimal: ","`},
		{nil, "1,234.00", `!set thousands: ","`},
		{nil, "1.234,00", `!set thousands: "." and decimal: ","`},
		{nil, "1 234", `!set thousands: space`},
		{nil, "1'234", `!set thousands: "'"`},

		{english, "1,234", 1234},
		{english, "12,000", 12_000},
		{english, "-1,234,567", -1_234_567},
		{english, "1234", 1234},
		{english, "1,234.00", 1234},
		{english, "1.000", 1},
		{english, "1,234.50", "!a number with a fraction"},
		{english, "1,23", "!"},
		{english, "1234,567", "!"},
		{english, "12,34,567", "!"},
		{english, "0,123", "!"},
		{english, ",123", "!"},
		{english, "1,,234", "!"},
		{english, "1,234,", "!"},
		{english, "2,000,000,000", "!above 1000000000"},
		{german, "1.234,00", 1234},
		{german, "1.000", 1000},
		{german, "1,00", 1},
		{german, "1.5", "!"},
		{german, "1,5", "!fraction"},
		{raw{"thousands": "."}, "1.000", 1000},
		{raw{"thousands": "."}, "1.000,0", 1000},
		{raw{"decimal": ","}, "1,000", 1},
		{raw{"decimal": ","}, "1.000", `!set thousands: "."`},
		{raw{"decimal": "."}, "1.000", 1},
		{raw{"decimal": "."}, "1,000", `!set thousands: ","`},
		{raw{"thousands": "space"}, "1 234\u00a0567", 1_234_567},
		{raw{"thousands": "space"}, "1\u202f234.0", 1234},
		{raw{"thousands": "space"}, "1 23", "!"},
		{raw{"thousands": "'"}, "1'234", 1234},
		{raw{"thousands": "'"}, "1’234", 1234},

		// Words and codes.
		{nil, "Low", `!"Low" is not a whole number; if it stands for one, set texts: {"Low": NUMBER}, or none where it means that there is no level`},
		{nil, "10+", `!set texts: {"10+": NUMBER}`},
		{nil, ">100", `!set texts: {">100": NUMBER}`},
		{raw{"texts": raw{"Out": 0, "Plenty": 100, "n/a": "none"}}, "Out", 0},
		{raw{"texts": raw{"Out": 0, "Plenty": 100, "n/a": "none"}}, " Plenty ", 100},
		{raw{"texts": raw{"Out": 0, "Plenty": 100, "n/a": "none"}}, "n/a", "none"},
		{raw{"texts": raw{"Out": 0}}, "OUT", "!set texts"},
		{raw{"texts": raw{"Out": 0}}, "5", 5},
		{raw{"texts": raw{"-1": "none"}}, "-1", "none"},
		{raw{"texts": raw{"-1": "none"}}, "-1.00", "none"},
		{raw{"texts": raw{"9999": 50}}, "9999", 50},
		{raw{"texts": raw{"": "none"}}, " ", "none"},
		{raw{"texts": raw{"": 0}}, "", 0},

		// Figures below 0 as accountants write them.
		{nil, "7-", "!set negatives: accounting if it is -7"},
		{nil, "(5)", "!set negatives: accounting if it is -5"},
		{english, "(1,200)", "!set negatives: accounting if it is -1200"},
		{nil, "(1,200)", `!set texts: {"(1,200)": NUMBER}`},
		{nil, "-7-", `!set texts`},
		{nil, "(-7)", `!set texts`},
		{nil, "7)", `!set texts`},
		{raw{"unit": "pcs"}, "12 pcs", 12},
		{raw{"unit": "pcs"}, "12pcs", 12},
		{raw{"unit": "pcs"}, " 12.00\u00a0pcs ", 12},
		{raw{"unit": "pcs"}, "-3 pcs", -3},
		{raw{"unit": []any{"pcs", "Stk."}}, "5 Stk.", 5},
		{raw{"unit": "pcs"}, "5 Stk.", `!set unit: "Stk." if it is 5`},
		{raw{"unit": "pcs"}, "pcs", "!"},
		{raw{"unit": "pcs"}, "12 pcs of 20", "!"},
		{raw{"unit": "pcs"}, "1.5 pcs", "!"},
		{raw{"unit": "pcs"}, "1,234 pcs", "!"},
		{raw{"unit": "pcs", "thousands": ","}, "1,234 pcs", 1234},
		{raw{"unit": "pcs"}, "12 kpcs", `!set unit: "kpcs"`},
		{raw{"unit": "pcs", "texts": raw{"1 pcs": 10}}, "1 pcs", 10},
		{raw{"unit": "pcs", "texts": raw{"-1": "none"}}, "-1 pcs", "none"},
		{raw{"negatives": "accounting"}, "7-", -7},
		{raw{"negatives": "accounting"}, "7 -", -7},
		{raw{"negatives": "accounting"}, "(5)", -5},
		{raw{"negatives": "accounting"}, " ( 5.00 ) ", -5},
		{raw{"negatives": "accounting"}, "-5", -5},
		{raw{"negatives": "accounting"}, "0-", 0},
		{raw{"negatives": "accounting"}, "-7-", "!"},
		{raw{"negatives": "accounting"}, "(-7)", "!"},
		{raw{"negatives": "accounting"}, "(7", "!"},
		{raw{"negatives": "accounting"}, "()", "!"},
		{raw{"negatives": "accounting"}, "-", "!"},
		{raw{"negatives": "accounting"}, "(1,200)", `!ambiguous`},
		{raw{"negatives": "accounting", "thousands": ","}, "(1,200)", -1200},
		{raw{"negatives": "accounting", "texts": raw{"(1)": "none"}}, "(1)", "none"},

		// What a spreadsheet dresses a figure in.
		{nil, `="12"`, "!set undress: true if it is 12"},
		{nil, "'12", "!set undress: true if it is 12"},
		{nil, "'-7", "!set undress: true if it is -7"},
		{english, `="1,200"`, "!set undress: true if it is 1200"},
		{nil, "'n/a", `!set texts: {"'n/a": NUMBER}`},
		{raw{"undress": true}, "''7", `!expected a whole number`},
		{raw{"undress": true}, "'n/a", `!set texts: {"n/a": NUMBER}`},
		{raw{"undress": true}, `="12"`, 12},
		{raw{"undress": true}, "'12", 12},
	} {
		got, err := rules(t, test.settings).Reading().Text(test.text)
		about := fmt.Sprintf("%q under %v: %v", test.text, test.settings, err)
		switch want := test.want.(type) {
		case int:
			require.NoError(t, err, about)
			require.Equal(t, numbers.Figure{Units: new(int64(want))}, got, about)
		case nil:
			require.NoError(t, err, about)
			require.Equal(t, numbers.Figure{}, got, about)
		case string:
			if want == "none" {
				require.NoError(t, err, about)
				require.Equal(t, numbers.Figure{None: true}, got, about)
				continue
			}
			require.ErrorContains(t, err, want[1:], about)
			require.Equal(t, numbers.Figure{}, got, about)
		}
	}
}

func TestFiguresInJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings raw
		json     string
		asText   bool
		want     any
	}{
		{nil, "5", false, 5},
		{nil, "5.0", false, 5},
		{nil, "1.000", false, 1}, // a point in JSON is a decimal point
		{nil, "-0.0", false, 0},
		{nil, "1.5", false, "!a number with a fraction"},
		{nil, "1e3", false, "!a number with an exponent"},
		{nil, "5e0", false, "!a number with an exponent"},
		{nil, "null", false, nil},
		{nil, "true", false, "!expected a whole number, found true or false"},
		{nil, "[5]", false, "!expected a whole number, found a list"},
		{nil, `"5"`, false, "!expected a whole number, found text"},
		{nil, `"5"`, true, 5},
		{nil, `" 5 "`, true, 5},
		{nil, `""`, true, "!the quantity is empty"},
		{nil, `"1.000"`, true, "!ambiguous"},
		{nil, `"Low"`, false, `!set texts: {"Low": NUMBER}`},
		{nil, `"\ud800"`, true, "!not valid Unicode"},
		{raw{"thousands": ","}, `"1,234"`, true, 1234},
		{raw{"thousands": ","}, `"1,234"`, false, "!found text"},
		{raw{"texts": raw{"Low": 3}}, `"Low"`, false, 3},
		{raw{"texts": raw{"-1": "none"}}, "-1", false, "none"},
		{raw{"texts": raw{"-1": "none"}}, "-1.0", false, "none"},
		{raw{"texts": raw{"true": 1, "null": "none"}}, "true", false, 1},
		{raw{"texts": raw{"true": 1, "null": "none"}}, "null", false, "none"},
		{raw{"texts": raw{"": "none"}}, `""`, false, "none"},
	} {
		value, err := jsonvalue.Parse([]byte(test.json))
		require.NoError(t, err)
		got, err := rules(t, test.settings).Reading().JSON(value, test.asText)
		about := fmt.Sprintf("%s under %v: %v", test.json, test.settings, err)
		switch want := test.want.(type) {
		case int:
			require.NoError(t, err, about)
			require.Equal(t, numbers.Figure{Units: new(int64(want))}, got, about)
		case nil:
			require.NoError(t, err, about)
			require.Equal(t, numbers.Figure{}, got, about)
		case string:
			if want == "none" {
				require.NoError(t, err, about)
				require.Equal(t, numbers.Figure{None: true}, got, about)
				continue
			}
			require.ErrorContains(t, err, want[1:], about)
		}
	}
}

// TestUnknownTextsAreListed: whoever has to say what the words mean sees all of them.
func TestUnknownTextsAreListed(t *testing.T) {
	t.Parallel()
	reading := rules(t, nil).Reading()
	_, err := reading.Text("Low")
	require.NotContains(t, err.Error(), "so far")
	for range 3 {
		_, err = reading.Text("Sold out")
	}
	require.ErrorContains(t, err, `unknown texts so far: "Low", "Sold out"`)
	require.Equal(t, []string{"Low", "Sold out"}, reading.Unknown())
	for i := range 100 {
		_, err = reading.Text(fmt.Sprintf("word-%03d", i))
	}
	require.ErrorContains(t, err, `"word-017" and more`)
	require.Less(t, len(err.Error()), 1500)
	require.Len(t, reading.Unknown(), 20)
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings raw
		says     string
	}{
		{raw{"thousands": ",", "decimal": ","}, `thousands and decimal of example are both ","`},
		{raw{"thousands": "_"}, "is not one of"},
		{raw{"decimal": "'"}, "is not one of"},
		{raw{"texts": raw{"Out": "nothing"}}, `Out: expected a whole number or none`},
		{raw{"texts": raw{"Out": 1.5}}, `Out: expected a whole number or none`},
		{raw{"texts": raw{"Out": 1_000_000_001}}, "outside"},
		{raw{"texts": raw{"Out": 0, " Out ": 1}}, `texts of example: " Out " and "Out" are the same without the blanks around them`},
		{raw{"texts": raw{"-1": 0, "-1.0": 1}}, `texts of example: "-1" and "-1.0" are the same number`},
		{raw{"texts": "Out"}, "expected texts with numbers"},
	} {
		_, problems := spec.Check(test.settings)
		require.NotEmpty(t, problems, test.settings)
		require.Contains(t, problems[0].Message, test.says)
	}
}

func TestUndress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"A": "A", "": "", " ": "", "S-39 ": "S-39", "S-40\u00a0 ": "S-40", " \u3000\tA B\u202f": "A B",
		`="00123"`: "00123", "'00124": "00124", `=" 00123 "`: "00123", `="a""b"`: `a"b`, ` ="1" `: "1",
		// What is no dress stays.
		"=1+1": "=1+1", `="1`: `="1`, `="1"&"2"`: `="1"&"2"`, `=""`: "", "'": "'", "''A": "'A", "A'": "A'", "a\u00a0b": "a\u00a0b", "A\n": "A\n",
	} {
		require.Equal(t, text, rules(t, nil).Undress(text))
		require.Equal(t, want, rules(t, raw{"undress": true}).Undress(text), "%q", text)
	}
}

// digits are the figures of a text, without the zeros before them.
func digits(text string) string {
	kept := strings.Map(func(letter rune) rune {
		if letter >= '0' && letter <= '9' {
			return letter
		}
		return -1
	}, text)
	return strings.TrimLeft(kept, "0")
}

// settingsOf makes settings of a number.
func settingsOf(choice uint8) raw {
	given := raw{}
	if thousands := []string{"", ",", ".", "'", "space"}[choice%5]; thousands != "" {
		given["thousands"] = thousands
	}
	if decimal := []string{"", ".", ","}[choice/5%3]; decimal != "" && decimal != given["thousands"] {
		given["decimal"] = decimal
	}
	if choice/15%2 == 1 {
		given["undress"] = true
	}
	if choice/30%2 == 1 {
		given["negatives"] = "accounting"
	}
	if choice/60%2 == 1 {
		given["unit"] = "pcs"
	}
	return given
}

// FuzzText: nothing is read as a number that a person would not read so. Every figure of the text is a figure of the number, in order; what is
// more are zeros behind a decimal separator. And what was read is read the same when it is written down.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"12", "1,234", "1.000", "1.0000", " 5 ", "-1.234,00", "1 234", "1'234", `="5"`, "'5", "1e3", "0x1", "５", "", "1,23", "10+",
		".00", "7-", "(5)", "(1,200)", "-7-", "12 pcs", "1,234pcs", "pcs",
	} {
		for choice := range uint8(120) {
			f.Add(text, choice)
		}
	}
	f.Fuzz(func(t *testing.T, text string, choice uint8) {
		r := rules(t, settingsOf(choice))
		got, err := r.Reading().Text(text)
		if err != nil {
			require.LessOrEqual(t, len(err.Error()), 1500)
			return
		}
		require.False(t, got.None, "no text was given a meaning")
		if got.Units == nil {
			require.Empty(t, strings.Trim(r.Undress(strings.TrimFunc(text, unicode.IsSpace)), " \t\u200b\ufeff\u00a0"), "%q is no blank", text)
			return
		}
		units := *got.Units
		require.LessOrEqual(t, max(units, -units), int64(inventory.MaxQuantity))
		require.Equal(t, units < 0, strings.ContainsAny(text, "-(") && units != 0)
		plain := text
		if choice/60%2 == 1 {
			plain = strings.Replace(text, "pcs", "", 1)
		}
		require.False(t, strings.ContainsFunc(plain, func(letter rune) bool {
			return unicode.IsLetter(letter) || unicode.IsDigit(letter) && letter > unicode.MaxASCII
		}), "%q was read as %d", text, units)
		rest, whole := strings.CutPrefix(digits(text), strconv.FormatInt(max(units, -units), 10))
		if units == 0 {
			rest, whole = digits(text), true
		}
		require.True(t, whole && strings.Trim(rest, "0") == "", "%q was read as %d", text, units)
		require.True(t, rest == "" || strings.ContainsAny(text, ".,"), "%q was read as %d", text, units)

		again, err := r.Reading().Text(strconv.FormatInt(units, 10))
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// FuzzWritten: a number that is written by the rules is read as that number, and where other rules read it, they read the same or refuse it.
func FuzzWritten(f *testing.F) {
	for _, units := range []int64{0, 1, -1, 999, 1000, -1234, 1_000_000, inventory.MaxQuantity} {
		for choice := range uint8(15) {
			f.Add(units, choice, uint8(choice%5))
		}
	}
	f.Fuzz(func(t *testing.T, units int64, choice, zeros uint8) {
		units %= inventory.MaxQuantity + 1
		given := settingsOf(choice % 15)
		text := strconv.FormatInt(max(units, -units), 10)
		if separator, _ := given["thousands"].(string); separator != "" {
			text = grouped(text, map[string]string{"space": " "}[separator]+strings.TrimSuffix(separator, "space"))
		}
		decimal, _ := given["decimal"].(string)
		if decimal == "" {
			decimal = map[bool]string{true: ",", false: "."}[given["thousands"] == "."]
		}
		if zeros %= 6; zeros > 0 {
			text += decimal + strings.Repeat("0", int(zeros))
		}
		if units < 0 {
			text = "-" + text
		}
		got, err := rules(t, given).Reading().Text(text)
		if given["thousands"] == nil && given["decimal"] == nil && zeros == 3 && units != 0 && units > -1000 && units < 1000 {
			require.ErrorContains(t, err, "ambiguous", text)
		} else {
			require.NoError(t, err, "%q under %v", text, given)
			require.Equal(t, units, *got.Units, "%q under %v", text, given)
		}
		if plain, err := rules(t, nil).Reading().Text(text); err == nil {
			require.Equal(t, units, *plain.Units, "%q is read otherwise where nothing is set", text)
		}
	})
}

// grouped writes separators between groups of three.
func grouped(text, separator string) string {
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + separator + text[at:]
	}
	return text
}

func ExampleReading() {
	values, _ := spec.Check(map[string]any{"thousands": ",", "texts": map[string]any{"Sold out": 0, "n/a": "none"}})
	reading := numbers.New(values).Reading()
	for _, text := range []string{"1,234", "5.0000", "Sold out", "n/a", "1.5"} {
		switch figure, err := reading.Text(text); {
		case err != nil:
			fmt.Println(err)
		case figure.None:
			fmt.Println("no level")
		default:
			fmt.Println(*figure.Units)
		}
	}
	// Output:
	// 1234
	// 5
	// 0
	// no level
	// the quantity "1.5" is a number with a fraction; expected a whole number like 12
}

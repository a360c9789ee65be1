package numbers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// separators are one way to write numbers.
type separators struct {
	thousands string // empty: none
	decimal   string
}

// The separators that are known. What stands between thousands comes first, for an error lists it first.
var (
	knownThousands = []string{",", ".", "'", space, ""}
	knownDecimals  = []string{".", ","}
)

// usual is how the rules read.
func (r Rules) usual() separators {
	s := separators{thousands: r.thousands, decimal: r.decimal}
	if s.decimal == "" {
		s.decimal = "."
		if s.thousands == "." {
			s.decimal = ","
		}
	}
	return s
}

// possible are all ways in which the warehouse may write, as far as is known.
func (r Rules) possible() []separators {
	var all []separators
	for _, thousands := range knownThousands {
		for _, decimal := range knownDecimals {
			if thousands == decimal || r.thousands != "" && thousands != r.thousands || r.decimal != "" && decimal != r.decimal {
				continue
			}
			all = append(all, separators{thousands, decimal})
		}
	}
	return all
}

// Whether the first group of a grouped number may begin with 0. Nobody writes 0,123 for 123, so it is not read; and as it is not
// impossible, it makes 012.000 ambiguous.
const (
	strictly = false
	loosely  = true
)

// read returns the figures of a whole number without a sign; ok is false when the text is none in this way of writing.
func (s separators) read(text string, zeros bool) (figures string, ok bool) {
	whole, decimals, has := strings.Cut(text, s.decimal)
	if has && (decimals == "" || strings.Trim(decimals, "0") != "") {
		return "", false
	}
	if whole == "" {
		return "0", has
	}
	return s.groups(whole, zeros)
}

// fraction is a number with a fraction as it is written with a point; empty when the text is none.
func (s separators) fraction(text string) string {
	whole, decimals, has := strings.Cut(text, s.decimal)
	figures, ok := s.groups(whole, loosely)
	if !has || !ok || decimals == "" || !allDigits(decimals) || len(text) > 20 {
		return ""
	}
	return value(figures) + "." + decimals
}

// groups takes the separators out of a number. Each stands before three figures, or there is none.
func (s separators) groups(text string, zeros bool) (string, bool) {
	if allDigits(text) {
		return text, true
	}
	if s.thousands == "" {
		return "", false
	}
	var figures strings.Builder
	group, grouped := 0, false
	for i, letter := range text {
		switch {
		case letter >= '0' && letter <= '9':
			figures.WriteByte(byte(letter))
			group++
		case !s.separates(letter), grouped && group != 3, !grouped && (i == 0 || group > 3):
			return "", false
		default:
			group, grouped = 0, true
		}
	}
	if group != 3 || text[0] == '0' && !zeros {
		return "", false
	}
	return figures.String(), true
}

// separates is true for a letter that stands between thousands.
func (s separators) separates(letter rune) bool {
	switch s.thousands {
	case space:
		return unicode.Is(unicode.Zs, letter)
	case "'":
		return letter == '\'' || letter == '\u2019'
	}
	separator, _ := utf8.DecodeRuneInString(s.thousands)
	return letter == separator
}

// beyond are the settings that a text needs to be read in this way, beside those that the rules have.
func (s separators) beyond(r Rules, text string) string {
	needed := ""
	holds := strings.ContainsFunc(text, s.separates) && s.thousands != ""
	if holds && r.thousands == "" {
		needed = "thousands: " + quotedSetting(s.thousands)
	}
	if r.decimal != "" || !strings.Contains(text, s.decimal) || s.decimal == "." && holds {
		return needed
	}
	if needed != "" {
		needed += " and "
	}
	return needed + "decimal: " + quotedSetting(s.decimal)
}

// quotedSetting is a separator as a configuration file holds it.
func quotedSetting(separator string) string {
	if separator == space {
		return space
	}
	return `"` + separator + `"`
}

func allDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

package warehouses

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// manner is a way to write numbers, and what it makes of the texts of a report.
type manner struct {
	settings []Setting
	figures  []string // by text; a whole number
	broken   []string // by text; a number with a fraction, which stays refused
	whole    int      // texts that are whole numbers
	numbers  int      // texts that are numbers, whole or not
}

// separators suggests what stands between thousands and before decimals. One manner that reads all texts is suggested when no other could
// be meant: none that makes numbers of all of them, or when the figures that are read speak for it. Small ones that are written without a
// separator, and none of a thousand or more, say that the separator is one of thousands: whoever writes three decimals writes them always.
func (s subject) separators() *Suggestion {
	texts, count := s.numbers()
	if len(texts) == 0 {
		return nil
	}
	manners := s.manners(texts)
	most := 0 // texts that are read as whole numbers in any manner
	for i := range texts {
		if slices.ContainsFunc(manners, func(m manner) bool { return m.figures[i] != "" }) {
			most++
		}
	}
	if most == 0 {
		return nil
	}
	readable := func(m manner) int { return m.numbers }
	all := readable(slices.MaxFunc(manners, func(a, b manner) int { return readable(a) - readable(b) }))
	var complete, plausible []manner
	for _, m := range manners {
		switch {
		case m.whole == most:
			complete = append(complete, m)
		case m.numbers == all:
			plausible = append(plausible, m)
		}
	}
	why := fmt.Sprintf("%s: a figure like %s can be read only with a setting", rows(count), quote(texts[0]))
	spoken := s.plain(texts)
	if len(complete) == 1 && complete[0].numbers == all && (len(plausible) == 0 || spoken) {
		return suggestion(why, complete[0].reads(texts), complete[0].settings...)
	}
	suggestion := &Suggestion{Why: why + ", and it is not certain which number is meant", Decide: true}
	for _, m := range append(complete, plausible...) {
		if len(m.settings) > 0 && len(suggestion.Ways) < 4 {
			suggestion.Ways = append(suggestion.Ways, Way{Settings: m.settings, Reads: m.reads(texts)})
		}
	}
	if len(suggestion.Ways) == 0 {
		return nil
	}
	return suggestion
}

// plain is true where there are figures below 1000, and none of 1000 or more, that are written without a separator.
func (s subject) plain(texts []string) bool {
	small, large := s.report.small > 0, s.report.large > 0
	for _, text := range texts {
		if digits := strings.Trim(text, "0123456789") == ""; digits {
			small, large = small || len(text) < 4, large || len(text) >= 4
		}
	}
	return small && !large
}

// numbers are the different texts of refused figures that separators may read, and how many rows have them.
func (s subject) numbers() (texts []string, count int64) {
	kinds := []inventory.FaultKind{inventory.FaultAmbiguous}
	if s.offers("delimiter") { // everything is text there
		kinds = append(kinds, inventory.FaultFraction, inventory.FaultNumber)
	}
	if s.open("figures_as_text") {
		kinds = append(kinds, inventory.FaultNumberText)
	}
	for _, kind := range kinds {
		refused, _ := s.report.refusals(kind)
		count += refused.Count
		for _, text := range refused.Texts {
			texts = append(texts, text.raw)
		}
	}
	return texts, count
}

// manners are all ways to write numbers that are not ruled out by what is set already, each with as few settings as it needs.
func (s subject) manners(texts []string) []manner {
	var all []manner
	asText := s.open("figures_as_text")
	joined := strings.Join(texts, "\n")
	for _, pair := range [][2]string{
		{"", ""},
		{",", ""},
		{".", ""},
		{"'", ""},
		{"space", ""},
		{"", ","},
		{"", "."},
		{",", "."},
		{".", ","},
		{"'", "."},
		{"'", ","},
		{"space", "."},
		{"space", ","},
	} {
		values, m := maps.Clone(s.values), manner{}
		if values == nil {
			values = settings.Values{}
		}
		if asText {
			m.settings = append(m.settings, Setting{"figures_as_text", true})
		}
		sound := true
		for i, name := range []string{"thousands", "decimal"} {
			separator := pair[i]
			if separator == "" {
				continue
			}
			sound = sound && s.open(name) && (strings.Contains(joined, separator) || separator == "space" || separator == "'" && strings.Contains(joined, "\u2019"))
			values[name] = separator
			m.settings = append(m.settings, Setting{name, separator})
		}
		if !sound || len(m.settings) == 0 {
			continue
		}
		m.read(numbers.New(values), texts)
		same := func(other manner) bool {
			return slices.Equal(other.figures, m.figures) && slices.Equal(other.broken, m.broken)
		}
		if m.numbers > 0 && !slices.ContainsFunc(all, same) {
			all = append(all, m)
		}
	}
	return all
}

// read notes what rules make of texts.
func (m *manner) read(rules numbers.Rules, texts []string) {
	m.figures, m.broken = make([]string, len(texts)), make([]string, len(texts))
	for i, text := range texts {
		number, whole, ok := rules.Meaning(text)
		switch {
		case !ok:
			continue
		case whole:
			m.figures[i] = number
			m.whole++
		default:
			m.broken[i] = number
		}
		m.numbers++
	}
}

// reads says what becomes of the first texts.
func (m manner) reads(texts []string) string {
	var parts []string
	for i, text := range texts {
		if len(parts) == reportExamples {
			break
		}
		quoted := quote(text)
		switch {
		case m.figures[i] != "":
			parts = append(parts, fmt.Sprintf("reads %s as %s", quoted, m.figures[i]))
		case m.broken[i] != "":
			parts = append(parts, fmt.Sprintf("takes %s for %s, a fraction, which stays refused", quoted, m.broken[i]))
		}
	}
	return strings.Join(parts, ", ")
}

// layouts are how times are often written, besides RFC 3339.
var layouts = []string{
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02", "2006/01/02 15:04:05", "2006/01/02", "20060102150405", "20060102",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", "02/01/2006 15:04:05", "02/01/2006 15:04", "02/01/2006",
	"01/02/2006 15:04:05", "01/02/2006 15:04", "01/02/2006", "1/2/2006 3:04 PM", "01/02/2006 3:04:05 PM", "unix", "unix_ms",
}

// times suggests how times are written, where it is the usual form that does not read them.
func (s subject) times() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultTime)
	if !any || !s.open("time_layout") || len(refused.Texts) == 0 {
		return nil
	}
	var ways []Way
	for _, layout := range layouts {
		first, sound := "", true
		for _, text := range refused.Texts {
			at, ok := timeIn(layout, text.raw)
			if sound = sound && ok; first == "" && ok {
				first = fmt.Sprintf("reads %s as %s", quote(text.Text), at.Format("2 January 2006, 15:04:05"))
			}
		}
		if sound && len(ways) < 4 {
			ways = append(ways, Way{Settings: []Setting{{"time_layout", layout}}, Reads: first + ", in the zone of the setting timezone"})
		}
	}
	if len(ways) == 0 {
		return nil
	}
	why := fmt.Sprintf("%s: reported_at is not a time in the form of time_layout, like %s", rows(refused.Count), quote(refused.Texts[0].Text))
	return &Suggestion{Why: why, Ways: ways, Decide: len(ways) > 1}
}

// timeIn reads a time of this century and the last decades of the one before it.
func timeIn(layout, text string) (time.Time, bool) {
	switch layout {
	case "unix", "unix_ms":
		number, err := strconv.ParseInt(text, 10, 64)
		at := time.Unix(number, 0).UTC()
		if layout == "unix_ms" {
			at = time.UnixMilli(number).UTC()
		}
		return at, err == nil && at.Year() >= 1990 && at.Year() < 2100
	}
	at, err := time.Parse(layout, text)
	return at, err == nil && at.Year() >= 1990 && at.Year() < 2100
}

package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// pageWidth is how wide a report is at most, in characters.
const pageWidth = 100

// reportState says in few words how a warehouse reads.
func reportState(r warehouses.Report) string {
	switch {
	case r.Failed != "":
		return "it cannot be read"
	case r.Refused > 0:
		return fmt.Sprintf("%d of %s %s refused", r.Refused, count(r.Rows, "row"), areOne(r.Refused))
	}
	return "ok, " + count(r.Rows, "row") + " read"
}

func areOne(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// showAdvice writes what was read, and what to set.
func showAdvice(w io.Writer, answer checkAnswer) {
	r := answer.Advice.Report
	if r.From != "" {
		wrapped(w, "  ", "  ", "from "+r.From)
	}
	if r.Failed != "" {
		wrapped(w, "  ", "  ", r.Failed)
	}
	if r.Rows > 0 {
		said := fmt.Sprintf("%s looked at: %d with a figure that counts", count(r.Rows, "row"), r.Read)
		if r.NoLevel > 0 {
			said += fmt.Sprintf(", %d that say there is no level", r.NoLevel)
		}
		wrapped(w, "  ", "  ", said+fmt.Sprintf(", %d refused", r.Refused))
	}
	if r.Limit != "" {
		wrapped(w, "  ", "  ", r.Limit+"; --rows and --within raise it")
	}
	showRead(w, answer, r)
	if len(answer.Notes) > 0 {
		line(w, "\nnotes")
		for _, note := range answer.Notes {
			wrapped(w, "  - ", "    ", plain(note))
		}
	}
	showSuggestions(w, answer)
}

// showRead writes what was read, what was not, and what looks odd.
func showRead(w io.Writer, answer checkAnswer, r warehouses.Report) {
	showFields(w, answer.Driver, r)
	showRefusals(w, r)
	showFigures(w, answer, r)
	if len(r.Odd) > 0 {
		line(w, "\nlooks odd")
		for _, odd := range r.Odd {
			wrapped(w, "  - ", "    ", odd.Text+"; "+odd.Advice)
		}
	}
}

// showFields lists columns, or the members of an API's items.
func showFields(w io.Writer, driver string, r warehouses.Report) {
	if len(r.Fields) == 0 {
		return
	}
	what := "fields of the items"
	if driver == "csv" {
		what = "columns"
		if r.Header > 0 {
			what += ", by line " + strconv.Itoa(r.Header)
		}
	}
	line(w, "\n%s", what)
	rows := [][]string{{"NAME", "READ AS", "HOLDS"}}
	for _, field := range r.Fields {
		var examples []string
		for _, example := range field.Examples {
			examples = append(examples, short(example, 22))
		}
		as := field.As
		if as == "" {
			as = "(not used)"
		}
		rows = append(rows, []string{short(field.Name, 32), as, strings.Join(examples, ", ")})
	}
	aligned(w, rows)
	if r.MoreFields > 0 {
		line(w, "  and %d more", r.MoreFields)
	}
	if r.Skipped > 0 {
		line(w, "  skip_rows passes over %s", count(r.Skipped, "line"))
	}
}

// showRefusals lists the kinds of refused rows with their examples.
func showRefusals(w io.Writer, r warehouses.Report) {
	if len(r.Refusals) == 0 {
		return
	}
	line(w, "\nrefused")
	for _, kind := range r.Refusals {
		line(w, "  %s: %s", count(kind.Count, "row"), kind.Kind.Words())
		for _, example := range kind.Examples {
			said := example.Place
			if example.SKU != "" {
				said += ", SKU " + example.SKU
			}
			if example.Facility != "" {
				said += ", " + example.Facility
			}
			if example.Text != "" {
				said += ": " + strings.TrimSpace(example.Field+` "`+strings.ReplaceAll(example.Text, `"`, `\"`)+`"`)
			}
			wrapped(w, "    - ", "      ", said)
		}
		if len(kind.Examples) > 0 {
			wrapped(w, "      ", "      ", kind.Examples[0].Reason)
		}
	}
}

// showFigures lists what was read of each facility, and the largest figures.
func showFigures(w io.Writer, answer checkAnswer, r warehouses.Report) {
	if r.Read == 0 {
		return
	}
	line(w, "\nfacilities")
	rows := [][]string{{"NAME", "LEVELS", "UNITS"}}
	for _, facility := range r.Facilities {
		rows = append(rows, []string{short(orNone(facility.Name), 40), fmt.Sprint(facility.Levels), fmt.Sprint(facility.Units)})
	}
	aligned(w, rows)
	if r.MoreFacilities > 0 {
		line(w, "  and %s in others", count(r.MoreFacilities, "level"))
	}
	var without []string
	for _, name := range answer.Facilities {
		if r.MoreFacilities == 0 && !slices.ContainsFunc(r.Facilities, func(one warehouses.Facility) bool { return one.Name == plain(name) }) {
			without = append(without, plain(name))
		}
	}
	if len(without) > 0 {
		wrapped(w, "  ", "  ", "no level was read of "+strings.Join(without, ", "))
	}
	line(w, "\nlargest figures")
	rows = [][]string{{"UNITS", "SKU", "FACILITY", "WHERE"}}
	for _, figure := range r.Largest {
		rows = append(rows, []string{fmt.Sprint(figure.Units), short(figure.SKU, 30), short(orNone(figure.Facility), 20), short(figure.Place, 32)})
	}
	aligned(w, rows)
}

func orNone(name string) string {
	if name == "" {
		return "(no facility)"
	}
	return name
}

// showSuggestions lists what to set, and what comes of it.
func showSuggestions(w io.Writer, answer checkAnswer) {
	advice := *answer.Advice
	if len(advice.Suggestions) == 0 {
		return
	}
	line(w, "\nsuggested settings")
	for i, suggestion := range advice.Suggestions {
		first := fmt.Sprintf("  %d. ", i+1)
		rest := strings.Repeat(" ", len(first))
		why := suggestion.Why
		if suggestion.Decide {
			why += "; you decide:"
		}
		wrapped(w, first, rest, why)
		for at, way := range suggestion.Ways {
			if at > 0 {
				line(w, "%s  or", rest)
			}
			for _, setting := range way.Settings {
				where := ""
				if way.Warehouse {
					where = "   (of the warehouse, beside driver)"
				}
				wrapped(w, rest+"    ", rest+"      ", settingYAML(setting)+where)
			}
			wrapped(w, rest+"  ", rest+"  ", way.Reads)
		}
	}
	if then := advice.Then; then != nil {
		said := fmt.Sprintf("with those that leave no choice, as tried: %s, %d with a figure that counts, %d refused",
			count(then.Rows, "row"), then.Read, then.Refused)
		if then.Failed != "" {
			said = "with those that leave no choice, as tried, it still cannot be read: " + then.Failed
		}
		line(w, "")
		wrapped(w, "", "  ", said)
		if advice.Report.Failed != "" && then.Failed == "" {
			showRead(w, answer, *then)
		}
	}
	line(w, "\nstarter check %s --suggest prints them as YAML to paste", answer.ID)
}

// short cuts a text for a table.
func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// aligned writes rows in columns, two blanks apart and indented, none wider than a page.
func aligned(w io.Writer, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(plain(cell)))
		}
	}
	for _, row := range rows {
		text := " "
		for i, cell := range row {
			cell = plain(cell)
			text += " " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1)
		}
		line(w, "%s", short(strings.TrimRight(text, " "), pageWidth))
	}
}

// wrapped writes a text in lines that are no wider than a page.
func wrapped(w io.Writer, first, rest, text string) {
	for _, part := range wrap(inventory.Visible(text), first, rest) {
		line(w, "%s", part)
	}
}

// wrap parts a text into lines at its blanks, and what has none where it must.
func wrap(text, first, rest string) []string {
	var lines []string
	current := first
	empty := true
	for _, word := range strings.Split(text, " ") {
		for {
			room := pageWidth - utf8.RuneCountInString(current)
			if !empty {
				room--
			}
			length := utf8.RuneCountInString(word)
			if length <= room {
				break
			}
			if !empty {
				lines, current, empty = append(lines, current), rest, true
				continue
			}
			letters := []rune(word)
			lines, current, word = append(lines, current+string(letters[:room])), rest, string(letters[room:])
		}
		if !empty {
			current += " "
		}
		current += word
		empty = false
	}
	return append(lines, current)
}

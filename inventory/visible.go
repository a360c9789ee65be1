package inventory

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is a text of somebody else's as people may read it, in one line: what cannot be seen is escaped, as control characters, marks
// that turn the direction of what follows (U+202E), spaces of no width, and bytes that are no UTF-8. Such a text could show another SKU
// or figure than it holds, or speak to a terminal. It is for display alone: SKUs are compared as they are.
func Visible(text string) string {
	clean := func(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }
	if !strings.ContainsFunc(text, func(r rune) bool { return !clean(r) }) {
		return text
	}
	var shown strings.Builder
	for i, r := range text {
		switch {
		case clean(r):
			shown.WriteRune(r)
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&shown, `\x%02x`, text[i])
		case r == '\n':
			shown.WriteString(`\n`)
		case r == '\t':
			shown.WriteString(`\t`)
		case r > 0xffff:
			fmt.Fprintf(&shown, `\U%08x`, r)
		default:
			fmt.Fprintf(&shown, `\u%04x`, r)
		}
	}
	return shown.String()
}

// VisibleLines is Visible for a text that may have several lines.
func VisibleLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Visible(line)
	}
	return strings.Join(lines, "\n")
}

// Beginning is the first bytes of a text, with a mark where there are more. A character at the cut is left out whole.
func Beginning(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

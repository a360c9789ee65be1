package inventory

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The texts of warehouses, stores, files and people may hold anything. Here is what makes them safe, for whoever takes them in or shows
// them: Storable where a text is kept, Visible, OneLine and Quoted where people read it. None is for SKUs that are compared: those stay as
// they are, or are refused (CheckSKU).

// Storable is a text as both databases can keep it. PostgreSQL takes neither NUL nor bytes that are no UTF-8, so each becomes U+FFFD, the
// replacement character, and never something that a person could have written: what was an SKU must not look like another SKU (Legible).
// It is for texts that people read. A key that cannot be kept is refused.
func Storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// Visible is a foreign text as people may read it, in one line. It escapes what cannot be seen: control characters, marks that turn the
// direction of what follows (U+202E), spaces of no width, and bytes that are no UTF-8. Such a text could show another SKU or figure than
// it holds, or control a terminal.
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

// OneLine is foreign prose, like a store's message, as people may read it: at most so many bytes of it, in one line. Blanks, line breaks
// and control characters become single blanks, and bytes that are no UTF-8 are left out; what else cannot be seen is escaped. In prose an
// escape would only be in the reader's way; in a name it would tell two names apart, so names are Quoted.
func OneLine(text string, most int) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	return Visible(Beginning(strings.Join(words, " "), most))
}

// quotedCharacters is how much of a text Quoted repeats: enough for the names of columns, which begin alike.
const quotedCharacters = 60

// Quoted is a foreign text as an error repeats it: in quotes, at most 60 characters of it, and escaped where it cannot be seen. The mark of
// what was left out stands outside the quotes, where it cannot be taken for a part of the text.
func Quoted(text string) string {
	beginning := firstCharacters(text, quotedCharacters)
	if len(beginning) < len(text) {
		return strconv.Quote(beginning) + "…"
	}
	return strconv.Quote(text)
}

// Shown is a foreign text in a list or a table: Visible, and at most so many characters of it.
func Shown(text string, most int) string {
	beginning := firstCharacters(text, most)
	if len(beginning) < len(text) {
		return Visible(beginning) + "…"
	}
	return Visible(text)
}

// firstCharacters is how a text begins. A byte that is no UTF-8 counts as a character.
func firstCharacters(text string, most int) string {
	for at := range text {
		if most--; most < 0 {
			return text[:at]
		}
	}
	return text
}

// Beginning is the first bytes of a text, with a mark where there are more. A character at the cut is left out whole.
func Beginning(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

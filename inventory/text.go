package inventory

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Texts of warehouses, stores, files and people may contain anything. The functions here make them safe: Storable before a text is stored,
// Visible, OneLine and Quoted before people read it. None is for SKUs that are compared: those stay as they are, or are refused (CheckSKU).

// Storable returns a text that both databases can store. PostgreSQL stores neither NUL bytes nor invalid UTF-8, so each becomes U+FFFD, the
// replacement character. It is never replaced by a character that a person could have written, because the result must not look like
// another SKU (see Legible). Storable is for texts that people read; a key that cannot be stored is refused instead.
func Storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// Visible escapes everything in a foreign text that people cannot see: control characters and line breaks, marks that change the direction
// of text (U+202E), zero-width spaces, and invalid UTF-8. Unescaped, such a text could look like another SKU or figure, or control a
// terminal.
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

// OneLine returns foreign prose, like a store's message, in one line of at most so many bytes. Blanks, line breaks and control characters
// become single spaces, invalid UTF-8 is dropped, and other invisible characters are escaped. It is not for names, because two names that
// differ only in what is dropped would look the same; names are Quoted.
func OneLine(text string, maxBytes int) string {
	words := strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	return Visible(Beginning(strings.Join(words, " "), maxBytes))
}

// quotedCharacters is how many characters of a text Quoted shows. Column names often begin alike, so it is not fewer.
const quotedCharacters = 60

// Quoted returns a foreign text for use in an error: in quotes, escaped, at most 60 characters. The ellipsis for the rest stands outside
// the quotes, where nobody can take it for a part of the text.
func Quoted(text string) string {
	beginning := firstCharacters(text, quotedCharacters)
	if len(beginning) < len(text) {
		return strconv.Quote(beginning) + "…"
	}
	return strconv.Quote(text)
}

// Shown returns a foreign text for a list or a table: escaped like Visible, at most so many characters.
func Shown(text string, maxCharacters int) string {
	beginning := firstCharacters(text, maxCharacters)
	if len(beginning) < len(text) {
		return Visible(beginning) + "…"
	}
	return Visible(text)
}

// firstCharacters returns the beginning of a text. An invalid byte counts as one character.
func firstCharacters(text string, maxCharacters int) string {
	for index := range text {
		if maxCharacters--; maxCharacters < 0 {
			return text[:index]
		}
	}
	return text
}

// Beginning returns at most so many bytes from the start of a text, followed by an ellipsis if there were more. A character is never cut in
// half.
func Beginning(text string, maxBytes int) string {
	if len(text) <= maxBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxBytes], "") + "…"
}

package inventory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Alike is the same text for SKUs that a person may take for one: they differ only in case, in blanks, in zeros before a number, which a
// spreadsheet drops, or in what it puts around them (="…", an apostrophe). SKUs are never compared by it where that decides anything.
func Alike(sku string) string {
	plain := strings.TrimFunc(sku, IsBlank)
	if inside, dressed := Formula(plain); dressed {
		plain = inside
	} else if len(plain) > 1 && plain[0] == '\'' {
		plain = plain[1:]
	}
	folded := string(appendFolded(nil, plain))
	if strings.Trim(folded, "0123456789") == "" {
		if bare := strings.TrimLeft(folded, "0"); bare != "" {
			return bare
		}
	}
	return folded
}

// appendFolded appends a text without case and blanks.
func appendFolded(into []byte, text string) []byte {
	for _, letter := range text {
		switch {
		case 'A' <= letter && letter <= 'Z':
			into = append(into, byte(letter)+'a'-'A')
		case ' ' < letter && letter < utf8.RuneSelf:
			into = append(into, byte(letter))
		case IsBlank(letter) || unicode.IsSpace(letter):
		default:
			into = utf8.AppendRune(into, unicode.ToLower(unicode.ToUpper(letter)))
		}
	}
	return into
}

package inventory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Alike returns a key that is equal for SKUs that a person may confuse: SKUs that differ only in case, in blanks, in leading zeros, which a
// spreadsheet drops, or in the marks that a spreadsheet adds (="…", an apostrophe). It only serves hints: no decision compares SKUs by it.
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

// appendFolded appends a text in lower case and without blanks.
func appendFolded(buffer []byte, text string) []byte {
	for _, letter := range text {
		switch {
		case 'A' <= letter && letter <= 'Z':
			buffer = append(buffer, byte(letter)+'a'-'A')
		case ' ' < letter && letter < utf8.RuneSelf:
			buffer = append(buffer, byte(letter))
		case IsBlank(letter) || unicode.IsSpace(letter):
		default:
			buffer = utf8.AppendRune(buffer, unicode.ToLower(unicode.ToUpper(letter)))
		}
	}
	return buffer
}

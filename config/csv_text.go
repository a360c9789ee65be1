package config

import (
	"bytes"
	"encoding/csv"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/tidemark/tidemark/inventory"
)

// A catalogue is mostly written by a spreadsheet. What a file says of itself by its first bytes, its first line or the names of its columns
// is read without a setting; what it does not say is refused.

// separators are what may stand between the fields of a catalogue.
var separators = []rune{',', ';', '\t', '|'}

// plainText is a file in UTF-8, without a byte order mark, its lines ended by line feeds. It tells where and why it cannot be made so.
func plainText(file string, content []byte) (text []byte, at place, wrong string) {
	at = place{file, 1, 1}
	switch wide := bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")); {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")), bytes.HasPrefix(content, []byte("\x1f\x8b")):
		return nil, at, "this is a spreadsheet's own file or an archive, not CSV; save it as CSV"
	case wide && len(content)%2 != 0:
		return nil, at, "the file is cut short: it ends in the middle of a UTF-16 character"
	case wide:
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(content)
		if err != nil {
			return nil, at, "the file is not valid UTF-16; save it as UTF-8"
		}
		content = decoded
	}
	for bytes.HasPrefix(content, []byte("\ufeff")) {
		content = content[len("\ufeff"):]
	}
	if !utf8.Valid(content) {
		return nil, firstInvalid(file, content), "the file is not valid UTF-8; save it as UTF-8"
	}
	if first := content[:min(len(content), 4)]; bytes.IndexByte(first, 0) >= 0 {
		return nil, at, "the file is not written in UTF-8, as its NUL bytes show; save it as UTF-8"
	}
	if end := bytes.IndexAny(content, "\r\n"); end >= 0 && content[end] == '\r' && !bytes.HasPrefix(content[end:], []byte("\r\n")) {
		content = bytes.ReplaceAll(content, []byte("\r"), []byte("\n")) // an old spreadsheet's, which ends every line so
	}
	return content, at, ""
}

// separatorOf is what separates the fields of a file: as a line like sep=; above its header says, which is taken out of the text; or what
// parts its header into names that are known. It is a comma where nothing says otherwise.
func separatorOf(text []byte, names []string) ([]byte, rune) {
	line, rest, more := bytes.Cut(text, []byte("\n"))
	if named := rune(inventory.NamedSeparator(bytes.TrimSuffix(line, []byte("\r")))); more && slices.Contains(separators, named) {
		return append([]byte("\n"), rest...), named // the lines keep their numbers
	}
	for _, separator := range separators {
		reader := csv.NewReader(bytes.NewReader(text))
		reader.Comma = separator
		header, err := reader.Read()
		if err == nil && slices.ContainsFunc(header, func(name string) bool { return slices.Contains(names, name) || suggest(name, names) != "" }) {
			return text, separator
		}
	}
	return text, separators[0]
}

// blank is true for a row of empty fields, as spreadsheets write below those that are filled.
func blank(row []string) bool {
	return len(row) > 1 && !slices.ContainsFunc(row, func(field string) bool { return len(bytes.TrimSpace([]byte(field))) > 0 })
}

package outbound

import (
	"bytes"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// byteOrderMark stands before the JSON of some partners: a file on their side was saved with it. JSON has no such thing (RFC 8259,
// section 8.1), and a reader may skip it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// withoutMark is a body without a byte order mark before it.
func withoutMark(body []byte) []byte { return bytes.TrimPrefix(body, byteOrderMark) }

// beginningBytes is how much of a body a person is shown.
const beginningBytes = 80

// secretive are words of a body that could be a token, an id of a person or a signature: long, and with letters and digits mixed; and
// whatever stands behind a name of a secret.
var secretive = regexp.MustCompile(`(?i)("?[a-z_]*(?:token|secret|password|passwd|signature|api_?key)"?\s*[:=]\s*)"?[^\s",}&<]+"?|` +
	`[A-Za-z0-9_+/=.~-]*[A-Za-z][A-Za-z0-9_+/=.~-]*[0-9][A-Za-z0-9_+/=.~-]*|[A-Za-z0-9_+/=.~-]*[0-9][A-Za-z0-9_+/=.~-]*[A-Za-z][A-Za-z0-9_+/=.~-]*`)

// shortWord is the longest word with letters and digits that is shown as it is.
const shortWord = 11

// Beginning is how a body begins, as a quoted text for a person: at most 80 bytes of it, control characters escaped, and nothing that
// could be a secret. It is for a response that cannot be read: a page of a firewall, a notice of PHP, a text of a proxy.
func Beginning(body []byte) string {
	body = bytes.TrimSpace(withoutMark(body))
	if len(body) == 0 {
		return "nothing"
	}
	cut := ""
	// A word at the end of what is looked at is judged whole, so a little more is looked at than is shown.
	if most := 4 * beginningBytes; len(body) > most {
		body = body[:most]
	}
	hidden := secretive.ReplaceAllFunc(body, func(word []byte) []byte {
		if name := secretive.FindSubmatch(word); len(name) > 1 && len(name[1]) > 0 {
			return append(bytes.Clone(name[1]), "…"...)
		}
		if len(word) <= shortWord {
			return word
		}
		return []byte("…")
	})
	if len(hidden) > beginningBytes {
		end := beginningBytes
		for end > 0 && !utf8.RuneStart(hidden[end]) {
			end--
		}
		hidden, cut = hidden[:end], "…"
	}
	return strconv.QuoteToGraphic(string(hidden)) + cut
}

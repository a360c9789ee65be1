package inventory_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "",
		"ACME-100 ä🚲 “x”":           "ACME-100 ä🚲 “x”",
		"A\u202e001-X":              `A\u202e001-X`,
		"\u200f\u061cA\u2066\u2069": `\u200f\u061cA\u2066\u2069`,
		"A\u200bB\ufeff\u00adC":     `A\u200bB\ufeff\u00adC`,
		"A\u00a0B":                  `A\u00a0B`,
		"\x1b[31mred\x07\x00":       `\u001b[31mred\u0007\u0000`,
		"a\r\n\tb\u2028c\u0085":     `a\u000d\n\tb\u2028c\u0085`,
		"\xff\xfeA\ufffd":           `\xff\xfeA\ufffd`,
		"\U000e0041":                `\U000e0041`,
	} {
		require.Equal(t, want, inventory.Visible(text))
	}
	require.Equal(t, "a\\u202e\nb", inventory.VisibleLines("a\u202e\nb"))
}

func FuzzVisible(f *testing.F) {
	f.Add("A\u202eB\xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range inventory.Visible(text) {
			require.True(t, unicode.IsPrint(r), "%q", r)
		}
	})
}

func TestBeginning(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		most int
		want string
	}{
		{"", 4, ""},
		{"ACME", 4, "ACME"},
		{"ACME-1", 4, "ACME…"},
		{"aé", 3, "aé"},
		{"aéb", 2, "a…"}, // é has two bytes
		{"🚲🚲", 4, "🚲…"},
		{"🚲🚲", 7, "🚲…"},
	} {
		require.Equal(t, row.want, inventory.Beginning(row.text, row.most), "%d bytes of %q", row.most, row.text)
	}
}

// What cannot be kept becomes a character that no SKU of a warehouse may hold, so it cannot pass for another SKU.
func TestStorable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                "",
		"ACME-100 ä🚲\n\t": "ACME-100 ä🚲\n\t",
		"a\x00b":          "a\uFFFDb",
		"\x00":            "\uFFFD",
		"a\xff\xfeb":      "a\uFFFDb",
		"caf\xc3":         "caf\uFFFD",
		"\xed\xa0\x80":    "\uFFFD", // half of a surrogate pair
		"\x1b[31m\u202e":  "\x1b[31m\u202e",
	} {
		require.Equal(t, want, inventory.Storable(text), "%q", text)
		require.Equal(t, text == want, inventory.Legible(inventory.Storable(text)) || text == "", "%q", text)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                               "",
		" not   stocked\r\n\tat all ":    "not stocked at all",
		"no\x00\xff":                     "no",
		"\x1b[31mred\x07":                "[31mred",
		"A\u202eB":                       `A\u202eB`,
		"a\u00a0b":                       "a b",
		strings.Repeat("é", 30):          strings.Repeat("é", 10) + "…",
		"x" + strings.Repeat("é", 30):    "x" + strings.Repeat("é", 9) + "…",
		"\xff" + strings.Repeat("y", 20): strings.Repeat("y", 20),
	} {
		require.Equal(t, want, inventory.OneLine(text, 20), "%q", text)
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                       `""`,
		`say "12"`:               `"say \"12\""`,
		"a\x00\xff\u202e":        `"a\x00\xff\u202e"`,
		strings.Repeat("é", 60):  `"` + strings.Repeat("é", 60) + `"`,
		strings.Repeat("é", 61):  `"` + strings.Repeat("é", 60) + `"…`,
		strings.Repeat("🚲", 400): `"` + strings.Repeat("🚲", 60) + `"…`,
	} {
		require.Equal(t, want, inventory.Quoted(text), "%q", text)
	}
}

func TestShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "éé🚲": "éé🚲", "éé🚲x": "éé🚲…", "a\x00\u202e": `a\u0000\u202e`, "\xff\xffab": `\xff\xffa…`} {
		require.Equal(t, want, inventory.Shown(text, 3), "%q", text)
	}
}

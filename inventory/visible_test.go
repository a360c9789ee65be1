package inventory_test

import (
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

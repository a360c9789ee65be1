package main

import (
	"slices"
	"strings"
	"testing"
)

func TestLong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		numbers []int
	}{
		"nothing":                      {"", nil},
		"as long as may be":            {strings.Repeat("é", longest) + "\r\n", nil},
		"one more, twice":              {"a\n" + strings.Repeat("é", longest+1) + "\n\n" + strings.Repeat("x", longest+1), []int{2, 4}},
		"a tab counts as one of them":  {"\t" + strings.Repeat("x", longest-1) + "\n\t" + strings.Repeat("x", longest), []int{2}},
		"many lines that are not long": {strings.Repeat("x\n", 10_000), nil},
	} {
		if got := long([]byte(test.content)); !slices.Equal(got, test.numbers) {
			t.Errorf("%s: lines %v are too long, not %v", name, got, test.numbers)
		}
	}
}

package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestOnePage(t *testing.T) {
	t.Parallel()
	all := []string{"A", "B", "C", "D"}
	list := func(page ledger.Page) ([]string, error) {
		var found []string
		for _, item := range all {
			if item > page.After && len(found) < page.Limit {
				found = append(found, item)
			}
		}
		return found, nil
	}
	for _, test := range []struct {
		page ledger.Page
		want []string
		next string
	}{
		{ledger.Page{Limit: 3}, []string{"A", "B", "C"}, "C"},
		{ledger.Page{After: "C", Limit: 3}, []string{"D"}, ""},
		{ledger.Page{Limit: 4}, all, ""},
		{ledger.Page{Limit: 9}, all, ""},
		{ledger.Page{After: "D", Limit: 9}, nil, ""},
	} {
		rows, next, err := onePage(test.page, list, func(one string) string { return one })
		require.NoError(t, err)
		require.Equal(t, test.want, rows)
		require.Equal(t, test.next, next)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]bool{1: true, 2: true, 3: false, 4: false} {
		list, more := cut([]int{1, 2, 3}, limit)
		require.Equal(t, want, more)
		require.Len(t, list, min(limit, 3))
	}
}

func TestShellWord(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"ACME-100": "ACME-100", "A B": "'A B'", "5\" tyre": `'5" tyre'`, "Ada's": `'Ada'\''s'`, "Ä": "'Ä'"} {
		require.Equal(t, want, shellWord(text))
	}
}

package activities

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestPreviewShowsChangesFirst(t *testing.T) {
	t.Parallel()
	five := int64(5)
	p := newPreview()
	require.Empty(t, p.lines())
	p.count("", "A", &five, 5, "")
	p.count("front", "B", &five, 6, "")
	p.count("", "C", &five, 0, "")
	p.count("", "D", nil, 3, "")
	p.count("", "E", &five, 4, "")
	p.count("", "F", &five, 4, "it is not listed")
	require.Equal(t, []string{"raise B at front: 5 → 6", "zero C: 5 → 0", "new D: ? → 3", "lower E: 5 → 4", "block F: it is not listed", "same A: 5 → 5"},
		p.lines())
	require.Equal(t, Preview{PreviewCounts: ledger.PreviewCounts{Raise: 1, Lower: 1, Zero: 1, Same: 1, New: 1, Blocked: 1}}, p.Preview)

	for i := range 1000 {
		p.count("", fmt.Sprint("G", i), &five, 5, "")
	}
	p.count("", "H", &five, 7, "")
	lines := p.lines()
	require.Len(t, lines, previewLines+1)
	require.Equal(t, "raise H: 5 → 7", lines[4], "wherever it comes in the order of products")
	require.Equal(t, "and 957 more", lines[previewLines])
}

package bigcommerce

import (
	"slices"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

// Compose sorts items by location, as BigCommerce asks of bulk adjustments, and fills calls in that order: so there are as few calls
// as can be, each of as few locations as that allows.
func (s *store) Compose(items []channels.Item) [][]int {
	positions := make([]int, len(items))
	for i := range positions {
		positions[i] = i
	}
	slices.SortStableFunc(positions, func(a, b int) int { return strings.Compare(items[a].Location, items[b].Location) })
	return slices.Collect(slices.Chunk(positions, s.Bounds.Batch))
}

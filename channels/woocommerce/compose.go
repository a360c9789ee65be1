package woocommerce

import "github.com/tidemark/tidemark/channels"

// Compose puts products together, and the variations of each product. The groups stand in the order of their first items. An item
// without a usable reference is a group of its own, so that what Encode says of it names it.
func (s *store) Compose(items []channels.Item) [][]int {
	var calls [][]int
	groups := map[group]int{}
	for i, item := range items {
		reference, err := referenceOf(item)
		if err != nil {
			calls = append(calls, []int{i})
			continue
		}
		at, ok := groups[reference.group()]
		if !ok {
			at = len(calls)
			groups[reference.group()], calls = at, append(calls, nil)
		}
		calls[at] = append(calls[at], i)
	}
	return calls
}

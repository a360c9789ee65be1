package shopifytest

import (
	"errors"
	"slices"
	"strings"
)

// errSearch is a search that this shop does not understand.
var errSearch = errors.New("the search is not understood")

// terms reads a search of the form sku:"…" OR sku:"…", with a backslash before quotes and backslashes in a value.
func terms(search string) ([]string, error) {
	var skus []string
	for {
		rest, ok := strings.CutPrefix(search, `sku:"`)
		if !ok {
			return nil, errSearch
		}
		var sku strings.Builder
		escaped, end := false, -1
		for i, r := range rest {
			if !escaped && r == '\\' {
				escaped = true
				continue
			}
			if !escaped && r == '"' {
				end = i
				break
			}
			escaped = false
			sku.WriteRune(r)
		}
		if end < 0 {
			return nil, errSearch
		}
		skus = append(skus, sku.String())
		if search = rest[end+1:]; search == "" {
			return skus, nil
		}
		if search, ok = strings.CutPrefix(search, " OR "); !ok {
			return nil, errSearch
		}
	}
}

// variants finds items, in the order of their ids. A loose search is a slow one.
func (s *Store) variants(skus []string) []*item {
	var matches []*item
	for _, sku := range skus {
		for _, id := range s.bySKU[sku] {
			matches = append(matches, s.items[id])
		}
		if !s.options.SearchesLoosely {
			continue
		}
		begin := strings.ToLower(strings.TrimSuffix(sku, "*"))
		for other, ids := range s.bySKU {
			if other != sku && strings.HasPrefix(strings.ToLower(other), begin) {
				for _, id := range ids {
					matches = append(matches, s.items[id])
				}
			}
		}
	}
	slices.SortFunc(matches, func(a, b *item) int { return int(a.id - b.id) })
	return slices.Compact(matches)
}

// sameSKU is what an item says of others with its SKU.
func (s *Store) sameSKU(entry *item) int {
	if same := len(s.bySKU[entry.sku]); same > 1 || s.options.CountsItself {
		return same
	}
	return 0
}

package bigcommercetest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// list is a page of a list.
func list[T any](entries []T, total int) map[string]any {
	return map[string]any{
		"data": entries,
		"meta": map[string]any{"pagination": map[string]int{"total": total, "count": len(entries), "per_page": 250, "current_page": 1, "total_pages": 1}},
	}
}

func (s *Store) listLocations(w http.ResponseWriter, _ *http.Request) {
	var entries []map[string]any
	for _, id := range slices.Sorted(maps.Keys(s.locations)) {
		entries = append(entries, map[string]any{
			"id": id, "code": fmt.Sprintf("BC-LOCATION-%d", id), "label": fmt.Sprintf("Location %d", id), "type_id": "PHYSICAL", "enabled": true,
		})
	}
	channeltest.Reply(w, http.StatusOK, list(entries, len(entries)))
}

// listItems lists one, for nobody needs more.
func (s *Store) listItems(w http.ResponseWriter, _ *http.Request) {
	item, exists := s.items[s.first]
	if !exists {
		channeltest.Reply(w, http.StatusOK, list([]any{}, 0))
		return
	}
	channeltest.Reply(w, http.StatusOK, list([]any{map[string]any{
		"identity": map[string]any{"sku": s.first, "variant_id": item.variant, "product_id": item.variant + 1000, "sku_id": nil}, "locations": []any{},
	}}, len(s.items)))
}

func (s *Store) describe(w http.ResponseWriter, _ *http.Request) {
	channeltest.Reply(w, http.StatusOK, map[string]any{"id": Hash, "name": "Acme Bikes", "domain": "acme.example.com", "status": "live", "plan_name": "Pro"})
}

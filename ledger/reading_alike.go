package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// alikeMost is how many SKUs that are alike one are returned.
const alikeMost = 5

// Alike lists SKUs that differ only a little from one; see Reader. It reads every SKU that the query names, for a person who has met with
// one that is not there.
func (d *database) Alike(ctx context.Context, sku string, query AlikeQuery) ([]string, error) {
	var parts []string
	var arguments []any
	add := func(part string, values ...any) { parts, arguments = append(parts, part), append(arguments, values...) }
	if query.Connection != "" {
		add("SELECT channel_sku FROM channel_levels WHERE connection = ?", query.Connection)
	}
	if query.Store != "" {
		add("SELECT sku FROM listings WHERE store = ? AND NOT removed", query.Store)
	}
	if query.Warehouse != "" {
		add("SELECT sku FROM levels WHERE warehouse = ?", query.Warehouse)
	}
	if of := query.Merchant; of != "" {
		add("SELECT l.sku FROM warehouses w JOIN levels l ON l.warehouse = w.id WHERE w.merchant = ?", of)
		add(namedSKUs, of, of, of)
		add("SELECT l.sku FROM stores s JOIN listings l ON l.store = s.id WHERE s.merchant = ? AND NOT l.removed", of)
		add("SELECT l.channel_sku FROM stores s JOIN listings l ON l.store = s.id WHERE s.merchant = ? AND NOT l.removed", of)
		add("SELECT c.channel_sku FROM connections k JOIN channel_levels c ON c.connection = k.id WHERE k.merchant = ?", of)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	key, matches := inventory.Alike(sku), []string(nil)
	err := d.read(ctx, func(t *tx) error {
		matches = nil
		err := t.each(ctx, func(row *sql.Rows) error {
			var other string
			if err := row.Scan(&other); err != nil {
				return err
			}
			if other != sku && inventory.Alike(other) == key && !slices.Contains(matches, other) {
				matches = append(matches, other)
			}
			if len(matches) == alikeMost {
				return errEnough
			}
			return nil
		}, strings.Join(parts, " UNION ALL "), arguments...)
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	slices.Sort(matches)
	return matches, err
}

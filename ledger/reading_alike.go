package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// maximumAlikeListed is how many alike SKUs are returned.
const maximumAlikeListed = 5

// Alike lists SKUs that differ only a little from a SKU; see Reader. It reads every SKU that the query covers, so it is for a person who
// asked for a SKU that does not exist.
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
	if merchant := query.Merchant; merchant != "" {
		add("SELECT l.sku FROM warehouses w JOIN levels l ON l.warehouse = w.id WHERE w.merchant = ?", merchant)
		add(namedSKUs, merchant, merchant, merchant)
		add("SELECT l.sku FROM stores s JOIN listings l ON l.store = s.id WHERE s.merchant = ? AND NOT l.removed", merchant)
		add("SELECT l.channel_sku FROM stores s JOIN listings l ON l.store = s.id WHERE s.merchant = ? AND NOT l.removed", merchant)
		add("SELECT c.channel_sku FROM connections k JOIN channel_levels c ON c.connection = k.id WHERE k.merchant = ?", merchant)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	key, alike := inventory.Alike(sku), []string(nil)
	err := d.read(ctx, func(t *tx) error {
		alike = nil
		err := t.each(ctx, func(row *sql.Rows) error {
			var other string
			if err := row.Scan(&other); err != nil {
				return err
			}
			if other != sku && inventory.Alike(other) == key && !slices.Contains(alike, other) {
				alike = append(alike, other)
			}
			if len(alike) == maximumAlikeListed {
				return errEnough
			}
			return nil
		}, strings.Join(parts, " UNION ALL "), arguments...)
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	slices.Sort(alike)
	return alike, err
}

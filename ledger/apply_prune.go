package ledger

import (
	"context"
	"fmt"
	"slices"
)

// pruned holds, by kind, the statements that remove a thing and everything that belongs to it, in order.
var pruned = map[string][]string{
	"connection": slices.Concat(forgetPreviews, []string{
		"DELETE FROM channel_levels WHERE connection = ?",
		"DELETE FROM row_places WHERE connection = ?",
		"DELETE FROM calls WHERE connection = ?",
		"DELETE FROM requests WHERE connection = ?",
		"DELETE FROM holds WHERE connection = ?",
		"UPDATE gates SET run = NULL, fence = fence + 1 WHERE run IN (SELECT id FROM runs WHERE connection = ?)",
		"DELETE FROM runs WHERE connection = ?",
		"DELETE FROM schedules WHERE connection = ?",
		"DELETE FROM settings WHERE kind = 'connection' AND id = ?",
		"DELETE FROM connections WHERE id = ?",
	}),
	"store": {
		"DELETE FROM gates WHERE store = ?", "DELETE FROM store_days WHERE store = ?",
		"DELETE FROM item_references WHERE store = ?", "DELETE FROM item_days WHERE store = ?", "DELETE FROM listings WHERE store = ?",
		"DELETE FROM settings WHERE kind = 'store' AND id = ?", "DELETE FROM stores WHERE id = ?",
	},
	"warehouse": {
		"DELETE FROM levels WHERE warehouse = ?", "DELETE FROM events WHERE warehouse = ?", "DELETE FROM facilities WHERE warehouse = ?",
		"DELETE FROM stale_levels WHERE warehouse = ?", "DELETE FROM snapshot_pages WHERE warehouse = ?",
		"DELETE FROM staged WHERE snapshot IN (SELECT id FROM snapshots WHERE warehouse = ?)",
		"DELETE FROM refusals WHERE snapshot IN (SELECT id FROM snapshots WHERE warehouse = ?)",
		"DELETE FROM snapshots WHERE warehouse = ?", "DELETE FROM settings WHERE kind = 'warehouse' AND id = ?", "DELETE FROM warehouses WHERE id = ?",
	},
}

// prune removes warehouses, stores and connections that are absent from the definitions, or notes that they are kept. A run of a
// removed connection loses its store and gets ErrFenced.
func (a *applying) prune(ctx context.Context, definitions Definitions) error {
	wanted := map[string]bool{}
	for _, warehouse := range definitions.Warehouses {
		wanted[joinKey("warehouse", warehouse.ID)] = true
	}
	for _, store := range definitions.Stores {
		wanted[joinKey("store", store.ID)] = true
	}
	for _, connection := range definitions.Connections {
		wanted[joinKey("connection", connection.ID)] = true
	}
	for _, kind := range []string{"connection", "store", "warehouse"} { // connections refer to the others
		ids, err := a.texts(ctx, "SELECT id FROM "+kind+"s ORDER BY id")
		if err != nil {
			return err
		}
		for _, id := range ids {
			if wanted[joinKey(kind, id)] {
				continue
			}
			if !a.options.Prune {
				a.note("kept", kind, id, "it is no longer in the configuration; apply with prune to remove it")
				continue
			}
			a.note("removed", kind, id, "")
			for _, statement := range pruned[kind] {
				if _, err := a.exec(ctx, statement, id); err != nil {
					return fmt.Errorf("removing %s %s: %w", kind, id, err)
				}
			}
		}
	}
	return nil
}

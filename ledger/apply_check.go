package ledger

import (
	"context"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// checkDefinitions refuses what cannot be kept, or could not be told apart. Everything else was checked by the
// configuration, which can name a line.
func checkDefinitions(definitions Definitions) error {
	seen := map[string]bool{}
	once := func(kind string, parts ...string) error {
		if err := checkText("the id of a "+kind, parts...); err != nil {
			return err
		}
		key := joinKey(append([]string{kind}, parts...)...)
		if seen[key] {
			return fmt.Errorf("ledger: the %s %q is defined twice", kind, parts[len(parts)-1])
		}
		seen[key] = true
		return nil
	}
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, one := range definitions.Warehouses {
		note(once("warehouse", one.ID))
	}
	for _, one := range definitions.Stores {
		note(once("store", one.ID))
	}
	for _, one := range definitions.Connections {
		note(once("connection", one.ID))
		if !seen[joinKey("warehouse", one.Warehouse)] {
			note(fmt.Errorf("ledger: connection %s names the warehouse %q, which is not defined", one.ID, one.Warehouse))
		}
		if !seen[joinKey("store", one.Store)] {
			note(fmt.Errorf("ledger: connection %s names the store %q, which is not defined", one.ID, one.Store))
		}
	}
	for _, one := range definitions.Strategies {
		note(once("strategy", one.Merchant, one.Warehouse))
	}
	for _, one := range definitions.Products {
		note(once("product", one.Merchant, one.SKU))
		note(checkText("the name of product "+one.SKU, one.Name, one.Barcode))
	}
	for _, one := range definitions.Bundles {
		note(once("bundle", one.Merchant, one.SKU))
		note(checkComponents(one.Bundle))
	}
	for _, one := range definitions.Listings {
		note(once("listing of channel SKU", one.Store, one.ChannelSKU))
		note(checkText("the SKU of a listing", one.SKU))
	}
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

func checkComponents(bundle inventory.Bundle) error {
	for _, component := range bundle.Components {
		if err := checkText("a component of bundle "+bundle.SKU, component.SKU); err != nil {
			return err
		}
	}
	return nil
}

// pruned are the tables that go with a thing, in order.
var pruned = map[string][]string{
	"connection": slices.Concat(forgetPreviews, []string{
		"DELETE FROM channel_levels WHERE connection = ?", "DELETE FROM row_places WHERE connection = ?",
		"DELETE FROM calls WHERE connection = ?", "DELETE FROM requests WHERE connection = ?",
		"DELETE FROM holds WHERE connection = ?", "UPDATE gates SET run = NULL, fence = fence + 1 WHERE run IN (SELECT id FROM runs WHERE connection = ?)",
		"DELETE FROM runs WHERE connection = ?", "DELETE FROM schedules WHERE connection = ?", "DELETE FROM connections WHERE id = ?",
	}),
	"store": {
		"DELETE FROM gates WHERE store = ?", "DELETE FROM store_days WHERE store = ?",
		"DELETE FROM item_references WHERE store = ?", "DELETE FROM item_days WHERE store = ?", "DELETE FROM listings WHERE store = ?", "DELETE FROM stores WHERE id = ?",
	},
	"warehouse": {
		"DELETE FROM levels WHERE warehouse = ?", "DELETE FROM events WHERE warehouse = ?", "DELETE FROM facilities WHERE warehouse = ?",
		"DELETE FROM stale_levels WHERE warehouse = ?", "DELETE FROM snapshot_pages WHERE warehouse = ?",
		"DELETE FROM staged WHERE snapshot IN (SELECT id FROM snapshots WHERE warehouse = ?)",
		"DELETE FROM refusals WHERE snapshot IN (SELECT id FROM snapshots WHERE warehouse = ?)",
		"DELETE FROM snapshots WHERE warehouse = ?", "DELETE FROM warehouses WHERE id = ?",
	},
}

// prune removes warehouses, stores and connections that are absent, or notes that they are kept. A run of a connection
// that is removed finds itself fenced off.
func (a *applying) prune(ctx context.Context, definitions Definitions) error {
	wanted := map[string]bool{}
	for _, one := range definitions.Warehouses {
		wanted[joinKey("warehouse", one.ID)] = true
	}
	for _, one := range definitions.Stores {
		wanted[joinKey("store", one.ID)] = true
	}
	for _, one := range definitions.Connections {
		wanted[joinKey("connection", one.ID)] = true
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

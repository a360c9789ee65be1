package ledger

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// entry is a catalogue definition in a form that can be compared. A key or value of several parts joins them by a NUL, which no
// part can contain, so entries sort by the parts of their keys.
type entry struct{ key, value string }

const keySeparator = "\x00"

func joinKey(parts ...string) string { return strings.Join(parts, keySeparator) }

func splitKey(key string) []string { return strings.Split(key, keySeparator) }

// difference holds the changes that turn one sorted list of entries into another.
type difference struct{ created, changed, removed []entry }

// compareEntries compares the stored entries with the wanted ones, walking both in the order of their keys. The query returns the
// stored entries in that order; its columns are the parts of the key and then the parts of the value.
func (a *applying) compareEntries(ctx context.Context, wanted []entry, keyParts, valueParts int, query string) (difference, error) {
	slices.SortFunc(wanted, func(x, y entry) int { return strings.Compare(x.key, y.key) })
	var changes difference
	next := 0
	parts := make([]string, keyParts+valueParts)
	into := make([]any, len(parts))
	for i := range parts {
		into[i] = &parts[i]
	}
	err := a.each(ctx, func(row *sql.Rows) error {
		if err := row.Scan(into...); err != nil {
			return err
		}
		stored := entry{joinKey(parts[:keyParts]...), joinKey(parts[keyParts:]...)}
		for next < len(wanted) && wanted[next].key < stored.key {
			changes.created = append(changes.created, wanted[next])
			next++
		}
		switch {
		case next == len(wanted) || wanted[next].key != stored.key:
			changes.removed = append(changes.removed, stored)
		default:
			if wanted[next].value != stored.value {
				changes.changed = append(changes.changed, wanted[next])
			}
			next++
		}
		return nil
	}, query)
	changes.created = append(changes.created, wanted[next:]...)
	return changes, err
}

// noteAll notes all changes of a difference and returns whether there are any.
func (a *applying) noteAll(kind string, changes difference) bool {
	for _, list := range []struct {
		action  string
		entries []entry
	}{{"created", changes.created}, {"changed", changes.changed}, {"removed", changes.removed}} {
		for _, item := range list.entries {
			a.note(list.action, kind, strings.Join(splitKey(item.key)[:2], "/"), "")
		}
	}
	differs := len(changes.created)+len(changes.changed)+len(changes.removed) > 0
	a.bumped = a.bumped || differs
	return differs
}

// keyTable makes bulk input of entries: its columns are the parts of their keys.
func keyTable(entries []entry, names ...string) *table {
	input := newTable(len(entries))
	columns := make([][]string, len(names))
	for i, name := range names {
		columns[i] = input.texts(name)
	}
	for row, item := range entries {
		for i, part := range splitKey(item.key) {
			columns[i][row] = part
		}
	}
	return input
}

func (a *applying) products(ctx context.Context, wanted []Product) error {
	entries := make([]entry, len(wanted))
	for i, product := range wanted {
		entries[i] = entry{joinKey(product.Merchant, product.SKU), joinKey(product.Name, product.Barcode)}
	}
	difference, err := a.compareEntries(ctx, entries, 2, 2,
		"SELECT merchant, sku, name, barcode FROM products WHERE NOT removed ORDER BY merchant, sku")
	if err != nil {
		return err
	}
	if !a.noteAll("product", difference) {
		return nil
	}
	upserts := slices.Concat(difference.created, difference.changed)
	input := keyTable(upserts, "merchant", "sku")
	names, barcodes := input.texts("name"), input.texts("barcode")
	for i, item := range upserts {
		name, barcode, _ := strings.Cut(item.value, keySeparator)
		names[i], barcodes[i] = name, barcode
	}
	if _, err := a.bulk(ctx, *input, `INSERT INTO products (merchant, sku, name, barcode, version)
		SELECT merchant, sku, name, barcode, CAST(? AS BIGINT) FROM input WHERE TRUE
		ON CONFLICT (merchant, sku) DO UPDATE SET name = excluded.name, barcode = excluded.barcode, version = excluded.version,
		removed = FALSE`, a.version); err != nil {
		return err
	}
	_, err = a.bulk(ctx, *keyTable(difference.removed, "merchant", "sku"), `UPDATE products AS p SET removed = TRUE, version = ?
		FROM input i WHERE p.merchant = i.merchant AND p.sku = i.sku`, a.version)
	return err
}

func (a *applying) bundles(ctx context.Context, wanted []BundleDefinition) error {
	entries := make([]entry, len(wanted))
	for i, bundle := range wanted {
		entries[i] = entry{joinKey(bundle.Merchant, bundle.SKU), encode(bundle.Components)}
	}
	difference, err := a.compareEntries(ctx, entries, 2, 1,
		"SELECT merchant, sku, components FROM bundles WHERE NOT removed ORDER BY merchant, sku")
	if err != nil {
		return err
	}
	if !a.noteAll("bundle", difference) {
		return nil
	}
	upserts := slices.Concat(difference.created, difference.changed)
	input := keyTable(upserts, "merchant", "sku")
	components := input.texts("components")
	for i, item := range upserts {
		components[i] = item.value
	}
	if _, err := a.bulk(ctx, *input, `INSERT INTO bundles (merchant, sku, components, version)
		SELECT merchant, sku, components, CAST(? AS BIGINT) FROM input WHERE TRUE
		ON CONFLICT (merchant, sku) DO UPDATE SET components = excluded.components, version = excluded.version, removed = FALSE`, a.version); err != nil {
		return err
	}
	if _, err := a.bulk(ctx, *keyTable(difference.removed, "merchant", "sku"), `UPDATE bundles AS b SET removed = TRUE, version = ?
		FROM input i WHERE b.merchant = i.merchant AND b.sku = i.sku`, a.version); err != nil {
		return err
	}
	return a.bundleComponents(ctx, slices.Concat(upserts, difference.removed), upserts)
}

// bundleComponents replaces the rows by which the bundles of a component are looked up.
func (a *applying) bundleComponents(ctx context.Context, replaced, upserts []entry) error {
	_, err := a.bulk(ctx, *keyTable(replaced, "merchant", "sku"),
		"DELETE FROM bundle_components WHERE (merchant, bundle) IN (SELECT merchant, sku FROM input)")
	if err != nil {
		return err
	}
	var rows []entry
	for _, item := range upserts {
		var components []inventory.Component
		if err := decode("the components of a bundle", item.value, &components); err != nil {
			return err
		}
		key := splitKey(item.key)
		for _, component := range components {
			rows = append(rows, entry{key: joinKey(key[0], component.SKU, key[1])})
		}
	}
	_, err = a.bulk(ctx, *keyTable(rows, "merchant", "component", "bundle"),
		`INSERT INTO bundle_components (merchant, component, bundle) SELECT DISTINCT merchant, component, bundle FROM input WHERE TRUE
			ON CONFLICT DO NOTHING`)
	return err
}

func (a *applying) listings(ctx context.Context, wanted []ListingDefinition) error {
	entries := make([]entry, len(wanted))
	for i, listing := range wanted {
		entries[i] = entry{key: joinKey(listing.Store, listing.ChannelSKU, listing.SKU)}
	}
	difference, err := a.compareEntries(ctx, entries, 3, 0,
		"SELECT store, channel_sku, sku FROM listings WHERE NOT removed ORDER BY store, channel_sku, sku")
	if err != nil {
		return err
	}
	if len(difference.created)+len(difference.removed) == 0 {
		return nil
	}
	a.bumped = true
	a.noteListings(difference)
	// Removals come first: a channel SKU belongs to one product at a time.
	removed := *keyTable(difference.removed, "store", "channel_sku", "sku")
	if _, err := a.bulk(ctx, removed, `UPDATE listings AS l SET removed = TRUE, version = ?
		FROM input i WHERE l.store = i.store AND l.channel_sku = i.channel_sku AND l.sku = i.sku`, a.version); err != nil {
		return err
	}
	created := *keyTable(difference.created, "store", "channel_sku", "sku")
	_, err = a.bulk(ctx, created, `INSERT INTO listings (store, channel_sku, sku, version)
		SELECT store, channel_sku, sku, CAST(? AS BIGINT) FROM input WHERE TRUE
		ON CONFLICT (store, channel_sku, sku) DO UPDATE SET version = excluded.version, removed = FALSE`, a.version)
	return err
}

// noteListings notes the changes of listings. A channel SKU that moved from one product to another is one change.
func (a *applying) noteListings(changes difference) {
	removed := map[string]string{}
	for _, entry := range changes.removed {
		parts := splitKey(entry.key)
		removed[joinKey(parts[:2]...)] = parts[2]
	}
	for _, entry := range changes.created {
		parts := splitKey(entry.key)
		key := joinKey(parts[:2]...)
		if before, ok := removed[key]; ok {
			delete(removed, key)
			a.note("changed", "listing", parts[0]+"/"+parts[1], before+" → "+parts[2])
			continue
		}
		a.note("created", "listing", parts[0]+"/"+parts[1], parts[2])
	}
	for _, key := range sortedKeys(removed) {
		a.note("removed", "listing", strings.Join(splitKey(key), "/"), removed[key])
	}
}

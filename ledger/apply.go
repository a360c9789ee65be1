package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// errDryRun rolls an apply back.
var errDryRun = errors.New("dry run")

// Apply makes the ledger hold the definitions; see Definer.
func (d *database) Apply(ctx context.Context, definitions Definitions, options ApplyOptions) ([]Change, error) {
	if err := checkDefinitions(definitions); err != nil {
		return nil, err
	}
	var changes []Change
	err := d.write(ctx, func(t *tx) error {
		a := applying{tx: t, options: options}
		if err := t.rowsOfStoreChange(ctx, ""); err != nil {
			return err
		}
		if err := a.all(ctx, definitions); err != nil {
			return err
		}
		changes = a.changes
		if options.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return changes, nil
}

// applying is an apply in progress.
type applying struct {
	*tx
	options ApplyOptions
	version int64 // the version that changed definitions get
	bumped  bool  // a definition got it
	changes []Change
}

func (a *applying) note(action, kind, id, detail string) {
	a.changes = append(a.changes, Change{Action: action, Kind: kind, ID: id, Detail: detail})
}

// all applies the definitions kind by kind. It locks the counter first, so that versions become visible in order.
func (a *applying) all(ctx context.Context, definitions Definitions) error {
	if err := a.row(ctx, "SELECT definitions + 1 FROM state"+a.dialect.lock("state")).Scan(&a.version); err != nil {
		return err
	}
	before, err := a.active(ctx)
	if err != nil {
		return err
	}
	if definitions, err = a.settings(ctx, definitions); err != nil {
		return err
	}
	steps := []func() error{
		func() error { return a.leave(ctx, definitions) },
		func() error { return a.warehouses(ctx, definitions.Warehouses) },
		func() error { return a.stores(ctx, definitions.Stores) },
		func() error { return a.schedules(ctx, definitions) }, // before their connections, because it compares with the old ones
		func() error { return a.connections(ctx, definitions.Connections) },
		func() error { return a.strategies(ctx, definitions.Strategies) },
		func() error { return a.products(ctx, definitions.Products) },
		func() error { return a.bundles(ctx, definitions.Bundles) },
		func() error { return a.listings(ctx, definitions.Listings) },
		func() error { return a.prune(ctx, definitions) },
		func() error { return a.sharing(ctx, before) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if !a.bumped {
		return nil
	}
	_, err = a.exec(ctx, "UPDATE state SET definitions = ?", a.version)
	return err
}

// stored loads a table's definitions: query returns their ids and their JSON.
func (a *applying) stored(ctx context.Context, query string) (map[string]string, error) {
	stored := map[string]string{}
	err := a.each(ctx, func(row *sql.Rows) error {
		var id, definition string
		err := row.Scan(&id, &definition)
		stored[id] = definition
		return err
	}, query)
	return stored, err
}

func (a *applying) warehouses(ctx context.Context, wanted []Warehouse) error {
	stored, err := a.stored(ctx, "SELECT id, definition FROM warehouses")
	if err != nil {
		return err
	}
	wanted = slices.SortedFunc(slices.Values(wanted), func(x, y Warehouse) int { return cmp.Compare(x.ID, y.ID) })
	for _, warehouse := range wanted {
		old, changed, err := compare(a, "warehouse", warehouse.ID, stored, warehouse)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		_, err = a.exec(ctx, `INSERT INTO warehouses (id, merchant, definition) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET merchant = excluded.merchant, definition = excluded.definition`,
			warehouse.ID, warehouse.Merchant, encode(warehouse))
		if err != nil {
			return err
		}
		if old != nil && !old.ReadsLike(warehouse) {
			if err := a.reread(ctx, warehouse.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// reread makes the next fetch read everything again. What was read so far, or is being read now, was read under a definition that
// gives the rows another meaning.
func (a *applying) reread(ctx context.Context, warehouse string) error {
	_, err := a.exec(ctx, `UPDATE warehouses SET mark = '', reread_after = (SELECT COALESCE(MAX(id), 0) FROM snapshots WHERE warehouse = ?)
		WHERE id = ?`, warehouse, warehouse)
	changed := &a.changes[len(a.changes)-1]
	changed.Detail += "; its next fetch reads everything again"
	return errors.Join(err, a.levelsChange(ctx, warehouse))
}

func (a *applying) stores(ctx context.Context, wanted []Store) error {
	stored, err := a.stored(ctx, "SELECT id, definition FROM stores")
	if err != nil {
		return err
	}
	wanted = slices.SortedFunc(slices.Values(wanted), func(x, y Store) int { return cmp.Compare(x.ID, y.ID) })
	for _, store := range wanted {
		old, changed, err := compare(a, "store", store.ID, stored, store)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		_, err = a.exec(ctx, `INSERT INTO stores (id, merchant, definition) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET merchant = excluded.merchant, definition = excluded.definition`, store.ID, store.Merchant, encode(store))
		if err != nil {
			return err
		}
		switch {
		case old == nil:
		case !sameAccount(*old, store), old.ownPlace() != store.ownPlace():
			leftLocation := ""
			if sameAccount(elsewhere(*old), elsewhere(store)) {
				leftLocation = old.ownPlace()
			}
			err = a.forgetStore(ctx, store.ID, leftLocation)
		case encode(old.Settings) != encode(store.Settings):
			err = a.tryAgain(ctx, store.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sameAccount is true when two definitions of a store cannot lead to different accounts. It compares the driver and the settings
// that are texts: numbers, truth values and durations only tune a driver.
func sameAccount(a, b Store) bool {
	texts := func(s Store) map[string]string {
		texts := map[string]string{}
		for name, value := range s.Settings {
			text, ok := value.(string)
			if _, err := time.ParseDuration(text); ok && err != nil {
				texts[name] = text
			}
		}
		return texts
	}
	return a.Driver == b.Driver && maps.Equal(texts(a), texts(b))
}

// tryAgain makes the rows due that a store refused, because the store may accept them with other settings.
func (a *applying) tryAgain(ctx context.Context, store string) error {
	_, err := a.exec(ctx, `UPDATE channel_levels SET status = 'pending', reason = ''
		WHERE connection IN (SELECT id FROM connections WHERE store = ?) AND `+refused, store)
	return err
}

// forgetStore forgets what a store shows and its ids of items, because the definition may lead to another account now: all its rows
// become due. A run in progress and the open calls were for the old account, so the run loses the store and the calls are deleted.
// The figures at leftLocation stay known: it is a location of the same account that the store no longer uses; empty when there is none.
func (a *applying) forgetStore(ctx context.Context, store, leftLocation string) error {
	const rows = "connection IN (SELECT id FROM connections WHERE store = ?)"
	for _, statement := range []string{
		"DELETE FROM item_references WHERE store = ?",
		"UPDATE gates SET run = NULL, fence = fence + 1 WHERE store = ?",
		`UPDATE channel_levels SET blocked = CASE WHEN blocked = kept THEN '' ELSE blocked END, kept = '', hold_run = NULL
			WHERE (kept <> '' OR hold_run IS NOT NULL) AND ` + rows,
		"UPDATE channel_levels SET status = " + dueOrBlocked + `, reason = CASE WHEN leaving THEN reason ELSE blocked END,
			open_call = NULL, attempts = 0, tries = 0, part = 0 WHERE ` + rows,
		"DELETE FROM calls WHERE closed_at IS NULL AND " + rows,
	} {
		if _, err := a.exec(ctx, statement, store); err != nil {
			return err
		}
	}
	_, err := a.exec(ctx, "UPDATE channel_levels SET exported = NULL WHERE "+rows+" AND (location = '' OR location <> ?)", store, leftLocation)
	return err
}

func (a *applying) connections(ctx context.Context, wanted []Connection) error {
	stored, err := a.stored(ctx, "SELECT id, definition FROM connections")
	if err != nil {
		return err
	}
	wanted = slices.SortedFunc(slices.Values(wanted), func(x, y Connection) int { return cmp.Compare(x.ID, y.ID) })
	for _, connection := range wanted {
		if connection, err = keepEnabled(connection, stored); err != nil {
			return err
		}
		old, changed, err := compare(a, "connection", connection.ID, stored, connection)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if err := a.connection(ctx, connection, old); err != nil {
			return err
		}
	}
	return nil
}

// connection writes a connection that is new or changed. Its version changes only with fields that decide a figure or where it
// goes, so a new schedule makes nothing due.
func (a *applying) connection(ctx context.Context, connection Connection, old *Connection) error {
	content := encode(connection)
	if old == nil {
		a.bumped = true
		_, err := a.exec(ctx, "INSERT INTO connections (id, merchant, warehouse, store, active, definition, version) VALUES (?, ?, ?, ?, ?, ?, ?)",
			connection.ID, connection.Merchant, connection.Warehouse, connection.Store, connection.Active(), content, a.version)
		return err
	}
	_, err := a.exec(ctx, "UPDATE connections SET merchant = ?, warehouse = ?, store = ?, active = ?, definition = ? WHERE id = ?",
		connection.Merchant, connection.Warehouse, connection.Store, connection.Active(), content, connection.ID)
	if err != nil || sameNumbers(*old, connection) {
		return err
	}
	a.bumped = true
	if _, err := a.exec(ctx, "UPDATE connections SET version = ? WHERE id = ?", a.version, connection.ID); err != nil {
		return err
	}
	if old.Warehouse != connection.Warehouse {
		// Level versions are counted by warehouse, so those of the old warehouse mean nothing now.
		for _, statement := range []string{
			"UPDATE connections SET cursor_levels = 0 WHERE id = ?",
			"UPDATE channel_levels SET observed = 0 WHERE connection = ?",
		} {
			if _, err := a.exec(ctx, statement, connection.ID); err != nil {
				return err
			}
		}
	}
	if old.Store == connection.Store {
		return nil
	}
	// What the other store shows is not known.
	for _, statement := range []string{"DELETE FROM channel_levels WHERE connection = ?", "DELETE FROM calls WHERE connection = ?"} {
		if _, err := a.exec(ctx, statement, connection.ID); err != nil {
			return err
		}
	}
	return nil
}

// sameNumbers is true when two definitions of a connection lead to the same figures at the same places.
func sameNumbers(a, b Connection) bool {
	return a.Merchant == b.Merchant && a.Warehouse == b.Warehouse && a.Store == b.Store && a.Active() == b.Active() &&
		a.Inventory.Unlisted == b.Inventory.Unlisted && encode(a.Inventory.Locations) == encode(b.Inventory.Locations)
}

func (a *applying) strategies(ctx context.Context, wanted []StrategyDefinition) error {
	type pair struct{ merchant, warehouse string }
	stored := map[string]string{}
	pairs := map[string]pair{}
	err := a.each(ctx, func(row *sql.Rows) error {
		var at pair
		var definition string
		err := row.Scan(&at.merchant, &at.warehouse, &definition)
		id := at.merchant + "/" + at.warehouse
		stored[id], pairs[id] = definition, at
		return err
	}, "SELECT merchant, warehouse, definition FROM strategies WHERE NOT removed")
	if err != nil {
		return err
	}
	wanted = slices.SortedFunc(slices.Values(wanted), func(x, y StrategyDefinition) int {
		return cmp.Or(cmp.Compare(x.Merchant, y.Merchant), cmp.Compare(x.Warehouse, y.Warehouse))
	})
	for _, strategy := range wanted {
		id := strategy.Merchant + "/" + strategy.Warehouse
		delete(pairs, id)
		_, changed, err := compare(a, "strategy", id, stored, strategy.Strategy)
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		if err := a.writeStrategy(ctx, strategy); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(pairs) {
		a.note("removed", "strategy", id, "")
		if err := a.removeStrategy(ctx, pairs[id].merchant, pairs[id].warehouse); err != nil {
			return err
		}
	}
	return nil
}

func (a *applying) writeStrategy(ctx context.Context, strategy StrategyDefinition) error {
	a.bumped = true
	_, err := a.exec(ctx, `INSERT INTO strategies (merchant, warehouse, definition, version) VALUES (?, ?, ?, ?)
		ON CONFLICT (merchant, warehouse) DO UPDATE SET definition = excluded.definition, version = excluded.version, removed = FALSE`,
		strategy.Merchant, strategy.Warehouse, encode(strategy.Strategy), a.version)
	return err
}

func (a *applying) removeStrategy(ctx context.Context, merchant, warehouse string) error {
	a.bumped = true
	_, err := a.exec(ctx, "UPDATE strategies SET removed = TRUE, version = ? WHERE merchant = ? AND warehouse = ?", a.version, merchant, warehouse)
	return err
}

// active lists the ids of the active connections by pair of merchant and warehouse.
func (a *applying) active(ctx context.Context) (map[[2]string][]string, error) {
	active := map[[2]string][]string{}
	err := a.each(ctx, func(row *sql.Rows) error {
		var pair [2]string
		var id string
		err := row.Scan(&pair[0], &pair[1], &id)
		active[pair] = append(active[pair], id)
		return err
	}, "SELECT merchant, warehouse, id FROM connections WHERE active ORDER BY merchant, warehouse, id")
	return active, err
}

// sharing gives a new version to each pair of merchant and warehouse whose set of active connections has changed.
func (a *applying) sharing(ctx context.Context, before map[[2]string][]string) error {
	after, err := a.active(ctx)
	if err != nil {
		return err
	}
	pairs := map[[2]string]bool{}
	for pair, ids := range before {
		pairs[pair] = !slices.Equal(ids, after[pair])
	}
	for pair, ids := range after {
		pairs[pair] = !slices.Equal(ids, before[pair])
	}
	for pair, changed := range pairs {
		if !changed {
			continue
		}
		a.bumped = true
		_, err := a.exec(ctx, `INSERT INTO sharing (merchant, warehouse, version) VALUES (?, ?, ?)
			ON CONFLICT (merchant, warehouse) DO UPDATE SET version = excluded.version`, pair[0], pair[1], a.version)
		if err != nil {
			return err
		}
	}
	return nil
}

// compare notes whether a definition is new or changed. It returns the definition before the change; nil when it is new or unchanged.
func compare[T any](a *applying, kind, id string, definitions map[string]string, wanted T) (before *T, changed bool, err error) {
	stored, ok := definitions[id]
	if !ok {
		a.note("created", kind, id, "")
		return nil, true, nil
	}
	content := encode(wanted)
	if stored == content {
		return nil, false, nil
	}
	before = new(T)
	if err := decode(kind+" "+id, stored, before); err != nil {
		return nil, false, err
	}
	if encode(*before) == content {
		return nil, false, nil // an earlier program wrote it in another form with the same meaning
	}
	var old, now map[string]json.RawMessage
	if err := errors.Join(decode(kind+" "+id, stored, &old), decode(kind+" "+id, content, &now)); err != nil {
		return nil, false, err
	}
	var fields []string
	for _, name := range sortedKeys(old) {
		if string(old[name]) != string(now[name]) {
			fields = append(fields, name)
		}
	}
	for _, name := range sortedKeys(now) {
		if _, ok := old[name]; !ok {
			fields = append(fields, name)
		}
	}
	for i, name := range fields {
		if name == "named" {
			fields[i] = "which settings it names"
		}
	}
	a.note("changed", kind, id, strings.Join(slices.Compact(fields), ", "))
	return before, true, nil
}

func sortedKeys[K ~string, V any](from map[K]V) []K {
	keys := make([]K, 0, len(from))
	for key := range from {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Strategy returns the strategy of a merchant and warehouse, nil when they have none.
func (d *database) Strategy(ctx context.Context, merchant, warehouse string) (*inventory.Strategy, error) {
	var strategy *inventory.Strategy
	err := d.read(ctx, func(t *tx) (err error) {
		strategy, err = t.strategy(ctx, merchant, warehouse)
		return err
	})
	return strategy, err
}

func (t *tx) strategy(ctx context.Context, merchant, warehouse string) (*inventory.Strategy, error) {
	var definition string
	err := t.row(ctx, "SELECT definition FROM strategies WHERE merchant = ? AND warehouse = ? AND NOT removed", merchant, warehouse).Scan(&definition)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var strategy inventory.Strategy
	if err := decode(fmt.Sprintf("the strategy of %s and %s", merchant, warehouse), definition, &strategy); err != nil {
		return nil, err
	}
	return &strategy, nil
}

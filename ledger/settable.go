package ledger

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// The kinds of things that have settings.
const (
	OfConnection = "connection"
	OfStore      = "store"
	OfWarehouse  = "warehouse"
)

// The names of the settings that can be set beside the configuration. The comments say what each belongs to, and its value.
const (
	SettingOverlap        = "overlap"         // of a connection: an Overlap
	SettingUnlisted       = "unlisted"        // of a connection: an inventory.UnlistedPolicy
	SettingShare          = "share"           // of a store: a fraction from 0 to 1
	SettingQuietHours     = "quiet_hours"     // of a store: QuietHours, null for none
	SettingMinimumRows    = "minimum_rows"    // of a warehouse: a fraction from 0 to 1
	SettingMaximumRefused = "maximum_refused" // of a warehouse: a fraction from 0 to 1
	SettingMaximumMissing = "maximum_missing" // of a warehouse: a fraction from 0 to 1
	SettingMaximumZeroed  = "maximum_zeroed"  // of a warehouse: a fraction from 0 to 1
	SettingDecideWithin   = "decide_within"   // of a warehouse: a time.Duration
	SettingStrategy       = "strategy"        // of a warehouse: how its stock is shared, an inventory.Strategy, null for none
)

// SettingKey identifies a setting.
type SettingKey struct {
	Kind string `json:"kind"` // "connection", "store", "warehouse"
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (k SettingKey) String() string { return fmt.Sprintf("%s of %s %s", k.Name, k.Kind, k.ID) }

// SettingNames lists the settings of a kind, in the order in which they are shown to people.
func SettingNames(kind string) []string {
	switch kind {
	case OfConnection:
		return []string{SettingOverlap, SettingUnlisted}
	case OfStore:
		return []string{SettingShare, SettingQuietHours}
	case OfWarehouse:
		return []string{
			SettingMinimumRows, SettingMaximumRefused, SettingMaximumMissing, SettingMaximumZeroed, SettingDecideWithin, SettingStrategy,
		}
	}
	return nil
}

// SettingKeys lists the keys of all settings of the definitions.
func (d *Definitions) SettingKeys() []SettingKey {
	var keys []SettingKey
	add := func(kind, id string) {
		for _, name := range SettingNames(kind) {
			keys = append(keys, SettingKey{kind, id, name})
		}
	}
	for _, connection := range d.Connections {
		add(OfConnection, connection.ID)
	}
	for _, store := range d.Stores {
		add(OfStore, store.ID)
	}
	for _, warehouse := range d.Warehouses {
		add(OfWarehouse, warehouse.ID)
	}
	return keys
}

// Setting returns the value of a setting as JSON, and whether the configuration names it. ok is false when the definitions lack the
// connection, store or warehouse that it belongs to, or there is no such setting.
func (d *Definitions) Setting(key SettingKey) (value json.RawMessage, named, ok bool) {
	if key.Kind == OfWarehouse && key.Name == SettingStrategy {
		return d.strategySetting(key)
	}
	field, names := d.setting(key)
	if field == nil {
		return nil, false, false
	}
	return json.RawMessage(encode(field)), slices.Contains(names, key.Name), true
}

// Set sets a setting to a value. It changes the elements of the definitions' lists, so the caller must not share these lists with others.
func (d *Definitions) Set(key SettingKey, value json.RawMessage) error {
	if key.Kind == OfWarehouse && key.Name == SettingStrategy {
		return d.setStrategy(key, value)
	}
	field, _ := d.setting(key)
	if field == nil {
		return fmt.Errorf("%w: %s", ErrNotFound, key)
	}
	return decode("the "+key.String(), string(value), field)
}

// Name adds a setting to those that the configuration names.
func (d *Definitions) Name(key SettingKey) {
	add := func(named []string) []string {
		var names []string
		for _, setting := range SettingNames(key.Kind) {
			if setting == key.Name || slices.Contains(named, setting) {
				names = append(names, setting)
			}
		}
		return names
	}
	for i, connection := range d.Connections {
		if key.Kind == OfConnection && connection.ID == key.ID {
			d.Connections[i].Named = add(connection.Named)
		}
	}
	for i, store := range d.Stores {
		if key.Kind == OfStore && store.ID == key.ID {
			d.Stores[i].Named = add(store.Named)
		}
	}
	for i, warehouse := range d.Warehouses {
		if key.Kind == OfWarehouse && warehouse.ID == key.ID {
			d.Warehouses[i].Named = add(warehouse.Named)
		}
	}
}

// setting returns a pointer to the value of a setting, nil when there is none. named are the settings of the same connection, store or
// warehouse that the configuration names.
func (d *Definitions) setting(key SettingKey) (field any, named []string) {
	switch key.Kind {
	case OfConnection:
		if i := slices.IndexFunc(d.Connections, func(connection Connection) bool { return connection.ID == key.ID }); i >= 0 {
			return d.Connections[i].setting(key.Name), d.Connections[i].Named
		}
	case OfStore:
		if i := slices.IndexFunc(d.Stores, func(store Store) bool { return store.ID == key.ID }); i >= 0 {
			return d.Stores[i].setting(key.Name), d.Stores[i].Named
		}
	case OfWarehouse:
		if i := d.warehouse(key.ID); i >= 0 {
			return d.Warehouses[i].setting(key.Name), d.Warehouses[i].Named
		}
	}
	return nil, nil
}

func (c *Connection) setting(name string) any {
	switch name {
	case SettingOverlap:
		return &c.Inventory.Overlap
	case SettingUnlisted:
		return &c.Inventory.Unlisted
	}
	return nil
}

func (s *Store) setting(name string) any {
	switch name {
	case SettingShare:
		return &s.Budget.Share
	case SettingQuietHours:
		return &s.Budget.QuietHours
	}
	return nil
}

func (w *Warehouse) setting(name string) any {
	switch name {
	case SettingMinimumRows:
		return &w.Guard.MinimumRows
	case SettingMaximumRefused:
		return &w.Guard.MaximumRefused
	case SettingMaximumMissing:
		return &w.Guard.MaximumMissing
	case SettingMaximumZeroed:
		return &w.Guard.MaximumZeroed
	case SettingDecideWithin:
		return &w.Guard.DecideWithin
	}
	return nil
}

func (d *Definitions) warehouse(id string) int {
	return slices.IndexFunc(d.Warehouses, func(warehouse Warehouse) bool { return warehouse.ID == id })
}

// strategySetting returns the strategy of a warehouse as a setting; see Setting.
func (d *Definitions) strategySetting(key SettingKey) (value json.RawMessage, named, ok bool) {
	i := d.warehouse(key.ID)
	if i < 0 {
		return nil, false, false
	}
	value = json.RawMessage("null")
	for _, defined := range d.Strategies {
		if defined.Warehouse == key.ID && defined.Merchant == d.Warehouses[i].Merchant {
			value = json.RawMessage(encode(defined.Strategy))
		}
	}
	return value, slices.Contains(d.Warehouses[i].Named, SettingStrategy), true
}

func (d *Definitions) setStrategy(key SettingKey, value json.RawMessage) error {
	i := d.warehouse(key.ID)
	if i < 0 {
		return fmt.Errorf("%w: %s", ErrNotFound, key)
	}
	var strategy *inventory.Strategy
	if err := decode("the "+key.String(), string(value), &strategy); err != nil {
		return err
	}
	merchant := d.Warehouses[i].Merchant
	d.Strategies = slices.DeleteFunc(slices.Clone(d.Strategies), func(defined StrategyDefinition) bool {
		return defined.Merchant == merchant && defined.Warehouse == key.ID
	})
	if strategy != nil {
		d.Strategies = append(d.Strategies, StrategyDefinition{Merchant: merchant, Warehouse: key.ID, Strategy: *strategy})
	}
	return nil
}

package ledger

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// The kinds of what has settings.
const (
	OfConnection = "connection"
	OfStore      = "store"
	OfWarehouse  = "warehouse"
)

// The settings that can be set beside the configuration, as that names them. SettingStrategy is how the stock of a warehouse is shared: its
// value is an inventory.Strategy, null for none.
const (
	SettingOverlap        = "overlap"         // of a connection: an Overlap
	SettingUnlisted       = "unlisted"        // of a connection: an inventory.UnlistedPolicy
	SettingShare          = "share"           // of a store: a part from 0 to 1, as those of warehouses
	SettingQuietHours     = "quiet_hours"     // of a store: QuietHours, null for none
	SettingMinimumRows    = "minimum_rows"    // of a warehouse, as the others
	SettingMaximumRefused = "maximum_refused" //
	SettingMaximumMissing = "maximum_missing" //
	SettingMaximumZeroed  = "maximum_zeroed"  //
	SettingDecideWithin   = "decide_within"   // a time.Duration
	SettingStrategy       = "strategy"        //
)

// SettingKey names a setting.
type SettingKey struct {
	Kind string `json:"kind"` // "connection", "store", "warehouse"
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (k SettingKey) String() string { return fmt.Sprintf("%s of %s %s", k.Name, k.Kind, k.ID) }

// SettingNames are the settings of a kind, in the order in which people read them.
func SettingNames(kind string) []string {
	switch kind {
	case OfConnection:
		return []string{SettingOverlap, SettingUnlisted}
	case OfStore:
		return []string{SettingShare, SettingQuietHours}
	case OfWarehouse:
		return []string{SettingMinimumRows, SettingMaximumRefused, SettingMaximumMissing, SettingMaximumZeroed, SettingDecideWithin, SettingStrategy}
	}
	return nil
}

// SettingKeys are all settings of definitions.
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

// Setting is the value of a setting, as JSON, and whether the configuration names it. It is absent (false) where definitions lack what it is of.
func (d *Definitions) Setting(key SettingKey) (value json.RawMessage, named, has bool) {
	if key.Kind == OfWarehouse && key.Name == SettingStrategy {
		return d.strategySetting(key)
	}
	field, names := d.setting(key)
	if field == nil {
		return nil, false, false
	}
	return json.RawMessage(encode(field)), slices.Contains(names, key.Name), true
}

// Set sets a setting to a value. The definitions are the caller's own: what else holds their lists sees the change.
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

// Name has the configuration name a setting.
func (d *Definitions) Name(key SettingKey) {
	name := func(named []string) []string {
		var all []string
		for _, setting := range SettingNames(key.Kind) {
			if setting == key.Name || slices.Contains(named, setting) {
				all = append(all, setting)
			}
		}
		return all
	}
	for i, connection := range d.Connections {
		if key.Kind == OfConnection && connection.ID == key.ID {
			d.Connections[i].Named = name(connection.Named)
		}
	}
	for i, store := range d.Stores {
		if key.Kind == OfStore && store.ID == key.ID {
			d.Stores[i].Named = name(store.Named)
		}
	}
	for i, warehouse := range d.Warehouses {
		if key.Kind == OfWarehouse && warehouse.ID == key.ID {
			d.Warehouses[i].Named = name(warehouse.Named)
		}
	}
}

// setting is a pointer to the value of a setting, with the settings that the configuration names of the same thing; nil where there is none.
func (d *Definitions) setting(key SettingKey) (field any, named []string) {
	switch key.Kind {
	case OfConnection:
		if at := slices.IndexFunc(d.Connections, func(connection Connection) bool { return connection.ID == key.ID }); at >= 0 {
			return d.Connections[at].setting(key.Name), d.Connections[at].Named
		}
	case OfStore:
		if at := slices.IndexFunc(d.Stores, func(store Store) bool { return store.ID == key.ID }); at >= 0 {
			return d.Stores[at].setting(key.Name), d.Stores[at].Named
		}
	case OfWarehouse:
		if at := d.warehouse(key.ID); at >= 0 {
			return d.Warehouses[at].setting(key.Name), d.Warehouses[at].Named
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

// strategySetting is the strategy of a warehouse as a setting.
func (d *Definitions) strategySetting(key SettingKey) (value json.RawMessage, named, has bool) {
	at := d.warehouse(key.ID)
	if at < 0 {
		return nil, false, false
	}
	value = json.RawMessage("null")
	for _, defined := range d.Strategies {
		if defined.Warehouse == key.ID && defined.Merchant == d.Warehouses[at].Merchant {
			value = json.RawMessage(encode(defined.Strategy))
		}
	}
	return value, slices.Contains(d.Warehouses[at].Named, SettingStrategy), true
}

func (d *Definitions) setStrategy(key SettingKey, value json.RawMessage) error {
	at := d.warehouse(key.ID)
	if at < 0 {
		return fmt.Errorf("%w: %s", ErrNotFound, key)
	}
	var wanted *inventory.Strategy
	if err := decode("the "+key.String(), string(value), &wanted); err != nil {
		return err
	}
	merchant := d.Warehouses[at].Merchant
	d.Strategies = slices.DeleteFunc(slices.Clone(d.Strategies), func(defined StrategyDefinition) bool {
		return defined.Merchant == merchant && defined.Warehouse == key.ID
	})
	if wanted != nil {
		d.Strategies = append(d.Strategies, StrategyDefinition{Merchant: merchant, Warehouse: key.ID, Strategy: *wanted})
	}
	return nil
}

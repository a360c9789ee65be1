package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// The configuration sets a setting where it names it; otherwise people set it on the pages, as with schedules. The definitions hold the
// values in force, so their readers need not know of overrides. This file stores what the configuration says, and who set another value.

// ErrSettingsReadOnly is returned when only the configuration may set settings.
var ErrSettingsReadOnly = errors.New("ledger: settings are set in the configuration alone")

// SettingOverride is a value that somebody set in place of the configuration's, or where the configuration names none.
type SettingOverride struct {
	Value  json.RawMessage `json:"value"`
	Reason string          `json:"reason,omitempty"`
	By     string          `json:"by"`
	Since  time.Time       `json:"since"`
	Until  *time.Time      `json:"until,omitempty"` // when it ends; nil: never
	// Base is the value in the configuration when the override was made; nil when the configuration did not name the setting.
	Base json.RawMessage `json:"base,omitempty"`
}

// Ended is true from the override's end on.
func (o *SettingOverride) Ended(now time.Time) bool { return o.Until != nil && !now.Before(*o.Until) }

// SettingState is what the ledger stores of a setting beside its definition. A setting of which nothing was ever stored has version 0.
type SettingState struct {
	SettingKey
	Version   int64     `json:"version"`    // grows with every change, by the configuration or by an override
	ChangedAt time.Time `json:"changed_at"` // when the setting got this version
	// Configured is the value by the configuration: the one that it names, otherwise the default.
	Configured json.RawMessage  `json:"configured"`
	Override   *SettingOverride `json:"override,omitempty"`
}

// SettingChange is a change of an override that belongs to an apply. The apply fails when the setting has another version.
type SettingChange struct {
	SettingKey
	Version  int64
	Override *SettingOverride // nil removes the override
}

// OutdatedSettingError is returned for an edit of a setting that was changed since it was read. Now is its present state.
type OutdatedSettingError struct{ Now SettingState }

func (e *OutdatedSettingError) Error() string {
	return fmt.Sprintf("ledger: the setting %s has changed meanwhile, to version %d", e.Now.SettingKey, e.Now.Version)
}

// Setter stores what is set beside the configuration, other than schedules.
type Setter interface {
	// SettingStates lists the stored states, by kind, id and name. An absent state has version 0 and the value of its definition.
	SettingStates(ctx context.Context) ([]SettingState, error)
	// SetSetting sets the override of a setting, or removes it (nil), and changes the definition with the effects of an apply: the figures
	// that the setting decides become due, and the schedules that it changes must be reconciled. It returns an *OutdatedSettingError when
	// the setting has another version, ErrSettingsReadOnly when only the configuration may set settings (an override may still be
	// removed), and ErrNotFound when there is no such setting.
	SetSetting(ctx context.Context, key SettingKey, override *SettingOverride, version int64, now time.Time) (SettingState, error)
}

const settingColumns = "kind, id, name, version, changed_at, configured, override, reason, set_by, set_at, ends_at, base"

func scanSettingState(row scanner) (SettingState, error) {
	var state SettingState
	var changed, set int64
	var ends sql.NullInt64
	var configured string
	var value, base sql.NullString
	var override SettingOverride
	err := row.Scan(&state.Kind, &state.ID, &state.Name, &state.Version, &changed, &configured, &value, &override.Reason, &override.By,
		&set, &ends, &base)
	if err != nil {
		return SettingState{}, err
	}
	state.ChangedAt, state.Configured = fromMicros(changed), json.RawMessage(configured)
	if !value.Valid {
		return state, nil
	}
	override.Value, override.Since, override.Until = json.RawMessage(value.String), fromMicros(set), fromOptional(ends)
	if base.Valid {
		override.Base = json.RawMessage(base.String)
	}
	state.Override = &override
	return state, nil
}

// SettingStates lists the stored states of settings; see Setter.
func (d *database) SettingStates(ctx context.Context) ([]SettingState, error) {
	var states []SettingState
	err := d.read(ctx, func(t *tx) (err error) {
		states, err = t.settingStates(ctx)
		return err
	})
	return states, err
}

func (t *tx) settingStates(ctx context.Context) ([]SettingState, error) {
	var states []SettingState
	err := t.each(ctx, func(row *sql.Rows) error {
		state, err := scanSettingState(row)
		states = append(states, state)
		return err
	}, "SELECT "+settingColumns+" FROM settings ORDER BY kind, id, name")
	return states, err
}

// settingState returns the stored state of a setting; with version 0 when there is none.
func (t *tx) settingState(ctx context.Context, key SettingKey) (SettingState, error) {
	state, err := scanSettingState(t.row(ctx, "SELECT "+settingColumns+" FROM settings WHERE kind = ? AND id = ? AND name = ?",
		key.Kind, key.ID, key.Name))
	if errors.Is(err, sql.ErrNoRows) {
		return SettingState{SettingKey: key}, nil
	}
	return state, err
}

// keepSetting stores the next version of a setting.
func (t *tx) keepSetting(ctx context.Context, state SettingState, now time.Time) (SettingState, error) {
	state.Version, state.ChangedAt = state.Version+1, fromMicros(micros(now))
	override, value, base := SettingOverride{}, (*string)(nil), (*string)(nil)
	if state.Override != nil {
		override = *state.Override
		value = new(string(override.Value))
	}
	if override.Base != nil {
		base = new(string(override.Base))
	}
	var ends *int64
	if override.Until != nil {
		ends = optionalMicros(*override.Until)
	}
	_, err := t.exec(ctx, "INSERT INTO settings ("+settingColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, id, name) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at,
		configured = excluded.configured, override = excluded.override, reason = excluded.reason, set_by = excluded.set_by,
		set_at = excluded.set_at, ends_at = excluded.ends_at, base = excluded.base`,
		state.Kind, state.ID, state.Name, state.Version, micros(now), string(state.Configured), value,
		inventory.Storable(override.Reason), inventory.Storable(override.By), micros(override.Since), ends, base)
	return state, err
}

// SetSetting sets or removes the override of a setting; see Setter.
func (d *database) SetSetting(ctx context.Context, key SettingKey, override *SettingOverride, version int64, now time.Time) (SettingState, error) {
	var kept SettingState
	err := d.write(ctx, func(t *tx) error {
		a := applying{tx: t, options: ApplyOptions{Now: now}}
		var readOnly bool // read under the lock of an apply, so that edits and applies wait for each other
		err := a.row(ctx, "SELECT definitions + 1, settings_read_only FROM state"+t.dialect.lock("state")).Scan(&a.version, &readOnly)
		if err != nil {
			return err
		}
		if readOnly && override != nil {
			return ErrSettingsReadOnly
		}
		before, err := a.definitionsAround(ctx, key)
		if err != nil {
			return err
		}
		value, _, ok := before.Setting(key)
		if !ok {
			return fmt.Errorf("%w: %s", ErrNotFound, key)
		}
		state, err := t.settingState(ctx, key)
		if err != nil {
			return err
		}
		if state.Version != version {
			return &OutdatedSettingError{Now: state}
		}
		if state.Configured == nil {
			state.Configured = value
		}
		state.Override, value = override, state.Configured
		if override != nil {
			value = override.Value
		}
		if kept, err = t.keepSetting(ctx, state, now); err != nil {
			return err
		}
		return a.setting(ctx, key, before, value)
	})
	return kept, err
}

// definitionsAround returns the definition that a setting belongs to; for a warehouse, also its strategy.
func (a *applying) definitionsAround(ctx context.Context, key SettingKey) (Definitions, error) {
	var d Definitions
	switch key.Kind {
	case OfConnection:
		connection, err := definition[Connection](ctx, a.tx, key.Kind, key.ID)
		d.Connections = []Connection{connection}
		return d, err
	case OfStore:
		store, err := definition[Store](ctx, a.tx, key.Kind, key.ID)
		d.Stores = []Store{store}
		return d, err
	case OfWarehouse:
		warehouse, err := definition[Warehouse](ctx, a.tx, key.Kind, key.ID)
		if err != nil {
			return d, err
		}
		d.Warehouses = []Warehouse{warehouse}
		strategy, err := a.strategy(ctx, warehouse.Merchant, warehouse.ID)
		if strategy != nil {
			d.Strategies = []StrategyDefinition{{Merchant: warehouse.Merchant, Warehouse: warehouse.ID, Strategy: *strategy}}
		}
		return d, err
	}
	return d, fmt.Errorf("%w: %s", ErrNotFound, key)
}

// setting changes a definition to a setting's new value.
func (a *applying) setting(ctx context.Context, key SettingKey, before Definitions, value json.RawMessage) error {
	after, err := a.definitionsAround(ctx, key)
	if err == nil {
		err = after.Set(key, value)
	}
	if err != nil {
		return err
	}
	switch {
	case key.Kind == OfConnection:
		err = a.connection(ctx, after.Connections[0], &before.Connections[0])
		if key.Name == SettingOverlap && err == nil { // it is part of the schedules in Temporal
			err = a.renewSchedules(ctx, key.ID, a.options.Now)
		}
	case key.Kind == OfStore:
		_, err = a.exec(ctx, "UPDATE stores SET definition = ? WHERE id = ?", encode(after.Stores[0]), key.ID)
	case key.Name == SettingStrategy:
		err = a.strategyOf(ctx, before, after)
	default:
		_, err = a.exec(ctx, "UPDATE warehouses SET definition = ? WHERE id = ?", encode(after.Warehouses[0]), key.ID)
	}
	if err != nil || !a.bumped {
		return err
	}
	_, err = a.exec(ctx, "UPDATE state SET definitions = ?", a.version)
	return err
}

// strategyOf writes the strategy of one warehouse, if it has changed.
func (a *applying) strategyOf(ctx context.Context, before, after Definitions) error {
	switch {
	case len(after.Strategies) > 0 && (len(before.Strategies) == 0 || encode(before.Strategies[0]) != encode(after.Strategies[0])):
		return a.writeStrategy(ctx, after.Strategies[0])
	case len(after.Strategies) == 0 && len(before.Strategies) > 0:
		return a.removeStrategy(ctx, before.Strategies[0].Merchant, before.Strategies[0].Warehouse)
	}
	return nil
}

// settings returns the definitions in force: the configuration with overrides in place of its values. It also applies the changes of
// overrides that belong to the apply, and gives a new version to each setting that the configuration changed, began to name or names no more.
func (a *applying) settings(ctx context.Context, configured Definitions) (Definitions, error) {
	inForce := configured
	inForce.Warehouses, inForce.Stores = slices.Clone(configured.Warehouses), slices.Clone(configured.Stores)
	inForce.Connections = slices.Clone(configured.Connections)
	stored, err := a.settingStates(ctx)
	if err != nil {
		return inForce, err
	}
	states, changes := map[SettingKey]SettingState{}, map[SettingKey]SettingChange{}
	for _, state := range stored {
		states[state.SettingKey] = state
	}
	for _, change := range a.options.Settings {
		changes[change.SettingKey] = change
	}
	before := map[SettingKey]Definitions{} // by kind and id
	for _, key := range configured.SettingKeys() {
		owner := SettingKey{Kind: key.Kind, ID: key.ID}
		if _, ok := before[owner]; !ok {
			if before[owner], err = a.definitionsAround(ctx, key); err != nil && !errors.Is(err, ErrNotFound) {
				return inForce, err
			}
		}
		state, ok := states[key]
		if !ok {
			state.SettingKey = key
		}
		if err := a.settingApplied(ctx, &inForce, state, before[owner], changes); err != nil {
			return inForce, err
		}
	}
	return inForce, nil
}

// settingApplied is settings for one setting.
func (a *applying) settingApplied(
	ctx context.Context, inForce *Definitions, state SettingState, before Definitions, changes map[SettingKey]SettingChange,
) error {
	value, named, _ := inForce.Setting(state.SettingKey)
	oldValue, oldNamed, existed := before.Setting(state.SettingKey)
	if state.Version > 0 {
		oldValue = state.Configured
	}
	change, decided := changes[state.SettingKey]
	if decided {
		if state.Version != change.Version {
			return &OutdatedSettingError{Now: state}
		}
		state.Override = change.Override
	}
	if decided || existed && (named != oldNamed || string(oldValue) != string(value)) {
		state.Configured = value
		if _, err := a.keepSetting(ctx, state, a.options.Now); err != nil {
			return err
		}
	}
	if state.Override == nil {
		return nil
	}
	return inForce.Set(state.SettingKey, state.Override.Value)
}

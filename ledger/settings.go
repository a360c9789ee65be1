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

// A setting belongs to the configuration where that names it, else to the pages, as a schedule does. The definitions hold what is in force, so
// that whoever reads one needs to know nothing of this; what the configuration says, and who set something else, is kept here.

// ErrSettingsReadOnly: the configuration leaves no setting to the pages.
var ErrSettingsReadOnly = errors.New("ledger: settings are set in the configuration alone")

// SettingOverride is a value that somebody set in place of the configuration's, or where the configuration names none.
type SettingOverride struct {
	Value  json.RawMessage `json:"value"`
	Reason string          `json:"reason,omitempty"`
	By     string          `json:"by"`
	Since  time.Time       `json:"since"`
	Until  *time.Time      `json:"until,omitempty"` // nil: for good
	// Base is what the configuration said when it was made; nil: it did not name the setting.
	Base json.RawMessage `json:"base,omitempty"`
}

// Ended is true from its end on.
func (o *SettingOverride) Ended(now time.Time) bool { return o.Until != nil && !now.Before(*o.Until) }

// SettingState is what is kept of a setting beside its definition. The zero version is that of one of which nothing was ever kept.
type SettingState struct {
	SettingKey
	Version   int64     `json:"version"`    // grows with every change, by the configuration or by an override
	ChangedAt time.Time `json:"changed_at"` // when the version was made
	// Configured is what the configuration makes of it: what it says, else the default.
	Configured json.RawMessage  `json:"configured"`
	Override   *SettingOverride `json:"override,omitempty"`
}

// SettingChange is what becomes of an override with an apply. It counts only while the setting has the version.
type SettingChange struct {
	SettingKey
	Version  int64
	Override *SettingOverride // nil: it is gone
}

// OutdatedSettingError is an edit of a setting that somebody has changed since it was read.
type OutdatedSettingError struct{ Now SettingState }

func (e *OutdatedSettingError) Error() string {
	return fmt.Sprintf("ledger: the setting %s has changed meanwhile, to version %d", e.Now.SettingKey, e.Now.Version)
}

// Setter keeps what is set beside the configuration, other than schedules.
type Setter interface {
	// SettingStates lists what is kept, by kind, id and name. What is absent has version 0, and is as its definition has it.
	SettingStates(ctx context.Context) ([]SettingState, error)
	// SetSetting sets the override of a setting, or removes it (nil), and brings the definition to it, as an apply does: figures that it decides
	// are due, and schedules that it changes are to be reconciled. It returns an *OutdatedSettingError when the setting has another version,
	// ErrSettingsReadOnly when the configuration leaves none to the pages (what is there may be removed all the same), and ErrNotFound when
	// there is no such setting.
	SetSetting(ctx context.Context, key SettingKey, override *SettingOverride, version int64, now time.Time) (SettingState, error)
}

const settingColumns = "kind, id, name, version, changed_at, configured, override, reason, set_by, set_at, ends_at, base"

func scanSettingState(row scanner) (SettingState, error) {
	var found SettingState
	var changed, set int64
	var ends sql.NullInt64
	var configured string
	var value, base sql.NullString
	var made SettingOverride
	err := row.Scan(&found.Kind, &found.ID, &found.Name, &found.Version, &changed, &configured, &value, &made.Reason, &made.By, &set, &ends, &base)
	if err != nil {
		return SettingState{}, err
	}
	found.ChangedAt, found.Configured = fromMicros(changed), json.RawMessage(configured)
	if !value.Valid {
		return found, nil
	}
	made.Value, made.Since, made.Until = json.RawMessage(value.String), fromMicros(set), fromOptional(ends)
	if base.Valid {
		made.Base = json.RawMessage(base.String)
	}
	found.Override = &made
	return found, nil
}

// SettingStates lists what is kept of settings; see Setter.
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

// settingState is what is kept of one setting, of version 0 where nothing is.
func (t *tx) settingState(ctx context.Context, key SettingKey) (SettingState, error) {
	state, err := scanSettingState(t.row(ctx, "SELECT "+settingColumns+" FROM settings WHERE kind = ? AND id = ? AND name = ?", key.Kind, key.ID, key.Name))
	if errors.Is(err, sql.ErrNoRows) {
		return SettingState{SettingKey: key}, nil
	}
	return state, err
}

// keepSetting writes the next version of a setting.
func (t *tx) keepSetting(ctx context.Context, state SettingState, now time.Time) (SettingState, error) {
	state.Version, state.ChangedAt = state.Version+1, fromMicros(micros(now))
	made, value, base := SettingOverride{}, (*string)(nil), (*string)(nil)
	if state.Override != nil {
		made = *state.Override
		value = new(string(made.Value))
	}
	if made.Base != nil {
		base = new(string(made.Base))
	}
	var ends *int64
	if made.Until != nil {
		ends = optionalMicros(*made.Until)
	}
	_, err := t.exec(ctx, "INSERT INTO settings ("+settingColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, id, name) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at, configured = excluded.configured,
		override = excluded.override, reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at, ends_at = excluded.ends_at, base = excluded.base`,
		state.Kind, state.ID, state.Name, state.Version, micros(now), string(state.Configured), value, inventory.Storable(made.Reason), inventory.Storable(made.By),
		micros(made.Since), ends, base)
	return state, err
}

// SetSetting sets or removes the override of a setting; see Setter.
func (d *database) SetSetting(ctx context.Context, key SettingKey, override *SettingOverride, version int64, now time.Time) (SettingState, error) {
	var kept SettingState
	err := d.write(ctx, func(t *tx) error {
		a := applying{tx: t, options: ApplyOptions{Now: now}}
		var readOnly bool // read under the lock of an apply, so that edits and applies come one after the other
		if err := a.row(ctx, "SELECT definitions + 1, settings_read_only FROM state"+t.dialect.lock("state")).Scan(&a.version, &readOnly); err != nil {
			return err
		}
		if readOnly && override != nil {
			return ErrSettingsReadOnly
		}
		before, err := a.around(ctx, key)
		if err != nil {
			return err
		}
		value, _, has := before.Setting(key)
		if !has {
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

// around are the definitions that a setting is in: what it is of, and of a warehouse its strategy.
func (a *applying) around(ctx context.Context, key SettingKey) (Definitions, error) {
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

// setting brings a definition to a value.
func (a *applying) setting(ctx context.Context, key SettingKey, before Definitions, value json.RawMessage) error {
	after, err := a.around(ctx, key)
	if err == nil {
		err = after.Set(key, value)
	}
	if err != nil {
		return err
	}
	switch {
	case key.Kind == OfConnection:
		err = a.connection(ctx, after.Connections[0], &before.Connections[0])
		if key.Name == SettingOverlap && err == nil { // schedules say it in Temporal
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

// strategyOf writes the strategy of one warehouse.
func (a *applying) strategyOf(ctx context.Context, before, after Definitions) error {
	switch {
	case len(after.Strategies) > 0 && (len(before.Strategies) == 0 || encode(before.Strategies[0]) != encode(after.Strategies[0])):
		return a.writeStrategy(ctx, after.Strategies[0])
	case len(after.Strategies) == 0 && len(before.Strategies) > 0:
		return a.removeStrategy(ctx, before.Strategies[0].Merchant, before.Strategies[0].Warehouse)
	}
	return nil
}

// settings is the configuration with what is set beside it in the place of what it says. Overrides become what was decided, and settings that
// the configuration changed, or began to name or left to the pages, get a new version.
func (a *applying) settings(ctx context.Context, configured Definitions) (Definitions, error) {
	inForce := configured
	inForce.Warehouses, inForce.Stores = slices.Clone(configured.Warehouses), slices.Clone(configured.Stores)
	inForce.Connections = slices.Clone(configured.Connections)
	kept, err := a.settingStates(ctx)
	if err != nil {
		return inForce, err
	}
	states, changes := map[SettingKey]SettingState{}, map[SettingKey]SettingChange{}
	for _, one := range kept {
		states[one.SettingKey] = one
	}
	for _, change := range a.options.Settings {
		changes[change.SettingKey] = change
	}
	before := map[SettingKey]Definitions{} // by what settings are of, without a name
	for _, key := range configured.SettingKeys() {
		of := SettingKey{Kind: key.Kind, ID: key.ID}
		if _, read := before[of]; !read {
			if before[of], err = a.around(ctx, key); err != nil && !errors.Is(err, ErrNotFound) {
				return inForce, err
			}
		}
		state, has := states[key]
		if !has {
			state.SettingKey = key
		}
		if err := a.settingApplied(ctx, &inForce, state, before[of], changes); err != nil {
			return inForce, err
		}
	}
	return inForce, nil
}

// settingApplied does for one setting what settings says.
func (a *applying) settingApplied(
	ctx context.Context, inForce *Definitions, state SettingState, before Definitions, changes map[SettingKey]SettingChange,
) error {
	value, named, _ := inForce.Setting(state.SettingKey)
	was, wasNamed, known := before.Setting(state.SettingKey)
	if state.Version > 0 {
		was = state.Configured
	}
	change, decided := changes[state.SettingKey]
	if decided {
		if state.Version != change.Version {
			return &OutdatedSettingError{Now: state}
		}
		state.Override = change.Override
	}
	if decided || known && (named != wasNamed || string(was) != string(value)) {
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

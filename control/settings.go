package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
)

// Settings of connections, stores and warehouses are set beside the file by the same rule as schedules (see ownership.go).

// Setting is a setting of a connection, a store or a warehouse, and where it comes from.
type Setting struct {
	ledger.SettingKey
	Value  string         `json:"value"` // the value in force, as a configuration writes it
	Source ScheduleSource `json:"source"`
	// Since is when it came into force, where that is known.
	Since time.Time `json:"since,omitzero"`
	// File is what the configuration says, nil where it leaves the setting to the pages; FileName is the name of that file.
	File     *string `json:"file,omitempty"`
	FileName string  `json:"file_name,omitempty"`
	// Default is the value in force when nobody sets anything beside the configuration.
	Default  string           `json:"default"`
	Override *SettingOverride `json:"override,omitempty"` // what somebody set
	// Version is the version that an edit must have been made on.
	Version  int64 `json:"version"`
	ReadOnly bool  `json:"read_only"`
	// Connections are the ids of the connections that it affects.
	Connections []string `json:"connections"`
	Examples    []string `json:"examples"` // some allowed values
}

// SettingOverride is a value that somebody set beside the configuration.
type SettingOverride struct {
	Value  string     `json:"value"`
	Reason string     `json:"reason,omitempty"`
	By     string     `json:"by"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty"`
}

// SettingEdit is a value that somebody wants in force.
type SettingEdit struct {
	Value   string // as a configuration writes it
	Reason  string
	Until   *time.Time // nil for good
	Version int64      // of the setting that the edit was made on
	By      string
}

// SettingEditResult is a setting after an edit.
type SettingEditResult struct {
	Setting
	// Waits is why the schedules in Temporal could not be changed yet, for a setting that they have. A worker changes them as soon as it can.
	Waits string `json:"waits,omitempty"`
}

// allSettings are the definitions in force, without the catalogue, and the ledger's states of their settings.
func (c *Control) allSettings(ctx context.Context) (ledger.Definitions, map[ledger.SettingKey]ledger.SettingState, error) {
	var d ledger.Definitions
	var err error
	if d.Connections, err = c.state.Connections(ctx); err != nil {
		return d, nil, err
	}
	if d.Stores, err = c.state.Stores(ctx); err != nil {
		return d, nil, err
	}
	if d.Warehouses, err = c.state.Warehouses(ctx); err != nil {
		return d, nil, err
	}
	if err = c.exportStrategies(ctx, &d); err != nil {
		return d, nil, err
	}
	all, err := c.state.SettingStates(ctx)
	states := map[ledger.SettingKey]ledger.SettingState{}
	for _, state := range all {
		states[state.SettingKey] = state
	}
	return d, states, err
}

// SettingsOf are the settings of one connection, store or warehouse.
func (c *Control) SettingsOf(ctx context.Context, kind, id string) ([]Setting, error) {
	if err := c.checkExists(ctx, kind, id); err != nil {
		return nil, err
	}
	return c.settings(ctx, func(key ledger.SettingKey) bool { return key.Kind == kind && key.ID == id })
}

// checkExists is nil where a connection, store or warehouse of an id exists; otherwise it is an *AbsentError.
func (c *Control) checkExists(ctx context.Context, kind, id string) error {
	var err error
	switch kind {
	case ledger.OfConnection:
		_, err = c.connection(ctx, id)
	case ledger.OfStore:
		_, err = find(ctx, "store", id, c.state.Store, c.state.Stores, func(store ledger.Store) string { return store.ID })
	case ledger.OfWarehouse:
		_, err = c.warehouse(ctx, id)
	default:
		err = absentf("%q has no settings; there are those of a %s, a %s and a %s", kind, ledger.OfConnection, ledger.OfStore, ledger.OfWarehouse)
	}
	return err
}

// settings are the settings for whose key chosen returns true.
func (c *Control) settings(ctx context.Context, chosen func(ledger.SettingKey) bool) ([]Setting, error) {
	d, states, err := c.allSettings(ctx)
	if err != nil {
		return nil, err
	}
	configuration, err := c.state.Configuration(ctx)
	if err != nil {
		return nil, err
	}
	settings := []Setting{}
	for _, key := range d.SettingKeys() {
		if chosen(key) {
			settings = append(settings, settingShown(d, key, states[key], configuration))
		}
	}
	return settings, nil
}

// settingShown is a setting of definitions in force.
func settingShown(d ledger.Definitions, key ledger.SettingKey, state ledger.SettingState, configuration ledger.AppliedConfiguration) Setting {
	value, named, _ := d.Setting(key)
	configured := value
	if state.Version > 0 {
		configured = state.Configured
	}
	shown := Setting{
		SettingKey: key, Value: config.SettingText(key.Name, value), Source: SetByDefault, Since: state.ChangedAt, FileName: fileName(configuration.From),
		Default: config.SettingText(key.Name, configured), Version: state.Version, ReadOnly: configuration.SettingsReadOnly, Connections: []string{},
		Examples: config.SettingExamples(key.Name),
	}
	if named {
		shown.Source, shown.File = SetInFile, new(shown.Default)
	}
	if o := state.Override; o != nil {
		shown.Source = SetOnPages
		if named {
			shown.Source = SetByOverride
		}
		shown.Override = &SettingOverride{Value: config.SettingText(key.Name, o.Value), Reason: o.Reason, By: o.By, Since: o.Since, Until: o.Until}
	}
	for _, connection := range d.Connections {
		ids := map[string]string{ledger.OfConnection: connection.ID, ledger.OfStore: connection.Store, ledger.OfWarehouse: connection.Warehouse}
		if ids[key.Kind] == key.ID {
			shown.Connections = append(shown.Connections, connection.ID)
		}
	}
	return shown
}

// settingByKey is the setting of a key.
func (c *Control) settingByKey(ctx context.Context, key ledger.SettingKey) (Setting, error) {
	all, err := c.SettingsOf(ctx, key.Kind, key.ID)
	if err != nil {
		return Setting{}, err
	}
	at := slices.IndexFunc(all, func(setting Setting) bool { return setting.Name == key.Name })
	if at < 0 {
		return Setting{}, absentf("a %s has no setting %q; there are %s", key.Kind, key.Name, strings.Join(ledger.SettingNames(key.Kind), ", "))
	}
	return all[at], nil
}

// Words say who set the value, and what the configuration says, with moments in UTC.
func (s Setting) Words() string { return s.WordsIn("") }

// WordsIn are the same words as Words, with moments in a time zone.
func (s Setting) WordsIn(timezone string) string {
	file := "the configuration"
	if s.FileName != "" {
		file = s.FileName
	}
	switch s.Source {
	case SetInFile:
		return "set in " + file
	case SetByOverride:
		return fmt.Sprintf("overridden %s, since %s; %s says %s", s.Override.words(timezone), momentWords(s.Override.Since, timezone), file, *s.File)
	case SetOnPages:
		return fmt.Sprintf("set %s, on %s; %s does not set it", s.Override.words(timezone), momentWords(s.Override.Since, timezone), file)
	case SetByDefault:
	}
	return "the default; " + file + " does not set it"
}

// words say who set the value, until when and why.
func (o SettingOverride) words(timezone string) string {
	return overrideWords(ledger.Override{By: o.By, Until: o.Until, Reason: o.Reason, Schedule: ledger.Schedule{Timezone: timezone}})
}

func (s Setting) logText() string { return s.Value + ", " + s.Words() }

// StaleSettingError is for an edit of a setting that somebody has changed since it was read.
type StaleSettingError struct {
	Now    Setting
	Wanted string
}

func (e *StaleSettingError) Error() string {
	return fmt.Sprintf("nothing was changed: the setting %s was changed while you edited it. It is now %s, %s; you wanted %s. "+
		"Look at it again, and decide anew", e.Now.SettingKey, e.Now.Value, e.Now.Words(), e.Wanted)
}

// Unwrap makes it an *OutdatedError too.
func (e *StaleSettingError) Unwrap() error { return &OutdatedError{Message: e.Error()} }

// editSetting sets a setting; see EditSetting.
func (c *Control) editSetting(ctx context.Context, key ledger.SettingKey, edit SettingEdit) (SettingEditResult, error) {
	setting, err := c.settingByKey(ctx, key)
	if err != nil {
		return SettingEditResult{}, err
	}
	value, err := c.readSetting(ctx, key, edit.Value)
	if err != nil {
		return SettingEditResult{}, err
	}
	wanted := config.SettingText(key.Name, value)
	edit.Reason = strings.TrimSpace(edit.Reason)
	switch {
	case setting.Version != edit.Version:
		return SettingEditResult{}, &StaleSettingError{Now: setting, Wanted: wanted}
	case setting.ReadOnly:
		return SettingEditResult{}, usage(settingsReadOnly)
	case setting.File != nil && edit.Reason == "":
		return SettingEditResult{}, usage("nothing was changed: %s is set in the configuration; say why it is overridden, for those who find it so", key)
	case edit.Until != nil && !edit.Until.After(c.now()):
		return SettingEditResult{}, usage("nothing was changed: the end, %s, is not in the future", momentWords(*edit.Until, ""))
	case setting.Override == nil && setting.Value == wanted:
		return SettingEditResult{}, usage("nothing was changed: %s is %s already", key, wanted)
	}
	override := &ledger.SettingOverride{Value: value, Reason: edit.Reason, By: edit.By, Since: c.now(), Until: edit.Until}
	if setting.File != nil {
		d, states, err := c.allSettings(ctx)
		if err != nil {
			return SettingEditResult{}, err
		}
		override.Base, _, _ = d.Setting(key)
		if state := states[key]; state.Version > 0 {
			override.Base = state.Configured
		}
	}
	return c.writeSetting(ctx, setting, override, wanted)
}

const settingsReadOnly = "nothing was changed: settings are set in the configuration alone (console: {settings: read-only})"

// readSetting reads a value by the rules of a configuration.
func (c *Control) readSetting(ctx context.Context, key ledger.SettingKey, text string) (json.RawMessage, error) {
	d, _, err := c.allSettings(ctx)
	if err != nil {
		return nil, err
	}
	value, err := config.ReadSetting(key, text, d)
	if err != nil {
		return nil, usage("nothing was changed: %v", err)
	}
	return value, nil
}

// clearSetting ends the value that somebody set; see ClearSetting.
func (c *Control) clearSetting(ctx context.Context, key ledger.SettingKey, version int64) (SettingEditResult, error) {
	setting, err := c.settingByKey(ctx, key)
	if err != nil {
		return SettingEditResult{}, err
	}
	switch {
	case setting.Version != version:
		return SettingEditResult{}, &StaleSettingError{Now: setting, Wanted: setting.Default}
	case setting.Override == nil:
		return SettingEditResult{}, usage("nothing was changed: nothing is set of %s beside the configuration", key)
	}
	return c.writeSetting(ctx, setting, nil, setting.Default)
}

// writeSetting writes an override to the ledger, or removes it where override is nil. Schedules that have the setting are brought to it.
func (c *Control) writeSetting(ctx context.Context, setting Setting, override *ledger.SettingOverride, wanted string) (SettingEditResult, error) {
	_, err := c.state.SetSetting(ctx, setting.SettingKey, override, setting.Version, c.now())
	var outdated *ledger.OutdatedSettingError
	switch {
	case errors.As(err, &outdated):
		if setting, err = c.settingByKey(ctx, setting.SettingKey); err != nil {
			return SettingEditResult{}, err
		}
		return SettingEditResult{}, &StaleSettingError{Now: setting, Wanted: wanted}
	case errors.Is(err, ledger.ErrSettingsReadOnly): // a configuration that says so was applied at this moment
		return SettingEditResult{}, usage(settingsReadOnly)
	case err != nil:
		return SettingEditResult{}, err
	}
	waits := c.settleSetting(ctx, setting.SettingKey)
	setting, err = c.settingByKey(ctx, setting.SettingKey)
	return SettingEditResult{Setting: setting, Waits: waits}, err
}

// settleSetting brings the schedules in Temporal to a setting that they have. It returns why that could not be done yet; a worker does it then.
func (c *Control) settleSetting(ctx context.Context, key ledger.SettingKey) string {
	if key.Kind != ledger.OfConnection || key.Name != ledger.SettingOverlap {
		return ""
	}
	within, cancel := context.WithTimeout(ctx, alivePatience)
	defer cancel()
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if err := c.settleSchedule(within, key.ID, mode); err != nil {
			return brief(err)
		}
	}
	return ""
}

// endSettings ends the overrides of settings whose end has come, and notes when the next one ends.
func (c *Control) endSettings(ctx context.Context, mended *MendResult) error {
	states, err := c.state.SettingStates(ctx)
	if err != nil {
		return err
	}
	var failures []error
	now := c.now()
	for _, state := range states {
		switch o := state.Override; {
		case o == nil || o.Until == nil:
		case !o.Ended(now):
			mended.noteEnd(*o.Until)
		default:
			_, err := c.state.SetSetting(ctx, state.SettingKey, nil, state.Version, *o.Until)
			var outdated *ledger.OutdatedSettingError
			if errors.As(err, &outdated) { // another worker was faster, or somebody set another
				continue
			}
			if err != nil {
				failures = append(failures, fmt.Errorf("setting %s: %w", state.SettingKey, err))
				continue
			}
			mended.Settings = append(mended.Settings, state.SettingKey.String())
		}
	}
	return errors.Join(failures...)
}

package ledger

import (
	"context"
	"errors"

	"github.com/tidemark/tidemark/inventory"
)

// schedules notes which schedules an apply changes, writes the changes of overrides, and stores what the configuration says of all of them.
func (a *applying) schedules(ctx context.Context, definitions Definitions) error {
	changes := map[[2]string]OverrideChange{}
	for _, change := range a.options.Overrides {
		changes[[2]string{change.Connection, string(change.Mode)}] = change
	}
	for _, wanted := range definitions.Connections {
		old, err := definition[Connection](ctx, a.tx, "connection", wanted.ID)
		ok := err == nil
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		for _, mode := range []Mode{Smart, Full} {
			change, decided := changes[[2]string{wanted.ID, string(mode)}]
			differs := ok && (old.Inventory.Names(mode) != wanted.Inventory.Names(mode) || !old.Inventory.Schedule(mode).Same(wanted.Inventory.Schedule(mode)))
			if !decided && !differs {
				continue
			}
			state, err := a.scheduleState(ctx, wanted.ID, mode)
			if err != nil {
				return err
			}
			if decided {
				if state.Version != change.Version {
					return &OutdatedError{Now: state}
				}
				state.Override = change.Override
			}
			if _, err := a.keepSchedule(ctx, state, a.options.Now); err != nil {
				return err
			}
		}
	}
	return a.configuration(ctx, definitions)
}

// configuration stores whether the configuration alone sets schedules and settings, and the file that was applied.
func (a *applying) configuration(ctx context.Context, definitions Definitions) error {
	var schedules, settings bool
	if err := a.row(ctx, "SELECT schedules_read_only, settings_read_only FROM state").Scan(&schedules, &settings); err != nil {
		return err
	}
	for _, entry := range []struct {
		name         string
		before, then bool
	}{{"schedules", schedules, definitions.SchedulesReadOnly}, {"settings", settings, definitions.SettingsReadOnly}} {
		switch {
		case !entry.before && entry.then:
			a.note("changed", "setting", "console", entry.name+" are set in the configuration alone")
		case entry.before && !entry.then:
			a.note("changed", "setting", "console", entry.name+" can be set on the pages again")
		}
	}
	_, err := a.exec(ctx, `UPDATE state SET schedules_read_only = ?, settings_read_only = ?,
		applied_from = CASE WHEN ? = '' THEN applied_from ELSE ? END`,
		definitions.SchedulesReadOnly, definitions.SettingsReadOnly, a.options.From, inventory.Storable(a.options.From))
	return err
}

package ledger

import (
	"context"
	"errors"
	"time"
)

// ErrEnabledInFile is returned for a connection whose configuration says whether it is enabled.
var ErrEnabledInFile = errors.New("ledger: the configuration says whether the connection is enabled")

// Enabler enables and disables connections beside their configuration.
type Enabler interface {
	// SetEnabled enables or disables a connection whose configuration does not say whether it is enabled. It has the effects of
	// an apply: stock is shared out anew among the stores, and the connection's schedules must be reconciled. A connection that
	// becomes enabled requires a Full Sync. It returns the connection after the change; ErrEnabledInFile when the configuration
	// says whether it is enabled, and ErrNotFound when there is no such connection.
	SetEnabled(ctx context.Context, connection string, enabled bool, now time.Time) (Connection, error)
}

// SetEnabled enables or disables a connection; see Enabler.
func (d *database) SetEnabled(ctx context.Context, connection string, enabled bool, now time.Time) (Connection, error) {
	var after Connection
	err := d.write(ctx, func(t *tx) error {
		a := applying{tx: t}
		if err := a.row(ctx, "SELECT definitions + 1 FROM state"+t.dialect.lock("state")).Scan(&a.version); err != nil {
			return err
		}
		old, err := definition[Connection](ctx, t, "connection", connection)
		if err != nil {
			return err
		}
		after = old
		if !old.EnabledByPages {
			return ErrEnabledInFile
		}
		if after.Enabled = enabled; old.Enabled == enabled {
			return nil
		}
		return a.enable(ctx, old, after, now)
	})
	return after, err
}

func (a *applying) enable(ctx context.Context, old, after Connection, now time.Time) error {
	before, err := a.active(ctx)
	if err != nil {
		return err
	}
	if err := a.connection(ctx, after, &old); err != nil {
		return err
	}
	if err := a.sharing(ctx, before); err != nil {
		return err
	}
	if err := a.renewSchedules(ctx, after.ID, now); err != nil {
		return err
	}
	if after.Enabled {
		if _, err := a.exec(ctx, "UPDATE connections SET owes_full = TRUE WHERE id = ?", after.ID); err != nil {
			return err
		}
	}
	if !a.bumped {
		return nil
	}
	_, err = a.exec(ctx, "UPDATE state SET definitions = ?", a.version)
	return err
}

// renewSchedules gives each schedule of a connection a new version, so that it is reconciled.
func (a *applying) renewSchedules(ctx context.Context, connection string, now time.Time) error {
	for _, mode := range []Mode{Smart, Full} {
		state, err := a.scheduleState(ctx, connection, mode)
		if err != nil {
			return err
		}
		if _, err := a.keepSchedule(ctx, state, now); err != nil {
			return err
		}
	}
	return nil
}

// keepEnabled returns the connection with the stored value of Enabled, where the configuration leaves that to the pages.
func keepEnabled(wanted Connection, definitions map[string]string) (Connection, error) {
	stored, ok := definitions[wanted.ID]
	if !wanted.EnabledByPages || !ok {
		return wanted, nil
	}
	var old Connection
	err := decode("connection "+wanted.ID, stored, &old)
	wanted.Enabled = old.Enabled
	return wanted, err
}

package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// EnableResult is the result of enabling or disabling a connection.
type EnableResult struct {
	Connection string `json:"connection"`
	Enabled    bool   `json:"enabled"`
	// Requested is true where a first Full Sync was asked for, which brings the store to the warehouse's figures.
	Requested bool     `json:"requested"`
	Warnings  []string `json:"warnings"`
	// Waits is why the schedules in Temporal could not be changed yet. A worker changes them as soon as it can, and the first run is a Full Sync.
	Waits string `json:"waits,omitempty"`
}

// setEnabled enables or disables a connection whose configuration leaves that to the pages; see SetEnabled.
func (c *Control) setEnabled(ctx context.Context, id string, enabled bool, by string) (EnableResult, error) {
	done := EnableResult{Connection: id, Enabled: enabled, Warnings: []string{}}
	connection, err := c.connection(ctx, id)
	if err != nil {
		return done, err
	}
	if why := enableObstacle(connection, enabled); why != "" {
		return done, usage("nothing was changed: %s", why)
	}
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if done.Waits != "" {
			break // Temporal does not answer, so it is not asked again
		}
		if done.Waits, err = c.checkEditable(ctx, ScheduleSetting{Connection: id, Mode: mode}); err != nil {
			return done, err
		}
	}
	after, err := c.state.SetEnabled(ctx, connection.ID, enabled, c.now())
	if errors.Is(err, ledger.ErrEnabledInFile) { // a configuration that sets it was applied at this moment
		return done, usage("nothing was changed: %s", enabledInFileText(id))
	} else if err != nil {
		return done, err
	}
	if enabled {
		if done.Warnings, err = c.overwriting(ctx, after); err != nil {
			return done, err
		}
	}
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if done.Waits != "" {
			break
		}
		if err := c.settleSchedule(ctx, id, mode); err != nil {
			done.Waits = brief(err)
		}
	}
	if !enabled || done.Waits != "" {
		return done, nil
	}
	_, err = c.request(ctx, after, ledger.Full, workflows.SyncRequest{ID: firstFullID(id, c.now()), By: by + ": the connection was enabled"})
	if err != nil {
		done.Waits = brief(err)
		return done, nil
	}
	done.Requested = true
	return done, nil
}

// enableObstacle says why a connection cannot be enabled or disabled; it is empty where it can.
func enableObstacle(connection ledger.Connection, enabled bool) string {
	switch {
	case !connection.EnabledByPages:
		return enabledInFileText(connection.ID)
	case connection.Enabled == enabled && enabled:
		return fmt.Sprintf("connection %s is enabled already", connection.ID)
	case connection.Enabled == enabled:
		return fmt.Sprintf("connection %s is not enabled", connection.ID)
	case enabled && !connection.Inventory.Enabled:
		return fmt.Sprintf("the configuration has the inventory flow of %s off; take enabled: false out of its inventory, and apply that", connection.ID)
	}
	return ""
}

func enabledInFileText(id string) string {
	return fmt.Sprintf("the configuration says whether %s is enabled; change it there, or take the line enabled out of the connection "+
		"and apply that, which leaves it to the pages", id)
}

// overwriting warns of other active connections that write to the same places as a connection that was just enabled.
func (c *Control) overwriting(ctx context.Context, connection ledger.Connection) ([]string, error) {
	all, err := c.state.Connections(ctx)
	if err != nil {
		return nil, err
	}
	warnings := []string{}
	for _, other := range all {
		if other.ID != connection.ID && other.Active() && config.Overwrite(other, connection) {
			warnings = append(warnings, config.OverwriteWords(other, connection))
		}
	}
	return warnings, nil
}

// enabledWords say whether a connection is enabled.
func enabledWords(enabled bool) string {
	if enabled {
		return "enabled"
	}
	return "not enabled"
}

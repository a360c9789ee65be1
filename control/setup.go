package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
)

// Setup is what a connection is set to, with its ends, and what of it is set beside the configuration.
type Setup struct {
	ledger.Connection
	Warehouse ledger.Warehouse  `json:"warehouse"`
	Store     ledger.Store      `json:"store"`
	Schedules []ScheduleSetting `json:"schedules"`
	// Settings are those of the connection, its store and its warehouse that can be set beside the configuration.
	Settings []Setting     `json:"settings"`
	Left     []ledger.Left `json:"left"` // what stays behind at places that the connection does not show any more
	// File is the configuration, as people know it.
	File string `json:"file"`
	// Fixed is why it cannot be enabled or disabled here; empty where it can.
	Fixed string `json:"fixed,omitempty"`
}

// Setup reads what a connection is set to.
func (c *Control) Setup(ctx context.Context, id string) (Setup, error) {
	var setup Setup
	connection, err := c.connection(ctx, id)
	if err != nil {
		return setup, err
	}
	if setup.Connection, setup.Schedules, err = c.inForce(ctx, connection); err != nil {
		return setup, err
	}
	if setup.Warehouse, err = c.state.Warehouse(ctx, connection.Warehouse); err != nil {
		return setup, fmt.Errorf("the warehouse of %s: %w", id, err)
	}
	if setup.Store, err = c.state.Store(ctx, connection.Store); err != nil {
		return setup, fmt.Errorf("the store of %s: %w", id, err)
	}
	setup.Settings, err = c.settings(ctx, func(key ledger.SettingKey) bool {
		return key.ID == map[string]string{ledger.OfConnection: id, ledger.OfStore: connection.Store, ledger.OfWarehouse: connection.Warehouse}[key.Kind]
	})
	if err != nil {
		return setup, err
	}
	left, err := c.state.LeftBehind(ctx, id)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return setup, err
	}
	configuration, err := c.state.Configuration(ctx)
	if err != nil {
		return setup, err
	}
	setup.Left, setup.File = orEmpty(left), fileName(configuration.From)
	setup.Fixed = enableObstacle(connection, !connection.Enabled)
	return setup, nil
}

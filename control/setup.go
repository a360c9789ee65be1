package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
)

// Setup is a connection with its warehouse, its store and all their settings, and says which of these are set beside the configuration.
type Setup struct {
	ledger.Connection
	Warehouse ledger.Warehouse  `json:"warehouse"`
	Store     ledger.Store      `json:"store"`
	Schedules []ScheduleSetting `json:"schedules"`
	// Settings are those of the connection, its store and its warehouse that can be set beside the configuration.
	Settings []Setting     `json:"settings"`
	Left     []ledger.Left `json:"left"` // figures that stay in the store at places that the connection no longer pushes to
	// File is the name of the configuration file.
	File string `json:"file"`
	// Fixed is why the connection cannot be enabled or disabled here; empty where it can.
	Fixed string `json:"fixed,omitempty"`
}

// Setup reads how a connection is set up.
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

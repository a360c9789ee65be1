package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/tidemark/tidemark/channels"
	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
)

// partner is a store or a warehouse, and whether this process can open its driver.
type partner struct {
	kind   string // "store" or "warehouse"
	id     string
	active bool  // an active connection uses it
	fault  error // why its driver cannot be opened in this process; nil when it can
}

// partners opens the driver of every warehouse and store once, without any call. It reads their settings and credentials as a run would.
func partners(ctx context.Context, state ledger.DefinitionReader, environment settings.Environment) ([]partner, error) {
	connections, err := state.Connections(ctx)
	if err != nil {
		return nil, err
	}
	sources, targets := map[string]bool{}, map[string]bool{}
	for _, connection := range connections {
		if connection.Active() {
			sources[connection.Warehouse], targets[connection.Store] = true, true
		}
	}
	configured, err := state.Warehouses(ctx)
	if err != nil {
		return nil, err
	}
	var all []partner
	for _, warehouse := range configured {
		_, fault := warehousesall.Drivers().Open(warehouse.Driver, warehouse.ID, warehouse.Settings, environment)
		if errors.Is(fault, warehouses.ErrNoDriver) {
			fault = noDriver(warehouse.Driver)
		}
		all = append(all, partner{kind: "warehouse", id: warehouse.ID, active: sources[warehouse.ID], fault: fault})
	}
	stores, err := state.Stores(ctx)
	if err != nil {
		return nil, err
	}
	for _, store := range stores {
		_, fault := channelsall.Drivers().Open(store.Driver, store.ID, store.Settings, environment)
		if errors.Is(fault, channels.ErrNoDriver) {
			fault = noDriver(store.Driver)
		}
		all = append(all, partner{kind: "store", id: store.ID, active: targets[store.ID], fault: fault})
	}
	return all, nil
}

func noDriver(name string) error {
	return fmt.Errorf("this worker has no driver %q; it may be older than the starter that applied the configuration", name)
}

// reportPartners logs the warehouses and stores whose drivers this worker cannot open. The worker starts all the same: runs that need one
// of them fail with the reason, and all others go on.
func reportPartners(ctx context.Context, state ledger.DefinitionReader, environment settings.Environment, log *slog.Logger) error {
	all, err := partners(ctx, state, environment)
	if err != nil {
		return err
	}
	for _, partner := range all {
		switch {
		case partner.fault == nil:
		case partner.active:
			log.Error("runs that need this will fail until it is put right; the others go on",
				"what", partner.kind+" "+partner.id, "error", partner.fault, "advice", "correct it where the worker runs, then starter check "+partner.id)
		default:
			log.Warn("what no active connection uses is not ready", "what", partner.kind+" "+partner.id, "error", partner.fault)
		}
	}
	return nil
}

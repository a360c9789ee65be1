package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
)

// checkAnswer is what a check found.
type checkAnswer struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Driver     string   `json:"driver"`
	Account    string   `json:"account,omitempty"`
	Locations  []string `json:"locations,omitempty"`
	Facilities []string `json:"facilities,omitempty"`
	Sample     []string `json:"sample,omitempty"`
	Notes      []string `json:"notes,omitempty"`
}

func checkCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "check STORE|WAREHOUSE",
		Short: "Prove a store's or warehouse's credentials with one read; changes nothing",
		Long: `check opens the driver of a store or warehouse of the applied configuration and makes one read. The credentials are looked up in this
process's environment, so run it where the worker runs, or with the same variables.`,
		Example: "  starter check acme-shop\n  starter check portland",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				answer, err := check(command.Context(), c.Ledger, arguments[0])
				if err != nil {
					return err
				}
				return s.print(answer, func(w io.Writer) {
					line(w, "%s %s (%s): ok", answer.Kind, answer.ID, answer.Driver)
					for _, more := range []struct {
						name  string
						items []string
					}{{"account", nonEmpty(answer.Account)}, {"locations", answer.Locations}, {"facilities", answer.Facilities}, {"sample", answer.Sample}, {"notes", answer.Notes}} {
						if len(more.items) > 0 {
							line(w, "  %s: %s", more.name, plain(strings.Join(more.items, "; ")))
						}
					}
				})
			})
		},
	}
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func check(ctx context.Context, state ledger.Ledger, id string) (checkAnswer, error) {
	store, err := state.Store(ctx, id)
	if err == nil {
		return checkStore(ctx, store)
	} else if !errors.Is(err, ledger.ErrNotFound) {
		return checkAnswer{}, err
	}
	warehouse, err := state.Warehouse(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return checkAnswer{}, &control.UsageError{Message: fmt.Sprintf("there is no store and no warehouse %q; starter status lists the connections with theirs", id)}
	} else if err != nil {
		return checkAnswer{}, err
	}
	return checkWarehouse(ctx, warehouse)
}

// about makes an error begin with what it is about, as those of the drivers mostly do.
func about(what string, err error) error {
	if strings.HasPrefix(err.Error(), what+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

func checkStore(ctx context.Context, store ledger.Store) (checkAnswer, error) {
	driver, ok := channelsall.Drivers()[store.Driver]
	if !ok {
		return checkAnswer{}, fmt.Errorf("store %s: this starter has no driver %q", store.ID, store.Driver)
	}
	channel, err := driver.Open(store.ID, store.Settings, settings.Process())
	if err != nil {
		return checkAnswer{}, about("store "+store.ID, err)
	}
	found, err := channel.Check(ctx)
	if err != nil {
		return checkAnswer{}, about("store "+store.ID, err)
	}
	return checkAnswer{ID: store.ID, Kind: "store", Driver: store.Driver, Account: found.Account, Locations: found.Locations, Notes: found.Notes}, nil
}

func checkWarehouse(ctx context.Context, warehouse ledger.Warehouse) (checkAnswer, error) {
	driver, ok := warehousesall.Drivers()[warehouse.Driver]
	if !ok {
		return checkAnswer{}, fmt.Errorf("warehouse %s: this starter has no driver %q", warehouse.ID, warehouse.Driver)
	}
	source, err := driver.Open(warehouse.ID, warehouse.Settings, settings.Process())
	if err != nil {
		return checkAnswer{}, about("warehouse "+warehouse.ID, err)
	}
	found, err := source.Check(ctx)
	if err != nil {
		return checkAnswer{}, about("warehouse "+warehouse.ID, err)
	}
	answer := checkAnswer{ID: warehouse.ID, Kind: "warehouse", Driver: warehouse.Driver, Facilities: found.Facilities, Notes: found.Notes}
	for _, row := range found.Sample {
		answer.Sample = append(answer.Sample, fmt.Sprintf("%s %s %s%s", row.SKU, row.Facility, figure(row.Available), reasonOf(row.Problem)))
	}
	return answer, nil
}

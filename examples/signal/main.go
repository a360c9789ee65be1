// Command signal shows how a service of yours talks to Tidemark through Temporal alone: it says what changed in a warehouse, asks for a
// sync, and answers a held run. It imports nothing of Tidemark's, for the contract is names and JSON (docs/signals.md).
//
//	go run ./examples/signal inventory portland east BIKE 5 order-1001/line-1
//	go run ./examples/signal sync acme-shop
//	go run ./examples/signal approve smart-sync/acme-shop
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
)

// update is one update event. The same event has one effect, however often it is sent, so send it again when in doubt.
type update struct {
	Event      string    `json:"event"`
	SKU        string    `json:"sku"`
	Facility   string    `json:"facility,omitempty"`
	Available  int64     `json:"available"`
	ReportedAt time.Time `json:"reported_at"`
}

type inventoryUpdated struct {
	Updates []update `json:"updates"` // at most 500
}

type syncRequest struct {
	ID string `json:"id,omitempty"`
	By string `json:"by,omitempty"`
}

type decision struct {
	By string `json:"by,omitempty"`
}

const by = "the signal example"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "signal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	options, err := envconfig.LoadDefaultClientOptions() // TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, profiles
	if err != nil {
		return err
	}
	temporal, err := client.DialContext(ctx, options)
	if err != nil {
		return err
	}
	defer temporal.Close()
	switch {
	case len(arguments) == 6 && arguments[0] == "inventory":
		available, err := strconv.ParseInt(arguments[4], 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not a figure", arguments[4])
		}
		return inventory(ctx, temporal, arguments[1], update{
			Facility: arguments[2], SKU: arguments[3], Available: available, Event: arguments[5], ReportedAt: time.Now().UTC(),
		})
	case len(arguments) == 2 && arguments[0] == "sync":
		return sync(ctx, temporal, arguments[1])
	case len(arguments) == 2 && arguments[0] == "approve":
		return temporal.SignalWorkflow(ctx, arguments[1], "", "approve", decision{By: by})
	}
	return errors.New("usage: signal inventory WAREHOUSE FACILITY SKU AVAILABLE EVENT-ID | signal sync CONNECTION | signal approve WORKFLOW-ID")
}

// inventory says what changed. The signal starts the warehouse's intake when none is open.
func inventory(ctx context.Context, temporal client.Client, warehouse string, one update) error {
	id := "intake/" + warehouse
	_, err := temporal.SignalWithStartWorkflow(ctx, id, "inventory-updated", inventoryUpdated{Updates: []update{one}},
		client.StartWorkflowOptions{ID: id, TaskQueue: "tidemark"},
		"InventoryIntake", map[string]string{"warehouse": warehouse})
	return err
}

// sync asks for a Smart Sync now. The signal starts the workflow when none is open; otherwise its next pass serves the request.
func sync(ctx context.Context, temporal client.Client, connection string) error {
	id := "smart-sync/" + connection
	run, err := temporal.SignalWithStartWorkflow(ctx, id, "sync-requested", syncRequest{By: by},
		client.StartWorkflowOptions{ID: id, TaskQueue: "tidemark", WorkflowExecutionTimeout: 14 * 24 * time.Hour},
		"SmartSync", map[string]string{"connection": connection})
	if err == nil {
		fmt.Println(run.GetID(), run.GetRunID())
	}
	return err
}

// Package workflows puts steps in order. SmartSync and FullSync are the runs of a connection. InventoryIntake records what a warehouse sends, and asks
// for Smart Syncs of what that changed. Workflows only sequence, wait and show: pure functions and activities decide what is due, which run may start
// and what a store's response means.
//
// All code in this package is deterministic. Recorded histories of every ending are in testdata, and the tests replay them.
package workflows

import (
	"strings"

	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/ledger"
)

// Names that services, schedules and operators use. They are a public contract and do not change.
const (
	// TaskQueue is the task queue that the workers poll.
	TaskQueue = "tidemark"

	// SmartSync and FullSync are the workflow types; both take a SyncInput and return a SyncReport.
	SmartSyncType = "SmartSync"
	FullSyncType  = "FullSync"
	// InventoryIntakeType takes an IntakeInput and returns an IntakeReport.
	InventoryIntakeType = "InventoryIntake"

	// SignalSyncRequested carries a SyncRequest. Send it by signal-with-start to the id that WorkflowID gives.
	SignalSyncRequested = "sync-requested"
	// SignalInventoryUpdated carries an InventoryUpdated. Send it by signal-with-start to the id that IntakeID gives.
	SignalInventoryUpdated = "inventory-updated"
	// SignalApprove and SignalReject carry a Decision, to the workflow of a held run.
	SignalApprove = "approve"
	SignalReject  = "reject"

	// SignalHoldDissolved carries a HoldDissolved, to the workflow of a held run, when the reason of its hold is gone. Workers send it.
	SignalHoldDissolved = "hold-dissolved"

	// UpdateSync takes a SyncRequest and answers with a SyncAnswer. Send it by update-with-start to the id that WorkflowID gives.
	UpdateSync = "sync"
	// UpdateApprove and UpdateReject take a Decision and answer with a DecisionAnswer. Their names are those of the signals.
	UpdateApprove = SignalApprove
	UpdateReject  = SignalReject

	// QueryProgress answers with a Progress.
	QueryProgress = "progress"
)

// WorkflowID is the id of a connection's sync on demand, and of its schedule. The id of a scheduled run is this id followed by the time.
func WorkflowID(mode ledger.Mode, connection string) string {
	return string(mode) + "-sync/" + connection
}

// EventsID is the id of the syncs that a warehouse's events ask for, of a few SKUs each. They have a workflow of their own, so that they do not wait
// behind a run of everything that is held.
func EventsID(connection string) string { return WorkflowID(ledger.Smart, connection) + events }

const events = "/events"

// Histories is the newest set of recorded histories in testdata: v1, v2, …. See docs/releasing.md.
const Histories = 5

// IntakeID is the id of a warehouse's intake.
func IntakeID(warehouse string) string { return "intake/" + warehouse }

// WorkflowType is the type that runs a mode.
func WorkflowType(mode ledger.Mode) string {
	if mode == ledger.Full {
		return FullSyncType
	}
	return SmartSyncType
}

// ConnectionOf is the inverse of WorkflowID and EventsID; it also takes the id of a scheduled run.
func ConnectionOf(workflow string) (mode ledger.Mode, connection string, ok bool) {
	kind, name, cut := strings.Cut(workflow, "/")
	if !cut || name == "" {
		return "", "", false
	}
	switch kind {
	case "smart-sync":
		mode = ledger.Smart
	case "full-sync":
		mode = ledger.Full
	default:
		return "", "", false
	}
	name = strings.TrimSuffix(name, events)
	// Connection ids have no upper-case letters, so the time that a schedule adds ("-2026-11-24T01:00:00Z") is recognised by its T.
	const stamp = len("-2026-11-24T01:00:00Z")
	if at := len(name) - stamp; at > 0 && name[len(name)-1] == 'Z' && name[at+11] == 'T' {
		name = name[:at]
	}
	return mode, name, true
}

// Search attributes of every run, all of type Keyword. `starter apply` registers them.
var (
	AttributeConnection = temporal.NewSearchAttributeKeyKeyword("TidemarkConnection")
	AttributeMerchant   = temporal.NewSearchAttributeKeyKeyword("TidemarkMerchant")
	AttributeWarehouse  = temporal.NewSearchAttributeKeyKeyword("TidemarkWarehouse")
	AttributeStore      = temporal.NewSearchAttributeKeyKeyword("TidemarkStore")
	AttributeMode       = temporal.NewSearchAttributeKeyKeyword("TidemarkMode")
	AttributeTrigger    = temporal.NewSearchAttributeKeyKeyword("TidemarkTrigger")
	AttributeOutcome    = temporal.NewSearchAttributeKeyKeyword("TidemarkOutcome")
)

// Keys of the memos of runs.
const (
	// MemoLedger names the ledger that a workflow, or a schedule's runs, belong to, as the input does.
	MemoLedger = "TidemarkLedger"
	// MemoApplied is the host and the file from which a schedule was last applied, for people.
	MemoApplied = "TidemarkApplied"
	// MemoFailure is the IntakeFailure of an intake that waits after a failure, so that it can be read without a worker.
	MemoFailure = "TidemarkFailure"
)

// Attributes lists all search attributes.
func Attributes() []temporal.SearchAttributeKeyKeyword {
	return []temporal.SearchAttributeKeyKeyword{
		AttributeConnection, AttributeMerchant, AttributeWarehouse, AttributeStore, AttributeMode, AttributeTrigger, AttributeOutcome,
	}
}

// ConnectionAttributes are the search attributes with which a connection's workflows are started.
func ConnectionAttributes(connection ledger.Connection, mode ledger.Mode, trigger ledger.Trigger) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(
		AttributeConnection.ValueSet(connection.ID),
		AttributeMerchant.ValueSet(connection.Merchant),
		AttributeWarehouse.ValueSet(connection.Warehouse),
		AttributeStore.ValueSet(connection.Store),
		AttributeMode.ValueSet(string(mode)),
		AttributeTrigger.ValueSet(string(trigger)),
		AttributeOutcome.ValueSet(string(ledger.Running)), // it costs nothing here; set by the run it would be one action more
	)
}

// WarehouseAttributes are the search attributes with which a warehouse's intake is started.
func WarehouseAttributes(warehouse ledger.Warehouse) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(AttributeMerchant.ValueSet(warehouse.Merchant), AttributeWarehouse.ValueSet(warehouse.ID))
}

// IntakePriority is the priority of an intake: above every run, because its steps are short and their figures should reach the stores quickly.
func IntakePriority(merchant string) temporal.Priority {
	return temporal.Priority{PriorityKey: 1, FairnessKey: merchant}
}

// Priority is the priority of a run: requested runs come before scheduled Smart Syncs, and those before scheduled Full Syncs. The fairness key shares
// the workers fairly among merchants.
func Priority(merchant string, mode ledger.Mode, trigger ledger.Trigger) temporal.Priority {
	key := 3
	switch {
	case trigger == ledger.TriggerRequest:
		key = 2
	case mode == ledger.Full:
		key = 4
	}
	return temporal.Priority{PriorityKey: key, FairnessKey: merchant}
}

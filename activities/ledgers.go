package activities

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// This file lists what each step needs of the ledger. Package ledger documents the methods. A worker passes the same ledger to all steps.

// GateLedger is what Gate needs: it begins and ends runs, and keeps holds.
type GateLedger interface {
	ledger.Gate
	ledger.HoldKeeper
	identity
	Connection(ctx context.Context, id string) (ledger.Connection, error)
	Warehouse(ctx context.Context, id string) (ledger.Warehouse, error)
	Run(ctx context.Context, id int64) (ledger.Run, error)
	Tally(ctx context.Context, run int64) (ledger.Counts, error)
}

// FetchLedger is what Fetch needs: it stages snapshots and makes them visible.
type FetchLedger interface {
	stager
	Connection(ctx context.Context, id string) (ledger.Connection, error)
	Warehouse(ctx context.Context, id string) (ledger.Warehouse, error)
	LastSnapshot(ctx context.Context, warehouse string) (ledger.SnapshotEntry, error)
	CountStale(ctx context.Context, warehouse string) (ledger.StaleCount, error)
	Share(ctx context.Context, lease ledger.Lease, query ledger.ShareQuery) (ledger.Shared, error)
	SourceCursor(ctx context.Context, warehouse string) (string, error)
	Stage(ctx context.Context, lease ledger.Lease, start ledger.SnapshotStart) (snapshot int64, err error)
	Pages(ctx context.Context, warehouse string) ([]byte, error)
	Confirm(ctx context.Context, lease ledger.Lease, snapshot int64, end ledger.SnapshotEnd) (result ledger.SnapshotResult, confirmed bool, err error)
	Record(ctx context.Context, lease ledger.Lease, snapshot int64, end ledger.SnapshotEnd) (ledger.SnapshotResult, error)
	Discard(ctx context.Context, snapshot int64) error
	Progress(ctx context.Context, run int64, phase string, counts ledger.Counts) error
	EndStage(ctx context.Context, run int64, stage ledger.Stage, next string, counts ledger.Counts, now time.Time) error
}

// IntakeLedger is what Intake needs: it records what warehouses send.
type IntakeLedger interface {
	identity
	Connections(ctx context.Context) ([]ledger.Connection, error)
	Warehouse(ctx context.Context, id string) (ledger.Warehouse, error)
	Observe(ctx context.Context, warehouse string, observations []ledger.Observation, now time.Time) (ledger.Observed, error)
	RecordUpload(ctx context.Context, snapshot int64, end ledger.SnapshotEnd) (ledger.SnapshotResult, error)
	Discard(ctx context.Context, snapshot int64) error
}

// ResolveLedger is what Resolve needs: it turns levels into channel levels, and keeps previews.
type ResolveLedger interface {
	ledger.Resolver
	previewer
	Warehouse(ctx context.Context, id string) (ledger.Warehouse, error)
	EndStage(ctx context.Context, run int64, stage ledger.Stage, next string, counts ledger.Counts, now time.Time) error
}

// PushLedger is what Push needs: it keeps intents, responses and the stores' ids of items, and resolves changes during the push.
type PushLedger interface {
	ledger.Pusher
	inputs
	Connection(ctx context.Context, id string) (ledger.Connection, error)
	Store(ctx context.Context, id string) (ledger.Store, error)
	Warehouse(ctx context.Context, id string) (ledger.Warehouse, error)
	EndStage(ctx context.Context, run int64, stage ledger.Stage, next string, counts ledger.Counts, now time.Time) error
	References(ctx context.Context, store string, skus []string) (map[string]ledger.Reference, error)
	Remember(ctx context.Context, lease ledger.Lease, references map[string]string, now time.Time) error
	Forget(ctx context.Context, lease ledger.Lease, skus []string) error
	Park(ctx context.Context, lease ledger.Lease, items []ledger.DueItem, responses []ledger.ItemResponse, now time.Time) error
	Plan(ctx context.Context, connection string, mode ledger.Mode) (ledger.Plan, error)
	Affected(ctx context.Context, plan ledger.Plan, scope []string, after string, limit int) ([]ledger.Affected, error)
	Resolve(ctx context.Context, lease ledger.Lease, plan ledger.Plan, page []ledger.Resolution, now time.Time) (int64, error)
	Newest(ctx context.Context, connection string) (ledger.Cursor, error)
	Moves(ctx context.Context, plan ledger.Plan, page []ledger.Resolution) (ledger.Moves, error)
	AdvanceCursor(ctx context.Context, lease ledger.Lease, plan ledger.Plan) error
	Due(ctx context.Context, connection string, scope []string) (ledger.Due, error)
	Zeroed(ctx context.Context, connection string, since time.Time) (ledger.Zeroed, error)
}

// identity returns the ledger's identity.
type identity interface {
	Identity(ctx context.Context) (string, error)
}

// stager stages the rows of a snapshot.
type stager interface {
	StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error
	NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error
}

// inputs loads the inputs for resolving products.
type inputs interface {
	Inputs(ctx context.Context, plan ledger.Plan, products []string) ([]inventory.Input, error)
}

// previewer reads what stores show, and stores previews.
type previewer interface {
	ChannelLevels(ctx context.Context, connection, sku string, status ledger.Status, page ledger.Page) ([]ledger.ChannelLevelRow, error)
	Due(ctx context.Context, connection string, scope []string) (ledger.Due, error)
	KeepPreview(ctx context.Context, lease ledger.Lease, preview ledger.Preview, rows []ledger.PreviewRow) error
}

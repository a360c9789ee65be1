package control

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Ledger is what Control needs of the ledger: to read all of it, and to write what people decide and send. It never acquires a store, and neither
// fetches nor pushes. Package ledger documents the methods.
type Ledger interface {
	ledger.Definer
	ledger.Reader
	ledger.CatalogueReader
	ledger.Scheduler
	ledger.Enabler
	ledger.Setter
	ledger.Throttler
	ledger.Auditor
	ledger.PeopleKeeper

	// The rows that a run would push.
	Plan(ctx context.Context, connection string, mode ledger.Mode) (ledger.Plan, error)
	Inputs(ctx context.Context, plan ledger.Plan, products []string) ([]inventory.Input, error)
	Due(ctx context.Context, connection string, scope []string) (ledger.Due, error)
	Tally(ctx context.Context, run int64) (ledger.Counts, error)
	Preview(ctx context.Context, connection string, now time.Time) (ledger.Preview, error)
	PreviewRows(ctx context.Context, run int64, move ledger.PreviewMove, after int64, limit int) ([]ledger.PreviewRow, error)

	// Decisions of people.
	Decide(ctx context.Context, run int64, decision, by string, now time.Time) ([]ledger.Hold, error)
	EndRun(ctx context.Context, lease ledger.Lease, end ledger.RunEnd) error
	RefreshIDs(ctx context.Context, store string, skus []string) (ledger.RefreshedIDs, error)

	// Snapshots that a warehouse sends.
	StageUpload(ctx context.Context, start ledger.SnapshotStart) (snapshot int64, err error)
	StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error
	NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error
	Discard(ctx context.Context, snapshot int64) error
	Refusals(ctx context.Context, warehouse string, limit int) ([]inventory.Refusal, error)

	Check(ctx context.Context) error
	Close() error
}

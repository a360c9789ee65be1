package control

import (
	"context"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// A snapshot that a warehouse sends is staged page by page. Intake then announces it to the warehouse's intake, which judges it and makes it
// visible. A staged snapshot that is never announced is deleted within a day.

// StageUpload begins a snapshot that a warehouse sends, and returns its number.
func (c *Control) StageUpload(ctx context.Context, start ledger.SnapshotStart) (int64, error) {
	return c.state.StageUpload(ctx, start)
}

// StageRows adds rows to a snapshot that was begun: levels, and rows that were refused.
func (c *Control) StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error {
	return c.state.StageRows(ctx, snapshot, levels, refusals)
}

// NoteOddities stores with a snapshot what looks odd in its rows.
func (c *Control) NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error {
	return c.state.NoteOddities(ctx, snapshot, oddities)
}

// Discard deletes the staged rows of a snapshot.
func (c *Control) Discard(ctx context.Context, snapshot int64) error {
	return c.state.Discard(ctx, snapshot)
}

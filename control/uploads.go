package control

import (
	"context"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// A warehouse that sends a whole snapshot has it staged page by page; it becomes visible when the intake, which is told of it by Intake,
// has judged it. What was staged and is told to nobody is thrown away within a day.

// StageUpload begins a snapshot that a warehouse sends, and returns its number.
func (c *Control) StageUpload(ctx context.Context, start ledger.SnapshotStart) (int64, error) {
	return c.state.StageUpload(ctx, start)
}

// StageRows adds rows to a snapshot that was begun: levels, and what was refused of it.
func (c *Control) StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error {
	return c.state.StageRows(ctx, snapshot, levels, refusals)
}

// NoteOddities keeps with a snapshot what looks odd in its rows.
func (c *Control) NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error {
	return c.state.NoteOddities(ctx, snapshot, oddities)
}

// Discard throws away what was staged of a snapshot.
func (c *Control) Discard(ctx context.Context, snapshot int64) error {
	return c.state.Discard(ctx, snapshot)
}

package control

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// PreviewPage is what the last dry run of a connection would push, with a part of its rows.
type PreviewPage struct {
	ledger.Preview
	Mode  ledger.Mode `json:"mode"`
	Scope []string    `json:"scope,omitempty"` // the SKUs that the request named; none for everything
	// Rows are in the order in which they were resolved. Rows that would stay the same are only counted, and of very many rows the first are kept.
	Rows []ledger.PreviewRow `json:"rows"`
	// Next is the row after which the next part begins; 0 at the end.
	Next int64 `json:"next,omitempty"`
}

// PreviewMoves are the kinds of rows that a preview can have.
func PreviewMoves() []ledger.PreviewMove {
	return []ledger.PreviewMove{ledger.PreviewRaise, ledger.PreviewLower, ledger.PreviewZero, ledger.PreviewNew, ledger.PreviewBlocked}
}

// Preview is what the last dry run of a connection would push, with at most limit rows after the row after. An empty move means rows of all kinds. A
// dry run is asked for like any other sync.
func (c *Control) Preview(ctx context.Context, id string, move ledger.PreviewMove, after int64, limit int) (PreviewPage, error) {
	shown := PreviewPage{Rows: []ledger.PreviewRow{}}
	if move != "" && !slices.Contains(PreviewMoves(), move) {
		return shown, usage("there is no move %q; there are %s", move, joinFirst(textsOf(PreviewMoves()), len(PreviewMoves())))
	}
	connection, err := c.connection(ctx, id)
	if err != nil {
		return shown, err
	}
	shown.Preview, err = c.state.Preview(ctx, connection.ID, c.now())
	if errors.Is(err, ledger.ErrNotFound) {
		return shown, absentf("connection %s has no preview, or it has expired; a dry run makes one (starter sync full %s --dry-run)", id, id)
	} else if err != nil {
		return shown, err
	}
	run, err := c.state.Run(ctx, shown.Run)
	if err != nil {
		return shown, err
	}
	shown.Mode, shown.Scope = run.Mode, run.Scope
	rows, err := c.state.PreviewRows(ctx, shown.Run, move, after, limit+1)
	if len(rows) > limit {
		rows = rows[:limit]
		shown.Next = rows[limit-1].N
	}
	shown.Rows = orEmpty(rows)
	return shown, err
}

// textsOf converts values to strings.
func textsOf[T ~string](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// pushPreview asks for a push of what a preview would change; see PushPreview.
func (c *Control) pushPreview(ctx context.Context, id string, run int64, request workflows.SyncRequest) (SyncAnswer, error) {
	shown, err := c.Preview(ctx, id, "", 0, workflows.MaximumScope)
	if err != nil {
		return SyncAnswer{}, err
	}
	if shown.Run != run {
		return SyncAnswer{}, usage("nothing was asked for: run %d made another preview of %s since, in place of that of run %d; "+
			"look at it, and decide anew", shown.Run, id, run)
	}
	mode := ledger.Smart
	request.SKUs = changedProducts(shown.Rows)
	if len(request.SKUs) == 0 && shown.Next == 0 {
		return SyncAnswer{}, usage("nothing was asked for: the preview of run %d would change nothing", run)
	}
	if shown.Next != 0 || len(request.SKUs) > workflows.MaximumScope { // more than one request may name
		mode, request.SKUs = shown.Mode, nil
	}
	return c.syncWithAnswer(ctx, mode, id, request)
}

// changedProducts are the products of the rows that a push would change, sorted, each once.
func changedProducts(rows []ledger.PreviewRow) []string {
	var skus []string
	for _, row := range rows {
		if row.Move != ledger.PreviewBlocked {
			skus = append(skus, row.Product)
		}
	}
	slices.Sort(skus)
	return slices.Compact(skus)
}

// previewName is the act of pushing a preview, as the activity log names it.
func previewName(run int64) string {
	return fmt.Sprintf("push what the preview of run %d would change", run)
}

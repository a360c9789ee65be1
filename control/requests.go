package control

import (
	"context"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Requests says what became of requests, newest first: of one id, which every connection may have been asked for, or of all; connection
// may be empty. A request that waits in its workflow for a pass is in the ledger only when the pass begins, or when many wait with it.
func (c *Control) Requests(ctx context.Context, connection, id string, limit int) ([]ledger.RequestEntry, error) {
	if connection != "" {
		if _, err := c.connection(ctx, connection); err != nil {
			return nil, err
		}
	}
	found, err := c.Ledger.Requests(ctx, ledger.RequestQuery{Connection: connection, ID: workflows.RequestID(id), Limit: limit})
	if err == nil && id != "" && len(found) == 0 {
		err = usage("no run has taken up a request %q; it waits in its workflow for the pass before it to end, was sent to another connection, or is forgotten by now", id)
	}
	return orEmpty(found), err
}

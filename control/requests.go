package control

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Requests lists requests with their outcomes, newest first. An empty id means all requests; with an id there may be one for each connection. An empty
// connection means all connections. A request that no run has taken up is not in the ledger: where the id names one, it is searched for in the open
// workflows.
func (c *Control) Requests(ctx context.Context, connection, id string, limit int) ([]ledger.RequestEntry, error) {
	if connection != "" {
		if _, err := c.connection(ctx, connection); err != nil {
			return nil, err
		}
	}
	entries, err := c.state.Requests(ctx, ledger.RequestQuery{Connection: connection, ID: workflows.RequestID(id), Limit: limit})
	if err != nil || id == "" || len(entries) > 0 {
		return orEmpty(entries), err
	}
	entries, notSearched, err := c.WaitingRequests(ctx, connection, id)
	if err == nil && len(entries) == 0 {
		err = absentf("%s", unknownRequestText(id, notSearched))
	}
	return orEmpty(entries), err
}

// shownIDBytes is how much of an unknown id is repeated in the error.
const shownIDBytes = 40

// unknownRequestText says that nothing is known of a request, and which workflows could not be searched.
func unknownRequestText(id, notSearched string) string {
	id = id[:min(len(id), shownIDBytes)]
	words := fmt.Sprintf("nothing is known of a request %q: no run has taken it up and it waits in no workflow; "+
		"it was not accepted, was sent to another connection, or is forgotten by now", id)
	if notSearched != "" {
		words += " (" + notSearched + ")"
	}
	return words
}

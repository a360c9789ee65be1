package activities

import (
	"context"
	"errors"

	"github.com/tidemark/tidemark/ledger"
)

// RequestsInput lists requests that no run has taken up.
type RequestsInput struct {
	Connection string           `json:"connection"`
	Mode       ledger.Mode      `json:"mode"`
	Requests   []ledger.Request `json:"requests,omitempty"`
	// Group, for Note, is the id of the request that represents them.
	Group string `json:"group,omitempty"`
	// Outcome and Reason, for Settle, are their outcome.
	Outcome ledger.RequestOutcome `json:"outcome,omitempty"`
	Reason  string                `json:"reason,omitempty"`
}

// RequestsResult is empty.
type RequestsResult struct{}

// Note records the ids of many requests that wait for one pass. So each of them can be looked up, while the workflow carries only their number.
func (g *Gate) Note(ctx context.Context, input RequestsInput) (RequestsResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	err := g.Ledger.NoteRequests(ctx, input.Connection, input.Mode, input.Group, input.Requests)
	return RequestsResult{}, convert("noting requests", err, g.Now())
}

// Settle records the outcome of requests that no run serves.
func (g *Gate) Settle(ctx context.Context, input RequestsInput) (RequestsResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	err := g.Ledger.EndUnserved(ctx, input.Connection, input.Mode, input.Requests, ledger.RequestEnd{
		Outcome: input.Outcome, Reason: input.Reason, Now: g.Now(),
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return RequestsResult{}, nil
	}
	return RequestsResult{}, convert("recording what became of requests", err, g.Now())
}

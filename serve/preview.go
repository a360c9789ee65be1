package serve

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// previewShown is a preview with a part of its rows.
type previewShown struct {
	control.PreviewShown
	Next string `json:"next,omitempty"` // what to give as after for the next part
}

// preview is what the last dry run of a connection would push.
func (s *Server) preview(ctx context.Context, q question) (any, error) {
	move := ledger.PreviewMove(q.query.Get("move"))
	if move != "" && !slices.Contains(control.PreviewMoves(), move) {
		return nil, invalid("invalid_query", "move: expected one of raise, lower, zero, new, blocked")
	}
	after, err := strconv.ParseInt(cmp.Or(q.query.Get("after"), "0"), 10, 64)
	if err != nil || after < 0 {
		return nil, invalid("invalid_query", "after: expected the number of a row, as next has it")
	}
	found, err := s.options.Control.Preview(ctx, q.PathValue("id"), move, after, q.limit)
	shown := previewShown{PreviewShown: found}
	if found.Next != 0 {
		shown.Next = strconv.FormatInt(found.Next, 10)
	}
	return shown, err
}

// pushPreview asks for a push of what the preview of a run would change.
func (s *Server) pushPreview(ctx context.Context, w wishes) (any, error) {
	if w.run == 0 {
		return nil, invalid("invalid_request", "run: it says which preview is meant; GET the preview, and give the run that is in it")
	}
	request := w.request
	request.ID, request.By = cmp.Or(request.ID, uuid.NewString()), w.by
	found, err := s.options.Control.PushPreview(ctx, w.PathValue("id"), w.run, request)
	return requested{SyncAnswer: found, Request: request.ID}, err
}

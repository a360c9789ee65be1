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

// previewShown is a preview with one page of its rows.
type previewShown struct {
	control.PreviewPage
	Next string `json:"next,omitempty"` // the value of after for the next page
}

// preview is what the last dry run of a connection would push.
func (s *Server) preview(ctx context.Context, q getRequest) (any, error) {
	move := ledger.PreviewMove(q.query.Get("move"))
	if move != "" && !slices.Contains(control.PreviewMoves(), move) {
		return nil, invalid("invalid_query", "move: expected one of raise, lower, zero, new, blocked")
	}
	after, err := strconv.ParseInt(cmp.Or(q.query.Get("after"), "0"), 10, 64)
	if err != nil || after < 0 {
		return nil, invalid("invalid_query", "after: expected the number of a row, as in next")
	}
	shown, err := s.options.Control.Preview(ctx, q.PathValue("id"), move, after, q.limit)
	view := previewShown{PreviewPage: shown}
	if shown.Next != 0 {
		view.Next = strconv.FormatInt(shown.Next, 10)
	}
	return view, err
}

// pushPreview requests a push of the rows that the preview of a run would change.
func (s *Server) pushPreview(ctx context.Context, input actRequest) (any, error) {
	if input.run == 0 {
		return nil, invalid("invalid_request", "run: the run of the preview is missing; GET the preview and send the run that it names")
	}
	request := input.sync
	request.ID, request.By = cmp.Or(request.ID, uuid.NewString()), input.by
	answer, err := s.options.Control.PushPreview(ctx, input.PathValue("id"), input.run, request)
	return syncView{SyncAnswer: answer, Request: request.ID}, err
}

package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// report marks the ticket of a feed that is done. A poll is one call, as every Send is, so that the pacer counts right: the
// poll that learns that the feed is done hands back a ticket for its report, and the next poll fetches that.
const report = "/report"

// Poll asks how far a feed is, or for the report of one that is done.
func (s *feedStore) Poll(ctx context.Context, ticket string, items []channels.Item) (channels.Reply, error) {
	id, done := strings.CutSuffix(ticket, report)
	path := "/feeds/" + url.PathEscape(id)
	if done {
		path += report
	}
	response, reply, err := s.call(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return reply, err
	}
	budget := reply.Budget
	switch {
	case response.Status == http.StatusNotFound || response.Status == http.StatusGone:
		err = s.Forgotten(response.Status, "it does not know the feed any more")
	case response.Status >= http.StatusBadRequest:
		reply, err = s.readRefusal(response)
	case done:
		reply, err = s.readResults(response, items)
	default:
		reply, err = s.readProgress(response, items)
	}
	reply.Budget = budget
	return reply, err
}

// readProgress reads the receipt of a feed or how far it is; a receipt has no state yet.
func (s *store) readProgress(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	var body struct {
		Feed      string `json:"feed"`
		State     string `json:"state"`
		PollAfter int64  `json:"poll_after_ms"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.Feed == "" {
		return channels.Reply{}, s.Unreadable(response, "it does not name the feed")
	}
	switch body.State {
	case "", "queued", "processing":
		return channels.Pending(items, body.Feed, time.Duration(min(max(body.PollAfter, 0), maxPollAfter))*time.Millisecond), nil
	case "done":
		return channels.Pending(items, body.Feed+report, 0), nil
	case "failed":
		return channels.Reply{Refused: true, Reason: "the store could not process the feed"}, nil
	}
	return channels.Reply{}, s.Unreadable(response, "the feed has a state that is not known")
}

// maxPollAfter is the longest wait before a poll that is believed, in milliseconds: an hour.
const maxPollAfter = 3_600_000

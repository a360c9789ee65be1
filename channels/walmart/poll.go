package walmart

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
)

// ticket says what is waited for, so that the driver has nothing to remember: how often a feed was asked for, "feed:2:F129…@AU8BAQA",
// or which row of its details comes next and how many are asked for at once, "details:1000:1000:F129…@AU8BAQA".
type ticket struct {
	kind  string
	at    int // times asked, or the next row
	limit int // of details
	id    string
}

const (
	feedTicket    = "feed"
	detailsTicket = "details"
)

func (t ticket) String() string {
	if t.kind == detailsTicket {
		return fmt.Sprintf("%s:%d:%d:%s", t.kind, t.at, t.limit, t.id)
	}
	return fmt.Sprintf("%s:%d:%s", t.kind, t.at, t.id)
}

func parseTicket(text string) (t ticket, ok bool) {
	kind, rest, _ := strings.Cut(text, ":")
	numbers := []*int{&t.at}
	switch t.kind = kind; kind {
	case feedTicket:
	case detailsTicket:
		numbers = append(numbers, &t.limit)
	default:
		return ticket{}, false
	}
	for _, into := range numbers {
		number, after, _ := strings.Cut(rest, ":")
		var err error
		if *into, err = strconv.Atoi(number); err != nil || *into < 0 {
			return ticket{}, false
		}
		rest = after
	}
	t.id = rest
	return t, t.id != "" && (kind == feedTicket || t.limit > 0)
}

// maxReportWait is the longest wait between two questions about a feed. An inventory feed takes about half an hour
// (ca-marketplace/docs/throttling); the push loop gives a ticket up after a day.
const maxReportWait = 15 * time.Minute

// waiting is the reply while Walmart works.
func (s *store) waiting(items []channels.Item, on ticket) channels.Reply {
	var after time.Duration
	if on.kind == feedTicket {
		after = channels.PollDelay(s.reportAfter, on.at, maxReportWait)
	}
	return channels.Pending(items, on.String(), after)
}

// Poll asks how far a feed is, or for a page of the details of one that is done. Each is one call of the API.
func (s *feedStore) Poll(ctx context.Context, text string, items []channels.Item) (channels.Reply, error) {
	on, ok := parseTicket(text)
	if !ok {
		return channels.Reply{}, s.Forgotten(0, "the ticket is not one that this driver writes")
	}
	session := s.session(text)
	path := feedsPath + "/" + escape(on.id) + "?includeDetails=false"
	if on.kind == detailsTicket {
		path = fmt.Sprintf("%s/%s?includeDetails=true&offset=%d&limit=%d", feedsPath, escape(on.id), on.at, on.limit)
	}
	response, err := session.call(ctx, http.MethodGet, path, "", nil)
	budget := s.readBudget(response, meterPoll)
	if err != nil {
		return channels.Reply{Budget: budget}, err
	}
	reply, err := s.readFeed(response, on, items)
	reply.Budget = budget
	return reply, err
}

package console

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// logView is the page of who did what.
type logView struct {
	Rows []logRow
	Next string // address of the next page
}

type logRow struct {
	At, Who, From, Act, On, Before, After string
	State                                 state
	Reason                                string
}

const logRows = 100

func (c *Console) logPage(ctx context.Context, q request) (page, error) {
	before := int64(0)
	if text := q.query.Get("before"); text != "" {
		var err error
		if before, err = strconv.ParseInt(text, 10, 64); err != nil {
			return page{}, &control.UsageError{Message: fmt.Sprintf("%q is no entry of the log", text)}
		}
	}
	found, err := c.options.Control.Log(ctx, before, logRows)
	if err != nil {
		return page{}, err
	}
	k := clock{now: q.now, zone: time.UTC}
	return c.framed(ctx, "Activity log", k, viewLog(found, k))
}

func viewLog(found []ledger.AuditEntry, k clock) logView {
	var view logView
	for _, entry := range found {
		view.Rows = append(view.Rows, logRow{
			At: k.exact(entry.At), Who: entry.Who, From: entry.From, Act: entry.Act, On: entry.On, Before: entry.Before, After: entry.After, State: auditState(entry.Result), Reason: entry.Reason,
		})
	}
	if len(found) == logRows {
		view.Next = "/log?before=" + strconv.FormatInt(found[len(found)-1].ID, 10)
	}
	return view
}

func auditState(result ledger.AuditResult) state {
	switch result {
	case ledger.AuditDone:
		return state{"good", "check", "Done"}
	case ledger.AuditRefused:
		return state{"warn", "slash", "Refused"}
	case ledger.AuditFailed:
		return state{"bad", "cross", "Failed"}
	}
	return state{"off", "question", string(result)}
}

package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// logView is the page of the log of acts.
type logView struct {
	Rows                           []logRow
	Who, Act, On, Result, From, To string // as they are filtered
	Results                        []logResult
	Filtered                       bool
	Next, CSV                      string // addresses: of the next page, and of all that is chosen as a file
}

type logRow struct {
	At, Who, From, Act, On, Before, After string
	State                                 state
	Reason                                string
}

const logRows = 100

func (c *Console) logPage(ctx context.Context, q request) (page, error) {
	zones, err := c.zones(ctx, q.now)
	if err != nil {
		return page{}, err
	}
	k := zones.shared()
	query, err := control.LogQuery(q.query.Get, k.zone)
	if err != nil {
		return page{}, err
	}
	query.Limit = logRows
	entries, err := c.options.Control.Log(ctx, query)
	if err != nil {
		return page{}, err
	}
	return c.framed(ctx, "Activity log", k, viewLog(entries, q.query, k))
}

func viewLog(entries []ledger.AuditEntry, filters url.Values, k clock) logView {
	view := logView{
		Who: filters.Get("who"), Act: filters.Get("act"), On: filters.Get("on"), Result: filters.Get("result"), From: filters.Get("from"), To: filters.Get("to"),
		Results: logResults(filters.Get("result")),
	}
	filter := []string{"who", view.Who, "act", view.Act, "on", view.On, "result", view.Result, "from", view.From, "to", view.To}
	view.Filtered = chosen(filter...) != ""
	view.CSV = withQuery("/log.csv", chosen(filter...))
	for _, entry := range entries {
		view.Rows = append(view.Rows, logRow{
			At: k.exact(entry.At), Who: entry.Who, From: entry.From, Act: entry.Act, On: entry.On, Before: k.localTimes(entry.Before), After: k.localTimes(entry.After),
			State: auditState(entry.Result), Reason: k.localTimes(entry.Reason),
		})
	}
	if len(entries) == logRows {
		view.Next = withQuery("/log", chosen(append(filter, "before", strconv.FormatInt(entries[len(entries)-1].ID, 10))...))
	}
	return view
}

// logResult is a value of the filter by result.
type logResult struct {
	Value, Word string
	Chosen      bool
}

func logResults(chosen string) []logResult {
	var results []logResult
	for _, result := range []ledger.AuditResult{ledger.AuditDone, ledger.AuditRefused, ledger.AuditFailed} {
		results = append(results, logResult{string(result), auditState(result).Word, chosen == string(result)})
	}
	return results
}

// logCSV writes the entries that pass the filters, the newest first.
func (c *Console) logCSV(w http.ResponseWriter, r *http.Request) {
	header := []string{"entry", "time_utc", "who", "from", "act", "on", "before", "after", "result", "reason"}
	zones, err := c.zones(r.Context(), c.options.Now())
	if err != nil {
		c.options.Log.Error("a list could not be made", "path", r.URL.Path, "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, ledgerAway)
		return
	}
	query, err := control.LogQuery(r.URL.Query().Get, zones.shared().zone) // days are those of the page
	if err != nil {
		c.fail(w, r, http.StatusNotFound, "There is no such list: "+err.Error()+".")
		return
	}
	query.Limit = csvPage
	writeCSV(c, w, r, "activity-log.csv", header, func(ctx context.Context, after string) ([][]string, string, error) {
		if after != "" {
			if query.Before, err = strconv.ParseInt(after, 10, 64); err != nil {
				return nil, "", err
			}
		}
		entries, err := c.options.Control.Log(ctx, query)
		var lines [][]string
		for _, entry := range entries {
			after = strconv.FormatInt(entry.ID, 10)
			lines = append(lines, []string{
				after, entry.At.UTC().Format(time.RFC3339), cell(entry.Who), cell(entry.From), cell(entry.Act), cell(entry.On), cell(entry.Before), cell(entry.After),
				string(entry.Result), cell(entry.Reason),
			})
		}
		return lines, after, err
	})
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

package control

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// LogFilters are the names of the filters that LogQuery reads.
var LogFilters = []string{"who", "act", "on", "result", "from", "to", "before"}

// LogQuery reads a query of the activity log, for every face. get returns the text of a filter, empty where it is not set.
//
//	who, act, on   a text that occurs in the field: ann, pause, acme-shop
//	result         done, refused or failed
//	from, to       a date (2026-03-01, in the zone; the day of to is included) or a moment (2026-03-01T12:00:00Z)
//	before         the number of an entry: only older entries
func LogQuery(get func(filter string) string, zone *time.Location) (ledger.AuditQuery, error) {
	query := ledger.AuditQuery{Who: strings.TrimSpace(get("who")), Act: strings.TrimSpace(get("act")), On: strings.TrimSpace(get("on"))}
	var err error
	if text := get("before"); text != "" {
		if query.Before, err = strconv.ParseInt(text, 10, 64); err != nil || query.Before < 1 {
			return query, usage("before: expected the number of an entry of the log, got %s", inventory.Quoted(text))
		}
	}
	switch result := ledger.AuditResult(get("result")); result {
	case "", ledger.AuditDone, ledger.AuditRefused, ledger.AuditFailed:
		query.Result = result
	default:
		return query, usage("result: expected %s, %s or %s, got %s", ledger.AuditDone, ledger.AuditRefused, ledger.AuditFailed, inventory.Quoted(string(result)))
	}
	if query.From, _, err = logMoment("from", get("from"), zone); err != nil {
		return query, err
	}
	until, date, err := logMoment("to", get("to"), zone)
	if err != nil {
		return query, err
	}
	if query.Until = until; date {
		query.Until = until.AddDate(0, 0, 1)
	}
	if !query.From.IsZero() && !query.Until.IsZero() && !query.From.Before(query.Until) {
		return query, usage("from: %s is not before %s", inventory.Quoted(get("from")), inventory.Quoted(get("to")))
	}
	return query, nil
}

// logMoment reads one end of a span of time; date is true where the text is a date of the zone.
func logMoment(filter, text string, zone *time.Location) (at time.Time, date bool, err error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, false, nil
	}
	if at, err = time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return at, true, nil
	}
	if at, err = time.Parse(time.RFC3339, text); err == nil {
		return at, false, nil
	}
	return time.Time{}, false, usage("%s: expected a date like 2026-03-01 or a moment like 2026-03-01T12:00:00Z, got %s", filter, inventory.Quoted(text))
}

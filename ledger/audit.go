package ledger

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// AuditResult is the result of an act.
type AuditResult string

// The results of acts.
const (
	AuditDone    AuditResult = "done"
	AuditRefused AuditResult = "refused" // Reason says why; nothing was changed
	AuditFailed  AuditResult = "failed"  // something did not answer; parts of the act may have been done
)

// AuditEntry is one act of a person or a program.
type AuditEntry struct {
	ID     int64       `json:"id"`
	At     time.Time   `json:"at"`
	Who    string      `json:"who"`
	From   string      `json:"from"` // page, API, command line, file
	Act    string      `json:"act"`
	On     string      `json:"on"`
	Before string      `json:"before,omitempty"` // the state before the act, where it is known
	After  string      `json:"after,omitempty"`
	Result AuditResult `json:"result"`
	Reason string      `json:"reason,omitempty"`
}

// Auditor keeps the log of acts. Entries are only added: none is changed or removed.
type Auditor interface {
	// Audit adds an entry; the ledger gives it its ID.
	Audit(ctx context.Context, entry AuditEntry) error
	// Audits lists the entries that a query chooses, newest first.
	Audits(ctx context.Context, query AuditQuery) ([]AuditEntry, error)
}

// AuditQuery chooses entries. A field that is not set does not restrict the result.
type AuditQuery struct {
	Before       int64  // only entries with an ID below this one
	Who, Act, On string // only entries that contain these texts, in upper or lower case
	Result       AuditResult
	From, Until  time.Time // only entries from the first moment on, and before the second
	Limit        int
}

// Audit adds an entry; see Auditor.
func (d *database) Audit(ctx context.Context, entry AuditEntry) error {
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `INSERT INTO audit (at, who, face, act, target, before, after, result, reason)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			micros(entry.At), inventory.Storable(entry.Who), inventory.Storable(entry.From), inventory.Storable(entry.Act),
			inventory.Storable(entry.On), inventory.Storable(entry.Before), inventory.Storable(entry.After),
			string(entry.Result), inventory.Storable(entry.Reason))
		return err
	})
}

// Audits lists entries, newest first; see Auditor.
func (d *database) Audits(ctx context.Context, query AuditQuery) ([]AuditEntry, error) {
	condition, arguments := query.condition()
	var entries []AuditEntry
	err := d.read(ctx, func(t *tx) error {
		entries = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var entry AuditEntry
			var at int64
			err := row.Scan(&entry.ID, &at, &entry.Who, &entry.From, &entry.Act, &entry.On, &entry.Before, &entry.After,
				&entry.Result, &entry.Reason)
			entry.At = fromMicros(at)
			entries = append(entries, entry)
			return err
		}, "SELECT id, at, who, face, act, target, before, after, result, reason FROM audit"+condition+" ORDER BY id DESC LIMIT ?",
			append(arguments, limitOf(query.Limit))...)
	})
	return entries, err
}

// condition returns the query's conditions as SQL with its arguments; empty when there are none.
func (q AuditQuery) condition() (string, []any) {
	var conditions []string
	var arguments []any
	demand := func(set bool, condition string, argument any) {
		if set {
			conditions, arguments = append(conditions, condition), append(arguments, argument)
		}
	}
	demand(q.Before > 0, "id < ?", q.Before)
	demand(!q.From.IsZero(), "at >= ?", micros(q.From))
	demand(!q.Until.IsZero(), "at < ?", micros(q.Until))
	demand(q.Result != "", "result = ?", string(q.Result))
	for _, column := range []struct{ name, text string }{{"who", q.Who}, {"act", q.Act}, {"target", q.On}} {
		demand(column.text != "", "LOWER("+column.name+`) LIKE LOWER(?) ESCAPE '\'`, "%"+literal.Replace(column.text)+"%")
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), arguments
}

// literal escapes the characters of a text that LIKE would take as wildcards.
var literal = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

package ledger

import (
	"context"
	"database/sql"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// AuditResult is what became of an act.
type AuditResult string

// The results of acts.
const (
	AuditDone    AuditResult = "done"
	AuditRefused AuditResult = "refused" // Reason says why; nothing was changed
	AuditFailed  AuditResult = "failed"  // something did not answer; what was asked for before that may have been done
)

// AuditEntry is one act of a person or a program.
type AuditEntry struct {
	ID     int64       `json:"id"`
	At     time.Time   `json:"at"`
	Who    string      `json:"who"`
	From   string      `json:"from"` // page, API, command line, file
	Act    string      `json:"act"`
	On     string      `json:"on"`
	Before string      `json:"before,omitempty"` // where it is known
	After  string      `json:"after,omitempty"`
	Result AuditResult `json:"result"`
	Reason string      `json:"reason,omitempty"`
}

// Auditor keeps what was done, by whom. Entries are added; none is changed or removed.
type Auditor interface {
	// Audit adds an entry; its ID is given by the ledger.
	Audit(ctx context.Context, entry AuditEntry) error
	// Audits lists entries, newest first: those with an ID below before, or from the newest where that is 0.
	Audits(ctx context.Context, before int64, limit int) ([]AuditEntry, error)
}

// Audit adds an entry; see Auditor.
func (d *database) Audit(ctx context.Context, entry AuditEntry) error {
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, "INSERT INTO audit (at, who, face, act, target, before, after, result, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			micros(entry.At), inventory.Storable(entry.Who), inventory.Storable(entry.From), inventory.Storable(entry.Act), inventory.Storable(entry.On), inventory.Storable(entry.Before), inventory.Storable(entry.After),
			string(entry.Result), inventory.Storable(entry.Reason))
		return err
	})
}

// Audits lists entries, newest first; see Auditor.
func (d *database) Audits(ctx context.Context, before int64, limit int) ([]AuditEntry, error) {
	query, arguments := "SELECT id, at, who, face, act, target, before, after, result, reason FROM audit", []any{}
	if before > 0 {
		query, arguments = query+" WHERE id < ?", append(arguments, before)
	}
	var entries []AuditEntry
	err := d.read(ctx, func(t *tx) error {
		entries = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var entry AuditEntry
			var at int64
			err := row.Scan(&entry.ID, &at, &entry.Who, &entry.From, &entry.Act, &entry.On, &entry.Before, &entry.After, &entry.Result, &entry.Reason)
			entry.At = fromMicros(at)
			entries = append(entries, entry)
			return err
		}, query+" ORDER BY id DESC LIMIT ?", append(arguments, limitOf(limit))...)
	})
	return entries, err
}

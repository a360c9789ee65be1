package ledger

import (
	"context"
	"fmt"
	"time"
)

// deadRun is a condition for runs r that nothing refers to any more. The newest run of a connection stays, because the status shows it. The
// newest run of each mode that pushed everything stays, because it covers requests that were made before it.
var deadRun = `r.ended_at < ?
	AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.connection = r.connection AND c.run = r.id AND c.closed_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.run = r.id)
	AND NOT EXISTS (SELECT 1 FROM gates g WHERE g.run = r.id)
	AND EXISTS (SELECT 1 FROM runs n WHERE n.connection = r.connection AND n.id > r.id)
	AND NOT (` + pushedEverything("r.") + ` AND NOT EXISTS (
		SELECT 1 FROM runs n WHERE n.connection = r.connection AND n.id > r.id AND n.mode = r.mode
		AND ` + pushedEverything("n.") + "))"

// tidyRows is how many rows one transaction of Tidy deletes. A transaction takes milliseconds, so that writes of runs need not wait long.
const tidyRows = 1000

// removal deletes rows that are no longer needed. The last argument of its statement is the most rows to delete.
type removal struct {
	name      string
	statement string
	arguments []any
}

const (
	// deadSnapshot is a condition for snapshots n that nobody will read again: an old one that is not the latest of its warehouse, whose
	// refusals are shown; one that a run staged which has ended since, because it can never be recorded; and an old one that was staged
	// without a run.
	deadSnapshot = `((n.state <> 'staging' AND n.ended_at < ?
			AND n.id < (SELECT MAX(m.id) FROM snapshots m WHERE m.warehouse = n.warehouse AND m.state <> 'staging'))
		OR (n.state = 'staging' AND EXISTS (SELECT 1 FROM runs r WHERE r.id = n.run AND r.ended_at IS NOT NULL))
		OR (n.state = 'staging' AND n.began_at < ? AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = n.run)))`
	// standing is a condition for rejected holds h whose rejection still has an effect: a stored snapshot has the same content, or rows keep
	// their figures because of it.
	standing = `h.decision = 'rejected' AND ((h.kind = 'snapshot' AND h.content <> '' AND EXISTS (
			SELECT 1 FROM snapshots s WHERE s.warehouse = h.warehouse AND s.content = h.content AND s.content <> ''))
		OR (h.kind = 'zeroing' AND EXISTS (SELECT 1 FROM channel_levels c
			WHERE c.connection = h.connection AND c.hold_run = h.run AND c.kept <> '')))`
)

// removals are ordered so that no row is left which refers to a row that was deleted before it.
func removals(before time.Time) []removal {
	at, day := micros(before), int64(DayOf(before, nil))
	return []removal{
		// Activity is written nearly in the order of time, so only its oldest rows are checked.
		{"activity", "DELETE FROM activity WHERE id IN (SELECT id FROM (SELECT id, at FROM activity ORDER BY id LIMIT " +
			fmt.Sprint(tidyRows) + ") AS oldest WHERE at < ? LIMIT ?)", []any{at}},
		{"staged rows", `DELETE FROM staged WHERE (snapshot, sku, facility) IN (SELECT s.snapshot, s.sku, s.facility FROM staged s
			WHERE s.snapshot IN (SELECT n.id FROM snapshots n WHERE ` + deadSnapshot + `) LIMIT ?)`, []any{at, at}},
		{"refusals", `DELETE FROM refusals WHERE id IN (SELECT f.id FROM refusals f
			WHERE f.snapshot IN (SELECT n.id FROM snapshots n WHERE ` + deadSnapshot + `) LIMIT ?)`, []any{at, at}},
		{"snapshots", "DELETE FROM snapshots WHERE id IN (SELECT n.id FROM snapshots n WHERE " + deadSnapshot + " LIMIT ?)", []any{at, at}},
		// The mark of a level stays until a row of it is read. A mark without a level may stay for ever, because the source need not name it
		// again, so it is deleted when it is old.
		{"refused rows of no level", `DELETE FROM stale_levels WHERE (warehouse, sku, facility) IN (
			SELECT warehouse, sku, facility FROM stale_levels WHERE available IS NULL AND refused_at < ? LIMIT ?)`, []any{at}},
		{"events", "DELETE FROM events WHERE (warehouse, event) IN (SELECT warehouse, event FROM events WHERE seen_at < ? LIMIT ?)", []any{at}},
		{"calls", "DELETE FROM calls WHERE key IN (SELECT key FROM calls WHERE closed_at < ? LIMIT ?)", []any{at}},
		{"holds", `DELETE FROM holds WHERE (run, kind) IN (SELECT h.run, h.kind FROM holds h LEFT JOIN runs r ON r.id = h.run
			WHERE (h.decided_at < ? OR r.ended_at < ?) AND NOT (` + standing + `) LIMIT ?)`, []any{at, at}},
		{"sessions", "DELETE FROM sessions WHERE token IN (SELECT token FROM sessions WHERE expires_at < ? LIMIT ?)", []any{at}},
		{"invitations", "DELETE FROM invitations WHERE token IN (SELECT token FROM invitations WHERE expires_at < ? LIMIT ?)", []any{at}},
		{"requests", `DELETE FROM requests WHERE (connection, id) IN (SELECT q.connection, q.id FROM requests q LEFT JOIN runs r ON r.id = q.run
			WHERE q.served_at < ? OR (q.served_at IS NULL AND q.made_at < ? AND (r.id IS NULL OR r.ended_at < ?)) LIMIT ?)`, []any{at, at, at}},
		{"rows of previews", `DELETE FROM preview_rows WHERE (run, n) IN (SELECT w.run, w.n FROM preview_rows w
			WHERE w.run IN (SELECT p.run FROM previews p WHERE p.expires_at < ?) LIMIT ?)`, []any{at}},
		{"previews", "DELETE FROM previews WHERE run IN (SELECT run FROM previews WHERE expires_at < ? LIMIT ?)", []any{at}},
		{"runs", "DELETE FROM runs WHERE id IN (SELECT r.id FROM runs r WHERE " + deadRun + " LIMIT ?)", []any{at}},
		{"days of stores", "DELETE FROM store_days WHERE (store, day) IN (SELECT store, day FROM store_days WHERE day < ? LIMIT ?)", []any{day}},
		// Only the quota of the current day is ever looked up. That is the newest day, or the day before it in another time zone.
		{"days of items", `DELETE FROM item_days WHERE (store, day, channel_sku) IN (SELECT i.store, i.day, i.channel_sku FROM stores s
			JOIN item_days i ON i.store = s.id AND i.day < (SELECT MAX(n.day) - 1 FROM item_days n WHERE n.store = s.id) LIMIT ?)`, nil},
		// A removed definition is kept until every connection has resolved the change.
		{"products", `DELETE FROM products WHERE (merchant, sku) IN (SELECT d.merchant, d.sku FROM products d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.merchant = d.merchant AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
		{"bundles", `DELETE FROM bundles WHERE (merchant, sku) IN (SELECT d.merchant, d.sku FROM bundles d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.merchant = d.merchant AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
		{"listings", `DELETE FROM listings WHERE (store, channel_sku, sku) IN (SELECT d.store, d.channel_sku, d.sku FROM listings d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.store = d.store AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
		{"strategies", `DELETE FROM strategies WHERE (merchant, warehouse) IN (SELECT d.merchant, d.warehouse FROM strategies d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c
				WHERE c.merchant = d.merchant AND c.warehouse = d.warehouse AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
	}
}

// Tidy deletes rows that are older than a time and no longer needed, in parts; see Tidier. It may be stopped at any time.
func (d *database) Tidy(ctx context.Context, before time.Time) (int64, error) {
	var total int64
	for _, step := range removals(before) {
		for removed := int64(tidyRows); removed == tidyRows; {
			err := d.writeScratch(ctx, func(t *tx) (err error) {
				removed, err = t.exec(ctx, step.statement, append(step.arguments[:len(step.arguments):len(step.arguments)], tidyRows)...)
				return err
			})
			if err != nil {
				return total, fmt.Errorf("removing old %s: %w", step.name, err)
			}
			total += removed
		}
	}
	return total, nil
}

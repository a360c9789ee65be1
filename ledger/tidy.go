package ledger

import (
	"context"
	"fmt"
	"time"
)

// deadRun is true for a run r that nothing leads to any more. The newest of a connection is its last word in the status, and
// the newest of each mode that went through everything covers requests that were made before it.
var deadRun = `r.ended_at < ?
	AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.connection = r.connection AND c.run = r.id AND c.closed_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.run = r.id)
	AND NOT EXISTS (SELECT 1 FROM gates g WHERE g.run = r.id)
	AND EXISTS (SELECT 1 FROM runs n WHERE n.connection = r.connection AND n.id > r.id)
	AND NOT (` + pushedEverything("r.") + ` AND NOT EXISTS (
		SELECT 1 FROM runs n WHERE n.connection = r.connection AND n.id > r.id AND n.mode = r.mode
		AND ` + pushedEverything("n.") + "))"

// tidyRows is how many rows one transaction of Tidy removes. Each takes milliseconds, and the runs' writes go in between.
const tidyRows = 1000

// removal removes rows that are no longer needed. Its statement ends with the limit of one part as its last argument.
type removal struct {
	what      string
	statement string
	arguments []any
}

const (
	// deadSnapshot is true for a snapshot n that nobody will read again: it is old, and not the latest of its warehouse, whose
	// refusals are shown; or it was staged by a run that is over, and can never be recorded; or without a run, long ago.
	deadSnapshot = `((n.state <> 'staging' AND n.ended_at < ? AND n.id < (SELECT MAX(m.id) FROM snapshots m WHERE m.warehouse = n.warehouse AND m.state <> 'staging'))
		OR (n.state = 'staging' AND EXISTS (SELECT 1 FROM runs r WHERE r.id = n.run AND r.ended_at IS NOT NULL))
		OR (n.state = 'staging' AND n.began_at < ? AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = n.run)))`
	// standing is true for a hold h that was rejected while the rejection still keeps something: its content came again lately, or rows.
	standing = `h.decision = 'rejected' AND ((h.kind = 'snapshot' AND h.content <> '' AND EXISTS (
			SELECT 1 FROM snapshots s WHERE s.warehouse = h.warehouse AND s.content = h.content AND s.content <> ''))
		OR (h.kind = 'zeroing' AND EXISTS (SELECT 1 FROM channel_levels c WHERE c.connection = h.connection AND c.hold_run = h.run AND c.kept <> '')))`
)

// removals are in an order in which nothing is left that refers to what was removed before it.
func removals(before time.Time) []removal {
	at, day := micros(before), int64(DayOf(before, nil))
	return []removal{
		// Activity is written nearly in the order of time, so only its beginning is looked at.
		{"activity", "DELETE FROM activity WHERE id IN (SELECT id FROM (SELECT id, at FROM activity ORDER BY id LIMIT " + fmt.Sprint(tidyRows) + ") AS oldest WHERE at < ? LIMIT ?)", []any{at}},
		{"staged rows", `DELETE FROM staged WHERE (snapshot, sku, facility) IN (SELECT s.snapshot, s.sku, s.facility FROM staged s
			WHERE s.snapshot IN (SELECT n.id FROM snapshots n WHERE ` + deadSnapshot + `) LIMIT ?)`, []any{at, at}},
		{"refusals", `DELETE FROM refusals WHERE id IN (SELECT f.id FROM refusals f
			WHERE f.snapshot IN (SELECT n.id FROM snapshots n WHERE ` + deadSnapshot + `) LIMIT ?)`, []any{at, at}},
		{"snapshots", "DELETE FROM snapshots WHERE id IN (SELECT n.id FROM snapshots n WHERE " + deadSnapshot + " LIMIT ?)", []any{at, at}},
		// A level is stale until it is read again; what was never read has no level, and the source need not name it again.
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
		// A quota is asked about for the current day only, which is the newest or, elsewhere in the world, the one before it.
		{"days of items", `DELETE FROM item_days WHERE (store, day, channel_sku) IN (SELECT i.store, i.day, i.channel_sku FROM stores s
			JOIN item_days i ON i.store = s.id AND i.day < (SELECT MAX(n.day) - 1 FROM item_days n WHERE n.store = s.id) LIMIT ?)`, nil},
		// A removal was a change for every connection that had not resolved it.
		{"products", `DELETE FROM products WHERE (merchant, sku) IN (SELECT d.merchant, d.sku FROM products d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.merchant = d.merchant AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
		{"bundles", `DELETE FROM bundles WHERE (merchant, sku) IN (SELECT d.merchant, d.sku FROM bundles d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.merchant = d.merchant AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
		{"listings", `DELETE FROM listings WHERE (store, channel_sku, sku) IN (SELECT d.store, d.channel_sku, d.sku FROM listings d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.store = d.store AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
		{"strategies", `DELETE FROM strategies WHERE (merchant, warehouse) IN (SELECT d.merchant, d.warehouse FROM strategies d WHERE d.removed
			AND NOT EXISTS (SELECT 1 FROM connections c WHERE c.merchant = d.merchant AND c.warehouse = d.warehouse AND c.cursor_definitions < d.version) LIMIT ?)`, nil},
	}
}

// Tidy removes what is older than a time and no longer needed, a part at a time; see Reader. It may be stopped anywhere.
func (d *database) Tidy(ctx context.Context, before time.Time) (int64, error) {
	var total int64
	for _, step := range removals(before) {
		for removed := int64(tidyRows); removed == tidyRows; {
			err := d.writeScratch(ctx, func(t *tx) (err error) {
				removed, err = t.exec(ctx, step.statement, append(step.arguments[:len(step.arguments):len(step.arguments)], tidyRows)...)
				return err
			})
			if err != nil {
				return total, fmt.Errorf("removing old %s: %w", step.what, err)
			}
			total += removed
		}
	}
	return total, nil
}

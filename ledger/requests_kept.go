package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// mayReplace is a condition for a stored request that a claim may take up again: it was not served, or it was served as Smart and is made as
// Full now.
const mayReplace = "(requests.served_at IS NULL OR (requests.mode = 'smart' AND excluded.mode = 'full'))"

// keep stores requests of a connection. It replaces stored requests that may be taken up again, and leaves others as they are.
func (t *tx) keep(ctx context.Context, connection string, mode Mode, run int64, group string, requests []Request) error {
	seen := make(map[string]bool, len(requests))
	distinct := make([]Request, 0, len(requests))
	for _, request := range requests {
		if !seen[request.ID] { // no statement may write a row twice
			seen[request.ID] = true
			distinct = append(distinct, request)
		}
	}
	input := newTable(len(distinct))
	ids, by, at := input.texts("id"), input.texts("asked_by"), input.numbers("made_at")
	for i, request := range distinct {
		ids[i], by[i], at[i] = request.ID, inventory.Storable(request.By), micros(request.At)
	}
	_, err := t.bulk(ctx, *input, `INSERT INTO requests (connection, id, mode, run, made_at, asked_by, part_of)
		SELECT CAST(? AS TEXT), id, CAST(? AS TEXT), CAST(? AS BIGINT), made_at, asked_by, CAST(? AS TEXT) FROM input WHERE TRUE
		ON CONFLICT (connection, id) DO UPDATE SET mode = excluded.mode, run = excluded.run, made_at = excluded.made_at,
		asked_by = excluded.asked_by, part_of = excluded.part_of, served_at = NULL, outcome = '', reason = '', ended_at = NULL WHERE `+mayReplace,
		connection, string(mode), run, group)
	return err
}

// ofGroup is a condition for the waiting requests of a group. Its arguments are the connection and the group's id.
const ofGroup = "connection = ? AND part_of = ? AND part_of <> '' AND ended_at IS NULL"

// takeUp records the run that took up the claim's requests and the requests in their groups. A request that was served as Smart and is made
// again as Full counts as a new one.
func (t *tx) takeUp(ctx context.Context, claim Claim, mode Mode, run int64) error {
	if err := t.keep(ctx, claim.Connection, mode, run, "", claim.Requests); err != nil {
		return err
	}
	for _, request := range claim.Requests {
		if _, err := t.exec(ctx, "UPDATE requests SET run = ?, mode = ? WHERE "+ofGroup, run, string(mode), claim.Connection, request.ID); err != nil {
			return err
		}
	}
	return nil
}

// endUnserved records the outcome of requests that no run serves, and of the requests in their groups. A request that was served keeps that
// outcome.
func (t *tx) endUnserved(ctx context.Context, connection string, mode Mode, requests []Request, end RequestEnd) error {
	if err := t.keep(ctx, connection, mode, end.Run, "", requests); err != nil {
		return err
	}
	const set = "UPDATE requests SET run = ?, outcome = ?, reason = ?, ended_at = ? WHERE "
	arguments := []any{end.Run, string(end.Outcome), inventory.Storable(end.Reason), micros(end.Now), connection}
	for _, request := range requests {
		for _, where := range []string{"connection = ? AND id = ? AND served_at IS NULL AND ended_at IS NULL", ofGroup} {
			if _, err := t.exec(ctx, set+where, append(arguments[:len(arguments):len(arguments)], request.ID)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// endRequests records the outcome of the requests of a run that ended.
func (t *tx) endRequests(ctx context.Context, run Run, end RunEnd) error {
	if end.Outcome == Completed || end.Outcome == CompletedWithFailures || end.Outcome == Partial {
		_, err := t.exec(ctx, "UPDATE requests SET served_at = ?, outcome = 'served', reason = '', ended_at = ? WHERE run = ? AND connection = ?",
			micros(end.Now), micros(end.Now), run.ID, run.Connection)
		return err
	}
	_, err := t.exec(ctx, "UPDATE requests SET outcome = 'failed', reason = ?, ended_at = ? WHERE run = ? AND connection = ? AND served_at IS NULL",
		inventory.Storable(failedWith(run.ID, end)), micros(end.Now), run.ID, run.Connection)
	return err
}

func failedWith(run int64, end RunEnd) string {
	text := fmt.Sprintf("run %d ended as %s", run, end.Outcome)
	if end.Reason != "" {
		text += ": " + end.Reason
	}
	return text
}

// NoteRequests records the ids of requests that wait together; see Gate.
func (d *database) NoteRequests(ctx context.Context, connection string, mode Mode, group string, requests []Request) error {
	if err := checkRequests(requests); err != nil {
		return err
	}
	return d.write(ctx, func(t *tx) error { return t.keep(ctx, connection, mode, 0, group, requests) })
}

// EndUnserved records the outcome of requests that no run serves; see Gate.
func (d *database) EndUnserved(ctx context.Context, connection string, mode Mode, requests []Request, end RequestEnd) error {
	if err := checkRequests(requests); err != nil {
		return err
	}
	return d.write(ctx, func(t *tx) error { return t.endUnserved(ctx, connection, mode, requests, end) })
}

func checkRequests(requests []Request) error {
	for _, request := range requests {
		if err := checkText("the id of a request", request.ID); err != nil {
			return err
		}
	}
	return nil
}

// Requests lists requests with their outcomes; see Reader.
func (d *database) Requests(ctx context.Context, query RequestQuery) ([]RequestEntry, error) {
	where, arguments := "TRUE", []any{}
	if query.ID != "" {
		where, arguments = "id = ?", append(arguments, query.ID)
		if query.Connection == "" { // the index begins with the connection, so name them all
			where += " AND connection IN (SELECT id FROM connections)"
		}
	}
	if query.Connection != "" {
		where, arguments = where+" AND connection = ?", append(arguments, query.Connection)
	}
	var entries []RequestEntry
	err := d.read(ctx, func(t *tx) error {
		entries = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var entry RequestEntry
			var made int64
			var ended sql.NullInt64
			err := row.Scan(&entry.Connection, &entry.ID, &entry.Mode, &entry.Run, &made, &entry.By, &entry.Group,
				&entry.Outcome, &entry.Reason, &ended)
			entry.MadeAt, entry.EndedAt = fromMicros(made), fromOptional(ended)
			entries = append(entries, entry)
			return err
		}, "SELECT connection, id, mode, run, made_at, asked_by, part_of, outcome, reason, ended_at FROM requests WHERE "+where+
			" ORDER BY made_at DESC, connection, id LIMIT ?", append(arguments, limitOf(query.Limit))...)
	})
	for i := range entries {
		if entries[i].Outcome == "" {
			entries[i].Outcome = RequestWaiting
			if entries[i].Run != 0 {
				entries[i].Outcome = RequestRunning
			}
		}
	}
	return entries, err
}

// coveredBy records that a run had satisfied a claim's requests before; run is 0 when it is not known which.
func (t *tx) coveredBy(ctx context.Context, claim Claim, run int64, now time.Time) error {
	reason := "what was asked for had been done already"
	if run != 0 {
		reason = fmt.Sprintf("what was asked for had been done by run %d", run)
	}
	return t.endUnserved(ctx, claim.Connection, claim.Mode, claim.Requests, RequestEnd{Run: run, Outcome: RequestCovered, Reason: reason, Now: now})
}

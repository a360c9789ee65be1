package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tidemark/tidemark/inventory"
)

// ApplyResponses records the results of calls; see Pusher. Items that a response does not name stay as they are, and so do items that an
// earlier response to the same call decided. Items that the call did not hold are ignored. When a response names an item twice, the first
// result counts.
func (d *database) ApplyResponses(ctx context.Context, lease Lease, responses ...Response) error {
	for _, response := range responses {
		if err := checkText("the ticket of a call", response.Ticket); err != nil {
			return err
		}
	}
	if len(responses) == 0 {
		return nil
	}
	return d.write(ctx, func(t *tx) error {
		at, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		for _, response := range responses {
			if err := t.applyResponse(ctx, at, response); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) applyResponse(ctx context.Context, at leased, response Response) error {
	call, err := t.call(ctx, at.connection, response.Key)
	if err != nil || call.closed {
		return err
	}
	open, err := t.openRows(ctx, at, response.Key)
	if err != nil {
		return err
	}
	rows, err := applyToRows(open, call, response)
	if err != nil {
		return err
	}
	if err := t.writeRowUpdates(ctx, at, response, rows); err != nil {
		return err
	}
	if err := t.noteRows(ctx, at, response, rows); err != nil {
		return err
	}
	return t.updateCall(ctx, at, response, rows, len(open))
}

// openRows loads the rows that still wait for the response to a call.
func (t *tx) openRows(ctx context.Context, at leased, key string) (map[place]openRow, error) {
	rows := map[place]openRow{}
	err := t.each(ctx, func(row *sql.Rows) error {
		var next openRow
		err := row.Scan(&next.channelSKU, &next.location, &next.product, &next.quantity, &next.observed, &next.exported, &next.status,
			&next.blocked, &next.attempts, &next.tries, &next.run)
		rows[place{next.channelSKU, next.location}] = next
		return err
	}, `SELECT channel_sku, location, product, quantity, observed, exported, status, blocked, attempts,
			CASE WHEN tries_run = ? THEN tries ELSE 0 END, run
		FROM channel_levels WHERE connection = ? AND open_call = ?`, at.lease.Run, at.connection, key)
	return rows, err
}

// applyToRows applies a response to the rows that wait for it, in the order of the response.
func applyToRows(open map[place]openRow, call calling, response Response) ([]rowUpdate, error) {
	dueItems := make(map[place]DueItem, len(call.items))
	for _, item := range call.items {
		dueItems[place{item.ChannelSKU, item.Location}] = item
	}
	rows := make([]rowUpdate, 0, len(response.Items))
	for _, item := range response.Items {
		key := place{item.ChannelSKU, item.Location}
		due, inCall := dueItems[key]
		row, waiting := open[key]
		if !inCall || !waiting {
			continue
		}
		delete(dueItems, key)
		item.Reason = inventory.Storable(item.Reason)
		update, err := applyToRow(row, due, call.run, item)
		if err != nil {
			return nil, fmt.Errorf("the answer to call %s for channel SKU %q: %w", response.Key, item.ChannelSKU, err)
		}
		rows = append(rows, update)
	}
	return rows, nil
}

// writeRowUpdates writes rows. A row whose call stays open keeps the run that touched it last: applyToRow compares it with the run that made
// the call, to see whether the row was resolved since.
func (t *tx) writeRowUpdates(ctx context.Context, at leased, response Response, rows []rowUpdate) error {
	input := newTable(len(rows))
	skus, places, statuses, reasons := input.texts("channel_sku"), input.texts("location"), input.texts("status"), input.texts("reason")
	exported, attempts, tries, parts := input.optionals("exported"), input.numbers("attempts"), input.numbers("tries"), input.numbers("part")
	stays, confirmed := input.truths("stays"), input.truths("confirmed")
	for i, row := range rows {
		skus[i], places[i], statuses[i], reasons[i] = row.channelSKU, row.location, string(row.status), row.reason
		exported[i], attempts[i], tries[i] = row.exported, row.attempts, row.tries
		parts[i] = int64(row.part)
		stays[i], confirmed[i] = row.open, row.confirmed
	}
	_, err := t.bulk(ctx, *input, `UPDATE channel_levels AS l SET status = i.status, reason = i.reason, exported = i.exported,
		attempts = i.attempts, tries = i.tries, part = i.part, tries_run = ?,
		run = CASE WHEN i.stays THEN l.run ELSE ? END, open_call = CASE WHEN i.stays THEN l.open_call END,
		last_exported = CASE WHEN i.confirmed THEN ? ELSE l.last_exported END,
		live = CASE WHEN `+learned+` THEN i.exported > 0 ELSE l.live END,
		zeroed_at = CASE WHEN NOT `+learned+` THEN l.zeroed_at WHEN i.exported > 0 THEN NULL WHEN l.live THEN ? ELSE l.zeroed_at END
		FROM input i WHERE l.connection = ? AND l.channel_sku = i.channel_sku AND l.location = i.location`,
		at.lease.Run, at.lease.Run, micros(response.Now), micros(response.Now), at.connection)
	return err
}

// learned is a condition for responses i that tell which figure the store shows for a row l. Other responses do not change live and
// zeroed_at, so that a row whose zeroing a person approved stays approved.
const learned = "(i.exported IS NOT NULL AND (i.confirmed OR l.exported IS NULL OR i.exported <> l.exported))"

// noteRows writes the activity of rows.
func (t *tx) noteRows(ctx context.Context, at leased, response Response, rows []rowUpdate) error {
	updates := make([]rowUpdate, 0, len(rows))
	for _, row := range rows {
		if row.kind != "" {
			updates = append(updates, row)
		}
	}
	input := newTable(len(updates))
	kinds, places, notes := input.texts("kind"), input.texts("location"), input.texts("note")
	products, skus := input.texts("sku"), input.texts("channel_sku")
	before, after := input.optionals("before"), input.numbers("after")
	general := inventory.Storable(response.Note)
	for i, row := range updates {
		kinds[i], places[i], products[i], skus[i], notes[i] = row.kind, row.location, row.product, row.channelSKU, row.note
		before[i], after[i] = row.before, row.after
		if row.note == "" {
			notes[i] = general
		}
	}
	_, err := t.bulk(ctx, *input, `INSERT INTO activity (at, run, kind, merchant, warehouse, connection, location, sku, channel_sku, before, after, call, note)
		SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), kind, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), location, sku, channel_sku,
			before, after, CAST(? AS TEXT), note FROM input`,
		micros(response.Now), at.lease.Run, at.merchant, at.warehouse, at.connection, response.Key)
	return err
}

// updateCall keeps a call open for the items that still have no result, or closes it. It then sets the store's BusyUntil by the calls that
// are still open. open is the number of rows that waited for this response.
func (t *tx) updateCall(ctx context.Context, at leased, response Response, rows []rowUpdate, open int) error {
	answered := response.Ticket != "" // the store has answered, so the request is not under way any more
	for _, row := range rows {
		if !row.open {
			open--
		}
		answered = answered || row.status != StatusUnknown
	}
	now := micros(response.Now)
	if response.Ticket == "" && open == 0 {
		if err := t.closeCall(ctx, response.Key, inventory.Storable(response.Note), response.Now); err != nil {
			return err
		}
	} else if _, err := t.exec(ctx, `UPDATE calls SET ticket = ?, poll_after = ?, note = ?,
		busy_until = CASE WHEN ? AND busy_until > ? THEN ? ELSE busy_until END WHERE key = ?`,
		response.Ticket, optionalMicros(response.PollAfter), inventory.Storable(response.Note), answered, now, now, response.Key); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE gates SET busy_until = COALESCE((SELECT MAX(busy_until) FROM calls WHERE store = ? AND closed_at IS NULL), 0),
		pace = CASE WHEN CAST(? AS TEXT) = '' THEN pace ELSE CAST(? AS TEXT) END WHERE store = ?`,
		at.lease.Store, response.Pace, response.Pace, at.lease.Store)
	return err
}

package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// OpenCalls lists the connection's open calls, oldest first.
func (d *database) OpenCalls(ctx context.Context, connection string) ([]CallStanding, error) {
	var open []CallStanding
	err := d.read(ctx, func(t *tx) error {
		open = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var call CallStanding
			var created, busy int64
			var poll sql.NullInt64
			if err := row.Scan(&call.Key, &created, &busy, &call.Sends, &call.Ticket, &poll, &call.Note); err != nil {
				return err
			}
			call.Begun, call.Deadline, call.PollAfter = fromMicros(created), fromMicros(busy), fromMicros(poll.Int64)
			open = append(open, call)
			return nil
		}, `SELECT key, created_at, busy_until, sends, ticket, poll_after, note FROM calls
			WHERE connection = ? AND closed_at IS NULL ORDER BY created_at, key`, connection)
	})
	return open, err
}

// OpenCall returns an open call with its body and its rows; see Pusher.
func (d *database) OpenCall(ctx context.Context, connection, key string) (OpenCall, error) {
	call := OpenCall{Intent: Intent{Key: key}}
	err := d.read(ctx, func(t *tx) error {
		var items string
		var created, busy int64
		var poll sql.NullInt64
		err := t.row(ctx, `SELECT body, items, created_at, busy_until, sends, ticket, poll_after FROM calls
			WHERE key = ? AND connection = ? AND closed_at IS NULL`, key, connection).
			Scan(&call.Body, &items, &created, &busy, &call.Sends, &call.Ticket, &poll)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: connection %s has no open call %s", ErrNotFound, connection, key)
		} else if err != nil {
			return err
		}
		call.Now, call.Deadline, call.PollAfter = fromMicros(created), fromMicros(busy), fromMicros(poll.Int64)
		call.Items = nil
		return decode("the items of call "+key, items, &call.Items)
	})
	return call, err
}

// Intend records the intents of calls that begin together; see Pusher. It returns an error, and records nothing, when one of the rows is in
// an open call already, is no longer due, or is due with another figure than the intent's.
func (d *database) Intend(ctx context.Context, lease Lease, intents ...Intent) error {
	for _, intent := range intents {
		if err := checkText("the key of a call", intent.Key); err != nil {
			return err
		}
		if intent.Key == "" || len(intent.Items) == 0 {
			return fmt.Errorf("ledger: a call needs a key and items; this one has the key %q and %d items", intent.Key, len(intent.Items))
		}
	}
	if len(intents) == 0 {
		return nil
	}
	return d.moveOnce(ctx, intents[0].Now, func(t *tx) error {
		at, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		for _, intent := range intents {
			if err := t.intend(ctx, at, intent); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) intend(ctx context.Context, at leased, intent Intent) error {
	lease := at.lease
	// The || keeps the planner from using the index by status, with which it would read all due rows for every item of the call.
	taken, err := t.bulk(ctx, *itemTable(intent.Items), `UPDATE channel_levels AS l SET status = 'unknown', reason = '', open_call = ?, run = ?
		FROM input i WHERE l.connection = ? AND l.channel_sku = i.channel_sku AND l.location = i.location
		AND l.status || '' IN ('pending', 'retrying') AND l.quantity = i.quantity AND l.observed = i.observed`, intent.Key, lease.Run, at.connection)
	if err != nil {
		return err
	}
	if missing := int64(len(intent.Items)) - taken; missing != 0 {
		return fmt.Errorf("ledger: call %s of connection %s cannot be begun: %d of its %d rows have an open call or are no longer due as it says; "+
			"ask for the due rows again", intent.Key, at.connection, missing, len(intent.Items))
	}
	_, err = t.exec(ctx, `INSERT INTO calls (key, connection, store, run, fence, body, items, created_at, busy_until, sends)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		intent.Key, at.connection, lease.Store, lease.Run, lease.Fence, intent.Body, encode(intent.Items), micros(intent.Now), micros(intent.Deadline))
	if err != nil {
		return err
	}
	if err := t.countItems(ctx, lease.Store, intent); err != nil {
		return err
	}
	return t.countCall(ctx, lease, intent.Deadline, intent.Now, intent.Pace)
}

// countItems counts a call for each of its channel SKUs, for stores that limit the calls of an item per day.
func (t *tx) countItems(ctx context.Context, store string, intent Intent) error {
	if intent.CountOn == 0 {
		return nil
	}
	skus := map[string]bool{}
	for _, item := range intent.Items {
		skus[item.ChannelSKU] = true
	}
	input := newTable(len(skus))
	copy(input.texts("channel_sku"), sortedKeys(skus))
	_, err := t.bulk(ctx, *input, `INSERT INTO item_days (store, day, channel_sku, calls)
		SELECT CAST(? AS TEXT), CAST(? AS BIGINT), channel_sku, 1 FROM input WHERE TRUE
		ON CONFLICT (store, day, channel_sku) DO UPDATE SET calls = item_days.calls + 1`, store, int64(intent.CountOn))
	return err
}

// itemTable makes bulk input of the items of a call.
func itemTable(items []DueItem) *table {
	input := newTable(len(items))
	skus, places := input.texts("channel_sku"), input.texts("location")
	quantities, observed := input.numbers("quantity"), input.numbers("observed")
	for i, item := range items {
		skus[i], places[i], quantities[i], observed[i] = item.ChannelSKU, item.Location, item.Quantity, item.Observed
	}
	return input
}

// countCall records a call that is about to be made: in the store's gate, in its calls of the day, and in the run.
func (t *tx) countCall(ctx context.Context, lease Lease, deadline, now time.Time, pace string) error {
	until := micros(deadline)
	if _, err := t.exec(ctx, `UPDATE gates SET busy_until = CASE WHEN busy_until < ? THEN ? ELSE busy_until END,
		pace = CASE WHEN CAST(? AS TEXT) = '' THEN pace ELSE CAST(? AS TEXT) END WHERE store = ?`, until, until, pace, pace, lease.Store); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO store_days (store, day, calls) VALUES (?, ?, 1)
		ON CONFLICT (store, day) DO UPDATE SET calls = store_days.calls + 1`, lease.Store, int64(DayOf(now, nil)))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "UPDATE runs SET calls = calls + 1 WHERE id = ?", lease.Run)
	return err
}

// Resend records that an open call is about to be sent again or polled; see Pusher. It returns ErrNotFound when the call is not open
// any more: then it must not be sent.
func (d *database) Resend(ctx context.Context, lease Lease, key string, deadline, now time.Time) error {
	return d.moveOnce(ctx, now, func(t *tx) error {
		at, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		// Without a ticket, a poll_after means that the end of the last send was observed. That of the send which begins now is not.
		until := micros(deadline)
		count, err := t.exec(ctx, `UPDATE calls SET sends = sends + 1, fence = ?, busy_until = CASE WHEN busy_until < ? THEN ? ELSE busy_until END,
			poll_after = CASE WHEN ticket = '' THEN NULL ELSE poll_after END WHERE key = ? AND connection = ? AND closed_at IS NULL`,
			lease.Fence, until, until, key, at.connection)
		if err != nil {
			return err
		}
		if count == 0 {
			return fmt.Errorf("%w: connection %s has no open call %s", ErrNotFound, at.connection, key)
		}
		return t.countCall(ctx, lease, deadline, now, "")
	})
}

// Abandon closes an open call whose bytes may not be sent again; see Pusher. It counts as an attempt without a result for each of its
// rows. A call that is closed already is left as it is.
func (d *database) Abandon(ctx context.Context, lease Lease, key, reason string, now time.Time) error {
	reason = inventory.Storable(reason)
	return d.write(ctx, func(t *tx) error {
		at, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		call, err := t.call(ctx, at.connection, key)
		if err != nil || call.closed {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO activity (at, run, kind, merchant, warehouse, connection, location, sku, channel_sku, before, call, note)
			SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), 'unknown', CAST(? AS TEXT), CAST(? AS TEXT), connection, location, product, channel_sku,
				exported, open_call, CAST(? AS TEXT)
			FROM channel_levels WHERE connection = ? AND open_call = ? ORDER BY channel_sku, location`,
			micros(now), lease.Run, at.merchant, at.warehouse, reason, at.connection, key)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE channel_levels SET status = `+dueOrBlocked+`, reason = blocked, exported = NULL, open_call = NULL,
			attempts = attempts + 1, tries = CASE WHEN tries_run = ? THEN tries + 1 ELSE 1 END, tries_run = ?, run = ? WHERE connection = ? AND open_call = ?`,
			lease.Run, lease.Run, lease.Run, at.connection, key)
		if err != nil {
			return err
		}
		return t.closeCall(ctx, key, reason, now)
	})
}

// calling is the locked row of a call.
type calling struct {
	run    int64 // the run that made the call
	items  []DueItem
	closed bool
}

func (t *tx) call(ctx context.Context, connection, key string) (calling, error) {
	var call calling
	var items string
	err := t.row(ctx, "SELECT run, items, closed_at IS NOT NULL FROM calls WHERE key = ? AND connection = ?"+t.dialect.lock("calls"), key, connection).
		Scan(&call.run, &items, &call.closed)
	if errors.Is(err, sql.ErrNoRows) {
		return calling{}, fmt.Errorf("%w: connection %s has made no call %s", ErrNotFound, connection, key)
	} else if err != nil {
		return calling{}, err
	}
	return call, decode("the items of call "+key, items, &call.items)
}

// closeCall closes a call and deletes its body and items, which only an open call needs.
func (t *tx) closeCall(ctx context.Context, key, note string, now time.Time) error {
	_, err := t.exec(ctx, "UPDATE calls SET closed_at = ?, note = ?, body = NULL, items = '[]' WHERE key = ?", micros(now), note, key)
	return err
}

// Pace returns what the last holder of a store recorded of its budget; see Pusher.
func (d *database) Pace(ctx context.Context, store string) (string, error) {
	var pace string
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT COALESCE((SELECT pace FROM gates WHERE store = ?), '')", store).Scan(&pace)
	})
	return pace, err
}

// Throttled counts a day's responses that asked to slow down; see Pusher.
func (d *database) Throttled(ctx context.Context, lease Lease, calls int64, now time.Time) error {
	return d.write(ctx, func(t *tx) error {
		if _, err := t.checkLease(ctx, lease); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO store_days (store, day, calls, throttled) VALUES (?, ?, 0, ?)
			ON CONFLICT (store, day) DO UPDATE SET throttled = store_days.throttled + excluded.throttled`, lease.Store, int64(DayOf(now, nil)), calls)
		return err
	})
}

// CallsOn returns how many calls were made to the store on the UTC day of the given time.
func (d *database) CallsOn(ctx context.Context, store string, day time.Time) (int64, error) {
	var calls int64
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT COALESCE((SELECT calls FROM store_days WHERE store = ? AND day = ?), 0)", store, int64(DayOf(day, nil))).Scan(&calls)
	})
	return calls, err
}

// StoreUses returns the use of each store on a day; see DefinitionReader.
func (d *database) StoreUses(ctx context.Context, day time.Time) (map[string]StoreUse, error) {
	uses := map[string]StoreUse{}
	return uses, d.read(ctx, func(t *tx) error {
		return t.each(ctx, func(row *sql.Rows) error {
			var store string
			var use StoreUse
			var answered sql.NullInt64
			err := row.Scan(&store, &use.Calls, &use.Throttled, &answered)
			if use.Answered = fromMicros(answered.Int64); use.Calls > 0 || use.Throttled > 0 || answered.Valid {
				uses[store] = use
			}
			return err
		}, `SELECT s.id, COALESCE((SELECT d.calls FROM store_days d WHERE d.store = s.id AND d.day = ?), 0),
			COALESCE((SELECT d.throttled FROM store_days d WHERE d.store = s.id AND d.day = ?), 0),
			(SELECT MAX(c.closed_at) FROM calls c WHERE c.store = s.id AND c.closed_at IS NOT NULL) FROM stores s`,
			int64(DayOf(day, nil)), int64(DayOf(day, nil)))
	})
}

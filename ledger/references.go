package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// References returns the known references of channel SKUs; see Rememberer.
func (d *database) References(ctx context.Context, store string, skus []string) (map[string]Reference, error) {
	references := make(map[string]Reference, len(skus))
	err := d.read(ctx, func(t *tx) error {
		clear(references)
		return t.each(ctx, func(row *sql.Rows) error {
			var sku, reference string
			var at int64
			err := row.Scan(&sku, &reference, &at)
			references[sku] = Reference{ID: reference, FoundAt: fromMicros(at)}
			return err
		}, "SELECT r.channel_sku, r.reference, r.found_at FROM "+t.dialect.set()+" CROSS JOIN item_references r WHERE r.store = ? AND r.channel_sku = j.value",
			t.dialect.list(skus), store) // CROSS JOIN fixes the order for SQLite, which might read all the store's references for each SKU
	})
	return references, err
}

// Remember keeps references; see Rememberer.
func (d *database) Remember(ctx context.Context, lease Lease, references map[string]string, now time.Time) error {
	input := newTable(len(references))
	skus, values := input.texts("channel_sku"), input.texts("reference")
	for i, sku := range sortedKeys(references) {
		if err := checkText("a channel SKU", sku); err != nil {
			return err
		}
		if err := checkText("the reference of "+sku, references[sku]); err != nil {
			return err
		}
		skus[i], values[i] = sku, references[sku]
	}
	return d.write(ctx, func(t *tx) error {
		if _, err := t.checkLease(ctx, lease); err != nil {
			return err
		}
		// The store refused the row when it had no such item, or had it under another id, so it may accept it now. Rows that this run has
		// tried already stay refused.
		_, err := t.bulk(ctx, *input, `UPDATE channel_levels AS c SET status = 'pending', reason = '' FROM input i
			WHERE c.connection IN (SELECT id FROM connections WHERE store = ?) AND c.channel_sku = i.channel_sku AND c.run <> ? AND `+refusedOf("c")+`
			AND NOT EXISTS (SELECT 1 FROM item_references r WHERE r.store = ? AND r.channel_sku = i.channel_sku AND r.reference = i.reference)`,
			lease.Store, lease.Run, lease.Store)
		if err != nil {
			return err
		}
		_, err = t.bulk(ctx, *input, `INSERT INTO item_references (store, channel_sku, reference, found_at)
			SELECT CAST(? AS TEXT), channel_sku, reference, CAST(? AS BIGINT) FROM input WHERE TRUE
			ON CONFLICT (store, channel_sku) DO UPDATE SET reference = excluded.reference, found_at = excluded.found_at`, lease.Store, micros(now))
		return err
	})
}

// Forget deletes references; see Rememberer.
func (d *database) Forget(ctx context.Context, lease Lease, skus []string) error {
	return d.write(ctx, func(t *tx) error {
		if _, err := t.checkLease(ctx, lease); err != nil {
			return err
		}
		_, err := t.exec(ctx, "DELETE FROM item_references WHERE store = ? AND channel_sku IN (SELECT j.value FROM "+t.dialect.set()+")",
			lease.Store, t.dialect.list(skus))
		return err
	})
}

// RefreshIDs deletes references and makes the rows of their channel SKUs due; see Rememberer. Rows that our own rules block stay blocked;
// rows that were blocked after a look-up become due.
func (d *database) RefreshIDs(ctx context.Context, store string, skus []string) (RefreshedIDs, error) {
	var refreshed RefreshedIDs
	err := d.write(ctx, func(t *tx) error {
		if err := t.row(ctx, "SELECT id FROM stores WHERE id = ?", store).Scan(new(string)); errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: store %q", ErrNotFound, store)
		} else if err != nil {
			return err
		}
		at, err := t.gate(ctx, store)
		if err != nil {
			return err
		}
		if err := t.free(ctx, at, 0); err != nil {
			return err
		}
		ofSKUs, arguments := "", []any{store}
		if len(skus) > 0 {
			ofSKUs, arguments = " AND channel_sku IN (SELECT j.value FROM "+t.dialect.set()+")", append(arguments, t.dialect.list(skus))
		}
		if refreshed.References, err = t.exec(ctx, "DELETE FROM item_references WHERE store = ?"+ofSKUs, arguments...); err != nil {
			return err
		}
		if err := t.rowsOfStoreChange(ctx, store); err != nil {
			return err
		}
		const rows = "connection IN (SELECT id FROM connections WHERE store = ?)"
		refreshed.Due, err = t.exec(ctx, `UPDATE channel_levels SET status = 'pending', reason = '', exported = NULL,
			attempts = 0, tries = 0, part = 0 WHERE open_call IS NULL AND blocked = '' AND `+rows+ofSKUs, arguments...)
		if err != nil {
			return err
		}
		return t.row(ctx, "SELECT COUNT(*) FROM channel_levels WHERE open_call IS NOT NULL AND "+rows+ofSKUs, arguments...).Scan(&refreshed.Open)
	})
	if err != nil {
		return RefreshedIDs{}, err
	}
	return refreshed, nil
}

// Park records the results of a look-up for due rows without an open call; see Rememberer.
func (d *database) Park(ctx context.Context, lease Lease, items []DueItem, responses []ItemResponse, now time.Time) error {
	if len(items) != len(responses) {
		return fmt.Errorf("ledger: %d rows to park and %d answers", len(items), len(responses))
	}
	input := newTable(len(items))
	skus, locations := input.texts("channel_sku"), input.texts("location")
	quantities, observed := input.numbers("quantity"), input.numbers("observed")
	statuses, reasons, parts := input.texts("status"), input.texts("reason"), input.numbers("part")
	for i, response := range responses {
		switch response.Status {
		case StatusRejected, StatusBlocked, StatusRetrying, StatusPending:
		default:
			return fmt.Errorf("ledger: a row cannot be parked as %q", response.Status)
		}
		skus[i], locations[i] = items[i].ChannelSKU, items[i].Location
		quantities[i], observed[i] = items[i].Quantity, items[i].Observed
		statuses[i], reasons[i], parts[i] = string(response.Status), inventory.Storable(response.Reason), int64(response.Part)
	}
	return d.write(ctx, func(t *tx) error {
		leased, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		// The activity is written first, while the rows still have their old values. The || keeps the planner from using the index by
		// status, with which it would read all due rows for every item.
		_, err = t.bulk(ctx, *input, `INSERT INTO activity (at, run, kind, merchant, warehouse, connection, location, sku, channel_sku, before, after, note)
			SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), i.status, CAST(? AS TEXT), CAST(? AS TEXT), c.connection, c.location, c.product,
				c.channel_sku, c.exported, c.quantity, i.reason
			FROM input i JOIN channel_levels c ON c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location
			WHERE i.status <> 'pending' AND c.status || '' IN ('pending', 'retrying') AND c.quantity = i.quantity AND c.observed = i.observed`,
			micros(now), lease.Run, leased.merchant, leased.warehouse, leased.connection)
		if err != nil {
			return err
		}
		_, err = t.bulk(ctx, *input, `UPDATE channel_levels AS c SET status = i.status, reason = i.reason, part = i.part, run = ?,
				attempts = CASE i.status WHEN 'retrying' THEN c.attempts + 1 WHEN 'pending' THEN c.attempts ELSE 0 END,
				tries = CASE WHEN c.tries_run = ? THEN c.tries ELSE 0 END + CASE i.status WHEN 'retrying' THEN 1 ELSE 0 END, tries_run = ?
			FROM input i WHERE c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location
			AND c.status || '' IN ('pending', 'retrying') AND c.quantity = i.quantity AND c.observed = i.observed`,
			lease.Run, lease.Run, lease.Run, leased.connection)
		return err
	})
}

package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// unlistedReason is why a row that is no longer resolved is not pushed.
const unlistedReason = "the listing was removed; the store keeps its last number"

// Resolve writes the channel levels of a page of products and returns how many; see Resolver.
func (d *database) Resolve(ctx context.Context, lease Lease, plan Plan, page []Resolution, _ time.Time) (int64, error) {
	levels, err := resolvedLevels(page)
	if err != nil {
		return 0, err
	}
	var written int64
	err = d.write(ctx, func(t *tx) error {
		if _, err := t.holdPlan(ctx, lease, plan); err != nil {
			return err
		}
		r := resolving{tx: t, lease: lease, plan: plan, levels: levels}
		if err := r.release(ctx, page); err != nil {
			return err
		}
		written = 0
		for _, redefined := range []bool{false, true} {
			wrote, err := r.upsert(ctx, redefined)
			if err != nil {
				return err
			}
			written += wrote
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return written, nil
}

// resolving is a page on its way into the channel levels.
type resolving struct {
	*tx
	lease  Lease
	plan   Plan
	levels map[place]resolvedLevel
}

// place is a channel level of a connection.
type place struct{ channelSKU, location string }

type resolvedLevel struct {
	product   string
	redefined bool
	inventory.ChannelLevel
}

// resolvedLevels are the levels of a page by their place. Where a listing and an unlisted product meet, the listing wins.
func resolvedLevels(page []Resolution) (map[place]resolvedLevel, error) {
	levels := make(map[place]resolvedLevel, len(page))
	for _, resolution := range page {
		for _, level := range resolution.Levels {
			if err := checkText("a channel level of product "+resolution.Product, resolution.Product, level.ChannelSKU, level.Location); err != nil {
				return nil, err
			}
			at := place{level.ChannelSKU, level.Location}
			if other, ok := levels[at]; ok && other.Why.Listed && !level.Why.Listed {
				continue
			}
			levels[at] = resolvedLevel{resolution.Product, resolution.Redefined, level}
		}
	}
	return levels, nil
}

// release blocks the rows of the page's products that are no longer resolved. An open call on one of them is waited for: it
// keeps its status, and the reason stands ready for when the call is answered.
func (r *resolving) release(ctx context.Context, page []Resolution) error {
	products := make([]string, len(page))
	for i, resolution := range page {
		products[i] = resolution.Product
	}
	var left []place
	err := r.each(ctx, func(row *sql.Rows) error {
		var at place
		err := row.Scan(&at.channelSKU, &at.location)
		if _, ok := r.levels[at]; !ok {
			left = append(left, at)
		}
		return err
	}, "SELECT channel_sku, location FROM channel_levels WHERE connection = ? AND product IN (SELECT j.value FROM "+r.dialect.set()+")",
		r.plan.Connection.ID, r.dialect.list(products))
	if err != nil {
		return err
	}
	rows := newTable(len(left))
	channelSKUs, locations := rows.texts("channel_sku"), rows.texts("location")
	for i, at := range left {
		channelSKUs[i], locations[i] = at.channelSKU, at.location
	}
	_, err = r.bulk(ctx, *rows, `UPDATE channel_levels AS c SET blocked = ?, run = ?,
		status = CASE WHEN c.open_call IS NULL THEN 'blocked' ELSE c.status END, reason = CASE WHEN c.open_call IS NULL THEN ? ELSE c.reason END
		FROM input i WHERE c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location AND c.observed <= ?`,
		unlistedReason, r.lease.Run, unlistedReason, r.plan.Connection.ID, r.plan.Next.Levels)
	return err
}

// upsert writes the levels whose products were redefined, or the others.
//
// A row that was computed from newer levels is left alone: an attempt of the activity that was given up may go on beside the next one,
// under the same lease. The row of a listing is left alone by the unlisted product of the same SKU, wherever in the order of pages it comes.
func (r *resolving) upsert(ctx context.Context, redefined bool) (int64, error) {
	return r.bulk(ctx, *r.table(redefined), `INSERT INTO channel_levels (connection, channel_sku, location, product, quantity, observed, status, reason, blocked, run, why)
		SELECT ?, i.channel_sku, i.location, i.product, i.quantity, CAST(? AS BIGINT), CASE WHEN i.blocked = '' THEN 'pending' ELSE 'blocked' END,
			i.blocked, i.blocked, CAST(? AS BIGINT), i.why
		FROM input i WHERE i.listed OR NOT EXISTS (
			SELECT 1 FROM channel_levels c JOIN listings l ON l.store = ? AND l.channel_sku = c.channel_sku AND l.sku <> i.product AND NOT l.removed
			WHERE c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location AND c.product <> i.product)
		ON CONFLICT (connection, channel_sku, location) DO UPDATE SET product = excluded.product, quantity = excluded.quantity, observed = excluded.observed,
			blocked = CASE WHEN excluded.blocked = '' AND `+keeps+` THEN channel_levels.kept ELSE excluded.blocked END, run = excluded.run, why = excluded.why,
			kept = CASE WHEN `+keeps+` THEN channel_levels.kept ELSE '' END,
			status = CASE WHEN channel_levels.open_call IS NOT NULL OR `+parked+` THEN channel_levels.status
				WHEN excluded.blocked = '' AND `+keeps+` THEN 'blocked' ELSE excluded.status END,
			reason = CASE WHEN channel_levels.open_call IS NOT NULL OR `+parked+` THEN channel_levels.reason
				WHEN excluded.blocked = '' AND `+keeps+` THEN channel_levels.kept ELSE excluded.reason END
		WHERE excluded.observed >= channel_levels.observed`,
		r.plan.Connection.ID, r.plan.Next.Levels, r.lease.Run, r.plan.Connection.Store, r.plan.Connection.ID, redefined, redefined)
}

// parked: the row was refused for good, and nothing about it changed but its figure.
const parked = `(channel_levels.status = 'rejected' AND excluded.blocked = '' AND NOT CAST(? AS BOOLEAN))`

// keeps: a person rejected to take the row to 0, and it still goes there. Another product's row is another figure.
const keeps = `(channel_levels.kept <> '' AND excluded.quantity = 0 AND excluded.product = channel_levels.product)`

// table is the chosen levels as bulk input, in the order of their key.
func (r *resolving) table(redefined bool) *table {
	var chosen []resolvedLevel
	for _, level := range r.levels {
		if level.redefined == redefined {
			chosen = append(chosen, level)
		}
	}
	slices.SortFunc(chosen, func(a, b resolvedLevel) int {
		return cmp.Or(cmp.Compare(a.ChannelSKU, b.ChannelSKU), cmp.Compare(a.Location, b.Location))
	})
	rows := newTable(len(chosen))
	channelSKUs, locations, products := rows.texts("channel_sku"), rows.texts("location"), rows.texts("product")
	quantities, blocked, listed, why := rows.numbers("quantity"), rows.texts("blocked"), rows.truths("listed"), rows.texts("why")
	for i, level := range chosen {
		channelSKUs[i], locations[i], products[i] = level.ChannelSKU, level.Location, level.product
		quantities[i], blocked[i], listed[i], why[i] = level.Quantity, level.Blocked, level.Why.Listed, encode(level.Why)
	}
	return rows
}

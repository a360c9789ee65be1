package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// Resolve writes the channel levels of a page of products and returns how many; see Resolver.
func (d *database) Resolve(ctx context.Context, lease Lease, plan Plan, page []Resolution, _ time.Time) (int64, error) {
	levels, err := resolvedLevels(page)
	if err != nil {
		return 0, err
	}
	var written int64
	err = d.write(ctx, func(t *tx) error {
		if err := t.checkPlan(ctx, lease, plan); err != nil {
			return err
		}
		r := resolving{tx: t, lease: lease, plan: plan, levels: levels}
		for _, step := range []func() error{
			func() error { return r.load(ctx, page) },
			func() error { return r.release(ctx, page) },
			func() error { return r.updateWhy(ctx) },
			func() error { return r.keepPlaces(ctx, plan.Connection.ID, r.locations()) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		written = 0
		for _, move := range []inventory.Move{inventory.Stay, inventory.Push} {
			rows, err := r.upsert(ctx, move)
			if err != nil {
				return err
			}
			written += rows
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return written, nil
}

// resolving writes a page of resolved products into the channel levels.
type resolving struct {
	*tx
	lease  Lease
	plan   Plan
	levels map[place]resolvedLevel
	before map[place]inventory.Standing // the stored rows of the page's products
	shows  map[place]*int64             // of these, the places that the store was last known to show as 0
}

// place is the key of a channel level within its connection.
type place struct{ channelSKU, location string }

type resolvedLevel struct {
	product string
	cause   inventory.Cause
	inventory.ChannelLevel
}

// resolvedLevels returns the levels of a page by their place. When a listing and an unlisted product have the same place, the listing wins.
func resolvedLevels(page []Resolution) (map[place]resolvedLevel, error) {
	levels := make(map[place]resolvedLevel, len(page))
	for _, resolution := range page {
		for _, level := range resolution.Levels {
			err := checkText("a channel level of product "+resolution.Product, resolution.Product, level.ChannelSKU, level.Location)
			if err != nil {
				return nil, err
			}
			at := place{level.ChannelSKU, level.Location}
			if other, ok := levels[at]; ok && other.Why.Listed && !level.Why.Listed {
				continue
			}
			cause := inventory.Cause{Redefined: resolution.Redefined, Named: resolution.Named}
			levels[at] = resolvedLevel{resolution.Product, cause, level}
		}
	}
	return levels, nil
}

// locations returns the locations of the page's levels.
func (r *resolving) locations() map[string]bool {
	locations := map[string]bool{}
	for at := range r.levels {
		locations[at.location] = true
	}
	return locations
}

// load loads the stored rows of the page's products.
func (r *resolving) load(ctx context.Context, page []Resolution) error {
	products := make([]string, len(page))
	for i, resolution := range page {
		products[i] = resolution.Product
	}
	r.before, r.shows = make(map[place]inventory.Standing, len(r.levels)), map[place]*int64{}
	return r.each(ctx, func(row *sql.Rows) error {
		var at place
		var before inventory.Standing
		var shows *int64
		err := row.Scan(&at.channelSKU, &at.location, &before.Product, &before.Quantity, &before.Blocked, &before.Observed, &before.Parked, &shows)
		if r.before[at] = before; shows != nil && *shows == 0 {
			r.shows[at] = shows
		}
		return err
	}, `SELECT channel_sku, location, product, quantity, CASE WHEN blocked = kept THEN '' ELSE blocked END, observed, `+refused+`, exported
		FROM channel_levels WHERE connection = ? AND product IN (SELECT j.value FROM `+r.dialect.set()+")",
		r.plan.Connection.ID, r.dialect.list(products))
}

// release blocks the rows of the page's products that are no longer resolved. A row in an open call keeps its status; it gets the reason in
// the column blocked, and is blocked when the call is answered.
func (r *resolving) release(ctx context.Context, page []Resolution) error {
	resolved := make(map[string][]inventory.ChannelLevel, len(page))
	for _, resolution := range page {
		resolved[resolution.Product] = resolution.Levels
	}
	var left []place
	for at := range r.before {
		if _, ok := r.levels[at]; !ok {
			left = append(left, at)
		}
	}
	slices.SortFunc(left, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.channelSKU, b.channelSKU), cmp.Compare(a.location, b.location))
	})
	rows := newTable(len(left))
	channelSKUs, locations, reasons := rows.texts("channel_sku"), rows.texts("location"), rows.texts("reason")
	for i, at := range left {
		product := r.before[at].Product
		channelSKUs[i], locations[i] = at.channelSKU, at.location
		reasons[i] = leftBehind(at, product, resolved[product], r.plan.Connection.Inventory.Locations, r.shows[at])
	}
	_, err := r.bulk(ctx, *rows, `UPDATE channel_levels AS c SET blocked = i.reason, run = ?,
		status = CASE WHEN c.open_call IS NULL THEN 'blocked' ELSE c.status END,
		reason = CASE WHEN c.open_call IS NULL THEN i.reason ELSE c.reason END
		FROM input i WHERE c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location AND c.observed <= ? AND NOT c.leaving`,
		r.lease.Run, r.plan.Connection.ID, r.plan.Next.Levels)
	return err
}

// updateWhy updates the explanations of rows whose figures could not have changed.
func (r *resolving) updateWhy(ctx context.Context) error {
	_, err := r.bulk(ctx, *r.table(inventory.Rest), `UPDATE channel_levels AS c SET why = i.why
		FROM input i WHERE c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location AND c.product = i.product
		AND c.observed <= ? AND c.why <> i.why`, r.plan.Connection.ID, r.plan.Next.Levels)
	return err
}

// upsert writes the levels that make the given move.
//
// It leaves a row alone that was computed from newer levels: an earlier attempt of the activity, which timed out, may still be running
// beside the next one, under the same lease. An unlisted product also leaves the row of a listing for the same SKU alone, whichever of the
// two comes first in the order of pages.
func (r *resolving) upsert(ctx context.Context, move inventory.Move) (int64, error) {
	stays := move == inventory.Stay
	return r.bulk(ctx, *r.table(move), `INSERT INTO channel_levels (connection, channel_sku, location, product, quantity, observed,
			status, reason, blocked, run, why)
		SELECT ?, i.channel_sku, i.location, i.product, i.quantity, CAST(? AS BIGINT),
			CASE WHEN i.blocked = '' THEN 'pending' ELSE 'blocked' END, i.blocked, i.blocked, CAST(? AS BIGINT), i.why
		FROM input i WHERE i.sure OR NOT EXISTS (
			SELECT 1 FROM channel_levels c JOIN listings l ON l.store = ? AND l.channel_sku = c.channel_sku AND l.sku <> i.product AND NOT l.removed
			WHERE c.connection = ? AND c.channel_sku = i.channel_sku AND c.location = i.location AND c.product <> i.product)
		ON CONFLICT (connection, channel_sku, location) DO UPDATE SET product = excluded.product, quantity = excluded.quantity,
			observed = excluded.observed, run = excluded.run, why = excluded.why, leaving = FALSE,
			blocked = CASE WHEN excluded.blocked = '' AND `+keeps+` THEN channel_levels.kept ELSE excluded.blocked END,
			kept = CASE WHEN `+keeps+` THEN channel_levels.kept ELSE '' END,
			status = CASE WHEN channel_levels.open_call IS NOT NULL OR `+parked+` THEN channel_levels.status
				WHEN excluded.blocked = '' AND `+keeps+` THEN 'blocked' ELSE excluded.status END,
			reason = CASE WHEN channel_levels.open_call IS NOT NULL OR `+parked+` THEN channel_levels.reason
				WHEN excluded.blocked = '' AND `+keeps+` THEN channel_levels.kept ELSE excluded.reason END
		WHERE excluded.observed >= channel_levels.observed`,
		r.plan.Connection.ID, r.plan.Next.Levels, r.lease.Run, r.plan.Connection.Store, r.plan.Connection.ID, stays, stays)
}

// refused is a condition for rows that the store has refused, in a call or in a look-up. Only rows that our own rules block have a text in
// the column blocked.
const refused = `(status = 'rejected' OR (status = 'blocked' AND blocked = ''))`

// refusedOf is refused for the rows of a table with an alias.
func refusedOf(row string) string {
	return "(" + row + ".status = 'rejected' OR (" + row + ".status = 'blocked' AND " + row + ".blocked = ''))"
}

// parked is a condition for rows that were refused and stay so: see inventory.Stay. Its argument is true for the move Stay.
const parked = `(CAST(? AS BOOLEAN) AND channel_levels.status IN ('rejected', 'blocked') AND channel_levels.blocked = '' AND excluded.blocked = '')`

// keeps is a condition for rows that would still go to 0 after a person rejected that. It does not hold when the row's product changes,
// because the rejection was about another figure.
const keeps = `(channel_levels.kept <> '' AND excluded.quantity = 0 AND excluded.product = channel_levels.product)`

// move decides what becomes of the row at a place; see inventory.ChannelLevel.Move.
func (r *resolving) move(at place, level resolvedLevel) inventory.Move {
	if before, ok := r.before[at]; ok {
		return level.Move(&before, level.cause)
	}
	return level.Move(nil, level.cause)
}

// isSure is true for a level that may certainly have its row, whatever other products are listed: it belongs to a listing itself, or the row
// is its product's already.
func (r *resolving) isSure(level resolvedLevel) bool {
	return level.Why.Listed || r.before[place{level.ChannelSKU, level.Location}].Product == level.product
}

// table makes bulk input of the levels that make the given move, in the order of their keys.
func (r *resolving) table(move inventory.Move) *table {
	var chosen []resolvedLevel
	for at, level := range r.levels {
		if r.move(at, level) == move {
			chosen = append(chosen, level)
		}
	}
	slices.SortFunc(chosen, func(a, b resolvedLevel) int {
		return cmp.Or(cmp.Compare(a.ChannelSKU, b.ChannelSKU), cmp.Compare(a.Location, b.Location))
	})
	rows := newTable(len(chosen))
	channelSKUs, locations, products := rows.texts("channel_sku"), rows.texts("location"), rows.texts("product")
	quantities, blocked, sure, why := rows.numbers("quantity"), rows.texts("blocked"), rows.truths("sure"), rows.texts("why")
	for i, level := range chosen {
		channelSKUs[i], locations[i], products[i] = level.ChannelSKU, level.Location, level.product
		quantities[i], blocked[i], sure[i], why[i] = level.Quantity, level.Blocked, r.isSure(level), encode(level.Why)
	}
	return rows
}

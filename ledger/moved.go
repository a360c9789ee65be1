package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// Newest returns the newest committed versions; see Resolver.
func (d *database) Newest(ctx context.Context, connection string) (Cursor, error) {
	var newest Cursor
	err := d.read(ctx, func(t *tx) error {
		err := t.row(ctx, `SELECT w.level_version, s.definitions FROM connections c JOIN warehouses w ON w.id = c.warehouse
			CROSS JOIN state s WHERE c.id = ?`, connection).
			Scan(&newest.Levels, &newest.Definitions)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: connection %q", ErrNotFound, connection)
		}
		return err
	})
	return newest, err
}

// Moves returns what Resolve would change; see Resolver.
func (d *database) Moves(ctx context.Context, plan Plan, page []Resolution) (Moves, error) {
	levels, err := resolvedLevels(page)
	if err != nil {
		return Moves{}, err
	}
	var moves Moves
	err = d.read(ctx, func(t *tx) error {
		moves = Moves{}
		r := resolving{tx: t, plan: plan, levels: levels}
		if err := r.load(ctx, page); err != nil {
			return err
		}
		shown, err := r.shown(ctx, page)
		if err != nil {
			return err
		}
		zeroing := map[string]bool{}
		for at, level := range levels {
			move := r.move(at, level)
			if move == inventory.Rest {
				continue
			}
			moves.Places = append(moves.Places, MovedPlace{Product: level.product, ChannelSKU: at.channelSKU, Location: at.location})
			if move == inventory.Push && level.Quantity == 0 && level.Blocked == "" && shown[at] {
				moves.Zeroing++
				zeroing[level.product] = true
			}
		}
		for at, before := range r.before {
			if _, ok := levels[at]; !ok {
				moves.Places = append(moves.Places, MovedPlace{Product: before.Product, ChannelSKU: at.channelSKU, Location: at.location})
			}
		}
		moves.ZeroingProducts = int64(len(zeroing))
		return nil
	})
	slices.SortFunc(moves.Places, func(a, b MovedPlace) int {
		return cmp.Or(cmp.Compare(a.ChannelSKU, b.ChannelSKU), cmp.Compare(a.Location, b.Location))
	})
	return moves, err
}

// shown returns the places of the page's products at which the store shows more than 0 and that are not yet going to 0.
func (r *resolving) shown(ctx context.Context, page []Resolution) (map[place]bool, error) {
	products := make([]string, len(page))
	for i, resolution := range page {
		products[i] = resolution.Product
	}
	shown := map[place]bool{}
	return shown, r.each(ctx, func(row *sql.Rows) error {
		var at place
		err := row.Scan(&at.channelSKU, &at.location)
		shown[at] = true
		return err
	}, `SELECT channel_sku, location FROM channel_levels WHERE connection = ? AND product IN (SELECT j.value FROM `+r.dialect.set()+`)
		AND live AND kept = '' AND NOT (quantity = 0 AND status IN ('pending', 'retrying', 'unknown', 'sent'))`,
		r.plan.Connection.ID, r.dialect.list(products))
}

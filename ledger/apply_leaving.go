package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// shownThere is a condition for rows for which the store shows, or may show, more than 0.
const shownThere = "(exported > 0 OR (exported IS NULL AND last_exported IS NOT NULL))"

// leave notes the rows that connections leave behind under the new definitions, and makes them due to go to 0 where ZeroLeft asks
// for it. It must run first, because later steps forget what the stores show.
func (a *applying) leave(ctx context.Context, definitions Definitions) error {
	leavings, err := a.leaving(ctx, definitions)
	if err != nil {
		return err
	}
	zeroed := int64(0)
	var refused []error
	for _, leaving := range leavings {
		places, err := a.rowPlaces(ctx, []string{leaving.before.ID})
		if err != nil {
			return err
		}
		counts, err := a.left(ctx, leaving.before.ID, leaving.left(places[leaving.before.ID]))
		if err != nil {
			return err
		}
		for _, left := range counts {
			from := left.Location
			_, left.Location = leaving.leaves(from)
			changed := encode(leaving.before.Inventory.Locations) != encode(leaving.after.Inventory.Locations) || leaving.moves()
			if left.Rows == 0 || !changed && !a.options.ZeroLeft {
				continue
			}
			if a.options.ZeroLeft && left.Zeroing < left.Rows {
				if why := leaving.refusal(left); why != "" {
					refused = append(refused, errors.New(why))
					continue
				}
				left.Zeroing = left.Rows
				zeroed += left.Rows
			}
			if err := a.keepLeft(ctx, leaving, left, from); err != nil {
				return err
			}
			a.changes = append(a.changes, Change{Action: "left behind", Kind: "connection", ID: left.Connection, Detail: left.Words(), Left: &left})
		}
	}
	switch {
	case len(refused) > 0:
		return errors.Join(refused...)
	case a.options.ZeroLeft && zeroed == 0:
		return errors.New(nothingLeft)
	}
	return nil
}

// leaving returns the stored connections whose old places can still be reached, each with its definitions before and after the apply.
func (a *applying) leaving(ctx context.Context, definitions Definitions) ([]leaving, error) {
	stores := map[string]Store{}
	for _, store := range definitions.Stores {
		stores[store.ID] = store
	}
	wanted := slices.Clone(definitions.Connections)
	slices.SortFunc(wanted, func(x, y Connection) int { return strings.Compare(x.ID, y.ID) })
	var leavings []leaving
	for _, connection := range wanted {
		l := leaving{after: connection, storeAfter: stores[connection.Store]}
		var err error
		if l.before, err = definition[Connection](ctx, a.tx, "connection", connection.ID); err == nil {
			l.storeBefore, err = definition[Store](ctx, a.tx, "store", l.before.Store)
		}
		if errors.Is(err, ErrNotFound) {
			continue
		} else if err != nil {
			return nil, err
		}
		if !l.reachable() {
			continue
		}
		for _, other := range wanted {
			if other.ID != connection.ID && other.Store == connection.Store && other.Active() {
				l.others = append(l.others, shownPlaces(other, l.storeAfter)...)
			}
		}
		leavings = append(leavings, l)
	}
	return leavings, nil
}

// rowPlaces returns the locations at which connections have rows, or had some, by connection. A connection without any is absent.
func (t *tx) rowPlaces(ctx context.Context, connections []string) (map[string][]string, error) {
	locations := map[string][]string{}
	return locations, t.each(ctx, func(row *sql.Rows) error {
		var connection, location string
		err := row.Scan(&connection, &location)
		locations[connection] = append(locations[connection], location)
		return err
	}, "SELECT connection, location FROM row_places WHERE connection IN (SELECT j.value FROM "+t.dialect.set()+") ORDER BY connection, location",
		t.dialect.list(connections))
}

// keepPlaces records the locations at which a connection is about to have rows.
func (t *tx) keepPlaces(ctx context.Context, connection string, locations map[string]bool) error {
	input := newTable(len(locations))
	copy(input.texts("location"), sortedKeys(locations))
	_, err := t.bulk(ctx, *input, `INSERT INTO row_places (connection, location) SELECT CAST(? AS TEXT), location FROM input WHERE TRUE
		ON CONFLICT (connection, location) DO NOTHING`, connection)
	return err
}

// left counts, by location, a connection's rows at some locations for which the store may show more than 0. Without locations it
// runs no query: that is the usual case, and a connection may have a million rows.
func (t *tx) left(ctx context.Context, connection string, locations []string) ([]Left, error) {
	if len(locations) == 0 {
		return nil, nil
	}
	var left []Left
	err := t.each(ctx, func(row *sql.Rows) error {
		item := Left{Connection: connection}
		err := row.Scan(&item.Location, &item.Rows, &item.Units, &item.Unknown, &item.Zeroing)
		left = append(left, item)
		return err
	}, `SELECT location, COUNT(*), COALESCE(SUM(exported), 0), COUNT(*) FILTER (WHERE exported IS NULL),
			COUNT(*) FILTER (WHERE leaving AND status IN ('pending', 'retrying', 'unknown', 'sent'))
		FROM channel_levels WHERE connection = ? AND location IN (SELECT j.value FROM `+t.dialect.set()+`) AND `+shownThere+` GROUP BY location ORDER BY location`,
		connection, t.dialect.list(locations))
	return left, err
}

// keepLeft marks the rows that a connection leaves behind; from is the location that they were recorded under before, and
// left.Location the one that they get. The rows become due to go to 0 where a person asked for that, which approves the zeroing of
// just these rows; otherwise they are blocked with the reason.
func (a *applying) keepLeft(ctx context.Context, item leaving, left Left, from string) error {
	zero, connection, to := left.Zeroing > 0, left.Connection, left.Location
	if to != from {
		if err := a.keepPlaces(ctx, connection, map[string]bool{to: true}); err != nil {
			return err
		}
		why := leftBehind(place{location: to}, "", nil, item.after.Inventory.Locations, nil)
		_, err := a.exec(ctx, `INSERT INTO channel_levels (connection, channel_sku, location, product, quantity, observed,
				exported, last_exported, status, reason, blocked, run, why)
			SELECT connection, channel_sku, CAST(? AS TEXT), product, quantity, observed,
				exported, last_exported, 'blocked', CAST(? AS TEXT), CAST(? AS TEXT), run, why
			FROM channel_levels WHERE connection = ? AND location = ? AND `+shownThere+`
			ON CONFLICT (connection, channel_sku, location) DO UPDATE SET exported = excluded.exported, last_exported = excluded.last_exported`,
			to, why, why, connection, from)
		if err != nil {
			return err
		}
	}
	if !zero {
		return nil
	}
	_, err := a.exec(ctx, `UPDATE channel_levels SET leaving = TRUE, quantity = 0, blocked = '', kept = '', hold_run = NULL, live = FALSE,
		attempts = 0, tries = 0, part = 0, status = CASE WHEN open_call IS NULL THEN 'pending' ELSE status END, reason = ?
		WHERE connection = ? AND location = ? AND `+shownThere, leavingReason, connection, to)
	return err
}

// LeftBehind lists what a connection has left behind; see Reader.
func (d *database) LeftBehind(ctx context.Context, connection string) ([]Left, error) {
	var left []Left
	err := d.read(ctx, func(t *tx) error {
		left = nil
		leaving, err := t.standsAt(ctx, connection)
		if err != nil {
			return err
		}
		versions, err := t.rowVersions(ctx, []string{connection})
		if err != nil {
			return err
		}
		places, err := t.rowPlaces(ctx, []string{connection})
		if err != nil {
			return err
		}
		left, err = d.leftBehind(ctx, t, leaving, versions[connection], places[connection])
		return err
	})
	return left, err
}

// leftBehind counts what a connection leaves behind; version is that of its rows, and places the locations at which it has or had rows.
func (d *database) leftBehind(ctx context.Context, t *tx, place leaving, version int64, places []string) ([]Left, error) {
	locations := place.left(places)
	return d.byPlace.of(ctx, encode([]any{place.before.ID, locations}), version, func(ctx context.Context) ([]Left, error) {
		return t.left(ctx, place.before.ID, locations)
	})
}

// standsAt returns a connection as it is now, with the places of the connections that share its store.
func (t *tx) standsAt(ctx context.Context, connection string) (leaving, error) {
	at, err := definition[Connection](ctx, t, "connection", connection)
	if err != nil {
		return leaving{}, err
	}
	store, err := definition[Store](ctx, t, "store", at.Store)
	if err != nil {
		return leaving{}, err
	}
	place := leaving{before: at, after: at, storeBefore: store, storeAfter: store}
	others, err := t.texts(ctx, "SELECT id FROM connections WHERE store = ? AND id <> ? AND active ORDER BY id", at.Store, connection)
	for _, id := range others {
		other, err := definition[Connection](ctx, t, "connection", id)
		if err != nil {
			return leaving{}, err
		}
		place.others = append(place.others, shownPlaces(other, store)...)
	}
	return place, err
}

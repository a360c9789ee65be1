package ledger

import (
	"context"
	"database/sql"
)

// NextDue returns the next due rows of a connection; see Pusher. Without MaximumTries, rows are tried without end. A query from the
// beginning returns the rows first that the run has not tried. Their results help to find the row that an earlier refusal was about. This
// also works with a store so slow that every slice makes only one call.
func (d *database) NextDue(ctx context.Context, query DueQuery) ([]DueItem, error) {
	if query.MaximumTries > 1 && query.AfterSKU == "" && query.AfterPlace == "" {
		untried := query
		untried.MaximumTries = 1
		if due, err := d.nextDue(ctx, untried); err != nil || len(due) > 0 {
			return due, err
		}
	}
	return d.nextDue(ctx, query)
}

func (d *database) nextDue(ctx context.Context, query DueQuery) ([]DueItem, error) {
	// The list of statuses is the condition of the index channel_levels_due, which contains only due rows. For a scope, and for levels
	// that have changed, rows are looked up by product instead, because there may be a million due rows of other products.
	statement := `SELECT location, channel_sku, product, quantity, observed, exported, attempts, part FROM channel_levels
		WHERE connection = ? AND ` + isDue + ` AND (channel_sku, location) > (?, ?)`
	levels := "channel_levels"
	var arguments []any
	if len(query.Scope) > 0 || query.Newer {
		levels = "c"
		statement = `
			SELECT location, channel_sku, c.product, quantity, observed, exported, attempts, part FROM scoped CROSS JOIN channel_levels c
			WHERE c.connection = ? AND c.product = scoped.product AND c.status || '' IN ('pending', 'retrying') AND (channel_sku, location) > (?, ?)`
		if query.Newer {
			statement = movedProducts + statement
			arguments = append(arguments, query.Connection, query.Run, query.Connection)
		} else {
			statement = scopedProducts(d.dialect) + statement
			arguments = append(arguments, d.dialect.list(query.Scope), query.Connection)
		}
	}
	arguments = append(arguments, query.Connection, query.AfterSKU, query.AfterPlace)
	if query.MaximumTries > 0 {
		statement += " AND NOT (tries_run = ? AND tries >= ?)"
		arguments = append(arguments, query.Run, query.MaximumTries)
	}
	if query.Newer {
		statement += " AND observed > (SELECT resolved FROM runs WHERE id = ?)"
		arguments = append(arguments, query.Run)
	}
	if query.MaximumCalls > 0 {
		statement += ` AND NOT EXISTS (SELECT 1 FROM item_days d WHERE d.store = (SELECT store FROM connections WHERE id = ?)
			AND d.day = ? AND d.channel_sku = ` + levels + `.channel_sku AND d.calls >= ?)`
		arguments = append(arguments, query.Connection, int64(query.Day), query.MaximumCalls)
	}
	statement += " ORDER BY channel_sku, location LIMIT ?"
	arguments = append(arguments, limitOf(query.Limit))

	var due []DueItem
	err := d.read(ctx, func(t *tx) error {
		due = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var item DueItem
			err := row.Scan(&item.Location, &item.ChannelSKU, &item.Product, &item.Quantity, &item.Observed,
				&item.Exported, &item.Attempts, &item.Part)
			due = append(due, item)
			return err
		}, statement, arguments...)
	})
	return due, err
}

// movedProducts begins a statement. It defines the table scoped (product): the products whose levels changed after a run was resolved, and the
// bundles that contain them. Its arguments are the connection, the run, and the connection again.
const movedProducts = `WITH named (sku) AS MATERIALIZED (SELECT DISTINCT l.sku FROM connections n CROSS JOIN runs r CROSS JOIN levels l
		WHERE n.id = ? AND r.id = ? AND l.warehouse = n.warehouse AND l.version > r.resolved),
	` + scopedOfNamed

// scopedOfNamed defines the table scoped (product) from the table named (sku): its products, and the bundles that contain them. Its argument
// is the connection.
const scopedOfNamed = `scoped (product) AS MATERIALIZED (SELECT sku FROM named UNION
		SELECT b.bundle FROM connections n CROSS JOIN named CROSS JOIN bundle_components b
		WHERE n.id = ? AND b.merchant = n.merchant AND b.component = named.sku)`

// scopedProducts begins a statement. It defines the table scoped (product): the products of a scope, and the bundles that contain them. Its
// arguments are the scope's list and the connection.
func scopedProducts(d dialect) string {
	return `WITH named (sku) AS MATERIALIZED (SELECT DISTINCT j.value FROM ` + d.set() + `),
		` + scopedOfNamed
}

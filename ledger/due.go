package ledger

import "context"

// Due counts what a push would do. Each figure without a scope has an index of just the rows that it counts; a range of one
// connection keeps SQLite from preferring the index by status, which says nothing of zeroing.
func (d *database) Due(ctx context.Context, connection string, scope []string) (Due, error) {
	const due = "status IN ('pending', 'retrying')"
	var found Due
	err := d.read(ctx, func(t *tx) error {
		if len(scope) > 0 {
			return t.row(ctx, `WITH named (sku) AS MATERIALIZED (SELECT DISTINCT j.value FROM `+t.dialect.set()+`),
				scoped (product) AS MATERIALIZED (SELECT sku FROM named UNION
					SELECT b.bundle FROM connections n CROSS JOIN named CROSS JOIN bundle_components b WHERE n.id = ? AND b.merchant = n.merchant AND b.component = named.sku)
				SELECT COUNT(*) FILTER (WHERE `+due+`), COUNT(*) FILTER (WHERE exported > 0), COUNT(*) FILTER (WHERE `+due+` AND quantity = 0 AND exported > 0)
				FROM scoped CROSS JOIN channel_levels c WHERE c.connection = ? AND c.product = scoped.product`, t.dialect.list(scope), connection, connection).
				Scan(&found.Rows, &found.Live, &found.Zeroing)
		}
		return t.row(ctx, `SELECT (SELECT COUNT(*) FROM channel_levels WHERE connection = ? AND `+due+`),
			(SELECT COUNT(*) FROM channel_levels WHERE connection = ? AND exported > 0),
			(SELECT COUNT(*) FROM channel_levels WHERE connection BETWEEN ? AND ? AND `+due+` AND quantity = 0 AND exported > 0)`,
			connection, connection, connection, connection).
			Scan(&found.Rows, &found.Live, &found.Zeroing)
	})
	return found, err
}

package ledger

import (
	"context"
	"database/sql"
	"strings"
)

// fewChanges is the largest number of changes that are looked up by version and sorted, anew for every page. Where there are
// more, each page reads on in the tables in the order of the products, so that all pages together read them once.
const fewChanges = 50_000

// Affected returns the next page of products; see Resolver.
//
// A listing concerns two products: its own, and the product whose SKU equals the listing's channel SKU. That product goes out
// under its own SKU when it has no listing itself and no other product is listed under that SKU.
func (d *database) Affected(ctx context.Context, plan Plan, scope []string, after string, limit int) ([]Affected, error) {
	var products []Affected
	err := d.read(ctx, func(t *tx) error {
		products = nil
		q, err := t.affectedQuery(ctx, plan, scope, after, limitOf(limit))
		if err != nil {
			return err
		}
		return t.each(ctx, func(row *sql.Rows) error {
			var next Affected
			var redefined int
			err := row.Scan(&next.Product, &redefined)
			next.Redefined = redefined == 1
			products = append(products, next)
			return err
		}, q.text.String(), q.arguments...)
	})
	return products, err
}

// query is a statement under construction, with its arguments.
type query struct {
	text      strings.Builder
	arguments []any
}

func (q *query) add(text string, arguments ...any) {
	q.text.WriteString(text)
	q.arguments = append(q.arguments, arguments...)
}

func (t *tx) affectedQuery(ctx context.Context, plan Plan, scope []string, after string, limit int) (*query, error) {
	q := &query{}
	switch {
	case len(scope) > 0:
		t.affectedScope(q, plan, scope, after, limit)
	case plan.Everything:
		affectedAll(q, plan, after, limit)
	default:
		many, err := t.manyChanges(ctx, plan)
		if err != nil {
			return nil, err
		}
		if many {
			t.affectedWalk(q, plan, after, limit)
		} else {
			affectedFew(q, plan, after, limit)
		}
	}
	return q, nil
}

// affectedScope selects the SKUs of the scope and the bundles that contain them.
func (t *tx) affectedScope(q *query, plan Plan, scope []string, after string, limit int) {
	connection := plan.Connection
	q.add(scopedProducts(t.dialect)+" SELECT product, CASE WHEN ", t.dialect.list(scope), connection.ID)
	if plan.Everything {
		q.add("TRUE")
	} else {
		since := plan.Cursor.Definitions
		q.add(`EXISTS (SELECT 1 FROM products WHERE merchant = ? AND sku = product AND version > ?)
			OR EXISTS (SELECT 1 FROM bundles WHERE merchant = ? AND sku = product AND version > ?)`,
			connection.Merchant, since, connection.Merchant, since)
		q.add(` OR EXISTS (SELECT 1 FROM listings WHERE store = ? AND sku = product AND version > ?)
			OR EXISTS (SELECT 1 FROM listings WHERE store = ? AND channel_sku = product AND version > ?)`,
			connection.Store, since, connection.Store, since)
	}
	q.add(" THEN 1 ELSE 0 END FROM scoped WHERE product > ? ORDER BY product LIMIT ?", after, limit)
}

// affectedAll selects every reported SKU, every bundle, and the products that still have rows but are neither any more.
func affectedAll(q *query, plan Plan, after string, limit int) {
	connection := plan.Connection
	q.add(`SELECT product, 1 FROM (
		SELECT sku AS product FROM (SELECT DISTINCT sku FROM levels
			WHERE warehouse = ? AND sku > ? ORDER BY sku LIMIT ?) l`, connection.Warehouse, after, limit)
	q.add(` UNION SELECT sku FROM (SELECT sku FROM bundles
			WHERE merchant = ? AND NOT removed AND sku > ? ORDER BY sku LIMIT ?) b`, connection.Merchant, after, limit)
	q.add(` UNION SELECT product FROM (SELECT DISTINCT product FROM channel_levels
			WHERE connection = ? AND product > ? ORDER BY product LIMIT ?) c`, connection.ID, after, limit)
	q.add(") a ORDER BY product LIMIT ?", limit)
}

// manyChanges is true when there are more than fewChanges changes since the cursor.
func (t *tx) manyChanges(ctx context.Context, plan Plan) (bool, error) {
	connection, levels, definitions := plan.Connection, plan.Cursor.Levels, plan.Cursor.Definitions
	var changes int
	err := t.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM levels WHERE warehouse = ? AND version > ?
		UNION ALL SELECT 1 FROM products WHERE merchant = ? AND version > ?
		UNION ALL SELECT 1 FROM bundles WHERE merchant = ? AND version > ?
		UNION ALL SELECT 1 FROM listings WHERE store = ? AND version > ? LIMIT ?) c`,
		connection.Warehouse, levels, connection.Merchant, definitions, connection.Merchant, definitions, connection.Store, definitions,
		fewChanges+1).Scan(&changes)
	return changes > fewChanges, err
}

// affectedFew selects all changes by their versions and sorts them.
func affectedFew(q *query, plan Plan, after string, limit int) {
	connection, since := plan.Connection, plan.Cursor.Definitions
	q.add("WITH levelled (sku) AS MATERIALIZED (SELECT DISTINCT sku FROM levels WHERE warehouse = ? AND version > ?), ",
		connection.Warehouse, plan.Cursor.Levels)
	q.add(`affected (product, redefined) AS MATERIALIZED (SELECT sku, 0 FROM levelled
		UNION ALL SELECT b.bundle, 0 FROM levelled l CROSS JOIN bundle_components b WHERE b.merchant = ? AND b.component = l.sku`,
		connection.Merchant)
	q.add(" UNION ALL SELECT sku, 1 FROM products WHERE merchant = ? AND version > ?", connection.Merchant, since)
	q.add(" UNION ALL SELECT sku, 1 FROM bundles WHERE merchant = ? AND version > ?", connection.Merchant, since)
	q.add(" UNION ALL SELECT sku, 1 FROM listings WHERE store = ? AND version > ?", connection.Store, since)
	q.add(" UNION ALL SELECT channel_sku, 1 FROM listings WHERE store = ? AND version > ?)", connection.Store, since)
	q.add(" SELECT product, MAX(redefined) FROM affected WHERE product > ? GROUP BY product ORDER BY product LIMIT ?", after, limit)
}

// affectedWalk takes the next products from each table in the order of its key.
func (t *tx) affectedWalk(q *query, plan Plan, after string, limit int) {
	connection, since := plan.Connection, plan.Cursor.Definitions
	walk := t.dialect.walk
	q.add(`SELECT product, MAX(redefined) FROM (SELECT sku AS product, 0 AS redefined FROM (SELECT DISTINCT sku FROM levels
		WHERE warehouse = ? AND sku > ? AND `+walk("version")+` > ? ORDER BY sku LIMIT ?) l`,
		connection.Warehouse, after, plan.Cursor.Levels, limit)
	q.add(` UNION ALL SELECT sku, 0 FROM (SELECT sku FROM bundles WHERE merchant = ? AND sku > ? AND EXISTS (SELECT 1 FROM bundle_components c
		JOIN levels l ON l.warehouse = ? AND l.sku = c.component AND `+walk("l.version")+` > ? WHERE c.merchant = bundles.merchant AND c.bundle = bundles.sku)
		ORDER BY sku LIMIT ?) c`, connection.Merchant, after, connection.Warehouse, plan.Cursor.Levels, limit)
	for _, definitions := range []struct{ table, column, ownerColumn, owner string }{
		{"products", "sku", "merchant", connection.Merchant},
		{"bundles", "sku", "merchant", connection.Merchant},
		{"listings", "sku", "store", connection.Store},
		{"listings", "channel_sku", "store", connection.Store},
	} {
		column := definitions.column
		q.add(" UNION ALL SELECT "+column+", 1 FROM (SELECT DISTINCT "+column+" FROM "+definitions.table+
			" WHERE "+definitions.ownerColumn+" = ? AND "+column+" > ? AND "+walk("version")+" > ? ORDER BY "+column+" LIMIT ?) d",
			definitions.owner, after, since, limit)
	}
	q.add(") a GROUP BY product ORDER BY product LIMIT ?", limit)
}

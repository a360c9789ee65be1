package ledger

import (
	"context"
	"fmt"
)

// Plan compares the cursors with the newest versions; see Resolver.
func (d *database) Plan(ctx context.Context, connection string, mode Mode) (Plan, error) {
	var plan Plan
	err := d.read(ctx, func(t *tx) error {
		loaded, err := definition[Connection](ctx, t, "connection", connection)
		if err != nil {
			return err
		}
		plan = Plan{Connection: loaded}
		// Versions above those read here belong to the next plan, even if this run already sees the figures.
		var redefined int64
		err = t.row(ctx, `SELECT c.cursor_levels, c.cursor_definitions, w.level_version, s.definitions, (SELECT MAX(version) FROM (
				SELECT c.version AS version
				UNION ALL SELECT version FROM strategies WHERE merchant = c.merchant AND warehouse = c.warehouse
				UNION ALL SELECT version FROM sharing WHERE merchant = c.merchant AND warehouse = c.warehouse) v)
			FROM connections c JOIN warehouses w ON w.id = c.warehouse CROSS JOIN state s WHERE c.id = ?`, connection).
			Scan(&plan.Cursor.Levels, &plan.Cursor.Definitions, &plan.Next.Levels, &plan.Next.Definitions, &redefined)
		if err != nil {
			return err
		}
		plan.Redefined = redefined > plan.Cursor.Definitions
		plan.Everything = plan.Redefined || mode == Full
		if plan.Strategy, err = t.strategy(ctx, loaded.Merchant, loaded.Warehouse); err != nil {
			return err
		}
		plan.Sharing, err = t.texts(ctx, "SELECT id FROM connections WHERE merchant = ? AND warehouse = ? AND active ORDER BY id",
			loaded.Merchant, loaded.Warehouse)
		return err
	})
	if err != nil {
		return Plan{}, err
	}
	return plan, nil
}

// AdvanceCursor moves the connection's cursor to plan.Next.
func (d *database) AdvanceCursor(ctx context.Context, lease Lease, plan Plan) error {
	return d.write(ctx, func(t *tx) error {
		if err := t.checkPlan(ctx, lease, plan); err != nil {
			return err
		}
		// An apply may have given the connection another warehouse since the plan was made, and reset its cursor.
		moved, err := t.exec(ctx, "UPDATE connections SET cursor_levels = ?, cursor_definitions = ? WHERE id = ? AND warehouse = ?",
			plan.Next.Levels, plan.Next.Definitions, plan.Connection.ID, plan.Connection.Warehouse)
		if err == nil && moved == 0 {
			err = fmt.Errorf("%w: connection %s no longer reads warehouse %s", ErrFenced, plan.Connection.ID, plan.Connection.Warehouse)
		}
		if err != nil || plan.Follows {
			return err
		}
		_, err = t.exec(ctx, "UPDATE runs SET resolved = ? WHERE id = ?", plan.Next.Levels, lease.Run)
		return err
	})
}

// checkPlan checks the lease, and that the connection still reads the plan's warehouse: the level versions of one warehouse mean
// nothing for another.
func (t *tx) checkPlan(ctx context.Context, lease Lease, plan Plan) error {
	leased, err := t.checkLease(ctx, lease)
	if err != nil {
		return err
	}
	if leased.connection != plan.Connection.ID {
		return fmt.Errorf("ledger: run %d is of connection %s, and the plan of %s", lease.Run, leased.connection, plan.Connection.ID)
	}
	if leased.warehouse != plan.Connection.Warehouse {
		return fmt.Errorf("%w: connection %s no longer reads warehouse %s", ErrFenced, leased.connection, plan.Connection.Warehouse)
	}
	return nil
}

package activities

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/push"
)

// A push follows changes: it sends the figures that the levels have now. Before a call begins, it checks whether a level or a definition has
// changed since the rows were resolved. If a few products changed, it resolves them at once, and their rows go out next. If there are more, or
// the guard against mass zeroing would hold the change, the push stops so that the workflow resolves in a step of its own.

// following describes the changes since a push was resolved.
type following struct {
	everything bool   // the strategy, the sharing or the connection changed
	more       bool   // more products changed than are resolved at once
	zeroing    int64  // live rows that would newly go to 0
	held       string // why the guard would hold them; empty when it would not
}

// decideFollow returns the reason why a push must stop so that the workflow resolves again; empty when it goes on with the changes.
func decideFollow(f following) string {
	switch {
	case f.everything:
		return "what decides all figures has changed"
	case f.more:
		return fmt.Sprintf("more than %d products have changed", productsPerPage)
	case f.zeroing > 0 && f.held != "":
		return f.held
	}
	return ""
}

// follow resolves the changes since it last did so. It returns true when rows of the next call may have changed, or when the slice must end.
func (s *slice) follow(ctx context.Context) (bool, error) {
	newest, err := s.Ledger.Newest(ctx, s.input.Connection)
	if err != nil || newest == s.followed {
		return false, err
	}
	plan, err := s.followPlan(ctx)
	if err != nil {
		return false, err
	}
	following, page, err := s.moved(ctx, plan)
	if err != nil {
		return false, err
	}
	var moves ledger.Moves
	if len(page) > 0 {
		if moves, err = s.Ledger.Moves(ctx, plan, page); err != nil {
			return false, err
		}
		if following.zeroing = moves.Zeroing; following.zeroing > 0 {
			if following.held, err = s.guard(ctx, plan, moves); err != nil {
				return false, err
			}
		}
	}
	if s.again = decideFollow(following); s.again != "" {
		return true, nil
	}
	if err := s.rewrite(ctx, plan, page); err != nil {
		return false, err
	}
	s.followed = plan.Next
	if len(moves.Places) > 0 {
		s.machine.Moved(moves.Places)
	}
	return len(moves.Places) > 0, nil
}

// followPlan returns the plan for the changes. A run with a scope does not move the cursor, so it leaves changes of definitions to the next
// unscoped run.
func (s *slice) followPlan(ctx context.Context) (ledger.Plan, error) {
	plan, err := s.Ledger.Plan(ctx, s.input.Connection, ledger.Smart)
	plan.Follows = true
	if len(s.input.Scope) > 0 {
		plan.Everything, plan.Redefined, plan.Cursor.Definitions = false, false, plan.Next.Definitions
	}
	return plan, err
}

// moved resolves the products that have changed, unless there are too many to resolve at once.
func (s *slice) moved(ctx context.Context, plan ledger.Plan) (following, []ledger.Resolution, error) {
	if plan.Everything {
		return following{everything: true}, nil, nil
	}
	if plan.Cursor == plan.Next {
		return following{}, nil, nil
	}
	affected, err := s.Ledger.Affected(ctx, plan, s.input.Scope, "", productsPerPage+1)
	if err != nil || len(affected) == 0 || len(affected) > productsPerPage {
		return following{more: len(affected) > productsPerPage}, nil, err
	}
	page, err := resolvePage(ctx, s.Ledger, plan, affected, nil)
	return following{}, page, err
}

// guard returns the reason why the guard against mass zeroing would hold a push of the changes; empty when it would not.
func (s *slice) guard(ctx context.Context, plan ledger.Plan, moves ledger.Moves) (string, error) {
	warehouse, err := s.Ledger.Warehouse(ctx, plan.Connection.Warehouse)
	if err != nil {
		return "", err
	}
	due, err := s.Ledger.Due(ctx, s.input.Connection, nil)
	if err != nil {
		return "", err
	}
	before, err := s.Ledger.Zeroed(ctx, s.input.Connection, s.Now().Add(-zeroingWindow))
	if err != nil {
		return "", err
	}
	going, maximum := due.Zeroing+due.Open+moves.Zeroing, warehouse.Guard.MaximumZeroed
	verdict := decideZeroing(zeroing{
		base: due.Live + before.All, going: going, before: before.Rows, maximum: maximum, single: moves.ZeroingProducts == 1,
	})
	if verdict != zeroingHeld {
		return "", nil
	}
	return zeroingReason(due.Live, going, before, maximum), nil
}

// rewrite writes the changed channel levels. In an unscoped run it also moves the cursor.
func (s *slice) rewrite(ctx context.Context, plan ledger.Plan, page []ledger.Resolution) error {
	if len(page) > 0 {
		if _, err := s.Ledger.Resolve(ctx, s.input.Lease, plan, page, s.Now()); err != nil {
			return err
		}
	}
	if len(s.input.Scope) > 0 || plan.Cursor == plan.Next {
		return nil
	}
	return s.Ledger.AdvanceCursor(ctx, s.input.Lease, plan)
}

// follows is true for steps whose figures may have changed since they were resolved. A call that is sent again is not one of them, because its
// bytes stay the same.
func follows(step push.Step) bool { return step.Kind == push.Send || step.Kind == push.Find }

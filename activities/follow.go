package activities

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/push"
)

// A figure goes out as its level says now. Before a call is begun the push looks whether a level or a definition has moved since its rows were
// resolved. A few products are resolved again at once, and their rows go out next. What is more than that, and what the guard against mass
// zeroing would hold, is left to a step of its own.

// following is what has moved since a push was resolved.
type following struct {
	everything bool   // the strategy, the sharing or the connection changed
	more       bool   // there are more products than are resolved at once
	zeroing    int64  // live rows that would newly go to 0
	held       string // why the guard would hold them; empty when it would not
}

// decideFollow says why a push stops and is resolved by a step of its own; empty when it goes on with what has moved.
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

// follow resolves again what has moved since it was resolved last. It is true when rows that a call would have held may be others now, or
// when the slice must end.
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

// followPlan is what there is to resolve. A run of a few SKUs leaves the cursor alone, so what has changed of their definitions since is for
// the next run of everything to push once more.
func (s *slice) followPlan(ctx context.Context) (ledger.Plan, error) {
	plan, err := s.Ledger.Plan(ctx, s.input.Connection, ledger.Smart)
	plan.Follows = true
	if len(s.input.Scope) > 0 {
		plan.Everything, plan.Redefined, plan.Cursor.Definitions = false, false, plan.Next.Definitions
	}
	return plan, err
}

// moved resolves the products that have moved, as far as they are resolved at once.
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

// guard says why the guard against mass zeroing would hold a push for what has moved; empty when it would not.
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

// rewrite writes what has moved, and moves the cursor of a run of everything.
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

// follows is true for steps whose calls are of figures, or on the way to them, that may have moved. What is sent again has the same bytes.
func follows(step push.Step) bool { return step.Kind == push.Send || step.Kind == push.Find }

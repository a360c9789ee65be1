package serve

import (
	"context"
	"errors"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/workflows"
)

// An event that is refused at the door is not only its sender's matter: the level that it names is stale until it is read. So what can be
// read of it goes to the intake, with the reason, while the sender is told that nothing was taken.

// refusedError is why events are refused, with what can be read of them.
type refusedError struct {
	err     error // for the sender
	updates []workflows.InventoryUpdate
}

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

// refusal is the error of one event that is refused.
func refusal(update workflows.InventoryUpdate, row inventory.Row, err error) error {
	if !inventory.Legible(row.SKU) {
		return err // it is not known which level it is of
	}
	refused := workflows.InventoryUpdate{Event: update.Event, SKU: row.SKU, Facility: row.Facility, Sequence: update.Sequence, Problem: err.Error()}
	if !inventory.Legible(row.Facility) {
		refused.Facility = ""
	}
	if inventory.CheckSKU("event id", update.Event) != nil {
		refused.Event = ""
	}
	if !row.ReportedAt.IsZero() {
		refused.ReportedAt = &row.ReportedAt
	}
	return &refusedError{err: err, updates: []workflows.InventoryUpdate{refused}}
}

// refusedIn are the events that an error is of.
func refusedIn(err error) []workflows.InventoryUpdate {
	var refused *refusedError
	if errors.As(err, &refused) {
		return refused.updates
	}
	return nil
}

// tellRefused hands what was refused to the intake. The sender has its answer all the same, and sends it again, so a failure is only logged.
func (s *Server) tellRefused(ctx context.Context, one *hook, why error) {
	refused := refusedIn(why)
	if len(refused) == 0 {
		return
	}
	if err := s.gathererOf(one.warehouse.ID).hand(ctx, refused); err != nil {
		s.options.Log.Warn("refused events could not be handed over, so the levels that they name are not marked",
			"warehouse", one.warehouse.ID, "events", len(refused), "error", err)
	}
}

// readOn calls take for every member of an object, and returns its first error: what else the object says tells which level it is of.
func readOn(object jsonvalue.Value, take func(name string, member jsonvalue.Value) error) (twice string, first error) {
	twice, _ = object.Members(func(name string, member jsonvalue.Value) error {
		if err := take(name, member); err != nil && first == nil {
			first = err
		}
		return nil
	})
	return twice, first
}

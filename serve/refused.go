package serve

import (
	"context"
	"errors"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/workflows"
)

// A refused event also matters to Tidemark: the level that it names is stale until an event of it can be read. So the intake gets the fields
// that could be read, with the reason, while the sender gets an error that says that nothing was accepted.

// refusedError is the reason why events are refused, with the fields that could be read.
type refusedError struct {
	err     error // for the sender
	updates []workflows.InventoryUpdate
}

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

// refusedEvent returns the error for one refused event.
func refusedEvent(update workflows.InventoryUpdate, row inventory.Row, err error) error {
	if !inventory.Legible(row.SKU) {
		return err // without a SKU no level can be marked
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

// refusedUpdates returns the refused events of an error.
func refusedUpdates(err error) []workflows.InventoryUpdate {
	var refused *refusedError
	if errors.As(err, &refused) {
		return refused.updates
	}
	return nil
}

// markRefused hands refused events to the intake, which marks their levels as stale. The sender gets its error in any case and sends them
// again, so a failure here is only logged.
func (s *Server) markRefused(ctx context.Context, sender *hook, why error) {
	refused := refusedUpdates(why)
	if len(refused) == 0 {
		return
	}
	if err := s.gathererOf(sender.warehouse.ID).submit(ctx, refused); err != nil {
		s.options.Log.Warn("refused events could not be handed over, so the levels that they name are not marked",
			"warehouse", sender.warehouse.ID, "events", len(refused), "error", err)
	}
}

// eachMember calls take for every member of an object, even after an error, and returns the first error. The members after a bad one may
// name the SKU, and the level can only be marked with it.
func eachMember(object jsonvalue.Value, take func(name string, member jsonvalue.Value) error) (twice string, first error) {
	twice, _ = object.Members(func(name string, member jsonvalue.Value) error {
		if err := take(name, member); err != nil && first == nil {
			first = err
		}
		return nil
	})
	return twice, first
}

package inventory

// A row is a place: what a store shows of a channel SKU in one location. It is pushed when its own figure could have changed, and no
// more often, for the store sells meanwhile: to push a figure that did not move undoes the sales that the warehouse has not heard of.

// Cause is why a product is resolved, beside that a level of it may have moved.
type Cause struct {
	// Redefined: a definition that decides its figures changed, or everything is pushed.
	Redefined bool
	// Named: a person or a service named the product, or a component of it.
	Named bool
}

// Standing is what is kept of a place since it was resolved last.
type Standing struct {
	Product  string // whose figure it shows
	Quantity int64
	Blocked  string // why our own rules forbade to push it
	Observed int64  // the version of the warehouse's levels up to which it was resolved
	Parked   bool   // the store has refused it
}

// Move is what becomes of a place.
type Move int

// The moves.
const (
	// Rest leaves the place as it stands: its figure could not have changed. Only its explanation is brought up to date.
	Rest Move = iota
	// Stay notes the new explanation of a place that the store has refused, and does not try it again: its figure is the same.
	Stay
	// Push makes the place due, or blocks it where the level says so.
	Push
)

// Move decides what becomes of a place that shows this level from now on; before is nil for a new one.
//
// The level that moved is pushed even when the computed figure is the same: a store may have sold in between. What the store has refused
// is tried again with another figure, after a change of a definition, and for whoever names it, and for nothing else.
func (l ChannelLevel) Move(before *Standing, cause Cause) Move {
	switch {
	case before == nil || before.Product != l.Why.Product:
		return Push
	case cause.Redefined || cause.Named:
		return Push
	case l.Quantity != before.Quantity || l.Blocked != before.Blocked:
		return Push
	case l.Newest <= before.Observed:
		return Rest
	case before.Parked && l.Blocked == "":
		return Stay
	}
	return Push
}

// Names is true when one of the names is the product's or a component's.
func (i Input) Names(named map[string]bool) bool {
	if named[i.Product] {
		return true
	}
	if i.Bundle == nil {
		return false
	}
	for _, component := range i.Bundle.Components {
		if named[component.SKU] {
			return true
		}
	}
	return false
}

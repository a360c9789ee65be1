package inventory

// A row is what a store shows of one channel SKU in one location. A row is pushed when its own figure could have changed, and not more
// often: the store keeps selling, and pushing an unchanged figure would undo the sales of which the warehouse has not heard yet.

// Cause says why a product is resolved, apart from a level that may have changed.
type Cause struct {
	// Redefined: a definition that decides its figures changed, or everything is pushed.
	Redefined bool
	// Named: a request named the product or one of its components.
	Named bool
}

// Standing is what is recorded of a row since it was resolved last.
type Standing struct {
	Product  string // the product whose figure the row shows
	Quantity int64
	Blocked  string // why one of our own rules forbids to push it
	Observed int64  // the warehouse's level version up to which it was resolved
	Parked   bool   // the store has refused it
}

// Move is what a new resolution does to a row.
type Move int

// The moves.
const (
	// Rest keeps the row, because its figure could not have changed. Only its explanation is updated.
	Rest Move = iota
	// Stay updates the explanation of a row that the store has refused, and does not push it again, because its figure is the same.
	Stay
	// Push makes the row due, or blocks it when the level is blocked.
	Push
)

// Move decides what becomes of the row that shows this level from now on; before is nil for a new row.
//
// A row whose level changed is pushed even when the computed figure is the same, because the store may have sold in between. A row that the
// store has refused is pushed again only with another figure, after a change of a definition, or when a request names its product.
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

// Names is true when the set contains the product or one of its components.
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

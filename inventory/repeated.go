package inventory

import "fmt"

// RepeatedPolicy says what several rows of one SKU in one facility mean in a snapshot.
type RepeatedPolicy string

// The policies for repeated rows. Empty is RepeatedRefuse.
const (
	RepeatedRefuse RepeatedPolicy = "refuse" // it is unknown which one counts, so all are refused (the default)
	RepeatedSum    RepeatedPolicy = "sum"    // they are parts of one level, like bins or lots, and their figures add up
)

// Complete says why a snapshot cannot be recorded by this policy; nil when it can. Only a full snapshot can be summed: a delta may name
// only some of an SKU's bins, and their sum would pass for the whole stock.
func (p RepeatedPolicy) Complete(full bool) error {
	if p != RepeatedSum || full {
		return nil
	}
	return fmt.Errorf("the warehouse is set to repeated: sum, and this snapshot is a delta, which may name only some of a SKU's rows; nothing was recorded; " +
		"read full snapshots, or set repeated: refuse where each row is a whole level")
}

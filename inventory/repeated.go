package inventory

import "fmt"

// RepeatedPolicy says what a snapshot means by several rows of one SKU in one facility.
type RepeatedPolicy string

// The policies for repeated rows. Empty is RepeatedRefuse.
const (
	RepeatedRefuse RepeatedPolicy = "refuse" // nobody knows which counts: none of them is taken (the default)
	RepeatedSum    RepeatedPolicy = "sum"    // they are parts of one level, like its bins or lots: their figures add up
)

// Complete says why a snapshot that was read cannot be recorded by this policy; nil when it can. What adds up must be whole: a delta
// that names one bin of a SKU would pass for all that there is of it.
func (p RepeatedPolicy) Complete(full bool) error {
	if p != RepeatedSum || full {
		return nil
	}
	return fmt.Errorf("the warehouse is set to repeated: sum, and this snapshot is a delta, which may name only some of a SKU's rows; nothing was recorded; " +
		"read full snapshots, or set repeated: refuse where each row is a whole level")
}

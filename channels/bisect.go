package channels

// Halves splits the items of a call that a store refused without naming an offender. Both halves have items when there are
// at least two; the first is the larger by at most one.
//
// Whoever pushes tries the first half next and keeps the second for after it, so that at most one part for each level of
// halving is waiting. A single item that is refused is an offender. With k offenders among n items, everything else goes
// through after at most
//
//	2 × Σ min(2^d, k)   for d from 0 to ⌈log2 n⌉ − 1
//
// calls on top of the first: 16 for one offender in 250, 30 for two, 42 for three.
func Halves[T any](items []T) (first, second []T) {
	middle := (len(items) + 1) / 2
	return items[:middle:middle], items[middle:]
}

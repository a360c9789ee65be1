//go:build !race

package sim

// few is how many histories are played with every change.
const few = 60

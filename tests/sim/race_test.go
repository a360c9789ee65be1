//go:build race

package sim

// few is how many histories are played with every change; the race detector makes each take ten times as long.
const few = 12

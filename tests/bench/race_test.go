//go:build race

package bench

// raced is true with the race detector, which makes the engine many times slower than the rest.
const raced = true

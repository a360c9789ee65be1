package draw_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/sandbox/internal/draw"
)

func TestDrawsAreReproducible(t *testing.T) {
	t.Parallel()
	source, again := draw.New(7, "stores/acme-shop"), draw.New(7, "stores/acme-shop")
	for n := range uint64(100) {
		require.Equal(t, source.Number(n, "fault"), again.Number(n, "fault"))
	}
	require.Equal(t, uint64(0xc909223c7dc32b4c), source.Number(1, "fault"), "scenarios of earlier versions draw the same")
}

func TestDrawsDiffer(t *testing.T) {
	t.Parallel()
	seen := map[uint64]bool{}
	for _, seed := range []uint64{0, 7, 8} {
		for _, target := range []string{"stores/a", "stores/b", "warehouses/a"} {
			for _, purpose := range []string{"fault", "order"} {
				for n := range uint64(50) {
					number := draw.New(seed, target).Number(n, purpose)
					require.False(t, seen[number])
					seen[number] = true
				}
			}
		}
	}
}

func TestUnitIsSpreadEvenly(t *testing.T) {
	t.Parallel()
	source := draw.New(1, "stores/a")
	const draws = 100_000
	var tenths [10]int
	for n := range uint64(draws) {
		unit := source.Unit(n, "fault")
		require.GreaterOrEqual(t, unit, 0.0)
		require.Less(t, unit, 1.0)
		tenths[int(unit*10)]++
	}
	for _, count := range tenths {
		require.InDelta(t, draws/10, count, draws/100)
	}
}

func TestBelow(t *testing.T) {
	t.Parallel()
	source := draw.New(1, "stores/a")
	seen := map[int]int{}
	for n := range uint64(1000) {
		seen[source.Below(n, "order", 3)]++
	}
	require.Len(t, seen, 3)
	require.Zero(t, source.Below(1, "order", 1))
}

package channels_test

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/channels"
)

// push bisects like a push does: it returns what went through, what is the offender, and how many calls it took.
func push(items []int, poison map[int]bool) (through, offenders []int, calls, waiting int) {
	for parts := [][]int{items}; len(parts) > 0; {
		waiting = max(waiting, len(parts)-1)
		part := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		calls++
		switch refused := slices.ContainsFunc(part, func(item int) bool { return poison[item] }); {
		case !refused:
			through = append(through, part...)
		case len(part) == 1:
			offenders = append(offenders, part...)
		default:
			first, second := channels.Halves(part)
			parts = append(parts, second, first)
		}
	}
	return through, offenders, calls, waiting
}

// bound is the formula that Halves documents, for the calls on top of the first.
func bound(items, offenders int) int {
	extra := 0
	for depth := range bits.Len(uint(items - 1)) {
		extra += 2 * min(1<<depth, offenders)
	}
	return extra
}

func numbers(n int) []int {
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	return items
}

func TestHalves(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]int{0: {0, 0}, 1: {1, 0}, 2: {1, 1}, 3: {2, 1}, 250: {125, 125}, 251: {126, 125}} {
		first, second := channels.Halves(numbers(n))
		require.Equal(t, want, [2]int{len(first), len(second)})
		require.Equal(t, numbers(n), append(slices.Clone(first), second...), "nothing is lost or moved")
		require.Equal(t, len(first), cap(first), "appending to the first half must not write into the second")
	}
}

func TestOneOffenderInABatchOf250CostsAtMost16Calls(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{16, 30, 42}, []int{bound(250, 1), bound(250, 2), bound(250, 3)}, "as documented")
	for offender := range 250 {
		through, offenders, calls, waiting := push(numbers(250), map[int]bool{offender: true})
		require.Len(t, through, 249)
		require.Equal(t, []int{offender}, offenders)
		require.LessOrEqual(t, calls-1, 16)
		require.LessOrEqual(t, waiting, 8)
	}
}

func TestBisectionLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := numbers(rapid.IntRange(1, 1000).Draw(t, "items"))
		poison := map[int]bool{}
		for _, offender := range rapid.SliceOfN(rapid.IntRange(0, len(items)-1), 0, 3).Draw(t, "offenders") {
			poison[offender] = true
		}
		through, offenders, calls, _ := push(items, poison)
		require.Len(t, offenders, len(poison))
		require.LessOrEqual(t, calls-1, bound(len(items), len(poison)))
		all := slices.Concat(through, offenders)
		slices.Sort(all)
		require.Equal(t, items, all)
		for _, item := range through {
			require.False(t, poison[item])
		}
	})
}

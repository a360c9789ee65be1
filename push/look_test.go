package push

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// looking is a machine whose rows are not known to the ledger.
func looking(t *testing.T, limits channels.Limits, rows ...ledger.DueItem) *Machine {
	t.Helper()
	m := machine(limits, rows...)
	m.Known(step(t, m, ReadReferences), nil, noon)
	return m
}

// looks begins a look-up.
func looks(t *testing.T, m *Machine) (number int, keys []string) {
	t.Helper()
	next := step(t, m, Find)
	return m.Began(next, next.Call), skus(next.Call.Items)
}

// What is remembered is not looked up again until it ages; the rest is looked up, as many at once as the store takes, and then sent.
func TestRowsAreLookedUp(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 9, Find: 2}, due("A", "B", "C", "D", "E")...)
	next := step(t, m, ReadReferences)
	require.Equal(t, []string{"A", "B", "C", "D", "E"}, next.SKUs)
	m.Known(next, map[string]ledger.Reference{"B": {ID: "b", FoundAt: noon}, "C": {ID: "old", FoundAt: noon.Add(-2 * referenceLife)}}, noon)

	number, keys := looks(t, m)
	require.Equal(t, []string{"A", "C"}, keys)
	require.Equal(t, Effects{
		Remember: map[string]string{"C": "c"},
		Park:     []Parked{{due("A")[0], ledger.ItemResponse{Status: ledger.StatusRejected, Reason: "no such item"}}},
	}, m.Found(number, []channels.Found{{Missing: "no such item"}, {Reference: "c"}}, nil, noon))
	number, keys = looks(t, m)
	require.Equal(t, []string{"D", "E"}, keys)
	effects := m.Found(number, []channels.Found{{Blocked: "sold elsewhere"}, {Reference: "e"}}, nil, noon)
	require.Equal(t, ledger.ItemResponse{Status: ledger.StatusBlocked, Reason: "sold elsewhere"}, effects.Park[0].Response)

	items := step(t, m, Send).Call.Items
	require.Equal(t, []string{"B", "C", "E"}, skus(items), "what is parked is not sent")
	for i, reference := range []string{"b", "c", "e"} {
		require.Equal(t, reference, items[i].Reference)
	}
}

// One look-up is enough for a SKU in many places.
func TestPlacesOfASKUAreFoundTogether(t *testing.T) {
	t.Parallel()
	m := looking(t, channels.Limits{Batch: 9, Find: 1}, ledger.DueItem{ChannelSKU: "A", Location: "east"}, ledger.DueItem{ChannelSKU: "A", Location: "west"})
	number, _ := looks(t, m)
	m.Found(number, []channels.Found{{Reference: "a"}}, nil, noon)
	for _, row := range step(t, m, Send).Call.Items {
		require.Equal(t, "a", row.Reference)
	}
}

// A window of which nothing can be sent is over.
func TestNothingIsFound(t *testing.T) {
	t.Parallel()
	m := looking(t, channels.Limits{Batch: 9, Find: 9}, due("A")...)
	number, _ := looks(t, m)
	m.Found(number, []channels.Found{{Missing: "gone"}}, nil, noon)
	require.Equal(t, []Kind{ReadDue}, steps(t, m, noon))
}

// What happens after a look-up that failed. No row is changed by it.
func TestLookUpsThatFail(t *testing.T) {
	t.Parallel()
	fails := func(next channels.Next) error { return &channels.Error{Next: next, Reason: "no"} }
	for name, test := range map[string]struct {
		failed error
		pause  time.Duration
		fails  bool
		next   []string
	}{
		"without an answer: the slice ends, and asks again soon": {fails(channels.Resend), findPause, false, []string{"A", "B", "C"}},
		"a failure that the driver does not know":                {errors.New("no"), findPause, false, []string{"A", "B", "C"}},
		"throttled: it is the pacer that waits":                  {fails(channels.Wait), 0, false, []string{"A", "B", "C"}},
		"too large: it is halved":                                {fails(channels.Smaller), 0, false, []string{"A", "B"}},
		"a person is needed":                                     {fails(channels.AskPerson), 0, true, []string{"A", "B", "C"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := looking(t, channels.Limits{Batch: 9, Find: 3}, due("A", "B", "C", "D")...)
			number, _ := looks(t, m)
			effects := m.Found(number, nil, test.failed, noon)
			if effects.Check {
				effects = m.Checked(number, revoked, noon)
			}
			require.Equal(t, test.fails, effects.Fail != nil)
			if test.fails {
				require.ErrorContains(t, effects.Fail, "store north: no")
			}
			require.Equal(t, test.pause > 0, effects.Pause != nil)
			if test.pause > 0 {
				require.Equal(t, Pause{Until: noon.Add(test.pause), Why: "no"}, *effects.Pause)
			}
			require.Empty(t, effects.Park)
			require.Empty(t, effects.Remember)
			_, keys := looks(t, m)
			require.Equal(t, test.next, keys)
		})
	}
}

// A look-up that was too large grows again, and a single item that is too large is a failure like any other.
func TestLookUpsAreHalvedAndGrow(t *testing.T) {
	t.Parallel()
	m := looking(t, channels.Limits{Batch: 9, Find: 4}, due("A", "B", "C", "D", "E", "F", "G")...)
	tooLarge := &channels.Error{Next: channels.Smaller, Reason: "no"}
	for _, size := range []int{4, 2} {
		number, keys := looks(t, m)
		require.Len(t, keys, size)
		require.Equal(t, Effects{}, m.Found(number, nil, tooLarge, noon))
	}
	number, keys := looks(t, m)
	require.Equal(t, []string{"A"}, keys)
	require.NotNil(t, m.Found(number, nil, tooLarge, noon).Pause)
	number, _ = looks(t, m)
	require.Equal(t, 2*findPause, m.Found(number, nil, tooLarge, noon).Pause.Until.Sub(noon), "longer each time")
	number, _ = looks(t, m)
	m.Found(number, []channels.Found{{Reference: "a"}}, nil, noon)
	number, keys = looks(t, m)
	require.Equal(t, []string{"B", "C"}, keys)
	require.Equal(t, findPause, m.Found(number, nil, errors.New("no"), noon).Pause.Until.Sub(noon))
}

package push

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// moved are places of SKUs without a location.
func moved(skus ...string) []ledger.MovedPlace {
	places := make([]ledger.MovedPlace, len(skus))
	for i, sku := range skus {
		places[i] = ledger.MovedPlace{Product: sku, ChannelSKU: sku}
	}
	return places
}

// at are rows as they are due after a move.
func at(version int64, skus ...string) []ledger.DueItem {
	rows := due(skus...)
	for i := range rows {
		rows[i].Observed = version
	}
	return rows
}

// What moved is read again before anything else is sent, and goes out with what waits; rows that were read before are not sent.
func TestMoved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		moved []string
		read  []ledger.DueItem // what the ledger has due of it
		want  [][]string
	}{
		"a row that waits":               {[]string{"B"}, at(200, "B"), [][]string{{"B", "A"}, {"C", "D"}}},
		"a row that waits, twice":        {[]string{"B", "B"}, at(200, "B"), [][]string{{"B", "A"}, {"C", "D"}}},
		"a row that was sent":            {[]string{"X"}, at(200, "X"), [][]string{{"X", "A"}, {"B", "C"}, {"D"}}},
		"several":                        {[]string{"B", "D", "X"}, at(200, "B", "D", "X"), [][]string{{"B", "D"}, {"X", "A"}, {"C"}}},
		"a row that is not due any more": {[]string{"C"}, nil, [][]string{{"A", "B"}, {"D"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machine(channels.Limits{Batch: 2, Window: 9}, due("A", "B", "C", "D")...)
			step(t, m, Send) // calls are composed
			m.Moved(moved(test.moved...))
			read := step(t, m, ReadDue)
			require.Subset(t, test.moved, read.Query.Scope)
			require.Empty(t, read.Query.AfterSKU)
			m.Due(test.read)
			for _, want := range test.want {
				require.Equal(t, want, skus(step(t, m, Send).Call.Items))
				m.Answered(sends(t, m, want[0]), channels.Reply{Items: make([]channels.ItemReply, len(want))}, nil, noon)
				m.Opened(nil)
			}
		})
	}
}

// A place that did not move with its product is read with it, and is sent once.
func TestPlacesThatDidNotMoveAreSentOnce(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 9}, ledger.DueItem{ChannelSKU: "A", Product: "A", Location: "e", Observed: 100},
		ledger.DueItem{ChannelSKU: "A", Product: "A", Location: "w", Observed: 100})
	m.Moved([]ledger.MovedPlace{{Product: "A", ChannelSKU: "A", Location: "w"}})
	m.Due([]ledger.DueItem{{ChannelSKU: "A", Product: "A", Location: "e", Observed: 100}, {ChannelSKU: "A", Product: "A", Location: "w", Observed: 200}})
	items := step(t, m, Send).Call.Items
	require.Len(t, items, 2)
	require.Equal(t, []int64{200, 100}, []int64{items[0].Observed, items[1].Observed})
}

// What moved while a call for it was under way is read when the call is answered; what comes back of the call is not sent as it was.
func TestMovedWhileItsCallIsUnderWay(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		reply channels.Reply
		err   error
	}{
		"it was applied":       {channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}, {Verdict: channels.Applied}}}, nil},
		"it was put off":       {channels.Reply{}, &channels.Error{Next: channels.Wait}},
		"it was refused whole": {channels.Reply{Refused: true, Items: make([]channels.ItemReply, 2)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machine(channels.Limits{Batch: 2}, due("A", "B", "C")...)
			number := sends(t, m, "k")
			m.Moved(moved("A"))
			m.Answered(number, answer.reply, answer.err, noon)
			require.Equal(t, []string{"A"}, step(t, m, ReadDue).Query.Scope)
			m.Due(at(200, "A"))
			first := step(t, m, Send).Call.Items
			require.Equal(t, "A", first[0].ChannelSKU)
			require.EqualValues(t, 200, first[0].Observed)
			for _, part := range m.parts {
				for _, row := range part {
					require.False(t, m.moves.outdated(row), "%v", row)
				}
			}
		})
	}
}

// A slice of a run of everything begins with what moved in the one before.
func TestASliceBeginsWithWhatMoved(t *testing.T) {
	t.Parallel()
	m := New(Setup{Connection: "north", Run: 7, Limits: channels.Limits{Batch: 2}, Newer: true, Compose: inOrder})
	m.Opened(nil)
	read := step(t, m, ReadDue)
	require.True(t, read.Query.Newer)
	m.Due(at(200, "X"))
	require.Equal(t, []string{"X"}, skus(step(t, m, Send).Call.Items))
	m.Answered(sends(t, m, "k"), channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}, nil, noon)
	read = step(t, m, ReadDue)
	require.False(t, read.Query.Newer)
	require.Empty(t, read.Query.Scope)
	m.Due(due("A"))
	require.Equal(t, []string{"A"}, skus(step(t, m, Send).Call.Items))
}

// More rows than are read together are read on, and a move meanwhile begins anew.
func TestManyRowsOfWhatMoved(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 2}, due("A")...)
	m.Moved(moved("P", "Q", "R"))
	m.Due(at(200, "P", "Q"))
	require.Equal(t, "Q", step(t, m, ReadDue).Query.AfterSKU)
	m.Moved(moved("P"))
	require.Empty(t, step(t, m, ReadDue).Query.AfterSKU)
	m.Due(append(at(300, "P"), at(200, "Q")...))
	m.Due(at(200, "R"))
	require.Equal(t, []Kind{Send}, steps(t, m, noon))
	var all []string
	for len(m.parts) > 0 {
		next := m.parts[len(m.parts)-1]
		m.parts = m.parts[:len(m.parts)-1]
		all = append(all, skus(next)...)
	}
	require.ElementsMatch(t, []string{"P", "Q", "R", "A"}, all)
}

// A driver composes as its store wants, by location for example; calls with what moved go out before the others all the same.
func TestCallsWithWhatMovedGoFirst(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		calls [][]int
		first int
		want  [][]int
	}{
		"nothing moved":                     {[][]int{{2, 3}, {0, 1}}, 0, [][]int{{2, 3}, {0, 1}}},
		"in the last call":                  {[][]int{{2, 3}, {4}, {0, 1}}, 1, [][]int{{0, 1}, {2, 3}, {4}}},
		"in two calls, which stay in order": {[][]int{{2, 1}, {3}, {4, 0}}, 2, [][]int{{2, 1}, {4, 0}, {3}}},
	} {
		require.Equal(t, test.want, foremost(test.calls, test.first), name)
	}
	m := New(Setup{Limits: channels.Limits{Batch: 1, Window: 9}, Compose: func(items []channels.Item, _ int) (calls [][]int, err error) {
		for i := range items {
			calls = append([][]int{{i}}, calls...)
		}
		return calls, nil
	}})
	m.Opened(nil)
	m.Due(due("A", "B"))
	m.Moved(moved("X"))
	m.Due(at(200, "X"))
	require.Equal(t, []string{"X"}, skus(step(t, m, Send).Call.Items))
}

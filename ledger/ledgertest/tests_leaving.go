package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// A connection that shows its figures at other places leaves units behind, and the apply reports them.
var leavingTests = tests{
	"an apply says what stays behind":                   leavesWords,
	"a dry run says the same and changes nothing":       leavesDry,
	"0 is pushed to what was left, where asked":         leavesZero,
	"0 is pushed to what was left by an earlier apply":  leavesZeroLater,
	"what is zeroed is approved, and nothing else":      leavesGuard,
	"an open call of what was left is waited for":       leavesOpen,
	"a store setting that moves the stock":              leavesSetting,
	"a store setting that moves the stock, and 0":       leavesSettingZero,
	"a location that is a number moves the stock too":   leavesNumber,
	"a link that comes back":                            leavesBack,
	"--zero-left without anything left is refused":      leavesNothing,
	"--zero-left for what cannot be pushed is refused":  leavesDisabled,
	"what an account that is another one showed is not": leavesAccount,
}

// unlinked removes the location w from the connection.
func unlinked(change ...func(*ledger.Definitions)) ledger.Definitions {
	return linked(append([]func(*ledger.Definitions){func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations = d.Connections[0].Inventory.Locations[:1]
	}}, change...)...)
}

// left returns what the changes of an apply report as left behind.
func left(changes []ledger.Change) []ledger.Left {
	var lefts []ledger.Left
	for _, change := range changes {
		if change.Left != nil {
			lefts = append(lefts, *change.Left)
		}
	}
	return lefts
}

func (w *world) zeroLeft(d ledger.Definitions) []ledger.Left {
	w.t.Helper()
	changes, err := w.Apply(w.ctx(), d, ledger.ApplyOptions{ZeroLeft: true})
	require.NoError(w.t, err)
	return left(changes)
}

func (w *world) leftBehind() []ledger.Left {
	w.t.Helper()
	lefts, err := w.LeftBehind(w.ctx(), hubShop)
	require.NoError(w.t, err)
	return lefts
}

// next is a run that resolves and pushes.
func (w *world) next() { w.t.Helper(); w.pass(hubShop, ledger.Smart) }

func leavesWords(t *testing.T, w *world) {
	shownIn(w)
	require.Empty(t, w.leftBehind())
	stays := []ledger.Left{{Connection: hubShop, Location: "w", Rows: 1, Units: 50}}
	require.Equal(t, stays, left(w.apply(unlinked())))
	require.Equal(t, stays, w.leftBehind())
	w.next()
	require.Equal(t, stays, w.leftBehind())
	require.Contains(t, w.reasons()["A@w"], "no link to location w any more; the store keeps its last number")
	require.Empty(t, left(w.apply(unlinked())), "it was said")
}

func (w *world) reasons() map[string]string {
	w.t.Helper()
	reasons := map[string]string{}
	for _, row := range w.channelLevels(hubShop) {
		reasons[row.ChannelSKU+"@"+row.Location] = row.Reason
	}
	return reasons
}

func leavesDry(t *testing.T, w *world) {
	shownIn(w)
	for _, zero := range []bool{false, true} {
		changes, err := w.Apply(w.ctx(), unlinked(), ledger.ApplyOptions{DryRun: true, ZeroLeft: zero})
		require.NoError(t, err)
		want := ledger.Left{Connection: hubShop, Location: "w", Rows: 1, Units: 50}
		if zero {
			want.Zeroing = 1
		}
		require.Equal(t, []ledger.Left{want}, left(changes))
		require.Equal(t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "exported 50, shows 50"}, w.rows(hubShop))
	}
}

func leavesZero(t *testing.T, w *world) {
	shownIn(w)
	require.Equal(t, []ledger.Left{{Connection: hubShop, Location: "w", Rows: 1, Units: 50, Zeroing: 1}}, w.zeroLeft(unlinked()))
	require.Equal(t, "the connection does not show this place any more; 0 is pushed there, as apply --zero-left asked", w.reasons()["A@w"])
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "w", w.due(lease)[1].Location, "a run that resolves leaves it due")
	w.push(lease)
	w.end(lease, ledger.Completed)
	require.Empty(t, w.leftBehind())
	require.Equal(t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "exported 0, shows 0"}, w.rows(hubShop))
	lease = w.changed(hubShop, at("west", "A", 7))
	require.Empty(t, w.due(lease), "nothing is pushed there any more")
}

func leavesZeroLater(t *testing.T, w *world) {
	shownIn(w)
	w.apply(unlinked())
	w.next()
	require.Len(t, w.zeroLeft(unlinked()), 1)
	w.next()
	require.Equal(t, "exported 0, shows 0", w.rows(hubShop)["A@w"])
}

func leavesGuard(t *testing.T, w *world) {
	shownIn(w)
	w.zeroLeft(unlinked())
	due, err := w.Due(w.ctx(), hubShop, nil)
	require.NoError(t, err)
	require.Zero(t, due.Zeroing, "a person asked for it")
	require.EqualValues(t, 1, due.Live)
	w.next()
	before, err := w.Zeroed(w.ctx(), hubShop, began)
	require.NoError(t, err)
	require.Zero(t, before.All)
}

func leavesOpen(t *testing.T, w *world) {
	shownIn(w)
	lease := w.changed(hubShop, at("west", "A", 49))
	key := w.intend(lease, w.due(lease)...)
	w.zeroLeft(unlinked())
	w.answered(lease, key, ledger.StatusExported)
	require.Equal(t, "pending 0, shows 49", w.rows(hubShop)["A@w"])
	w.end(lease, ledger.Completed)
	w.next()
	require.Equal(t, "exported 0, shows 0", w.rows(hubShop)["A@w"])
}

// located sets the store's own place.
func located(location string, change ...func(*ledger.Definitions)) ledger.Definitions {
	return alter(func(d *ledger.Definitions) {
		d.Stores[0].Settings = map[string]any{"endpoint": "https://shop.example.com", "location": location}
		d.Connections = d.Connections[:2]
		for _, changed := range change {
			changed(d)
		}
	})
}

// shownAt returns a world in which A and B are pushed to the store's place 1; B is sold out.
func shownAt(w *world) {
	w.t.Helper()
	w.apply(located("1"))
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 0))
}

func leavesSetting(t *testing.T, w *world) {
	shownAt(w)
	stays := []ledger.Left{{Connection: hubShop, Location: "1", Rows: 1, Units: 5}}
	require.Equal(t, stays, left(w.apply(located("2"))))
	require.Equal(t, stays, w.leftBehind())
	w.next()
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "exported 0, shows 0", "A@1": "blocked 5, shows 5"}, w.rows(hubShop))
	require.Contains(t, w.reasons()["A@1"], "figures go to the store's own location now, and not to location 1 any more; the store keeps its last number there")
	require.Equal(t, stays, w.leftBehind())
	require.Equal(t, []ledger.Left{{Connection: hubShop, Location: "2", Rows: 1, Units: 5}}, left(w.apply(located("1"))), "it goes back to where it was")
}

func leavesSettingZero(t *testing.T, w *world) {
	shownAt(w)
	require.Equal(t, []ledger.Left{{Connection: hubShop, Location: "1", Rows: 1, Units: 5, Zeroing: 1}}, w.zeroLeft(located("2")))
	w.next()
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "exported 0, shows 0", "A@1": "exported 0, shows 0"}, w.rows(hubShop))
	require.Empty(t, w.leftBehind())
}

// A number among a store's settings only tunes its driver, unless it is the setting for the place of the figures.
func leavesNumber(t *testing.T, w *world) {
	numbered := func(location int64) ledger.Definitions {
		return located("", func(d *ledger.Definitions) { d.Stores[0].Settings["location"] = location })
	}
	w.apply(numbered(1))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	require.Equal(t, []ledger.Left{{Connection: hubShop, Location: "1", Rows: 1, Units: 5}}, left(w.apply(numbered(2))))
	require.Equal(t, "pending 5, shows ?", w.rows(hubShop)["A"], "nothing of it is shown at the new place")
}

func leavesBack(t *testing.T, w *world) {
	shownIn(w)
	w.zeroLeft(unlinked())
	w.apply(linked())
	w.next()
	require.Equal(t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "exported 50, shows 50"}, w.rows(hubShop))
	w.apply(unlinked())
	w.next()
	require.Equal(t, "blocked 50, shows 50", w.rows(hubShop)["A@w"], "what was asked for once is not asked for ever")
}

func leavesNothing(t *testing.T, w *world) {
	shownIn(w)
	_, err := w.Apply(w.ctx(), linked(), ledger.ApplyOptions{ZeroLeft: true})
	require.ErrorContains(t, err, "--zero-left has nothing to do")
}

func leavesDisabled(t *testing.T, w *world) {
	shownIn(w)
	_, err := w.Apply(w.ctx(), unlinked(func(d *ledger.Definitions) { d.Connections[0].Enabled = false }), ledger.ApplyOptions{ZeroLeft: true})
	require.ErrorContains(t, err, "is not enabled, so nothing is pushed for it")
	require.Equal(t, "exported 50, shows 50", w.rows(hubShop)["A@w"], "nothing was changed")
}

func leavesAccount(t *testing.T, w *world) {
	shownAt(w)
	changes := w.apply(located("2", func(d *ledger.Definitions) { d.Stores[0].Settings["endpoint"] = "https://other.example.com" }))
	require.Empty(t, left(changes), "nothing can be pushed there any more")
}

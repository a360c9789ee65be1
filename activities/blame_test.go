package activities

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

func TestBlame(t *testing.T) {
	t.Parallel()
	three := map[string]bool{"A": true, "B": true, "C": true}
	for name, test := range map[string]struct {
		refusals     refusals
		items, tries int
		want         culprit
		again        bool
	}{
		"a call for several items is the store's trouble":        {refusals{works: true, reads: true}, 2, 0, theStore, false},
		"a call that was sent before":                            {refusals{works: true, reads: true}, 1, 0, theStore, true},
		"the store took another item":                            {refusals{works: true}, 1, 0, theItem, false},
		"it took another after it had refused many":              {refusals{works: true, refused: three}, 1, 0, theItem, false},
		"reading works: the others tell":                         {refusals{reads: true}, 1, 0, unclear, false},
		"reading works, and there is nobody else to learn from":  {refusals{reads: true}, 1, triesPerRun - 1, theItem, false},
		"reading does not work":                                  {refusals{}, 1, 0, theStore, false},
		"three items refused and none taken: it may read only":   {refusals{reads: true, refused: three}, 1, 0, theStore, false},
		"three items refused, two of them by slices before":      {refusals{reads: true, waiting: 3}, 1, triesPerRun - 1, theStore, false},
		"three items refused, the first for the third time":      {refusals{reads: true, refused: three}, 1, triesPerRun - 1, theStore, false},
		"two items refused, none taken, the first for the third": {refusals{reads: true, refused: map[string]bool{"A": true, "B": true}}, 1, triesPerRun - 1, theItem, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.refusals.blame(test.items, test.again, test.tries))
		})
	}
}

// singles is a store that takes one item a call, and refuses some with words for the whole.
type singles struct {
	refuses  map[string]bool
	readFail error
	taken    map[string]int64
	checks   int
}

func (s *singles) Limits() channels.Limits { return channels.Limits{Batch: 1, Rate: 100, Burst: 100} }

func (s *singles) Encode([]channels.Item, string) ([]byte, error) { return []byte("body"), nil }

func (s *singles) Send(_ context.Context, call channels.Call) (channels.Reply, error) {
	item := call.Items[0]
	if s.refuses[item.ChannelSKU] || s.refuses["every item"] {
		return channels.Reply{}, &channels.Error{Next: channels.AskPerson, Status: http.StatusForbidden, Reason: "store north: not permitted", Words: "It is archived"}
	}
	s.taken[item.ChannelSKU] = item.Quantity
	return channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}, nil
}

func (s *singles) Check(context.Context) (channels.Finding, error) {
	s.checks++
	return channels.Finding{}, s.readFail
}

// pushTo makes some SKUs due at a store and pushes them in one run.
func pushTo(t *testing.T, store *singles, skus ...string) (*world, error) {
	t.Helper()
	w := setup(t)
	store.taken = map[string]int64{}
	lease := w.take("north", ledger.Smart)
	snapshot, err := w.Stage(t.Context(), lease, ledger.SnapshotStart{Warehouse: "depot", Now: w.now})
	require.NoError(t, err)
	levels := make([]inventory.Level, len(skus))
	for i, sku := range skus {
		levels[i] = inventory.Level{SKU: sku, Facility: "east", Available: int64(10 + i)}
	}
	require.NoError(t, w.StageRows(t.Context(), snapshot, levels, nil))
	_, err = w.Record(t.Context(), lease, snapshot, ledger.SnapshotEnd{Full: true, Rows: len(levels), Now: w.now})
	require.NoError(t, err)
	resolve := &Resolve{Ledger: w.Ledger, Now: w.clock}
	_, err = do[ResolveResult](w, resolve.Resolve, ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Smart})
	require.NoError(t, err)
	push := &Push{
		Ledger: w.Ledger, Stores: NewStores(), Now: w.clock, Slice: time.Minute,
		After: func(span time.Duration) <-chan time.Time {
			w.now = w.now.Add(span)
			fired := make(chan time.Time, 1)
			fired <- w.now
			return fired
		},
		Drivers: map[string]channels.Driver{"sandbox": {Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) { return store, nil }}},
	}
	var suite testsuite.WorkflowTestSuite
	environment := suite.NewTestActivityEnvironment()
	environment.RegisterActivity(push.Push)
	for {
		value, err := environment.ExecuteActivity(push.Push, PushInput{Lease: lease, Connection: "north"})
		if err != nil {
			return w, err
		}
		var result PushResult
		require.NoError(t, value.Get(&result))
		if result.Done {
			return w, nil
		}
		w.now = result.Until
	}
}

// row is a row of the store north.
func (w *world) row(sku string) ledger.ChannelLevelRow {
	w.t.Helper()
	rows, err := w.ChannelLevels(w.t.Context(), "north", "", "", ledger.Page{Limit: 100})
	require.NoError(w.t, err)
	for _, row := range rows {
		if row.ChannelSKU == sku {
			return row
		}
	}
	w.t.Fatalf("there is no row of %s", sku)
	return ledger.ChannelLevelRow{}
}

// The item that is refused with words for the whole is parked with these words, wherever in the order it stands, and the others go out.
func TestRefusalOfOneItemStopsNobody(t *testing.T) {
	t.Parallel()
	for _, culprit := range []string{"A", "B", "C", "D"} {
		t.Run(culprit, func(t *testing.T) {
			t.Parallel()
			store := &singles{refuses: map[string]bool{culprit: true}}
			w, err := pushTo(t, store, "A", "B", "C", "D")
			require.NoError(t, err)
			require.Len(t, store.taken, 3)
			require.Equal(t, ledger.StatusRejected, w.row(culprit).Status)
			require.Contains(t, w.row(culprit).Reason, "It is archived (status 403)", "it is parked with the store's words")
		})
	}
}

func TestRefusalOfTheOnlyItem(t *testing.T) {
	t.Parallel()
	store := &singles{refuses: map[string]bool{"A": true}}
	w, err := pushTo(t, store, "A")
	require.NoError(t, err)
	require.Equal(t, ledger.StatusRejected, w.row("A").Status, "reading works with the credential")
	require.Equal(t, 1, store.checks, "once is enough")
}

func TestRefusalOfTheCredentialStopsTheStore(t *testing.T) {
	t.Parallel()
	store := &singles{refuses: map[string]bool{"A": true}, readFail: &channels.Error{Next: channels.AskPerson, Reason: "revoked"}}
	w, err := pushTo(t, store, "A", "B")
	require.Equal(t, ErrorCredentials, told(t, err).Type())
	require.Equal(t, ledger.StatusPending, w.row("A").Status, "it is due when the credential is renewed")
	require.Empty(t, store.taken)
}

// A credential that may read and not write refuses every item; none is to blame, and none is parked.
func TestRefusalOfEveryItemStopsTheStore(t *testing.T) {
	t.Parallel()
	store := &singles{refuses: map[string]bool{"every item": true}}
	w, err := pushTo(t, store, "A", "B", "C", "D")
	require.Equal(t, ErrorCredentials, told(t, err).Type())
	for _, sku := range []string{"A", "B", "C", "D"} {
		require.NotEqual(t, ledger.StatusRejected, w.row(sku).Status, sku)
	}
}

// A read that brings no answer says nothing of the credential: nobody is blamed, and the item is due.
func TestReadThatFaltersBlamesNobody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	s := &slice{Push: &Push{Ledger: w.Ledger, Now: w.clock}, channel: &singles{readFail: &channels.Error{Next: channels.Resend, Reason: "no answer"}}}
	require.Error(t, s.learnWhetherReadsWork(t.Context()))
	s.channel = &singles{readFail: errors.New("no answer")}
	require.NoError(t, s.learnWhetherReadsWork(t.Context()), "an error that is not the driver's own is the store's trouble")
	require.False(t, s.refusals.reads)
}

package activities

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// singles is a store that takes one item per call, and refuses some items by an answer to the whole call.
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
		return channels.Reply{}, &channels.Error{
			Next: channels.AskPerson, Status: http.StatusForbidden, Reason: "store north: not permitted",
			Words: "It is archived",
		}
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
	store.taken = map[string]int64{}
	p := newPushing(t, store, skus...)
	return p.world, p.run()
}

// row returns a row of the store north.
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

// An item that is refused by an answer to the whole call is parked with this answer, wherever it is in the order, and the others go out.
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
	require.Equal(t, ErrorCredentials, temporalError(t, err).Type())
	require.Equal(t, ledger.StatusPending, w.row("A").Status, "it is due when the credential is renewed")
	require.Empty(t, store.taken)
}

// A credential that may read but not write makes the store refuse every item. No item is to blame, and none is parked.
func TestRefusalOfEveryItemStopsTheStore(t *testing.T) {
	t.Parallel()
	store := &singles{refuses: map[string]bool{"every item": true}}
	w, err := pushTo(t, store, "A", "B", "C", "D")
	require.Equal(t, ErrorCredentials, temporalError(t, err).Type())
	for _, sku := range []string{"A", "B", "C", "D"} {
		require.NotEqual(t, ledger.StatusRejected, w.row(sku).Status, sku)
	}
}

// When the ledger fails while the push looks for the item that a refusal is about, the slice ends. The call stays open, and the next slice sends it
// again.
func TestRefusalThatTheLedgerCannotLookInto(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"answer", "tally"} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			p := newPushing(t, &singles{refuses: map[string]bool{"A": true}, taken: map[string]int64{}}, "A", "B")
			working := p.Ledger
			p.push.Ledger = &breaking{Ledger: working, place: place}
			require.Equal(t, ErrorFaltered, temporalError(t, p.run()).Type())
			require.Equal(t, ledger.StatusUnknown, p.row("A").Status, "nothing is said of it yet")
			p.push.Ledger = working
			require.NoError(t, p.run())
			require.Equal(t, ledger.StatusRejected, p.row("A").Status)
			require.Equal(t, ledger.StatusExported, p.row("B").Status)
		})
	}
}

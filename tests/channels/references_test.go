package channels

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/ledger"
)

// A SKU that moves to another variant while the first still exists is noticed when it is learned anew, and in the end by itself.
func TestMovedSKUIsFoundAgain(t *testing.T) {
	t.Parallel()
	const sku, month = "SKU-000001", 30 * 24 * time.Hour
	subject := subjects()["shopify"]
	for name, test := range map[string]struct {
		after time.Duration
		anew  func(p *pushing)
		found bool
	}{
		"while it is remembered, it is not": {after: month - time.Hour, anew: func(*pushing) {}},
		"after two months at the latest":    {after: 2 * month, anew: func(*pushing) {}, found: true},
		"learned anew": {after: time.Hour, found: true, anew: func(p *pushing) {
			done, err := p.ledger.RefreshIDs(p.t.Context(), connectionID, nil)
			require.NoError(p.t, err)
			require.Equal(p.t, ledger.RefreshedIDs{References: 3, Due: 3}, done)
		}},
		"learned anew by itself": {after: time.Hour, found: true, anew: func(p *pushing) {
			done, err := p.ledger.RefreshIDs(p.t.Context(), connectionID, []string{sku})
			require.NoError(p.t, err)
			require.Equal(p.t, ledger.RefreshedIDs{References: 1, Due: 1}, done)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newClock()
			fake, to := subject.open(t, at)
			store := fake.(*shopifytest.Store)
			p := newPushing(t, at, to, subject.location)
			store.Set(nil, items(subject.location, catalogue(3, 10))...)
			p.take()
			p.report(catalogue(3, 10))
			p.run()
			p.end()
			require.Equal(t, 1, store.Lookups())

			store.Move(sku, "RETIRED")
			at.after(test.after)
			test.anew(p)
			p.take()
			p.report(catalogue(3, 20))
			p.run()
			shown := func(sku string) int64 {
				return store.Shown(nil)[channeltest.Place{Location: subject.location, SKU: sku}]
			}
			require.EqualValues(t, 22, shown("SKU-000002"))
			if !test.found {
				require.Equal(t, 1, store.Lookups())
				require.EqualValues(t, 21, shown("RETIRED"))
				return
			}
			require.Equal(t, 2, store.Lookups())
			require.EqualValues(t, 11, shown("RETIRED"), "it is left as it was")
			require.EqualValues(t, 21, shown(sku))
		})
	}
}

package channels

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// 249 of 250 land in the same run when one is poison: with at most one extra call where the answer names it, and at most 16 where
// it does not.
func TestPoisonIsParkedAndTheRestLands(t *testing.T) {
	t.Parallel()
	const rows = 250
	for name, subject := range subjects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newClock()
			store, to := subject.open(t, at)
			p := newPushing(t, at, to, subject.location)
			levels := catalogue(rows-1, 10)
			store.Set(nil, items(subject.location, levels)...)
			store.Set(nil, channels.Item{Location: subject.location, ChannelSKU: "SKU-POISON"})
			offender := poison(store)
			levels[offender] = 7

			p.take()
			p.report(levels)
			p.run()
			require.Equal(t, map[ledger.Status]int64{ledger.StatusExported: rows - 1, ledger.StatusRejected: 1}, p.statuses())
			extra := 16
			if subject.named {
				extra = 1
			}
			require.LessOrEqual(t, store.Calls(nil), calls(rows, subject.batch)+extra)
			require.Zero(t, store.Throttled())
			require.Zero(t, store.Overruns())
			shown := store.Shown(nil)
			for place, quantity := range shown {
				if want, ok := levels[place.SKU]; ok && place.SKU != offender {
					require.Equal(t, want, quantity, "%v", place)
				}
			}
		})
	}
}

package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
)

var arrived = time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)

func TestPartsCoverEverySKUOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		skus string
		want []string
	}{
		"none":     {"", nil},
		"one":      {"A", []string{"A"}},
		"exact":    {"A B", []string{"A B"}},
		"one more": {"A B C", []string{"A B", "C"}},
		"several":  {"A B C D E", []string{"A B", "C D", "E"}},
	} {
		var got []string
		for _, part := range chunks(strings.Fields(test.skus), 2) {
			got = append(got, strings.Join(part, " "))
		}
		require.Equal(t, test.want, got, name)
	}
}

func TestBatchIsFull(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", inventory.MaxSKUBytes)
	for name, test := range map[string]struct {
		signals []InventoryUpdated
		full    bool
		updates int // of the next batch
		left    int
		refused int64
	}{
		"nothing":                {nil, false, 0, 0, 0},
		"a few":                  {[]InventoryUpdated{{Updates: updates(3)}, {Updates: updates(4)}}, false, 7, 0, 0},
		"one less than the most": {[]InventoryUpdated{{Updates: updates(MaximumUpdates - 1)}}, false, MaximumUpdates - 1, 0, 0},
		"the most":               {[]InventoryUpdated{{Updates: updates(MaximumUpdates)}}, true, MaximumUpdates, 0, 0},
		"more than the most":     {[]InventoryUpdated{{Updates: updates(2*MaximumUpdates + 1)}}, true, MaximumUpdates, MaximumUpdates + 1, 0},
		"a snapshot":             {[]InventoryUpdated{{Snapshot: &UploadedSnapshot{ID: 1}}}, true, 0, 0, 0},
		"many bytes": {
			[]InventoryUpdated{{Updates: slices.Repeat([]InventoryUpdate{{Event: long, SKU: long, Facility: long}}, 200)}},
			true, batchBytes / (3 * inventory.MaxSKUBytes), 200 - batchBytes/(3*inventory.MaxSKUBytes), 0,
		},
		"too long": {[]InventoryUpdated{{Updates: []InventoryUpdate{{Event: long + "x"}, {SKU: long + "x"}, {Facility: long + "x"}, {SKU: "A"}}}}, false, 1, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b batch
			for _, signal := range test.signals {
				b.add(signal, arrived)
			}
			require.Equal(t, test.full, b.full())
			require.Equal(t, len(test.signals) == 0, b.empty())
			next := b.next()
			require.Len(t, next.updates, test.updates)
			require.Equal(t, test.refused, next.refused)
			require.Len(t, b.updates, test.left)
			require.Zero(t, b.refused)
			require.Empty(t, b.snapshots)
		})
	}
}

func updates(n int) []InventoryUpdate {
	made := make([]InventoryUpdate, n)
	for i := range made {
		made[i] = InventoryUpdate{Event: fmt.Sprint("e", i), SKU: fmt.Sprint("SKU-", i)}
	}
	return made
}

// Every update says when it was read, by our clock, whatever its sender says of that. Its own time, or that it has none, and what the
// sender holds stay as they are.
func TestUpdatesSayWhenTheyWereReceived(t *testing.T) {
	t.Parallel()
	said := arrived.Add(-time.Hour)
	sent := []InventoryUpdate{{Event: "1", SKU: "A"}, {Event: "2", SKU: "B", ReportedAt: &said, ReceivedAt: &said}}
	var b batch
	b.add(InventoryUpdated{Updates: sent}, arrived)
	require.Nil(t, b.updates[0].ReportedAt, "arrival is not the source's time")
	require.Equal(t, said, *b.updates[1].ReportedAt)
	for _, update := range b.next().updates {
		require.Equal(t, arrived, *update.ReceivedAt)
	}
	require.Nil(t, sent[0].ReceivedAt)
	require.Equal(t, said, *sent[1].ReceivedAt)
}

// Every update that can be handled is recorded once and in order, in batches that a payload can hold, whatever comes.
func TestEveryUpdateIsInOneBatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b batch
		var sent, taken []string
		var refused, refusals int64
		take := func() {
			next := b.next()
			refusals += next.refused
			payload, err := json.Marshal(next.updates)
			require.NoError(t, err)
			require.Less(t, len(payload), 2<<20)
			require.LessOrEqual(t, len(next.updates), MaximumUpdates)
			for _, update := range next.updates {
				taken = append(taken, update.Event)
			}
		}
		for n := range rapid.IntRange(1, 12).Draw(t, "signals") {
			var signal InventoryUpdated
			filler := strings.Repeat(rapid.SampledFrom([]string{"x", "\x01", "é"}).Draw(t, "filler"), rapid.IntRange(0, 256).Draw(t, "length"))
			for i := range rapid.IntRange(0, 700).Draw(t, "updates") {
				event := fmt.Sprintf("%d/%d", n, i)
				sku := filler
				if i%97 == 96 {
					sku = strings.Repeat("y", inventory.MaxSKUBytes+1)
					refused++
				} else {
					sent = append(sent, event)
				}
				signal.Updates = append(signal.Updates, InventoryUpdate{Event: event, SKU: sku, Facility: filler})
			}
			b.add(signal, arrived)
			for b.full() || rapid.Bool().Draw(t, "early") {
				take()
			}
		}
		for !b.empty() {
			take()
		}
		require.Equal(t, sent, taken)
		require.Equal(t, refused, refusals)
		require.Zero(t, b.bytes)
	})
}

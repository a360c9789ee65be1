package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// known is a figure and when the ledger recorded it.
type known struct {
	SKU      string    `json:"sku"`
	Quantity int64     `json:"quantity"`
	Known    time.Time `json:"known"`
}

// recordedOf are the figures that the ledger has recorded of SKUs.
func (w *world) recordedOf(skus []string) []known {
	w.t.Helper()
	var facts []known
	for _, sku := range skus {
		entries, err := w.ledger.Activity(context.Background(), ledger.ActivityQuery{Merchant: "acme", SKU: sku, Limit: 1000})
		require.NoError(w.t, err)
		for _, entry := range entries {
			if entry.Kind == "reported" && entry.After != nil {
				facts = append(facts, known{sku, max(*entry.After, 0), entry.At})
			}
		}
	}
	return facts
}

// outdated has the sandbox judge what a store was told by what the ledger knew.
func (b *box) outdated(store string, facts []known, within string) (writes int, outdated []string) {
	b.t.Helper()
	content, err := json.Marshal(map[string]any{"facts": facts, "within": within})
	require.NoError(b.t, err)
	response, err := caller.Post(b.address+"/judge/stores/"+store+"/outdated", "application/json", bytes.NewReader(content))
	require.NoError(b.t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	require.Equal(b.t, http.StatusOK, response.StatusCode, "%s", body)
	var answer struct {
		Writes   int               `json:"writes"`
		Outdated []json.RawMessage `json:"outdated"`
	}
	require.NoError(b.t, json.Unmarshal(body, &answer))
	for _, one := range answer.Outdated {
		outdated = append(outdated, string(one))
	}
	return answer.Writes, outdated
}

// Events that come while a long Full Sync is under way reach the store with its next calls, and nothing goes out that the ledger knew to be
// stale. TIDEMARK_FRESH=30000 makes the catalogue as large as the one that docs/performance.md has figures of.
func TestEventsDuringAFullSync(t *testing.T) {
	skus, batch, rate, events, patient := 2_000, int64(20), int64(10), 12, 5*time.Second
	if more, err := strconv.Atoi(os.Getenv("TIDEMARK_FRESH")); err == nil && more > 0 {
		skus, batch, rate, events, patient = more, 250, 3, 100, 2*time.Second
	}
	one := shop{id: "shop", kind: "atomic", batch: batch, rate: rate}
	w := newWorld(t, scenario(skus, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.box.waitArrived("stores/shop", 2)

	chosen := rand.New(rand.NewPCG(11, 4)).Perm(skus)[:events]
	touched, sent := make([]string, events), map[string]time.Time{}
	for n, number := range chosen {
		touched[n] = fmt.Sprintf("SKU-%05d", number+1)
		figure := int64(100_000 + n)
		sent[touched[n]] = time.Now()
		w.send(workflows.InventoryUpdate{Event: fmt.Sprint("e", n), SKU: touched[n], Facility: "east", Available: &figure})
		w.box.waitArrived("stores/shop", w.box.facts("shop").Calls+1) // events come as the store works
	}
	require.Error(t, w.closed(context.Background(), "full-sync/shop"), "the Full Sync is too short to say anything")
	var waits []time.Duration
	waitFor(t, "the store is told of all events", func(context.Context) error {
		waits = nil
		for sku, write := range w.box.setAt("shop") {
			if write.Quantity >= 100_000 {
				waits = append(waits, write.SetAt.Sub(sent[sku]))
			}
		}
		if len(waits) < events {
			return fmt.Errorf("it was told of %d of %d", len(waits), events)
		}
		return nil
	})
	slices.Sort(waits)
	t.Logf("%d SKUs, %d events: p50 %s, p90 %s, p99 %s, max %s", skus, events,
		waits[len(waits)/2], waits[len(waits)*9/10], waits[(len(waits)*99-1)/100], waits[len(waits)-1])
	require.Less(t, waits[(len(waits)*99-1)/100], patient)

	writes, outdated := w.box.outdated("shop", w.recordedOf(touched), "300ms")
	require.NotZero(t, writes)
	require.Empty(t, outdated, "no figure goes out that the ledger knew to be stale")
}

// lastWrite is what a store shows, and since when.
type lastWrite struct {
	SKU      string    `json:"sku"`
	Quantity int64     `json:"quantity"`
	SetAt    time.Time `json:"set_at"`
}

// setAt is what a store shows and since when, by SKU.
func (b *box) setAt(store string) map[string]lastWrite {
	b.t.Helper()
	found := map[string]lastWrite{}
	b.get("/judge/stores/"+store+"/levels", func(body io.Reader) error {
		for decoder := json.NewDecoder(body); decoder.More(); {
			var one lastWrite
			if err := decoder.Decode(&one); err != nil {
				return err
			}
			found[one.SKU] = one
		}
		return nil
	})
	return found
}

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// sync asks the API for a Smart Sync and tells whether it was accepted.
func (f *face) sync(ctx context.Context, connection, id string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+f.address+"/api/v1/connections/"+connection+"/sync",
		strings.NewReader(fmt.Sprintf(`{"mode":"smart","id":%q,"by":"flood"}`, id)))
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+apiToken)
	response, err := caller.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusAccepted
}

// 20,000 requests come to the API as fast as it takes them. Those that come together share a signal, so no history passes 5,000 events,
// and each request ends served or covered.
func TestFloodOfTheAPIIsServed(t *testing.T) {
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(50, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	front := w.serve("")
	const sent = 20_000
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience)
	defer cancel()
	began := time.Now()
	var next, again atomic.Int64
	var senders sync.WaitGroup
	for range 64 {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < sent && ctx.Err() == nil; i = next.Add(1) - 1 {
				for !front.sync(ctx, "shop", fmt.Sprint("flood/", i)) && ctx.Err() == nil {
					again.Add(1)
				}
			}
		})
	}
	senders.Wait()
	require.NoError(t, ctx.Err())
	took := time.Since(began)
	var lengths []int64
	waitFor(t, "every run of the workflow has ended", func(ctx context.Context) error {
		var open bool
		if lengths, open = w.lengths(ctx, "smart-sync/shop"); open || len(lengths) == 0 {
			return errors.New("one is open")
		}
		return nil
	})
	t.Logf("%d requests in %s (%.0f a second, %d sent again); runs of the workflow with %v events", sent, took, sent/took.Seconds(), again.Load(), lengths)
	for _, length := range lengths {
		require.Less(t, length, int64(5_000))
	}
	found, err := w.ledger.Requests(ctx, ledger.RequestQuery{Connection: "shop", Limit: 2 * sent})
	require.NoError(t, err)
	asked := map[string]bool{}
	for _, request := range found {
		require.Contains(t, []ledger.RequestOutcome{ledger.RequestServed, ledger.RequestCovered}, request.Outcome, "%+v", request)
		asked[request.ID] = true
	}
	for i := range sent {
		require.True(t, asked[fmt.Sprint("flood/", i)], "request %d is not accounted for", i)
	}
}

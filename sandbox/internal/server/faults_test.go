package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// put sets a figure of a store of the kind single.
func (b *box) put(sku string, quantity int) got {
	return b.call("PUT", "/stores/shop/item?sku="+sku, fmt.Sprintf(`{"quantity":%d}`, quantity))
}

func TestStoreFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults  string
		check   func(t *testing.T, g got)
		applied bool
		lost    bool // no answer is recorded
	}{
		"lost_answer": {`{"lost_answer":1}`, func(t *testing.T, g got) { require.True(t, g.aborted); require.Empty(t, g.body) }, true, true},
		"error_500":   {`{"error_500":1}`, func(t *testing.T, g got) { require.Equal(t, 500, g.status); require.Equal(t, "internal", g.code()) }, false, false},
		"throttle": {`{"throttle":1}`, func(t *testing.T, g got) {
			require.Equal(t, 429, g.status)
			require.Equal(t, "throttled", g.code())
			require.Equal(t, "1", g.header.Get("Retry-After"))
		}, false, false},
		"slow": {`{"slow":1,"slow_for":"1ms"}`, func(t *testing.T, g got) { require.Equal(t, 200, g.status) }, true, false},
		"wrong_json": {`{"wrong_json":1}`, func(t *testing.T, g got) {
			require.Equal(t, 200, g.status)
			require.Equal(t, `{"applied": tru`, g.body)
		}, true, false},
		"html": {`{"html":1}`, func(t *testing.T, g got) {
			require.Equal(t, 200, g.status)
			require.Contains(t, g.header.Get("Content-Type"), "text/html")
			require.Contains(t, g.body, "<html>")
		}, false, false},
		"ack_without_effect": {`{"ack_without_effect":1}`, func(t *testing.T, g got) { require.JSONEq(t, `{"quantity":5}`, g.body) }, false, false},
		"unauthorized": {
			`{"unauthorized":true}`, func(t *testing.T, g got) { require.Equal(t, 401, g.status); require.Equal(t, "unauthorized", g.code()) },
			false, false,
		},
		"redirect": {`{"redirect":"http://127.0.0.1:1/there"}`, func(t *testing.T, g got) {
			require.Equal(t, 302, g.status)
			require.Equal(t, "http://127.0.0.1:1/there", g.header.Get("Location"))
		}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, store("single", ""))
			b.faults(t, "stores/shop", test.faults)
			g := b.put("A", 5)
			test.check(t, g)
			want := map[string]int64{}
			if test.applied {
				want["A"] = 5
			}
			require.Equal(t, want, b.shown(t))
			require.Equal(t, map[string]uint64{name: 1}, b.facts(t).Faults)
			call := b.calls(t, "stores/shop", "")[0]
			require.Equal(t, name, call.Fault)
			require.Equal(t, len(want), call.Applied)
			if test.lost {
				require.Nil(t, call.SentAt)
				require.Zero(t, call.Status)
			} else {
				require.NotNil(t, call.SentAt)
				require.Equal(t, g.status, call.Status)
				require.Equal(t, "1000", g.header.Get("X-Bucket-Capacity"), "every answer carries the bucket")
			}
			b.faults(t, "stores/shop", `{}`)
			require.Equal(t, 200, b.put("A", 6).status)
			require.Equal(t, map[string]int64{"A": 6}, b.shown(t))
		})
	}
}

// What was lost on the way is found by its key.
func TestKeyBringsALostAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t, store("atomic", ", faults: {lost_answer: 1}"))
	send := func() got {
		return b.call("POST", "/stores/shop/quantities", `{"quantities":[{"sku":"A","quantity":5}]}`, "Idempotency-Key", "k")
	}
	require.True(t, send().aborted)
	b.faults(t, "stores/shop", `{"wrong_json":1}`)
	require.Equal(t, 200, send().status)
	b.faults(t, "stores/shop", `{}`)
	require.JSONEq(t, `{"applied":true}`, send().body)
	f := b.facts(t)
	require.Equal(t, uint64(1), f.ItemsWritten)
	require.Equal(t, uint64(2), f.DuplicateKeys)
}

// What never reached the store has not used its key.
func TestRefusedCallLeavesItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t, store("atomic", ""))
	send := func(quantity int) got {
		return b.call("POST", "/stores/shop/quantities", fmt.Sprintf(`{"quantities":[{"sku":"A","quantity":%d}]}`, quantity), "Idempotency-Key", "k")
	}
	for _, faults := range []string{`{"error_500":1}`, `{"throttle":1}`, `{"html":1}`, `{"unauthorized":true}`} {
		b.faults(t, "stores/shop", faults)
		send(1)
	}
	b.faults(t, "stores/shop", `{}`)
	require.JSONEq(t, `{"applied":true}`, send(2).body)
}

func TestReadsAreSparedFaultsOfWrites(t *testing.T) {
	t.Parallel()
	b := setup(t, store("single", ", faults: {ack_without_effect: 1}"))
	require.Equal(t, 200, b.call("GET", "/stores/shop", "").status)
	require.Empty(t, b.facts(t).Faults)
}

func TestDrawsOfCalls(t *testing.T) {
	t.Parallel()
	scenario := func(seed int) string {
		faults := "faults: {error_500: 0.2, throttle: 0.1, lost_answer: 0.1, ack_without_effect: 0.1}"
		return fmt.Sprintf("seed: %d\ntoken: secret\nstores:\n  - {id: shop, kind: single, rate: 100000, burst: 100000, %s}\n  - {id: other, kind: single, rate: "+
			"100000, burst: 100000, %s}\n", seed, faults, faults)
	}
	const calls = 500
	drawn := func(t *testing.T, b *box, target string) []string {
		t.Helper()
		var faults []string
		for _, call := range b.calls(t, target, "") {
			faults = append(faults, call.Fault)
		}
		require.Len(t, faults, calls)
		return faults
	}
	plain := setup(t, scenario(7))
	for n := range calls {
		plain.put("A", n)
	}
	shop := drawn(t, plain, "stores/shop")
	count := 0
	for _, fault := range shop {
		if fault != "" {
			count++
		}
	}
	require.InDelta(t, calls/2, count, 60)

	busy := setup(t, scenario(7))
	var group sync.WaitGroup
	for range calls {
		group.Go(func() { busy.put("A", 1) })
		group.Go(func() { busy.call("PUT", "/stores/other/item?sku=A", `{"quantity":1}`) })
	}
	group.Wait()
	require.Equal(t, shop, drawn(t, busy, "stores/shop"), "calls at another target, and at once, change nothing")
	require.NotEqual(t, shop, drawn(t, busy, "stores/other"))

	other := setup(t, scenario(8))
	for n := range calls {
		other.put("A", n)
	}
	require.NotEqual(t, shop, drawn(t, other, "stores/shop"))
}

func TestBudget(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 500_000_000, time.UTC)
	b := setupAt(t, "token: secret\nstores: [{id: shop, kind: single, rate: 0.5, burst: 2}]\n", func() time.Time { return now })
	g := b.put("A", 1)
	require.Equal(t, []string{"2", "1", "0.5"}, []string{g.header.Get("X-Bucket-Capacity"), g.header.Get("X-Bucket-Remaining"), g.header.Get("X-Bucket-Rate")})
	require.Equal(t, 200, b.put("A", 2).status)
	g = b.put("A", 3)
	require.Equal(t, 429, g.status)
	require.Equal(t, "throttled", g.code())
	require.Equal(t, "2", g.header.Get("Retry-After"))
	require.Equal(t, "0", g.header.Get("X-Bucket-Remaining"))

	b.faults(t, "stores/shop", `{"retry_after":"date"}`)
	at, err := http.ParseTime(b.put("A", 3).header.Get("Retry-After"))
	require.NoError(t, err)
	require.Equal(t, now.Add(2500*time.Millisecond), at, "whole seconds, rounded up")
	b.faults(t, "stores/shop", `{"retry_after":"none"}`)
	require.NotContains(t, b.put("A", 3).header, "Retry-After")
	require.Equal(t, 401, b.call("GET", "/stores/shop", "", "Authorization", "Bearer wrong").status)

	require.Equal(t, map[string]int64{"A": 2}, b.shown(t))
	now = now.Add(2 * time.Second)
	require.Equal(t, 200, b.put("A", 4).status, "what was refused took nothing from the bucket")
	require.Equal(t, 429, b.put("A", 5).status)
	b.faults(t, "stores/shop", `{"throttle":1}`)
	now = now.Add(2 * time.Second)
	require.Equal(t, 429, b.put("A", 5).status)
	f := b.facts(t)
	require.Equal(t, uint64(5), f.Throttled)
	require.Equal(t, uint64(4), f.Overruns, "a throttle that was drawn is none")
}

func TestLatencyAndSlowness(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("single", ", latency: 20ms"))
		began := time.Now()
		b.put("A", 1)
		require.Equal(t, 20*time.Millisecond, time.Since(began))
		b.faults(t, "stores/shop", `{"slow":1,"slow_for":"3s"}`)
		began = time.Now()
		b.put("A", 2)
		require.Equal(t, 3020*time.Millisecond, time.Since(began))
		calls := b.calls(t, "stores/shop", "")
		require.NotEqual(t, calls[1].At, *calls[1].SentAt)

		// A caller that does not wait is noted; what it asked for is done all the same.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.True(t, b.within(ctx, "PUT", "/stores/shop/item?sku=A", `{"quantity":3}`).aborted)
		require.Equal(t, map[string]int64{"A": 3}, b.shown(t))
		left := b.calls(t, "stores/shop", "?after=2")[0]
		require.Equal(t, 499, left.Status)
		require.Nil(t, left.SentAt)
		b.end()
	})
}

func TestFeedOverHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("feed", ", feed_delay: 1s, clamp: 100, faults: {poison: [BAD]}"))
		g := b.call("POST", "/stores/shop/feeds", `{"items":[{"sku":"A","quantity":1},{"sku":"BAD","quantity":1},{"sku":"B","quantity":500}]}`)
		require.Equal(t, 202, g.status)
		require.JSONEq(t, `{"feed":"f1","poll_after_ms":1000}`, g.body)
		state := func() string { return b.call("GET", "/stores/shop/feeds/f1", "").body }
		require.JSONEq(t, `{"feed":"f1","state":"queued","poll_after_ms":1000}`, state())
		early := b.call("GET", "/stores/shop/feeds/f1/report", "")
		require.Equal(t, 409, early.status)
		require.Equal(t, "no_report", early.code())
		time.Sleep(600 * time.Millisecond)
		require.JSONEq(t, `{"feed":"f1","state":"processing","poll_after_ms":400}`, state())
		require.Empty(t, b.shown(t))
		time.Sleep(400 * time.Millisecond)
		synctest.Wait()
		require.JSONEq(t, `{"feed":"f1","state":"done","poll_after_ms":0}`, state())
		all := results(t, b.call("GET", "/stores/shop/feeds/f1/report", ""))
		require.Len(t, all, 3)
		require.Equal(t, "ok", all["A@"].Status)
		require.Equal(t, "poison", all["BAD@"].Code)
		require.Equal(t, int64(100), *all["B@"].Quantity)
		require.Equal(t, map[string]int64{"A": 1, "B": 100}, b.shown(t))
		first := b.calls(t, "stores/shop", "")[0]
		require.Equal(t, []int{3, 2}, []int{first.Items, first.Applied})

		for _, path := range []string{"f2", "f2/report", "no%2Fsuch%3Fticket"} {
			g := b.call("GET", "/stores/shop/feeds/"+path, "")
			require.Equal(t, 404, g.status)
			require.Equal(t, "unknown_feed", g.code(), path)
		}
		b.end()
	})
}

func TestFeedFailsOverHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("feed", ", unnamed: true, faults: {poison: [BAD]}"))
		b.call("POST", "/stores/shop/feeds", `{"items":[{"sku":"A","quantity":1},{"sku":"BAD","quantity":1}]}`)
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		require.JSONEq(t, `{"feed":"f1","state":"failed","poll_after_ms":0}`, b.call("GET", "/stores/shop/feeds/f1", "").body)
		require.Equal(t, "no_report", b.call("GET", "/stores/shop/feeds/f1/report", "").code())
		require.Empty(t, b.shown(t))
		b.end()
	})
}

func TestFeedAcknowledgedWithoutEffect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("feed", ", faults: {ack_without_effect: 1}"))
		require.Equal(t, 202, b.call("POST", "/stores/shop/feeds", `{"items":[{"sku":"A","quantity":1}]}`).status)
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, "ok", results(t, b.call("GET", "/stores/shop/feeds/f1/report", ""))["A@"].Status)
		require.Empty(t, b.shown(t))
		b.end()
	})
}

func TestTradeByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, strings.Replace(portland, "token", "trade: {every: 2s, steps: 8}\ntoken", 1))
		levels := func() string { return b.call("GET", "/judge/warehouses/portland/levels", "").body }
		before := levels()
		time.Sleep(1999 * time.Millisecond)
		require.Equal(t, before, levels())
		time.Sleep(time.Millisecond)
		synctest.Wait()
		require.NotEqual(t, before, levels())
		b.end()
		after := levels()
		time.Sleep(10 * time.Second)
		require.Equal(t, after, levels(), "it has ended")
	})
}

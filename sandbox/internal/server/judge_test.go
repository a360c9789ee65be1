package server_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRecordedCalls(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 123_456_789, time.UTC)
	b := setupAt(t, store("single", ""), func() time.Time { return now })
	body := `{"quantity":5}`
	b.call("PUT", "/stores/shop/item?sku=A%20B", body, "Idempotency-Key", "k")
	b.call("GET", "/stores/shop", "")
	stamp := "2026-03-01T12:00:00.123456Z"
	all := b.calls(t, "stores/shop", "")
	require.Equal(t, []recorded{
		{
			N: 1, At: stamp, Method: "PUT", Path: "/stores/shop/item?sku=A%20B", Key: "k", Body: fmt.Sprintf("%x", sha256.Sum256([]byte(body))), Items: 1, Status: 200,
			Applied: 1, SentAt: &stamp,
		},
		{N: 2, At: stamp, Method: "GET", Path: "/stores/shop", Status: 200, SentAt: &stamp},
	}, all)
	require.Equal(t, all[1:], b.calls(t, "stores/shop", "?after=1"))
	require.Equal(t, all[:1], b.calls(t, "stores/shop", "?limit=1"))
	require.JSONEq(t, `{"calls":[],"oldest":1}`, b.call("GET", "/judge/stores/shop/calls?after=2", "").body)
	require.Equal(t, 400, b.call("GET", "/judge/stores/shop/calls?limit=0", "").status)
	require.Equal(t, 400, b.call("GET", "/judge/stores/shop/calls?after=-1", "").status)
	require.Equal(t, []level{{SKU: "A B", Quantity: 5, SetAt: stamp, Call: 1}}, lines[level](t, b.call("GET", "/judge/stores/shop/levels", "")))

	b.call("GET", "/stores/shop/items?after="+strings.Repeat("1", 5000), "")
	require.Len(t, b.calls(t, "stores/shop", "?after=2")[0].Path, 1024)
}

func TestEditBehindTheBack(t *testing.T) {
	t.Parallel()
	b := setup(t, store("atomic", ", locations: [front], knows: listed, items: [A]"))
	set := func(items string) got { return b.call("POST", "/judge/stores/shop/set", `{"items":[`+items+`]}`) }
	require.JSONEq(t, `{"set":2}`, set(`{"sku":"A","location":"front","quantity":7},{"sku":"NEW","location":"front","quantity":8}`).body)
	require.Equal(t, map[string]int64{"A@front": 7, "NEW@front": 8}, b.shown(t))
	require.JSONEq(t, `{"applied":true}`, b.call("POST", "/stores/shop/quantities", `{"quantities":[{"sku":"NEW","location":"front","quantity":9}]}`).body)
	for _, bad := range []string{
		`{"sku":"A","quantity":7}`, `{"location":"front","quantity":7}`, `{"sku":"A","location":"front"}`,
		`{"sku":"A","location":"front","quantity":-1}`, `5`,
	} {
		require.Equal(t, "bad_request", set(bad).code(), bad)
	}
	f := b.facts(t)
	require.Equal(t, uint64(1), f.ItemsWritten)
	require.Equal(t, uint64(1), f.Calls)
}

func TestFaultsThatAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, portland+"stores: [{id: shop, kind: atomic}]\n")
	for name, test := range map[string]struct {
		body, want string
		status     int
	}{
		"no such target":    {`{"target":"stores/none","faults":{}}`, "GET /judge lists", 404},
		"no target":         {`{"faults":{}}`, "", 404},
		"unknown fault":     {`{"target":"stores/shop","faults":{"gremlins":1}}`, "gremlins", 400},
		"part":              {`{"target":"stores/shop","faults":{"slow":2}}`, "faults.slow: expected a number from 0 to 1, found 2", 400},
		"parts":             {`{"target":"stores/shop","faults":{"slow":0.7,"html":0.7}}`, "sum to", 400},
		"span":              {`{"target":"stores/shop","faults":{"slow_for":"long"}}`, "time span", 400},
		"warehouse's fault": {`{"target":"stores/shop","faults":{"empty":true}}`, "for warehouses", 400},
		"store's fault":     {`{"target":"warehouses/portland","faults":{"poison":["A"]}}`, "for stores", 400},
		"nothing":           {``, "empty", 400},
	} {
		g := b.call("POST", "/judge/faults", test.body)
		require.Equal(t, test.status, g.status, name)
		require.Contains(t, g.body, test.want, name)
	}
	require.Equal(t, 404, b.call("POST", "/judge/pause", `{"target":"stores/none"}`).status)
	require.Equal(t, 400, b.call("POST", "/judge/resume", `{"targets":[]}`).status)
	for _, path := range []string{"/judge/nothing", "/judge/faults/x", "/judge/stores/none", "/judge/pause", "/judge/stores/shop/x"} {
		require.Equal(t, 404, b.call("GET", path, "").status, path)
	}
	require.JSONEq(t, `{"seed":7,"warehouses":[{"id":"portland"}],"stores":[{"id":"shop","kind":"atomic"}]}`, b.call("GET", "/judge", "").body)
	require.Equal(t, 200, b.call("GET", "/healthz", "").status)
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("single", ""))
		require.Equal(t, 200, b.call("POST", "/judge/pause", `{"target":"stores/shop"}`).status)
		answers := make(chan got, 3)
		for n := range 3 {
			go func() { answers <- b.put("A", n+1) }()
			synctest.Wait()
		}
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		require.True(t, b.within(ctx, "PUT", "/stores/shop/item?sku=B", `{"quantity":1}`).aborted)
		require.Empty(t, answers)
		require.Empty(t, b.shown(t))
		f := b.facts(t)
		require.Equal(t, []int{1, 3, 4}, []int{int(f.Calls), f.InFlight, f.MaxParallel})
		require.Equal(t, 499, b.calls(t, "stores/shop", "")[3].Status)
		require.Nil(t, b.calls(t, "stores/shop", "")[0].SentAt)

		// While it hangs, other faults can be set; what hangs meets them.
		b.faults(t, "stores/shop", `{"error_500":1}`)
		require.Equal(t, 200, b.call("POST", "/judge/resume", `{"target":"stores/shop"}`).status)
		for range 3 {
			require.Equal(t, 500, (<-answers).status)
		}
		require.Empty(t, b.shown(t), "who left while it hung has changed nothing")
		b.end()
	})
}

func TestAwait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("single", ""))
		answers := make(chan got, 1)
		await := func(query string) { answers <- b.call("GET", "/judge/wait?target=stores/shop&"+query, "") }
		go await("calls=2&timeout=60s")
		b.put("A", 1)
		synctest.Wait()
		require.Empty(t, answers)
		b.put("A", 2)
		require.JSONEq(t, `{"calls":2,"in_flight":0}`, (<-answers).body)

		b.call("POST", "/judge/pause", `{"target":"stores/shop"}`)
		hanging := make(chan got, 1)
		go await("arrived=3")
		go func() { hanging <- b.put("A", 3) }()
		require.JSONEq(t, `{"calls":2,"in_flight":1}`, (<-answers).body, "a call that hangs has arrived")
		b.call("POST", "/judge/resume", `{"target":"stores/shop"}`)
		<-hanging

		began := time.Now()
		await("calls=99")
		late := <-answers
		require.Equal(t, 408, late.status)
		require.Equal(t, "timeout", late.code())
		require.Equal(t, 30*time.Second, time.Since(began))
		for _, bad := range []string{"calls=x", "arrived=-1", "hanging=x", "timeout=0s", "timeout=11m", "timeout=x"} {
			await(bad)
			require.Equal(t, "bad_request", (<-answers).code(), bad)
		}
		require.Equal(t, 404, b.call("GET", "/judge/wait?target=shop", "").status)
		b.end()
	})
}

// A pause of writes lets reads pass, and the judge says how many calls hang.
func TestPauseOfWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("single", ""))
		require.Equal(t, 200, b.call("POST", "/judge/pause", `{"target":"stores/shop","writes":true}`).status)
		answers := make(chan got, 1)
		go func() { answers <- b.put("A", 1) }()
		require.JSONEq(t, `{"calls":0,"in_flight":1}`, b.call("GET", "/judge/wait?target=stores/shop&hanging=1", "").body)
		require.Equal(t, 200, b.call("GET", "/stores/shop", "").status)
		require.Equal(t, 1, b.facts(t).Hanging)
		require.Equal(t, 400, b.call("POST", "/judge/resume", `{"target":"stores/shop","writes":true}`).status)
		require.Equal(t, 200, b.call("POST", "/judge/resume", `{"target":"stores/shop"}`).status)
		require.Equal(t, 200, (<-answers).status)
		require.Zero(t, b.facts(t).Hanging)
		b.end()
	})
}

func TestClosingReleasesWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, store("single", ", faults: {slow: 1, slow_for: 1m}"))
		slow, hanging, waiting := make(chan got, 1), make(chan got, 1), make(chan got, 1)
		go func() { slow <- b.put("A", 1) }()
		synctest.Wait()
		b.call("POST", "/judge/pause", `{"target":"stores/shop"}`)
		go func() { hanging <- b.put("A", 2) }()
		go func() { waiting <- b.call("GET", "/judge/wait?target=stores/shop&calls=9", "") }()
		synctest.Wait()
		began := time.Now()
		b.end()
		require.Equal(t, 200, (<-slow).status)
		require.Equal(t, 503, (<-hanging).status)
		require.Equal(t, 408, (<-waiting).status)
		require.Zero(t, time.Since(began))
		require.Equal(t, map[string]int64{"A": 1}, b.shown(t))
	})
}

// What the judge says of a call is there before the caller has its answer, and calls one after the other never overlap.
func TestCallsInARowDoNotOverlap(t *testing.T) {
	t.Parallel()
	b := setup(t, store("per_item", ""))
	for n := range 50 {
		b.call("POST", "/stores/shop/batch", `{"items":[{"sku":"A","quantity":1}]}`)
		require.Equal(t, uint64(n+1), b.facts(t).Calls)
	}
	require.Equal(t, 1, b.facts(t).MaxParallel)
}

func TestOutdatedWrites(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	b := setupAt(t, store("single", ""), func() time.Time { return now })
	b.call("PUT", "/stores/shop/item?sku=A", `{"quantity":5}`)
	judge := func(facts, within string) got {
		return b.call("POST", "/judge/stores/shop/outdated", `{"facts":[`+facts+`],"within":"`+within+`"}`)
	}
	seven := `{"sku":"A","quantity":7,"known":"2026-03-01T11:59:00Z"}`
	require.JSONEq(t, `{"writes":1,"outdated":[{"sku":"A","location":"","quantity":5,"at":"2026-03-01T12:00:00.000000Z","call":1,"instead":7,`+
		`"known":"2026-03-01T11:59:00.000000Z"}]}`,
		judge(seven, "1s").body)
	require.JSONEq(t, `{"writes":1,"outdated":[]}`, judge(seven, "2m").body)
	require.Equal(t, `{"sku":"A","location":"","quantity":5,"at":"2026-03-01T12:00:00.000000Z","call":1}`+"\n",
		b.call("GET", "/judge/stores/shop/writes", "").body)
	require.Equal(t, "bad_request", judge(seven, "soon").code())
	require.Equal(t, "bad_request", judge("5", "1s").code())
}

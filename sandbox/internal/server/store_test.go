package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type result struct {
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Status   string `json:"status"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Quantity *int64 `json:"quantity"`
}

// results are results by SKU@location.
func results(t *testing.T, g got) map[string]result {
	t.Helper()
	all := map[string]result{}
	for _, item := range read[struct{ Results []result }](t, g).Results {
		all[item.SKU+"@"+item.Location] = item
	}
	return all
}

func TestAtomic(t *testing.T) {
	t.Parallel()
	b := setup(t, store("atomic", ", locations: [front, outlet], faults: {poison: [BAD]}"))
	set := func(items string, headers ...string) got {
		return b.call("POST", "/stores/shop/quantities", `{"quantities":[`+items+`]}`, headers...)
	}
	require.JSONEq(t, `{"applied":true}`, set(`{"sku":"A","location":"front","quantity":7,"compare":null},{"sku":"A","location":"outlet","quantity":0}`).body)
	require.Equal(t, map[string]int64{"A@front": 7, "A@outlet": 0}, b.shown(t))

	g := set(`{"sku":"B","location":"front","quantity":1},{"sku":"BAD","location":"front","quantity":1},{"sku":"B","location":"attic","quantity":1},` +
		`{"sku":"A","location":"front","quantity":1,"compare":6},{"sku":"C","location":"front","quantity":-1},{"sku":"D","location":"front","quantity":1000000001},` +
		`{"sku":"E","location":"front","quantity":1.5},{"sku":"F","location":"front","quantity":"5"},{"sku":"G","location":"front"},{"sku":"H","location":"front",` +
		`"quantity":null},` +
		`{"sku":"B","location":"front","quantity":2},{"location":"front","quantity":2}`)
	require.Equal(t, 200, g.status)
	type answer struct {
		Applied bool
		Errors  []struct {
			Index         int
			Code, Message string
			Actual        *int64
		}
	}
	refused := read[answer](t, g)
	require.False(t, refused.Applied)
	var codes []string
	for _, item := range refused.Errors {
		codes = append(codes, fmt.Sprintf("%d %s", item.Index, item.Code))
		require.NotEmpty(t, item.Message)
		if item.Code == "quantity_stale" {
			require.Equal(t, int64(7), *item.Actual)
		} else {
			require.Nil(t, item.Actual)
		}
	}
	require.Equal(t, []string{
		"1 poison", "2 not_stocked", "3 quantity_stale", "4 invalid_quantity", "5 invalid_quantity", "6 invalid_quantity", "7 invalid_quantity",
		"8 invalid_quantity", "9 invalid_quantity", "10 duplicate_item", "11 unknown_sku",
	}, codes)
	require.Equal(t, map[string]int64{"A@front": 7, "A@outlet": 0}, b.shown(t), "nothing was applied")

	require.JSONEq(t, `{"applied":true}`, set(`{"sku":"A","location":"front","quantity":9,"compare":7}`).body)
	f := b.facts(t)
	require.Equal(t, facts{Kind: "atomic", Items: 2, Calls: 3, ItemsWritten: 3, Poisoned: 1, MaxParallel: 1, Faults: map[string]uint64{}}, f)
}

func TestAtomicUnnamed(t *testing.T) {
	t.Parallel()
	b := setup(t, store("atomic", ", unnamed: true, knows: listed, items: [A]"))
	g := b.call("POST", "/stores/shop/quantities", `{"quantities":[{"sku":"A","quantity":1},{"sku":"B","quantity":1}]}`)
	require.Equal(t, 422, g.status)
	require.Equal(t, "invalid_batch", g.code())
	require.NotContains(t, g.body, "B\"")
	require.Equal(t, map[string]int64{"A": 0}, b.shown(t))
}

func TestKeysOfACall(t *testing.T) {
	t.Parallel()
	for kind, route := range map[string][2]string{"atomic": {"/stores/shop/quantities", "quantities"}, "feed": {"/stores/shop/feeds", "items"}} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := setup(t, store(kind, ""))
			set := func(key string, quantity int) got {
				return b.call("POST", route[0], fmt.Sprintf(`{"%s":[{"sku":"A","quantity":%d}]}`, route[1], quantity), "Idempotency-Key", key)
			}
			first := set("k1", 5)
			again := set("k1", 5)
			require.Equal(t, first.body, again.body)
			require.Equal(t, first.status, again.status)
			reused := set("k1", 6)
			require.Equal(t, 409, reused.status)
			require.Equal(t, "key_reused", reused.code())
			require.NotEqual(t, 409, set("k2", 6).status)
			require.Equal(t, "bad_request", set(strings.Repeat("k", 256), 6).code())
			f := b.facts(t)
			require.Equal(t, uint64(1), f.DuplicateKeys)
			require.Equal(t, uint64(1), f.KeyConflicts)
			calls := b.calls(t, "stores/shop", "")
			require.Equal(t, "k1", calls[0].Key)
			require.Equal(t, calls[0].Body, calls[1].Body)
			require.NotEqual(t, calls[0].Body, calls[2].Body)
			require.Zero(t, calls[1].Applied)
		})
	}
}

func TestStaleWrites(t *testing.T) {
	t.Parallel()
	b := setup(t, store("atomic", ""))
	set := func(key string, items string) {
		require.Equal(t, 200, b.call("POST", "/stores/shop/quantities", `{"quantities":[`+items+`]}`, "Idempotency-Key", key).status)
	}
	set("old", `{"sku":"A","quantity":1},{"sku":"B","quantity":1},{"sku":"C","quantity":1}`)
	set("old", `{"sku":"A","quantity":1},{"sku":"B","quantity":1},{"sku":"C","quantity":1}`)
	require.Zero(t, b.facts(t).StaleWrites, "the same call once more is no harm")
	set("new", `{"sku":"A","quantity":2},{"sku":"B","quantity":2}`)
	set("old", `{"sku":"A","quantity":1},{"sku":"B","quantity":1},{"sku":"C","quantity":1}`)
	require.Equal(t, uint64(2), b.facts(t).StaleWrites)
	require.Equal(t, map[string]int64{"A": 2, "B": 2, "C": 1}, b.shown(t))
}

func TestPerItem(t *testing.T) {
	t.Parallel()
	b := setup(t, store("per_item", ", clamp: 100, faults: {poison: [BAD], poison_words: {BAD: no longer sold}}"))
	require.Equal(t, 200, b.call("POST", "/judge/stores/shop/set", `{"items":[{"sku":"BAD","quantity":3}]}`).status)
	g := b.call("POST", "/stores/shop/batch",
		`{"items":[{"sku":"A","quantity":1},{"sku":"BAD","quantity":1},{"sku":"B","quantity":500},{"sku":"C","location":"x","quantity":1}]}`)
	all := results(t, g)
	require.Len(t, all, 4)
	require.Equal(t, "ok", all["A@"].Status)
	require.Equal(t, int64(1), *all["A@"].Quantity)
	require.Equal(t, int64(100), *all["B@"].Quantity, "what is shown, not what was asked for")
	require.Equal(t, "error", all["BAD@"].Status)
	require.Equal(t, "poison", all["BAD@"].Code)
	require.Equal(t, "no longer sold", all["BAD@"].Message)
	require.Equal(t, int64(3), *all["BAD@"].Quantity)
	require.Equal(t, "not_stocked", all["C@x"].Code)
	require.Nil(t, all["C@x"].Quantity)
	require.Equal(t, map[string]int64{"A": 1, "B": 100, "BAD": 3}, b.shown(t))

	for n := range 30 { // never in the order that was asked
		text := b.call("POST", "/stores/shop/batch", fmt.Sprintf(`{"items":[{"sku":"X","quantity":%d},{"sku":"Y","quantity":1},{"sku":"Z","quantity":1}]}`, n)).body
		require.NotRegexp(t, `"X".*"Y".*"Z"`, text)
	}
	b.call("POST", "/stores/shop/batch", `{"items":[{"sku":"A","quantity":7}]}`, "Idempotency-Key", "k")
	b.call("POST", "/judge/stores/shop/set", `{"items":[{"sku":"A","quantity":1}]}`)
	b.call("POST", "/stores/shop/batch", `{"items":[{"sku":"A","quantity":7}]}`, "Idempotency-Key", "k")
	require.Equal(t, int64(7), b.shown(t)["A"], "this kind has no keys")
	require.Zero(t, b.facts(t).DuplicateKeys)
}

func TestSingle(t *testing.T) {
	t.Parallel()
	b := setup(t, store("single", ", clamp: 100, locations: [front], knows: listed, items: [A, BAD, 'odd /?&=%+\"'], faults: {poison: [BAD]}"))
	put := func(query, body string) got { return b.call("PUT", "/stores/shop/item?"+query, body) }
	for name, test := range map[string]struct {
		query, body string
		status      int
		code, want  string
	}{
		"sets":             {query: "sku=A&location=front", body: `{"quantity":5,"compare":null}`, status: 200, want: `{"quantity":5}`},
		"clamps":           {query: "sku=odd+%2F%3F%26%3D%25%2B%22&location=front", body: `{"quantity":500}`, status: 200, want: `{"quantity":100}`},
		"unknown":          {query: "sku=B&location=front", body: `{"quantity":5}`, status: 404, code: "unknown_sku"},
		"elsewhere":        {query: "sku=A&location=attic", body: `{"quantity":5}`, status: 404, code: "not_stocked"},
		"nowhere":          {query: "sku=A", body: `{"quantity":5}`, status: 404, code: "not_stocked"},
		"poison":           {query: "sku=BAD&location=front", body: `{"quantity":5}`, status: 422, code: "poison"},
		"invalid":          {query: "sku=A&location=front", body: `{"quantity":-5}`, status: 422, code: "invalid_quantity"},
		"missing":          {query: "sku=A&location=front", body: `{}`, status: 422, code: "invalid_quantity"},
		"no sku":           {query: "location=front", body: `{"quantity":5}`, status: 400, code: "bad_request"},
		"two skus":         {query: "sku=A&sku=B", body: `{"quantity":5}`, status: 400, code: "bad_request"},
		"invalid UTF-8":    {query: "sku=%ff", body: `{"quantity":5}`, status: 400, code: "bad_request"},
		"nothing":          {query: "sku=A&location=front", status: 400, code: "bad_request"},
		"unknown name":     {query: "sku=A&location=front", body: `{"quantity":5,"force":true}`, status: 400, code: "bad_request"},
		"after its end":    {query: "sku=A&location=front", body: `{"quantity":5} 6`, status: 400, code: "bad_request"},
		"body not UTF-8":   {query: "sku=A&location=front", body: "{\"quantity\":5,\"x\":\"\xff\"}", status: 400, code: "bad_request"},
		"compare fraction": {query: "sku=A&location=front", body: `{"quantity":5,"compare":1.5}`, status: 400, code: "bad_request"},
	} {
		g := put(test.query, test.body)
		require.Equal(t, test.status, g.status, name)
		require.Equal(t, test.code, g.code(), name)
		if test.want != "" {
			require.JSONEq(t, test.want, g.body, name)
		}
	}
	g := put("sku=A&location=front", `{"quantity":6,"compare":4}`)
	require.Equal(t, 409, g.status)
	require.Contains(t, g.body, `"code":"quantity_stale"`)
	require.Contains(t, g.body, `"actual":5`)
	require.Equal(t, 200, put("sku=A&location=front", `{"quantity":6,"compare":5}`).status)
	require.Equal(t, int64(6), b.shown(t)["A@front"])
}

func TestLimitsOfACall(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct {
		path, field string
		limit       int
	}{"atomic": {"quantities", "quantities", 250}, "per_item": {"batch", "items", 100}, "feed": {"feeds", "items", 10_000}} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := setup(t, store(kind, ""))
			send := func(count int) got {
				items := make([]string, count)
				for i := range items {
					items[i] = fmt.Sprintf(`{"sku":"SKU-%d","quantity":1}`, i)
				}
				return b.call("POST", "/stores/shop/"+test.path, `{"`+test.field+`":[`+strings.Join(items, ",")+`]}`)
			}
			require.Less(t, send(test.limit).status, 300)
			g := send(test.limit + 1)
			require.Equal(t, 413, g.status)
			require.Equal(t, "batch_too_large", g.code())
			require.Equal(t, "bad_request", send(0).code())
			require.Equal(t, "bad_request", b.call("POST", "/stores/shop/"+test.path, `{"`+test.field+`":{}}`).code())
		})
	}
	b := setup(t, store("atomic", ", batch_limit: 2"))
	require.Equal(t, 413, b.call("POST", "/stores/shop/quantities",
		`{"quantities":[{"sku":"A","quantity":1},{"sku":"B","quantity":1},{"sku":"C","quantity":1}]}`).status)
	g := b.call("POST", "/stores/shop/quantities", strings.Repeat(" ", 16<<20+1))
	require.Equal(t, 413, g.status)
	require.Empty(t, b.shown(t))
}

func TestRoutesOfKinds(t *testing.T) {
	t.Parallel()
	routes := map[string]string{"atomic": "POST quantities", "per_item": "POST batch", "feed": "POST feeds", "single": "PUT item"}
	for kind := range routes {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			b := setup(t, store(kind, ", items: [A]"))
			require.JSONEq(t, `{"id":"shop","kind":"`+kind+`","locations":[],"items":1}`, b.call("GET", "/stores/shop", "").body)
			for other, route := range routes {
				method, path, _ := strings.Cut(route, " ")
				g := b.call(method, "/stores/shop/"+path, "")
				if other == kind {
					require.Equal(t, "bad_request", g.code())
					require.Equal(t, 405, b.call("DELETE", "/stores/shop/"+path, "").status)
				} else {
					require.Equal(t, 404, g.status)
					require.Equal(t, "wrong_kind", g.code())
					require.Contains(t, g.body, strings.Replace(routes[kind], " ", " /stores/shop/", 1), "it says what to do")
				}
			}
			require.Equal(t, 405, b.call("POST", "/stores/shop", "").status)
			require.Equal(t, 404, b.call("GET", "/stores/shop/orders", "").status)
			require.Equal(t, 404, b.call("GET", "/stores/shop/feeds/f1/report/x", "").status)
			require.Equal(t, 401, b.call("GET", "/stores/shop", "", "Authorization", "").status)
		})
	}
}

func TestItemsInPages(t *testing.T) {
	t.Parallel()
	b := setup(t, store("per_item", ", locations: [front, outlet], items: [A, B, C]"))
	type items struct {
		Items []level
		Next  *string
	}
	var all []string
	query := "?limit=4"
	for range 2 {
		p := read[items](t, b.call("GET", "/stores/shop/items"+query, ""))
		for _, item := range p.Items {
			all = append(all, item.SKU+"@"+item.Location)
		}
		if p.Next == nil {
			break
		}
		query = "?limit=4&after=" + *p.Next
	}
	require.Equal(t, []string{"A@front", "A@outlet", "B@front", "B@outlet", "C@front", "C@outlet"}, all)
	require.Nil(t, read[items](t, b.call("GET", "/stores/shop/items?limit=6", "")).Next)
	require.Equal(t, "invalid_limit", b.call("GET", "/stores/shop/items?limit=0", "").code())
	require.Equal(t, "invalid_cursor", b.call("GET", "/stores/shop/items?after=x", "").code())
}

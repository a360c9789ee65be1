package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const portland = "token: secret\nseed: 7\nwarehouses: [{id: portland, facilities: [east, west], skus: 30, items: [{sku: BIKE, facility: east, available: 12, " +
	"committed: 2}]}]\n"

type row struct {
	SKU        string `json:"sku"`
	Facility   string `json:"facility"`
	Available  any    `json:"available"`
	OnHand     int64  `json:"on_hand"`
	Committed  int64  `json:"committed"`
	ReportedAt string `json:"reported_at"`
}

type page struct {
	Snapshot string  `json:"snapshot"`
	AsOf     string  `json:"as_of"`
	Total    int     `json:"total"`
	Items    []row   `json:"items"`
	Next     *string `json:"next"`
}

const levelsPath = "/warehouses/portland/levels"

// snapshot reads the pages of a snapshot, at most so many.
func (b *box) snapshot(t *testing.T, limit, most int) (pages []page) {
	t.Helper()
	query := fmt.Sprintf("?limit=%d", limit)
	for range most {
		p := read[page](t, b.call("GET", levelsPath+query, ""))
		pages = append(pages, p)
		if p.Next == nil {
			return pages
		}
		query = fmt.Sprintf("?limit=%d&cursor=%s", limit, *p.Next)
	}
	return pages
}

func rows(pages []page) (all []row) {
	for _, p := range pages {
		all = append(all, p.Items...)
	}
	return all
}

func TestPagesOfASnapshot(t *testing.T) {
	t.Parallel()
	b := setup(t, portland)
	first := read[page](t, b.call("GET", levelsPath+"?limit=10", ""))
	require.Equal(t, 31, first.Total)
	require.Len(t, first.Items, 10)
	at, err := time.Parse(time.RFC3339, first.AsOf)
	require.NoError(t, err)
	require.Equal(t, first.AsOf, at.Format("2006-01-02T15:04:05.000000Z"))
	before := rows(b.snapshot(t, 5000, 1))

	require.Equal(t, 200, b.call("POST", "/judge/warehouses/portland/trade?steps=100", "").status)
	all := first.Items
	for next := first.Next; next != nil; {
		p := read[page](t, b.call("GET", levelsPath+"?limit=10&cursor="+*next, ""))
		require.Equal(t, []any{first.Snapshot, first.AsOf, first.Total}, []any{p.Snapshot, p.AsOf, p.Total})
		all, next = append(all, p.Items...), p.Next
	}
	require.Equal(t, before, all, "a snapshot is consistent, whatever happens meanwhile")
	require.Equal(t, row{SKU: "BIKE", Facility: "east", Available: 12.0, OnHand: 14, Committed: 2, ReportedAt: all[30].ReportedAt}, all[30])

	fresh := b.snapshot(t, 31, 2)
	require.Len(t, fresh, 1, "an empty page is not announced")
	require.NotEqual(t, first.Snapshot, fresh[0].Snapshot)
	require.NotEqual(t, before, fresh[0].Items)
}

func TestDefaultPage(t *testing.T) {
	t.Parallel()
	b := setup(t, "token: secret\nwarehouses: [{id: portland, skus: 1001}]\n")
	require.Len(t, read[page](t, b.call("GET", levelsPath, "")).Items, 1000)
	require.Len(t, read[page](t, b.call("GET", levelsPath+"?limit=5000", "")).Items, 1001)
}

func TestOddSKUsInLevels(t *testing.T) {
	t.Parallel()
	b := setup(t, "token: secret\nwarehouses: [{id: portland}]\n")
	odd := []string{`quo"te`, `back\slash`, "tab\there", "ÄÖ-漢字-🚲", "<b>&amp;", "\u2028"}
	for _, sku := range odd {
		require.Equal(t, 200, b.call("POST", "/judge/warehouses/portland/set", fmt.Sprintf(`{"items":[{"sku":%s,"available":-3}]}`, jsonText(t, sku))).status)
	}
	var skus []string
	for _, row := range rows(b.snapshot(t, 100, 1)) {
		skus = append(skus, row.SKU)
		require.Equal(t, -3.0, row.Available)
	}
	require.Equal(t, odd, skus)
}

func TestWarehouseRoutes(t *testing.T) {
	t.Parallel()
	b := setup(t, portland)
	require.JSONEq(t, `{"facilities":[{"id":"east","name":"East"},{"id":"west","name":"West"}]}`, b.call("GET", "/warehouses/portland/facilities", "").body)
	forgotten := read[page](t, b.call("GET", levelsPath+"?limit=1", ""))
	for range 40 {
		b.call("GET", levelsPath+"?limit=1", "")
	}
	for name, test := range map[string]struct {
		method, path string
		status       int
		code         string
	}{
		"limit too small":    {"GET", levelsPath + "?limit=0", 400, "invalid_limit"},
		"limit too large":    {"GET", levelsPath + "?limit=5001", 400, "invalid_limit"},
		"limit no number":    {"GET", levelsPath + "?limit=x", 400, "invalid_limit"},
		"no cursor":          {"GET", levelsPath + "?cursor=x", 400, "invalid_cursor"},
		"negative cursor":    {"GET", levelsPath + "?cursor=s1--1", 400, "invalid_cursor"},
		"forgotten snapshot": {"GET", levelsPath + "?cursor=" + *forgotten.Next, 410, "snapshot_gone"},
		"no such snapshot":   {"GET", levelsPath + "?cursor=s999-1", 410, "snapshot_gone"},
		"not read":           {"POST", levelsPath, 405, "method_not_allowed"},
		"no such route":      {"GET", "/warehouses/portland/orders", 404, "not_found"},
		"no route":           {"GET", "/warehouses/portland", 404, "not_found"},
		"no such warehouse":  {"GET", "/warehouses/salem/levels", 404, "unknown_target"},
		"nothing":            {"GET", "/", 404, "not_found"},
		"elsewhere":          {"GET", "/shops/portland", 404, "unknown_target"},
	} {
		g := b.call(test.method, test.path, "")
		require.Equal(t, test.status, g.status, name)
		require.Equal(t, test.code, g.code(), name)
		require.Contains(t, g.body, `"message":"`, name)
	}
	g := b.call("GET", levelsPath, "", "Authorization", "Bearer wrong")
	require.Equal(t, 401, g.status)
	require.Equal(t, "unauthorized", g.code())
}

func TestWarehouseFaults(t *testing.T) {
	t.Parallel()
	t.Run("repeat_page", func(t *testing.T) {
		t.Parallel()
		b := setup(t, portland)
		b.faults(t, "warehouses/portland", `{"repeat_page":true}`)
		for _, limit := range []int{10, 100} {
			pages := b.snapshot(t, limit, 5)
			require.Len(t, pages, 5, "it never ends")
			for _, p := range pages[1:] {
				require.Equal(t, pages[0].Items, p.Items)
				require.Equal(t, pages[1].Next, p.Next)
			}
		}
		require.Equal(t, "repeat_page", b.calls(t, "warehouses/portland", "")[0].Fault)
	})
	t.Run("empty", func(t *testing.T) {
		t.Parallel()
		b := setup(t, portland)
		b.faults(t, "warehouses/portland", `{"empty":true}`)
		pages := b.snapshot(t, 10, 5)
		require.Len(t, pages, 1)
		require.Zero(t, pages[0].Total)
		require.NotNil(t, pages[0].Items)
		require.Empty(t, pages[0].Items)
	})
	t.Run("shrink", func(t *testing.T) {
		t.Parallel()
		b := setup(t, portland)
		b.faults(t, "warehouses/portland", `{"shrink":0.5}`)
		pages := b.snapshot(t, 10, 9)
		require.Len(t, rows(pages), 16)
		require.Equal(t, 16, pages[0].Total, "it is a whole snapshot of too little")
	})
	t.Run("bad_rows", func(t *testing.T) {
		t.Parallel()
		b := setup(t, strings.Replace(portland, "skus: 30", "skus: 400", 1))
		b.faults(t, "warehouses/portland", `{"bad_rows":0.5}`)
		pages := b.snapshot(t, 100, 9)
		require.Len(t, rows(pages), pages[0].Total)
		kinds := map[string]bool{}
		seen := map[string]bool{}
		for _, row := range rows(pages) {
			switch value := row.Available.(type) {
			case nil:
				kinds["null"] = true
			case string:
				kinds["text"] = true
			case float64:
				kinds["fraction"] = kinds["fraction"] || value != float64(int64(value))
			}
			kinds["duplicate"] = kinds["duplicate"] || seen[row.SKU+row.Facility]
			seen[row.SKU+row.Facility] = true
		}
		require.Equal(t, map[string]bool{"null": true, "text": true, "fraction": true, "duplicate": true}, kinds)
	})
	t.Run("truncate", func(t *testing.T) {
		t.Parallel()
		b := setup(t, portland)
		b.faults(t, "warehouses/portland", `{"truncate":1}`)
		ways := map[string]int{}
		for range 60 {
			switch g := b.call("GET", levelsPath+"?limit=31", ""); {
			case g.aborted:
				require.NotEmpty(t, g.body)
				ways["broken off"]++
			case strings.HasSuffix(g.body, "}\n"):
				p := read[page](t, g)
				require.Equal(t, 31, p.Total)
				require.Len(t, p.Items, 15)
				require.Nil(t, p.Next)
				ways["half the rows"]++
			default:
				require.Equal(t, fmt.Sprint(len(g.body)), g.header.Get("Content-Length"))
				ways["half the JSON"]++
			}
		}
		require.Len(t, ways, 3, "%v", ways)
		require.Equal(t, "truncate", b.calls(t, "warehouses/portland", "")[0].Fault)
	})
	t.Run("as stores", func(t *testing.T) {
		t.Parallel()
		b := setup(t, portland)
		for faults, check := range map[string]func(g got){
			`{"error_500":1}`:                     func(g got) { require.Equal(t, 500, g.status) },
			`{"throttle":1}`:                      func(g got) { require.Equal(t, 429, g.status); require.Equal(t, "1", g.header.Get("Retry-After")) },
			`{"lost_answer":1}`:                   func(g got) { require.True(t, g.aborted); require.Empty(t, g.body) },
			`{"html":1}`:                          func(g got) { require.Contains(t, g.body, "<html>") },
			`{"wrong_json":1}`:                    func(g got) { require.Equal(t, `{"applied": tru`, g.body) },
			`{"unauthorized":true}`:               func(g got) { require.Equal(t, 401, g.status) },
			`{"redirect":"http://127.0.0.1:1/"}`:  func(g got) { require.Equal(t, 302, g.status) },
			`{"slow":1,"slow_for":"1ms"}`:         func(g got) { require.Equal(t, 200, g.status) },
			`{"throttle":1,"retry_after":"none"}`: func(g got) { require.Empty(t, g.header.Get("Retry-After")) },
			`{}`:                                  func(g got) { require.Equal(t, 200, g.status); require.Empty(t, g.header.Get("X-Bucket-Capacity")) },
		} {
			b.faults(t, "warehouses/portland", faults)
			check(b.call("GET", levelsPath, ""))
		}
		judged := read[facts](t, b.call("GET", "/judge/warehouses/portland", ""))
		require.Equal(t, facts{Items: 31, Calls: 10, Throttled: 2, MaxParallel: 1, Faults: map[string]uint64{
			"error_500": 1, "throttle": 2, "lost_answer": 1, "html": 1, "wrong_json": 1, "unauthorized": 1, "redirect": 1, "slow": 1,
		}}, judged)
	})
}

func TestJudgeOfWarehouses(t *testing.T) {
	t.Parallel()
	b := setup(t, portland)
	set := func(items string) got {
		return b.call("POST", "/judge/warehouses/portland/set", `{"items":[`+items+`]}`)
	}
	require.JSONEq(t, `{"set":2}`, set(`{"sku":"BIKE","facility":"east","available":-5},{"sku":"NEW","facility":"west","available":9}`).body)
	truth := lines[row](t, b.call("GET", "/judge/warehouses/portland/levels", ""))
	require.Equal(t, rows(b.snapshot(t, 100, 1)), truth)
	find := func(sku string) row {
		return truth[slices.IndexFunc(truth, func(candidate row) bool { return candidate.SKU == sku })]
	}
	require.Equal(t, -5.0, find("BIKE").Available)
	require.Equal(t, int64(-3), find("BIKE").OnHand)
	require.Equal(t, "west", find("NEW").Facility)
	for _, bad := range []string{
		`{"facility":"east","available":1}`, `{"sku":"A","facility":"east"}`, `{"sku":"A","facility":"north","available":1}`,
		`{"sku":"A","available":1}`, `{"sku":"A","facility":"east","available":1.5}`, `{"sku":"A","colour":1}`, `x`,
	} {
		g := set(bad)
		require.Equal(t, 400, g.status, bad)
		require.Equal(t, "bad_request", g.code())
	}

	type trade struct {
		Changes []struct {
			SKU, Facility string
			Before, After int64
		}
	}
	changes := read[trade](t, b.call("POST", "/judge/warehouses/portland/trade?steps=7", "")).Changes
	require.Len(t, changes, 7)
	require.NotEqual(t, changes[0].Before, changes[0].After)
	require.Len(t, read[trade](t, b.call("POST", "/judge/warehouses/portland/trade", "")).Changes, 1)
	require.Equal(t, 400, b.call("POST", "/judge/warehouses/portland/trade?steps=0", "").status)
	for _, path := range []string{
		"/judge/warehouses/salem", "/judge/stores/portland", "/judge/warehouses/portland/orders",
		"/judge/warehouses/portland/levels/x",
	} {
		require.Equal(t, 404, b.call("GET", path, "").status, path)
	}
}

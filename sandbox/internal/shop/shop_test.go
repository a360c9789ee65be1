package shop_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/sandbox/internal/shop"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func open(setup shop.Setup) *shop.Store { return shop.New(setup, func() time.Time { return start }) }

func shown(s *shop.Store) map[string]int64 {
	all := map[string]int64{}
	for level := range s.All {
		all[strings.TrimSuffix(level.SKU+"@"+level.Location, "@")] = level.Quantity
	}
	return all
}

func codes(outcomes []shop.Outcome) []string {
	all := make([]string, len(outcomes))
	for i, outcome := range outcomes {
		if outcome.Problem != nil {
			all[i] = outcome.Problem.Code
		}
	}
	return all
}

func TestRules(t *testing.T) {
	t.Parallel()
	five, six, zero := int64(5), int64(6), int64(0)
	for name, test := range map[string]struct {
		item   shop.Item
		code   string
		actual *int64
		says   string // empty: what the shop says itself
	}{
		"known":                 {item: shop.Item{SKU: "A", Location: "front", Quantity: 1}},
		"zero":                  {item: shop.Item{SKU: "A", Location: "front"}},
		"most":                  {item: shop.Item{SKU: "A", Location: "front", Quantity: shop.MaxQuantity}},
		"too many":              {item: shop.Item{SKU: "A", Location: "front", Quantity: shop.MaxQuantity + 1}, code: shop.CodeQuantity},
		"no whole number":       {item: shop.Item{SKU: "A", Location: "front", Quantity: -1}, code: shop.CodeQuantity},
		"unknown":               {item: shop.Item{SKU: "X", Location: "front", Quantity: 1}, code: shop.CodeUnknown},
		"no sku":                {item: shop.Item{Location: "front", Quantity: 1}, code: shop.CodeUnknown},
		"no such location":      {item: shop.Item{SKU: "A", Location: "attic", Quantity: 1}, code: shop.CodeNowhere},
		"no location":           {item: shop.Item{SKU: "A", Quantity: 1}, code: shop.CodeNowhere},
		"poison":                {item: shop.Item{SKU: "BAD", Location: "front", Quantity: 1}, code: shop.CodePoison},
		"poison, in its words":  {item: shop.Item{SKU: "WORSE", Location: "front", Quantity: 1}, code: shop.CodePoison, says: "=1+1 <b>"},
		"poison before all":     {item: shop.Item{SKU: "BAD", Location: "attic", Quantity: -1}, code: shop.CodePoison},
		"compares":              {item: shop.Item{SKU: "A", Location: "front", Quantity: 1, Compare: &five}},
		"compares wrongly":      {item: shop.Item{SKU: "A", Location: "front", Quantity: 1, Compare: &six}, code: shop.CodeStale, actual: &five},
		"compares with nothing": {item: shop.Item{SKU: "A", Location: "outlet", Quantity: 1, Compare: &zero}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(shop.Setup{Locations: []string{"front", "outlet"}, Listed: true, Items: []string{"A", "BAD"}})
			require.NoError(t, s.Edit([]shop.Item{{SKU: "A", Location: "front", Quantity: 5}}))
			before := shown(s)
			outcomes, applied := s.Set(shop.Call{N: 1, Poison: map[string]string{"BAD": "", "WORSE": "=1+1 <b>"}}, []shop.Item{test.item}, false)
			require.Equal(t, []string{test.code}, codes(outcomes))
			if test.code == "" {
				require.Equal(t, 1, applied)
				require.Equal(t, test.item.Quantity, *outcomes[0].Shown)
				require.Equal(t, test.item.Quantity, shown(s)[test.item.SKU+"@"+test.item.Location])
				return
			}
			require.Zero(t, applied)
			require.NotEmpty(t, outcomes[0].Problem.Message)
			if test.says != "" {
				require.Equal(t, test.says, outcomes[0].Problem.Message)
			}
			require.Equal(t, test.actual, outcomes[0].Problem.Actual)
			require.Equal(t, before, shown(s))
		})
	}
}

func TestTogetherOrEachByItself(t *testing.T) {
	t.Parallel()
	items := []shop.Item{{SKU: "A", Quantity: 1}, {SKU: "B", Location: "x", Quantity: 2}, {SKU: "A", Quantity: 3}, {SKU: "C", Quantity: 4}}
	want := []string{"", shop.CodeNowhere, shop.CodeDuplicate, ""}

	each := open(shop.Setup{})
	outcomes, applied := each.Set(shop.Call{N: 1}, items, false)
	require.Equal(t, want, codes(outcomes))
	require.Equal(t, 2, applied)
	require.Equal(t, map[string]int64{"A": 1, "C": 4}, shown(each))

	together := open(shop.Setup{Items: []string{"A"}})
	outcomes, applied = together.Set(shop.Call{N: 1}, items, true)
	require.Equal(t, want, codes(outcomes))
	require.Zero(t, applied)
	require.Equal(t, map[string]int64{"A": 0}, shown(together))
	require.Equal(t, int64(0), *outcomes[0].Shown)
	require.Nil(t, outcomes[3].Shown)
	require.Equal(t, shop.Counts{Items: 1}, together.Counts())

	outcomes, applied = together.Set(shop.Call{N: 2, WithoutEffect: true}, items[:1], true)
	require.Equal(t, int64(1), *outcomes[0].Shown, "it says so")
	require.Zero(t, applied)
	require.Equal(t, map[string]int64{"A": 0}, shown(together))
}

func TestClampAndLevels(t *testing.T) {
	t.Parallel()
	s := open(shop.Setup{Clamp: 10, Items: []string{"LISTED"}})
	outcomes, _ := s.Set(shop.Call{N: 4}, []shop.Item{{SKU: "A", Quantity: 11}, {SKU: "B", Quantity: 9}}, true)
	require.Equal(t, int64(10), *outcomes[0].Shown)
	all := slices.Collect(s.All)
	require.Equal(t, []shop.Level{
		{SKU: "LISTED", SetAt: start},
		{SKU: "A", Quantity: 10, SetAt: start, Call: 4},
		{SKU: "B", Quantity: 9, SetAt: start, Call: 4},
	}, all)
	require.Equal(t, all[1:2], s.Levels(1, 1))
	require.Empty(t, s.Levels(3, 10))
	require.Empty(t, s.Levels(30, 10))
	require.Equal(t, shop.Counts{Items: 3, Written: 2}, s.Counts())
}

func TestEdit(t *testing.T) {
	t.Parallel()
	s := open(shop.Setup{Locations: []string{"front"}, Listed: true})
	require.Equal(t, []string{"front"}, s.Locations())
	require.Empty(t, open(shop.Setup{}).Locations())
	good := shop.Item{SKU: "A", Location: "front", Quantity: 7}
	for _, bad := range []shop.Item{{Location: "front"}, {SKU: "B"}, {SKU: "B", Location: "front", Quantity: -1}} {
		require.ErrorContains(t, s.Edit([]shop.Item{good, bad}), "item 1")
	}
	require.Empty(t, shown(s))
	require.NoError(t, s.Edit([]shop.Item{good}))
	outcomes, _ := s.Set(shop.Call{N: 1}, []shop.Item{good}, true)
	require.Equal(t, []string{""}, codes(outcomes), "what was added is known")
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := open(shop.Setup{})
	key, other := sha256.Sum256([]byte("one")), sha256.Sum256([]byte("other"))
	answered := 0
	set := func(key string, sum [sha256.Size]byte, n uint64, quantity int64) (shop.Answer, shop.Seen, int) {
		return s.SetOnce(key, sum, shop.Call{N: n}, []shop.Item{{SKU: "A", Quantity: quantity}}, true, func([]shop.Outcome) shop.Answer {
			answered++
			return shop.Answer{Status: 200, Body: fmt.Append(nil, quantity)}
		})
	}
	answer, seen, applied := set("k1", key, 1, 5)
	require.Equal(t, shop.First, seen)
	require.Equal(t, 1, applied)
	again, seen, applied := set("k1", key, 2, 5)
	require.Equal(t, shop.Repeated, seen)
	require.Equal(t, answer, again)
	require.Zero(t, applied)
	_, seen, _ = set("k1", other, 3, 6)
	require.Equal(t, shop.Reused, seen)
	require.Equal(t, 1, answered)
	require.Equal(t, shop.Counts{Items: 1, Written: 1, DuplicateKeys: 1, KeyConflicts: 1}, s.Counts())

	_, seen, _ = set("k2", other, 4, 6)
	require.Equal(t, shop.First, seen)
	_, seen, _ = set("k1", key, 5, 5)
	require.Equal(t, shop.Repeated, seen)
	require.Equal(t, map[string]int64{"A": 6}, shown(s), "the old call has no second effect")
	require.Equal(t, uint64(1), s.Counts().StaleWrites, "but it came too late")

	for n := range uint64(2) {
		_, seen, applied = set("", key, 6+n, 8)
		require.Equal(t, shop.First, seen, "no key, no memory")
		require.Equal(t, 1, applied)
	}
}

func TestKeysAreForgotten(t *testing.T) {
	t.Parallel()
	s := open(shop.Setup{})
	sum := sha256.Sum256(nil)
	set := func(key string) shop.Seen {
		_, seen, _ := s.SetOnce(key, sum, shop.Call{N: 1}, nil, true, func([]shop.Outcome) shop.Answer { return shop.Answer{} })
		return seen
	}
	for n := range shop.KeptKeys + 1 {
		require.Equal(t, shop.First, set(fmt.Sprint(n)))
	}
	require.Equal(t, shop.Repeated, set("1"))
	require.Equal(t, shop.First, set("0"))

	long := make([]byte, 40<<20)
	for n := range 3 {
		s.SetOnce(fmt.Sprint("long", n), sum, shop.Call{N: 1}, nil, true, func([]shop.Outcome) shop.Answer { return shop.Answer{Body: long} })
	}
	require.Equal(t, shop.First, set("long1"), "so many bytes are not kept")
	require.Equal(t, shop.Repeated, set("long1"))
}

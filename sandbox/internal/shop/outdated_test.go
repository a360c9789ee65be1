package shop_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/sandbox/internal/shop"
)

func TestOutdate(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	fact := func(quantity int64, seconds int) shop.Fact {
		return shop.Fact{SKU: "A", Quantity: quantity, Known: at(seconds)}
	}
	for name, test := range map[string]struct {
		facts []shop.Fact
		want  bool
	}{
		"nothing is known":                       {nil, false},
		"of another location":                    {[]shop.Fact{{SKU: "A", Location: "front", Quantity: 3, Known: at(0)}}, false},
		"the newest figure":                      {[]shop.Fact{fact(7, 0), fact(5, 50)}, false},
		"an older figure":                        {[]shop.Fact{fact(5, 0), fact(7, 50)}, true},
		"an older figure, told in another order": {[]shop.Fact{fact(7, 50), fact(5, 0)}, true},
		"a newer figure crossed with the write":  {[]shop.Fact{fact(5, 0), fact(7, 99)}, false},
		"the figure crossed with the write":      {[]shop.Fact{fact(7, 0), fact(5, 99)}, false},
		"others crossed with the write":          {[]shop.Fact{fact(7, 0), fact(8, 99)}, true},
		"a figure that was not known yet":        {[]shop.Fact{fact(5, 0), fact(7, 101)}, false},
	} {
		outdated := shop.Outdate([]shop.Write{{SKU: "A", Quantity: 5, At: at(100), Call: 3}}, test.facts, 2*time.Second)
		require.Equal(t, test.want, len(outdated) == 1, name)
	}
}

func TestWritesAreKept(t *testing.T) {
	t.Parallel()
	s := shop.New(shop.Setup{}, time.Now)
	s.Set(shop.Call{N: 1}, []shop.Item{{SKU: "A", Quantity: 5}, {SKU: "B", Quantity: -1}}, false)
	s.Set(shop.Call{N: 2, WithoutEffect: true}, []shop.Item{{SKU: "A", Quantity: 6}}, false)
	s.Set(shop.Call{N: 3}, []shop.Item{{SKU: "A", Quantity: 7}}, false)
	require.NoError(t, s.Edit([]shop.Item{{SKU: "A", Quantity: 8}}))
	var quantities []int64
	for _, write := range s.Writes() {
		quantities = append(quantities, write.Quantity)
	}
	require.Equal(t, []int64{5, 7}, quantities)

	for n := range uint64(shop.KeptWrites) {
		s.Set(shop.Call{N: n + 4}, []shop.Item{{SKU: "A", Quantity: int64(n)}}, false)
	}
	writes := s.Writes()
	require.Len(t, writes, shop.KeptWrites)
	require.EqualValues(t, 4, writes[0].Call, "the oldest are forgotten")
}

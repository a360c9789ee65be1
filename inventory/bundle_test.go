package inventory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func bundle(sku string, components ...inventory.Component) inventory.Bundle {
	return inventory.Bundle{SKU: sku, Components: components}
}

func of(sku string, count int64) inventory.Component {
	return inventory.Component{SKU: sku, Count: count}
}

func TestCheckBundles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bundles []inventory.Bundle
		want    []string
	}{
		"good": {
			bundles: []inventory.Bundle{bundle("KIT", of("BIKE", 1), of("LIGHT", 2)), bundle("PAIR", of("LIGHT", 2))},
		},
		"empty":         {bundles: []inventory.Bundle{bundle("KIT")}, want: []string{`bundle "KIT": it has no components; name at least one`}},
		"without a SKU": {bundles: []inventory.Bundle{bundle("", of("A", 1))}, want: []string{`bundle "": the bundle SKU is empty`}},
		"count 0": {
			bundles: []inventory.Bundle{bundle("KIT", of("A", 0))},
			want:    []string{`bundle "KIT": its component "A" has the count 0; expected at least 1`},
		},
		"negative count": {
			bundles: []inventory.Bundle{bundle("KIT", of("A", -2))},
			want:    []string{`bundle "KIT": its component "A" has the count -2; expected at least 1`},
		},
		"absurd count": {
			bundles: []inventory.Bundle{bundle("KIT", of("A", 1<<40))},
			want:    []string{`bundle "KIT": its component "A" has the count 1099511627776; expected at most 1000000000`},
		},
		"component twice": {
			bundles: []inventory.Bundle{bundle("KIT", of("A", 1), of("A", 2))},
			want:    []string{`bundle "KIT": its component "A" is named twice; name it once with the whole count`},
		},
		"defined twice": {
			bundles: []inventory.Bundle{bundle("KIT", of("A", 1)), bundle("KIT", of("B", 1))},
			want:    []string{`bundle "KIT": it is defined twice; keep one of the definitions`},
		},
		"contains itself": {
			bundles: []inventory.Bundle{bundle("KIT", of("A", 1), of("KIT", 1))},
			want:    []string{`bundle "KIT": it contains itself; a bundle is made of other products`},
		},
		"empty component": {bundles: []inventory.Bundle{bundle("KIT", of("", 1))}, want: []string{`bundle "KIT": the SKU of a component is empty`}},
		"a broken component": {
			bundles: []inventory.Bundle{bundle("KIT", of("A\xff", 1))},
			want:    []string{`bundle "KIT": the SKU of a component "A\xff" is not valid UTF-8`},
		},
		"nested": {
			bundles: []inventory.Bundle{bundle("BIG", of("KIT", 1)), bundle("KIT", of("A", 1))},
			want:    []string{`bundle "BIG": its component "KIT" is a bundle itself; name the products that "KIT" is made of instead`},
		},
		"a circle is told once": {
			bundles: []inventory.Bundle{bundle("A", of("B", 1)), bundle("B", of("C", 1)), bundle("C", of("A", 1), of("X", 1))},
			want:    []string{`bundle "A": the bundles "A", "B", "C" contain each other; name the products that "A" is made of instead`},
		},
		"a circle and one that leads to it": {
			bundles: []inventory.Bundle{bundle("Z", of("A", 1)), bundle("A", of("B", 1)), bundle("B", of("A", 1))},
			want: []string{
				`bundle "Z": its component "A" is a bundle itself; name the products that "A" is made of instead`,
				`bundle "A": the bundles "A", "B" contain each other; name the products that "A" is made of instead`,
			},
		},
		"everything at once, in order": {
			bundles: []inventory.Bundle{bundle("A"), bundle("B", of("A", 0))},
			want: []string{
				`bundle "A": it has no components; name at least one`,
				`bundle "B": its component "A" has the count 0; expected at least 1`,
				`bundle "B": its component "A" is a bundle itself; name the products that "A" is made of instead`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, problem := range inventory.CheckBundles(test.bundles) {
				got = append(got, problem.Error())
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestCheckBundlesBearsALongChain(t *testing.T) {
	t.Parallel()
	const length = 50_000
	bundles := make([]inventory.Bundle, length)
	for i := range bundles {
		bundles[i] = bundle(fmt.Sprint(i), of(fmt.Sprint((i+1)%length), 1))
	}
	problems := inventory.CheckBundles(bundles)
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].Error(), "contain each other")
	require.Len(t, inventory.CheckBundles(bundles[1:]), length-2, "without the first the chain is nested and no circle")
}

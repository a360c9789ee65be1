package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// BundleError is a bundle that cannot be used.
type BundleError struct {
	Bundle    string // its SKU
	Component string // the component that is wrong; empty when it concerns the bundle as a whole
	Reason    string // what is wrong and what to do
}

func (e BundleError) Error() string {
	return fmt.Sprintf("bundle %s: %s", Quoted(e.Bundle), e.Reason)
}

// CheckBundles returns the problems of one merchant's bundles, in the order of the bundles: an SKU that is defined twice, a bundle without
// components, counts below 1, a component that is named twice, a component that is a bundle, and bundles that contain each other.
func CheckBundles(bundles []Bundle) []BundleError {
	var problems []BundleError
	bySKU := make(map[string]Bundle, len(bundles))
	for _, bundle := range bundles {
		if _, ok := bySKU[bundle.SKU]; ok {
			problems = append(problems, BundleError{Bundle: bundle.SKU, Reason: "it is defined twice; keep one of the definitions"})
			continue
		}
		bySKU[bundle.SKU] = bundle
		problems = append(problems, bundle.check()...)
	}
	circles := findCircles(bundles, bySKU)
	reported := map[[2]string]bool{}
	for _, bundle := range bundles {
		if members, ok := circles.first[bundle.SKU]; ok {
			delete(circles.first, bundle.SKU)
			problems = append(problems, BundleError{Bundle: bundle.SKU, Component: members[0], Reason: circleReason(bundle.SKU, members)})
		}
		for _, component := range bundle.Components {
			_, nested := bySKU[component.SKU]
			if edge := [2]string{bundle.SKU, component.SKU}; nested && !reported[edge] && circles.group[component.SKU] != circles.group[bundle.SKU] {
				reported[edge] = true
				problems = append(problems, BundleError{Bundle: bundle.SKU, Component: component.SKU, Reason: fmt.Sprintf(
					"its component %s is a bundle itself; name the products that %s is made of instead", Quoted(component.SKU), Quoted(component.SKU))})
			}
		}
	}
	return problems
}

// check returns the problems of a bundle that show without the other bundles.
func (b Bundle) check() []BundleError {
	var problems []BundleError
	if err := CheckSKU("bundle SKU", b.SKU); err != nil {
		problems = append(problems, BundleError{Bundle: b.SKU, Reason: err.Error()})
	}
	if len(b.Components) == 0 {
		problems = append(problems, BundleError{Bundle: b.SKU, Reason: "it has no components; name at least one"})
	}
	seen := make(map[string]bool, len(b.Components))
	for _, component := range b.Components {
		reason := ""
		switch err := CheckSKU("SKU of a component", component.SKU); {
		case err != nil:
			reason = err.Error()
		case seen[component.SKU]:
			reason = fmt.Sprintf("its component %s is named twice; name it once with the whole count", Quoted(component.SKU))
		case component.Count < 1:
			reason = fmt.Sprintf("its component %s has the count %d; expected at least 1", Quoted(component.SKU), component.Count)
		case component.Count > MaxQuantity:
			reason = fmt.Sprintf("its component %s has the count %d; expected at most %d", Quoted(component.SKU), component.Count, MaxQuantity)
		}
		seen[component.SKU] = true
		if reason != "" {
			problems = append(problems, BundleError{Bundle: b.SKU, Component: component.SKU, Reason: reason})
		}
	}
	return problems
}

// circles are groups of bundles that contain each other, directly or through other bundles.
type circles struct {
	group map[string]int      // bundle → the number of its group; a bundle in no circle is alone in its group
	first map[string][]string // for each circle: its first bundle → all its bundles, beginning with the component of that first bundle
}

// circleFinder is Tarjan's search for strongly connected components. Its cost is linear in the number of bundles and components.
type circleFinder struct {
	bySKU   map[string]Bundle
	result  circles
	index   map[string]int
	low     map[string]int
	stack   []string
	onStack map[string]bool
}

func findCircles(bundles []Bundle, bySKU map[string]Bundle) circles {
	finder := circleFinder{
		bySKU: bySKU, index: map[string]int{}, low: map[string]int{}, onStack: map[string]bool{},
		result: circles{group: map[string]int{}, first: map[string][]string{}},
	}
	for _, bundle := range bundles {
		if _, seen := finder.index[bundle.SKU]; !seen {
			finder.visit(bundle.SKU)
		}
	}
	return finder.result
}

func (f *circleFinder) visit(sku string) {
	number := len(f.index)
	f.index[sku], f.low[sku] = number, number
	f.stack, f.onStack[sku] = append(f.stack, sku), true
	within := ""
	for _, component := range f.bySKU[sku].Components {
		next := component.SKU
		if _, isBundle := f.bySKU[next]; !isBundle {
			continue
		}
		if _, seen := f.index[next]; !seen {
			f.visit(next)
			f.low[sku] = min(f.low[sku], f.low[next])
		} else if f.onStack[next] {
			f.low[sku] = min(f.low[sku], f.index[next])
		}
		if within == "" && f.onStack[next] {
			within = next
		}
	}
	if f.low[sku] != number {
		return
	}
	start := slices.Index(f.stack, sku)
	members := slices.Clone(f.stack[start:])
	f.stack = f.stack[:start]
	for _, member := range members {
		f.onStack[member] = false
		f.result.group[member] = number
	}
	if within != "" {
		path := slices.DeleteFunc(members, func(member string) bool { return member == within })
		f.result.first[sku] = append([]string{within}, path...)
	}
}

func circleReason(sku string, members []string) string {
	if len(members) == 1 {
		return "it contains itself; a bundle is made of other products"
	}
	names := make([]string, 0, len(members))
	for _, member := range members {
		names = append(names, Quoted(member))
	}
	slices.Sort(names)
	const shown = 5
	if len(names) > shown {
		names = append(names[:shown], fmt.Sprintf("%d more", len(names)-shown))
	}
	return fmt.Sprintf("the bundles %s contain each other; name the products that %s is made of instead", strings.Join(names, ", "), Quoted(sku))
}

package sim

import (
	"slices"
	"strings"
)

// everZero is true when a place of a store may have been at 0, or may be shown as 0 by a strategy.
func (w *world) everZero(place spot) bool {
	d := w.depots[depotID]
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if w.shared || place.SKU == bundleSKU || place.Facility != "" && w.absent {
		return true
	}
	zero := func(past []figure) bool {
		return slices.ContainsFunc(past, func(one figure) bool { return one.available <= 0 })
	}
	for at, past := range d.past {
		switch {
		case at.SKU != place.SKU:
		case place.Facility == "" && !zero(past): // the whole stock
			return false
		case place.Facility == locationOf(named(at.Facility)) && zero(past):
			return true
		}
	}
	return place.Facility == ""
}

// named is a facility's first name.
func named(facility string) string { return strings.TrimSuffix(facility, " two") }

// should is what a store should show, by location and channel SKU.
func (w *world) should(store string) map[spot]int64 {
	d := w.depots[depotID]
	d.mutex.Lock()
	defer d.mutex.Unlock()
	split := len(w.connection(store).Inventory.Locations) > 0
	stock := map[spot]int64{}
	for at, now := range d.stock {
		location := ""
		if split {
			location = locationOf(named(at.Facility))
		}
		stock[spot{location, at.SKU}] += now.available
	}
	if len(w.defined.Bundles) > 0 {
		for _, place := range inOrder(stock) {
			if place.SKU == "SKU-00" {
				stock[spot{place.Facility, bundleSKU}] = max(min(stock[place]/2, stock[spot{place.Facility, "SKU-01"}]), 0)
			}
		}
	}
	found := map[spot]int64{}
	for place, figure := range stock {
		shows := w.part(store, max(figure, 0))
		if top := w.shops[store].top; top > 0 {
			shows = min(shows, top)
		}
		found[spot{place.Facility, w.listed(store, place.SKU)}] = shows
	}
	return found
}

// part is what the strategy gives a store of a figure.
func (w *world) part(store string, figure int64) int64 {
	var stores []string // in the order of their ids
	for _, c := range w.defined.Connections {
		if c.Enabled {
			stores = append(stores, c.Store)
		}
	}
	all, place := int64(len(stores)), int64(slices.Index(stores, store))
	switch w.strategy {
	case 1: // two units are held back, all get as much, and the first ones one more of what is over
		figure = max(figure-2, 0)
		if place < figure%all {
			return figure/all + 1
		}
		return figure / all
	case 2: // a quarter is held back, and each may sell all of the rest
		return figure * 3 / 4
	case 3: // below five nothing is sold; of each store's part north gets three
		if figure < 5 {
			return 0
		}
		return threefold(stores, store, figure)
	case 4: // south comes first and gets three at most, and the first of the others gets the rest
		first := int64(0)
		if slices.Contains(stores, "south") {
			first = min(figure, 3)
		}
		others := slices.DeleteFunc(stores, func(one string) bool { return one == "south" })
		switch {
		case store == "south":
			return first
		case store == others[0]:
			return figure - first
		}
		return 0
	}
	return figure
}

// threefold divides a figure of which north gets three parts and others one. Who lost most by the rounding gets what is over.
func threefold(stores []string, store string, figure int64) int64 {
	parts := map[string]int64{}
	all := int64(0)
	for _, id := range stores {
		parts[id] = 1
		if id == "north" {
			parts[id] = 3
		}
		all += parts[id]
	}
	over := figure
	for _, id := range stores {
		over -= figure * parts[id] / all
	}
	slices.SortStableFunc(stores, func(a, b string) int { return int(figure*parts[b]%all - figure*parts[a]%all) })
	share := figure * parts[store] / all
	if int64(slices.Index(stores, store)) < over {
		share++
	}
	return share
}

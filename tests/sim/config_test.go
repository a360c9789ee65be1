package sim

import (
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// What a step changes in the configuration.
const (
	sharing         = iota // the stores share the stock, or do not any more
	anotherListing         // a product is listed under another SKU, or is not any more
	firstBundle            // there is a bundle
	otherBatches           // stores get other numbers of items in a call
	anotherStrategy        // the strategy is the one that the step names
	otherLocations         // the store has a location for each facility, or one for all
	onOrOff                // the connection is switched off, or on again
)

// strategies is how many strategies there are, of which the first is none; see strategy, and figure, which is the judge's own word about them.
const strategies = 5

func strategy(number int) []ledger.StrategyDefinition {
	definition := ledger.StrategyDefinition{Merchant: "acme", Warehouse: depotID}
	switch number {
	case 0:
		return nil
	case 1:
		definition.Strategy = inventory.Strategy{BufferUnits: 2, Distribution: inventory.DistributeEqual}
	case 2:
		definition.Strategy = inventory.Strategy{BufferPercent: 25, Distribution: inventory.DistributeAll}
	case 3:
		definition.Strategy = inventory.Strategy{Minimum: 5, Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"north": 3}}
	case 4:
		definition.Strategy = inventory.Strategy{Distribution: inventory.DistributePriority, Priority: []string{"south"}, Caps: map[string]int64{"south": 3}}
	}
	return []ledger.StrategyDefinition{definition}
}

// locations are those that a store has at first.
func (s storeSetting) locations(facilities []string) []inventory.Location {
	if !s.Split {
		return nil
	}
	return oneForEach(facilities)
}

// oneForEach are locations of a store: one for each facility, also when that has another name.
func oneForEach(facilities []string) []inventory.Location {
	var locations []inventory.Location
	for _, facility := range facilities {
		locations = append(locations, inventory.Location{ID: locationOf(facility), Facilities: []string{facility, facility + " two"}})
	}
	return locations
}

func locationOf(facility string) string { return "at " + facility }

// connection is the definition of a connection.
func (w *world) connection(id string) *ledger.Connection {
	at := slices.IndexFunc(w.defined.Connections, func(one ledger.Connection) bool { return one.ID == id })
	return &w.defined.Connections[at]
}

// placeAt is where a step changes what a store shows.
func (w *world) placeAt(s step) spot {
	if len(w.connection(s.What).Inventory.Locations) == 0 {
		return spot{SKU: s.At.SKU}
	}
	return spot{locationOf(s.At.Facility), s.At.SKU}
}

// redefine changes the configuration.
func (w *world) redefine(s step) {
	d := &w.defined
	switch s.By {
	case sharing:
		w.strategy = 1 - min(w.strategy, 1)
		w.shared = true
	case anotherListing:
		listed := ledger.ListingDefinition{Store: s.What, Listing: inventory.Listing{SKU: s.At.SKU, ChannelSKU: "L-" + s.At.SKU}}
		if at := slices.Index(d.Listings, listed); at >= 0 {
			d.Listings = slices.Delete(d.Listings, at, at+1)
		} else {
			d.Listings = append(d.Listings, listed)
		}
	case firstBundle:
		if d.Bundles == nil {
			d.Bundles = []ledger.BundleDefinition{{Merchant: "acme", Bundle: inventory.Bundle{SKU: bundleSKU, Components: []inventory.Component{
				{SKU: "SKU-00", Count: 2}, {SKU: "SKU-01", Count: 1},
			}}}}
		}
	case otherBatches:
		for i := range d.Stores {
			d.Stores[i].BatchSize = 1 + (d.Stores[i].BatchSize+1)%3
		}
	case anotherStrategy:
		w.strategy = int(s.More)
		w.shared = true
	case otherLocations:
		locations := &w.connection(s.What).Inventory.Locations
		switch {
		case len(w.setting.Facilities) == 1:
			return
		case len(*locations) == 0:
			*locations = oneForEach(w.setting.Facilities)
		default:
			*locations = nil
		}
	case onOrOff:
		w.connection(s.What).Enabled = !w.connection(s.What).Enabled
	}
	d.Strategies = strategy(w.strategy)
	w.apply()
	w.tell("the configuration has another %s", []string{
		"strategy", "listing of " + s.At.SKU, "bundle", "batch size", fmt.Sprintf("strategy: %d", w.strategy), "list of locations at " + s.What,
		"list of connections that are enabled",
	}[s.By])
	if s.By == onOrOff {
		w.greet(s.What)
	}
}

func (w *world) apply() {
	_, err := w.ledger.Apply(everywhere, w.defined, ledger.ApplyOptions{})
	must(err)
}

// applyAgain gives a ledger that was put back the configuration, which may have changed since.
func (w *world) applyAgain() {
	before, err := w.standing.Connections(everywhere)
	must(err)
	w.apply()
	for _, c := range before {
		if !c.Enabled {
			w.greet(c.ID)
		}
	}
}

// greet asks for the first Full Sync of a connection that is enabled now, as control does.
func (w *world) greet(id string) {
	if !w.connection(id).Enabled {
		return
	}
	w.greeted++
	w.ask(id, ledger.Full, workflows.SyncRequest{ID: fmt.Sprintf("enabled-again-%d", w.greeted), By: "ann"})
}

// enableAll switches on again what is off, in half of all worlds. In the others the rest must be right.
func (w *world) enableAll() {
	if w.chance("on again").in(500) {
		return
	}
	for i := range w.defined.Connections {
		if c := &w.defined.Connections[i]; !c.Enabled {
			c.Enabled = true
			w.apply()
			w.tell("%s is enabled again", c.ID)
			w.greet(c.ID)
		}
	}
}

// enabled are the connections that are on.
func (w *world) enabled() []ledger.Connection {
	return slices.DeleteFunc(slices.Clone(w.defined.Connections), func(one ledger.Connection) bool { return !one.Enabled })
}

package config

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func (l *loader) connection(n *node) {
	what := label("connection", n)
	o, ok := l.object(n, what, "id", "merchant", "warehouse", "store", "enabled", "inventory")
	if !ok {
		l.connections.incomplete = true
		return
	}
	connection := ledger.Connection{Enabled: l.truth(o.get("enabled"), "enabled of "+what, false), EnabledByPages: o.get("enabled") == nil}
	idNode := o.need("id", "a short name that stays; it names the schedules and runs")
	id, valid := l.id(idNode, "id of "+what)
	connection.ID = id
	merchantNode := o.need("merchant", "the id of the brand that owns warehouse and store")
	if merchant, ok := l.id(merchantNode, "merchant of "+what); ok {
		if _, exists := l.refer(&l.merchants, "merchant", merchant, merchantNode.place, what); exists {
			connection.Merchant = merchant
		}
	}
	fits := true
	link := func(all *names, kind, meaning string) string {
		node := o.need(kind, meaning)
		id, ok := l.text(node, kind+" of "+what)
		if !ok {
			fits = false
			return ""
		}
		other, ok := l.refer(all, kind, id, node.place, what)
		fits = ok && l.same(node.place, what, connection.Merchant, kind, id, other) && fits
		return id
	}
	connection.Warehouse = link(&l.warehouses, "warehouse", "the id of the warehouse that reports the stock")
	connection.Store = link(&l.stores, "store", "the id of the store that shows it")
	connection.Inventory, connection.Named = l.flow(o, what, connection)
	if !valid {
		l.connections.incomplete = true
	} else if l.define(&l.connections, "connection", connection.ID, idNode.place, connection.Merchant) && fits {
		l.unique(connection, idNode.place)
	}
	l.definitions.Connections = append(l.definitions.Connections, connection)
}

// unique refuses a second connection of the same warehouse and store: the two would write the same numbers twice.
func (l *loader) unique(connection ledger.Connection, at place) {
	key := [3]string{connection.Merchant, connection.Warehouse, connection.Store}
	if first, taken := l.pairs[key]; taken {
		l.fail(at, "connection %s ties warehouse %s to store %s, as the connection on line %d does already; keep one of them", connection.ID, connection.Warehouse,
			connection.Store, first.line)
		return
	}
	l.pairs[key] = at
}

// flow reads the inventory flow of a connection. Without one it has the defaults: Smart Sync every 60 minutes, no Full Sync
// schedule. A schedule or another setting that it does not name belongs to the pages; named are those settings that it names.
func (l *loader) flow(parent *object, what string, of ledger.Connection) (flow ledger.Flow, named []string) {
	flow = ledger.Flow{
		Enabled: true, Smart: []ledger.Rule{{Every: defaultSmart}}, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: l.unlistedDefault(of.Store),
		Unnamed: []ledger.Mode{ledger.Smart, ledger.Full},
	}
	n := parent.get("inventory")
	if n == nil {
		return flow, nil
	}
	o, ok := l.object(n, "inventory of "+what, "enabled", "smart", "full", "timezone", "timezones", "overlap", "unlisted", "locations", "floor")
	if !ok {
		return flow, nil
	}
	flow.Enabled = l.truth(o.get("enabled"), "enabled in the inventory of "+what, true)
	if smart := o.get("smart"); smart != nil {
		flow.Smart = l.rules(smart, "smart of "+what)
		flow.Unnamed = without(flow.Unnamed, ledger.Smart)
		l.checkSmart(flow.Smart, smart.place, what)
	}
	if full := o.get("full"); full != nil {
		flow.Full = l.rules(full, "full of "+what)
		flow.Unnamed = without(flow.Unnamed, ledger.Full)
		l.checkFull(flow.Full, full.place, what)
	}
	flow.Timezone = l.timezone(o.get("timezone"), "timezone of "+what)
	flow.Zones = l.timezones(o.get("timezones"), "timezones of "+what)
	if overlap, ok := l.choice(o.get("overlap"), "overlap of "+what, string(ledger.OverlapSkip), string(ledger.OverlapBuffer)); ok {
		flow.Overlap = ledger.Overlap(overlap)
	}
	if unlisted, ok := l.choice(o.get("unlisted"), "unlisted of "+what, string(inventory.UnlistedPush), string(inventory.UnlistedBlock)); ok {
		flow.Unlisted = inventory.UnlistedPolicy(unlisted)
	}
	flow.Floor, _ = l.interval(o.get("floor"), "floor of "+what, longestFloor)
	if locations, given := o.fields["locations"]; given {
		flow.Locations = l.readLocations(locations.value, what)
		l.locations[of.ID] = locations.place
	}
	return flow, settingsNamed(o, ledger.OfConnection)
}

// unlistedDefault is push, except where the store would create an item for a SKU that it does not know.
func (l *loader) unlistedDefault(store string) inventory.UnlistedPolicy {
	for _, item := range l.definitions.Stores {
		if item.ID == store && l.drivers.Channels[item.Driver].CreatesUnknown {
			return inventory.UnlistedBlock
		}
	}
	return inventory.UnlistedPush
}

// readLocations reads which facilities a store's locations show. A facility belongs to one location only: in two, its stock
// would be offered twice.
func (l *loader) readLocations(n *node, what string) []inventory.Location {
	items, _ := l.list(n, "locations of "+what)
	var locations []inventory.Location
	seen := map[string]place{}
	taken := map[string]string{}
	for _, item := range items {
		o, ok := l.object(item, "a location of "+what, "location", "facilities")
		if !ok {
			continue
		}
		node := o.need("location", "the store's own id of the location")
		id, ok := l.sku(node, "location of "+what)
		if first, twice := seen[id]; ok && twice {
			l.fail(node.place, "location %s of %s is linked twice, first on line %d; name all its facilities there", inventory.Quoted(id), what, first.line)
			continue
		}
		if ok {
			seen[id] = node.place
		}
		location := inventory.Location{ID: id}
		facilitiesNode := o.need("facilities", "the warehouse's facilities whose stock the location shows")
		facilities, ok := l.list(facilitiesNode, "facilities of location "+inventory.Quoted(id))
		if ok && facilitiesNode != nil && len(facilities) == 0 {
			l.fail(facilitiesNode.place, "location %s of %s has no facilities; name at least one", inventory.Quoted(id), what)
		}
		for _, facilityNode := range facilities {
			facility, ok := l.sku(facilityNode, "a facility of location "+inventory.Quoted(id))
			if !ok {
				continue
			}
			if other, twice := taken[facility]; twice {
				l.fail(facilityNode.place, "facility %s of %s is shown by location %s already; in a second place its stock would be offered twice",
					inventory.Quoted(facility), what, inventory.Quoted(other))
				continue
			}
			taken[facility] = id
			location.Facilities = append(location.Facilities, facility)
		}
		locations = append(locations, location)
	}
	return locations
}

// Overwrite is true for two connections that write to the same places of a store from different warehouses.
func Overwrite(connection, other ledger.Connection) bool {
	return connection.Store == other.Store && connection.Warehouse != other.Warehouse && sharePlaces(connection.Inventory.Locations, other.Inventory.Locations)
}

// OverwriteWords say what such connections do to each other, and what to do about it.
func OverwriteWords(connection, other ledger.Connection) string {
	return fmt.Sprintf("the connections %s and %s write to the same places of store %s, and each replaces the other's numbers; give each its own locations, "+
		"or enable one of them",
		connection.ID, other.ID, connection.Store)
}

// checkOverwriting warns of active connections that write to the same places of a store: each undoes what the other does.
func (l *loader) checkOverwriting() {
	active := slices.DeleteFunc(slices.Clone(l.definitions.Connections), func(c ledger.Connection) bool { return !c.Active() || c.Store == "" })
	for i, connection := range active {
		for _, other := range active[:i] {
			if Overwrite(connection, other) {
				l.warn(cmp.Or(l.locations[connection.ID], l.connections.defined[connection.ID].place), "%s", OverwriteWords(other, connection))
			}
		}
	}
}

// sharePlaces tells whether two connections of a store write to the same place. One without locations writes to all.
func sharePlaces(a, b []inventory.Location) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(location inventory.Location) bool {
		return slices.ContainsFunc(b, func(other inventory.Location) bool { return location.ID == other.ID })
	})
}

// checkEnabled warns when nothing would be synced, which surprises whoever applies a first configuration.
func (l *loader) checkEnabled(n *node) {
	beside := func(connection ledger.Connection) bool { return connection.EnabledByPages } // apply knows whether somebody has enabled it
	if len(l.definitions.Connections) > 0 && !slices.ContainsFunc(l.definitions.Connections, ledger.Connection.Active) &&
		!slices.ContainsFunc(l.definitions.Connections, beside) {
		l.warn(n.place, "no connection is enabled, so nothing will be synced; set enabled: true on those that should be, or leave the line out and enable them "+
			"on their pages")
	}
}

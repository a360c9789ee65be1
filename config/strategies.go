package config

import (
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// maxPercentDecimals is how exact a percentage may be; the strategy counts in millionths of a percent.
const maxPercentDecimals = 6

func (l *loader) strategy(n *node) {
	what := "this strategy"
	o, ok := l.object(n, what, "merchant", "warehouse", "buffer_percent", "buffer_units", "minimum", "distribution", "weights", "priority", "caps")
	if !ok {
		return
	}
	definition := ledger.StrategyDefinition{}
	merchantNode := o.need("merchant", "the id of the brand that owns the stock")
	if merchant, ok := l.id(merchantNode, "merchant of "+what); ok {
		if _, exists := l.refer(&l.merchants, "merchant", merchant, merchantNode.place, what); exists {
			definition.Merchant = merchant
		}
	}
	warehouseNode := o.need("warehouse", "the id of the warehouse whose stock is shared")
	warehouse, ok := l.text(warehouseNode, "warehouse of "+what)
	if ok {
		what = "the strategy of " + warehouse
		other, exists := l.refer(&l.warehouses, "warehouse", warehouse, warehouseNode.place, "this strategy")
		if exists && l.same(warehouseNode.place, "this strategy", definition.Merchant, "warehouse", warehouse, other) {
			for _, earlier := range l.definitions.Strategies {
				if earlier.Warehouse == warehouse {
					l.fail(warehouseNode.place, "warehouse %s has a strategy already; keep one of them", warehouse)
				}
			}
		}
		definition.Warehouse = warehouse
	}
	for i, warehouse := range l.definitions.Warehouses {
		if warehouse.ID == definition.Warehouse {
			l.definitions.Warehouses[i].Named = append(warehouse.Named, ledger.SettingStrategy)
		}
	}
	definition.Strategy = l.partition(o, what, definition)
	l.definitions.Strategies = append(l.definitions.Strategies, definition)
}

// partition reads what a strategy holds back and how it shares the rest.
func (l *loader) partition(o *object, what string, of ledger.StrategyDefinition) inventory.Strategy {
	strategy := inventory.Strategy{Distribution: inventory.DistributeEqual}
	strategy.BufferPercent = l.bufferPercent(o.get("buffer_percent"), "buffer_percent of "+what)
	strategy.BufferUnits, _ = l.number(o.get("buffer_units"), "buffer_units of "+what, 0, inventory.MaxQuantity)
	strategy.Minimum, _ = l.number(o.get("minimum"), "minimum of "+what, 0, inventory.MaxQuantity)
	if units := o.get("buffer_units"); units != nil && o.get("buffer_percent") != nil {
		l.fail(o.fields["buffer_units"].place, "%s has both buffer_percent and buffer_units; keep one of them", what)
	}
	distribution, ok := l.choice(o.get("distribution"), "distribution of "+what,
		string(inventory.DistributeEqual), string(inventory.DistributeWeighted), string(inventory.DistributePriority), string(inventory.DistributeAll))
	if ok {
		strategy.Distribution = inventory.Distribution(distribution)
	}
	if ok || o.get("distribution") == nil && !o.excused["distribution"] {
		l.onlyWith(o, what, strategy.Distribution, "weights", inventory.DistributeWeighted)
		l.onlyWith(o, what, strategy.Distribution, "priority", inventory.DistributePriority)
		l.onlyWith(o, what, strategy.Distribution, "caps", inventory.DistributePriority)
	}
	strategy.Weights = l.amounts(o.get("weights"), "weights of "+what, of)
	strategy.Caps = l.amounts(o.get("caps"), "caps of "+what, of)
	strategy.Priority = l.priority(o.get("priority"), "priority of "+what, of)
	if weights := o.get("weights"); weights != nil && l.weightless(strategy.Weights, of) {
		l.fail(weights.place, "weights of %s are all 0, so no store would be given anything; give at least one connection a weight above 0", what)
	}
	return strategy
}

func (l *loader) bufferPercent(n *node, what string) float64 {
	if n == nil {
		return 0
	}
	value, err := strconv.ParseFloat(n.text, 64)
	_, decimals, _ := strings.Cut(n.text, ".")
	number := (n.kind == whole || n.kind == fraction) && err == nil && strings.Trim(n.text, "0123456789.") == ""
	if !number || value > 100 || len(decimals) > maxPercentDecimals {
		l.fail(n.place, "%s: expected a number from 0 to 100 like 10 or 2.5, without a %% sign, found %s", what, found(n))
		return 0
	}
	return value
}

// onlyWith refuses a setting that another distribution would ignore.
func (l *loader) onlyWith(o *object, what string, distribution inventory.Distribution, name string, needed inventory.Distribution) {
	if field, given := o.fields[name]; given && distribution != needed {
		l.fail(field.place, "%s of %s only count with distribution: %s, and this one is %s; change the distribution or remove the line", name, what, needed,
			distribution)
	}
}

// member checks that an id is a connection of the strategy's warehouse.
func (l *loader) member(id string, at place, what string, of ledger.StrategyDefinition) bool {
	if _, ok := l.refer(&l.connections, "connection", id, at, what); !ok {
		return false
	}
	for _, connection := range l.definitions.Connections {
		if connection.ID == id && of.Warehouse != "" && connection.Warehouse != "" && connection.Warehouse != of.Warehouse {
			l.fail(at, "%s name the connection %s, which is on warehouse %s; name connections of %s", what, id, connection.Warehouse, of.Warehouse)
			return false
		}
	}
	return true
}

// amounts reads whole numbers by connection.
func (l *loader) amounts(n *node, what string, of ledger.StrategyDefinition) map[string]int64 {
	if n == nil {
		return nil
	}
	if n.kind != mapping || len(n.fields) == 0 {
		l.fail(n.place, "%s: expected lines like connection: 3, found %s", what, emptyOr(n))
		return nil
	}
	amounts := map[string]int64{}
	seen := map[string]place{}
	for _, field := range n.fields {
		if first, twice := seen[field.name]; twice {
			l.fail(field.place, "%s name %s twice, first on line %d; keep one of them", what, inventory.Quoted(field.name), first.line)
			continue
		}
		seen[field.name] = field.place
		if !l.member(field.name, field.place, what, of) {
			continue
		}
		if amount, ok := l.number(field.value, field.name+" in "+what, 0, inventory.MaxQuantity); ok {
			amounts[field.name] = amount
		}
	}
	return amounts
}

func (l *loader) priority(n *node, what string, of ledger.StrategyDefinition) []string {
	items, _ := l.list(n, what)
	var order []string
	seen := map[string]bool{}
	for _, item := range items {
		id, ok := l.text(item, "an entry of "+what)
		if !ok {
			continue
		}
		if seen[id] {
			l.fail(item.place, "%s names %s twice; keep one of them", what, inventory.Quoted(id))
			continue
		}
		seen[id] = true
		if l.member(id, item.place, what, of) {
			order = append(order, id)
		}
	}
	return order
}

// weightless tells whether every connection of a strategy has the weight 0.
func (l *loader) weightless(weights map[string]int64, of ledger.StrategyDefinition) bool {
	members := 0
	for _, connection := range l.definitions.Connections {
		if connection.Merchant != of.Merchant || connection.Warehouse != of.Warehouse {
			continue
		}
		members++
		if weight, given := weights[connection.ID]; !given || weight > 0 {
			return false
		}
	}
	return members > 0
}

func emptyOr(n *node) string {
	if n.kind == mapping {
		return "none"
	}
	return found(n)
}

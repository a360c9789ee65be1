package control

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// StockSharing says how the stock of a warehouse is shared among its stores.
type StockSharing struct {
	Merchant  string `json:"merchant"`
	Warehouse string `json:"warehouse"`
	// Strategy is nil where every store sees the full figure.
	Strategy *inventory.Strategy `json:"strategy,omitempty"`
	// Connections are the ids of the enabled connections that share the stock, sorted.
	Connections []string `json:"sharing"`
	// Setting says where the strategy comes from.
	Setting Setting `json:"setting"`
}

// Strategies lists how the stock of each warehouse is shared.
func (c *Control) Strategies(ctx context.Context) ([]StockSharing, error) {
	warehouses, err := c.state.Warehouses(ctx)
	if err != nil {
		return nil, err
	}
	connections, err := c.state.Connections(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := c.settings(ctx, func(key ledger.SettingKey) bool { return key.Name == ledger.SettingStrategy })
	if err != nil {
		return nil, err
	}
	all := []StockSharing{}
	for i, warehouse := range warehouses {
		partitioned := StockSharing{Merchant: warehouse.Merchant, Warehouse: warehouse.ID, Connections: []string{}, Setting: settings[i]}
		if partitioned.Strategy, err = c.state.Strategy(ctx, warehouse.Merchant, warehouse.ID); err != nil {
			return nil, err
		}
		for _, connection := range connections {
			if connection.Active() && connection.Warehouse == warehouse.ID {
				partitioned.Connections = append(partitioned.Connections, connection.ID)
			}
		}
		slices.Sort(partitioned.Connections)
		all = append(all, partitioned)
	}
	return all, nil
}

// StrategyEffect is the figure that a store would show for a SKU with another strategy.
type StrategyEffect struct {
	Connection string   `json:"connection"`
	ChannelSKU string   `json:"channel_sku"`
	Location   string   `json:"location,omitempty"`
	Now        *int64   `json:"now,omitempty"` // the figure with the strategy in force; nil where the store has no such place now
	Would      int64    `json:"would"`         // the figure with the other strategy
	Blocked    string   `json:"blocked,omitempty"`
	Why        []string `json:"why"` // the steps that lead to Would
}

// StrategyTrial says what a strategy would do.
type StrategyTrial struct {
	Effects []StrategyEffect `json:"effects"`
	YAML    []string         `json:"yaml"` // as a configuration has it, in lines
}

// StrategyText is a strategy as the value of a setting.
func StrategyText(strategy inventory.Strategy) string {
	value, err := json.Marshal(strategy)
	if err != nil { // a number that JSON cannot write, such as NaN
		return ""
	}
	return config.SettingText(ledger.SettingStrategy, value)
}

// TryStrategy says what each store on a warehouse would show for a SKU with a strategy. It sets nothing; EditSetting does that.
func (c *Control) TryStrategy(ctx context.Context, warehouse string, strategy inventory.Strategy, sku string) (StrategyTrial, error) {
	tried := StrategyTrial{Effects: []StrategyEffect{}}
	all, err := c.Strategies(ctx)
	if err != nil {
		return tried, err
	}
	at := slices.IndexFunc(all, func(sharing StockSharing) bool { return sharing.Warehouse == warehouse })
	if at < 0 {
		_, err := c.warehouse(ctx, warehouse)
		return tried, err
	}
	of := all[at]
	if err := checkStrategy(strategy, of.Connections); err != nil {
		return tried, err
	}
	if err := c.CheckSKUs(ctx, of.Merchant, sku); err != nil {
		return tried, err
	}
	tried.YAML = config.StrategyYAML(ledger.StrategyDefinition{Merchant: of.Merchant, Warehouse: warehouse, Strategy: strategy})
	for _, id := range of.Connections {
		plan, err := c.state.Plan(ctx, id, ledger.Smart)
		if err != nil {
			return tried, err
		}
		inputs, err := c.state.Inputs(ctx, plan, []string{sku})
		if err != nil {
			return tried, err
		}
		tried.Effects = append(tried.Effects, effects(id, inputs[0], strategy)...)
	}
	return tried, nil
}

// effects compares the figures that a store shows for a product with those that it would show with another strategy.
func effects(connection string, input inventory.Input, strategy inventory.Strategy) []StrategyEffect {
	now := map[[2]string]int64{}
	for _, level := range inventory.Resolve(input) {
		if level.Blocked == "" {
			now[[2]string{level.ChannelSKU, level.Location}] = level.Quantity
		}
	}
	input.Strategy = &strategy
	var effects []StrategyEffect
	for _, level := range inventory.Resolve(input) {
		effect := StrategyEffect{
			Connection: connection, ChannelSKU: level.ChannelSKU, Location: level.Location, Would: level.Quantity, Blocked: level.Blocked,
			Why: orEmpty(level.Why.Lines()),
		}
		if quantity, has := now[[2]string{level.ChannelSKU, level.Location}]; has {
			effect.Now = &quantity
		}
		effects = append(effects, effect)
	}
	return effects
}

// checkStrategy refuses a strategy that a configuration could not have. sharing are the ids of the connections that share the stock.
func checkStrategy(strategy inventory.Strategy, sharing []string) error {
	distributions := []inventory.Distribution{inventory.DistributeEqual, inventory.DistributeWeighted, inventory.DistributePriority, inventory.DistributeAll}
	switch {
	case strategy.BufferPercent < 0 || strategy.BufferPercent > 100:
		return usage("the buffer is a percentage from 0 to 100")
	case strategy.BufferUnits < 0 || strategy.BufferUnits > inventory.MaxQuantity || strategy.Minimum < 0 || strategy.Minimum > inventory.MaxQuantity:
		return usage("buffer and minimum are whole numbers from 0 to %d", int64(inventory.MaxQuantity))
	case strategy.BufferPercent > 0 && strategy.BufferUnits > 0:
		return usage("a buffer is a percentage or a number of units; keep one of them")
	case !slices.Contains(distributions, strategy.Distribution):
		return usage("there is no distribution %q; there are %s", strategy.Distribution, joinFirst(textsOf(distributions), len(distributions)))
	}
	if err := checkDistribution(strategy, sharing); err != nil {
		return err
	}
	for _, shares := range []struct {
		what  string
		given map[string]int64
	}{{"weights", strategy.Weights}, {"caps", strategy.Caps}} {
		for _, id := range slices.Sorted(maps.Keys(shares.given)) {
			if err := checkSharing(shares.what, id, sharing); err != nil {
				return err
			}
			if amount := shares.given[id]; amount < 0 || amount > inventory.MaxQuantity {
				return usage("%s give %s %d; expected a whole number from 0 to %d", shares.what, id, amount, int64(inventory.MaxQuantity))
			}
		}
	}
	for _, id := range strategy.Priority {
		if err := checkSharing("the priority", id, sharing); err != nil {
			return err
		}
	}
	return nil
}

// checkDistribution refuses options that the distribution would ignore, and weights that would give no store anything.
func checkDistribution(strategy inventory.Strategy, sharing []string) error {
	switch {
	case len(strategy.Weights) > 0 && strategy.Distribution != inventory.DistributeWeighted:
		return usage("weights only count with the distribution %s", inventory.DistributeWeighted)
	case len(strategy.Priority)+len(strategy.Caps) > 0 && strategy.Distribution != inventory.DistributePriority:
		return usage("a priority and caps only count with the distribution %s", inventory.DistributePriority)
	case len(strategy.Weights) > 0 && !slices.ContainsFunc(sharing, func(id string) bool {
		weight, given := strategy.Weights[id]
		return !given || weight > 0
	}):
		return usage("all weights are 0, so no store would be given anything; give at least one connection a weight above 0")
	}
	return nil
}

// checkSharing refuses an id that is none of the connections that share the stock.
// checkSharing refuses an id that is none of the connections that share the stock.
func checkSharing(what, id string, sharing []string) error {
	if slices.Contains(sharing, id) {
		return nil
	}
	return usage("%s: there is no enabled connection %q of this warehouse; there are %s", what, id, joinFirst(sharing, len(sharing)))
}

package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Product is all that is known of a merchant's SKU: what its warehouses reported, what each store should and does show of it and why, and
// what happened to it.
type Product struct {
	Merchant string              `json:"merchant"`
	SKU      string              `json:"sku"`
	Name     string              `json:"name,omitempty"` // of the catalogue
	Levels   []ledger.LevelRow   `json:"levels"`
	Unread   []ledger.StaleLevel `json:"unread,omitempty"` // levels that were never read, because every row of them was refused
	Sold     []ExplanationOf     `json:"sold"`
	Activity []ProductEvent      `json:"activity"` // newest first
}

// ProductEvent is an entry of a SKU's activity with how long its run took, for who tunes a schedule from real run times.
type ProductEvent struct {
	ledger.ActivityEntry
	Took *time.Duration `json:"took,omitempty"` // nil while the run goes on, and where no run made the entry
	Mode ledger.Mode    `json:"mode,omitempty"`
}

// Product gathers what is known of a warehouse SKU of a merchant, with so many entries of its activity.
func (c *Control) Product(ctx context.Context, merchant, sku string, limit int) (Product, error) {
	product := Product{Merchant: merchant, SKU: sku, Levels: []ledger.LevelRow{}, Sold: []ExplanationOf{}, Activity: []ProductEvent{}}
	connections, err := c.state.Connections(ctx)
	if err != nil {
		return product, err
	}
	warehouses, err := c.state.Warehouses(ctx)
	if err != nil {
		return product, err
	}
	activity, err := c.Activity(ctx, merchant, sku, "", limit)
	if err != nil {
		return product, err
	}
	for _, warehouse := range warehouses {
		if warehouse.Merchant != merchant {
			continue
		}
		levels, err := c.state.Levels(ctx, warehouse.ID, sku, ledger.Page{Limit: 1000})
		if err != nil {
			return product, err
		}
		product.Levels = append(product.Levels, levels...)
		refused, err := c.state.StaleLevels(ctx, warehouse.ID, sku, ledger.Page{Limit: 1000})
		if err != nil {
			return product, err
		}
		for _, one := range refused {
			if one.Read == nil {
				product.Unread = append(product.Unread, one)
			}
		}
	}
	for _, level := range product.Levels {
		if level.Product != "" {
			product.Name = level.Product
		}
	}
	for _, connection := range connections {
		if connection.Merchant != merchant {
			continue
		}
		sold, err := c.soldAs(ctx, connection, sku)
		if err != nil {
			return product, err
		}
		product.Sold = append(product.Sold, sold...)
	}
	product.Activity, err = c.timed(ctx, activity)
	return product, err
}

// soldAs explains what a connection's store shows of a product, under each of its channel SKUs.
func (c *Control) soldAs(ctx context.Context, connection ledger.Connection, sku string) ([]ExplanationOf, error) {
	plan, err := c.state.Plan(ctx, connection.ID, ledger.Smart)
	if err != nil {
		return nil, err
	}
	inputs, err := c.state.Inputs(ctx, plan, []string{sku})
	if err != nil {
		return nil, err
	}
	var sold []ExplanationOf
	for _, name := range channelSKUs(sku, inventory.Resolve(inputs[0])) {
		rows, err := c.state.ChannelLevels(ctx, connection.ID, name, "", ledger.Page{Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			continue
		}
		explained, err := c.Explain(ctx, connection.ID, name)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", name, connection.ID, err)
		}
		for _, one := range explained {
			if one.Row.Product == sku {
				sold = append(sold, one)
			}
		}
	}
	return sold, nil
}

// channelSKUs are the SKUs under which a product is sold, each once, and its own, under which it may have been sold before.
func channelSKUs(sku string, levels []inventory.ChannelLevel) []string {
	var names []string
	seen := map[string]bool{}
	for _, level := range append(levels, inventory.ChannelLevel{ChannelSKU: sku}) {
		if !seen[level.ChannelSKU] {
			seen[level.ChannelSKU] = true
			names = append(names, level.ChannelSKU)
		}
	}
	return names
}

// timed adds how long the runs of entries took.
func (c *Control) timed(ctx context.Context, entries []ledger.ActivityEntry) ([]ProductEvent, error) {
	runs := map[int64]ledger.Run{}
	events := make([]ProductEvent, len(entries))
	for i, entry := range entries {
		events[i].ActivityEntry = entry
		if entry.Run == 0 {
			continue
		}
		run, known := runs[entry.Run]
		if !known {
			var err error
			run, err = c.state.Run(ctx, entry.Run)
			if err != nil && !errors.Is(err, ledger.ErrNotFound) { // else it was tidied away
				return nil, err
			}
			runs[entry.Run] = run
		}
		events[i].Mode = run.Mode
		if run.EndedAt != nil {
			events[i].Took = new(run.EndedAt.Sub(run.StartedAt))
		}
	}
	return events, nil
}

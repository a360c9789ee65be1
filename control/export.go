package control

import (
	"context"
	"slices"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
)

// Export is a configuration that names everything in force.
type Export struct {
	Definitions ledger.Definitions
	// Notes say who set the values that were set beside the configuration.
	Notes config.Notes
}

// exportPage is how many entries of the catalogue are read at once.
const exportPage = 1000

// Export reads the configuration in force: the applied one, with the schedules and settings that somebody set in its place. A schedule that nobody
// set stays out of it.
func (c *Control) Export(ctx context.Context) (Export, error) {
	var export Export
	d := &export.Definitions
	var err error
	if d.Warehouses, err = c.state.Warehouses(ctx); err != nil {
		return export, err
	}
	if d.Stores, err = c.state.Stores(ctx); err != nil {
		return export, err
	}
	configured, err := c.state.Connections(ctx)
	if err != nil {
		return export, err
	}
	connections, settings, err := c.allInForce(ctx, configured)
	if err != nil {
		return export, err
	}
	d.Connections, export.Notes.Schedules = connections, map[string]map[ledger.Mode]string{}
	for i, connection := range d.Connections {
		export.Notes.Schedules[connection.ID] = map[ledger.Mode]string{}
		for _, setting := range settings[connection.ID] {
			d.SchedulesReadOnly = setting.ReadOnly
			if setting.Override == nil {
				continue
			}
			export.Notes.Schedules[connection.ID][setting.Mode] = SettingWords(setting)
			unnamed := &d.Connections[i].Inventory.Unnamed
			*unnamed = slices.DeleteFunc(slices.Clone(*unnamed), func(mode ledger.Mode) bool { return mode == setting.Mode })
		}
	}
	if err := c.exportCatalogue(ctx, d); err != nil {
		return export, err
	}
	if err := c.exportStrategies(ctx, d); err != nil {
		return export, err
	}
	return export, c.exportSettings(ctx, &export)
}

// exportSettings makes the definitions name the settings that somebody set. Their values are in the definitions already.
func (c *Control) exportSettings(ctx context.Context, export *Export) error {
	all, err := c.settings(ctx, func(ledger.SettingKey) bool { return true })
	if err != nil {
		return err
	}
	export.Notes.Settings = map[ledger.SettingKey]string{}
	for _, setting := range all {
		export.Definitions.SettingsReadOnly = setting.ReadOnly
		if setting.Override != nil {
			export.Notes.Settings[setting.SettingKey] = setting.Words()
			export.Definitions.Name(setting.SettingKey)
		}
	}
	return nil
}

func (c *Control) exportStrategies(ctx context.Context, d *ledger.Definitions) error {
	for _, warehouse := range d.Warehouses {
		strategy, err := c.state.Strategy(ctx, warehouse.Merchant, warehouse.ID)
		if err != nil {
			return err
		}
		if strategy != nil {
			d.Strategies = append(d.Strategies, ledger.StrategyDefinition{Merchant: warehouse.Merchant, Warehouse: warehouse.ID, Strategy: *strategy})
		}
	}
	return nil
}

func (c *Control) exportCatalogue(ctx context.Context, d *ledger.Definitions) error {
	for _, merchant := range merchantsOf(d) {
		products, err := allPages(func(after string) ([]ledger.Product, error) {
			return c.state.Products(ctx, merchant, ledger.Page{After: after, Limit: exportPage})
		}, func(product ledger.Product) string { return product.SKU })
		if err != nil {
			return err
		}
		bundles, err := allPages(func(after string) ([]ledger.BundleDefinition, error) {
			return c.state.Bundles(ctx, merchant, ledger.Page{After: after, Limit: exportPage})
		}, func(bundle ledger.BundleDefinition) string { return bundle.SKU })
		if err != nil {
			return err
		}
		d.Products, d.Bundles = append(d.Products, products...), append(d.Bundles, bundles...)
	}
	for _, store := range d.Stores {
		listings, err := allPages(func(after string) ([]ledger.ListingDefinition, error) {
			return c.state.Listings(ctx, store.ID, ledger.Page{After: after, Limit: exportPage})
		}, func(listing ledger.ListingDefinition) string { return listing.ChannelSKU })
		if err != nil {
			return err
		}
		d.Listings = append(d.Listings, listings...)
	}
	return nil
}

// allPages reads all pages of a list.
func allPages[T any](page func(after string) ([]T, error), key func(T) string) ([]T, error) {
	var all []T
	after := ""
	for {
		part, err := page(after)
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
		if len(part) < exportPage {
			return all, nil
		}
		after = key(part[len(part)-1])
	}
}

// merchantsOf are the merchants of warehouses and stores, sorted, each once.
func merchantsOf(d *ledger.Definitions) []string {
	var merchants []string
	for _, warehouse := range d.Warehouses {
		merchants = append(merchants, warehouse.Merchant)
	}
	for _, store := range d.Stores {
		merchants = append(merchants, store.Merchant)
	}
	slices.Sort(merchants)
	return slices.Compact(merchants)
}

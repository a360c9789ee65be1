package ledger

import (
	"fmt"

	"github.com/tidemark/tidemark/inventory"
)

// checkDefinitions refuses what cannot be kept, or could not be told apart. Everything else was checked by the
// configuration, which can name a line.
func checkDefinitions(definitions Definitions) error {
	seen := map[string]bool{}
	once := func(kind string, parts ...string) error {
		if err := checkText("the id of a "+kind, parts...); err != nil {
			return err
		}
		key := joinKey(append([]string{kind}, parts...)...)
		if seen[key] {
			return fmt.Errorf("ledger: the %s %q is defined twice", kind, parts[len(parts)-1])
		}
		seen[key] = true
		return nil
	}
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, warehouse := range definitions.Warehouses {
		note(once("warehouse", warehouse.ID))
	}
	for _, store := range definitions.Stores {
		note(once("store", store.ID))
	}
	for _, connection := range definitions.Connections {
		note(once("connection", connection.ID))
		if !seen[joinKey("warehouse", connection.Warehouse)] {
			note(fmt.Errorf("ledger: connection %s names the warehouse %q, which is not defined", connection.ID, connection.Warehouse))
		}
		if !seen[joinKey("store", connection.Store)] {
			note(fmt.Errorf("ledger: connection %s names the store %q, which is not defined", connection.ID, connection.Store))
		}
	}
	for _, strategy := range definitions.Strategies {
		note(once("strategy", strategy.Merchant, strategy.Warehouse))
	}
	for _, product := range definitions.Products {
		note(once("product", product.Merchant, product.SKU))
		note(checkText("the name of product "+product.SKU, product.Name, product.Barcode))
	}
	for _, bundle := range definitions.Bundles {
		note(once("bundle", bundle.Merchant, bundle.SKU))
		note(checkComponents(bundle.Bundle))
	}
	for _, listing := range definitions.Listings {
		note(once("listing of channel SKU", listing.Store, listing.ChannelSKU))
		note(checkText("the SKU of a listing", listing.SKU))
	}
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

func checkComponents(bundle inventory.Bundle) error {
	for _, component := range bundle.Components {
		if err := checkText("a component of bundle "+bundle.SKU, component.SKU); err != nil {
			return err
		}
	}
	return nil
}

package ledger

import (
	"fmt"

	"github.com/tidemark/tidemark/inventory"
)

// checkDefinitions refuses texts that the databases cannot store and ids that occur twice. The package config checks everything else,
// because it can name the line of the file.
func checkDefinitions(definitions Definitions) error {
	seen := map[string]bool{}
	checkID := func(kind string, parts ...string) error {
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
		note(checkID("warehouse", warehouse.ID))
	}
	for _, store := range definitions.Stores {
		note(checkID("store", store.ID))
	}
	for _, connection := range definitions.Connections {
		note(checkID("connection", connection.ID))
		if !seen[joinKey("warehouse", connection.Warehouse)] {
			note(fmt.Errorf("ledger: connection %s names the warehouse %q, which is not defined", connection.ID, connection.Warehouse))
		}
		if !seen[joinKey("store", connection.Store)] {
			note(fmt.Errorf("ledger: connection %s names the store %q, which is not defined", connection.ID, connection.Store))
		}
	}
	for _, strategy := range definitions.Strategies {
		note(checkID("strategy", strategy.Merchant, strategy.Warehouse))
	}
	for _, product := range definitions.Products {
		note(checkID("product", product.Merchant, product.SKU))
		note(checkText("the name of product "+product.SKU, product.Name, product.Barcode))
	}
	for _, bundle := range definitions.Bundles {
		note(checkID("bundle", bundle.Merchant, bundle.SKU))
		note(checkComponents(bundle.Bundle))
	}
	for _, listing := range definitions.Listings {
		note(checkID("listing of channel SKU", listing.Store, listing.ChannelSKU))
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

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
	for _, one := range definitions.Warehouses {
		note(once("warehouse", one.ID))
	}
	for _, one := range definitions.Stores {
		note(once("store", one.ID))
	}
	for _, one := range definitions.Connections {
		note(once("connection", one.ID))
		if !seen[joinKey("warehouse", one.Warehouse)] {
			note(fmt.Errorf("ledger: connection %s names the warehouse %q, which is not defined", one.ID, one.Warehouse))
		}
		if !seen[joinKey("store", one.Store)] {
			note(fmt.Errorf("ledger: connection %s names the store %q, which is not defined", one.ID, one.Store))
		}
	}
	for _, one := range definitions.Strategies {
		note(once("strategy", one.Merchant, one.Warehouse))
	}
	for _, one := range definitions.Products {
		note(once("product", one.Merchant, one.SKU))
		note(checkText("the name of product "+one.SKU, one.Name, one.Barcode))
	}
	for _, one := range definitions.Bundles {
		note(once("bundle", one.Merchant, one.SKU))
		note(checkComponents(one.Bundle))
	}
	for _, one := range definitions.Listings {
		note(once("listing of channel SKU", one.Store, one.ChannelSKU))
		note(checkText("the SKU of a listing", one.SKU))
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

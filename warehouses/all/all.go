// Package all lists the drivers of warehouses. A driver is added by its folder and one line here.
package all

import (
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/csv"
	"github.com/tidemark/tidemark/warehouses/extensiv"
	"github.com/tidemark/tidemark/warehouses/jsonapi"
	"github.com/tidemark/tidemark/warehouses/sandbox"
	"github.com/tidemark/tidemark/warehouses/shipbob"
	"github.com/tidemark/tidemark/warehouses/shiphero"
)

// Drivers returns every driver by its name.
func Drivers() warehouses.Drivers {
	drivers := warehouses.Drivers{}
	for _, driver := range []warehouses.Driver{
		csv.Driver(),
		jsonapi.Driver(),
		extensiv.Driver(),
		shiphero.Driver(),
		sandbox.Driver(),
		shipbob.Driver(),
	} {
		drivers[driver.Spec.Driver] = driver
	}
	return drivers
}

// Specs returns what can be set on each driver, by its name.
func Specs() map[string]settings.Spec {
	specs := map[string]settings.Spec{}
	for name, driver := range Drivers() {
		specs[name] = driver.Spec
	}
	return specs
}

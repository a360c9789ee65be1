// Package all lists the drivers of stores. A driver is added by its folder and one line here.
package all

import (
	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/adobecommerce"
	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/channels/shopify"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/channels/walmart"
	"github.com/tidemark/tidemark/channels/woocommerce"
	"github.com/tidemark/tidemark/settings"
)

// Drivers returns every driver by its name.
func Drivers() channels.Drivers {
	drivers := channels.Drivers{}
	for _, driver := range []channels.Driver{
		adobecommerce.Driver(),
		amazon.Driver(),
		bigcommerce.Driver(),
		ebay.Driver(),
		sandbox.Driver(),
		shopify.Driver(),
		vendure.Driver(),
		walmart.Driver(),
		woocommerce.Driver(),
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

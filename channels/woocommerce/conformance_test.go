package woocommerce_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
)

// subjects are the shops that the driver is proved on, without how they are started. In all of them the variations have one product, for
// the suite makes calls without a Composer; TestACatalogueOfEverythingArrives composes.
var subjects = map[string]struct {
	subject channeltest.Subject
	options woocommercetest.Options
}{
	"products": {
		subject: channeltest.Subject{Clamp: 1000},
	},
	"variations": {
		options: woocommercetest.Options{Variations: 10_000, TextFigures: true},
	},
	"variations that are looked up apart": {
		options: woocommercetest.Options{Variations: 10_000, SeparateVariations: true, Settings: map[string]any{"variations": "separate"}},
	},
	"products whose stock is not managed yet": {
		options: woocommercetest.Options{Unmanaged: true, NoPages: true},
	},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject, options := test.subject, test.options
			options.Clamp = subject.Clamp
			subject.Shape, subject.Finds, subject.RetryAfter = channeltest.PerItem, true, channeltest.RetryAfter
			subject.Driver = woocommerce.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return woocommercetest.Start(t, options) }
			channeltest.Run(t, subject)
		})
	}
}

package ebay_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
)

// subjects are the sellers that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	shape   channeltest.Shape
	options ebaytest.Options
}{
	"25 SKUs in a call": {channeltest.PerItem, ebaytest.Options{}},
	"a result for each SKU, and empty lists of offers": {
		channeltest.PerItem, ebaytest.Options{SKURows: true, EmptyOffers: true},
	},
	"failures without results": {channeltest.PerItem, ebaytest.Options{Plain400: true}},
	"one SKU in a call": {
		channeltest.Single, ebaytest.Options{OneSKU: true, SKURows: true, Settings: map[string]any{"batch_limit": 1}},
	},
	"one SKU in a call, failures without results": {
		channeltest.Single, ebaytest.Options{OneSKU: true, Plain400: true, Settings: map[string]any{"batch_limit": 1}},
	},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, channeltest.Subject{
				Driver: ebay.Driver(),
				Shape:  test.shape, Finds: true, RetryAfter: channeltest.RetryAfter,
				Start: func(t *testing.T) channeltest.Store { return ebaytest.Start(t, test.options) },
				Excused: map[channeltest.Fault]string{
					channeltest.Unauthorized: "a token that is not taken any more is renewed and the call made once more; TestATokenThatIsNotTakenIsRenewedOnce",
				},
			})
		})
	}
}

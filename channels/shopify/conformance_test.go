package shopify_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
)

// subjects are the shops that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	subject channeltest.Subject
	options shopifytest.Options
}{
	"one location": {},
	"locations": {
		subject: channeltest.Subject{Locations: []string{"gid://shopify/Location/106318430514", "gid://shopify/Location/106318430515"}},
	},
	"compares": {
		subject: channeltest.Subject{Compare: true},
		options: shopifytest.Options{Settings: map[string]any{"compare": true}},
	},
	"an app": {
		subject: channeltest.Subject{Excused: map[channeltest.Fault]string{
			channeltest.Unauthorized: "a token that is not taken is renewed and the call made once more; see TestATokenThatIsNotTakenIsRenewed",
		}},
		options: shopifytest.Options{App: true},
	},
	"names one offender at a time": {options: shopifytest.Options{OneOffender: true}},
	"searches loosely, counts an item itself, charges for quantities": {
		options: shopifytest.Options{SearchesLoosely: true, CountsItself: true, PointsPerQuantity: 1},
	},
	"refuses keys of refused calls": {options: shopifytest.Options{FailedKeys: true}},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject, options := test.subject, test.options
			options.Locations = subject.Locations
			subject.Shape, subject.Keys, subject.Finds, subject.TellsBudget = channeltest.AllOrNothing, true, true, true
			subject.RetryAfter = channeltest.RetryAfter
			subject.Driver = shopify.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return shopifytest.Start(t, options) }
			channeltest.Run(t, subject)
		})
	}
}

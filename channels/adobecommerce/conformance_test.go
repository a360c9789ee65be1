package adobecommerce_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/adobecommerce"
	"github.com/tidemark/tidemark/channels/adobecommerce/adobecommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// subjects are the stores that the driver is proved on, without how they are started. All of them refuse SKUs that do not exist, for the
// suite wants to see a reference that is lost; TestAStoreThatTakesEverySKU is about the others.
var subjects = map[string]struct {
	subject channeltest.Subject
	options adobecommercetest.Options
}{
	"one source": {},
	"several sources": {
		subject: channeltest.Subject{Locations: []string{"east", "west"}},
		options: adobecommercetest.Options{Sources: []string{"east", "west"}, Snake: true, PoisonStatus: 5},
	},
	"reports that do not say what operations held": {
		options: adobecommercetest.Options{KeepsNoData: true},
	},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject, options := test.subject, test.options
			options.RefusesUnknown, options.Settings = true, map[string]any{"report_after": "1ms"}
			subject.Shape, subject.Finds, subject.RetryAfter = channeltest.Submit, true, channeltest.RetryAfter
			subject.Driver = adobecommerce.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return adobecommercetest.Start(t, options) }
			channeltest.Run(t, subject)
		})
	}
}

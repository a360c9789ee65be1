package walmart_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/walmart"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
)

// rare is why a fault of reports cannot show: rows are fetched only when an item failed.
const rare = "the counts say that every item was taken, so the rows are not fetched; TestDetails"

// subjects are the stores that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	subject channeltest.Subject
	options walmarttest.Options
}{
	"feeds to the default ship node, and few by themselves": {
		channeltest.Subject{Shape: channeltest.Submit, Excused: map[channeltest.Fault]string{channeltest.Shortened: rare}},
		walmarttest.Options{Settings: map[string]any{"report_after": "1ms"}},
	},
	"feeds to one ship node": {
		channeltest.Subject{Shape: channeltest.Submit, Locations: []string{"NODE-1"}, Excused: map[channeltest.Fault]string{channeltest.Shortened: rare}},
		walmarttest.Options{Node: "NODE-1", DetailsLimit: 50, Replenishment: walmarttest.Date, Settings: map[string]any{"report_after": "1ms", "feed_from": 1}},
	},
	"figures by themselves": {
		channeltest.Subject{Shape: channeltest.Single, Locations: []string{"NODE-1", "NODE-2"}},
		walmarttest.Options{Node: "NODE-2", Settings: map[string]any{"feeds": false}},
	},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := test.subject
			subject.RetryAfter = channeltest.RetryAfter
			subject.Driver = walmart.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return walmarttest.Start(t, test.options) }
			channeltest.Run(t, subject)
		})
	}
}

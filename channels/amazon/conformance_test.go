package amazon_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// subjects are the stores that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	subject channeltest.Subject
	options amazontest.Options
}{
	"feeds, and few by themselves": {
		channeltest.Subject{Shape: channeltest.Submit, NamesFailures: true, Excused: map[channeltest.Fault]string{
			channeltest.Shortened: "a report names only what went wrong and counts the rest; TestReports",
		}},
		amazontest.Options{Settings: map[string]any{"report_after": "1ms", "confirm_after": "1ms"}},
	},
	"figures that are confirmed": {
		channeltest.Subject{Shape: channeltest.Submit, Excused: map[channeltest.Fault]string{
			channeltest.Reordered: "an answer is about one item; TestListings",
			channeltest.Shortened: "an answer is about one item; TestListings",
			channeltest.Stray:     "an answer is about one item; TestListings",
			channeltest.Nameless:  "an answer is about one item; TestListings",
		}},
		amazontest.Options{LateRefusal: true, Settings: map[string]any{"feeds": false, "confirm_after": "1ms"}},
	},
	"figures that are taken at Amazon's word": {
		channeltest.Subject{Shape: channeltest.Single},
		amazontest.Options{Settings: map[string]any{"feeds": false, "confirm": "accepted"}},
	},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := test.subject
			subject.RetryAfter = channeltest.RetryAfter
			subject.Driver = amazon.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return amazontest.Start(t, test.options) }
			channeltest.Run(t, subject)
		})
	}
}

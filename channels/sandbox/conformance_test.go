package sandbox_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/channels/sandbox/sandboxtest"
)

// subjects are the stores that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	subject channeltest.Subject
	options sandboxtest.Options
}{
	"atomic": {
		channeltest.Subject{Shape: channeltest.AllOrNothing, Keys: true},
		sandboxtest.Options{Kind: "atomic"},
	},
	"atomic with locations that compares": {
		channeltest.Subject{Shape: channeltest.AllOrNothing, Keys: true, Compare: true, Locations: []string{"front", "outlet"}},
		sandboxtest.Options{Kind: "atomic", Settings: map[string]any{"compare": true}},
	},
	"per_item": {
		channeltest.Subject{Shape: channeltest.PerItem, Excused: steady, Locations: []string{"front", "outlet"}, Clamp: 1000},
		sandboxtest.Options{Kind: "per_item"},
	},
	"feed": {
		channeltest.Subject{Shape: channeltest.Submit, Excused: steady, Keys: true, Clamp: 1000},
		sandboxtest.Options{Kind: "feed"},
	},
	"single": {
		channeltest.Subject{Shape: channeltest.Single, Clamp: 1000},
		sandboxtest.Options{Kind: "single"},
	},
	"single with locations that compares": {
		channeltest.Subject{Shape: channeltest.Single, Compare: true, Locations: []string{"front", "outlet"}},
		sandboxtest.Options{Kind: "single", Settings: map[string]any{"compare": true}},
	},
}

// steady is what the kinds with a result for each item have not.
var steady = map[channeltest.Fault]string{channeltest.ItemServerError: "the results of items have no statuses; the sandbox falters on whole calls only"}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject, options := test.subject, test.options
			options.Locations, options.Clamp = subject.Locations, subject.Clamp
			subject.TellsBudget, subject.RetryAfter = true, channeltest.RetryAfter
			subject.Driver = sandbox.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return sandboxtest.Start(t, options) }
			channeltest.Run(t, subject)
		})
	}
}

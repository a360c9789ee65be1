package bigcommerce_test

import (
	"testing"

	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/bigcommerce/bigcommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// subjects are the stores that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	subject channeltest.Subject
	options bigcommercetest.Options
}{
	"one location": {
		subject: channeltest.Subject{TellsBudget: true},
	},
	"locations": {
		subject: channeltest.Subject{TellsBudget: true, Locations: []string{"1", "2", "30"}},
	},
	"names a list": {
		subject: channeltest.Subject{TellsBudget: true},
		options: bigcommercetest.Options{Naming: bigcommercetest.ByList, OneOffender: true},
	},
	"names places, and renews its quota bit by bit": {
		subject: channeltest.Subject{TellsBudget: true},
		options: bigcommercetest.Options{Naming: bigcommercetest.ByIndex, Gradual: true},
	},
	"tells of no quota": {
		options: bigcommercetest.Options{Unlimited: true},
	},
}

// excuses are faults that mean something else here.
var excuses = map[channeltest.Fault]string{
	channeltest.ThrottleSilent: "a 429 without a word on the quota is about the platform's load, not the store's pace; see TestThrottlesAndOverload",
	channeltest.Stray: "offenders are named in prose, so a name that is not in the call proves no wrong answer: the call counts as refused; see " +
		"TestRefusals",
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject, options := test.subject, test.options
			options.Locations = subject.Locations
			subject.Shape, subject.RetryAfter, subject.Excused = channeltest.AllOrNothing, channeltest.RetryAfter, excuses
			subject.Driver = bigcommerce.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return bigcommercetest.Start(t, options) }
			channeltest.Run(t, subject)
		})
	}
}

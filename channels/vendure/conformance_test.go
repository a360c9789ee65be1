package vendure_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
)

// subjects are the stores that the driver is proved on, without how they are started.
var subjects = map[string]struct {
	subject channeltest.Subject
	options venduretest.Options
}{
	"one location": {
		channeltest.Subject{Shape: channeltest.AllOrNothing, Finds: true},
		venduretest.Options{},
	},
	"an API key and two locations": {
		channeltest.Subject{Shape: channeltest.AllOrNothing, Finds: true, Locations: []string{"1", "2"}},
		venduretest.Options{APIKey: true},
	},
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject, options := test.subject, test.options
			options.Locations = subject.Locations
			subject.RetryAfter = channeltest.RetryAfter
			subject.Driver = vendure.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return venduretest.Start(t, options) }
			channeltest.Run(t, subject)
		})
	}
}

func TestTheBucketOfTheFake(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	store := venduretest.Start(t, venduretest.Options{APIKey: true, Rate: 1, Burst: 2, Throttles: true, Now: func() time.Time { return now }})
	channel := channels.Guarded(store.Open(t))
	for range 2 {
		_, err := channel.Check(t.Context())
		require.NoError(t, err)
	}
	_, err := channel.Check(t.Context())
	channeltest.RequireError(t, err, channels.Wait)
	require.Equal(t, []int{1, 1}, []int{store.Overruns(), store.Throttled()})
	now = now.Add(time.Second)
	_, err = channel.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, store.Overruns())
}

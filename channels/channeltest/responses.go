package channeltest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

// shortPatience is how long the suite waits for a response that will not come: long enough for the call to arrive on a loaded machine.
const shortPatience = time.Second

// patience is how long a call with the fault is waited for.
func (o outcome) patience(t *testing.T) (context.Context, context.CancelFunc) {
	if o.slow {
		return context.WithTimeout(t.Context(), shortPatience)
	}
	return context.WithTimeout(t.Context(), patience)
}

// send sends a call that is to be answered.
func send(t *testing.T, channel channels.Channel, call channels.Call) channels.Reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	reply, err := channel.Send(ctx, call)
	require.NoError(t, err)
	require.Len(t, reply.Items, len(call.Items))
	return reply
}

// sendThrough sends a call and polls until its report is there, if the store reports later.
func sendThrough(t *testing.T, channel channels.Channel, call channels.Call) channels.Reply {
	t.Helper()
	return pollThrough(t, channel, call, send(t, channel, call))
}

func pollThrough(t *testing.T, channel channels.Channel, call channels.Call, reply channels.Reply) channels.Reply {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for reply.Ticket != "" {
		reply = poll(ctx, t, channel, call, reply)
	}
	return reply
}

// poll waits as long as the store asks and polls once.
func poll(ctx context.Context, t *testing.T, channel channels.Channel, call channels.Call, reply channels.Reply) channels.Reply {
	t.Helper()
	poller, ok := channels.AsPoller(channel)
	require.True(t, ok, "a ticket needs a Poller")
	wait := time.NewTimer(reply.PollAfter)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		require.Fail(t, "the report did not come in time")
	}
	reply, err := poller.Poll(ctx, reply.Ticket, call.Items)
	require.NoError(t, err)
	require.Len(t, reply.Items, len(call.Items))
	return reply
}

// fail sends a call that is to fail and returns why it did, and what the store told of its budget.
func fail(t *testing.T, channel channels.Channel, call channels.Call, outcome outcome) (*channels.Error, channels.Budget) {
	t.Helper()
	ctx, cancel := outcome.patience(t)
	defer cancel()
	began := time.Now()
	reply, err := channel.Send(ctx, call)
	require.Less(t, time.Since(began), patience, "the driver keeps to the caller's deadline")
	return judged(t, reply, err), reply.Budget
}

// judged checks an error that a driver returned: it is an *Error, it says something, and nothing that must stay inside.
func judged(t *testing.T, reply channels.Reply, err error) *channels.Error {
	t.Helper()
	require.Error(t, err)
	require.Empty(t, reply.Items, "together with a reply the error wins")
	var failure *channels.Error
	require.True(t, errors.As(err, &failure) && failure != nil, "%T is no *channels.Error", err)
	require.NotEmpty(t, failure.Reason)
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		require.NotContains(t, cause.Error(), Credential, "a credential in an error")
		require.NotContains(t, cause.Error(), bodyCanary, "the body of an answer in an error")
		require.NotContains(t, cause.Error(), "?", "the query of an address in an error")
	}
	return failure
}

// verdicts are those of a reply, in order.
func verdicts(reply channels.Reply) []channels.Verdict {
	all := make([]channels.Verdict, len(reply.Items))
	for i, item := range reply.Items {
		all[i] = item.Verdict
	}
	return all
}

// every is a verdict for each of n items.
func every(n int, verdict channels.Verdict) []channels.Verdict {
	all := make([]channels.Verdict, n)
	for i := range all {
		all[i] = verdict
	}
	return all
}

// requireShown checks that the store shows the items' figures.
func requireShown(t *testing.T, store Store, items ...channels.Item) {
	t.Helper()
	shown := store.Shown(t)
	for _, item := range items {
		place := Place{item.Location, item.ChannelSKU}
		require.Contains(t, shown, place)
		require.Equal(t, item.Quantity, shown[place], "%+v", place)
	}
}

// with returns the items with other quantities.
func with(items []channels.Item, quantity int64) []channels.Item {
	changed := make([]channels.Item, len(items))
	for i, item := range items {
		changed[i] = item
		changed[i].Quantity = quantity + int64(i)
	}
	return changed
}

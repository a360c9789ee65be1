package channels_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

func TestNameless(t *testing.T) {
	t.Parallel()
	closed := channels.ItemReply{Verdict: channels.Rejected, Code: "closed", Reason: "no way"}
	lost := channels.ItemReply{Verdict: channels.NotApplied, Lost: true}
	const silent = "the answer does not mention it"
	const words = silent + ", and there are errors that name no item: no way"
	for name, test := range map[string]struct {
		errors  []channels.ItemReply
		missing int
		want    channels.ItemReply
	}{
		"no error":                  {nil, 1, channels.ItemReply{Reason: silent}},
		"one of one":                {[]channels.ItemReply{closed}, 1, closed},
		"what it means is kept":     {[]channels.ItemReply{lost}, 1, lost},
		"one of two":                {[]channels.ItemReply{closed}, 2, channels.ItemReply{Code: "closed", Reason: words}},
		"two of two":                {[]channels.ItemReply{closed, lost}, 2, channels.ItemReply{Code: "closed", Reason: words}},
		"two of one: which is true": {[]channels.ItemReply{closed, lost}, 1, channels.ItemReply{Code: "closed", Reason: words}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, channels.Nameless(silent, test.errors, test.missing))
		})
	}
}

func TestUnnamed(t *testing.T) {
	t.Parallel()
	closed := channels.ItemReply{Verdict: channels.Rejected, Code: "closed", Reason: "no way"}
	applied := channels.ItemReply{Verdict: channels.Applied}
	reply := channels.Reply{Items: []channels.ItemReply{applied, {}, applied}}
	channels.Unnamed(reply, []bool{true, false, true}, "silent", []channels.ItemReply{closed})
	require.Equal(t, []channels.ItemReply{applied, closed, applied}, reply.Items)

	reply = channels.Reply{Items: []channels.ItemReply{{}, applied, {}}}
	channels.Unnamed(reply, []bool{false, true, false}, "silent", []channels.ItemReply{closed})
	either := channels.ItemReply{Code: "closed", Reason: "silent, and there are errors that name no item: no way"}
	require.Equal(t, []channels.ItemReply{either, applied, either}, reply.Items, "it may be either's")
}

func TestShown(t *testing.T) {
	t.Parallel()
	item := channels.Item{Quantity: 5}
	five, four := int64(5), int64(4)
	require.Equal(t, channels.ItemReply{Verdict: channels.Applied}, channels.Shown(item, nil))
	require.Equal(t, channels.ItemReply{Verdict: channels.Applied, Actual: &five}, channels.Shown(item, &five))
	require.Equal(t, channels.ItemReply{Verdict: channels.Applied, Actual: &four, Clamped: &four}, channels.Shown(item, &four))
}

func TestPollDelay(t *testing.T) {
	t.Parallel()
	for polls, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute} {
		require.Equal(t, want, channels.PollDelay(time.Minute, polls, 5*time.Minute))
	}
	require.Equal(t, 5*time.Minute, channels.PollDelay(time.Minute, 1000, 5*time.Minute), "it does not overflow")
	require.Equal(t, time.Hour, channels.PollDelay(time.Hour, 3, 5*time.Minute), "a first delay that is longer stays")
}

func TestExpectedOnlyWhereTheStoreCompares(t *testing.T) {
	t.Parallel()
	item := channels.Item{Expected: new(int64)}
	require.Nil(t, channels.Limits{}.Expected(item))
	require.Same(t, item.Expected, channels.Limits{Compare: true}.Expected(item))
}

func TestPasses(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock", "ERROR: deadlock detected", "DATABASE IS LOCKED",
		"SQLSTATE[HY000] [2002] No such file or directory", "FATAL: sorry, too many clients already", "Can't connect to MySQL server on 'db' (111)",
	} {
		require.True(t, channels.Passes(words), words)
	}
	for _, words := range []string{
		"", "the product is locked", "no such product", "SQLSTATE[23000]: Integrity constraint violation",
		"you are not connected to this seller",
	} {
		require.False(t, channels.Passes(words), words)
	}
}

func TestErrorOfItem(t *testing.T) {
	t.Parallel()
	refused := channels.Error{Next: channels.AskPerson, Status: 403, Code: "closed", Reason: "store shop: the credential does not permit the call"}
	require.Equal(t, "store shop: the credential does not permit the call (status 403)", refused.OfItem(), "a store that says nothing")
	refused.Words = "no way"
	require.Equal(t, "closed: no way (status 403)", refused.OfItem())
	require.NotContains(t, refused.Error(), "no way")
	refused.Words = "closed for now"
	require.Equal(t, "closed for now (status 403)", refused.OfItem())
}

func TestInWords(t *testing.T) {
	t.Parallel()
	failure := &channels.Error{Next: channels.AskPerson, Code: "own"}
	require.Same(t, failure, channels.InWords(failure, "theirs", "no way"))
	require.Equal(t, channels.Error{Next: channels.AskPerson, Code: "own", Words: "no way"}, *failure)
	wait := &channels.Error{Next: channels.Wait}
	require.Equal(t, &channels.Error{Next: channels.Wait}, channels.InWords(wait, "theirs", "no way"), "it is about no item")
	require.NoError(t, channels.InWords(nil, "theirs", "no way"))
	require.Equal(t, context.Canceled, channels.InWords(context.Canceled, "theirs", "no way"))
}

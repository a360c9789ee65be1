package channels_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// scripted is a driver that answers as it is told.
type scripted struct {
	limits channels.Limits
	reply  channels.Reply
	err    error
	panics any
	sent   int
}

func (s *scripted) Limits() channels.Limits { return s.limits }

func (s *scripted) Encode([]channels.Item, string) ([]byte, error) {
	if s.panics != nil {
		panic(s.panics)
	}
	return []byte("{}"), s.err
}

func (s *scripted) Send(context.Context, channels.Call) (channels.Reply, error) {
	if s.panics != nil {
		panic(s.panics)
	}
	s.sent++
	return s.reply, s.err
}

func (s *scripted) Check(context.Context) (channels.Finding, error) {
	if s.panics != nil {
		panic(s.panics)
	}
	return channels.Finding{Account: "acme"}, s.err
}

type polling struct{ *scripted }

func (p polling) Poll(ctx context.Context, _ string, _ []channels.Item) (channels.Reply, error) {
	return p.Send(ctx, channels.Call{})
}

func verdicts(all ...channels.Verdict) []channels.ItemReply {
	items := make([]channels.ItemReply, len(all))
	for i, verdict := range all {
		items[i].Verdict = verdict
	}
	return items
}

var twoItems = []channels.Item{{ChannelSKU: "BIKE", Quantity: 1}, {ChannelSKU: "BELL", Quantity: 0}}

func nextOf(t *testing.T, err error) channels.Next {
	t.Helper()
	var failure *channels.Error
	require.ErrorAs(t, err, &failure)
	require.NotEmpty(t, failure.Reason)
	return failure.Next
}

func TestGuardedBelievesOnlyWhatFits(t *testing.T) {
	t.Parallel()
	budget := channels.Budget{Known: true, Capacity: 4, Remaining: 3}
	for name, test := range map[string]struct {
		reply channels.Reply
		polls bool
		fault string // empty: believed
	}{
		"every verdict":           {reply: channels.Reply{Items: verdicts(channels.Applied, channels.Conflict)}},
		"nothing is marked":       {reply: channels.Reply{Items: verdicts(channels.Unknown, channels.Unknown)}},
		"a refusal":               {reply: channels.Reply{Refused: true, Reason: "no"}},
		"a refusal with items":    {reply: channels.Reply{Refused: true, Items: verdicts(channels.NotApplied, channels.NotApplied)}},
		"accepted, with a ticket": {reply: channels.Reply{Ticket: "f1", Items: verdicts(channels.Accepted, channels.Rejected)}, polls: true},
		"too few":                 {reply: channels.Reply{Items: verdicts(channels.Applied)}, fault: "counts 1 items, the call had 2"},
		"too many":                {reply: channels.Reply{Items: verdicts(channels.Applied, channels.Applied, channels.Applied)}, fault: "counts 3"},
		"none":                    {reply: channels.Reply{}, fault: "counts 0"},
		"a verdict that is none":  {reply: channels.Reply{Items: verdicts(channels.Applied, 17)}, fault: "verdict 17"},
		"refused and applied":     {reply: channels.Reply{Refused: true, Items: verdicts(channels.Applied, channels.NotApplied)}, fault: "refusal"},
		"accepted without a ticket": {
			reply: channels.Reply{Items: verdicts(channels.Applied, channels.Accepted)}, polls: true,
			fault: "nothing will report",
		},
		"accepted by a driver that cannot poll": {
			reply: channels.Reply{Ticket: "f1", Items: verdicts(channels.Accepted, channels.Accepted)},
			fault: "nothing will report",
		},
		"a ticket for nothing": {
			reply: channels.Reply{Ticket: "f1", Items: verdicts(channels.Applied, channels.Applied)}, polls: true,
			fault: `ticket "f1"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.reply.Budget = budget
			driver := &scripted{limits: channels.Limits{Batch: 2}, reply: test.reply}
			var channel channels.Channel = driver
			if test.polls {
				channel = polling{driver}
			}
			channel = channels.Guarded(channel)
			reply, err := channel.Send(t.Context(), channels.Call{Items: twoItems})
			require.Equal(t, budget, reply.Budget, "the pacer hears of the budget in any case")
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				require.Equal(t, channels.Resend, nextOf(t, err))
				require.Empty(t, reply.Items)
				return
			}
			require.NoError(t, err)
			require.Len(t, reply.Items, 2)
			if test.reply.Refused {
				require.Equal(t, channels.NotApplied, reply.Items[1].Verdict)
			}
			if poller, ok := channels.AsPoller(channel); ok {
				polled, err := poller.Poll(t.Context(), "f1", twoItems)
				require.NoError(t, err)
				require.Equal(t, reply, polled)
			}
		})
	}
}

func TestGuardedPollerChecksReportsToo(t *testing.T) {
	t.Parallel()
	poller, ok := channels.AsPoller(channels.Guarded(polling{&scripted{reply: channels.Reply{Items: verdicts(channels.Applied)}}}))
	require.True(t, ok)
	_, err := poller.Poll(t.Context(), "f1", twoItems)
	require.ErrorContains(t, err, "counts 1 items, the call had 2")
}

func TestAsPoller(t *testing.T) {
	t.Parallel()
	driver := &scripted{}
	for channel, want := range map[channels.Channel]bool{
		driver: false, polling{driver}: true,
		channels.Guarded(driver): false, channels.Guarded(channels.Guarded(polling{driver})): true,
	} {
		_, ok := channels.AsPoller(channel)
		require.Equal(t, want, ok)
	}
	_, visible := channels.Guarded(polling{driver}).(channels.Poller)
	require.False(t, visible, "AsPoller is the one way, so that no poll goes past the guard")
}

func TestGuardedDoesNotSendWhatCannotBeTaken(t *testing.T) {
	t.Parallel()
	driver := &scripted{limits: channels.Limits{Batch: 1}}
	channel := channels.Guarded(driver)
	_, err := channel.Send(t.Context(), channels.Call{Items: twoItems})
	require.Equal(t, channels.Smaller, nextOf(t, err))
	_, err = channel.Send(t.Context(), channels.Call{})
	require.Equal(t, channels.Anew, nextOf(t, err))
	require.Zero(t, driver.sent)

	for want, item := range map[string]channels.Item{
		"below zero":     {ChannelSKU: "BIKE", Quantity: -1},
		"no channel SKU": {Location: "front"},
		"UTF-8":          {ChannelSKU: "BIKE\xff"},
	} {
		_, err := channel.Encode([]channels.Item{item}, "k")
		require.ErrorContains(t, err, want)
	}
	_, err = channel.Encode(twoItems, "k")
	require.Equal(t, channels.Smaller, nextOf(t, err))
	require.Equal(t, 1, channels.Guarded(&scripted{}).Limits().Batch)
}

func TestGuardedErrors(t *testing.T) {
	t.Parallel()
	var none *channels.Error
	throttled := &channels.Error{Next: channels.Wait, Until: time.Now(), Reason: "throttled"}
	for name, test := range map[string]struct {
		err  error
		next channels.Next
	}{
		"judged":          {throttled, channels.Wait},
		"wrapped":         {errors.Join(errors.New("sending"), throttled), channels.Wait},
		"not judged":      {errors.New("secret in a body"), channels.Resend},
		"cancelled":       {context.Canceled, channels.Resend},
		"late":            {context.DeadlineExceeded, channels.Resend},
		"nil in disguise": {none, channels.Resend},
		"judged nonsense": {&channels.Error{Next: 99, Reason: "what"}, channels.Resend},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			budget := channels.Budget{Known: true, Remaining: 1}
			channel := channels.Guarded(&scripted{
				limits: channels.Limits{Batch: 2}, err: test.err,
				reply: channels.Reply{Budget: budget, Items: verdicts(channels.Applied, channels.Applied)},
			})
			reply, err := channel.Send(t.Context(), channels.Call{Items: twoItems})
			require.Equal(t, test.next, nextOf(t, err))
			require.Equal(t, channels.Reply{Budget: budget}, reply, "together with a reply the error wins")
			require.NotContains(t, err.Error(), "secret")
			_, err = channel.Check(t.Context())
			require.Equal(t, test.next, nextOf(t, err))
		})
	}
}

func TestGuardedDriverThatPanics(t *testing.T) {
	t.Parallel()
	items := []int{}
	for name, value := range map[string]any{
		"with a text":   "the token is canary",
		"with an error": errors.New("the token is canary"),
		"out of range": func() (value any) {
			defer func() { value = recover() }()
			return items[len(t.Name())]
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			driver := polling{&scripted{limits: channels.Limits{Batch: 2}, panics: value}}
			channel := channels.Guarded(driver)
			_, encoding := channel.Encode(twoItems, "k")
			_, sending := channel.Send(t.Context(), channels.Call{Items: twoItems})
			_, checking := channel.Check(t.Context())
			poller, _ := channels.AsPoller(channel)
			_, polling := poller.Poll(t.Context(), "f1", twoItems)
			for _, err := range []error{encoding, sending, checking, polling} {
				require.ErrorContains(t, err, "the driver panicked while")
				require.Equal(t, channels.Resend, nextOf(t, err))
				require.NotContains(t, err.Error(), "canary")
			}
		})
	}
}

func TestGuardedKeepsAStoresWordsShort(t *testing.T) {
	t.Parallel()
	driver := &scripted{limits: channels.Limits{Batch: 1}, reply: channels.Reply{Items: []channels.ItemReply{
		{Verdict: channels.Rejected, Code: "no\x00\xff", Reason: strings.Repeat("é", 1000)},
	}}}
	reply, err := channels.Guarded(driver).Send(t.Context(), channels.Call{Items: twoItems[:1]})
	require.NoError(t, err)
	require.Equal(t, "no", reply.Items[0].Code)
	require.Equal(t, strings.Repeat("é", 250)+"…", reply.Items[0].Reason)
}

// composing is a channel that composes, behind another one.
type composing struct{ channels.Channel }

func (composing) Compose(items []channels.Item) [][]int { return [][]int{make([]int, len(items))} }

func (c composing) Unwrap() channels.Channel { return c.Channel }

func TestAsFindsACapabilityThroughWhateverIsAroundIt(t *testing.T) {
	t.Parallel()
	type never interface{ Never() }
	for name, test := range map[string]struct {
		channel  channels.Channel
		composes bool
	}{
		"without anything around":    {composing{}, true},
		"behind a guard":             {channels.Guarded(composing{}), true},
		"behind two guards":          {channels.Guarded(channels.Guarded(composing{})), true},
		"around one that cannot":     {composing{channels.Guarded(nil)}, true},
		"a channel that cannot":      {channels.Guarded(struct{ channels.Channel }{}), false},
		"nothing":                    {nil, false},
		"a guard that holds nothing": {channels.Guarded(nil), false},
	} {
		_, composes := channels.As[channels.Composer](test.channel)
		require.Equal(t, test.composes, composes, name)
		_, ok := channels.As[never](test.channel)
		require.False(t, ok, name)
	}
}

func TestDriversOpenStoresBehindTheGuard(t *testing.T) {
	t.Parallel()
	fault := errors.New("correct the setting endpoint")
	drivers := channels.Drivers{
		"panics": {Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) { return panicking{}, nil }},
		"broken": {Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) { return nil, fault }},
	}
	channel, err := drivers.Open("panics", "shop", nil, settings.Environment{})
	require.NoError(t, err)
	_, err = channel.Check(t.Context())
	require.ErrorContains(t, err, "the driver panicked while checking the store")
	channel, err = drivers.Open("broken", "shop", nil, settings.Environment{})
	require.ErrorIs(t, err, fault)
	require.Nil(t, channel)
	_, err = drivers.Open("missing", "shop", nil, settings.Environment{})
	require.ErrorIs(t, err, channels.ErrNoDriver)
}

// panicking is a channel whose every call panics: its methods are those of nil.
type panicking struct{ channels.Channel }

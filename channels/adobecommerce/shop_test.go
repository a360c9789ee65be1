package adobecommerce_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/adobecommerce"
	"github.com/tidemark/tidemark/channels/adobecommerce/adobecommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// start starts a store with some products, at 77 each.
func start(t *testing.T, options adobecommercetest.Options) (*adobecommercetest.Store, channels.Channel) {
	t.Helper()
	store := adobecommercetest.Start(t, options)
	for _, sku := range []string{"BIKE", "BELL", "FRAME"} {
		store.Set(t, channels.Item{ChannelSKU: sku, Quantity: 77})
	}
	return store, channels.Guarded(store.Open(t))
}

// three are figures of those products.
func three(t *testing.T, channel channels.Channel) []channels.Item {
	t.Helper()
	return channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5}, channels.Item{ChannelSKU: "BELL", Quantity: 6},
		channels.Item{ChannelSKU: "FRAME"})
}

// through sends items and polls until nothing is open. Of each item the first final verdict counts, as in the ledger.
func through(t *testing.T, channel channels.Channel, items ...channels.Item) (settled []channels.ItemReply, err error) {
	t.Helper()
	settled = make([]channels.ItemReply, len(items))
	reply, err := channeltest.Push(t, channel, items...)
	for range 20 {
		for i, item := range reply.Items {
			if before := settled[i].Verdict; before == channels.Unknown || before == channels.Accepted {
				settled[i] = item
			}
		}
		if err != nil || reply.Ticket == "" {
			return settled, err
		}
		reply, err = channeltest.Poll(t, channel, reply.Ticket, items...)
	}
	require.Fail(t, "the report comes to an end")
	return nil, nil
}

func verdicts(settled []channels.ItemReply) (all []channels.Verdict) {
	for _, reply := range settled {
		all = append(all, reply.Verdict)
	}
	return all
}

func TestHowItemsAreMarked(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]bool{"quantity": false, "in_stock": true} {
		store, channel := start(t, adobecommercetest.Options{Settings: map[string]any{"stock_status": status}})
		_, err := through(t, channel, three(t, channel)...)
		require.NoError(t, err)
		require.True(t, store.InStock("default", "BIKE"))
		require.Equal(t, want, store.InStock("default", "FRAME"), "0 units, "+status)
	}
}

// TestWhatIsNotConfirmed runs one call of three items, the second of which is a poison, against each response that a store may give.
func TestWhatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	some := []channels.Verdict{channels.Applied, channels.Rejected, channels.Applied}
	late := []channels.Verdict{channels.Applied, channels.NotApplied, channels.Applied}
	deadlock := map[string]int{"BELL": 1}
	for name, test := range map[string]struct {
		options adobecommercetest.Options
		poison  bool
		want    []channels.Verdict
		next    channels.Next
		fault   string
	}{
		"a poison fails":                   {options: adobecommercetest.Options{}, poison: true, want: some},
		"a poison is rejected":             {options: adobecommercetest.Options{PoisonStatus: 5}, poison: true, want: some},
		"a poison is told at receipt":      {options: adobecommercetest.Options{Refuses: adobecommercetest.AtReceipt}, poison: true, want: some},
		"reports with other names":         {options: adobecommercetest.Options{Snake: true}, poison: true, want: some},
		"reports without data":             {options: adobecommercetest.Options{KeepsNoData: true}, poison: true, want: some},
		"a deadlock":                       {options: adobecommercetest.Options{Deadlocks: deadlock}, want: late},
		"a deadlock that is told as final": {options: adobecommercetest.Options{Deadlocks: deadlock, NotSaved: true}, want: late},
		"a bulk as large as allowed":       {options: adobecommercetest.Options{Limit: 3}, poison: true, want: some},
		"a bulk too large":                 {options: adobecommercetest.Options{Limit: 2}, next: channels.Smaller, fault: "lower the setting batch_limit"},
		"a bulk too large, told by 413":    {options: adobecommercetest.Options{Limit: 2, LimitStatus: 413}, next: channels.Smaller, fault: "too large"},
		"operations numbered across bulks": {
			options: adobecommercetest.Options{DatabaseIDs: true}, poison: true, next: channels.AskPerson,
			fault: "2.4 or later is needed",
		},
		"SKUs that do not exist are refused": {options: adobecommercetest.Options{RefusesUnknown: true}, poison: true, want: some},
		"a permission that the check misses": {
			options: adobecommercetest.Options{Without: []string{adobecommercetest.Assign}}, next: channels.AskPerson,
			fault: adobecommercetest.Assign,
		},
		"reports that may not be read at all": {
			options: adobecommercetest.Options{Without: []string{adobecommercetest.Reports}}, next: channels.AskPerson,
			fault: adobecommercetest.Reports,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, channel := start(t, test.options)
			items := three(t, channel)
			if test.poison {
				store.Poison("BELL")
			}
			settled, err := through(t, channel, items...)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, verdicts(settled))
			require.NotEmpty(t, settled[1].Reason)
			require.Equal(t, map[channeltest.Place]int64{{SKU: "BIKE"}: 5, {SKU: "BELL"}: 77, {SKU: "FRAME"}: 0}, store.Shown(t))
			require.Equal(t, 1, store.Calls(t), "one call finds the poison")
		})
	}
}

// A bulk that is refused as a whole is halved by the push loop until the poison is alone.
func TestABulkThatIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	store, channel := start(t, adobecommercetest.Options{Refuses: adobecommercetest.AsAWhole})
	items := three(t, channel)
	store.Poison("BELL")
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.True(t, reply.Refused)
	require.Equal(t, `Error occurred during "sku" processing. A module of this store does not take this product.`, reply.Reason)
	settled, err := through(t, channel, items[0], items[2])
	require.NoError(t, err)
	require.Equal(t, []channels.Verdict{channels.Applied, channels.Applied}, verdicts(settled))
}

func TestAStoreThatTakesEverySKU(t *testing.T) {
	t.Parallel()
	store, channel := start(t, adobecommercetest.Options{})
	items := three(t, channel)
	require.Contains(t, channeltest.Find(t, channel, channels.Item{ChannelSKU: "GHOST"})[0].Missing, "no product", "it is found out before it is sent")
	store.Respell("BIKE", "Bike")
	store.Delete("BELL")
	settled, err := through(t, channel, items...)
	require.NoError(t, err)
	require.Equal(t, []channels.Verdict{channels.Applied, channels.Applied, channels.Applied}, verdicts(settled), "such a store cannot tell")
	require.Equal(t, 1, store.Orphans())
	require.Equal(t, int64(5), store.Shown(t)[channeltest.Place{SKU: "BIKE"}], "the database does not tell the spellings apart")
}

func TestAStoreThatRefusesWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	store, channel := start(t, adobecommercetest.Options{RefusesUnknown: true})
	items := three(t, channel)
	store.Respell("BIKE", "Bike")
	store.Delete("BELL")
	settled, err := through(t, channel, items...)
	require.NoError(t, err)
	require.True(t, settled[0].Lost)
	require.True(t, settled[1].Lost)
	require.Zero(t, store.Orphans())
	matches := channeltest.Find(t, channel, items...)
	require.Equal(t, "Bike", matches[0].Reference)
	require.Contains(t, matches[1].Missing, "no product with this SKU")
}

func TestTheWrongSource(t *testing.T) {
	t.Parallel()
	_, channel := start(t, adobecommercetest.Options{Sources: []string{"east"}})
	items := three(t, channel)
	items[0].Location, items[1].Location = "east", "west"
	settled, err := through(t, channel, items...)
	require.NoError(t, err)
	require.Equal(t, []channels.Verdict{channels.Applied, channels.Rejected, channels.Applied}, verdicts(settled))
	require.Contains(t, settled[1].Reason, `"west" does not exist`)
}

func TestAServerThatThrottles(t *testing.T) {
	t.Parallel()
	at := now
	store, channel := start(t, adobecommercetest.Options{Throttle: true, RetryAfter: "20", Now: func() time.Time { return at }})
	items := three(t, channel)
	for range 3 { // with the look-up, the whole bucket
		_, err := channeltest.Push(t, channel, items...)
		require.NoError(t, err)
	}
	_, err := channeltest.Push(t, channel, items...)
	require.Equal(t, at.Add(20*time.Second), channeltest.RequireError(t, err, channels.Wait, "throttles").Until)
	require.Equal(t, 1, store.Overruns())
	require.Equal(t, 1, store.Throttled())
	at = at.Add(20 * time.Second)
	_, err = channeltest.Push(t, channel, items...)
	require.NoError(t, err)
}

func TestCheckTellsWhatItFound(t *testing.T) {
	t.Parallel()
	_, channel := start(t, adobecommercetest.Options{
		Sources: []string{"east", "west"}, Disabled: []string{"west"},
		Settings: map[string]any{"default_source": "hub"},
	})
	finding, err := channel.Check(t.Context())
	require.NoError(t, err)
	require.Regexp(t, `^127\.0\.0\.1:\d+, store view all$`, finding.Account)
	require.Equal(t, []string{"default", "east", "west"}, finding.Locations)
	require.Equal(t, []string{
		`the source "west" is disabled, so its figures are not for sale`,
		`there is no source "hub", which default_source names; a connection without locations cannot set a figure`,
		"products: 4",
	}, finding.Notes[:3])
	require.Equal(t, "figures in sources: 3", finding.Notes[4])

	for _, resource := range []string{adobecommercetest.Sources, adobecommercetest.Products, adobecommercetest.Reports} {
		store, channel := start(t, adobecommercetest.Options{Without: []string{resource}})
		_, err := channel.Check(t.Context())
		require.Equal(t, resource, channeltest.RequireError(t, err, channels.AskPerson, "no access to the resource "+resource).Code)
		require.Zero(t, store.Calls(t))
	}
	store, _ := start(t, adobecommercetest.Options{})
	wrong := settings.Environment{Variable: func(string) (string, bool) { return "wrong", true }}
	channel, err = adobecommerce.Driver().Open("shop", store.Settings(), wrong)
	require.NoError(t, err)
	_, err = channel.Check(t.Context())
	channeltest.RequireError(t, err, channels.AskPerson, "or its token is not accepted")
}

func TestCheckDoesNotBelieveAnAnswerForEverything(t *testing.T) {
	t.Parallel()
	_, err := answering(t, canned{status: 200, body: `{"items":[],"total_count":0}`}).Check(t.Context())
	channeltest.RequireError(t, err, channels.Resend, "a bulk that does not exist")
}

// TestThePaceOfACatalogue pushes 20,000 figures as the push loop does, on a clock that does not wait.
func TestThePaceOfACatalogue(t *testing.T) {
	t.Parallel()
	at := now
	store := adobecommercetest.Start(t, adobecommercetest.Options{Throttle: true, Now: func() time.Time { return at }, Processing: time.Minute})
	items := make([]channels.Item, 20_000)
	for i := range items {
		items[i] = channels.Item{ChannelSKU: fmt.Sprintf("SKU-%05d", i)}
	}
	store.Set(t, items...)
	for i := range items {
		items[i].Quantity = int64(i%1000 + 1)
	}
	channel := channels.Guarded(store.Open(t))
	paced := channeltest.NewPaced(t, channel, channels.PaceBudget{Share: 1}, &at, 0)
	for part := range slices.Chunk(items, channel.Limits().Find) {
		paced.LookUp(part...)
	}
	for part := range slices.Chunk(items, channel.Limits().Batch) {
		paced.PushThrough(part...)
	}
	require.Zero(t, store.Overruns())
	require.Zero(t, store.Throttled())
	require.Equal(t, 200, store.Lookups())
	require.Equal(t, 20, store.Calls(t))
	shown := store.Shown(t)
	for _, item := range items {
		require.Equal(t, item.Quantity, shown[channeltest.Place{SKU: item.ChannelSKU}])
	}
}

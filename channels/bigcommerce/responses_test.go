package bigcommerce_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/bigcommerce/bigcommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// noon is when answering stores are asked.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// answering opens a channel to a store that answers everything the same.
func answering(t *testing.T, status int, header http.Header, body string) channels.Channel {
	t.Helper()
	server := channeltest.Answering(t, status, header, body)
	environment := bigcommercetest.Environment()
	environment.Now = func() time.Time { return noon }
	channel, err := bigcommerce.Driver().Open("shop", with(settings.Values{"endpoint": server.URL}), environment)
	require.NoError(t, err)
	return channels.Guarded(channel)
}

// two are items as they are sent.
var two = []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {ChannelSKU: "BELL", Quantity: 3}}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const page = `<!DOCTYPE html><title>Oops</title>`
	for name, test := range map[string]struct {
		status int // 0 is 200
		body   string
		next   channels.Next // with fault
		fault  string        // empty: both are applied
	}{
		"taken":                         {body: `{"transaction_id":"97a73cdd-9fc5-4aa5-892c-4ead8259c24e"}`},
		"taken, and more":               {body: `{"transaction_id":"1","new":[]}`},
		"no transaction":                {body: `{}`, fault: "does not name the transaction"},
		"an empty transaction":          {body: `{"transaction_id":""}`, fault: "does not name the transaction"},
		"a transaction of another form": {body: `{"transaction_id":{"id":1}}`, fault: "not the JSON"},
		"a list":                        {body: `[]`, fault: "not the JSON"},
		"more JSON follows":             {body: `{"transaction_id":"1"}{}`, fault: "not the JSON"},
		"nothing":                       {fault: "not the JSON"},
		"a page":                        {body: page, fault: "not the JSON"},
		"a task":                        {status: 202, body: `{"transaction_id":"1"}`, fault: "not one that the store's API promises"},
		"no content":                    {status: 204, fault: "not one that the store's API promises"},
		"several statuses":              {status: 207, body: `{"transaction_id":"1"}`, fault: "not one that the store's API promises"},
		"a redirect":                    {status: 301, next: channels.AskPerson, fault: "redirect"},
		"malformed":                     {status: 400, body: `{"status":400,"title":"Input is invalid"}`, next: channels.AskPerson, fault: "does not take the call"},
		"the credential":                {status: 401, body: `{"status":401}`, next: channels.AskPerson, fault: "does not accept the credential"},
		"the scope": {
			status: 403, body: `{"status":403}`, next: channels.AskPerson,
			fault: "Store Inventory (modify) and Store Locations (read-only)",
		},
		"no such store":            {status: 404, body: `{"status":404}`, next: channels.AskPerson, fault: "correct the setting store_hash"},
		"another method":           {status: 405, next: channels.AskPerson, fault: "does not take the call"},
		"a conflict":               {status: 409, body: `{"status":409}`, fault: "something else is under way"},
		"too many items":           {status: 413, next: channels.Smaller, fault: "too large"},
		"another type":             {status: 415, next: channels.AskPerson, fault: "does not take the call"},
		"a refusal that is a page": {status: 422, body: page, fault: "not the JSON"},
		"locked":                   {status: 423, fault: "something else is under way"},
		"broken off":               {status: 499, fault: "broken off"},
		"a fault":                  {status: 500, body: page, fault: "server error"},
		"under maintenance":        {status: 503, fault: "server error"},
		"a proxy has no patience":  {status: 504, fault: "server error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, max(test.status, 200), nil, test.body)
			reply, err := channeltest.Push(t, channel, two...)
			if test.fault == "" {
				require.NoError(t, err)
				item := channels.ItemReply{Verdict: channels.Applied}
				require.Equal(t, channels.Reply{Items: []channels.ItemReply{item, item}}, reply)
				return
			}
			failure := channeltest.RequireError(t, err, test.next, test.fault)
			require.Zero(t, failure.Until)
		})
	}
}

const (
	noLocation = "BigCommerce has no such location; correct the connection's locations or the store's setting location"
	byProduct  = "BigCommerce does not track the stock of this SKU by itself, so it cannot be set; switch the product's inventory tracking to the variant level " +
		"in BigCommerce"
)

// Offenders are read from a title with certainty, or not at all.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const sentence = " is tracked by product, please update stock by product id"
	skus := func(names ...string) []channels.Item {
		var items []channels.Item
		for _, name := range names {
			items = append(items, channels.Item{ChannelSKU: name, Quantity: 1})
		}
		return items
	}
	split := []channels.Item{
		{ChannelSKU: "BIKE", Location: "2"}, {ChannelSKU: "BIKE", Location: "3"}, {ChannelSKU: "BELL", Location: "3"}, {ChannelSKU: "HORN"},
	}
	for name, test := range map[string]struct {
		title  string
		errors string          // empty is {}
		items  []channels.Item // nil is BIKE and BELL
		want   map[int]string  // reasons of those that are rejected; nil: the call is refused
	}{
		// As published or reported.
		"an item by the id of its variant": {title: "[Item with variant_id 106" + sentence + "]"},
		"an item by SKU":                   {title: "[Item with sku BELL" + sentence + "]", want: map[int]string{1: byProduct}},
		"items by SKU": {
			title: "[Item with sku BELL" + sentence + ", Item with sku BIKE" + sentence + "]",
			want:  map[int]string{0: byProduct, 1: byProduct},
		},
		"tracked by variant": {
			title: "[Item with sku BELL is tracked by variant, please update stock by variant id]",
			want:  map[int]string{1: byProduct},
		},
		"identity and a sentence": {
			title: "Items with identity: [sku BIKE] requires something",
			want:  map[int]string{0: "Items with identity: [sku BIKE] requires something"},
		},
		"identity of a product": {title: "Items with identity: [product_id 113] requires something"},
		"locations": {
			title: "Location not found, identities: [3,2]", items: split,
			want: map[int]string{0: noLocation, 1: noLocation, 2: noLocation},
		},
		"one location":                  {title: "Location not found, identities: [3]", items: split, want: map[int]string{1: noLocation, 2: noLocation}},
		"the setting's location":        {title: "Location not found, identities: [1]", items: split, want: map[int]string{3: noLocation}},
		"a location that was not asked": {title: "Location not found, identities: [3,4]", items: split},
		"locations of another form":     {title: "Location not found, identities: [front]", items: split},
		// Other forms, which are read where there is no doubt.
		"a list": {
			title: "Item not found, identities: [BELL, BIKE]",
			want:  map[int]string{0: "Item not found, identities: [BELL, BIKE]", 1: "Item not found, identities: [BELL, BIKE]"},
		},
		"a list without blanks": {
			title: "Item not found, identities: [BELL,BIKE]",
			want:  map[int]string{0: "Item not found, identities: [BELL,BIKE]", 1: "Item not found, identities: [BELL,BIKE]"},
		},
		"a stray name":                 {title: "Item not found, identities: [HORN]"},
		"a stray name among others":    {title: "Item not found, identities: [BELL, HORN]"},
		"another case":                 {title: "Item not found, identities: [bell]"},
		"a name twice":                 {title: "Item not found, identities: [BELL, BELL]"},
		"a number, which may be an id": {title: "Item not found, identities: [106]", items: skus("106", "BELL")},
		"a number that is called a SKU": {
			title: "Item not found, identities: [sku 106]", items: skus("106", "BELL"),
			want: map[int]string{0: "Item not found, identities: [sku 106]"},
		},
		"a SKU like the id of a variant":       {title: "Item not found, identities: [variant_id 106]", items: skus("variant_id 106", "BELL")},
		"a SKU with a comma":                   {title: "[Item with sku A, B" + sentence + "]", items: skus("A, B", "B"), want: map[int]string{0: byProduct}},
		"a SKU with brackets":                  {title: "[Item with sku A[1]" + sentence + "]", items: skus("A[1]", "B"), want: map[int]string{0: byProduct}},
		"a SKU with a line break":              {title: "[Item with sku A\nB" + sentence + "]", items: skus("A\nB", "B"), want: map[int]string{0: byProduct}},
		"a SKU with a blank before it":         {title: "[Item with sku  A" + sentence + "]", items: skus("A", " A"), want: map[int]string{1: byProduct}},
		"a comma, or two SKUs":                 {title: "Item not found, identities: [A,B]", items: skus("A,B", "A", "B")},
		"a word, or a SKU that begins with it": {title: "Item not found, identities: [sku A]", items: skus("sku A", "A")},
		"a SKU that begins with the word": {
			title: "Item not found, identities: [sku A]", items: skus("sku A", "B"),
			want: map[int]string{0: "Item not found, identities: [sku A]"},
		},
		"a SKU at two locations":        {title: "[Item with sku BIKE" + sentence + "]", items: split},
		"a SKU at one of the locations": {title: "[Item with sku HORN" + sentence + "]", items: split, want: map[int]string{3: byProduct}},
		"prose alone":                   {title: "Item BELL is no good"},
		"empty brackets":                {title: "Item not found, identities: []"},
		"no title":                      {},
		// By place, in the way of the errors of other calls.
		"a place": {
			title: "Payload contains invalid fields", errors: `{"items.1.quantity":"must be less"}`,
			want: map[int]string{1: "must be less"},
		},
		"a place, several times": {
			title: "Invalid", errors: `{"items.1.quantity":"b","items.1.sku":"a","items.0":{}}`,
			want: map[int]string{0: "Invalid", 1: "a"},
		},
		"a place outside":            {title: "Invalid", errors: `{"items.2.quantity":"must be less"}`},
		"a place far outside":        {title: "Invalid", errors: `{"items.99999999999999999999.quantity":"must be less"}`},
		"a place and something else": {title: "Invalid", errors: `{"items.1.quantity":"must be less","reason":"too long"}`},
		"something else":             {title: "Invalid", errors: `{"reason":"too long"}`},
		"errors of another form":     {title: "[Item with sku BELL" + sentence + "]", errors: `[]`, want: map[int]string{1: byProduct}},
		"errors that are null":       {title: "[Item with sku BELL" + sentence + "]", errors: `null`, want: map[int]string{1: byProduct}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.items == nil {
				test.items = two
			}
			if test.errors == "" {
				test.errors = "{}"
			}
			title, err := json.Marshal(test.title)
			require.NoError(t, err)
			reply, err := channeltest.Push(t, answering(t, http.StatusUnprocessableEntity, nil,
				`{"status":422,"title":`+string(title)+`,"type":"x","errors":`+test.errors+`}`), test.items...)
			require.NoError(t, err)
			require.Equal(t, test.want == nil, reply.Refused)
			for i, item := range reply.Items {
				if reason, offends := test.want[i]; offends {
					require.Equal(t, channels.ItemReply{Verdict: channels.Rejected, Reason: reason}, item)
					continue
				}
				require.Equal(t, channels.NotApplied, item.Verdict)
			}
			if reply.Refused {
				require.NotEmpty(t, reply.Reason)
			}
		})
	}
}

func TestThrottlesAndOverload(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header map[string]string
		next   channels.Next
		until  time.Time
		budget channels.Budget
	}{
		"the quota is used up": {
			header: map[string]string{
				"X-Rate-Limit-Time-Window-Ms": "30000", "X-Rate-Limit-Time-Reset-Ms": "15000", "X-Rate-Limit-Requests-Quota": "150",
				"X-Rate-Limit-Requests-Left": "0",
			},
			next: channels.Wait, until: noon.Add(15 * time.Second),
			budget: channels.Budget{Known: true, Capacity: 150, PerSecond: 5, Cost: 1},
		},
		"as in the documentation's example": {
			header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "15000"}, next: channels.Wait,
			until: noon.Add(15 * time.Second),
		},
		"a fraction": {
			header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "0.5"}, next: channels.Wait,
			until: noon.Add(500 * time.Microsecond),
		},
		"at once":       {header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "0"}, next: channels.Wait, until: noon},
		"absurdly long": {header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "1e300"}, next: channels.Wait, until: noon.Add(24 * time.Hour)},
		"a quota without a time": {
			header: map[string]string{"X-Rate-Limit-Time-Window-Ms": "30000", "X-Rate-Limit-Requests-Quota": "450", "X-Rate-Limit-Requests-Left": "0"},
			next:   channels.Wait, budget: channels.Budget{Known: true, Capacity: 450, PerSecond: 15, Cost: 1},
		},
		"the load of the platform":         {next: channels.Resend},
		"a time that makes no sense":       {header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "soon"}, next: channels.Resend},
		"a time below zero":                {header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "-1"}, next: channels.Resend},
		"no number":                        {header: map[string]string{"X-Rate-Limit-Time-Reset-Ms": "NaN"}, next: channels.Resend},
		"a proxy that says how long":       {header: map[string]string{"Retry-After": "20"}, next: channels.Wait, until: noon.Add(20 * time.Second)},
		"a proxy that says nothing of use": {header: map[string]string{"Retry-After": "later"}, next: channels.Wait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			for key, value := range test.header {
				header.Set(key, value)
			}
			reply, err := channeltest.Push(t, answering(t, http.StatusTooManyRequests, header, `{"status":429}`), two...)
			failure := channeltest.RequireError(t, err, test.next)
			require.Equal(t, test.until.UnixNano(), failure.Until.UnixNano())
			require.Equal(t, test.budget, reply.Budget)
		})
	}
}

func TestTheBudgetIsReadFromEveryAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		window, quota, left string
		want                channels.Budget
	}{
		"standard":    {"30000", "150", "35", channels.Budget{Known: true, Capacity: 150, Remaining: 35, PerSecond: 5, Cost: 1}},
		"short":       {"5000", "25", "24", channels.Budget{Known: true, Capacity: 25, Remaining: 24, PerSecond: 5, Cost: 1}},
		"no window":   {"", "150", "35", channels.Budget{}},
		"no quota":    {"30000", "0", "0", channels.Budget{}},
		"zero window": {"0", "150", "35", channels.Budget{}},
		"no number":   {"30000", "many", "35", channels.Budget{}},
		"endless":     {"30000", "Inf", "35", channels.Budget{}},
		"below zero":  {"30000", "150", "-1", channels.Budget{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			header.Set("X-Rate-Limit-Time-Window-Ms", test.window)
			header.Set("X-Rate-Limit-Requests-Quota", test.quota)
			header.Set("X-Rate-Limit-Requests-Left", test.left)
			reply, err := channeltest.Push(t, answering(t, http.StatusOK, header, `{"transaction_id":"1"}`), two...)
			require.NoError(t, err)
			require.Equal(t, test.want, reply.Budget)
			reply, err = channeltest.Push(t, answering(t, http.StatusInternalServerError, header, ``), two...)
			channeltest.RequireError(t, err, channels.Resend)
			require.Equal(t, test.want, reply.Budget, "also next to an error")
		})
	}
}

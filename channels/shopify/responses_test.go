package shopify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/settings"
)

// answering opens a channel to a shop that answers everything the same.
func answering(t *testing.T, status int, body string) channels.Channel {
	t.Helper()
	server := channeltest.Answering(t, status, nil, body)
	channel, err := shopify.Driver().Open("shop", settings.Values{"endpoint": server.URL, "token": "env:TOKEN", "location": "1"}, shopifytest.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel)
}

// two are items as they are sent.
var two = []channels.Item{
	{ChannelSKU: "BIKE", Quantity: 5, Reference: "gid://shopify/InventoryItem/1"},
	{ChannelSKU: "BELL", Quantity: 3, Reference: "gid://shopify/InventoryItem/2"},
}

// userErrors is a payload as Shopify gives it.
func userErrors(errors string) string {
	return `{"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":null,"userErrors":[` + errors + `]}},"extensions":{"cost":{"requestedQueryCost":10,` +
		`"actualQueryCost":10,"throttleStatus":{"maximumAvailable":2000.0,"currentlyAvailable":1990,"restoreRate":100.0}}}}`
}

// topError is a response that failed as a whole.
func topError(code string) string {
	return `{"errors":[{"message":"no","extensions":{"code":"` + code + `"},"path":["inventorySetQuantities"]}],"data":{"inventorySetQuantities":null}}`
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	budget := channels.Budget{Known: true, Capacity: 2000, Remaining: 1990, PerSecond: 100, Cost: 10}
	applied, notApplied := channels.ItemReply{Verdict: channels.Applied}, channels.ItemReply{Verdict: channels.NotApplied}
	rejected := func(code, reason string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.Rejected, Code: code, Reason: reason}
	}
	lost := channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Code: "INVALID_INVENTORY_ITEM", Reason: "not found"}
	refused := func(reason string) channels.Reply {
		reply := channels.ItemReply{Verdict: channels.NotApplied, Reason: reason}
		return channels.Reply{Refused: true, Reason: reason, Items: []channels.ItemReply{reply, reply}, Budget: budget}
	}
	replied := func(items ...channels.ItemReply) channels.Reply { return channels.Reply{Items: items, Budget: budget} }
	for name, test := range map[string]struct {
		status int // 0 is 200
		body   string
		items  []channels.Item // nil is two
		want   channels.Reply
		next   channels.Next // with fault
		fault  string        // empty: no error
	}{
		"applied": {body: userErrors(``), want: replied(applied, applied)},
		"applied, nothing changed": {
			body: `{"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":null,"userErrors":[]}}}`,
			want: channels.Reply{Items: []channels.ItemReply{applied, applied}},
		},
		"applied, and more": {body: `{"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":{"id":"gid://shopify/InventoryAdjustmentGroup/1"},` +
			`"userErrors":[],"new":1}}}`, want: channels.Reply{Items: []channels.ItemReply{applied, applied}}},
		"no user errors at all":   {body: `{"data":{"inventorySetQuantities":{"userErrors":null}}}`, fault: "does not say whether there were errors"},
		"no payload":              {body: `{"data":{"inventorySetQuantities":null}}`, fault: "does not say whether there were errors"},
		"another payload":         {body: `{"data":{"inventorySetQuantities":[1]}}`, fault: "another form"},
		"neither data nor errors": {body: `{"extensions":{}}`, fault: "neither data nor errors"},
		"data and an unknown error": {
			body:  `{"data":{"inventorySetQuantities":{"userErrors":[]}},"errors":[{"message":"odd"}]}`,
			fault: "an error that is not known",
		},
		"more JSON follows": {body: userErrors(``) + `{}`, fault: "something follows"},
		"a page":            {body: `<!DOCTYPE html>`, fault: "not the JSON of a GraphQL response"},
		"a bundle": {
			body: userErrors(`{"field":["input","quantities","1","inventoryItemId"],"code":"NON_MUTABLE_INVENTORY_ITEM","message":"no"}`),
			want: replied(notApplied, rejected("NON_MUTABLE_INVENTORY_ITEM",
				"Shopify computes the stock of this item from its components, so it cannot be set; push the components and take this listing away")),
		},
		"not stocked": {
			body: userErrors(`{"field":["input","quantities","0","locationId"],"code":"ITEM_NOT_STOCKED_AT_LOCATION","message":"no"}`),
			want: replied(rejected("ITEM_NOT_STOCKED_AT_LOCATION",
				"the item is not stocked at the location; tick the location in the variant's inventory in Shopify, or link another one"), notApplied),
		},
		"an unknown location": {
			body: userErrors(`{"field":["input","quantities","0","locationId"],"code":"INVALID_LOCATION","message":"no"}`),
			want: replied(rejected("INVALID_LOCATION", "Shopify has no such location; correct the connection's locations or the store's setting location"), notApplied),
		},
		"an unknown item": {body: userErrors(`{"field":["input","quantities","0","inventoryItemId"],"code":"INVALID_INVENTORY_ITEM","message":"not ` +
			`found"}`), want: replied(lost, notApplied)},
		"an unknown item, elsewhere": {
			body: userErrors(`{"field":["input","quantities","0","inventoryItemId"],"code":"INVALID_INVENTORY_ITEM","message":"not ` +
				`found"},{"field":["input","quantities","0","locationId"],"code":"INVALID_LOCATION","message":"no"}`),
			want: replied(rejected("INVALID_LOCATION", "Shopify has no such location; correct the connection's locations or the store's setting location"), notApplied),
		},
		"too high": {body: userErrors(`{"field":["input","quantities","1","quantity"],"code":"INVALID_QUANTITY_TOO_HIGH","message":"The total ` +
			`quantity can't be higher than 1,000,000,000."}`), want: replied(notApplied,
			rejected("INVALID_QUANTITY_TOO_HIGH", "The total quantity can't be higher than 1,000,000,000."))},
		"too low": {
			body: userErrors(`{"field":["input","quantities","1","quantity"],"code":"INVALID_QUANTITY_TOO_LOW","message":"low"}`),
			want: replied(notApplied, rejected("INVALID_QUANTITY_TOO_LOW", "low")),
		},
		"negative": {
			body: userErrors(`{"field":["input","quantities","1","quantity"],"code":"INVALID_QUANTITY_NEGATIVE","message":"negative"}`),
			want: replied(notApplied, rejected("INVALID_QUANTITY_NEGATIVE", "negative")),
		},
		"a pair twice": {
			body: userErrors(`{"field":["input","quantities","0","locationId"],"code":"NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",` +
				`"message":"twice"},{"field":["input","quantities","1","locationId"],"code":"NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR","message":"twice"}`),
			want: replied(rejected("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", "twice"), rejected("NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR", "twice")),
		},
		"a new code": {
			body: userErrors(`{"field":["input","quantities","1"],"code":"MOON_PHASE","message":"not\ntoday"}`),
			want: replied(notApplied, rejected("MOON_PHASE", "not today")),
		},
		"no code": {
			body: userErrors(`{"field":["input","quantities","1"],"code":null,"message":"odd"}`),
			want: replied(notApplied, rejected("", "odd")),
		},
		"stale, in another order": {
			body: userErrors(`{"field":["input","quantities","1","changeFromQuantity"],"code":"CHANGE_FROM_QUANTITY_STALE",` +
				`"message":"stale"},{"field":["input","quantities","0","inventoryItemId"],"code":"NON_MUTABLE_INVENTORY_ITEM","message":"no"}`),
			want: replied(rejected("NON_MUTABLE_INVENTORY_ITEM",
				"Shopify computes the stock of this item from its components, so it cannot be set; push the components and take this listing away"),
				channels.ItemReply{Verdict: channels.Conflict, Code: "CHANGE_FROM_QUANTITY_STALE", Reason: "stale"}),
		},
		"stale, as it was called": {
			body: userErrors(`{"field":["input","quantities","1","compareQuantity"],"code":"COMPARE_QUANTITY_STALE","message":"stale"}`),
			want: replied(notApplied, channels.ItemReply{Verdict: channels.Conflict, Code: "COMPARE_QUANTITY_STALE", Reason: "stale"}),
		},
		"nobody named": {
			body: userErrors(`{"field":null,"code":"NON_MUTABLE_INVENTORY_ITEM","message":"no"}`),
			want: refused("NON_MUTABLE_INVENTORY_ITEM: no"),
		},
		"nobody named, no code": {body: userErrors(`{"field":["input"],"code":null,"message":"no"}`), want: refused("no")},
		"nobody named, but one item": {
			body: userErrors(`{"field":null,"code":"NON_MUTABLE_INVENTORY_ITEM","message":"no"}`), items: two[:1],
			want: replied(rejected("NON_MUTABLE_INVENTORY_ITEM",
				"Shopify computes the stock of this item from its components, so it cannot be set; push the components and take this listing away")),
		},
		"some named": {
			body: userErrors(`{"field":null,"code":"X","message":"no"},{"field":["input","quantities","0"],"code":"Y","message":"bad"}`),
			want: replied(rejected("Y", "bad"), notApplied),
		},
		"an index above": {body: userErrors(`{"field":["input","quantities","2","quantity"],"code":"X","message":"no"}`), fault: "was not in the call"},
		"an index below": {body: userErrors(`{"field":["input","quantities","-1","quantity"],"code":"X","message":"no"}`), fault: "was not in the call"},
		"no index":       {body: userErrors(`{"field":["input","quantities","first"],"code":"X","message":"no"}`), fault: "was not in the call"},
		"the same call under way": {
			body:  userErrors(`{"field":null,"code":"IDEMPOTENCY_CONCURRENT_REQUEST","message":"x"}`),
			fault: "still works on the same call", next: channels.Resend,
		},
		"a key with other bytes": {
			body:  userErrors(`{"field":null,"code":"IDEMPOTENCY_KEY_PARAMETER_MISMATCH","message":"x"}`),
			fault: "used before with other bytes", next: channels.Anew,
		},
		"a key that failed": {
			body: userErrors(`{"field":null,"code":"IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED","message":"x"}`), fault: "an earlier attempt",
			next: channels.Anew,
		},
		"a reason that is not known": {
			body:  userErrors(`{"field":["input","reason"],"code":"INVALID_REASON","message":"x"}`),
			fault: "(INVALID_REASON); check the settings version (2026-10) and reason (correction)", next: channels.AskPerson,
		},
		"a document's URI": {
			body:  userErrors(`{"field":["input","referenceDocumentUri"],"code":"INVALID_REFERENCE_DOCUMENT","message":"x"}`),
			fault: "INVALID_REFERENCE_DOCUMENT", next: channels.AskPerson,
		},
		"a name": {
			body: userErrors(`{"field":["input","name"],"code":"INVALID_NAME","message":"x"}`), fault: "INVALID_NAME",
			next: channels.AskPerson,
		},
		"comparing is asked for": {
			body:  userErrors(`{"field":["input","quantities","0"],"code":"COMPARE_QUANTITY_REQUIRED","message":"x"}`),
			fault: "COMPARE_QUANTITY_REQUIRED", next: channels.AskPerson,
		},
		"no directive": {body: topError("BAD_REQUEST"), fault: "does not take the call (BAD_REQUEST)", next: channels.AskPerson},
		"no changeFromQuantity": {
			body: topError("INVALID_FIELD_ARGUMENTS"), fault: "does not take the call (INVALID_FIELD_ARGUMENTS)",
			next: channels.AskPerson,
		},
		"a field of before": {body: topError("INVALID_VARIABLE"), fault: "does not take the call (INVALID_VARIABLE)", next: channels.AskPerson},
		"a field that is gone": {
			body: `{"errors":[{"message":"x","extensions":{"code":"undefinedField"}}]}`, fault: "does not take the call (undefinedField)",
			next: channels.AskPerson,
		},
		"too many items":  {body: topError("MAX_INPUT_SIZE_EXCEEDED"), fault: "too large", next: channels.Smaller},
		"too many points": {body: topError("MAX_COST_EXCEEDED"), fault: "too large", next: channels.Smaller},
		"no permission": {
			body:  topError("ACCESS_DENIED"),
			fault: "give the app the scopes write_inventory, read_inventory, read_products, read_locations", next: channels.AskPerson,
		},
		"an inactive shop": {body: topError("SHOP_INACTIVE"), fault: "not active", next: channels.AskPerson},
		"an internal error": {
			body: topError("INTERNAL_SERVER_ERROR"), fault: `("INTERNAL_SERVER_ERROR" at "inventorySetQuantities")`,
			next: channels.Resend,
		},
		"an error without a code": {body: `{"errors":[{"message":"x"}]}`, fault: "it is not known whether the call was applied", next: channels.Resend},
		"errors that are no list": {body: `{"errors":"[API] no"}`, fault: "not the JSON of a GraphQL response"},
		"status 204":              {status: 204, fault: "not one that the store's API promises"},
		"status 201":              {status: 201, body: userErrors(``), fault: "not one that the store's API promises"},
		"a bad request":           {status: 400, body: `{"errors":"x"}`, fault: "check the settings shop, endpoint and version", next: channels.AskPerson},
		"a frozen shop":           {status: 402, fault: "frozen", next: channels.AskPerson},
		"another address":         {status: 404, body: `{"errors":"Not Found"}`, fault: "no such version", next: channels.AskPerson},
		"a locked shop":           {status: 423, fault: "locked", next: channels.AskPerson},
		"taken for an attack":     {status: 430, fault: "attack", next: channels.AskPerson},
		"a gateway":               {status: 504, fault: "server error", next: channels.Resend},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, items := test.status, test.items
			if status == 0 {
				status = http.StatusOK
			}
			if items == nil {
				items = two
			}
			channel := answering(t, status, test.body)
			reply, err := channeltest.Push(t, channel, items...)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

func TestAThrottleSaysUntilWhen(t *testing.T) {
	t.Parallel()
	throttled := func(cost string) string {
		return `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":` + cost + `}}`
	}
	for name, test := range map[string]struct {
		cost string
		wait time.Duration // 0: it does not say
		next channels.Next
	}{
		"too few points": {cost: `{"requestedQueryCost":252,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":2,` +
			`"restoreRate":100}}`, wait: 2500 * time.Millisecond, next: channels.Wait},
		"below zero": {
			cost: `{"requestedQueryCost":10,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":-40.5,"restoreRate":100}}`,
			wait: 505 * time.Millisecond, next: channels.Wait,
		},
		"points enough nonetheless": {
			cost: `{"requestedQueryCost":10,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":1000,"restoreRate":100}}`,
			next: channels.Wait,
		},
		"no rate": {
			cost: `{"requestedQueryCost":10,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":0,"restoreRate":0}}`,
			next: channels.Wait,
		},
		"an absurd rate": {
			cost: `{"requestedQueryCost":10,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":0,"restoreRate":1e-300}}`,
			wait: channels.MaxThrottle, next: channels.Wait,
		},
		"nothing said": {cost: `null`, next: channels.Wait},
		"another form": {cost: `"free"`, next: channels.Wait},
		"more than the whole bucket": {
			cost: `{"requestedQueryCost":502,"throttleStatus":{"maximumAvailable":500,"currentlyAvailable":500,"restoreRate":25}}`,
			next: channels.Smaller,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, http.StatusOK, throttled(test.cost))
			began := time.Now()
			reply, err := channeltest.Push(t, channel, two...)
			failure := channeltest.RequireError(t, err, test.next)
			require.Equal(t, strings.Contains(test.cost, `"restoreRate":100`), reply.Budget.Known && reply.Budget.PerSecond == 100)
			if test.wait == 0 {
				require.Zero(t, failure.Until)
				return
			}
			require.False(t, failure.Until.Before(began.Add(test.wait)))
			require.False(t, failure.Until.After(time.Now().Add(test.wait)))
		})
	}
}

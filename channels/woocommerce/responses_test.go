package woocommerce_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
	"github.com/tidemark/tidemark/settings"
)

// noon is when answering shops are asked.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// answering opens a channel to a shop that answers everything the same.
func answering(t *testing.T, status int, header http.Header, body string) channels.Channel {
	t.Helper()
	server := channeltest.Answering(t, status, header, body)
	environment := woocommercetest.Environment()
	environment.Now = func() time.Time { return noon }
	channel, err := woocommerce.Driver().Open("shop", with(settings.Values{"endpoint": server.URL}), environment)
	require.NoError(t, err)
	return channels.Guarded(channel)
}

// two are items as they are sent.
var two = []channels.Item{
	{ChannelSKU: "BIKE", Quantity: 5, Reference: `{"id":1,"kind":"product"}`},
	{ChannelSKU: "BELL", Quantity: 3, Reference: `{"id":2,"kind":"product","manage":true}`},
}

// bike and bell are their results when all is well.
const (
	bike = `{"id":1,"sku":"BIKE","status":"publish","manage_stock":true,"stock_quantity":5}`
	bell = `{"id":2,"sku":"BELL","status":"publish","manage_stock":true,"stock_quantity":3}`
)

// itemError is a result of an item that failed.
func itemError(code, data string) string {
	return `{"update":[{"id":1,"error":{"code":"` + code + `","message":"no\nway","data":` + data + `}},` + bell + `]}`
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	applied := func(quantity int64) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.Applied, Actual: &quantity}
	}
	clamped := func(quantity int64) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.Applied, Actual: &quantity, Clamped: &quantity}
	}
	lost := func(code, reason string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Code: code, Reason: reason}
	}
	rejected := func(code, reason string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.Rejected, Code: code, Reason: reason}
	}
	unknown := func(reason string) channels.ItemReply { return channels.ItemReply{Reason: reason} }
	const notMentioned = "the store's answer does not mention it"
	nameless := channels.ItemReply{Code: "odd", Reason: "the store's answer does not mention it, and there are errors that name no item: no way"}
	for name, test := range map[string]struct {
		body string
		want []channels.ItemReply
	}{
		"applied":             {`{"update":[` + bike + `,` + bell + `]}`, []channels.ItemReply{applied(5), applied(3)}},
		"in another order":    {`{"update":[` + bell + `,` + bike + `]}`, []channels.ItemReply{applied(5), applied(3)}},
		"a result is missing": {`{"update":[` + bell + `]}`, []channels.ItemReply{unknown(notMentioned), applied(3)}},
		"no results":          {`{"update":[]}`, []channels.ItemReply{unknown(notMentioned), unknown(notMentioned)}},
		"a result too many": {
			`{"update":[` + bike + `,{"id":9,"sku":"X","manage_stock":true,"stock_quantity":5},` + bell + `]}`,
			[]channels.ItemReply{applied(5), applied(3)},
		},
		"a result twice": {`{"update":[` + bike + `,` + bike + `,` + bell + `]}`, []channels.ItemReply{applied(5), applied(3)}},
		"a contradiction": {
			`{"update":[` + bike + `,` + bell + `,{"id":1,"error":{"code":"x"}}]}`,
			[]channels.ItemReply{unknown("the store's answer contradicts itself about it"), applied(3)},
		},
		"a result of another form": {`{"update":[["odd"],` + bell + `]}`, []channels.ItemReply{unknown(notMentioned), applied(3)}},
		"no product has the id": {
			itemError("woocommerce_rest_product_invalid_id", `{"status":400}`),
			[]channels.ItemReply{lost("woocommerce_rest_product_invalid_id", "no way"), applied(3)},
		},
		"no variation has the id": {
			itemError("woocommerce_rest_product_variation_invalid_id", `{"status":400}`),
			[]channels.ItemReply{lost("woocommerce_rest_product_variation_invalid_id", "no way"), applied(3)},
		},
		"the parent is gone": {
			itemError("woocommerce_rest_product_variation_invalid_parent", `{"status":404}`),
			[]channels.ItemReply{lost("woocommerce_rest_product_variation_invalid_parent", "no way"), applied(3)},
		},
		"a variation among products": {
			itemError("woocommerce_rest_invalid_product_id", `{"status":404}`),
			[]channels.ItemReply{lost("woocommerce_rest_invalid_product_id", "no way"), applied(3)},
		},
		"an exception while saving": {
			itemError("woocommerce_rest_product_not_created", `{"status":400}`),
			[]channels.ItemReply{rejected("woocommerce_rest_product_not_created", "no way"), applied(3)},
		},
		"an error of a plugin":  {itemError("odd", `"odd"`), []channels.ItemReply{rejected("odd", "no way"), applied(3)}},
		"an error without data": {itemError("odd", `null`), []channels.ItemReply{rejected("odd", "no way"), applied(3)}},
		"a code that is a number": {
			`{"update":[{"id":1,"error":{"code":404,"message":"no"}},` + bell + `]}`,
			[]channels.ItemReply{unknown(notMentioned), applied(3)},
		},
		"an error with no id": {
			`{"update":[{"id":null,"error":{"code":"odd","message":"no way"}},` + bell + `]}`,
			[]channels.ItemReply{rejected("odd", "no way"), applied(3)},
		},
		"an error with the id 0": {
			`{"update":[` + bike + `,{"id":0,"error":{"code":"odd","message":"no way"}}]}`,
			[]channels.ItemReply{applied(5), rejected("odd", "no way")},
		},
		"one nameless error for two": {`{"update":[{"id":0,"error":{"code":"odd","message":"no way"}}]}`, []channels.ItemReply{nameless, nameless}},
		"two nameless errors for two": {
			`{"update":[{"error":{"code":"odd","message":"no way"}},{"id":0,"error":{"code":"x","message":"y"}}]}`,
			[]channels.ItemReply{nameless, nameless},
		},
		"a nameless error too many": {
			`{"update":[` + bike + `,` + bell + `,{"id":0,"error":{"code":"odd","message":"no way"}}]}`,
			[]channels.ItemReply{applied(5), applied(3)},
		},
		"an item that is throttled": {
			itemError("odd", `{"status":429}`),
			[]channels.ItemReply{{Verdict: channels.NotApplied, Code: "odd", Reason: "no way"}, applied(3)},
		},
		"an item that falters": {
			itemError("db_update_error", `{"status":500}`),
			[]channels.ItemReply{{Code: "db_update_error", Reason: "no way"}, applied(3)},
		},
		"another figure": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":true,"stock_quantity":4},` + bell + `]}`,
			[]channels.ItemReply{clamped(4), applied(3)},
		},
		"a negative figure": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":true,"stock_quantity":-4},` + bell + `]}`,
			[]channels.ItemReply{clamped(-4), applied(3)},
		},
		"a figure as text": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":true,"stock_quantity":"5"},` + bell + `]}`,
			[]channels.ItemReply{applied(5), applied(3)},
		},
		"a fraction": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":true,"stock_quantity":4.5},` + bell + `]}`,
			[]channels.ItemReply{clamped(4), applied(3)},
		},
		"no figure": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":true,"stock_quantity":null},` + bell + `]}`,
			[]channels.ItemReply{unknown("the store's answer does not say what it shows"), applied(3)},
		},
		"no figure at all": {
			`{"update":[{"id":1},` + bell + `]}`,
			[]channels.ItemReply{unknown("the store's answer does not say what it shows"), applied(3)},
		},
		"a figure of no sense": {
			`{"update":[{"id":1,"stock_quantity":1e300},` + bell + `]}`,
			[]channels.ItemReply{unknown("the store's answer does not say what it shows"), applied(3)},
		},
		"in the trash": {
			`{"update":[{"id":1,"sku":"BIKE","status":"trash","manage_stock":true,"stock_quantity":5},` + bell + `]}`,
			[]channels.ItemReply{lost("", "the product is in the trash"), applied(3)},
		},
		"another SKU": {
			`{"update":[{"id":1,"sku":"bike","manage_stock":true,"stock_quantity":5},` + bell + `]}`,
			[]channels.ItemReply{lost("", `the product has the SKU "bike" now`), applied(3)},
		},
		"a SKU that is not shown": {`{"update":[{"id":1,"manage_stock":true,"stock_quantity":5},` + bell + `]}`, []channels.ItemReply{applied(5), applied(3)}},
		"not managed any more": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":false,"stock_quantity":null},` + bell + `]}`,
			[]channels.ItemReply{lost("", "its stock is not managed any more"), applied(3)},
		},
		"managed by the product now": {
			`{"update":[{"id":1,"sku":"BIKE","manage_stock":"parent","stock_quantity":5},` + bell + `]}`,
			[]channels.ItemReply{lost("", "its stock is not managed any more"), applied(3)},
		},
		"not managed though asked to": {
			`{"update":[` + bike + `,{"id":2,"sku":"BELL","manage_stock":false,"stock_quantity":null}]}`,
			[]channels.ItemReply{
				applied(5),
				rejected("", `the shop manages no stock, so a figure has no effect; switch "Enable stock management" on under WooCommerce, Settings, Products, Inventory`),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Push(t, answering(t, http.StatusOK, nil, test.body), two...)
			require.NoError(t, err)
			require.Equal(t, channels.Reply{Items: test.want}, reply)
		})
	}
}

func TestCallsThatFail(t *testing.T) {
	t.Parallel()
	const page = `<!DOCTYPE html><title>no</title>`
	wordpress := func(code string) string { return `{"code":"` + code + `","message":"no","data":{"status":400}}` }
	for name, test := range map[string]struct {
		status int
		after  string // Retry-After
		body   string
		want   channels.Error // Status is that of the response
	}{
		"a page":                    {200, "", page, channels.Error{Reason: "not the JSON"}},
		"a warning before the JSON": {200, "", `<br /><b>Warning</b>: x` + `{"update":[]}`, channels.Error{Reason: "not the JSON"}},
		"more JSON follows":         {200, "", `{"update":[]}{}`, channels.Error{Reason: "not the JSON"}},
		"an empty array":            {200, "", `[]`, channels.Error{Reason: "not the JSON"}},
		"no update":                 {200, "", `{"create":[]}`, channels.Error{Reason: "has no results"}},
		"an update of no list":      {200, "", `{"update":"x"}`, channels.Error{Reason: "not the JSON"}},
		"nothing":                   {200, "", ``, channels.Error{Reason: "not the JSON"}},
		"201":                       {201, "", `{"update":[]}`, channels.Error{Reason: "not one that the store's API promises"}},
		"204":                       {204, "", ``, channels.Error{Reason: "not one that the store's API promises"}},
		"redirected":                {301, "", ``, channels.Error{Next: channels.AskPerson, Reason: "redirect"}},
		"not JSON, it says": {
			400, "", wordpress("rest_invalid_json"),
			channels.Error{Next: channels.AskPerson, Code: "rest_invalid_json", Reason: `does not take the call ("rest_invalid_json")`},
		},
		"a bad request": {400, "", page, channels.Error{Next: channels.AskPerson, Reason: "does not take the call"}},
		"a key that is not known": {
			401, "", wordpress("woocommerce_rest_cannot_view"),
			channels.Error{Next: channels.AskPerson, Code: "woocommerce_rest_cannot_view", Reason: "does not accept the consumer key"},
		},
		"a key that may not write": {
			401, "", wordpress("woocommerce_rest_authentication_error"),
			channels.Error{Next: channels.AskPerson, Code: "woocommerce_rest_authentication_error", Reason: "the permission Read/Write"},
		},
		"a password before the shop": {401, "", page, channels.Error{Next: channels.AskPerson, Reason: "does not accept the consumer key"}},
		"a user who may not": {
			403, "", wordpress("woocommerce_rest_cannot_batch"),
			channels.Error{Next: channels.AskPerson, Code: "woocommerce_rest_cannot_batch", Reason: "does not permit the call"},
		},
		"a firewall": {403, "", page, channels.Error{Reason: "a firewall or bot protection before the shop"}},
		"a firewall, for a while": {403, "60", page, channels.Error{
			Next: channels.Wait, Until: noon.Add(time.Minute),
			Reason: "a firewall or bot protection before the shop",
		}},
		"mod_security":                {406, "", page, channels.Error{Reason: "a firewall or bot protection before the shop"}},
		"a plugin that wants no JSON": {406, "", wordpress("odd"), channels.Error{Next: channels.AskPerson, Code: "odd", Reason: `does not take the call ("odd")`}},
		"no route": {
			404, "", wordpress("rest_no_route"),
			channels.Error{Next: channels.AskPerson, Code: "rest_no_route", Reason: "no WooCommerce API at this address"},
		},
		"plain permalinks":         {404, "", page, channels.Error{Next: channels.AskPerson, Reason: "choose any permalinks but the plain ones"}},
		"PHP had no time":          {408, "", page, channels.Error{Reason: "server error"}},
		"too many items":           {413, "", wordpress("woocommerce_rest_request_entity_too_large"), channels.Error{Next: channels.Smaller, Reason: "too large"}},
		"too large for the server": {413, "", page, channels.Error{Next: channels.Smaller, Reason: "too large"}},
		"throttled":                {429, "", page, channels.Error{Next: channels.Wait, Reason: "throttles"}},
		"throttled for a while":    {429, "30", page, channels.Error{Next: channels.Wait, Until: noon.Add(30 * time.Second), Reason: "throttles"}},
		"a critical error":         {500, "", wordpress("internal_server_error"), channels.Error{Reason: "the call may have been applied"}},
		"a bad gateway":            {502, "", page, channels.Error{Reason: "server error"}},
		"under maintenance":        {503, "600", page, channels.Error{Next: channels.Wait, Until: noon.Add(10 * time.Minute), Reason: "under maintenance"}},
		"overloaded":               {503, "", page, channels.Error{Reason: "server error"}},
		"a gateway had no time":    {504, "", page, channels.Error{Reason: "server error"}},
		"a gateway of Cloudflare":  {524, "", page, channels.Error{Reason: "server error"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if test.after != "" {
				header.Set("Retry-After", test.after)
			}
			reply, err := channeltest.Push(t, answering(t, test.status, header, test.body), two...)
			require.Empty(t, reply.Items)
			failure := channeltest.RequireError(t, err, test.want.Next, test.want.Reason, "store shop: ")
			require.Equal(t, test.want.Until, failure.Until)
			require.Equal(t, test.want.Code, failure.Code)
			require.Equal(t, test.status, failure.Status)
		})
	}
}

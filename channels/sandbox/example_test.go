package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/settings"
)

// A driver translates: it makes the bytes of a call, sends them once, and says of each item what the store's response means. What is done
// about that is decided by package push.
func Example() {
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println("the store receives:", string(body))
		_, _ = io.WriteString(w, `{"applied": false, "errors": [{"index": 1, "code": "unknown_sku", "message": "there is no such item"}]}`)
	}))
	defer store.Close()
	environment := settings.Process()
	environment.Variable = func(name string) (string, bool) { return "the token", name == "SHOP_TOKEN" }

	channel, err := sandbox.Driver().Open("acme-shop", settings.Values{"endpoint": store.URL, "token": "env:SHOP_TOKEN", "kind": "atomic"}, environment)
	if err != nil {
		panic(err)
	}
	items := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {ChannelSKU: "BEIL", Quantity: 7}}
	body, err := channel.Encode(items, "key-1")
	if err != nil {
		panic(err)
	}
	reply, err := channel.Send(context.Background(), channels.Call{Key: "key-1", Body: body, Items: items})
	if err != nil {
		panic(err)
	}
	for n, item := range reply.Items {
		switch item.Verdict {
		case channels.Rejected:
			fmt.Println(items[n].ChannelSKU, "is rejected:", item.Reason)
		case channels.NotApplied:
			fmt.Println(items[n].ChannelSKU, "was not changed; it goes out again in another call")
		}
	}
	// Output:
	// the store receives: {"quantities":[{"sku":"BIKE","quantity":5,"compare":null},{"sku":"BEIL","quantity":7,"compare":null}]}
	// BIKE was not changed; it goes out again in another call
	// BEIL is rejected: there is no such item
}

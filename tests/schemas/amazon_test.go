package schemas

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
)

// amazonSchemas is where Amazon's JSON schemas are, beside the repository.
const amazonSchemas = "../../../shared/schemas/amazon"

const (
	feedSchema   = "listings-feed-schema-v2"
	reportSchema = "listings-feed-processing-report-schema-v2"
)

// amazonFile reads a file of Amazon's. Without it the test is skipped; it fails instead when TIDEMARK_REQUIRE_ALL is 1.
func amazonFile(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(amazonSchemas, name))
	if err != nil && os.Getenv("TIDEMARK_REQUIRE_ALL") != "1" {
		t.Skipf("Amazon's schemas are not here: %v", err)
	}
	require.NoError(t, err)
	return content
}

// amazonSchema compiles a schema of Amazon's.
func amazonSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	content, err := jsonschema.UnmarshalJSON(bytes.NewReader(amazonFile(t, name+".json")))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource(name, content))
	schema, err := compiler.Compile(name)
	require.NoError(t, err)
	return schema
}

func amazonValidate(t *testing.T, schema *jsonschema.Schema, document []byte) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	require.NoError(t, err)
	return schema.Validate(value)
}

var amazonItems = []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {ChannelSKU: "A&B/ü 100%", Quantity: 0}, {ChannelSKU: amazontest.Poison, Quantity: 1}}

// TestAmazonFeedFollowsItsSchema holds the feed document that the driver sends, and the report that its fake answers, against Amazon's
// schemas.
func TestAmazonFeedFollowsItsSchema(t *testing.T) {
	t.Parallel()
	feed, report := amazonSchema(t, feedSchema), amazonSchema(t, reportSchema)
	for name, values := range map[string]map[string]any{
		"by default": {},
		"all words":  {"issue_locale": "de_DE", "product_type": "BICYCLE", "op": "replace", "fulfillment_channel_code": "DEFAULT"},
	} {
		values["report_after"] = "0s"
		store := amazontest.Start(t, amazontest.Options{Settings: values})
		store.Set(t, amazonItems...)
		channel := channels.Guarded(store.Open(t))
		body, err := channel.Encode(amazonItems, "key")
		require.NoError(t, err)
		reply, err := channel.Send(t.Context(), channels.Call{Key: "key", Body: body, Items: amazonItems})
		require.NoError(t, err)
		require.NoError(t, amazonValidate(t, feed, store.Body("upload")), name)
		poller, _ := channels.AsPoller(channel)
		for reply.Ticket != "" {
			reply, err = poller.Poll(t.Context(), reply.Ticket, amazonItems)
			require.NoError(t, err)
		}
		require.Equal(t, channels.Rejected, reply.Items[2].Verdict)
		require.NoError(t, amazonValidate(t, report, store.Body("report")), name)
	}
	require.Error(t, amazonValidate(t, feed, []byte(`{"header":{"sellerId":"S","version":"2.0"},"messages":[{"messageId":0,"sku":"BIKE","operationType":"PATCH"}]}`)), "the schema refuses what is wrong")
	require.NoError(t, amazonValidate(t, feed, amazonFile(t, feedSchema+".example.json")))
}

// TestAmazonExampleReportIsRead has the driver read the report that Amazon publishes as an example: two of the messages failed, the others
// cannot all be accounted for, because the example begins with the second.
func TestAmazonExampleReportIsRead(t *testing.T) {
	t.Parallel()
	example := amazonFile(t, reportSchema+".example.json")
	require.NoError(t, amazonValidate(t, amazonSchema(t, reportSchema), example))
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/token":
			_, _ = w.Write([]byte(`{"access_token":"Atza|1","token_type":"bearer","expires_in":3600}`))
		case strings.HasPrefix(r.URL.Path, "/feeds/"):
			_, _ = w.Write([]byte(`{"feedDocumentId":"r1","url":"` + server.URL + `/download"}`))
		default:
			_, _ = w.Write(example)
		}
	}))
	t.Cleanup(server.Close)
	channel, err := amazon.Driver().Open("shop", map[string]any{
		"endpoint": server.URL, "token_endpoint": server.URL + "/token", "seller_id": "AXXXXXXXXXXXX", "marketplace_id": amazontest.Marketplace,
		"client_id": amazontest.Client, "client_secret": "env:SECRET", "refresh_token": "env:TOKEN",
	}, amazontest.Environment())
	require.NoError(t, err)
	items := []channels.Item{{ChannelSKU: "1"}, {ChannelSKU: "2"}, {ChannelSKU: "3"}, {ChannelSKU: "My-SKU-B"}, {ChannelSKU: "My-SKU-C"}}
	poller, _ := channels.AsPoller(channels.Guarded(channel))
	reply, err := poller.Poll(t.Context(), "report:1234567890:r1", items)
	require.NoError(t, err)
	for _, item := range reply.Items[:3] {
		require.Equal(t, channels.Unknown, item.Verdict)
		require.Contains(t, item.Reason, "counts only 2 of 3")
	}
	require.Equal(t, channels.ItemReply{Verdict: channels.Rejected, Code: "90220", Reason: "'[batteries_required]' is required but not supplied."}, reply.Items[3])
	require.Equal(t, "99022", reply.Items[4].Code)
}

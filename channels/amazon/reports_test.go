package amazon_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// report is a processing report on the feed f1.
func report(accepted int, issues string) string {
	return fmt.Sprintf(`{"header":{"sellerId":"S","version":"2.0","feedId":"f1"},"issues":[%s],"summary":{"errors":1,"warnings":0,"messagesProcessed":3,`+
		`"messagesAccepted":%d,"messagesInvalid":0}}`, issues, accepted)
}

func TestReports(t *testing.T) {
	t.Parallel()
	second := `{"messageId":2,"sku":"BELL","code":"90220","severity":"ERROR","message":"it is required"}`
	short := func(accepted, of int) channels.ItemReply {
		return channels.ItemReply{Reason: fmt.Sprintf("Amazon's report does not name it, but counts only %d of %d such messages as accepted", accepted, of)}
	}
	notApplied := channels.ItemReply{Verdict: channels.NotApplied, Code: "InternalFailure", Reason: "try again"}
	internal := func(id int) string {
		return fmt.Sprintf(`{"messageId":%d,"code":"InternalFailure","severity":"ERROR","message":"try again"}`, id)
	}
	for name, test := range map[string]struct {
		body string
		want []channels.ItemReply
	}{
		"nothing went wrong": {report(3, ""), []channels.ItemReply{applied, applied, applied}},
		"one failed":         {report(2, second), []channels.ItemReply{applied, rejected, applied}},
		"one failed twice": {
			report(2, second+`,{"messageId":2,"sku":"BELL","code":"2","severity":"ERROR","message":"and more"}`),
			[]channels.ItemReply{applied, rejected, applied},
		},
		"one failed, without its SKU":    {report(2, strings.Replace(second, `"sku":"BELL",`, "", 1)), []channels.ItemReply{applied, rejected, applied}},
		"a warning is no failure":        {report(3, strings.Replace(second, "ERROR", "WARNING", 1)), []channels.ItemReply{applied, applied, applied}},
		"a word is no failure":           {report(3, strings.Replace(second, "ERROR", "INFO", 1)), []channels.ItemReply{applied, applied, applied}},
		"one is not accounted for":       {report(2, ""), []channels.ItemReply{short(2, 3), short(2, 3), short(2, 3)}},
		"one failed, one is unaccounted": {report(1, second), []channels.ItemReply{short(1, 2), rejected, short(1, 2)}},
		"below zero":                     {report(-1, second), []channels.ItemReply{short(0, 2), rejected, short(0, 2)}},
		"the message has another SKU": {
			report(2, strings.Replace(second, "BELL", "BIKE", 1)),
			[]channels.ItemReply{applied, {Reason: "Amazon's report names its message with another SKU"}, applied},
		},
		"the message has two SKUs": {
			report(2, second+","+strings.Replace(second, "BELL", "BIKE", 1)),
			[]channels.ItemReply{applied, {Reason: "Amazon's report names its message with another SKU"}, applied},
		},
		"messages that were not sent": {report(3, strings.Replace(second, `"messageId":2`, `"messageId":4`, 1)+","+strings.Replace(second, `"messageId":2`,
			`"messageId":0`, 1)), []channels.ItemReply{applied, applied, applied}},
		"a fault of Amazon's":               {report(2, internal(3)), []channels.ItemReply{applied, applied, notApplied}},
		"an error about nothing, but named": {report(2, second+`,{"code":"4","severity":"ERROR","message":"odd"}`), []channels.ItemReply{applied, rejected, applied}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Poll(t, answering(t, script{"download": {status: 200, body: test.body}}, nil), "report:f1:r1", bike, bell, frame)
			require.NoError(t, err)
			require.Equal(t, channels.Reply{Items: test.want}, reply)
		})
	}
	t.Run("the feed as a whole", func(t *testing.T) {
		t.Parallel()
		body := report(0, `{"code":"4002005","severity":"ERROR","message":"Attribute 'Merchant' is required, but not present."}`)
		reply, err := channeltest.Poll(t, answering(t, script{"download": {status: 200, body: body}}, nil), "report:f1:r1", bike, bell, frame)
		require.NoError(t, err)
		require.True(t, reply.Refused)
		require.Equal(t, "4002005: Attribute 'Merchant' is required, but not present.", reply.Reason)
	})
	t.Run("a fault of Amazon's on every message", func(t *testing.T) {
		t.Parallel()
		body := report(0, internal(1)+","+internal(2)+","+internal(3))
		_, err := channeltest.Poll(t, answering(t, script{"download": {status: 200, body: body}}, nil), "report:f1:r1", bike, bell, frame)
		channeltest.RequireError(t, err, channels.Anew, "a fault of its own")
	})
}

func TestReportsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	document := func(compression string) canned {
		return canned{status: 200, body: `{"feedDocumentId":"r1","url":"URL/download/r1?sign=1","compressionAlgorithm":"` + compression + `"}`}
	}
	for name, test := range map[string]struct {
		responses script
		next      channels.Next
		fault     string
	}{
		"unknown":               {responses: script{"document": {status: 404}}, next: channels.Anew, fault: "does not know the report"},
		"throttled":             {responses: script{"document": {status: 429}}, next: channels.Wait, fault: "throttles"},
		"no address":            {responses: script{"document": {status: 200, body: `{"feedDocumentId":"r1"}`}}, fault: "no https address"},
		"a page for an address": {responses: script{"document": {status: 200, body: page}}, fault: "not the JSON"},
		"another compression":   {responses: script{"document": document("ZSTD"), "download": {status: 200}}, fault: "compressed in a way"},
		"no gzip":               {responses: script{"document": document("GZIP"), "download": {status: 200, body: report(3, "")}}, fault: "not the gzip"},
		"gzip that is cut": {
			responses: script{"document": document("GZIP"), "download": {status: 200, body: packed(report(3, ""))[:60]}}, fault: "damaged after",
		},
		"gzip that has no end": {
			responses: script{"document": document("GZIP"), "download": {status: 200, body: packed(strings.Repeat(" ", 33<<20))}},
			fault:     "unpacks to more than",
		},
		"the address expired": {responses: script{"download": {status: 403}}, fault: "download of the report is not taken"},
		"a page":              {responses: script{"download": {status: 200, body: page}}, fault: "not the JSON"},
		"other JSON":          {responses: script{"download": {status: 200, body: `{}`}}, fault: "not the report on this feed"},
		"no issues": {
			responses: script{"download": {status: 200, body: strings.Replace(report(3, ""), `"issues":[],`, "", 1)}},
			fault:     "not the report on this feed",
		},
		"no counts": {
			responses: script{"download": {status: 200, body: strings.Replace(report(3, ""), `"messagesAccepted":3,`, "", 1)}},
			fault:     "not the report on this feed",
		},
		"of another feed": {
			responses: script{"download": {status: 200, body: strings.Replace(report(3, ""), "f1", "f2", 1)}},
			fault:     "not the report on this feed",
		},
		"a message id in a text": {
			responses: script{"download": {status: 200, body: report(3, `{"messageId":"2","severity":"ERROR","message":"no"}`)}},
			fault:     "not the JSON",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := channeltest.Poll(t, answering(t, test.responses, nil), "report:f1:r1", bike, bell, frame)
			channeltest.RequireError(t, err, test.next, test.fault)
			require.NotContains(t, err.Error(), "sign=")
		})
	}
	given := script{"document": document("GZIP"), "download": {status: 200, body: packed(report(3, ""))}}
	reply, err := channeltest.Poll(t, answering(t, given, nil), "report:f1:r1", bike, bell, frame)
	require.NoError(t, err)
	require.Equal(t, []channels.ItemReply{applied, applied, applied}, reply.Items)
}

func packed(text string) string {
	var into bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&into, gzip.BestSpeed)
	_, _ = writer.Write([]byte(text))
	_ = writer.Close()
	return into.String()
}

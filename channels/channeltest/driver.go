package channeltest

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

// This file is for the tests that a driver has of its own, beside the suite.

// Push encodes items, which have been looked up where the store needs that, and sends them.
func Push(t testing.TB, channel channels.Channel, items ...channels.Item) (channels.Reply, error) {
	t.Helper()
	return pushAs(t, channel, "key", items)
}

func pushAs(t testing.TB, channel channels.Channel, key string, items []channels.Item) (channels.Reply, error) {
	t.Helper()
	body, err := channel.Encode(items, key)
	require.NoError(t, err)
	return channel.Send(t.Context(), channels.Call{Key: key, Body: body, Items: items})
}

// Poll polls once.
func Poll(t testing.TB, channel channels.Channel, ticket string, items ...channels.Item) (channels.Reply, error) {
	t.Helper()
	poller, ok := channels.AsPoller(channel)
	require.True(t, ok, "a ticket needs a Poller")
	return poller.Poll(t.Context(), ticket, items)
}

// Find looks items up in one call, which is to be answered.
func Find(t testing.TB, channel channels.Channel, items ...channels.Item) []channels.Found {
	t.Helper()
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	matches, _, err := finder.Find(t.Context(), items)
	require.NoError(t, err)
	return matches
}

// LookUp returns items, all of which are to be found, with the store's references. It makes as many calls as that takes.
func LookUp(t testing.TB, channel channels.Channel, items ...channels.Item) []channels.Item {
	t.Helper()
	items = slices.Clone(items)
	for part := range slices.Chunk(items, max(channel.Limits().Find, 1)) {
		for i, match := range Find(t, channel, part...) {
			require.NotEmpty(t, match.Reference, "%q is not found: %s%s", part[i].ChannelSKU, match.Missing, match.Blocked)
			part[i].Reference = match.Reference
		}
	}
	return items
}

// Composed returns the items of each call that a channel makes of items that are due.
func Composed(t testing.TB, channel channels.Channel, items ...channels.Item) [][]channels.Item {
	t.Helper()
	calls, err := channels.Compose(channel, items, channel.Limits().Batch)
	require.NoError(t, err)
	composed := make([][]channels.Item, len(calls))
	for i, positions := range calls {
		for _, at := range positions {
			composed[i] = append(composed[i], items[at])
		}
	}
	return composed
}

// RequireError checks that an error of a driver asks for what should happen next and says why, and holds nothing that must stay inside:
// neither the credential nor what a test marked as a secret (canary-0123456789); an unreadable body may show how it begins.
func RequireError(t testing.TB, err error, next channels.Next, says ...string) *channels.Error {
	t.Helper()
	var failure *channels.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, next, failure.Next, failure.Error())
	for _, text := range says {
		require.ErrorContains(t, err, text)
	}
	require.NotContains(t, err.Error(), "canary")
	return failure
}

// Canned is a store that answers everything the same and keeps what it is sent.
type Canned struct {
	URL string

	mutex    sync.Mutex
	requests []Request
}

// Request is what a Canned was sent.
type Request struct {
	*http.Request
	Content []byte
}

// Answering starts a Canned, which ends with the test. Status 0 is 200.
func Answering(t testing.TB, status int, header http.Header, body string) *Canned {
	t.Helper()
	c := new(Canned)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return // it broke off
		}
		c.mutex.Lock()
		c.requests = append(c.requests, Request{r, content})
		c.mutex.Unlock()
		maps.Copy(w.Header(), header)
		if status != 0 {
			w.WriteHeader(status)
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// Requests are those so far, in order.
func (c *Canned) Requests() []Request {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return slices.Clone(c.requests)
}

// Last is the last request.
func (c *Canned) Last(t testing.TB) Request {
	t.Helper()
	requests := c.Requests()
	require.NotEmpty(t, requests)
	return requests[len(requests)-1]
}

var update = flag.Bool("update", false, "rewrites testdata from what is sent")

// Golden compares the JSON of a body, byte for byte, with testdata/<name>.json. The file is indented for the reader; the body is not.
func Golden(t testing.TB, name string, body []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".json")
	if *update {
		var pretty bytes.Buffer
		require.NoError(t, json.Indent(&pretty, body, "", "  "))
		require.NoError(t, os.WriteFile(path, append(pretty.Bytes(), '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	var compact bytes.Buffer
	require.NoError(t, json.Compact(&compact, want))
	require.Equal(t, compact.String(), string(body))
}

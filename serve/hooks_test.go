package serve

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

const event = `{"sku":"BIKE","available":5}`

func TestEventsAreTaken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.post("msg_1", event, "Content-Type", "application/json; charset=utf-8")
	require.Equal(t, http.StatusAccepted, got.status)
	require.Equal(t, map[string]any{"warehouse": "depot", "accepted": 1.0}, got.body)
	require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))

	got = w.post("msg_2", "["+event+","+event+"]", "Content-Encoding", "identity")
	require.Equal(t, 2.0, got.body["accepted"])

	got = w.call(http.MethodPost, "/hooks/hero", strings.NewReader(heroBody), headerShipHeroHMAC, mac([]byte(secrets["HERO"]), heroBody), headerShipHeroMessage,
		"m1")
	require.Equal(t, http.StatusAccepted, got.status, got.message)

	got = w.call(http.MethodPost, "/hooks/plain", strings.NewReader(`{"event":"own","sku":"BIKE","available":5}`), "Authorization", "Bearer "+secrets["BEARER"])
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, []string{"msg_1", "msg_2/1", "msg_2/2", "m1/1", "m1/2", "own"}, w.fake.events())
	require.Empty(t, w.log.String())
}

// endless is a body without end.
type endless struct{}

func (endless) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = ' '
	}
	return len(into), nil
}

func TestRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	signed := func(body string, more ...string) []string {
		return append(sign(secrets["KEY"], "msg", now, body), more...)
	}
	large := strings.Repeat(" ", maxEventBytes+1)
	for name, test := range map[string]struct {
		method, path string
		body         io.Reader
		header       []string
		status       int
		code         string
	}{
		"not signed": {body: strings.NewReader(event), status: 401, code: "unauthorized"},
		"signed with another key": {
			body: strings.NewReader(event), header: sign("whsec_"+strings.Repeat("QUFB", 8), "msg", now, event), status: 401,
			code: "unauthorized",
		},
		"another body": {body: strings.NewReader(event + " "), header: signed(event), status: 401, code: "unauthorized"},
		"a replay after six minutes": {
			body: strings.NewReader(event), header: sign(secrets["KEY"], "msg", now.Add(-6*time.Minute), event), status: 401,
			code: "unauthorized",
		},
		"signed for the wrong format": {path: "/hooks/hero", body: strings.NewReader(event), header: signed(event), status: 401, code: "unauthorized"},
		"another bearer key": {
			path: "/hooks/plain", body: strings.NewReader(event), header: []string{"Authorization", "Bearer " + apiToken}, status: 401,
			code: "unauthorized",
		},
		"a warehouse without a hook": {path: "/hooks/silent", body: strings.NewReader(event), header: signed(event), status: 401, code: "unauthorized"},
		"no such warehouse":          {path: "/hooks/atlantis", body: strings.NewReader(event), header: signed(event), status: 401, code: "unauthorized"},
		"no JSON":                    {body: strings.NewReader("{"), header: signed("{"), status: 400, code: "invalid_events"},
		"compressed": {
			body: strings.NewReader(event), header: signed(event, "Content-Encoding", "gzip"), status: 415,
			code: "unsupported_encoding",
		},
		"a form": {
			body: strings.NewReader(event), header: signed(event, "Content-Type", "application/x-www-form-urlencoded"), status: 415,
			code: "unsupported_media_type",
		},
		"a type that is none": {
			body: strings.NewReader(event), header: signed(event, "Content-Type", "json"), status: 415,
			code: "unsupported_media_type",
		},
		"too large by its length": {body: strings.NewReader(large), header: signed(large), status: 413, code: "too_large"},
		"without end":             {body: endless{}, header: signed(event), status: 413, code: "too_large"},
		"a snapshot of ShipHero": {
			path: "/hooks/hero", body: strings.NewReader("sku\n"), header: []string{"Content-Type", "text/csv"}, status: 415,
			code: "unsupported_media_type",
		},
		"a question":   {method: http.MethodGet, header: signed(""), status: 405, code: "method_not_allowed"},
		"another path": {path: "/hook/depot", body: strings.NewReader(event), header: signed(event), status: 404, code: "not_found"},
		"a path below": {path: "/hooks/depot/more", body: strings.NewReader(event), header: signed(event), status: 404, code: "not_found"},
		"ShipHero without a message id": {
			path: "/hooks/hero", body: strings.NewReader(heroBody),
			header: []string{headerShipHeroHMAC, mac([]byte(secrets["HERO"]), heroBody)}, status: 400, code: "invalid_events",
		},
		"a bearer's event without an id": {
			path: "/hooks/plain", body: strings.NewReader(event), header: []string{"Authorization", "Bearer " + secrets["BEARER"]},
			status: 400, code: "invalid_events",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if test.method == "" {
				test.method = http.MethodPost
			}
			if test.path == "" {
				test.path = "/hooks/depot"
			}
			got := w.call(test.method, test.path, test.body, test.header...)
			require.Equal(t, test.status, got.status, got.message)
			require.Equal(t, test.code, got.code)
			if test.status == http.StatusUnauthorized {
				require.Equal(t, "unauthorized", got.message, "it says nothing more")
			}
		})
	}
	require.Equal(t, []string{""}, w.fake.events(), "the one without an id is handed over as refused, and nothing is taken")
	require.Zero(t, w.server.bodies.used.Load(), "what was reserved was given back")
	require.NotContains(t, w.log.String(), "BIKE", "no body is logged")
	require.Contains(t, w.log.String(), "no key verifies the signature")
	require.Contains(t, w.log.String(), "a replay")
}

// The old key and the new one are both taken while one replaces the other; then only the new one is.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	send := func(secret string) int {
		return w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event), sign(secrets[secret], "msg", now, event)...).status
	}
	require.Equal(t, http.StatusAccepted, send("KEY"))
	require.Equal(t, http.StatusAccepted, send("OTHER"))
	apply := func(keys ...string) {
		changed := definitions()
		changed.Warehouses[0].Hook.Keys = keys
		_, err := w.ledger.Apply(t.Context(), changed, ledger.ApplyOptions{})
		require.NoError(t, err)
	}
	apply("env:OTHER")
	require.NoError(t, w.server.Refresh(t.Context()))
	require.Equal(t, http.StatusUnauthorized, send("KEY"))
	require.Equal(t, http.StatusAccepted, send("OTHER"))

	apply("env:ABSENT")
	require.ErrorContains(t, w.server.Refresh(t.Context()), "warehouse depot: hook: the environment variable ABSENT is not set")
	require.Equal(t, http.StatusAccepted, send("OTHER"), "a key that cannot be used replaces none")
	require.Equal(t, 3, w.server.Hooks())

	w.options.Token = secretOf("too-short")
	_, err := New(t.Context(), w.options)
	require.ErrorContains(t, err, "the API token has 9 characters")
}

// A hook whose key is missing takes nothing and says so; everything else goes on, and the key is taken up when it comes.
func TestAHookWithoutItsKeyStopsNoOther(t *testing.T) {
	t.Parallel()
	present := false
	w := setup(t, func(options *opening) {
		usual := options.Environment.Variable
		options.Environment.Variable = func(name string) (string, bool) {
			if name == "HERO" && !present {
				return "", false
			}
			return usual(name)
		}
	})
	require.Equal(t, 2, w.server.Hooks())
	require.Contains(t, w.log.String(), "warehouse hero: hook: the environment variable HERO is not set")
	got := w.call(http.MethodPost, "/hooks/hero", strings.NewReader("{}"))
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "60", got.header.Get("Retry-After"))
	require.Equal(t, "hook_unusable", got.code)
	require.NotContains(t, got.message, "HERO", "the sender has proven nothing")
	require.Equal(t, http.StatusAccepted, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event), sign(secrets["KEY"], "msg", now, event)...).status)
	problems := w.server.unusable()
	require.Contains(t, problems[0].Problem, "hook: the environment variable HERO is not set")
	status := w.call(http.MethodGet, "/api/v1/status", nil, "Authorization", "Bearer "+apiToken)
	require.Equal(t, []any{map[string]any{"warehouse": "hero", "problem": problems[0].Problem}}, status.body["hooks"])
	request := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	request.Header.Set("Authorization", "Bearer "+apiToken)
	metrics := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(metrics, request)
	require.Contains(t, metrics.Body.String(), "tidemark_hook_unusable{warehouse=\"hero\"} 1\n")
	require.Contains(t, metrics.Body.String(), "tidemark_hook_unusable{warehouse=\"depot\"} 0\n")
	require.Equal(t, http.StatusUnauthorized, w.call(http.MethodGet, "/metrics", nil).status)

	present = true
	require.NoError(t, w.server.Refresh(t.Context()))
	require.Equal(t, http.StatusUnauthorized, w.call(http.MethodPost, "/hooks/hero", strings.NewReader("{}")).status, "it is proven again")
	require.Equal(t, 3, w.server.Hooks())
	present = false
	require.Error(t, w.server.Refresh(t.Context()))
	require.Equal(t, 3, w.server.Hooks(), "it keeps the key that it had")
}

// Of a hook's keys only the one that is missing fails: what is signed with another is taken, and the rest is to be sent again, for it may be
// signed with the one that is missing.
func TestAMissingKeyOfAHookStopsNoOtherKey(t *testing.T) {
	t.Parallel()
	present := map[string]bool{"KEY": true}
	w := setup(t, func(options *opening) {
		usual := options.Environment.Variable
		options.Environment.Variable = func(name string) (string, bool) {
			if (name == "KEY" || name == "OTHER") && !present[name] {
				return "", false
			}
			return usual(name)
		}
	})
	send := func(secret string) respond {
		return w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event), sign(secrets[secret], "msg", now, event)...)
	}
	require.Equal(t, 3, w.server.Hooks())
	require.Contains(t, w.log.String(), "warehouse depot: hook: the environment variable OTHER is not set")
	require.Equal(t, http.StatusAccepted, send("KEY").status)
	got := send("OTHER")
	require.Equal(t, http.StatusServiceUnavailable, got.status, "it is not lost")
	require.Equal(t, "hook_unusable", got.code)
	require.Equal(t, http.StatusServiceUnavailable, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event)).status)
	require.Len(t, w.server.unusable(), 1, "it is told")

	// Each key that could be read stays in use for itself.
	present["KEY"], present["OTHER"] = false, true
	require.ErrorContains(t, w.server.Refresh(t.Context()), "the environment variable KEY is not set")
	require.Equal(t, http.StatusAccepted, send("KEY").status)
	require.Equal(t, http.StatusAccepted, send("OTHER").status)
	require.Empty(t, w.server.unusable())
	require.Equal(t, http.StatusUnauthorized, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event)).status)
}

func TestFailuresAreLimited(t *testing.T) {
	t.Parallel()
	at := now
	w := setup(t, func(options *opening) { options.Now = func() time.Time { return at } })
	for range failureBurst {
		require.Equal(t, http.StatusUnauthorized, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event)).status)
	}
	logged := w.log.Len()
	got := w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event))
	require.Equal(t, http.StatusTooManyRequests, got.status)
	require.Equal(t, "60", got.header.Get("Retry-After"))
	require.Equal(t, http.StatusTooManyRequests, w.call(http.MethodGet, "/api/v1/holds", nil).status)
	require.Equal(t, logged, w.log.Len(), "nor is the log filled")
	require.Equal(t, http.StatusAccepted, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event), sign(secrets["KEY"], "msg", at, event)...).status,
		"who is proven gets through")
	at = at.Add(failureEvery)
	require.Equal(t, http.StatusUnauthorized, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event)).status)
	require.Equal(t, http.StatusTooManyRequests, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(event)).status)
}

func TestFailuresOfManyAddresses(t *testing.T) {
	t.Parallel()
	var all failures
	for i := range 3 * maxAddresses {
		require.True(t, all.allow(fmt.Sprintf("10.%d.%d.%d:99", i>>16, i>>8&255, i&255), now))
	}
	require.LessOrEqual(t, len(all.fullAgainAt), maxAddresses, "memory is bounded")
	require.Equal(t, netip.MustParsePrefix("2001:db8:1:2::/64"), networkOf("[2001:db8:1:2:3:4:5:6]:80"))
	require.Equal(t, netip.MustParsePrefix("192.0.2.1/32"), networkOf("[::ffff:192.0.2.1]:80"))
	require.Equal(t, netip.Prefix{}, networkOf("nowhere"))
}

func TestTemporalIsAway(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fake.err = errors.New("temporal.internal:7233 refuses")
	got := w.post("msg", event)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "unavailable", got.code)
	require.Equal(t, "5", got.header.Get("Retry-After"))
	require.NotContains(t, got.message, "temporal.internal")
	require.Contains(t, w.log.String(), "temporal.internal:7233 refuses")
}

// A flood against an intake that stands still: a bounded number waits, the others are told at once; what is acknowledged in the end was
// handed over exactly once, and nothing else is.
func TestFlood(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fake.gate = make(chan struct{})
	const requests, each = 120, 100
	var body bytes.Buffer
	body.WriteString("[" + strings.TrimSuffix(strings.Repeat(event+",", each), ",") + "]")
	statuses := make([]int, requests)
	refused := make(chan struct{}, requests)
	var done sync.WaitGroup
	for i := range requests {
		done.Go(func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.http.URL+"/hooks/depot", bytes.NewReader(body.Bytes()))
			if err != nil {
				t.Error(err)
				return
			}
			header := sign(secrets["KEY"], "m"+strconv.Itoa(i), now, body.String())
			for at := 0; at < len(header); at += 2 {
				request.Header.Set(header[at], header[at+1])
			}
			response, err := caller.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
			statuses[i] = response.StatusCode
			if response.StatusCode == http.StatusServiceUnavailable {
				if response.Header.Get("Retry-After") == "" {
					t.Error("503 does not say when")
				}
				refused <- struct{}{}
			}
		})
	}
	for range requests - maxWaiting/each { // all that do not fit are refused while nothing moves
		<-refused
	}
	close(w.fake.gate)
	done.Wait()
	acknowledged, handed := 0, map[string]int{}
	for _, id := range w.fake.events() {
		handed[id]++
	}
	for i, status := range statuses {
		if status != http.StatusAccepted {
			require.Equal(t, http.StatusServiceUnavailable, status)
			continue
		}
		acknowledged++
		for number := 1; number <= each; number++ {
			require.Equal(t, 1, handed[numbered("m"+strconv.Itoa(i), number)], "request %d, event %d", i, number)
		}
	}
	require.Equal(t, maxWaiting/each, acknowledged)
	require.Len(t, handed, maxWaiting)
	for _, signal := range w.fake.handed {
		require.LessOrEqual(t, len(signal.Updates), 500)
	}
}

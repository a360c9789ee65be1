package channeltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// Fake is what the fakes of stores share: a Front, the counting of calls, a clock, access tokens, the last bodies, and how a channel is
// opened. A fake embeds it, and adds what its store answers.
type Fake struct {
	*Front
	Limiter
	// Mutex guards what the fake keeps.
	Mutex sync.Mutex
	// Now is the fake's clock.
	Now func() time.Time
	// Bodies are the last ones, by a name that the fake gives the call.
	Bodies map[string][]byte

	opening Opening
	tokens  map[string]time.Time // when they expire
	issued  int
	lookups int
	last    int // what Next returned
}

// Opening is how a channel to a fake is opened.
type Opening struct {
	Driver      channels.Driver
	Path        string          // of the endpoint, behind the address of the fake
	Settings    settings.Values // besides the endpoint
	More        map[string]any  // further settings, of a test
	Environment settings.Environment
}

// NewFake returns what a fake embeds, with the clock of a test or, for nil, the real one. The channels that Open returns have the same.
func NewFake(now func() time.Time, opening Opening) *Fake {
	opening.Environment.Now = now
	if now == nil {
		now = time.Now
	}
	return &Fake{Now: now, Bodies: map[string][]byte{}, tokens: map[string]time.Time{}, opening: opening}
}

// Serve starts the Front before a handler; it ends with the test.
func (f *Fake) Serve(t testing.TB, handler http.Handler) {
	t.Helper()
	f.Front = NewFront(t, handler)
}

// Hold runs what changes or reads the fake, with the Mutex held.
func (f *Fake) Hold(do func()) {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	do()
}

// Held reads something of a fake, with its Mutex held.
func Held[T any](f *Fake, read func() T) T {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	return read()
}

// Locked is a handler that has read the body and holds the Mutex.
func (f *Fake) Locked(serve func(w http.ResponseWriter, r *http.Request, body []byte)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // it broke off
		}
		f.Mutex.Lock()
		defer f.Mutex.Unlock()
		serve(w, r, body)
	})
}

// Guarded is a handler that holds the Mutex and lets a call through for which admit is true. Admit answers the others.
func (f *Fake) Guarded(admit func(w http.ResponseWriter, r *http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.Mutex.Lock()
		defer f.Mutex.Unlock()
		if admit(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// Limited counts a call, as Admit does, and tells whether the fake is to answer that it throttles. Retry-After, which may be empty, is set then.
func (f *Fake) Limited(w http.ResponseWriter, within, enforced bool, retryAfter string) bool {
	if f.Admit(within, enforced) {
		return false
	}
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	return true
}

// NameBy says what in a call names an SKU, where that is not the SKU itself: empty for one that the store does not have. It is asked with the
// Mutex held.
func (f *Fake) NameBy(name func(sku string) string) {
	f.Names = func(sku string) string { return Held(f, func() string { return name(sku) }) }
}

// Next counts up from 1, for the ids that a fake gives. The Mutex is held.
func (f *Fake) Next() int {
	f.last++
	return f.last
}

// CountLookup counts a look-up that is answered. The Mutex is held.
func (f *Fake) CountLookup() { f.lookups++ }

// Lookups counts look-ups that were answered.
func (f *Fake) Lookups() int { return Held(f, func() int { return f.lookups }) }

// Configure gives the channels a setting that the fake knows only when it runs.
func (f *Fake) Configure(name string, value any) { f.opening.Settings[name] = value }

// Settings are those of a channel to the fake.
func (f *Fake) Settings() settings.Values {
	values := settings.Values{"endpoint": f.URL + f.opening.Path}
	maps.Copy(values, f.opening.Settings)
	maps.Copy(values, f.opening.More)
	return values
}

// Environment holds the credentials, and the clock of the test.
func (f *Fake) Environment() settings.Environment { return f.opening.Environment }

// Open returns a new channel to the fake.
func (f *Fake) Open(t *testing.T) channels.Channel {
	t.Helper()
	channel, err := f.opening.Driver.Open("shop", f.Settings(), f.Environment())
	require.NoError(t, err)
	return channel
}

// Body is the last body of a call, by the name that the fake gives it.
func (f *Fake) Body(call string) []byte { return Held(f, func() []byte { return f.Bodies[call] }) }

// IssueToken makes an access token with a life. It holds the credential, so that no error may hold the token either. The Mutex is held.
func (f *Fake) IssueToken(prefix string, life time.Duration) string {
	f.issued++
	token := fmt.Sprintf("%s%s-%d", prefix, Credential, f.issued)
	f.tokens[token] = f.Now().Add(life)
	return token
}

// TakesToken is true for a token that was issued and has not expired. The Mutex is held.
func (f *Fake) TakesToken(token string) bool {
	expires, exists := f.tokens[token]
	return exists && f.Now().Before(expires)
}

// Revoke ends every access token before its time.
func (f *Fake) Revoke() { f.Hold(func() { clear(f.tokens) }) }

// Tokens counts the access tokens that were issued.
func (f *Fake) Tokens() int { return Held(f, func() int { return f.issued }) }

// Offending is an item with a SKU that is refused for ever, at the first location of a store that has some.
func Offending(sku string, locations []string) channels.Item {
	item := channels.Item{ChannelSKU: sku, Quantity: 1}
	if len(locations) > 0 {
		item.Location = locations[0]
	}
	return item
}

// Reply answers with JSON.
func Reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// Distort makes of the rows of a response what the fault makes of it: they come in another order, one is missing, or there is one that
// belongs to no item of the call.
func Distort[T any](fault Fault, rows []T, stray T) []T {
	switch fault {
	case Reordered:
		slices.Reverse(rows)
	case Shortened:
		return rows[:len(rows)-1]
	case Stray:
		return slices.Insert(rows, 0, stray)
	}
	return rows
}

// Submission is what a fake keeps of a submission on which it reports later.
type Submission struct {
	Ready time.Time // when it may end
	Asked int       // how often its status was asked for
}

// Over is true when a submission ends: at its time or, where the fake has no time for processing, by itself when it was asked about twice.
func (s Submission) Over(processing time.Duration, now time.Time) bool {
	if processing > 0 {
		return !s.Ready.After(now)
	}
	return s.Asked > 2
}

// Queue are submissions that are not processed yet, in the order in which they came.
type Queue[T interface {
	Over(processing time.Duration, now time.Time) bool
}] []T

// Process takes those out that end, and has the fake end each.
func (q *Queue[T]) Process(processing time.Duration, now time.Time, end func(T)) {
	*q = slices.DeleteFunc(*q, func(submission T) bool {
		over := submission.Over(processing, now)
		if over {
			end(submission)
		}
		return over
	})
}

// ByMethod sorts calls for a Front: those for tokens and the like, which the fake names, those that read, and those that can change a figure.
func ByMethod(aside func(r *http.Request) bool) func(r *http.Request, body []byte) Kind {
	return func(r *http.Request, _ []byte) Kind {
		switch {
		case aside(r):
			return Aside
		case r.Method == http.MethodGet:
			return Read
		}
		return Write
	}
}

// ByMark sorts calls for a Front: those of a method whose body has a mark can change a figure. Without the mark a call names no item.
func ByMark(method, mark string) func(r *http.Request, body []byte) Kind {
	return func(r *http.Request, body []byte) Kind {
		if r.Method == method && bytes.Contains(body, []byte(mark)) {
			return Write
		}
		return Read
	}
}

package channeltest

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// RetryAfter is what a Front says when it throttles.
const RetryAfter = 7 * time.Second

// bodyCanary stands in the bodies that a Front makes up; no error may hold it.
const bodyCanary = "canary-body-91d0"

// Front stands before a correct fake of a store and spoils its responses. A fake embeds it for the faults that it does not make itself,
// and has its Provoke, Calls and Leaks from it.
type Front struct {
	// URL is where the spoiled store answers.
	URL string
	// Sort tells what a request is; nil takes GET for a Read and everything else for a Write. It is set before the first call.
	Sort func(r *http.Request, body []byte) Kind

	// Alone tells the writes that can be about one item only; nil means that the store has none. It is set before the first call.
	Alone func(r *http.Request) bool
	// Names is what in a call names an SKU, where that is not the SKU itself. It is set before the first call.
	Names func(sku string) string
	// Refuse answers a whole call with a status and words, in the store's form. It is set before the first call.
	Refuse func(w http.ResponseWriter, status int, words string)

	store  http.Handler
	trap   string
	mutex  sync.Mutex
	fault  Fault
	closed map[string]Closing
	writes int
	leaks  int
}

// Kind is what a request does to a store.
type Kind int

// The kinds of requests.
const (
	Write Kind = iota // may change a figure: it is counted and spoiled
	Read              // looks, or polls: it is spoiled
	Aside             // a step before, like asking for a token: it is neither, so that the faults hit the call itself
)

// NewFront starts a Front that ends with the test.
func NewFront(t testing.TB, store http.Handler) *Front {
	t.Helper()
	front := &Front{store: store}
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		front.mutex.Lock()
		defer front.mutex.Unlock()
		front.leaks++
	}))
	t.Cleanup(trap.Close)
	front.trap = trap.URL
	server := httptest.NewServer(front)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	front.URL = server.URL
	return front
}

// Provoke spoils every later answer; None, and faults of the store's own protocol, spoil nothing.
func (f *Front) Provoke(_ *testing.T, fault Fault) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.fault = fault
}

// Close has the store refuse an item from now on.
func (f *Front) Close(sku string, closing Closing) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.closed == nil {
		f.closed = map[string]Closing{}
	}
	f.closed[sku] = closing
}

// Reopen has the store take every item again.
func (f *Front) Reopen() {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	clear(f.closed)
}

// Closing is how an item is refused, for the fake behind: a call for several items has a result for it, or an error that names it.
func (f *Front) Closing(sku string) (closing Closing, closed bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	closing, closed = f.closed[sku]
	return closing, closed && !closing.Reads
}

// refusesItem answers a call that names a closed item with a status and words for the whole, where the store does so.
func (f *Front) refusesItem(w http.ResponseWriter, r *http.Request, kind Kind) bool {
	f.mutex.Lock()
	closed := maps.Clone(f.closed)
	f.mutex.Unlock()
	if len(closed) == 0 {
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false // it broke off and will not be answered
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	for sku, closing := range closed {
		name := sku
		if f.Names != nil && kind == Write {
			name = f.Names(sku)
		}
		named := name != "" && (bytes.Contains(body, []byte(name)) || strings.Contains(r.URL.Path+"?"+r.URL.RawQuery, name))
		whole := closing.Whole || f.Alone != nil && f.Alone(r)
		if named && (kind == Read && closing.Reads || kind == Write && !closing.Reads && whole) {
			f.Refuse(w, closing.Status, closing.Words)
			return true
		}
	}
	return false
}

// Fault is the one that is set, for the fake behind.
func (f *Front) Fault() Fault {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.fault
}

// Calls is how many writes have come.
func (f *Front) Calls(*testing.T) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.writes
}

// Leaks is how many calls followed the redirect.
func (f *Front) Leaks(*testing.T) int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.leaks
}

// Trap is where the redirect leads.
func (f *Front) Trap() string { return f.trap }

func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := f.sort(r)
	f.mutex.Lock()
	if kind == Write {
		f.writes++
	}
	fault := f.fault
	f.mutex.Unlock()
	if kind == Aside && fault != Marked {
		f.store.ServeHTTP(w, r)
		return
	}
	if fault != Marked && f.refusesItem(w, r, kind) {
		return
	}
	if status, refused := refusals[fault]; refused {
		f.refuse(w, fault, status)
		return
	}
	if !outcomes[fault].whole && fault != Marked {
		f.store.ServeHTTP(w, r)
		return
	}
	// The store applies the call; what it answers is spoiled.
	kept := httptest.NewRecorder()
	if !f.refusesItem(kept, r, kind) {
		f.store.ServeHTTP(kept, r)
	}
	spoil(w, r, fault, kept)
}

// sort asks what a request is and leaves its body to be read again.
func (f *Front) sort(r *http.Request) Kind {
	if f.Sort != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return Read // it broke off and will not be answered
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return f.Sort(r, body)
	}
	if r.Method == http.MethodGet {
		return Read
	}
	return Write
}

// refusals are the faults where the store behind hears nothing of the call.
var refusals = map[Fault]int{
	ThrottleSeconds: http.StatusTooManyRequests, ThrottleDate: http.StatusTooManyRequests, ThrottleSilent: http.StatusTooManyRequests,
	ServerError: http.StatusInternalServerError, Unavailable: http.StatusServiceUnavailable, HTML: http.StatusOK, Redirect: http.StatusFound,
	Unauthorized: http.StatusUnauthorized, Forbidden: http.StatusForbidden, TooLarge: http.StatusRequestEntityTooLarge,
	Nowhere: http.StatusNotFound,
}

func (f *Front) refuse(w http.ResponseWriter, fault Fault, status int) {
	body := `{"message": "` + bodyCanary + `"}`
	switch fault {
	case ThrottleSeconds:
		w.Header().Set("Retry-After", strconv.Itoa(int(RetryAfter.Seconds())))
	case ThrottleDate:
		w.Header().Set("Retry-After", time.Now().Add(RetryAfter).UTC().Format(http.TimeFormat))
	case HTML:
		w.Header().Set("Content-Type", "text/html")
		body = "<!DOCTYPE html><title>" + bodyCanary + "</title>"
	case Redirect:
		w.Header().Set("Location", f.trap)
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// notice is what an extension writes before the response.
const notice = "<br />\n<b>Warning</b>: \x1b[31mundefined\x1b[0m \"token\": \"" + Credential +
	"\" in <b>extension.php</b> on line 7, and so on and so forth<br />\n"

func spoil(w http.ResponseWriter, r *http.Request, fault Fault, kept *httptest.ResponseRecorder) {
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	body := kept.Body.Bytes()
	switch fault {
	case Marked:
		w.Header().Del("Content-Length")
		w.WriteHeader(kept.Code)
		if len(body) > 0 {
			body = append([]byte("\xef\xbb\xbf"), body...)
		}
		_, _ = w.Write(body)
	case LostAnswer:
		panic(http.ErrAbortHandler)
	case NoAnswer:
		<-r.Context().Done()
	case EmptyAnswer:
		w.Header().Set("Content-Length", "0")
	case WrongJSON:
		w.Header().Del("Content-Length")
		_, _ = w.Write([]byte("{" + bodyCanary))
	case Notice:
		w.Header().Del("Content-Length")
		_, _ = w.Write(append([]byte(notice), body...))
	case OtherJSON:
		w.Header().Del("Content-Length")
		_, _ = w.Write([]byte("{}"))
	case CutAnswer:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	case HugeAnswer:
		w.Header().Del("Content-Length")
		for spaces := make([]byte, 1<<16); ; {
			if _, err := w.Write(spaces); err != nil {
				return
			}
		}
	case SlowAnswer:
		w.Header().Del("Content-Length")
		drip(w, r)
	}
}

// drip sends a space now and then until the caller has enough.
func drip(w http.ResponseWriter, r *http.Request) {
	ticks := time.NewTicker(5 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			if _, err := w.Write([]byte(" ")); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

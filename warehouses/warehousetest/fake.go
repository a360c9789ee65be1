package warehousetest

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Fake is what the fakes of warehouses with an API share: a Server, and how a source that reads them is opened. A fake embeds it, and adds
// what its warehouse answers.
type Fake struct {
	*Server
	// Mutex guards what the fake keeps.
	Mutex sync.Mutex
	// Now is the fake's clock.
	Now func() time.Time
	// Issued counts the access tokens that were issued.
	Issued int

	opening Opening
	uses    map[string]int // of each token
}

// Opening is how a source that reads a fake is opened.
type Opening struct {
	ID       string // of the warehouse in the configuration
	Driver   warehouses.Driver
	Path     string          // of the endpoint, behind the address of the fake
	Settings settings.Values // besides the endpoint
}

// NewFake starts a Server that ends with the test. The Mutex is held while a call is answered.
func NewFake(t testing.TB, opening Opening, respond func(request *http.Request, body []byte) Answer) *Fake {
	t.Helper()
	f := &Fake{Now: time.Now, opening: opening, uses: map[string]int{}}
	f.Server = NewServer(t, func(request *http.Request, body []byte) Answer {
		f.Mutex.Lock()
		defer f.Mutex.Unlock()
		return respond(request, body)
	})
	return f
}

// Hold runs what changes or reads the fake, with the Mutex held.
func (f *Fake) Hold(do func()) {
	f.Mutex.Lock()
	defer f.Mutex.Unlock()
	do()
}

// At has the fake tell the time by a clock of the test.
func (f *Fake) At(now func() time.Time) { f.Hold(func() { f.Now = now }) }

// access is what a token begins with. It holds the credential, so that no error may hold the token either.
const access = "access-" + Credential + "-"

// IssueToken makes an access token. The Mutex is held.
func (f *Fake) IssueToken() string {
	f.Issued++
	return access + strconv.Itoa(f.Issued)
}

// TakesToken is true for the Authorization of a call with a token that was issued or is the credential itself; once has each be taken a
// single time. The Mutex is held.
func (f *Fake) TakesToken(authorization string, once bool) bool {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	f.uses[token]++
	return ok && f.Fault() != Unauthorised && !(once && f.uses[token] > 1) && (token == Credential || strings.HasPrefix(token, access))
}

// Page is one page of a list, with the fault that the fake has. Rows are counted from 0, pages from 1.
type Page struct {
	Number   int
	From, To int  // its rows
	Next     int  // the row that the next page begins with
	Last     bool // it says that there is no other
	Cut      bool // its response breaks off
}

// Page returns the page that begins with a row, of a list of so many rows in pages of a size.
func (f *Fake) Page(from, size, rows int) Page {
	from = min(from, rows)
	p := Page{Number: from/size + 1, From: from, To: min(from+size, rows)}
	second, fault := p.Number == 2, f.Fault()
	p.Next, p.Cut = p.To, fault == BreaksOff && second
	p.Last = p.To == rows || fault == Truncated && second
	if fault == Repeats && second {
		p.Next = from
	}
	return p
}

// List writes a JSON list of what write makes of each entry.
func List[T any](entries []T, write func(entry T) string) string {
	var text strings.Builder
	text.WriteByte('[')
	for i, entry := range entries {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(write(entry))
	}
	return text.String() + "]"
}

// Endpoint is the fake's address.
func (f *Fake) Endpoint() string { return f.URL + f.opening.Path }

// Settings are those of a source that reads the fake, with others on top.
func (f *Fake) Settings(other map[string]any) settings.Values {
	values := settings.Values{"endpoint": f.Endpoint()}
	maps.Copy(values, f.opening.Settings)
	maps.Copy(values, other)
	return values
}

// Open returns a source that reads the fake, at the driver's pace.
func (f *Fake) Open(t testing.TB) warehouses.Source { return f.OpenWith(t, nil) }

// OpenWith returns a source with other settings on top.
func (f *Fake) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	t.Helper()
	source, err := f.opening.Driver.Open(f.opening.ID, f.Settings(other), Environment())
	require.NoError(t, err)
	return source
}

// Refusal is the response to a call whose credential is not accepted, or that has a fault before any rows; false when there is none. The form
// of an error is the fake's own; it holds the credential, so that no error of a driver may hold the body.
func (f *Fake) Refusal(request *http.Request, accepted bool, failure func(status int, words string) Answer, throttled func() Answer) (Answer, bool) {
	given := request.Header.Get("Authorization")
	switch fault := f.Fault(); {
	case fault == Redirects:
		return f.Elsewhere(), true
	case fault == Unauthorised, !accepted:
		return failure(http.StatusUnauthorized, "not with "+given), true
	case fault == Throttles:
		return throttled(), true
	case fault == ServerError:
		return failure(http.StatusInternalServerError, "for "+given), true
	case fault == Garbage:
		return SignIn(), true
	}
	return Answer{}, false
}

// Later is a response that asks for a wait in Retry-After.
func (a Answer) Later(wait time.Duration) Answer {
	a.Header.Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
	return a
}

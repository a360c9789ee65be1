// Package extensivtest is a fake of Extensiv's REST API, written from its documentation as far as that is told in
// docs/warehouses/extensiv.md. What the documentation leaves open is a switch.
package extensivtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/extensiv"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// ID is the id of the warehouse in the configuration.
const ID = "reno"

// What the fake knows.
const (
	ClientID   = "0b9bdc96-f23e-4382-a3f9-f57885b5a502"
	User       = "759"
	Customer   = 194
	RetryAfter = 25 * time.Second // when it throttles
)

// access is what a token begins with. It holds the credential, so that no error may hold the token either.
const access = "access-" + warehousetest.Credential + "-"

var _ warehousetest.Warehouse = (*Warehouse)(nil)

// Switches are what the documentation leaves open, or where reports differ from it. The zero value is what it says.
type Switches struct {
	// Whole: figures are written as they are; the documentation's examples write 4.0.
	Whole bool
	// Links: stock summaries have links to other pages.
	Links bool
	// Since: rows can be asked for by readonly.lastModifiedDate; the documentation's rows do not have it.
	Since bool
	// Eastern: the times of rows are those of New York in winter; the documentation does not say.
	Eastern bool
	// NoDate: answers have no Date.
	NoDate bool
	// Withdrawn: tokens are accepted once.
	Withdrawn bool
	// MostRows is the most rows of a page, whatever is asked for; 0 is no limit.
	MostRows int
}

// Warehouse is a running fake.
type Warehouse struct {
	server *httptest.Server

	mu         sync.Mutex
	switches   Switches
	rows       []row // is replaced, never changed
	items      map[string]int
	facilities map[string]int // numbers, by name
	fault      warehousetest.Fault
	spoil      func(page int, answer *Answer)
	now        func() time.Time
	tokens     int
	logins     []string // bodies
	uses       map[string]int
	calls      []string // path and query of each call for rows
}

// row is the stock of an item in a facility, or a lot of it.
type row struct {
	warehousetest.Item
	qualifier string
	held      bool
	updated   time.Time
}

// Answer is what the fake is about to answer with.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	// Cut sends the first half of the body and breaks the connection.
	Cut bool
}

// Start starts a fake. It ends with the test.
func Start(t testing.TB, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{items: map[string]int{}, facilities: map[string]int{}, now: time.Now, uses: map[string]int{}}
	w.Set(t, stock)
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	return w
}

// Open returns a source that reads the fake, at the driver's pace.
func (w *Warehouse) Open(t testing.TB) warehouses.Source {
	source, err := extensiv.Open(ID, w.Settings(nil), Environment())
	require.NoError(t, err)
	return source
}

// Settings are those of a source that reads the fake, with others on top.
func (w *Warehouse) Settings(other map[string]any) settings.Values {
	raw := settings.Values{"endpoint": w.Endpoint(), "client_id": ClientID, "client_secret": "env:SECRET", "user_login_id": User}
	for name, value := range other {
		raw[name] = value
	}
	return raw
}

// Names are the names of the facilities, by number, for the setting of that name.
func (w *Warehouse) Names() map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	names := map[string]any{}
	for name, number := range w.facilities {
		names[strconv.Itoa(number)] = name
	}
	return names
}

// Environment holds the credential.
func Environment() settings.Environment {
	return settings.Environment{Variable: func(string) (string, bool) { return warehousetest.Credential, true }}
}

// Endpoint is the fake's address.
func (w *Warehouse) Endpoint() string { return w.server.URL }

// Set replaces the stock. What is new or has another figure counts as changed now. A name like "qualified BIKE RED" is the SKU BIKE
// with a qualifier, and a lot of "held BIKE" is one of BIKE that is on hold.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := map[warehousetest.Item]time.Time{}
	for _, row := range w.rows {
		before[row.Item] = row.updated
	}
	now := w.now()
	w.rows = make([]row, len(stock))
	for i, item := range stock {
		made := row{Item: item}
		if name, ok := strings.CutPrefix(item.SKU, "qualified "); ok {
			made.SKU, made.qualifier, _ = strings.Cut(name, " ")
		} else if name, ok := strings.CutPrefix(item.SKU, "held "); ok {
			made.SKU, made.held = name, true
		}
		made.updated = now
		if at, ok := before[made.Item]; ok {
			made.updated = at
		}
		if w.items[made.SKU] == 0 {
			w.items[made.SKU] = 1001 + len(w.items)
		}
		if w.facilities[made.Facility] == 0 {
			w.facilities[made.Facility] = 1 + len(w.facilities)
		}
		w.rows[i] = made
	}
}

// Provoke gives every later call a fault.
func (w *Warehouse) Provoke(_ testing.TB, fault warehousetest.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// Turn sets what the documentation leaves open.
func (w *Warehouse) Turn(switches Switches) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.switches = switches
}

// Spoil has every answer with rows go through a function first; the page is counted from 1.
func (w *Warehouse) Spoil(spoil func(page int, answer *Answer)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spoil = spoil
}

// At has the fake tell the time by a clock of the test.
func (w *Warehouse) At(now func() time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// Calls are the path and query of each call for rows so far, and Logins the bodies of the others.
func (w *Warehouse) Calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

// Logins are the bodies of the calls for a token so far.
func (w *Warehouse) Logins() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.logins)
}

func (w *Warehouse) serve(out http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	w.mu.Lock()
	answer := w.answer(request, body)
	if w.switches.NoDate {
		answer.Header["Date"] = nil
	}
	w.mu.Unlock()
	for name, values := range answer.Header {
		out.Header()[name] = values
	}
	content := []byte(answer.Body)
	out.Header().Set("Content-Length", strconv.Itoa(len(content)))
	out.WriteHeader(answer.Status)
	if answer.Cut {
		_, _ = out.Write(content[:len(content)/2])
		_ = http.NewResponseController(out).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = out.Write(content)
}

func said(status int, body string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {"application/hal+json; charset=utf-8"}}, Body: body}
}

func (w *Warehouse) answer(request *http.Request, body []byte) Answer {
	if request.URL.Path == "/AuthServer/api/Token" && request.Method == http.MethodPost {
		return w.login(request, body)
	}
	w.calls = append(w.calls, request.URL.RequestURI())
	switch {
	case w.fault == warehousetest.Redirects:
		answer := said(http.StatusFound, "{}")
		answer.Header.Set("Location", w.server.URL+"/elsewhere")
		return answer
	case !w.accepts(request.Header.Get("Authorization")):
		return said(http.StatusUnauthorized, "")
	case w.fault == warehousetest.Throttles:
		answer := said(http.StatusTooManyRequests, "{}")
		answer.Header.Set("Retry-After", strconv.Itoa(int(RetryAfter/time.Second)))
		return answer
	case w.fault == warehousetest.Falters:
		return said(http.StatusInternalServerError, "for "+request.Header.Get("Authorization"))
	case w.fault == warehousetest.Garbage:
		return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!doctype html><title>Sign in</title>"}
	case request.Header.Get("Accept") != "application/hal+json":
		return said(http.StatusNotAcceptable, "{}")
	case request.URL.Path == "/inventory/stocksummaries", request.URL.Path == "/inventory/stockdetails":
		number, answer := w.list(request)
		if w.spoil != nil {
			w.spoil(number, &answer)
		}
		return answer
	}
	return said(http.StatusNotFound, "")
}

// login gives a token.
func (w *Warehouse) login(request *http.Request, body []byte) Answer {
	w.logins = append(w.logins, string(body))
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(ClientID+":"+warehousetest.Credential))
	if request.Header.Get("Authorization") != basic || w.fault == warehousetest.Unauthorised {
		return said(http.StatusUnauthorized, `{"Message":"invalid_client: not with `+request.Header.Get("Authorization")+`"}`)
	}
	var asked map[string]string
	if json.Unmarshal(body, &asked) != nil || asked["grant_type"] != "client_credentials" || asked["user_login_id"] != User && asked["user_login"] == "" {
		return said(http.StatusBadRequest, `{"error":"invalid_request"}`)
	}
	w.tokens++
	return said(http.StatusOK, fmt.Sprintf(`{"access_token":%s,"token_type":"Bearer","expires_in":3600,"refresh_token":null,"scope":null}`, quote(access+strconv.Itoa(w.tokens))))
}

func (w *Warehouse) accepts(header string) bool {
	token, ok := strings.CutPrefix(header, "Bearer ")
	w.uses[token]++
	return ok && strings.HasPrefix(token, access) && w.fault != warehousetest.Unauthorised && !(w.switches.Withdrawn && w.uses[token] > 1)
}

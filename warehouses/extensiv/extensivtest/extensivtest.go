// Package extensivtest is a fake of Extensiv's REST API, written from its documentation as far as that is told in
// docs/warehouses/extensiv.md. What the documentation leaves open is a switch.
package extensivtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/settings"
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

// Warehouse is a running fake. Its Calls are those for rows, and Logins the others.
type Warehouse struct {
	*warehousetest.Fake

	switches   Switches
	rows       []row // is replaced, never changed
	items      map[string]int
	facilities map[string]int // numbers, by name
	logins     []string       // bodies
}

// row is the stock of an item in a facility, or a lot of it.
type row struct {
	warehousetest.Item
	qualifier string
	held      bool
	updated   time.Time
}

// Start starts a fake. It ends with the test.
func Start(t testing.TB, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{items: map[string]int{}, facilities: map[string]int{}}
	w.Fake = warehousetest.NewFake(t, warehousetest.Opening{
		ID: ID, Driver: extensiv.Driver(),
		Settings: settings.Values{"client_id": ClientID, "client_secret": "env:SECRET", "user_login_id": User},
	}, w.respond)
	w.Set(t, stock)
	return w
}

// Names are the names of the facilities, by number, for the setting of that name.
func (w *Warehouse) Names() map[string]any {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	names := map[string]any{}
	for name, number := range w.facilities {
		names[strconv.Itoa(number)] = name
	}
	return names
}

// Set replaces the stock. What is new or has another figure counts as changed now. A name like "qualified BIKE RED" is the SKU BIKE
// with a qualifier, and a lot of "held BIKE" is one of BIKE that is on hold.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	before := map[warehousetest.Item]time.Time{}
	for _, row := range w.rows {
		before[row.Item] = row.updated
	}
	now := w.Now()
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

// Turn sets what the documentation leaves open.
func (w *Warehouse) Turn(switches Switches) { w.Hold(func() { w.switches = switches }) }

// Logins are the bodies of the calls for a token so far.
func (w *Warehouse) Logins() []string {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	return slices.Clone(w.logins)
}

func haljson(status int, body string) warehousetest.Answer {
	return warehousetest.Typed(status, "application/hal+json; charset=utf-8", body)
}

func (w *Warehouse) respond(request *http.Request, body []byte) warehousetest.Answer {
	return w.route(request, body).WithoutDate(w.switches.NoDate)
}

func (w *Warehouse) route(request *http.Request, body []byte) warehousetest.Answer {
	if request.URL.Path == "/AuthServer/api/Token" && request.Method == http.MethodPost {
		return w.login(request, body)
	}
	w.Note(request.URL.RequestURI())
	throttled := func() warehousetest.Answer { return haljson(http.StatusTooManyRequests, "{}").Later(RetryAfter) }
	if refusal, refused := w.Refusal(request, w.TakesToken(request.Header.Get("Authorization"), w.switches.Withdrawn), haljson, throttled); refused {
		return refusal
	}
	switch {
	case request.Header.Get("Accept") != "application/hal+json":
		return haljson(http.StatusNotAcceptable, "{}")
	case request.URL.Path == "/inventory/stocksummaries", request.URL.Path == "/inventory/stockdetails":
		number, response := w.list(request)
		return w.Spoiled(number, response)
	}
	return haljson(http.StatusNotFound, "")
}

// login gives a token.
func (w *Warehouse) login(request *http.Request, body []byte) warehousetest.Answer {
	w.logins = append(w.logins, string(body))
	id, secret, _ := request.BasicAuth()
	if id != ClientID || secret != warehousetest.Credential || w.Fault() == warehousetest.Unauthorised {
		return haljson(http.StatusUnauthorized, `{"Message":"invalid_client: not with `+request.Header.Get("Authorization")+`"}`)
	}
	var login map[string]string
	if json.Unmarshal(body, &login) != nil || login["grant_type"] != "client_credentials" || login["user_login_id"] != User && login["user_login"] == "" {
		return haljson(http.StatusBadRequest, `{"error":"invalid_request"}`)
	}
	return haljson(http.StatusOK, fmt.Sprintf(`{"access_token":%s,"token_type":"Bearer","expires_in":3600,"refresh_token":null,"scope":null}`,
		warehousetest.Quote(w.IssueToken())))
}

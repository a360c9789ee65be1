// Package shipherotest is a fake of ShipHero's public API, written from its documentation as far as that is told in
// docs/warehouses/shiphero.md. What the documentation leaves open is a switch.
package shipherotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/shiphero"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// ID is the id of the warehouse in the configuration.
const ID = "fulton"

// The account that has the stock, and what calls cost in it.
const (
	Account   = "QWNjb3VudDo2MzM0"
	Other     = "QWNjb3VudDo3MDAx" // of another customer of a 3PL
	Most      = 4004               // credits
	Restored  = 60                 // credits a second
	Remaining = 18 * time.Second   // what the fake says when it is told to throttle
)

var _ warehousetest.Warehouse = (*Warehouse)(nil)

// Switches are what the documentation leaves open, or where reports differ from it. The zero value is what it says.
type Switches struct {
	// PlainStatus: the first status of a snapshot is "enqueued"; callers report "InventorySnapshotStatus.enqueued".
	PlainStatus bool
	// KeyOnly: a product of a file says its SKU only in the name under which it stands.
	KeyOnly bool
	// ProductsFirst: a file begins with its products, and says last which snapshot it is of.
	ProductsFirst bool
	// OldFormat: the products of a file are not grouped by account, as before April 2025.
	OldFormat bool
	// NoComplexity: no response says what it has cost.
	NoComplexity bool
	// NoTime: too few credits do not say for how long.
	NoTime bool
	// NoDate: answers have no Date.
	NoDate bool
	// SameSnapshot: asked for a snapshot, the fake answers with the last one that it made.
	SameSnapshot bool
	// Withdrawn: tokens are accepted once.
	Withdrawn bool
	// NoCursor: the last page has no endCursor.
	NoCursor bool
}

// Warehouse is a running fake. Its Calls are paths, and of GraphQL the variables.
type Warehouse struct {
	*warehousetest.Fake

	switches Switches
	rows     []row // is replaced, never changed
	spoil    func(kind string, number int, response *warehousetest.Answer)
	budget   *budget
	jobs     []job
	polls    int  // that it takes to make a snapshot
	leaked   bool // a download came with a credential
}

// row is the stock of a product in a warehouse.
type row struct {
	warehousetest.Item
	account string
	updated time.Time
}

// job is a snapshot.
type job struct {
	rows  []row
	polls int
}

// Kinds of responses, for Spoil.
const (
	Levels   = "levels"   // numbered by page
	Generate = "generate" // numbered by snapshot
	Poll     = "poll"     // numbered by how often it was asked
	File     = "file"     // numbered by snapshot
	Refresh  = "refresh"  // numbered by token
)

// Start starts a fake. It ends with the test.
func Start(t testing.TB, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{polls: 2}
	w.Fake = warehousetest.NewFake(t, warehousetest.Opening{ID: ID, Driver: shiphero.Driver(), Settings: settings.Values{"refresh_token": "env:TOKEN"}}, w.respond)
	w.Set(t, stock)
	return w
}

// Set replaces the stock. What is new or has another figure counts as updated now. A SKU that begins with "other " is another
// customer's.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	before := make(map[warehousetest.Item]time.Time, len(w.rows))
	for _, row := range w.rows {
		before[row.Item] = row.updated
	}
	now := w.Now()
	w.rows = make([]row, len(stock))
	for i, item := range stock {
		w.rows[i] = row{Item: item, account: Account, updated: now}
		if at, ok := before[item]; ok {
			w.rows[i].updated = at
		}
		if strings.HasPrefix(item.SKU, "other ") {
			w.rows[i].account = Other
		}
	}
}

// Turn sets what the documentation leaves open.
func (w *Warehouse) Turn(switches Switches) { w.Hold(func() { w.switches = switches }) }

// Spoil has every response go through a function first.
func (w *Warehouse) Spoil(spoil func(kind string, number int, response *warehousetest.Answer)) {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	w.spoil = spoil
}

// Polls says how often it must be asked until a snapshot is made.
func (w *Warehouse) Polls(polls int) { w.Hold(func() { w.polls = polls }) }

// Charge has the fake count credits by its clock, and refuse calls for which they are too few. So many are left.
func (w *Warehouse) Charge(left int) {
	w.Hold(func() { w.budget = &budget{left: float64(left), at: w.Now()} })
}

// Short is how many calls were refused because there were too few credits.
func (w *Warehouse) Short() int {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	if w.budget == nil {
		return 0
	}
	return w.budget.short
}

// Leaked is true when a download came with a credential.
func (w *Warehouse) Leaked() bool {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	return w.leaked
}

func (w *Warehouse) respond(request *http.Request, body []byte) warehousetest.Answer {
	return w.route(request, body).WithoutDate(w.switches.NoDate)
}

func (w *Warehouse) route(request *http.Request, body []byte) warehousetest.Answer {
	var kind string
	var number int
	var response warehousetest.Answer
	switch path := request.URL.Path; {
	case strings.HasPrefix(path, "/files/"):
		w.Note(path)
		w.leaked = w.leaked || request.Header.Get("Authorization") != ""
		kind = File
		number, response = w.file(path)
	case path == "/auth/refresh" && request.Method == http.MethodPost:
		w.Note(path)
		kind = Refresh
		number, response = w.refresh(body)
	case path == "/graphql" && request.Method == http.MethodPost:
		kind, number, response = w.graphql(request, body)
	default:
		return warehousetest.JSON(http.StatusNotFound, `{"message":"no such page"}`)
	}
	if w.spoil != nil {
		w.spoil(kind, number, &response)
	}
	return response
}

// refresh gives a token for the refresh token.
func (w *Warehouse) refresh(body []byte) (int, warehousetest.Answer) {
	var request struct {
		RefreshToken string `json:"refresh_token"`
	}
	if json.Unmarshal(body, &request) != nil || request.RefreshToken != warehousetest.Credential || w.Fault() == warehousetest.Unauthorised {
		return w.Issued, warehousetest.JSON(http.StatusUnauthorized, `{"message":"not with `+request.RefreshToken+`"}`)
	}
	token := w.IssueToken()
	return w.Issued, warehousetest.JSON(http.StatusOK, fmt.Sprintf(`{"access_token":%s,"expires_in":2419200,"scope":"openid","token_type":"Bearer"}`,
		warehousetest.Quote(token)))
}

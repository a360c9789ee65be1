package console

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// partnersView lists warehouses and stores.
type partnersView struct {
	Warehouses []warehouseRow
	Stores     []storeRow
}

type warehouseRow struct {
	ID, Merchant, Driver, Connections string
	Credentials                       []string // where they are, never what
	Snapshot, Refused, Odd            string
	Test                              string // where the form is sent
}

type storeRow struct {
	ID, Merchant, Driver, Connections, Share string
	Credentials                              []string
	Calls, Throttled, Answered               string // of today, and when the last one was over
	Test                                     string
}

const partnersPath = "/partners"

func (c *Console) partnersPage(ctx context.Context, q request) (page, error) {
	connections, err := c.options.Control.Connections(ctx)
	if err != nil {
		return page{}, err
	}
	warehouses, stores, err := c.options.Control.Partners(ctx)
	if err != nil {
		return page{}, err
	}
	k := zonesOf(connections, q.now).shared()
	view := partnersView{}
	on := func(is func(ledger.Connection) bool) string {
		var names []string
		for _, connection := range connections {
			if is(connection) {
				names = append(names, connection.ID)
			}
		}
		return cmp.Or(strings.Join(names, ", "), "none")
	}
	for _, warehouse := range warehouses {
		row := warehouseRow{
			ID: warehouse.ID, Merchant: warehouse.Merchant, Driver: warehouse.Driver,
			Connections: on(func(k ledger.Connection) bool { return k.Warehouse == warehouse.ID }), Snapshot: "none yet",
			Credentials: credentials(warehouse.Settings), Test: partnersPath + "/warehouses/" + url.PathEscape(warehouse.ID) + "/test",
		}
		if snapshot, err := c.options.Control.Snapshot(ctx, warehouse.ID, 1); err == nil {
			row.Snapshot = fmt.Sprintf("%s, %s", k.at(snapshot.EndedAt), count(snapshot.Rows, "row"))
			row.Refused, row.Odd = number(snapshot.Refused), number(int64(len(snapshot.Oddities)))
		}
		view.Warehouses = append(view.Warehouses, row)
	}
	uses, err := c.options.Control.StoreUses(ctx)
	if err != nil {
		return page{}, err
	}
	for _, store := range stores {
		view.Stores = append(view.Stores, storeRow{
			Calls: callsToday(uses[store.ID].Calls, store.Budget.DailyCalls), Throttled: number(uses[store.ID].Throttled),
			Answered: k.lastAnswer(uses[store.ID].Answered),
			ID:       store.ID, Merchant: store.Merchant, Driver: store.Driver, Share: control.Percent(store.Budget.Share),
			Connections: on(func(k ledger.Connection) bool { return k.Store == store.ID }),
			Credentials: credentials(store.Settings), Test: partnersPath + "/stores/" + url.PathEscape(store.ID) + "/test",
		})
	}
	return c.framed(ctx, "Stores and warehouses", k, view)
}

// callsToday says how many calls were sent to a store, and of how many that may be; 0 is no limit.
func callsToday(calls, most int64) string {
	if most == 0 {
		return number(calls)
	}
	return fmt.Sprintf("%s of %s (%d %%)", number(calls), number(most), calls*100/most)
}

// lastAnswer says when a store answered last.
func (k clock) lastAnswer(at time.Time) string {
	if at.IsZero() {
		return "none yet"
	}
	return k.at(at)
}

// credentials lists where the credentials of a store or warehouse are: the settings that refer to a variable or a file.
func credentials(values map[string]any) []string {
	var places []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text, is := values[name].(string)
		if is && (strings.HasPrefix(text, "env:") || strings.HasPrefix(text, "file:")) {
			places = append(places, name+": "+text)
		}
	}
	return places
}

// actTestStore tries a store, and says on the same page what it answered.
func (c *Console) actTestStore(ctx context.Context, r *http.Request) (string, notice, error) {
	tested, err := c.options.Control.TestStore(ctx, r.PathValue("id"))
	return partnersPath, testedNotice(tested), err
}

// actTestWarehouse tries a warehouse, as actTestStore does a store.
func (c *Console) actTestWarehouse(ctx context.Context, r *http.Request) (string, notice, error) {
	tested, err := c.options.Control.TestWarehouse(ctx, r.PathValue("id"))
	return partnersPath, testedNotice(tested), err
}

// testedNotice says how a store or a warehouse answered a test.
func testedNotice(tested control.TestResult) notice {
	if tested.Failed != "" {
		return notice{
			state: state{"bad", "cross", "Cannot be used"},
			Text:  fmt.Sprintf("%s (%s): %s Credentials are looked up where this server runs.", tested.ID, tested.Driver, strings.TrimSuffix(tested.Failed, ".")+"."),
		}
	}
	parts := []string{fmt.Sprintf("%s (%s) answers.", tested.ID, tested.Driver)}
	for _, more := range []struct {
		name  string
		items []string
	}{
		{"Account", nonEmpty(tested.Account)},
		{"Locations", tested.Locations},
		{"Facilities", tested.Facilities},
		{"Read", nonEmpty(tested.Read)},
		{"Notes", tested.Notes},
	} {
		if len(more.items) > 0 {
			parts = append(parts, more.name+": "+strings.Join(more.items, "; ")+".")
		}
	}
	return notice{state: state{"good", "check", "Can be used"}, Text: strings.Join(parts, " ")}
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

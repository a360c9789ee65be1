package config

import (
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// defaultShare is the part of a store's published API budget that is used where a store sets none.
const defaultShare = 0.8

// maxBatchSize bounds batch_size. No store takes as many items in a call.
const maxBatchSize = 100_000

// maxDailyCalls bounds daily_calls.
const maxDailyCalls = 1_000_000_000

// maxCallsAtOnce bounds calls_at_once. No store takes as many; a larger number than the store's own changes nothing.
const maxCallsAtOnce = 1000

func (l *loader) store(n *node) {
	what := label("store", n)
	o, ok := l.object(n, what, "id", "merchant", "driver", "settings", "budget", "batch_size")
	if !ok {
		l.stores.incomplete = true
		return
	}
	id, merchant := l.owner(o, &l.stores, "store")
	driver, values := l.driver(o, "store", l.drivers.Channels)
	batch, _ := l.number(o.get("batch_size"), "batch_size of "+what, 1, maxBatchSize)
	budget, named := l.budget(o.get("budget"), what)
	l.definitions.Stores = append(l.definitions.Stores, ledger.Store{
		ID: id, Merchant: merchant, Driver: driver.Driver, Settings: values, Budget: budget, BatchSize: int(batch), Named: named,
	})
}

// budget reads the budget of a store; named are the settings that it names and the pages could set.
func (l *loader) budget(n *node, what string) (budget ledger.Budget, named []string) {
	budget.Share = defaultShare
	if n == nil {
		return budget, nil
	}
	what = "budget of " + what
	o, ok := l.object(n, what, "share", "quiet_hours", "daily_calls", "calls_at_once")
	if !ok {
		return budget, nil
	}
	if share, ok := l.share(o.get("share"), "share in the "+what); ok {
		budget.Share = share
	}
	budget.DailyCalls, _ = l.number(o.get("daily_calls"), "daily_calls in the "+what, 1, maxDailyCalls)
	atOnce, _ := l.number(o.get("calls_at_once"), "calls_at_once in the "+what, 1, maxCallsAtOnce)
	budget.Calls = int(atOnce)
	if quiet := o.get("quiet_hours"); quiet != nil {
		budget.QuietHours = l.quietHours(quiet, "quiet_hours in the "+what)
	}
	return budget, settingsNamed(o, ledger.OfStore)
}

func (l *loader) share(n *node, what string) (float64, bool) {
	share, ok := l.percent(n, what)
	if ok && share == 0 {
		l.fail(n.place, "%s: 0%% leaves no calls at all; to stop the sync, disable the connection", what)
	}
	return share, ok
}

func (l *loader) quietHours(n *node, what string) *ledger.QuietHours {
	o, ok := l.object(n, what, "from", "to", "timezone")
	if !ok {
		return nil
	}
	from, fromRead := l.timeOfDay(o.need("from", `a time of day like "22:00"`), "from in the "+what)
	to, toRead := l.timeOfDay(o.need("to", `a time of day like "06:30"`), "to in the "+what)
	if fromRead && toRead && from == to {
		l.fail(o.get("to").place, "%s: from and to are both %s; leave the quiet hours out for none, or disable the connection for good", what, from)
	}
	return &ledger.QuietHours{From: from, To: to, Timezone: l.timezone(o.get("timezone"), "timezone in the "+what)}
}

// timeOfDay reads a time of day like 22:00.
func (l *loader) timeOfDay(n *node, what string) (string, bool) {
	if n == nil {
		return "", false
	}
	if _, ok := ledger.TimeOfDay(n.text); n.kind != text || !ok {
		l.fail(n.place, "%s: expected a time of day from 00:00 to 23:59 in two digits each, like \"01:00\", found %s", what, found(n))
		return "", false
	}
	return n.text, true
}

// timezone reads the name of a time zone, UTC when it is absent.
func (l *loader) timezone(n *node, what string) string {
	if n == nil {
		return time.UTC.String()
	}
	name, ok := l.text(n, what)
	if !ok {
		return time.UTC.String()
	}
	// "Local" is what the machine happens to be set to, so it would mean something else on each worker.
	if !ledger.IsZone(name) {
		l.fail(n.place, "%s: %s is not a known time zone; expected a name of the IANA list like Europe/Paris or UTC", what, inventory.Quoted(name))
		return time.UTC.String()
	}
	return name
}

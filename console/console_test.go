package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// hostile is a SKU that means harm to a page, a spreadsheet and a reader.
const hostile = `=cmd()<script>alert(1)</script>"` + "\u202e"

// fake is a Tidemark with one connection, two runs and one hostile SKU.
type fake struct {
	Control
	mutex sync.Mutex
	done  []string
	fails error
	phase string
	// away: Temporal does not answer.
	away bool
	// unseen: nobody has made a preview.
	unseen bool
	// idle is since when no worker takes anything up.
	idle *time.Time
	// kept are runs of which a person rejected to take rows to 0.
	kept []int64
	// pushing: run 5 has not ended yet.
	pushing bool
	// again: the held run was approved, and asks again.
	again bool
	// off: the connection waits to be enabled on the pages.
	off bool
	// logged are the questions about the log.
	logged []ledger.AuditQuery
}

func (f *fake) note(what string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.done = append(f.done, what)
}

func (f *fake) did() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.done
}

func (f *fake) breaks(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.fails = err
}

func (f *fake) Marks(ctx context.Context) (ledger.Marks, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.fails != nil {
		return ledger.Marks{}, f.fails
	}
	return f.Control.Marks(ctx)
}

func (f *fake) moves(phase string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.phase = phase
}

func (f *fake) Overview(_ context.Context, only string) (control.Overview, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.fails != nil {
		return control.Overview{}, f.fails
	}
	if only != "" && only != "acme-shop" {
		return control.Overview{}, &control.UsageError{Message: "there is no connection " + only}
	}
	run := ledger.Run{
		ID: 5, Connection: "acme-shop", Mode: ledger.Smart, Outcome: ledger.Running, Phase: f.phase, StartedAt: noon.Add(-time.Minute),
		ResolvedAt: new(noon.Add(-30 * time.Second)), Counts: ledger.Counts{Due: 1204, Exported: 312, Calls: 4},
	}
	status := control.ConnectionStatus{
		Connection: ledger.Connection{
			ID: "acme-shop", Merchant: "acme", Warehouse: "portland", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}, Timezone: "America/Los_Angeles"},
		},
		Settings:  []control.ScheduleSetting{{Mode: ledger.Smart, Source: control.SetInFile, FileName: "host:/etc/tidemark.yaml"}},
		Schedules: []control.ScheduleStatus{{ID: "smart-sync/acme-shop", Next: new(noon.Add(time.Hour))}},
		Rows:      map[ledger.Status]int64{ledger.StatusExported: 1000, ledger.StatusRejected: 2},
		Open:      []control.OpenRun{{Run: run}},
		Today:     &control.StoreToday{Calls: 4160, Throttled: 17},
	}
	hold := control.OpenHold{Hold: ledger.Hold{
		Run: 6, Kind: ledger.HoldZeroing, Connection: "acme-shop", Warehouse: "portland", Reason: "31% to 0 " + hostile, Zeroing: 310,
		At: noon.Add(-time.Hour),
	}}
	if f.again {
		hold.Before = &ledger.Approval{Rows: 308, By: "mia", At: noon.Add(-2 * time.Hour)}
	}
	if len(f.kept) > 0 {
		status.Kept, status.KeptRows, status.KeptRuns = "191 figures stay above 0: rejected on 2026-11-25 11:00 UTC "+hostile, 191, f.kept
	}
	if f.off {
		status.Enabled, status.EnabledByPages = false, true
	}
	unreachable := ""
	if f.away {
		unreachable = "connection refused"
	}
	return control.Overview{
		Status: control.Status{
			Unreachable: unreachable, Workers: 1, Idle: f.idle, Connections: []control.ConnectionStatus{status}, Holds: []control.OpenHold{hold},
		},
		Standings: []control.Standing{{Condition: control.ConditionHeld, Why: "run 6", Day: []ledger.Run{run}}},
	}, nil
}

func (f *fake) Pulse(ctx context.Context) (control.Pulse, error) {
	overview, err := f.Overview(ctx, "")
	return overview.Pulse(), err
}

func (f *fake) Connection(ctx context.Context, id string) (ledger.Connection, error) {
	overview, err := f.Overview(ctx, id)
	if err != nil {
		return ledger.Connection{}, err
	}
	return overview.Connections[0].Connection, nil
}

func (f *fake) Connections(ctx context.Context) ([]ledger.Connection, error) {
	connection, err := f.Connection(ctx, "acme-shop")
	return []ledger.Connection{connection}, err
}

func (f *fake) Runs(_ context.Context, connection string, _ int) ([]ledger.Run, error) {
	if connection == "acme-shop" {
		return []ledger.Run{}, nil // the list of all runs has one of it, so that the two differ
	}
	return []ledger.Run{{
		ID: 5, Connection: "acme-shop", Mode: ledger.Smart, Outcome: ledger.Failed, Reason: hostile, StartedAt: noon, EndedAt: new(noon.Add(time.Minute)),
	}}, nil
}

func (f *fake) Run(_ context.Context, id int64) (ledger.Run, error) {
	if id != 5 {
		return ledger.Run{}, &control.UsageError{Message: "there is no such run"}
	}
	if f.pushing {
		return ledger.Run{
			ID: 5, Connection: "acme-shop", Mode: ledger.Smart, Outcome: ledger.Running, Phase: ledger.PhasePushing, StartedAt: noon.Add(-time.Minute),
			ResolvedAt: new(noon.Add(-30 * time.Second)), Counts: ledger.Counts{Due: 1204, Exported: 312, Calls: 4},
		}, nil
	}
	return ledger.Run{
		ID: 5, Connection: "acme-shop", Mode: ledger.Smart, Outcome: ledger.CompletedWithFailures, StartedAt: noon, EndedAt: new(noon.Add(time.Minute)),
		Workflow: "smart-sync/acme-shop", WorkflowRun: "abc", Counts: ledger.Counts{Rejected: 2},
	}, nil
}

func (f *fake) Levels(_ context.Context, _, sku string, _ ledger.Page) ([]ledger.LevelRow, error) {
	if sku == "TENT" {
		return nil, nil
	}
	stale := &inventory.Stale{Run: 12, Place: "stock.csv:3", Reason: "a fraction " + hostile, Read: new(int64(40))}
	return []ledger.LevelRow{{Warehouse: "portland", Level: inventory.Level{SKU: hostile, Facility: "east", Available: 40, Stale: stale}, RecordedAt: noon}}, nil
}

// StaleLevels are a level whose last row was refused, and one of which every row was.
func (f *fake) StaleLevels(context.Context, string, string, ledger.Page) ([]ledger.StaleLevel, error) {
	return []ledger.StaleLevel{
		{SKU: "BIKE", Stale: inventory.Stale{Run: 12, Reason: "a fraction", Read: new(int64(40))}},
		{SKU: "TENT", Facility: "west", Stale: inventory.Stale{Run: 12, Place: "stock.csv:4", Reason: "no number " + hostile}},
	}, nil
}

// ChannelLevels are one row of any SKU and status, but none that is exported.
func (f *fake) ChannelLevels(_ context.Context, _, sku string, status ledger.Status, _ ledger.Page) ([]ledger.ChannelLevelRow, error) {
	if status == ledger.StatusExported || sku == "NOSUCH" {
		return nil, nil
	}
	return []ledger.ChannelLevelRow{{
		Connection: "acme-shop", ChannelSKU: hostile, Product: hostile, Quantity: 19, Status: ledger.StatusRejected, Reason: hostile,
	}}, nil
}

func (f *fake) Product(_ context.Context, merchant, sku string, before int64, _ int) (control.Product, error) {
	took := 372 * time.Second
	if before == 41 {
		return control.Product{Merchant: merchant, SKU: sku}, nil
	}
	if sku == "TENT" {
		return control.Product{
			Merchant: merchant, SKU: sku,
			Unread: []ledger.StaleLevel{{SKU: sku, Facility: "west", Stale: inventory.Stale{Run: 12, Place: "stock.csv:4", Reason: "no number"}}},
		}, nil
	}
	return control.Product{
		Merchant: merchant, SKU: sku, Name: "Bike " + hostile, Barcode: "0012345 " + hostile, Bundles: []string{"CITY-KIT", hostile}, Older: 41,
		Sold: []control.RowExplanation{{Row: ledger.ChannelLevelRow{
			Connection: "acme-shop", ChannelSKU: sku, Product: sku, Quantity: 19, Status: ledger.StatusPending,
		}}},
		Activity: []control.ProductEvent{{
			ActivityEntry: ledger.ActivityEntry{At: noon, Run: 5, Kind: "exported", Connection: "acme-shop", After: new(int64(19)), Note: hostile},
			Took:          &took, Mode: ledger.Smart,
		}},
	}, nil
}

func (f *fake) Partners(context.Context) ([]ledger.Warehouse, []ledger.Store, error) {
	return []ledger.Warehouse{{
		ID: "portland", Merchant: "acme", Driver: "csv", Settings: settings.Values{"token": "env:DEPOT_TOKEN", "file": "stock.csv"},
	}}, []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "shopify", Budget: ledger.Budget{Share: .8, DailyCalls: 5000}}}, nil
}

func (f *fake) HeldRows(context.Context, string, int) (control.HeldRows, error) {
	return control.HeldRows{
		Rows: []ledger.ChannelLevelRow{{ChannelSKU: hostile, Product: "A/1", Location: "front", Exported: new(int64(41))}}, Examined: 3000,
	}, nil
}

func (f *fake) StoreUses(context.Context) (map[string]ledger.StoreUse, error) {
	return map[string]ledger.StoreUse{"shop": {Calls: 4160, Throttled: 17, Answered: noon.Add(-time.Hour)}}, nil
}

func (f *fake) Snapshot(context.Context, string, int) (control.Snapshot, error) {
	return control.Snapshot{}, ledger.ErrNotFound
}

func (f *fake) SyncWithAnswer(_ context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error) {
	dry := map[bool]string{true: ", dry"}[request.DryRun]
	f.note(string(mode) + " " + connection + " " + strings.Join(request.SKUs, ",") + " by " + request.By + dry)
	return control.SyncAnswer{Fate: workflows.SyncStarted, ByRun: 5}, nil
}

// Setup leaves it to the pages whether the connection is enabled; where nothing was seen the file says so.
func (f *fake) Setup(ctx context.Context, id string) (control.Setup, error) {
	connection, err := f.Connection(ctx, id)
	connection.EnabledByPages = !f.unseen
	connection.Inventory.Overlap, connection.Inventory.Unlisted = ledger.OverlapBuffer, inventory.UnlistedBlock
	connection.Inventory.Locations = []inventory.Location{{ID: "front " + hostile, Facilities: []string{"east", "west"}}}
	setup := control.Setup{
		Connection: connection, File: "tidemark.yaml", Left: []ledger.Left{{Location: "old", Rows: 2, Units: 30}},
		Schedules: []control.ScheduleSetting{{
			Mode: ledger.Smart, Schedule: ledger.Schedule{Rules: []ledger.Rule{{Every: time.Hour}}}, Source: control.SetByDefault, FileName: "tidemark.yaml",
		}},
		Store: ledger.Store{
			ID: "shop", Driver: "shopify",
			Budget: ledger.Budget{Share: .8, QuietHours: &ledger.QuietHours{From: "02:00", To: "03:30", Timezone: "UTC"}, DailyCalls: 50000},
		},
		Warehouse: ledger.Warehouse{
			ID: "portland", Driver: "csv", Freshness: time.Minute,
			Guard: ledger.Guard{MinimumRows: .8, MaximumRefused: .05, MaximumMissing: .05, MaximumZeroed: .2, DecideWithin: 168 * time.Hour},
		},
	}
	for _, kind := range []string{ledger.OfConnection, ledger.OfStore, ledger.OfWarehouse} {
		of := map[string]string{ledger.OfConnection: id, ledger.OfStore: "shop", ledger.OfWarehouse: "portland"}[kind]
		for _, name := range ledger.SettingNames(kind) {
			setup.Settings = append(setup.Settings, settingOf(ledger.SettingKey{Kind: kind, ID: of, Name: name}))
		}
	}
	if f.unseen {
		setup.Fixed = "the configuration says whether it is enabled " + hostile
	}
	return setup, err
}

// settingOf is a setting that the file leaves to the pages; a share is overridden, and how runs overlap is as the file says.
func settingOf(key ledger.SettingKey) control.Setting {
	setting := control.Setting{
		SettingKey: key, Value: "7%", Default: "7%", Source: control.SetByDefault, FileName: "tidemark.yaml", Version: 3,
		Connections: []string{"acme-shop", "other-shop"},
		Examples:    []string{"80%"},
	}
	switch key.Name {
	case ledger.SettingOverlap:
		setting.Value, setting.Source, setting.File, setting.Examples = "buffer", control.SetInFile, new("buffer"), []string{"skip", "buffer"}
	case ledger.SettingShare:
		setting.Source, setting.File = control.SetByOverride, new("80%")
		setting.Override = &control.SettingOverride{Value: "7%", By: "bob", Reason: "a sale " + hostile, Since: noon}
	}
	return setting
}

func (f *fake) EditSetting(_ context.Context, key ledger.SettingKey, edit control.SettingEdit) (control.SettingEditResult, error) {
	now := settingOf(key)
	if edit.Version != now.Version {
		return control.SettingEditResult{}, &control.StaleSettingError{Now: now, Wanted: edit.Value}
	}
	until := "for good"
	if edit.Until != nil {
		until = edit.Until.UTC().Format(time.RFC3339)
	}
	f.note(fmt.Sprintf("set %s: %s, %s, %s, by %s", key, edit.Value, edit.Reason, until, edit.By))
	now.Value = edit.Value
	return control.SettingEditResult{Setting: now, Waits: "no server answers"}, nil
}

func (f *fake) ClearSetting(_ context.Context, key ledger.SettingKey, version int64) (control.SettingEditResult, error) {
	f.note(fmt.Sprintf("clear %s at %d", key, version))
	return control.SettingEditResult{Setting: settingOf(key)}, nil
}

func (f *fake) SetEnabled(_ context.Context, connection string, enabled bool, by string) (control.EnableResult, error) {
	f.note(fmt.Sprintf("enable %s: %t by %s", connection, enabled, by))
	answer := control.EnableResult{Connection: connection, Enabled: enabled, Requested: enabled, Warnings: []string{"another writes there"}}
	if !enabled {
		answer.Waits = "no server at 10.0.0.1"
	}
	return answer, nil
}

func (f *fake) TestStore(_ context.Context, id string) (control.TestResult, error) {
	f.note("test store " + id)
	return control.TestResult{ID: id, Driver: "shopify", Account: "acme " + hostile, Locations: []string{"front", "back"}}, nil
}

func (f *fake) TestWarehouse(_ context.Context, id string) (control.TestResult, error) {
	f.note("test warehouse " + id)
	return control.TestResult{ID: id, Driver: "csv", Failed: "env:TOKEN is not set " + hostile}, nil
}

func (f *fake) Strategies(context.Context) ([]control.StockSharing, error) {
	return []control.StockSharing{
		{
			Merchant: "acme", Warehouse: "portland", Connections: []string{"acme-shop"},
			Strategy: &inventory.Strategy{BufferUnits: 2, Minimum: 3, Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"acme-shop": 2}},
			Setting:  settingOf(strategyKey("portland")),
		},
		{Merchant: "birch", Warehouse: "boise", Connections: []string{}, Setting: settingOf(strategyKey("boise"))},
	}, nil
}

func (f *fake) TryStrategy(_ context.Context, warehouse string, strategy inventory.Strategy, sku string) (control.StrategyTrial, error) {
	if sku == "NOSUCH" {
		return control.StrategyTrial{}, &control.UsageError{Message: "nothing is known of a SKU " + hostile}
	}
	return control.StrategyTrial{YAML: []string{"strategies:", "  - warehouse: " + warehouse}, Effects: []control.StrategyEffect{
		{Connection: "acme-shop", ChannelSKU: sku, Now: new(int64(9)), Would: 4 + strategy.BufferUnits, Why: []string{"a chain " + hostile}},
		{Connection: "acme-shop", ChannelSKU: "b", Blocked: "a listing has it"},
	}}, nil
}

// Catalogue has a product, a bundle and a listing, of any name.
func (f *fake) Catalogue(_ context.Context, query control.CatalogueQuery) (control.Catalogue, error) {
	catalogue := control.Catalogue{CatalogueQuery: query, Merchants: []string{"acme"}, Stores: []string{"shop"}, File: "tidemark.yaml"}
	if query.Merchant == "nobody" {
		return catalogue, &control.AbsentError{Message: `there is no merchant "nobody"; there are acme`}
	}
	if catalogue.Kind == "" {
		catalogue.Kind = control.CatalogueProducts
	}
	catalogue.Merchant, catalogue.Store = "acme", "shop"
	entry := control.CatalogueEntry{
		SKU: hostile, Name: "Bike " + hostile,
		Sold: []ledger.ListingDefinition{{Store: "shop", Listing: inventory.Listing{SKU: hostile, ChannelSKU: "A-1"}}},
	}
	if catalogue.Kind == control.CatalogueBundles {
		entry.Components = []inventory.Component{{SKU: "WHEEL", Count: 2}}
	}
	if query.Prefix == "" {
		catalogue.Entries, catalogue.Next = []control.CatalogueEntry{entry}, hostile
	}
	return catalogue, nil
}

// Preview is one with a row of each move, of any name.
func (f *fake) Preview(_ context.Context, connection string, move ledger.PreviewMove, after int64, _ int) (control.PreviewPage, error) {
	if f.unseen {
		return control.PreviewPage{}, &control.AbsentError{Message: "connection " + connection + " has no preview"}
	}
	shown := control.PreviewPage{Mode: ledger.Full, Preview: ledger.Preview{
		Run: 5, Connection: connection, MadeAt: noon, ExpiresAt: noon.Add(24 * time.Hour),
		PreviewCounts: ledger.PreviewCounts{Raise: 1200, Lower: 1, Zero: 2, Same: 3, New: 4, Blocked: 5},
	}}
	if move == "" && after == 0 {
		shown.Next = 3
	}
	shown.Rows = []ledger.PreviewRow{
		{N: 1, Product: hostile, ChannelSKU: hostile, Shows: new(int64(5)), Would: 1019, Move: ledger.PreviewRaise, Why: hostile},
		{N: 2, Product: "B", ChannelSKU: "B", Shows: new(int64(5)), Would: 0, Move: ledger.PreviewZero, Why: "0 available"},
		{N: 3, Product: "C", ChannelSKU: "C", Location: "front", Would: 4, Move: ledger.PreviewNew, Why: "4 available"},
	}
	return shown, nil
}

func (f *fake) PushPreview(_ context.Context, connection string, run int64, request workflows.SyncRequest) (control.SyncAnswer, error) {
	f.note(fmt.Sprintf("push the preview of run %d of %s by %s", run, connection, request.By))
	return control.SyncAnswer{Fate: workflows.SyncStarted, ByRun: 7}, nil
}

func (f *fake) RefreshIDs(_ context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error) {
	f.note("relearn " + store + ": " + strings.Join(channelSKUs, ","))
	return ledger.RefreshedIDs{References: 1, Due: 2, Open: 3}, nil
}

func (f *fake) NoteInvalid(_ context.Context, act, on, reason string) error {
	f.note("refused " + act + " on " + on + ": " + reason)
	return nil
}

func (f *fake) Pause(ctx context.Context, connection, _, reason string) ([]string, error) {
	actor := control.ActorOf(ctx)
	if connection == "nobody" {
		return nil, &control.UsageError{Message: "there is no connection nobody; there are acme-shop"}
	}
	f.note("pause " + connection + " " + reason + " by " + actor.Name + " on a " + actor.Face)
	return []string{"smart-sync/acme-shop"}, nil
}

func (f *fake) Resume(context.Context, string, string) ([]string, error) {
	return nil, &control.UsageError{Message: "connection acme-shop has no schedules " + hostile}
}

func (f *fake) Decide(_ context.Context, run int64, approve bool, _ string) (control.DecisionResult, error) {
	if approve {
		f.note("approve")
		return control.DecisionResult{Hold: ledger.Hold{Run: run}, Answer: control.Approved}, nil
	}
	f.note("reject")
	return control.DecisionResult{Hold: ledger.Hold{Run: run}, Answer: control.Rejected}, nil
}

func (f *fake) LiftRejections(_ context.Context, connection string, request workflows.SyncRequest) (control.LiftedRejections, error) {
	if len(f.kept) == 0 {
		return control.LiftedRejections{}, &control.UsageError{Message: "no figure of " + connection + " stays above what it should be any more"}
	}
	f.note("lift " + connection + " by " + request.By)
	return control.LiftedRejections{SyncAnswer: control.SyncAnswer{Fate: workflows.SyncStarted, ByRun: 5}, Lifted: f.kept}, nil
}

func (f *fake) Cancel(context.Context, int64) (ledger.Run, error) {
	return ledger.Run{}, errors.New("connection refused by 10.0.0.1")
}

// inOneLine is what prose keeps in one line; tests read past it.
var inOneLine = regexp.MustCompile(`<span class="nowrap">([^<]*)</span>`)

// world is the pages with a browser that keeps its cookies.
type world struct {
	t       *testing.T
	fake    *fake
	house   *control.Control // the people and the log of acts are real
	console *Console
	server  *httptest.Server
	browser *http.Client
	now     time.Time
	mutex   sync.Mutex
}

func (w *world) clock() time.Time {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.now
}

func (w *world) pass(span time.Duration) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.now = w.now.Add(span)
}

func newWorld(t *testing.T, changes ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, fake: &fake{phase: "pushing"}, now: noon}
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), noon)
	require.NoError(t, err)
	w.house = control.New(state, nil, w.clock)
	w.fake.Control = w.house
	options := Options{Control: w.fake, Local: "ann", WebUI: "http://127.0.0.1:8233/namespaces/default", Log: slog.New(slog.DiscardHandler), Now: w.clock}
	for _, change := range changes {
		change(&options)
	}
	console, err := New(options)
	require.NoError(t, err)
	w.console = console
	w.server = httptest.NewServer(console.Handler())
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	w.browser = &http.Client{Jar: jar, Transport: &http.Transport{}}
	t.Cleanup(func() {
		console.Close()
		w.browser.CloseIdleConnections()
		w.server.Close()
		require.NoError(t, w.house.Close())
	})
	return w
}

func (w *world) signIn() *world {
	w.t.Helper()
	status, _ := w.get(strings.TrimPrefix(w.console.Link("host"), "http://host"))
	require.Equal(w.t, http.StatusOK, status, "it leads to the connections")
	return w
}

func (w *world) get(path string) (int, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+path, nil)
	require.NoError(w.t, err)
	return w.send(request)
}

func (w *world) post(path string, form url.Values, headers ...string) (int, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+path, strings.NewReader(form.Encode()))
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return w.send(request)
}

func (w *world) send(request *http.Request) (int, string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(request.Context(), 20*time.Second) // a page that streams by mistake has no end
	defer cancel()
	response, err := w.browser.Do(request.WithContext(ctx))
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	require.Contains(w.t, response.Header.Get("Content-Security-Policy"), "default-src 'none'")
	body, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	return response.StatusCode, inOneLine.ReplaceAllString(string(body), "$1")
}

// Every page is made, names what it should, and shows what others wrote as text that can be seen.
func TestPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	sku := "/sku/acme/" + url.PathEscape(hostile)
	for path, wanted := range map[string][]string{
		"/":               {"acme-shop", "Held", "312 of 1,204 rows", "waits for you"},
		"/?state=on+time": {"No connection is like that."},
		"/?name=acme":     {"acme-shop"},
		"/c/acme-shop": {
			"Every 60 minutes", "Set in tidemark.yaml.", "/c/acme-shop/schedule/full", "By hand only", "Update inventory", "Full inventory update",
			"05:00, in 1 h", "America/Los Angeles", "2 Rejected", "Each begins up to 5 min later",
		},
		"/c/acme-shop/levels": {"Push the chosen ones", "Rejected"},
		"/runs":               {"#5", "Failed"},
		"/runs/5":             {"2 rejected", "http://127.0.0.1:8233/namespaces/default/workflows/smart-sync%2Facme-shop/abc/history"},
		"/levels": {
			"portland", "40", "stale: its row was refused in run 12 (stock.csv:3): a fraction",
			"TENT in west was never read: its row was refused in run 12 (stock.csv:4): no number",
		},
		"/levels?sku=TENT": {"TENT in west was never read"},
		"/sku/acme/TENT":   {"TENT in west was never read: its row was refused in run 12 (stock.csv:4)"},
		sku: {
			"6 min 12 s, Smart Sync", "Push to acme-shop now", "It is not known to be shown as it should: acme-shop",
			`Barcode <span class="mono">0012345`, `Part of <a class="mono" href="/sku/acme/CITY-KIT">CITY-KIT</a>, <a class="mono" href="` + skuPath("acme", hostile),
			`<li class="end"><span class="dot"></span><div>The store should show 19; status pending</div><span class="figure" aria-hidden="true">19</span></li>`,
			`<li><span class="dot"></span><div>No strategy: every store sees the full figure</div></li>`,
			`href="` + sku + `?before=41#activity" data-key="older">Older ones`,
		},
		sku + "?before=41": {"Nothing older is kept.", `href="` + sku + `#activity" data-key="newest">The newest ones`},
		"/c/acme-shop/settings": {
			"Disable", "does not set it", "every 60 minutes (UTC)", "shows east, west", "80 %", "02:00 to 03:30 (UTC)", "50,000", "20 %", "7 days",
			"2 rows with 30 units stay behind", "waits for it", "is blocked",
			"Overridden by bob", `action="/c/acme-shop/settings/share/clear"`, "It counts for other-shop, too.", `value="buffer" selected`,
			"It is changed there alone", "Above 20 % of the live rows",
		},
		"/c/acme-shop/settings?setting=quiet_hours&value=22:00-x&reason=night&until=2026-12-01T08:00": {
			`<details id="quiet_hours" open>`, `value="22:00-x"`, `value="night"`, `value="2026-12-01T08:00"`,
		},
		"/catalogue":                          {"Read with tidemark.yaml", "Bike", "A-1 in shop", "after=%3Dcmd", "Next page"},
		"/catalogue?show=bundles":             {"2 × WHEEL"},
		"/catalogue?show=listings&store=shop": {"A-1 in shop", "Listing SKU"},
		"/strategies": {
			"2 units of everything are held back", "With less than 3 units left", "by weight: acme-shop: 2; others count 1",
			"No strategy: every store sees the full figure", `value="acme-shop: 2"`,
		},
		"/strategies?warehouse=portland&distribution=all&buffer_units=1&sku=" + url.QueryEscape(hostile): {
			"A chain", "−4", ">strategies:\n  - warehouse: portland\n", "a listing has it", `name="buffer_units" value="1"`,
		},
		"/strategies?warehouse=portland&distribution=all&sku=NOSUCH": {"That cannot be", "Nothing is known of a SKU"},
		"/strategies?warehouse=portland&distribution=all&sku=A&minimum=few": {
			`value="few" inputmode="numeric" size="5" aria-invalid="true" aria-describedby="minimum-wrong"><span class="wrong bad small" ` +
				`id="minimum-wrong">A whole number, or nothing.</span>`,
		},
		"/strategies?warehouse=portland&distribution=weighted&sku=A&weights=acme": {
			`aria-describedby="weights-wrong"><span class="wrong bad small" id="weights-wrong">Whole numbers by connection`,
		},
		"/strategies?warehouse=portland&sku=": {"Name a SKU to try it on."},
		"/catalogue?sku=zz":                   {"Nothing begins so."},
		"/c/acme-shop/preview": {
			"1,207 rows would change", "3 unchanged", "1,200 Raise", "&#43;1,014", "−5", "Push these", "run 5", "Full Sync", "?after=3", "Not known yet",
		},
		"/c/acme-shop/preview?move=zero": {"1,207 rows would change", `aria-current="true"`},
		"/held": {
			"takes 310 rows to 0", "Approve", "of the first 3,000 that are due", `data-label="Store shows">41<`, "Reject: they keep what they show",
		},
		"/partners": {
			"shopify", "80 %", "4,160 of 5,000 (83 %)", `data-label="Throttled today">17<`, `data-label="Last answer">03:00 PST<`, "none yet",
			"token: env:DEPOT_TOKEN", "Test connection",
		},
		"/assets/tidemark.css": {"--accent"},
	} {
		status, body := w.get(path)
		require.Equal(t, http.StatusOK, status, "%s: %s", path, body)
		for _, words := range wanted {
			require.Contains(t, body, words, path)
		}
		require.NotContains(t, body, "<script>alert", path)
		require.NotContains(t, regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(body, ""), "\u202e",
			"%s: what a form sends back is as it was, and is not seen", path)
	}
	for path, words := range map[string]string{
		"/c/nobody": "There is no connection nobody.", "/catalogue?merchant=nobody": "There is no merchant &#34;nobody&#34;",
		"/runs/7": "There is no such run.", "/runs/x": "not the number of a run",
		sku + "?before=x": "not the number of an entry", sku + "?before=0": "not the number of an entry",
		"/nothing": "no such page",
	} {
		status, body := w.get(path)
		require.Equal(t, http.StatusNotFound, status, path)
		require.Contains(t, body, words)
	}
	w.fake.unseen = true
	status, body := w.get("/c/acme-shop/preview")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "No preview is kept: make one with a dry run.")
	require.NotContains(t, body, "Push these")
	require.Equal(t, 1, strings.Count(body, "No preview is kept"), "it is in the part that changes by itself, so that it goes when there is one")
	require.Contains(t, body, `<div id="part-under"><p>No preview is kept`)
	status, body = w.get("/c/acme-shop/settings")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "The configuration says whether it is enabled")
	require.NotContains(t, body, ">Disable<")
	w.fake.fails = errors.New("dial 10.0.0.1: refused")
	status, body = w.get("/")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.NotContains(t, body, "10.0.0.1", "what failed is in the log")
}

// Nobody sees or does anything without a session, and a session ends.
func TestSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paths := []string{"/", "/c/acme-shop", "/levels.csv", "/live?page=/", "/nothing"}
	for _, path := range paths {
		status, _ := w.get(path)
		require.Equal(t, http.StatusUnauthorized, status, path)
	}
	status, _ := w.post("/c/acme-shop/sync", url.Values{"mode": {"smart"}})
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = w.get(signInPath + "?key=another")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = w.get(signInPath)
	require.Equal(t, http.StatusUnauthorized, status)

	w.signIn()
	w.pass(control.SessionLasts - time.Second)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusOK, status)
	w.pass(time.Second)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status, "it lasts twelve hours")

	w.signIn()
	address, err := url.Parse(w.server.URL)
	require.NoError(t, err)
	cookies := w.browser.Jar.Cookies(address)
	require.Len(t, cookies, 1)
	status, body := w.post("/out", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "signed out")
	status, _ = w.get("/")
	require.Equal(t, http.StatusUnauthorized, status)
	w.browser.Jar.SetCookies(address, cookies)
	status, _ = w.get("/")
	require.Equal(t, http.StatusUnauthorized, status, "the session itself is over, whoever kept its cookie")
	require.Empty(t, w.fake.did())
}

// Each button does one thing, and the page that follows says what became of it.
func TestActs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path string
		form url.Values
		did  []string
		said string
	}{
		"update inventory":      {"/c/acme-shop/sync", url.Values{"mode": {"smart"}}, []string{"smart acme-shop  by ann"}, "Smart Sync started as run 5."},
		"full inventory update": {"/c/acme-shop/sync", url.Values{"mode": {"full"}}, []string{"full acme-shop  by ann"}, "Full Sync started as run 5."},
		"neither": {
			"/c/acme-shop/sync",
			url.Values{"mode": {"both"}},
			[]string{"refused sync on acme-shop: the form names neither a Smart Sync nor a Full Sync"},
			"names neither",
		},
		"push chosen SKUs": {"/c/acme-shop/push", url.Values{"sku": {"A", "B"}}, []string{"smart acme-shop A,B by ann"}, "started as run 5"},
		"push one SKU":     {"/c/acme-shop/push", url.Values{"sku": {"A"}, "merchant": {"acme"}}, []string{"smart acme-shop A by ann"}, "Activity"},
		"push nothing":     {"/c/acme-shop/push", nil, []string{"refused sync on acme-shop: no SKU is chosen"}, "no SKU is chosen"},
		"pause": {
			"/c/acme-shop/pause",
			url.Values{"reason": {" stocktaking "}},
			[]string{"pause acme-shop stocktaking by ann on a page"},
			"1 schedule will start nothing",
		},
		"pause several": {
			"/pause",
			url.Values{"reason": {" stocktaking "}, "connection": {"b-shop", "acme-shop", "b-shop", "nobody"}},
			[]string{"pause acme-shop stocktaking by ann on a page", "pause b-shop stocktaking by ann on a page"},
			"acme-shop, b-shop. Their schedules start nothing until somebody resumes them. Runs that are under way go on. Not done: nobody: there is no " +
				"connection nobody; there are acme-shop.",
		},
		"pause none": {"/pause", url.Values{"reason": {"x"}}, []string{"refused pause several on : no connection is chosen"}, "no connection is chosen"},
		"resume several": {
			"/resume", url.Values{"connection": {"acme-shop"}}, nil, "Not done: acme-shop: connection acme-shop has no schedules =cmd()&lt;script&gt;",
		},
		"what control refuses": {"/c/acme-shop/resume", nil, nil, "has no schedules =cmd()&lt;script&gt;"},
		"approve":              {"/runs/6/approve", nil, []string{"approve"}, "Approved"},
		"reject":               {"/runs/6/reject", nil, []string{"reject"}, "Rejected"},
		"what fails":           {"/runs/5/cancel", nil, nil, "the server&#39;s log says why"},
		"no number":            {"/runs/x/approve", nil, []string{"refused approve on run x: that is not the number of a run"}, "not the number of a run"},
		"push chosen rows":     {"/c/acme-shop/push", url.Values{"row": {"A", "B"}}, []string{"smart acme-shop " + hostile + " by ann"}, "started as run 5"},
		"a dry run": {
			"/c/acme-shop/preview", url.Values{"mode": {"full"}}, []string{"full acme-shop  by ann, dry"}, "The dry run is run 5. Nothing is pushed.",
		},
		"a dry run of neither": {
			"/c/acme-shop/preview", nil,
			[]string{"refused sync, as a dry run on acme-shop: the form names neither a Smart Sync nor a Full Sync"},
			"names neither",
		},
		"push a preview": {
			"/c/acme-shop/preview/push", url.Values{"run": {"5"}}, []string{"push the preview of run 5 of acme-shop by ann"}, "Smart Sync started as run 7.",
		},
		"push no preview": {
			"/c/acme-shop/preview/push", nil,
			[]string{"refused push what a preview would change on acme-shop: the form does not say which preview was looked at; open the page again"},
			"which preview",
		},
		"test a store":     {"/partners/stores/shop/test", nil, []string{"test store shop"}, "shop (shopify) answers. Account: acme =cmd()"},
		"test a warehouse": {"/partners/warehouses/portland/test", nil, []string{"test warehouse portland"}, "portland (csv): env:TOKEN is not set"},
		"enable": {
			"/c/acme-shop/enable", nil,
			[]string{"enable acme-shop: true by ann"},
			"A first Full Sync is requested: it brings the store to the warehouse&#39;s figures. Another writes there.",
		},
		"disable": {"/c/acme-shop/disable", nil, []string{"enable acme-shop: false by ann"}, "Temporal could not be told yet"},
		"relearn chosen rows": {
			"/c/acme-shop/relearn",
			url.Values{"row": {"A", "B"}},
			[]string{"relearn shop: A,B"},
			"ids of 1 item; the next run refreshes them and pushes 2 figures again. 3 figures left",
		},
		"relearn nothing": {"/c/acme-shop/relearn", nil, []string{"refused relearn on acme-shop: no row is chosen"}, "no row is chosen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).signIn()
			status, body := w.post(test.path, test.form)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, test.did, w.fake.did())
			require.Contains(t, body, test.said)
			require.NotContains(t, body, "10.0.0.1")
		})
	}
}

// A form on another site does nothing here, and no GET acts.
func TestActsComeFromThePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://elsewhere.example"}, {"Sec-Fetch-Site", "same-site"}} {
		status, _ := w.post("/c/acme-shop/sync", url.Values{"mode": {"smart"}}, headers...)
		require.Equal(t, http.StatusForbidden, status, "%v", headers)
	}
	for _, path := range w.console.Forms() {
		status, _ := w.get(strings.NewReplacer("{id}", "acme-shop", "{n}", "5", "{mode}", "smart").Replace(path))
		read := slices.ContainsFunc(w.console.pages(), func(page kind) bool { return page.path == path })
		require.Equal(t, read, status == http.StatusOK, path)
		require.Equal(t, !read, status == http.StatusNotFound, path)
	}
	require.Empty(t, w.fake.did())
}

// A sheet of levels takes no text for a formula.
func TestSheets(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	for _, path := range []string{"/levels.csv?warehouse=portland", "/c/acme-shop/levels.csv"} {
		status, body := w.get(path)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, body, `"'=cmd()`, path)
	}
	for path, link := range map[string]string{ // a sheet has what its page shows
		"/c/acme-shop/levels?status=exported&sku=A": "/c/acme-shop/levels.csv?sku=A&amp;status=exported", "/c/acme-shop/levels": "/c/acme-shop/levels.csv",
		"/levels?warehouse=portland&sku=TENT": "/levels.csv?sku=TENT&amp;warehouse=portland",
	} {
		_, body := w.get(path)
		require.Contains(t, body, `href="`+link+`"`, path)
	}
	for _, path := range []string{"/c/acme-shop/levels.csv?status=exported", "/c/acme-shop/levels.csv?sku=NOSUCH", "/levels.csv?warehouse=portland&sku=TENT"} {
		status, body := w.get(path)
		require.Equal(t, http.StatusOK, status)
		require.NotContains(t, body, `"'=cmd()`, path)
	}
	for text, want := range map[string]string{
		"": "", "A-1": "A-1", "-1": "'-1", "+1": "'+1", "@x": "'@x", "=x": "'=x", "\tx": "'\tx", "\n=x": "'\n=x", "＝x": "'＝x", "＠x": "'＠x", "é": "é",
		"\xff": "\xff",
	} {
		require.Equal(t, want, cell(text))
	}
}

// A worker that stopped is still counted for a while: where nobody takes up what waits, that is what each page says.
func TestNoWorkerTakesUpWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	for _, path := range []string{"/", "/c/acme-shop", "/runs", "/log"} {
		w.fake.idle = nil
		_, body := w.get(path)
		require.Contains(t, body, "1 worker", path)
		w.fake.idle = new(noon.Add(-time.Hour))
		_, body = w.get(path)
		require.NotContains(t, body, "1 worker", path)
		require.Contains(t, body, "No worker takes up work since", path)
	}
}

// Without Temporal, what asks it for something cannot be pressed, and says why.
func TestButtonsAreOffWithoutTemporal(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	acts := regexp.MustCompile(`<button[^>]*>(?:Push to|Approve|Reject|Update inventory|Full inventory update)`)
	for path, buttons := range map[string]int{"/held": 2, skuPath("acme", "BIKE"): 1, "/c/acme-shop": 2} {
		for _, w.fake.away = range []bool{false, true} {
			status, body := w.get(path)
			require.Equal(t, http.StatusOK, status, path)
			matches := acts.FindAllString(body, -1)
			require.Len(t, matches, buttons, path)
			for _, button := range matches {
				require.Equal(t, w.fake.away, strings.Contains(button, `disabled title="`+noTemporal+`"`), "%s: %s", path, button)
			}
		}
	}
}

// A page that is open is told what changes of it, and only that.
func TestLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	status, _ := w.get("/live?page=/levels")
	require.Equal(t, http.StatusNotFound, status, "nothing of it changes by itself")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/live?page=/c/acme-shop", nil)
	require.NoError(t, err)
	response, err := w.browser.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	until := func(words string) (read string) {
		buffer := make([]byte, 4096)
		for !strings.Contains(read, words) {
			n, err := response.Body.Read(buffer)
			require.NoError(t, err, "%s is not among %s", words, read)
			read += string(buffer[:n])
		}
		return read
	}
	until(`"id":"foot"`)
	w.fake.moves("waiting for the store")
	later := until("waiting for the store")
	require.NotContains(t, later, `"id":"head"`, "it is as it was")
	w.fake.breaks(errors.New("the disk is gone"))
	require.NotContains(t, until("event: stale\ndata: {}\n\n"), "event: part", "while the ledger does not answer the page is told that it is not live")
	w.fake.moves("pushing")
	w.fake.breaks(nil)
	back := until("pushing")
	require.Regexp(t, `(?s)event: fresh\ndata: {}\n\nevent: part\n`, back, "and when it answers again, what changed meanwhile")
	require.NotContains(t, back, "event: stale", "it is told once")
	w.console.Close()
	_, err = io.ReadAll(response.Body)
	require.NoError(t, err, "the stream ends with the server")
}

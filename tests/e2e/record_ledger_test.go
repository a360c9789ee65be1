//go:build record

package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger/ledgertest"
	"github.com/tidemark/tidemark/workflows"
)

var (
	toLedgers = flag.String("to-ledgers", "", "the folder for the ledgers, like ../../ledger/testdata/released/v1")
	released  = flag.String("released", "", "the folder of the programs worker and starter of the release")
)

// TestRecordLedgers has the programs of a release fill a ledger on SQLite and one on PostgreSQL, kills its worker while calls are under way
// and a run is held, and keeps both ledgers as SQL, with what the stores and warehouses showed then.
func TestRecordLedgers(t *testing.T) {
	if *toLedgers == "" {
		t.Skip("name a folder with -to-ledgers")
	}
	require.NoError(t, os.MkdirAll(*toLedgers, 0o755))
	folder, err := filepath.Abs(*released)
	require.NoError(t, err)
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) { recordLedger(t, folder, database) })
	}
}

func recordLedger(t *testing.T, programs, database string) {
	w := &world{t: t, folder: t.TempDir(), namespace: "e2e-ledger-" + database + filepath.Base(*toLedgers), temporal: server(t)}
	w.location = filepath.Join(w.folder, "ledger.db")
	driver, address := "sqlite", "file:"+w.location+"?mode=ro"
	if database == "postgres" {
		w.location = ledgertest.EmptyPostgres(t)
		driver, address = "pgx", w.location
	}
	w.register()
	w.box = startSandbox(t, w.folder, releasedScenario(12))
	c, err := client.Dial(client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: quiet{}})
	require.NoError(t, err)
	t.Cleanup(c.Close)

	for name, content := range releasedCatalogue {
		require.NoError(t, os.WriteFile(filepath.Join(w.folder, name), []byte(content), 0o600))
	}
	configuration := filepath.Join(w.folder, "tidemark.yaml")
	require.NoError(t, os.WriteFile(configuration, []byte(releasedConfiguration(w.box.address)), 0o600))
	starter := func(input string, arguments ...string) (string, error) {
		command := exec.Command(filepath.Join(programs, "starter"), arguments...)
		command.Env, command.Stdin = append(os.Environ(), w.environment()...), strings.NewReader(input)
		output, err := command.CombinedOutput()
		t.Logf("starter %s: %v\n%s", strings.Join(arguments, " "), err, output)
		return string(output), err
	}
	done := func(arguments ...string) {
		t.Helper()
		_, err := starter("", arguments...)
		require.NoError(t, err)
	}
	ended := func(workflow string) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_ = c.GetWorkflow(ctx, workflow, "").Get(ctx, nil)
		require.NoError(t, ctx.Err())
	}
	listen := "127.0.0.1:" + port(t)
	worker := launch(t, w.environment(), filepath.Join(programs, "worker"), "--listen", listen)
	t.Cleanup(func() {
		worker.stop(syscall.SIGKILL)
		if t.Failed() {
			t.Log(last(worker.output.String(), 4000))
		}
	})
	waitFor(t, "the worker is well", func(ctx context.Context) error { return get(ctx, "http://"+listen+"/healthz", nil) })
	done("apply", configuration)
	for _, one := range releasedShops {
		ended("full-sync/" + one.id)
	}
	count := func(query string) (n int) {
		db, err := sql.Open(driver, address)
		require.NoError(t, err)
		defer func() { _ = db.Close() }()
		_ = db.QueryRow(query).Scan(&n) // a table that a release does not have has no rows
		return n
	}
	reached := func(what, query string, least int) {
		waitFor(t, what, func(context.Context) error {
			if n := count(query); n < least {
				return fmt.Errorf("%d of %d", n, least)
			}
			return nil
		})
	}

	n := int64(37)
	_, err = c.SignalWithStartWorkflow(context.Background(), workflows.IntakeID("depot"), workflows.SignalInventoryUpdated,
		workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{{Event: "e-1", SKU: "SKU-00004", Facility: "east", Available: &n}}},
		client.StartWorkflowOptions{TaskQueue: workflows.TaskQueue}, workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: "depot"})
	require.NoError(t, err)
	reached("the event is recorded", "SELECT count(*) FROM "+table(database, "events"), 1)
	w.box.set("depot", map[string]int64{"SKU-00004": n, "SKU-00001": 41})
	done("sync", "smart", "market", "--wait")
	// What a release has of people, schedules and settings of its own. One that does not know the command says so.
	for _, arguments := range [][]string{
		{"people", "add", "ann", "--role", "admin"},
		{"people", "add", "bob", "--role", "operator"},
		{"schedule", "market", "edit", "smart", "--every", "30m", "--reason", "the sale"},
		{"pause", "outlet", "--reason", "stocktaking"},
	} {
		_, _ = starter("correct horse battery\ncorrect horse battery\n", arguments...)
	}
	w.box.set("depot", map[string]int64{"SKU-00005": 55})
	_, _ = starter("", "sync", "smart", "market", "--dry-run", "--wait")

	var zeroes []figure
	for i := 1; i <= 12; i++ {
		none := int64(0)
		zeroes = append(zeroes, figure{SKU: fmt.Sprintf("SKU-%05d", i), Available: &none})
	}
	w.box.post("/judge/warehouses/annex/set", map[string]any{"items": zeroes})
	done("sync", "smart", "kiosk")
	reached("the push to kiosk is held", "SELECT count(*) FROM "+table(database, "holds"), 1)

	before := w.box.facts("outlet").Calls
	w.box.set("depot", map[string]int64{"SKU-00006": 66})
	done("sync", "smart", "outlet")
	w.box.waitCalls("stores/outlet", before+1)
	w.box.pause("stores/outlet")
	reached("the store has taken the feed", "SELECT count(*) FROM "+table(database, "calls")+" WHERE ticket <> '' AND closed_at IS NULL", 1)

	w.box.set("depot", map[string]int64{"SKU-00007": 77, "SKU-00008": 88})
	w.box.post("/judge/pause", map[string]any{"target": "stores/shop", "writes": true})
	done("sync", "smart", "shop")
	w.box.get("/judge/wait?target=stores/shop&hanging=1&timeout=60s", nil)
	worker.stop(syscall.SIGKILL)

	kept := keptLedger{Warehouses: map[string][]figure{}, Stores: map[string][]figure{}}
	for _, id := range []string{"depot", "annex"} {
		kept.Warehouses[id] = w.box.kept("warehouses/" + id)
	}
	for _, one := range releasedShops {
		kept.Stores[one.id] = w.box.kept("stores/" + one.id)
	}
	if content, err := os.ReadFile(w.location + ".generation"); err == nil {
		kept.Generation = json.RawMessage(content)
	}
	var dump []byte
	if database == "sqlite" {
		dump, err = exec.Command("sqlite3", w.location, ".dump").Output()
		require.NoError(t, err)
		dump = append(dump, fmt.Sprintf("PRAGMA application_id = %d;\n", count("PRAGMA application_id"))...)
	} else {
		dump, err = exec.Command("pg_dump", "--dbname", w.location, "--schema", "tidemark", "--inserts", "--no-owner", "--no-privileges").Output()
		require.NoError(t, err)
		dump = regexp.MustCompile(`(?m)^(\\.*|SET .*|SELECT pg_catalog.set_config.*|--.*|)\n`).ReplaceAll(dump, nil)
	}
	// Neither the address of the sandbox nor the names of the machine and of its user belong there.
	host, err := os.Hostname()
	require.NoError(t, err)
	user, err := user.Current()
	require.NoError(t, err)
	text := strings.NewReplacer(w.box.address, ledgertest.ReleasedBox, user.Username+"@"+host, "ann@office", w.folder, "conf").Replace(string(dump))
	require.NoError(t, os.WriteFile(filepath.Join(*toLedgers, database+".sql"), []byte(text), 0o644))
	content, err := json.Marshal(kept)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(*toLedgers, database+".json"), append(content, '\n'), 0o644))
}

func table(database, name string) string {
	if database == "postgres" {
		return "tidemark." + name
	}
	return name
}

// releasedConfiguration is what those ledgers were told. Every release reads it.
func releasedConfiguration(box string) string {
	text := strings.Builder{}
	for _, warehouse := range []string{"depot", "annex"} {
		fmt.Fprintf(&text, `  - id: %[1]s
    merchant: acme
    driver: sandbox
    settings: {endpoint: %[2]s/warehouses/%[1]s, token: "env:SANDBOX_TOKEN"}
    guard: {minimum_rows: 50%%, maximum_refused: 60%%, maximum_zeroed: 40%%, decide_within: 168h}
    freshness: 0m
`, warehouse, box)
	}
	warehouses := text.String()
	text.Reset()
	for _, one := range releasedShops {
		fmt.Fprintf(&text, "  - {id: %[1]s, merchant: acme, driver: sandbox, settings: {endpoint: %[3]s/stores/%[1]s, token: \"env:SANDBOX_TOKEN\", kind: %[2]s}}\n", one.id, one.kind, box)
	}
	return "warehouses:\n" + warehouses + "stores:\n" + text.String() + `connections:
  - id: shop
    merchant: acme
    warehouse: depot
    store: shop
    enabled: true
    inventory:
      smart: [{every: 60m}]
      full: [{daily: "01:00"}]
      timezone: America/Los_Angeles
      locations: [{location: front, facilities: [east]}, {location: outlet, facilities: [west]}]
  - {id: market, merchant: acme, warehouse: depot, store: market, enabled: true}
  - {id: outlet, merchant: acme, warehouse: depot, store: outlet, enabled: true}
  - {id: kiosk, merchant: acme, warehouse: annex, store: kiosk, enabled: true}
strategies:
  - {merchant: acme, warehouse: depot, buffer_units: 2, distribution: equal}
catalog:
  products: [{file: products.csv, merchant: acme}]
  bundles: [{file: bundles.csv, merchant: acme}]
  listings: [{file: listings.csv, store: market}]
`
}

// releasedCatalogue are the files beside that configuration.
var releasedCatalogue = map[string]string{
	"products.csv": "sku,name,barcode\nSKU-00001,Lamp,4006381333931\nSKU-00002,Shade,\n",
	"bundles.csv":  "bundle_sku,component_sku,count\nKIT,SKU-00001,1\nKIT,SKU-00002,2\n",
	"listings.csv": "sku,channel_sku\nSKU-00001,M-LAMP\nKIT,M-KIT\n",
}

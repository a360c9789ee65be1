package bench

import (
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the other engine
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/console"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
	"github.com/tidemark/tidemark/settings"
)

// large is the ledger that pages are measured on: a million levels in ten warehouses, and a million rows in a hundred stores, of which the first has
// half, with a hundred runs each.
const (
	largeStores     = 100
	largeWarehouses = 10
	largeRows       = 1_000_000
)

func largeDefinitions() ledger.Definitions {
	var all ledger.Definitions
	for i := range largeWarehouses {
		all.Warehouses = append(all.Warehouses, ledger.Warehouse{
			ID: fmt.Sprint("depot-", i), Merchant: merchantID, Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
			Settings: settings.Values{"endpoint": "http://127.0.0.1:9", "token": "env:TOKEN", "private_addresses": "allow"},
			Guard:    ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2},
		})
	}
	for i := range largeStores {
		id := fmt.Sprintf("shop-%03d", i)
		all.Stores = append(all.Stores, ledger.Store{ID: id, Merchant: merchantID, Driver: "sandbox", Budget: ledger.Budget{Share: 0.8}})
		all.Connections = append(all.Connections, ledger.Connection{
			ID: id, Merchant: merchantID, Warehouse: fmt.Sprint("depot-", i%largeWarehouses), Store: id, Enabled: true,
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush, Smart: []ledger.Rule{{Every: time.Hour}},
			},
		})
	}
	return all
}

// fill writes the rows as a year of runs would have left them.
func fill(t testing.TB, location string) {
	t.Helper()
	driver, schema := "sqlite", ""
	if strings.HasPrefix(location, "postgres") {
		driver, schema = "pgx", "tidemark."
	}
	db, err := sql.Open(driver, location)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	series := func(n int) string {
		return fmt.Sprintf("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", n-1)
	}
	digits := func(expression string) string {
		return "SUBSTR(CAST(10000000 + " + expression + " AS TEXT), 2)"
	}
	status := "CASE WHEN i % 200 = 7 THEN 'rejected' WHEN i % 200 = 9 THEN 'blocked' WHEN i % 200 = 11 THEN 'pending' ELSE 'exported' END"
	now := time.Now().UnixMicro()
	perDepot, perShop := largeRows/largeWarehouses, largeRows/2/(largeStores-1)
	yes, no := "1", "0"
	if driver == "pgx" {
		yes, no = "TRUE", "FALSE"
	}
	for _, statement := range []string{
		"INSERT INTO " + schema + "levels (warehouse, sku, facility, available, observed_at, confirmed, version, recorded_at) " + series(largeRows) +
			fmt.Sprintf("SELECT 'depot-' || CAST(i %% %d AS TEXT), 'SKU-' || %s, 'east', i %% 50, %d, %s, 1, %d FROM n",
				largeWarehouses, digits(fmt.Sprintf("(i / %d) %% %d", largeWarehouses, perDepot)), now, yes, now),
		"INSERT INTO " + schema + "channel_levels (connection, channel_sku, location, product, quantity, observed, exported, status, run, last_exported, why, " +
			"live) " +
			series(largeRows) +
			fmt.Sprintf(`SELECT CASE WHEN i < %[1]d THEN 'shop-000' ELSE 'shop-' || SUBSTR(CAST(1001 + (i - %[1]d) / %[2]d AS TEXT), 2) END,
				'SKU-' || %[3]s, '', 'SKU-' || %[3]s, i %% 50, 1, i %% 50, %[4]s, 1, %[5]d, '{}', %[6]s FROM n WHERE i < %[1]d + %[2]d * %[7]d`,
				largeRows/2, perShop, digits(fmt.Sprintf("CASE WHEN i < %d THEN i ELSE i %% %d END", largeRows/2, perShop)), status, now, "i % 50 > 0", largeStores-1),
		"INSERT INTO " + schema + `runs (connection, store, warehouse, mode, trigger_kind, workflow, workflow_run, pass, dry_run, scope, requests,
			started_at, ended_at, outcome) ` + series(100*largeStores) +
			fmt.Sprintf(`SELECT 'shop-' || SUBSTR(CAST(1000 + i %% %[1]d AS TEXT), 2), 'shop-' || SUBSTR(CAST(1000 + i %% %[1]d AS TEXT), 2),
				'depot-' || CAST(i %% %[2]d AS TEXT), 'smart', 'schedule', 'smart-sync/shop', 'run-' || CAST(i AS TEXT), 1, %[4]s, '[]', '[]',
				%[3]d - CAST(%[5]d - i AS BIGINT) * 36000000, %[3]d - CAST(%[5]d - i AS BIGINT) * 36000000 + 9000000, 'completed' FROM n`,
				largeStores, largeWarehouses, now, no, 100*largeStores),
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	if driver == "sqlite" {
		_, err = db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	} else {
		_, err = db.ExecContext(t.Context(), "ANALYZE")
	}
	require.NoError(t, err)
}

// largeLedger is the large ledger in a database, full and open until the end.
func largeLedger(b *testing.B, database string) ledger.Ledger {
	b.Helper()
	location := filepath.Join(b.TempDir(), "ledger.db")
	if database == "postgres" {
		location = ledgertest.Postgres(b)
	}
	state, err := ledger.Open(b.Context(), location, time.Now())
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, state.Close()) })
	_, err = state.Apply(b.Context(), largeDefinitions(), ledger.ApplyOptions{})
	require.NoError(b, err)
	fill(b, location)
	return state
}

// served is the pages over a ledger, and a browser that has signed in.
type served struct {
	*httptest.Server
	pages   *console.Console
	browser *http.Client
}

func serve(b *testing.B, tidemark *control.Control) *served {
	b.Helper()
	pages, err := console.New(console.Options{
		Control: tidemark, Local: "local (bench)", Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	require.NoError(b, err)
	jar, err := cookiejar.New(nil)
	require.NoError(b, err)
	s := &served{httptest.NewServer(pages.Handler()), pages, &http.Client{Jar: jar, Transport: &http.Transport{}}}
	b.Cleanup(s.Close)
	response, err := s.browser.Get(s.URL + strings.TrimPrefix(pages.Link(""), "http://"))
	require.NoError(b, err)
	require.NoError(b, response.Body.Close())
	require.Equal(b, http.StatusOK, response.StatusCode)
	return s
}

// Close may be called more than once.
func (s *served) Close() {
	s.Server.Close()
	s.pages.Close()
}

// BenchmarkPages measures how long pages take on a large ledger, without Temporal: the ledger's part of them, which is what grows. The first view
// after a start is apart.
func BenchmarkPages(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		served := serve(b, control.New(largeLedger(b, database), nil, time.Now))
		for _, page := range []string{
			"/", "/c/%s", "/c/%s/levels", "/c/%s/levels?status=rejected", "/c/%s/tune", "/c/%s/settings", "/runs", "/levels", "/held", "/catalogue",
			"/partners", "/sku/acme/%s", "/log",
		} {
			served.measure(b, database, page)
		}
	}
}

// measure measures the views of a page of which %s is an id, drawn anew for each view: of a connection, or of a SKU.
func (s *served) measure(b *testing.B, database, page string) {
	random := rand.New(rand.NewPCG(3, 7))
	view := func(path string) time.Duration {
		began := time.Now()
		response, err := s.browser.Get(s.URL + path)
		require.NoError(b, err)
		content, err := io.ReadAll(response.Body)
		require.NoError(b, err)
		require.NoError(b, response.Body.Close())
		require.Equal(b, http.StatusOK, response.StatusCode, "%s: %s", path, content)
		return time.Since(began)
	}
	path := func() string {
		switch {
		case strings.HasPrefix(page, "/c/") && random.IntN(2) == 0:
			return fmt.Sprintf(page, "shop-000")
		case strings.HasPrefix(page, "/c/"):
			return fmt.Sprintf(page, fmt.Sprintf("shop-%03d", random.IntN(largeStores)))
		case strings.Contains(page, "%s"):
			return fmt.Sprintf(page, sku(random.IntN(5000)))
		}
		return page
	}
	b.Run(database+" "+strings.ReplaceAll(page, "%s", "ID"), func(b *testing.B) {
		for range b.N {
			first := view(path())
			took := make([]time.Duration, 100)
			for i := range took {
				took[i] = view(path())
			}
			slices.Sort(took)
			b.ReportMetric(float64(first.Microseconds())/1000, "first-ms")
			b.ReportMetric(float64(took[49].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[98].Microseconds())/1000, "p99-ms")
		}
		b.ReportMetric(0, "ns/op")
	})
}

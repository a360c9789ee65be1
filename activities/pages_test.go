package activities

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // reads the ledger's file

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

func rowsOf(figures ...int64) []inventory.Row {
	rows := make([]inventory.Row, len(figures))
	for i, figure := range figures {
		rows[i] = inventory.Row{SKU: fmt.Sprintf("SKU-%d", i), Facility: "east", Available: new(figure), Place: fmt.Sprintf("row %d", i)}
	}
	return rows
}

// Pages are kept while each equals that of the last snapshot.
func TestPagesAreKeptBackWhileTheyAreTheSame(t *testing.T) {
	t.Parallel()
	one, two, three := rowsOf(1, 2), rowsOf(3), rowsOf(4)
	of := func(list ...[]inventory.Row) []byte {
		p := pages{most: maximumKept}
		for _, page := range list {
			_, err := p.add(page, true)
			require.NoError(t, err)
		}
		return p.fingerprints
	}
	elsewhere := rowsOf(1, 2)
	elsewhere[0].Place = "another file"
	for name, test := range map[string]struct {
		last []byte
		now  [][]inventory.Row
		rude int // the page, from 1, that is not plain
		most int
		held []bool
		same bool
	}{
		"the first snapshot":           {nil, [][]inventory.Row{one, two}, 0, maximumKept, []bool{false, false}, false},
		"nothing at all":               {nil, nil, 0, maximumKept, nil, false},
		"the same pages":               {of(one, two), [][]inventory.Row{one, two}, 0, maximumKept, []bool{true, true}, true},
		"the same, at another place":   {of(one, two), [][]inventory.Row{elsewhere, two}, 0, maximumKept, []bool{true, true}, true},
		"the last page is another":     {of(one, two), [][]inventory.Row{one, three}, 0, maximumKept, []bool{true, false}, false},
		"another page between":         {of(one, two, three), [][]inventory.Row{one, three, three}, 0, maximumKept, []bool{true, false, false}, false},
		"the pages in another order":   {of(one, two), [][]inventory.Row{two, one}, 0, maximumKept, []bool{false, false}, false},
		"a page fewer":                 {of(one, two), [][]inventory.Row{one}, 0, maximumKept, []bool{true}, false},
		"a page more":                  {of(one), [][]inventory.Row{one, two}, 0, maximumKept, []bool{true, false}, false},
		"a page that is not plain":     {of(one, two), [][]inventory.Row{one, two}, 2, maximumKept, []bool{true, false}, false},
		"a page after one that is not": {of(one, two), [][]inventory.Row{one, two}, 1, maximumKept, []bool{false, false}, false},
		"more than may be kept back":   {of(one, two), [][]inventory.Row{one, two}, 0, -1, []bool{false, false}, false},
		"an empty page":                {of(one, nil), [][]inventory.Row{one, nil}, 0, maximumKept, []bool{true, true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pages{last: test.last, most: test.most}
			var held []bool
			for i, page := range test.now {
				back, err := p.add(page, test.rude != i+1)
				require.NoError(t, err)
				held = append(held, back)
			}
			require.Equal(t, test.held, held)
			require.Equal(t, test.same, p.same())
			require.Equal(t, test.rude != 0, len(test.now) > 0 && p.fingerprints == nil, "a snapshot that is not plain is like none")
			require.Equal(t, slices.Contains(held, true), p.keeps())
			var back [][]inventory.Row
			require.NoError(t, p.release(func(page []inventory.Row) error {
				back = append(back, page)
				return nil
			}))
			require.Len(t, back, strings.Count(fmt.Sprint(held), "true"))
			for i, page := range back {
				require.ElementsMatch(t, test.now[i], page)
			}
			require.False(t, p.same(), "what was released is staged")
			require.False(t, p.keeps())
		})
	}
}

// Kept pages are released unchanged, whatever their rows hold.
func TestWhatIsKeptBackComesBackAsItWas(t *testing.T) {
	t.Parallel()
	all := []inventory.Row{
		{SKU: "A", Available: new(int64(0)), Place: "a:1"},
		{SKU: "<b> & \"c\"", Facility: "ü", OnHand: new(int64(-3)), Committed: new(int64(0)), Written: "=\"x\"", Place: "\u2028"},
		{SKU: "C", NoAvailable: true},
		{SKU: "D", NoOnHand: true, Available: new(int64(9)), ReportedAt: time.UnixMicro(0).UTC()},
		{SKU: "E", Available: new(int64(1) << 53), ReportedAt: time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)},
	}
	first := pages{most: maximumKept}
	_, err := first.add(all, true)
	require.NoError(t, err)
	second := pages{last: first.fingerprints, most: maximumKept}
	held, err := second.add(all, true)
	require.NoError(t, err)
	require.True(t, held)
	require.NoError(t, second.release(func(page []inventory.Row) error {
		require.Equal(t, all, page)
		return nil
	}))
	for i := range all { // each field counts
		for name, change := range map[string]func(row *inventory.Row){
			"facility": func(row *inventory.Row) { row.Facility += "x" }, "sku": func(row *inventory.Row) { row.SKU += "x" },
			"written": func(row *inventory.Row) { row.Written += "x" }, "time": func(row *inventory.Row) { row.ReportedAt = row.ReportedAt.Add(time.Hour) },
			"available": func(row *inventory.Row) { row.Available = another(row.Available) }, "on hand": func(row *inventory.Row) { row.OnHand = another(row.OnHand) },
			"committed":    func(row *inventory.Row) { row.Committed = another(row.Committed) },
			"no available": func(row *inventory.Row) { row.NoAvailable = !row.NoAvailable },
			"no on hand":   func(row *inventory.Row) { row.NoOnHand = !row.NoOnHand },
		} {
			changed := slices.Clone(all)
			change(&changed[i])
			third := pages{last: first.fingerprints, most: maximumKept}
			held, err := third.add(changed, true)
			require.NoError(t, err)
			require.False(t, held, "%s of row %d", name, i)
		}
	}
}

// another returns nil for 0, and 0 for nil.
func another(figure *int64) *int64 {
	switch {
	case figure == nil:
		return new(int64(0))
	case *figure == 0:
		return nil
	}
	return new(*figure + 1)
}

// forgetful is a ledger without page fingerprints, so that each snapshot is staged and compared.
type forgetful struct{ ledger.Ledger }

func (forgetful) Pages(context.Context, string) ([]byte, error) { return nil, nil }

// counting counts the snapshots that were confirmed without their rows.
type counting struct {
	ledger.Ledger
	confirmed, refused int
}

func (c *counting) Confirm(ctx context.Context, lease ledger.Lease, snapshot int64, end ledger.SnapshotEnd) (ledger.SnapshotResult, bool, error) {
	result, confirmed, err := c.Ledger.Confirm(ctx, lease, snapshot, end)
	if confirmed {
		c.confirmed++
	} else {
		c.refused++
	}
	return result, confirmed, err
}

// paged is a source that gives its rows in pages of three.
type paged struct {
	*source
	taken time.Time
	read  func() // between two pages
}

func (p *paged) Fetch(ctx context.Context, _ warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	for page := range slices.Chunk(p.rows, 3) {
		if err := sink(ctx, slices.Clone(page)); err != nil {
			return warehouses.Snapshot{}, err
		}
		p.read()
	}
	return warehouses.Snapshot{Full: !p.delta, Rows: len(p.rows), From: "pages", AsOf: p.taken}, nil
}

// After any history, a ledger that confirms snapshots with unchanged pages has the same content as one that compares every row.
func TestUnchangedPagesChangeNothing(t *testing.T) {
	t.Parallel()
	confirmed, refused := 0, 0
	for seed := range uint64(6) {
		quick, slow := setup(t), setup(t)
		kept := &counting{Ledger: quick.Ledger}
		raw := map[*world]*sql.DB{quick: opened(t, quick), slow: opened(t, slow)}
		quick.Ledger, slow.Ledger = kept, forgetful{slow.Ledger}
		random := rand.New(rand.NewPCG(seed, 1))
		history := []string{fmt.Sprintf("seed %d", seed)}
		p := newPast(random)
		for range 40 {
			step, act := p.next()
			history = append(history, step)
			results := map[*world]string{}
			for _, w := range []*world{quick, slow} {
				results[w] = act(w)
			}
			steps := strings.Join(history, "\n")
			require.Equal(t, results[slow], results[quick], steps)
			require.Equal(t, contents(t, raw[slow]), contents(t, raw[quick]), steps)
		}
		confirmed, refused = confirmed+kept.confirmed, refused+kept.refused
	}
	t.Logf("%d confirmed, %d refused", confirmed, refused)
	require.Greater(t, confirmed, 25)
	require.Positive(t, refused, "an event between two pages")
}

// past makes up the same random history for two worlds.
type past struct {
	*rand.Rand
	rows        []inventory.Row
	definitions ledger.Definitions
	now         time.Time
	dated       bool
	events      int
}

func newPast(random *rand.Rand) *past {
	p := &past{Rand: random, rows: rowsOf(1, 2, 3, 4, 5, 6, 7), definitions: definitions(), now: noon}
	if random.IntN(3) > 0 { // little is held
		p.definitions.Warehouses[0].Guard = ledger.Guard{MaximumRefused: 1, MaximumMissing: 1, MaximumZeroed: 1}
	}
	return p
}

// next returns a description of the next step, and the function that does it in a world. The function's result must be the same in both worlds.
func (p *past) next() (string, func(w *world) string) {
	p.now = p.now.Add(time.Duration(1+p.IntN(3)) * time.Minute)
	at := p.now
	switch n := p.IntN(10); {
	case n < 5:
		return p.fetch("fetch", at, func(*world) {})
	case n < 6:
		event := p.event()
		return p.fetch("fetch, with "+event.Event+" in between", at, func(w *world) { w.event(event, at) })
	case n < 8:
		what := p.edit()
		return p.fetch(what+", fetch", at, func(*world) {})
	case n < 9:
		event := p.event()
		return event.Event, func(w *world) string { return w.event(event, at) }
	default:
		what := p.configure()
		defined := p.definitions
		return what, func(w *world) string {
			_, err := w.Apply(w.t.Context(), defined, ledger.ApplyOptions{})
			require.NoError(w.t, err)
			return ""
		}
	}
}

func (p *past) fetch(what string, at time.Time, between func(w *world)) (string, func(w *world) string) {
	rows, taken := slices.Clone(p.rows), time.Time{}
	if p.dated {
		taken = at.Add(-time.Second)
	}
	return what, func(w *world) string {
		w.now = at
		w.source.rows = rows
		pages, interrupted := &paged{source: w.source, taken: taken}, false
		pages.read = func() {
			if !interrupted {
				interrupted = true
				between(w)
			}
		}
		granted, err := w.Begin(w.t.Context(), ledger.Claim{
			Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/north", WorkflowRun: at.String(), Now: at,
		})
		require.NoError(w.t, err)
		lease := granted.Lease
		f := w.fetcher()
		f.Drivers = map[string]warehouses.Driver{"source": {
			Open: func(string, settings.Values, settings.Environment) (warehouses.Source, error) { return pages, nil },
		}}
		result, err := do[FetchResult](w, f.Fetch, FetchInput{Lease: lease, Connection: "north", Mode: ledger.Smart, Asked: new(at)})
		require.NoError(w.t, w.EndRun(w.t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: at}))
		content, encoded := json.Marshal(result)
		require.NoError(w.t, encoded)
		return fmt.Sprintf("%s %v", content, err)
	}
}

// event is an update event of one of the SKUs.
func (p *past) event() ledger.Observation {
	p.events++
	observation := ledger.Observation{
		Event: fmt.Sprintf("event %d", p.events),
		Level: inventory.Level{SKU: fmt.Sprintf("SKU-%d", p.IntN(8)), Facility: "east", Available: int64(p.IntN(4))},
	}
	switch p.IntN(4) {
	case 0:
		observation.ReportedAt = p.now.Add(-time.Duration(p.IntN(600)) * time.Second)
	case 1:
		observation.Refused = "it cannot be read"
	}
	observation.Event += fmt.Sprintf(" (%s: %d, %s %s)", observation.SKU, observation.Available, observation.ReportedAt.Format(time.TimeOnly), observation.Refused)
	return observation
}

// edit changes the source's rows.
func (p *past) edit() string {
	i := p.IntN(len(p.rows))
	p.rows = slices.Clone(p.rows)
	row := &p.rows[i]
	switch p.IntN(12) {
	case 0:
		row.Available = new(int64(p.IntN(4)))
		return fmt.Sprintf("row %d is %d", i, *row.Available)
	case 1:
		row.ReportedAt = p.now.Add(-time.Duration(p.IntN(600)) * time.Second)
		return fmt.Sprintf("row %d is of %s", i, row.ReportedAt.Format(time.TimeOnly))
	case 2:
		row.ReportedAt = p.now.Add(time.Duration(p.IntN(6)) * time.Minute)
		return fmt.Sprintf("row %d is of %s, ahead", i, row.ReportedAt.Format(time.TimeOnly))
	case 3:
		row.Problem = "it cannot be read"
		return fmt.Sprintf("row %d cannot be read", i)
	case 4:
		row.NoAvailable = !row.NoAvailable
		return fmt.Sprintf("row %d has no level: %t", i, row.NoAvailable)
	case 5:
		p.rows = append(p.rows, p.rows[i])
		return fmt.Sprintf("row %d stands twice", i)
	case 6:
		p.dated = !p.dated
		return fmt.Sprintf("snapshots have a time: %t", p.dated)
	case 7:
		row.Place += "'"
		return "a row stands elsewhere"
	default:
		p.rows = rowsOf(1, 2, 3, 4, 5, 6, 7)
		return "all rows are as they were"
	}
}

// configure changes the definitions.
func (p *past) configure() string {
	p.definitions.Warehouses = slices.Clone(p.definitions.Warehouses)
	depot := &p.definitions.Warehouses[0]
	switch p.IntN(5) {
	case 0:
		depot.Missing = map[inventory.MissingPolicy]inventory.MissingPolicy{inventory.MissingKeep: inventory.MissingZero}[depot.Missing]
		if depot.Missing == "" {
			depot.Missing = inventory.MissingKeep
		}
		return fmt.Sprintf("missing: %s", depot.Missing)
	case 1:
		depot.Guard.MinimumRows = 1 - depot.Guard.MinimumRows
		return fmt.Sprintf("minimum rows: %g", depot.Guard.MinimumRows)
	case 2:
		depot.Repeated = map[inventory.RepeatedPolicy]inventory.RepeatedPolicy{"": inventory.RepeatedSum}[depot.Repeated]
		return fmt.Sprintf("repeated: %s", depot.Repeated)
	case 3:
		p.definitions.Products = append(slices.Clone(p.definitions.Products), ledger.Product{Merchant: "acme", SKU: fmt.Sprintf("sku-%d", p.IntN(8)), Name: "alike"})
		slices.SortFunc(p.definitions.Products, func(a, b ledger.Product) int { return strings.Compare(a.SKU, b.SKU) })
		p.definitions.Products = slices.CompactFunc(p.definitions.Products, func(a, b ledger.Product) bool { return a.SKU == b.SKU })
		return "a product that is nearly called so"
	default:
		depot.Refused = map[inventory.RefusedPolicy]inventory.RefusedPolicy{"": inventory.RefusedZero}[depot.Refused]
		return fmt.Sprintf("refused: %s", depot.Refused)
	}
}

func (w *world) event(one ledger.Observation, at time.Time) string {
	w.t.Helper()
	one.ReceivedAt = at
	result, err := w.Observe(w.t.Context(), "depot", []ledger.Observation{one}, at)
	require.NoError(w.t, err)
	return fmt.Sprintf("%+v", result)
}

// opened opens the file of a world's ledger.
func opened(t *testing.T, w *world) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(w.path)+"?mode=ro")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// contents returns everything that the ledger stores of warehouses.
func contents(t *testing.T, db *sql.DB) string {
	t.Helper()
	var all strings.Builder
	for _, table := range []string{"levels", "warehouses", "snapshots", "stale_levels", "facilities", "activity", "refusals", "staged", "holds"} {
		rows, err := db.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2")
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		fmt.Fprintln(&all, table, columns)
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			require.NoError(t, rows.Scan(values...))
			for i, value := range values {
				if columns[i] != "definition" {
					fmt.Fprint(&all, *value.(*any), " | ")
				}
			}
			fmt.Fprintln(&all)
		}
		require.NoError(t, rows.Err())
	}
	return all.String()
}

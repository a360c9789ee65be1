package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// The ledger stores some figures beside the rows that they are about: the newest versions, how far a connection has resolved, which calls
// hold which rows, which run holds a store, the components of bundles, and the counts of previews. Each is written in the transaction that
// changes those rows, so a recount must give the same. If it does not, another program wrote to the ledger, the ledger is damaged, or
// Tidemark has a fault. The counts of a connection's rows by status are cached in memory only; see counts.go.

// Miscount is a stored figure that a recount does not confirm.
type Miscount struct {
	On      string `json:"on"`   // "connection acme-shop"
	What    string `json:"what"` // "the newest level version"
	Kept    int64  `json:"kept"`
	Counted int64  `json:"counted"`
	// Rule says how the two figures must relate, for example "must not be below that".
	Rule   string `json:"rule"`
	Advice string `json:"advice"` // what to do
}

// Words says what is wrong and what to do.
func (m Miscount) Words() string {
	return fmt.Sprintf("%s: %s is kept as %d, and a recount says %d; it %s. What to do: %s", m.On, m.What, m.Kept, m.Counted, m.Rule, m.Advice)
}

// Recount is the result of a recount.
type Recount struct {
	// Rows counts the connections' rows by status.
	Rows map[string]map[Status]int64 `json:"rows"`
	// Figures is how many figures were counted again.
	Figures int64      `json:"figures"`
	Wrong   []Miscount `json:"wrong"`
}

// relation is how a stored figure and its recount must relate.
type relation string

const (
	same    relation = "must be the same"
	atLeast relation = "must not be below that"
	atMost  relation = "must not be above that"
)

func (r relation) holds(kept, counted int64) bool {
	switch r {
	case atLeast:
		return kept >= counted
	case atMost:
		return kept <= counted
	case same:
	}
	return kept == counted
}

const (
	restoreOrDeclare = "stop every process that uses the ledger and restore a backup; " +
		"without one run starter restored, after which the next run of every connection is a Full Sync"
	resolveAgain = "run starter sync full for it, which resolves and pushes everything"
	dryRunAgain  = "make the dry run again: starter sync smart CONNECTION --dry-run"
	defineAgain  = "take the bundle out of the configuration, apply that, put it back and apply again"
)

// keptFigure is a stored figure and a query that recounts it. The query's columns are the thing that has the figure, the stored figure,
// and the recount.
type keptFigure struct {
	name     string
	relation relation
	advice   string
	query    string
}

var keptFigures = []keptFigure{
	{
		"the newest level version", atLeast, restoreOrDeclare,
		`SELECT 'warehouse ' || w.id, w.level_version, COALESCE((SELECT MAX(l.version) FROM levels l WHERE l.warehouse = w.id), 0)
			FROM warehouses w ORDER BY w.id`,
	},
	{
		"the newest definition version", atLeast, restoreOrDeclare,
		`SELECT 'the ledger', s.definitions, COALESCE((SELECT MAX(v.version) FROM (
			SELECT MAX(version) AS version FROM connections UNION ALL SELECT MAX(version) FROM strategies
			UNION ALL SELECT MAX(version) FROM sharing UNION ALL SELECT MAX(version) FROM products UNION ALL SELECT MAX(version) FROM bundles
			UNION ALL SELECT MAX(version) FROM listings) v), 0) FROM state s`,
	},
	{
		"the level version that it has resolved", atMost, resolveAgain,
		"SELECT 'connection ' || c.id, c.cursor_levels, w.level_version FROM connections c JOIN warehouses w ON w.id = c.warehouse ORDER BY c.id",
	},
	{
		"the definition version that it has resolved", atMost, resolveAgain,
		"SELECT 'connection ' || c.id, c.cursor_definitions, s.definitions FROM connections c CROSS JOIN state s ORDER BY c.id",
	},
	{
		"the number of rows that wait for the answer to an open call", same, restoreOrDeclare,
		`SELECT 'connection ' || r.connection, COUNT(*),
				COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM calls k WHERE k.key = r.open_call AND k.closed_at IS NULL))
			FROM channel_levels r WHERE r.open_call IS NOT NULL GROUP BY r.connection ORDER BY r.connection`,
	},
	{
		"the number of locations at which it has rows", same, restoreOrDeclare,
		`SELECT 'connection ' || r.connection, COUNT(p.location), COUNT(*) FROM (SELECT DISTINCT connection, location FROM channel_levels) r
			LEFT JOIN row_places p ON p.connection = r.connection AND p.location = r.location GROUP BY r.connection ORDER BY r.connection`,
	},
	{
		"the number of connections whose locations are kept", same, restoreOrDeclare,
		`SELECT 'the ledger', COUNT(DISTINCT p.connection), COUNT(DISTINCT c.id) FROM row_places p LEFT JOIN connections c ON c.id = p.connection`,
	},
	{
		"the number of runs that have it", same, restoreOrDeclare,
		`SELECT 'store ' || g.store, 1, (SELECT COUNT(*) FROM runs r WHERE r.id = g.run AND r.ended_at IS NULL)
			FROM gates g WHERE g.run IS NOT NULL ORDER BY g.store`,
	},
	previewFigure("raised", "raise"),
	previewFigure("lowered", "lower"),
	previewFigure("zeroed", "zero"),
	previewFigure("first", "new"),
	previewFigure("blocked", "blocked"),
}

// MaximumPreviewRows is the most rows of a preview that are stored. Its counts are of all rows, so those of a preview with more rows than
// that cannot be recounted.
const MaximumPreviewRows = 10_000

func previewFigure(column, move string) keptFigure {
	return keptFigure{
		"the number of rows of its preview whose move is " + move, same, dryRunAgain,
		fmt.Sprintf(`SELECT 'connection ' || p.connection, p.%s, (SELECT COUNT(*) FROM preview_rows r WHERE r.run = p.run AND r.move = '%s') FROM previews p
			WHERE (SELECT COUNT(*) FROM preview_rows r WHERE r.run = p.run) < %d ORDER BY p.run`, column, move, MaximumPreviewRows),
	}
}

// Recount counts again the figures that the ledger stores, and compares; see Reader.
func (d *database) Recount(ctx context.Context) (Recount, error) {
	var recount Recount
	err := d.read(ctx, func(t *tx) error {
		recount = Recount{Rows: map[string]map[Status]int64{}, Wrong: []Miscount{}}
		for _, figure := range keptFigures {
			if err := t.recount(ctx, figure, &recount); err != nil {
				return fmt.Errorf("counting %s: %w", figure.name, err)
			}
		}
		if err := t.recountComponents(ctx, &recount); err != nil {
			return err
		}
		return d.recountRows(ctx, t, &recount)
	})
	return recount, err
}

func (r *Recount) compare(on string, figure keptFigure, kept, counted int64) {
	r.Figures++
	if !figure.relation.holds(kept, counted) {
		r.Wrong = append(r.Wrong, Miscount{
			On: on, What: figure.name, Kept: kept, Counted: counted, Rule: string(figure.relation), Advice: figure.advice,
		})
	}
}

func (t *tx) recount(ctx context.Context, figure keptFigure, recount *Recount) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var on string
		var kept, counted int64
		err := row.Scan(&on, &kept, &counted)
		recount.compare(on, figure, kept, counted)
		return err
	}, figure.query)
}

// recountComponents compares the rows by which the bundles of a component are looked up with the bundles themselves.
func (t *tx) recountComponents(ctx context.Context, recount *Recount) error {
	figure := keptFigure{name: "the number of its components by which it is found", relation: same, advice: defineAgain}
	kept, counted := map[[2]string]int64{}, map[[2]string]int64{}
	err := t.each(ctx, func(row *sql.Rows) error {
		var key [2]string
		var components int64
		err := row.Scan(&key[0], &key[1], &components)
		kept[key], counted[key] = components, 0
		return err
	}, "SELECT merchant, bundle, COUNT(*) FROM bundle_components GROUP BY merchant, bundle")
	if err != nil {
		return err
	}
	err = t.each(ctx, func(row *sql.Rows) error {
		var key [2]string
		var content string
		var components []inventory.Component
		if err := row.Scan(&key[0], &key[1], &content); err != nil {
			return err
		}
		err := decode("bundle "+key[1], content, &components)
		distinct := map[string]bool{}
		for _, component := range components {
			distinct[component.SKU] = true
		}
		counted[key] = int64(len(distinct))
		return err
	}, "SELECT merchant, sku, components FROM bundles WHERE NOT removed")
	if err != nil {
		return err
	}
	for _, key := range slices.SortedFunc(maps.Keys(counted), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		recount.compare("bundle "+key[1]+" of "+key[0], figure, kept[key], counted[key])
	}
	return nil
}

// recountRows counts the rows of all connections by status, and compares with the counts that this process has cached.
func (d *database) recountRows(ctx context.Context, t *tx, recount *Recount) error {
	err := t.each(ctx, func(row *sql.Rows) error {
		var connection string
		var status Status
		var rows int64
		err := row.Scan(&connection, &status, &rows)
		if recount.Rows[connection] == nil {
			recount.Rows[connection] = map[Status]int64{}
		}
		recount.Rows[connection][status] = rows
		return err
	}, "SELECT connection, status, COUNT(*) FROM channel_levels GROUP BY connection, status")
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(recount.Rows))
	versions, err := t.rowVersions(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		kept, err := d.rowsByStatus(ctx, t, id, versions[id])
		if err != nil {
			return err
		}
		counted := recount.Rows[id]
		statuses := maps.Clone(counted)
		maps.Copy(statuses, kept)
		for _, status := range slices.Sorted(maps.Keys(statuses)) {
			figure := keptFigure{
				name: "the number of rows that are " + string(status), relation: same,
				advice: "restart this process, which keeps the number in memory",
			}
			recount.compare("connection "+id, figure, kept[status], counted[status])
		}
	}
	return nil
}

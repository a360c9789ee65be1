package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Marks tell whether anything that pages show of the ledger has changed: while a mark is equal to an earlier one, nothing has. Reading
// them is cheap enough to do it every second.
type Marks struct {
	shared       string            // of what belongs to no single connection: acts, definitions, holds, snapshots
	byConnection map[string]string // of each connection: its rows, its runs, the holder of its store
	all          string            // of all connections
}

// Of returns the mark of what pages show of a connection. An empty or unknown connection gets the mark of everything.
func (m Marks) Of(connection string) string {
	if own, ok := m.byConnection[connection]; ok {
		return m.shared + own
	}
	return m.shared + m.all
}

// Marks returns the present marks; see Reader.
func (d *database) Marks(ctx context.Context) (Marks, error) {
	var marks Marks
	err := d.read(ctx, func(t *tx) error {
		marks = Marks{byConnection: map[string]string{}}
		var all strings.Builder
		add := func(connection string, figures ...any) {
			text := fmt.Sprintln(figures...)
			marks.byConnection[connection] += text
			fmt.Fprint(&all, connection, " ", text)
		}
		for _, entry := range []struct {
			query string
			scan  func(row *sql.Rows) error
		}{
			{`SELECT c.id, COALESCE(v.version, 0), COALESCE((SELECT MAX(r.id) FROM runs r WHERE r.connection = c.id), 0),
				COALESCE(g.fence, 0), COALESCE(g.run, 0) FROM connections c LEFT JOIN row_versions v ON v.connection = c.id
				LEFT JOIN gates g ON g.store = c.store ORDER BY c.id`, func(row *sql.Rows) error {
				var connection string
				var version, run, fence, holder int64
				err := row.Scan(&connection, &version, &run, &fence, &holder)
				add(connection, version, run, fence, holder)
				return err
			}},
			{"SELECT connection, id, outcome, phase, counts FROM runs WHERE ended_at IS NULL ORDER BY id", func(row *sql.Rows) error {
				var connection, outcome, phase, counts string
				var run int64
				err := row.Scan(&connection, &run, &outcome, &phase, &counts)
				add(connection, run, outcome, phase, counts)
				return err
			}},
			{`SELECT definitions, epoch, COALESCE((SELECT MAX(id) FROM audit), 0), COALESCE((SELECT SUM(version) FROM schedules), 0),
				COALESCE((SELECT MAX(id) FROM snapshots), 0), COALESCE((SELECT MAX(run) FROM previews), 0),
				(SELECT COUNT(*) FROM holds WHERE decision = '') FROM state`, func(row *sql.Rows) error {
				var epoch string
				var definitions, act, schedules, snapshot, preview, holds int64
				err := row.Scan(&definitions, &epoch, &act, &schedules, &snapshot, &preview, &holds)
				marks.shared = fmt.Sprintln(definitions, epoch, act, schedules, snapshot, preview, holds)
				return err
			}},
		} {
			if err := t.each(ctx, entry.scan, entry.query); err != nil {
				return err
			}
		}
		marks.all = all.String()
		return nil
	})
	return marks, err
}

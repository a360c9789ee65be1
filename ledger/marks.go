package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Marks tell whether anything that pages show of the ledger has changed since: equal marks mean that it has not. They are cheap, for who
// asks each second.
type Marks struct {
	whole string            // what is of no connection alone: acts, definitions, holds, snapshots
	of    map[string]string // of each connection: its rows, its runs, who has its store
	all   string
}

// Of is the mark of what is shown of a connection; of everything when that is empty or there is no such connection.
func (m Marks) Of(connection string) string {
	if own, ok := m.of[connection]; ok {
		return m.whole + own
	}
	return m.whole + m.all
}

// Marks says as of what the ledger is; see Reader.
func (d *database) Marks(ctx context.Context) (Marks, error) {
	var marks Marks
	err := d.read(ctx, func(t *tx) error {
		marks = Marks{of: map[string]string{}}
		var all strings.Builder
		add := func(connection string, figures ...any) {
			text := fmt.Sprintln(figures...)
			marks.of[connection] += text
			fmt.Fprint(&all, connection, " ", text)
		}
		for _, entry := range []struct {
			query string
			scan  func(row *sql.Rows) error
		}{
			{`SELECT c.id, COALESCE(v.version, 0), COALESCE((SELECT MAX(r.id) FROM runs r WHERE r.connection = c.id), 0), COALESCE(g.fence, 0), COALESCE(g.run, 0)
				FROM connections c LEFT JOIN row_versions v ON v.connection = c.id LEFT JOIN gates g ON g.store = c.store ORDER BY c.id`, func(row *sql.Rows) error {
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
				COALESCE((SELECT MAX(id) FROM snapshots), 0), COALESCE((SELECT MAX(run) FROM previews), 0), (SELECT COUNT(*) FROM holds WHERE decision = '') FROM state`, func(row *sql.Rows) error {
				var epoch string
				var definitions, act, schedules, snapshot, preview, holds int64
				err := row.Scan(&definitions, &epoch, &act, &schedules, &snapshot, &preview, &holds)
				marks.whole = fmt.Sprintln(definitions, epoch, act, schedules, snapshot, preview, holds)
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

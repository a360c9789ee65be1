package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"time"
)

// What is shown of every connection is asked for all of them at once: some statements, however many connections there are, in one transaction, so
// that what is said of a connection fits together.

// ConnectionState is how a connection stands, as far as the ledger knows.
type ConnectionState struct {
	Rows   map[Status]int64 // see Reader.StatusCounts
	Left   []Left           // see Reader.LeftBehind
	Kept   Kept             // see Resolver.Kept
	Holder *Holder          // who has its store; nil when nobody has
	// Newest are its newest runs, and those that were under way since a time, newest first.
	Newest []Run
	// Open are the runs that have not ended, oldest first, and Done what each has pushed so far, by run; see Pusher.Tally.
	Open []Run
	Done map[int64]Counts
	// Result is the newest run of everything, not dry, that ended with a result. Smart and Full are the newest of each mode that went
	// through; nil when there is none.
	Result, Smart, Full *Run
}

// WarehouseState is how a warehouse stands, as far as the ledger knows.
type WarehouseState struct {
	Last  *SnapshotEntry // see Reader.LastSnapshot; nil when there is none
	Stale StaleCount
}

// newestRuns and mostRuns are how many of a connection's newest runs are read at least and at most: runs of a few SKUs come with every event.
const (
	newestRuns = 12
	mostRuns   = 300
)

// connectionsQuery looks at connections in one transaction.
type connectionsQuery struct {
	*tx

	ids    []string
	states map[string]*ConnectionState
}

// ConnectionStates says how connections stand; see Reader.
func (d *database) ConnectionStates(ctx context.Context, ids []string, since time.Time) (map[string]*ConnectionState, error) {
	var states map[string]*ConnectionState
	err := d.read(ctx, func(t *tx) error {
		states = make(map[string]*ConnectionState, len(ids))
		for _, id := range ids {
			states[id] = &ConnectionState{Done: map[int64]Counts{}}
		}
		query := connectionsQuery{t, ids, states}
		for _, ask := range []func(context.Context) error{
			func(ctx context.Context) error { return query.newest(ctx, since) }, query.open, query.results, query.holders, query.kept,
			func(ctx context.Context) error { return d.counts(ctx, query) },
		} {
			if err := ask(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return states, err
}

// set is a condition that a column is one of the connections, whose argument is list(ids).
func (l connectionsQuery) set() string { return " IN (SELECT j.value FROM " + l.dialect.set() + ")" }

func (l connectionsQuery) runs(ctx context.Context, each func(at *ConnectionState, run Run), query string, arguments ...any) error {
	return l.each(ctx, func(row *sql.Rows) error {
		run, err := scanRun(row)
		if at := l.states[run.Connection]; err == nil && at != nil {
			each(at, run)
		}
		return err
	}, query, arguments...)
}

// newest reads the newest runs. The bounds are worked out once for each connection.
func (l connectionsQuery) newest(ctx context.Context, since time.Time) error {
	bound := "COALESCE((SELECT b.id FROM runs b WHERE b.connection = j.value ORDER BY b.id DESC LIMIT 1 OFFSET ?), 0)"
	return l.runs(ctx, func(at *ConnectionState, run Run) { at.Newest = append(at.Newest, run) },
		"WITH bounds (of, most, least) AS MATERIALIZED (SELECT j.value, "+bound+", "+bound+" FROM "+l.dialect.set()+") SELECT "+runColumns+` FROM bounds JOIN runs
			ON runs.connection = bounds.of AND runs.id >= bounds.most WHERE runs.id >= bounds.least OR runs.ended_at IS NULL OR runs.ended_at > ?
			ORDER BY connection, id DESC`, mostRuns-1, newestRuns-1, l.dialect.list(l.ids), micros(since))
}

// open reads the runs that have not ended, and counts what they have pushed.
func (l connectionsQuery) open(ctx context.Context) error {
	err := l.runs(ctx, func(at *ConnectionState, run Run) { at.Open = append(at.Open, run) },
		"SELECT "+runColumns+" FROM runs WHERE ended_at IS NULL AND connection"+l.set()+" ORDER BY connection, id", l.dialect.list(l.ids))
	if err != nil {
		return err
	}
	for _, at := range l.states {
		for _, run := range at.Open {
			if at.Done[run.ID], err = l.tally(ctx, run); err != nil {
				return err
			}
		}
	}
	return nil
}

// results reads the newest whole runs of each mode and outcome, each of which an index finds at once.
func (l connectionsQuery) results(ctx context.Context) error {
	return l.runs(ctx, func(at *ConnectionState, run Run) {
		at.Result = cmp.Or(at.Result, &run)
		if run.Outcome != Completed && run.Outcome != CompletedWithFailures {
			return
		}
		if run.Mode == Full {
			at.Full = cmp.Or(at.Full, &run)
		} else {
			at.Smart = cmp.Or(at.Smart, &run)
		}
	}, "SELECT "+runColumns+` FROM runs WHERE id IN (SELECT (SELECT r.id FROM runs r WHERE r.connection = j.value AND r.outcome = o.outcome AND r.mode = m.mode
			AND NOT r.dry_run AND r.scope = '[]' ORDER BY r.id DESC LIMIT 1)
		FROM `+l.dialect.set()+` CROSS JOIN (SELECT 'completed' AS outcome UNION ALL SELECT 'completed_with_failures' UNION ALL SELECT 'partial' UNION ALL SELECT 'failed') o
		CROSS JOIN (SELECT 'smart' AS mode UNION ALL SELECT 'full') m) ORDER BY id DESC`, l.dialect.list(l.ids))
}

// holders reads who has the stores.
func (l connectionsQuery) holders(ctx context.Context) error {
	return l.each(ctx, func(row *sql.Rows) error {
		var id string
		holder, err := scanHolder(row, &id)
		if err != nil {
			return err
		}
		l.states[id].Holder = &holder
		return nil
	}, "SELECT "+holderColumns+", c.id FROM connections c JOIN gates g ON g.store = c.store JOIN runs r ON r.id = g.run WHERE c.id"+l.set(), l.dialect.list(l.ids))
}

func (l connectionsQuery) kept(ctx context.Context) error {
	all, err := l.keptRows(ctx, l.ids, "")
	for id, kept := range all {
		l.states[id].Kept = kept
	}
	return err
}

// counts adds the counts of rows, of which those are kept whose rows have not changed.
func (d *database) counts(ctx context.Context, l connectionsQuery) error {
	versions, err := l.rowVersions(ctx, l.ids)
	if err != nil {
		return err
	}
	places, err := l.rowPlaces(ctx, l.ids)
	if err != nil {
		return err
	}
	stand, err := l.standing(ctx, l.ids)
	if err != nil {
		return err
	}
	for id, at := range l.states {
		rows, err := d.rowsByStatus(ctx, l.tx, id, versions[id])
		if err != nil {
			return err
		}
		at.Rows = maps.Clone(rows)
		leaving, ok := stand[id]
		if !ok {
			continue
		}
		if at.Left, err = d.leftBehind(ctx, l.tx, leaving, versions[id], places[id]); err != nil {
			return err
		}
	}
	return nil
}

// standing is standsAt for connections; those that are not there are absent.
func (t *tx) standing(ctx context.Context, ids []string) (map[string]leaving, error) {
	if len(ids) == 1 {
		place, err := t.standsAt(ctx, ids[0])
		if errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		return map[string]leaving{ids[0]: place}, err
	}
	connections, err := definitions[Connection](ctx, t, "connection")
	if err != nil {
		return nil, err
	}
	all, err := definitions[Store](ctx, t, "store")
	if err != nil {
		return nil, err
	}
	stores, sharing := map[string]Store{}, map[string][]Connection{}
	for _, item := range all {
		stores[item.ID] = item
	}
	for _, connection := range connections {
		if connection.Active() {
			sharing[connection.Store] = append(sharing[connection.Store], connection)
		}
	}
	leavings := map[string]leaving{}
	for _, connection := range connections {
		store := stores[connection.Store]
		at := leaving{before: connection, after: connection, storeBefore: store, storeAfter: store}
		for _, other := range sharing[connection.Store] {
			if other.ID != connection.ID {
				at.others = append(at.others, shownPlaces(other, store)...)
			}
		}
		leavings[connection.ID] = at
	}
	return leavings, nil
}

// WarehouseStates says how warehouses stand; see Reader.
func (d *database) WarehouseStates(ctx context.Context, ids []string) (map[string]WarehouseState, error) {
	var states map[string]WarehouseState
	err := d.read(ctx, func(t *tx) error {
		states = make(map[string]WarehouseState, len(ids))
		for _, id := range ids {
			var state WarehouseState
			last, err := t.lastSnapshot(ctx, id)
			if err == nil {
				state.Last = &last
			} else if !errors.Is(err, ErrNotFound) {
				return err
			}
			if state.Stale, err = t.countStale(ctx, id); err != nil {
				return err
			}
			states[id] = state
		}
		return nil
	})
	return states, err
}

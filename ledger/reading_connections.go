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

// connectionsLook looks at connections in one transaction.
type connectionsLook struct {
	*tx

	ids   []string
	found map[string]*ConnectionState
}

// ConnectionStates says how connections stand; see Reader.
func (d *database) ConnectionStates(ctx context.Context, ids []string, since time.Time) (map[string]*ConnectionState, error) {
	var found map[string]*ConnectionState
	err := d.read(ctx, func(t *tx) error {
		found = make(map[string]*ConnectionState, len(ids))
		for _, id := range ids {
			found[id] = &ConnectionState{Done: map[int64]Counts{}}
		}
		look := connectionsLook{t, ids, found}
		for _, ask := range []func(context.Context) error{
			func(ctx context.Context) error { return look.newest(ctx, since) }, look.open, look.results, look.holders, look.kept,
			func(ctx context.Context) error { return d.counts(ctx, look) },
		} {
			if err := ask(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return found, err
}

// set is a condition that a column is one of the connections, whose argument is list(ids).
func (l connectionsLook) set() string { return " IN (SELECT j.value FROM " + l.dialect.set() + ")" }

func (l connectionsLook) runs(ctx context.Context, each func(at *ConnectionState, run Run), query string, arguments ...any) error {
	return l.each(ctx, func(row *sql.Rows) error {
		run, err := scanRun(row)
		if at := l.found[run.Connection]; err == nil && at != nil {
			each(at, run)
		}
		return err
	}, query, arguments...)
}

// newest reads the newest runs. The bounds are worked out once for each connection.
func (l connectionsLook) newest(ctx context.Context, since time.Time) error {
	bound := "COALESCE((SELECT b.id FROM runs b WHERE b.connection = j.value ORDER BY b.id DESC LIMIT 1 OFFSET ?), 0)"
	return l.runs(ctx, func(at *ConnectionState, run Run) { at.Newest = append(at.Newest, run) },
		"WITH bounds (of, most, least) AS MATERIALIZED (SELECT j.value, "+bound+", "+bound+" FROM "+l.dialect.set()+") SELECT "+runColumns+` FROM bounds JOIN runs
			ON runs.connection = bounds.of AND runs.id >= bounds.most WHERE runs.id >= bounds.least OR runs.ended_at IS NULL OR runs.ended_at > ?
			ORDER BY connection, id DESC`, mostRuns-1, newestRuns-1, l.dialect.list(l.ids), micros(since))
}

// open reads the runs that have not ended, and counts what they have pushed.
func (l connectionsLook) open(ctx context.Context) error {
	err := l.runs(ctx, func(at *ConnectionState, run Run) { at.Open = append(at.Open, run) },
		"SELECT "+runColumns+" FROM runs WHERE ended_at IS NULL AND connection"+l.set()+" ORDER BY connection, id", l.dialect.list(l.ids))
	if err != nil {
		return err
	}
	for _, at := range l.found {
		for _, run := range at.Open {
			if at.Done[run.ID], err = l.tally(ctx, run); err != nil {
				return err
			}
		}
	}
	return nil
}

// results reads the newest whole runs of each mode and outcome, each of which an index finds at once.
func (l connectionsLook) results(ctx context.Context) error {
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
func (l connectionsLook) holders(ctx context.Context) error {
	return l.each(ctx, func(row *sql.Rows) error {
		var id string
		found, err := scanHolder(row, &id)
		if err != nil {
			return err
		}
		l.found[id].Holder = &found
		return nil
	}, "SELECT "+holderColumns+", c.id FROM connections c JOIN gates g ON g.store = c.store JOIN runs r ON r.id = g.run WHERE c.id"+l.set(), l.dialect.list(l.ids))
}

func (l connectionsLook) kept(ctx context.Context) error {
	all, err := l.keptRows(ctx, l.ids, "")
	for id, kept := range all {
		l.found[id].Kept = kept
	}
	return err
}

// counts adds the counts of rows, of which those are kept whose rows have not changed.
func (d *database) counts(ctx context.Context, l connectionsLook) error {
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
	for id, at := range l.found {
		rows, err := d.rowsByStatus(ctx, l.tx, id, versions[id])
		if err != nil {
			return err
		}
		at.Rows = maps.Clone(rows)
		one, ok := stand[id]
		if !ok {
			continue
		}
		if at.Left, err = d.leftBehind(ctx, l.tx, one, versions[id], places[id]); err != nil {
			return err
		}
	}
	return nil
}

// standing is standsAt for connections; those that are not there are absent.
func (t *tx) standing(ctx context.Context, ids []string) (map[string]leaving, error) {
	if len(ids) == 1 {
		one, err := t.standsAt(ctx, ids[0])
		if errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		return map[string]leaving{ids[0]: one}, err
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
	for _, one := range all {
		stores[one.ID] = one
	}
	for _, one := range connections {
		if one.Active() {
			sharing[one.Store] = append(sharing[one.Store], one)
		}
	}
	found := map[string]leaving{}
	for _, one := range connections {
		store := stores[one.Store]
		at := leaving{before: one, after: one, storeBefore: store, storeAfter: store}
		for _, other := range sharing[one.Store] {
			if other.ID != one.ID {
				at.others = append(at.others, shownPlaces(other, store)...)
			}
		}
		found[one.ID] = at
	}
	return found, nil
}

// WarehouseStates says how warehouses stand; see Reader.
func (d *database) WarehouseStates(ctx context.Context, ids []string) (map[string]WarehouseState, error) {
	var found map[string]WarehouseState
	err := d.read(ctx, func(t *tx) error {
		found = make(map[string]WarehouseState, len(ids))
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
			found[id] = state
		}
		return nil
	})
	return found, err
}

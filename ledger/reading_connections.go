package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"time"
)

// The states of all connections are read at once: in one transaction, so that the parts of a state belong to the same moment, and by a
// number of statements that does not depend on the number of connections.

// ConnectionState is the state of a connection as far as the ledger knows it.
type ConnectionState struct {
	Rows   map[Status]int64 // see Reader.StatusCounts
	Left   []Left           // see Reader.LeftBehind
	Kept   Kept             // see Resolver.Kept
	Holder *Holder          // the holder of its store; nil when no run holds it
	// Newest are its newest runs, newest first, including all that were open at some moment after the caller's since.
	Newest []Run
	// Open are the runs that have not ended, oldest first. Done is what each of them has pushed so far, by run; see Pusher.Tally.
	Open []Run
	Done map[int64]Counts
	// Result is the newest run without a scope, and not dry, that completed, ended as partial or failed. Smart and Full are the newest
	// such runs of each mode that completed; nil when there is none.
	Result, Smart, Full *Run
}

// WarehouseState is the state of a warehouse as far as the ledger knows it.
type WarehouseState struct {
	Last  *SnapshotEntry // see Reader.LastSnapshot; nil when there is none
	Stale StaleCount
}

// minimumRuns and maximumRuns bound how many of a connection's newest runs are read. There may be many, because every event causes a run
// with a scope.
const (
	minimumRuns = 12
	maximumRuns = 300
)

// connectionsQuery reads the states of connections in one transaction.
type connectionsQuery struct {
	*tx

	ids    []string
	states map[string]*ConnectionState
}

// ConnectionStates returns the states of connections; see Reader.
func (d *database) ConnectionStates(ctx context.Context, ids []string, since time.Time) (map[string]*ConnectionState, error) {
	var states map[string]*ConnectionState
	err := d.read(ctx, func(t *tx) error {
		states = make(map[string]*ConnectionState, len(ids))
		for _, id := range ids {
			states[id] = &ConnectionState{Done: map[int64]Counts{}}
		}
		query := connectionsQuery{t, ids, states}
		for _, read := range []func(context.Context) error{
			func(ctx context.Context) error { return query.newest(ctx, since) }, query.open, query.results, query.holders, query.kept,
			func(ctx context.Context) error { return d.counts(ctx, query) },
		} {
			if err := read(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return states, err
}

// set is a condition that a column is one of the connections. Its argument is list(ids).
func (l connectionsQuery) set() string { return " IN (SELECT j.value FROM " + l.dialect.set() + ")" }

func (l connectionsQuery) runs(ctx context.Context, each func(state *ConnectionState, run Run), query string, arguments ...any) error {
	return l.each(ctx, func(row *sql.Rows) error {
		run, err := scanRun(row)
		if state := l.states[run.Connection]; err == nil && state != nil {
			each(state, run)
		}
		return err
	}, query, arguments...)
}

// newest reads the newest runs. Per connection, it looks up the ids of the oldest runs within maximumRuns and minimumRuns first.
func (l connectionsQuery) newest(ctx context.Context, since time.Time) error {
	bound := "COALESCE((SELECT b.id FROM runs b WHERE b.connection = j.value ORDER BY b.id DESC LIMIT 1 OFFSET ?), 0)"
	return l.runs(ctx, func(state *ConnectionState, run Run) { state.Newest = append(state.Newest, run) },
		"WITH bounds (of, most, least) AS MATERIALIZED (SELECT j.value, "+bound+", "+bound+" FROM "+l.dialect.set()+") SELECT "+runColumns+`
			FROM bounds JOIN runs ON runs.connection = bounds.of AND runs.id >= bounds.most
			WHERE runs.id >= bounds.least OR runs.ended_at IS NULL OR runs.ended_at > ?
			ORDER BY connection, id DESC`, maximumRuns-1, minimumRuns-1, l.dialect.list(l.ids), micros(since))
}

// open reads the runs that have not ended, and counts what each has pushed.
func (l connectionsQuery) open(ctx context.Context) error {
	err := l.runs(ctx, func(state *ConnectionState, run Run) { state.Open = append(state.Open, run) },
		"SELECT "+runColumns+" FROM runs WHERE ended_at IS NULL AND connection"+l.set()+" ORDER BY connection, id", l.dialect.list(l.ids))
	if err != nil {
		return err
	}
	for _, state := range l.states {
		for _, run := range state.Open {
			if state.Done[run.ID], err = l.tally(ctx, run); err != nil {
				return err
			}
		}
	}
	return nil
}

// results reads the newest run of each mode and outcome, without those that were dry or had a scope. An index finds each of them at once.
func (l connectionsQuery) results(ctx context.Context) error {
	return l.runs(ctx, func(state *ConnectionState, run Run) {
		state.Result = cmp.Or(state.Result, &run)
		if run.Outcome != Completed && run.Outcome != CompletedWithFailures {
			return
		}
		if run.Mode == Full {
			state.Full = cmp.Or(state.Full, &run)
		} else {
			state.Smart = cmp.Or(state.Smart, &run)
		}
	}, "SELECT "+runColumns+` FROM runs WHERE id IN (
			SELECT (SELECT r.id FROM runs r WHERE r.connection = j.value AND r.outcome = o.outcome AND r.mode = m.mode
				AND NOT r.dry_run AND r.scope = '[]' ORDER BY r.id DESC LIMIT 1)
			FROM `+l.dialect.set()+` CROSS JOIN (SELECT 'completed' AS outcome UNION ALL SELECT 'completed_with_failures'
				UNION ALL SELECT 'partial' UNION ALL SELECT 'failed') o
			CROSS JOIN (SELECT 'smart' AS mode UNION ALL SELECT 'full') m) ORDER BY id DESC`, l.dialect.list(l.ids))
}

// holders reads the holders of the stores.
func (l connectionsQuery) holders(ctx context.Context) error {
	return l.each(ctx, func(row *sql.Rows) error {
		var id string
		holder, err := scanHolder(row, &id)
		if err != nil {
			return err
		}
		l.states[id].Holder = &holder
		return nil
	}, "SELECT "+holderColumns+", c.id FROM connections c JOIN gates g ON g.store = c.store JOIN runs r ON r.id = g.run WHERE c.id"+l.set(),
		l.dialect.list(l.ids))
}

func (l connectionsQuery) kept(ctx context.Context) error {
	byConnection, err := l.keptRows(ctx, l.ids, "")
	for id, kept := range byConnection {
		l.states[id].Kept = kept
	}
	return err
}

// counts adds the counts of rows. Cached counts are used for connections whose rows have not changed.
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
	for id, state := range l.states {
		rows, err := d.rowsByStatus(ctx, l.tx, id, versions[id])
		if err != nil {
			return err
		}
		state.Rows = maps.Clone(rows)
		leaving, ok := stand[id]
		if !ok {
			continue
		}
		if state.Left, err = d.leftBehind(ctx, l.tx, leaving, versions[id], places[id]); err != nil {
			return err
		}
	}
	return nil
}

// standing is standsAt for several connections, keyed by id. Connections that do not exist are absent.
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
	allStores, err := definitions[Store](ctx, t, "store")
	if err != nil {
		return nil, err
	}
	stores, sharing := map[string]Store{}, map[string][]Connection{}
	for _, store := range allStores {
		stores[store.ID] = store
	}
	for _, connection := range connections {
		if connection.Active() {
			sharing[connection.Store] = append(sharing[connection.Store], connection)
		}
	}
	leavings := map[string]leaving{}
	for _, connection := range connections {
		store := stores[connection.Store]
		place := leaving{before: connection, after: connection, storeBefore: store, storeAfter: store}
		for _, other := range sharing[connection.Store] {
			if other.ID != connection.ID {
				place.others = append(place.others, shownPlaces(other, store)...)
			}
		}
		leavings[connection.ID] = place
	}
	return leavings, nil
}

// WarehouseStates returns the states of warehouses; see Reader.
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

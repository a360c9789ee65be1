package warehousetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// requireError checks that an error says what should happen next, and keeps the credential to itself.
func requireError(t *testing.T, err error, next ...warehouses.Next) {
	t.Helper()
	var failed *warehouses.Error
	require.ErrorAs(t, err, &failed)
	require.Contains(t, next, failed.Next, "%v", err)
	require.NotEmpty(t, failed.Reason)
	require.NotContains(t, err.Error(), Credential)
	require.Equal(t, failed.Next == warehouses.Wait, !failed.Until.IsZero(), "Until is for Wait")
}

// fails: a fetch that fails has no end that could be recorded.
func (s Subject) fails(t *testing.T, fault Fault, next []warehouses.Next) {
	warehouse := s.Start(t, Stock(2*PageRows+500))
	source := warehouse.Open(t)
	warehouse.Provoke(t, fault)
	var got fetched
	snapshot, err := source.Fetch(t.Context(), warehouses.Request{}, got.sink)
	requireError(t, err, next...)
	require.Equal(t, warehouses.Snapshot{}, snapshot)
	if fault == BreaksOff {
		require.NotEmpty(t, got.rows, "the fake broke off too early to prove anything")
	}
}

// recovers: after a failed fetch the same source reads the whole stock.
func (s Subject) recovers(t *testing.T) {
	stock := Stock(2*PageRows + 500)
	warehouse := s.Start(t, stock)
	source := warehouse.Open(t)
	warehouse.Provoke(t, BreaksOff)
	_, err := source.Fetch(t.Context(), warehouses.Request{}, new(fetched).sink)
	require.Error(t, err)
	warehouse.Provoke(t, None)
	got, _ := whole(t, source, warehouses.Request{})
	requireStock(t, stock, got.rows)
}

// sourceCursor: with the source cursor of a snapshot the next fetch brings what is new since, and never less.
func (s Subject) sourceCursor(t *testing.T) {
	stock := Stock(50)
	warehouse := s.Start(t, stock)
	source := warehouse.Open(t)
	_, first := whole(t, source, warehouses.Request{})

	again, second := whole(t, source, warehouses.Request{Cursor: first.Cursor})
	if second.Unchanged {
		require.Empty(t, again.rows)
		require.Equal(t, first.Cursor, second.Cursor, "nothing new leaves the source cursor as it is")
	} else {
		requireStock(t, stock, again.rows)
	}

	stock[7].Available = "12345"
	stock = append(stock, Item{SKU: "NEW", Facility: "east", Available: "6"})
	warehouse.Set(t, stock)
	reopened := warehouse.Open(t)
	changed, third := whole(t, reopened, warehouses.Request{Cursor: second.Cursor})
	require.False(t, third.Unchanged)
	if third.Full {
		requireStock(t, stock, changed.rows)
	} else {
		require.NotEmpty(t, changed.rows)
	}

	forgotten, _ := whole(t, reopened, warehouses.Request{})
	requireStock(t, stock, forgotten.rows)
}

// everything: asked for everything, a source brings the whole stock or proves that it is the same as before.
func (s Subject) everything(t *testing.T) {
	stock := Stock(50)
	source := s.Start(t, stock).Open(t)
	first, snapshot := whole(t, source, warehouses.Request{Everything: true})
	require.True(t, snapshot.Full)
	requireStock(t, stock, first.rows)
	got, snapshot := whole(t, source, warehouses.Request{Cursor: snapshot.Cursor, Everything: true})
	if !snapshot.Unchanged {
		require.True(t, snapshot.Full)
		requireStock(t, stock, got.rows)
	}
}

// foreignCursor: a source cursor that the source cannot have made is no reason to leave anything out.
func (s Subject) foreignCursor(t *testing.T) {
	stock := Stock(5)
	source := s.Start(t, stock).Open(t)
	for _, cursor := range []string{"no cursor", "{}", "null", `{"files":[{}],"snapshot":7}`} {
		got, snapshot := whole(t, source, warehouses.Request{Cursor: cursor})
		require.False(t, snapshot.Unchanged)
		requireStock(t, stock, got.rows)
	}
}

func (s Subject) cancelledBefore(t *testing.T) {
	source := s.Start(t, Stock(5)).Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	snapshot, err := source.Fetch(ctx, warehouses.Request{}, func(context.Context, []inventory.Row) error {
		t.Error("rows were passed on although nobody wants them")
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, warehouses.Snapshot{}, snapshot)
	_, err = source.Check(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

func (s Subject) cancelledWhile(t *testing.T) {
	source := s.Start(t, Stock(3*PageRows)).Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	calls := 0
	snapshot, err := source.Fetch(ctx, warehouses.Request{}, func(context.Context, []inventory.Row) error {
		calls++
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, warehouses.Snapshot{}, snapshot)
	require.Equal(t, 1, calls, "nothing is passed on after the end")
}

func (s Subject) sinkError(t *testing.T) {
	source := s.Start(t, Stock(3*PageRows)).Open(t)
	full := errors.New("the sink is full")
	calls := 0
	snapshot, err := source.Fetch(t.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
		calls++
		return full
	})
	require.Same(t, full, err, "the error of the sink is not the source's to change")
	require.Equal(t, warehouses.Snapshot{}, snapshot)
	require.Equal(t, 1, calls)
}

func (s Subject) atOnce(t *testing.T) {
	stock := Stock(PageRows + 10)
	source := s.Start(t, stock).Open(t)
	var group sync.WaitGroup
	got := make([]fetched, 4)
	failed := make([]error, len(got))
	for i := range got {
		group.Go(func() { _, failed[i] = source.Fetch(t.Context(), warehouses.Request{}, got[i].sink) })
	}
	group.Wait()
	for i := range got {
		require.NoError(t, failed[i])
		requireStock(t, stock, got[i].rows)
	}
}

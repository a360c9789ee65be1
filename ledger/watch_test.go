package ledger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// started is a process that starts on a ledger.
func started(t *testing.T, path string) (restored string) {
	t.Helper()
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	restored, err = opened.Watch(t.Context(), now)
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	return restored
}

// watched returns the path of a closed ledger with some content, which was watched from its creation.
func watched(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	require.Empty(t, started(t, path), "a new ledger")
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	lease := hubRun(t, opened)
	report(t, opened, lease, "A")
	require.NoError(t, opened.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: now}))
	require.NoError(t, opened.Close())
	return path
}

// generations returns the generation in the generation file, and that of the ledger.
func witnessed(t *testing.T, path string, opened ledger.Ledger) (witness, own int64) {
	t.Helper()
	content, err := os.ReadFile(path + ".generation")
	require.NoError(t, err)
	var inFile struct{ Generation int64 }
	require.NoError(t, json.Unmarshal(content, &inFile))
	own, err = opened.Generation(t.Context())
	require.NoError(t, err)
	return inFile.Generation, own
}

func take(t *testing.T, opened ledger.Ledger, at time.Time) ledger.Grant {
	t.Helper()
	granted, err := opened.Begin(t.Context(), ledger.Claim{Connection: "hub-shop", Mode: ledger.Smart, Workflow: "w", WorkflowRun: uuid.NewString(), Now: at})
	require.NoError(t, err)
	return granted
}

// copied returns a backup of a ledger in use, including its log.
func copied(t *testing.T, path string) []byte {
	t.Helper()
	backup := filepath.Join(t.TempDir(), "backup.db")
	statements(t, path, "VACUUM INTO '"+backup+"'")
	content, err := os.ReadFile(backup)
	require.NoError(t, err)
	return content
}

// due lets a run resolve a row of a store, and returns the row.
func due(t *testing.T, opened ledger.Ledger, lease ledger.Lease) []ledger.DueItem {
	t.Helper()
	plan, err := opened.Plan(t.Context(), "hub-shop", ledger.Full)
	require.NoError(t, err)
	_, err = opened.Resolve(t.Context(), lease, plan, []ledger.Resolution{{
		Affected: ledger.Affected{Product: "A", Redefined: true}, Levels: []inventory.ChannelLevel{{ChannelSKU: "A", Quantity: 5}},
	}}, now)
	require.NoError(t, err)
	items, err := opened.NextDue(t.Context(), ledger.DueQuery{Connection: "hub-shop", Run: lease.Run})
	require.NoError(t, err)
	return items
}

// TestABackupThatIsPutBackIsNoticed: whatever a run did after the backup, the next worker that starts on it finds out.
func TestABackupThatIsPutBackIsNoticed(t *testing.T) {
	t.Parallel()
	later := now.Add(time.Minute)
	for name, test := range map[string]struct {
		before, after func(t *testing.T, opened ledger.Ledger)
		same          bool // nothing happened that the backup does not know
	}{
		"nothing happened": {after: func(*testing.T, ledger.Ledger) {}, same: true},
		"a run began":      {after: func(t *testing.T, opened ledger.Ledger) { take(t, opened, now) }},
		"a run ended": {
			before: func(t *testing.T, opened ledger.Ledger) { take(t, opened, now) },
			after: func(t *testing.T, opened ledger.Ledger) {
				holder, err := opened.Holder(t.Context(), "shop")
				require.NoError(t, err)
				lease := ledger.Lease{Store: "shop", Fence: holder.Fence, Run: holder.Run}
				require.NoError(t, opened.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: now}))
			},
		},
		"a run went on": {
			before: func(t *testing.T, opened ledger.Ledger) {
				require.NoError(t, opened.Release(t.Context(), take(t, opened, now).Lease))
			},
			after: func(t *testing.T, opened ledger.Ledger) {
				runs, err := opened.Runs(t.Context(), "hub-shop", 1)
				require.NoError(t, err)
				_, err = opened.Reacquire(t.Context(), runs[0].ID, 0, now)
				require.NoError(t, err)
			},
		},
		"a run called its store": {
			before: func(t *testing.T, opened ledger.Ledger) { due(t, opened, take(t, opened, now).Lease) },
			after: func(t *testing.T, opened ledger.Ledger) {
				holder, err := opened.Holder(t.Context(), "shop")
				require.NoError(t, err)
				items, err := opened.NextDue(t.Context(), ledger.DueQuery{Connection: "hub-shop", Run: holder.Run})
				require.NoError(t, err)
				lease := ledger.Lease{Store: "shop", Fence: holder.Fence, Run: holder.Run}
				require.NoError(t, opened.Intend(t.Context(), lease, ledger.Intent{Key: "key", Items: items, Now: later, Deadline: later}))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := watched(t)
			opened, err := ledger.Open(t.Context(), path, now)
			require.NoError(t, err)
			restored, err := opened.Watch(t.Context(), now)
			require.NoError(t, err)
			require.Empty(t, restored)
			if test.before != nil {
				test.before(t, opened)
			}
			backup := copied(t, path)
			test.after(t, opened)
			require.NoError(t, opened.Close())

			write(t, path, backup)
			if test.same {
				require.Empty(t, started(t, path))
				return
			}
			require.Contains(t, started(t, path), "tidemark.db.generation")
			require.Empty(t, started(t, path), "it is told once")
			opened = open(t, path)
			_, err = opened.Holder(t.Context(), "shop")
			require.ErrorIs(t, err, ledger.ErrNotFound, "it was declared restored")
			require.Equal(t, ledger.Full, take(t, opened, now).Mode)
		})
	}
}

// TestTheGenerationFileFollowsAPush: the file is not written for each call, which would cost too much, but soon after it.
func TestTheGenerationFileFollowsAPush(t *testing.T) {
	t.Parallel()
	path := watched(t)
	opened := open(t, path)
	lease := take(t, opened, now).Lease
	items := due(t, opened, lease)
	begun, _ := witnessed(t, path, opened)
	intend := func(key string, at time.Time) {
		require.NoError(t, opened.Intend(t.Context(), lease, ledger.Intent{Key: key, Items: items, Now: at, Deadline: at}))
		require.NoError(t, opened.Abandon(t.Context(), lease, key, "", at))
	}
	intend("at once", now)
	intend("at once again", now.Add(time.Second/2))
	after, own := witnessed(t, path, opened)
	require.Equal(t, begun, after)
	require.Equal(t, own, after)
	intend("later", now.Add(2*time.Second))
	intend("just after", now.Add(2*time.Second))
	after, own = witnessed(t, path, opened)
	require.Equal(t, begun+1, after)
	require.Equal(t, own, after)
	intend("when the clock was put back", now)
	after, _ = witnessed(t, path, opened)
	require.Equal(t, begun+2, after)
}

// TestALedgerThatLostItsLogIsNoticed: the newest writes are in the log until SQLite moves them into the file, so the file alone is an older
// ledger.
func TestALedgerThatLostItsLogIsNoticed(t *testing.T) {
	t.Parallel()
	path := watched(t)
	opened := open(t, path)
	take(t, opened, now)
	left := filepath.Join(t.TempDir(), "tidemark.db")
	for _, suffix := range []string{"", ".generation"} {
		content, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		write(t, left+suffix, content)
	}
	log, err := os.Stat(path + "-wal")
	require.NoError(t, err)
	require.Positive(t, log.Size(), "there is something in the log")
	require.Contains(t, started(t, left), "tidemark.db.generation")
	require.Equal(t, ledger.Full, take(t, open(t, left), now).Mode)
}

func TestALedgerThatCameWithoutItsGenerationFileIsRestored(t *testing.T) {
	t.Parallel()
	path := written(t) // by a program that kept no generation file, or on another disk
	require.Contains(t, started(t, path), "tidemark.db.generation")
	require.Empty(t, started(t, path), "it is told once")
	require.NoError(t, os.Remove(path+".generation"))
	require.NotEmpty(t, started(t, path))

	path = filepath.Join(t.TempDir(), "tidemark.db")
	opened := open(t, path)
	_, err := opened.Apply(t.Context(), ledger.Definitions{Warehouses: []ledger.Warehouse{{ID: "hub", Merchant: "acme"}}}, ledger.ApplyOptions{})
	require.NoError(t, err)
	require.Empty(t, started(t, path), "a configuration was applied, and nobody was told anything")
}

func TestABackupFromBeforeARestoreIsNoticed(t *testing.T) {
	t.Parallel()
	path := watched(t)
	backup, err := os.ReadFile(path)
	require.NoError(t, err)
	opened := open(t, path)
	require.NoError(t, opened.Restored(t.Context(), "", now))
	require.NoError(t, opened.Close())
	require.Empty(t, started(t, path), "a declared restore is noted")
	write(t, path, backup)
	require.NotEmpty(t, started(t, path))
}

// TestAProcessThatDiedBeforeItsGenerationFile: the ledger is ahead of the file then, which does not mean that it is a backup.
func TestAProcessThatDiedBeforeItsGenerationFile(t *testing.T) {
	t.Parallel()
	path := watched(t)
	old, err := os.ReadFile(path + ".generation")
	require.NoError(t, err)
	opened := open(t, path)
	take(t, opened, now)
	write(t, path+".generation", old)
	require.Empty(t, started(t, path))
	witness, own := witnessed(t, path, opened)
	require.Equal(t, own, witness, "it has caught up")
}

// TestAnUnwatchedProcessHidesNothing: a process that does not call Watch must not hide that the ledger is a backup.
func TestAnUnwatchedProcessHidesNothing(t *testing.T) {
	t.Parallel()
	path := watched(t)
	backup, err := os.ReadFile(path)
	require.NoError(t, err)
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	for range 3 {
		require.NoError(t, opened.EndRun(t.Context(), take(t, opened, now).Lease, ledger.RunEnd{Outcome: ledger.Completed, Now: now}))
	}
	require.NoError(t, opened.Close())
	write(t, path, backup)
	opened = open(t, path)
	take(t, opened, now)
	require.NoError(t, opened.Close())
	require.NotEmpty(t, started(t, path))
}

func TestADamagedGenerationFileIsForAPerson(t *testing.T) {
	t.Parallel()
	path := watched(t)
	write(t, path+".generation", []byte("{"))
	opened := open(t, path)
	_, err := opened.Watch(t.Context(), now)
	require.ErrorContains(t, err, path+".generation")
	require.ErrorContains(t, err, "remove")
	_, err = opened.Begin(t.Context(), ledger.Claim{Connection: "hub-shop", Mode: ledger.Smart, Workflow: "w", WorkflowRun: "next", Now: now})
	require.ErrorContains(t, err, "remove", "no store is called while the generation file cannot follow")
	require.NoError(t, os.Remove(path+".generation"))
	require.NotEmpty(t, started(t, path))
}

func TestPostgresIsNotWatched(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	require.Empty(t, started(t, address))
	opened := open(t, address)
	hubRun(t, opened)
	require.Empty(t, started(t, address))
}

// userVariable names a ledger. With it, the test binary is a process that starts on this ledger and does some runs for a store.
const (
	userVariable  = "TIDEMARK_TEST_USER"
	storeVariable = "TIDEMARK_TEST_STORE"
)

// rounds is how many runs a process does. They are few, because under load the file's lock goes to any of the waiting processes.
const rounds = 6

func useOnce(ctx context.Context, path, store string) (err error) {
	opened, err := ledger.Open(ctx, path, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	for i := range rounds {
		restored, err := opened.Watch(ctx, now)
		if err != nil {
			return err
		}
		if restored != "" {
			return errors.New(restored)
		}
		granted, err := opened.Begin(ctx, ledger.Claim{Connection: store, Mode: ledger.Smart, Workflow: store, WorkflowRun: fmt.Sprint(store, i), Now: now})
		if err != nil {
			return err
		}
		if err := opened.EndRun(ctx, granted.Lease, ledger.RunEnd{Outcome: ledger.Completed, Now: now}); err != nil {
			return err
		}
	}
	return nil
}

// TestProcessesThatShareALedger: no process takes the writes of another for a restore, and the generation file ends at the ledger's generation.
func TestProcessesThatShareALedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	opened := open(t, path)
	definitions := ledger.Definitions{Warehouses: []ledger.Warehouse{{ID: "hub", Merchant: "acme"}}}
	stores := []string{"north", "south", "east"}
	for _, store := range stores {
		definitions.Stores = append(definitions.Stores, ledger.Store{ID: store, Merchant: "acme"})
		definitions.Connections = append(definitions.Connections, ledger.Connection{ID: store, Merchant: "acme", Warehouse: "hub", Store: store})
	}
	_, err := opened.Apply(t.Context(), definitions, ledger.ApplyOptions{})
	require.NoError(t, err)
	require.Empty(t, started(t, path))

	var group sync.WaitGroup
	outputs := make([]bytes.Buffer, len(stores))
	errs := make([]error, len(stores))
	for i, store := range stores {
		user := exec.CommandContext(t.Context(), os.Args[0])
		user.Env = append(os.Environ(), userVariable+"="+path, storeVariable+"="+store)
		user.Stderr = &outputs[i]
		user.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		group.Go(func() { errs[i] = user.Run() })
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	var highest int64
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		witness, own := witnessed(t, path, opened)
		require.LessOrEqual(t, witness, own)
		require.GreaterOrEqual(t, witness, highest, "it never falls")
		highest = witness
	}
	for i := range stores {
		require.NoError(t, errs[i], outputs[i].String())
	}
	witness, own := witnessed(t, path, opened)
	require.EqualValues(t, 2*rounds*len(stores), own)
	require.Equal(t, own, witness)
}

package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// saidOfAFullDisk is what everybody says whose ledger has no room.
const saidOfAFullDisk = "the disk is full; free some space and the work goes on by itself"

// says waits until a process has said something.
func (p *process) says(t testing.TB, text string) {
	t.Helper()
	waitFor(t, fmt.Sprintf("it says %q", text), func(context.Context) error {
		if !strings.Contains(p.output.String(), text) {
			return errors.New("it says " + last(p.output.String(), 1000))
		}
		return nil
	})
}

// hanging has the shop's next write hang, with the figures of some SKUs that are sold now; the returned function lets go of it.
func (w *world) hanging(shop string, skus ...string) (figures map[string]int64, resume func()) {
	w.t.Helper()
	target := "stores/" + shop
	w.box.must(http.MethodPost, "/judge/pause", map[string]any{"target": target, "writes": true}, nil)
	figures = w.box.sell(skus...)
	w.ask("smart", shop)
	w.box.must(http.MethodGet, "/judge/wait?target="+target+"&hanging=1&timeout=2m", nil, nil)
	return figures, func() { w.box.must(http.MethodPost, "/judge/resume", map[string]any{"target": target}, nil) }
}

// The disk of the ledger is full when a store answers. The answer cannot be written, nor the events that come; the worker and the status say why, also
// after the worker has died. When there is room again, the worker sends its call again with its key, and goes on by itself.
func TestTheLedgersDiskIsFull(t *testing.T) {
	t.Parallel()
	disk := newDisk(t, "8m")
	w := newWorld(t, chance(t.Name()), 200, func(w *world) {
		w.disk, w.location = disk, filepath.Join(disk.folder, "ledger.db")
	}, shop{id: "shop", kind: "atomic", batch: 10})
	w.apply(time.Hour)
	worker, front := w.worker(""), w.serve("")
	w.sync("full", "shop")

	figures, resume := w.hanging("shop", sku(1), sku(2), sku(3))
	require.NoError(t, disk.fill())
	resume()
	worker.current().says(t, saidOfAFullDisk)
	sold := sku(100)
	figures[sold] = w.box.sell(sold)[sold]
	front.acknowledged("sold", "/hooks/depot", "application/json", event("sold", sold, figures[sold], time.Now()))

	_, err := w.starter(t.Context(), nil, "sync", "smart", "shop")
	require.ErrorContains(t, err, saidOfAFullDisk)
	waitFor(t, "the status says what the push and the intake wait for", func(ctx context.Context) error {
		text, err := w.starter(ctx, nil, "status")
		for _, step := range []string{"pushing: ", "recording updates: "} {
			if err == nil && !strings.Contains(text, step+"ledger: "+saidOfAFullDisk) {
				err = errors.New(text)
			}
		}
		return err
	})
	worker.current().kill()
	waitFor(t, "the next worker meets the full disk", func(context.Context) error {
		if worker.died() == 0 || !strings.Contains(worker.current().output.String(), saidOfAFullDisk) {
			return errors.New("it says " + last(worker.current().output.String(), 1000))
		}
		return nil
	})

	require.NoError(t, disk.free())
	w.shows(figures)
	verdict := w.judge()
	require.NotZero(t, verdict.Again, "the call whose answer was not written comes again, with its key")
	w.onlyOnce(map[string]bool{sold: true})
	require.Equal(t, 1, worker.died())
	counted.killed(1)
}

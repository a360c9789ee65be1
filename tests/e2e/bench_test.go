package e2e

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// million is the catalogue of BenchmarkMillionLevels. TIDEMARK_BENCH_MILLIONS=5 measures with five times as many.
func million(b *testing.B) int {
	b.Helper()
	text := cmp.Or(os.Getenv("TIDEMARK_BENCH_MILLIONS"), "1")
	millions, err := strconv.Atoi(text)
	require.NoError(b, err, "TIDEMARK_BENCH_MILLIONS is a whole number")
	return millions * 1_000_000
}

// BenchmarkMillionLevels measures whole runs on a catalogue of a million levels, through the real server, a real worker and an SQLite
// ledger: a first Full Sync, a Smart Sync with nothing changed, and one with 1 % changed. Each Smart Sync has a fresh worker, so that
// its peak memory is that run's alone.
//
// The promise is a worker under 400 MB and a history under 60 events for the Smart Syncs, whatever the size of the catalogue.
func BenchmarkMillionLevels(b *testing.B) {
	one, million := shop{id: "shop", kind: "atomic", batch: 10_000, rate: 1000}, million(b)
	for range b.N {
		w := newWorld(b, scenario(million, one))
		w.apply(w.box.definitions(one), ledger.ApplyOptions{})
		worker := w.work()
		answer := control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Full, "shop")}
		w.measure(b, "full", worker, answer)

		for name, changed := range map[string]int{"nothing": 0, "percent": million / 100} {
			worker.stop(syscall.SIGTERM)
			worker = w.work()
			figures := make(map[string]int64, changed)
			for i := range changed {
				figures[fmt.Sprintf("SKU-%05d", 1+i*100)] = 5000 + int64(i)
			}
			if changed > 0 {
				w.box.set("depot", figures)
			}
			report := w.measure(b, name, worker, w.ask(ledger.Smart, "shop", workflows.SyncRequest{}))
			require.Equal(b, int64(changed), report.Counts.Exported)
			require.Equal(b, int64(million), report.Counts.Rows)
		}
	}
	b.ReportMetric(0, "ns/op") // the whole says nothing; the parts are below
}

// measure waits for a run and reports its seconds, the worker's peak memory and the events of its history.
func (w *world) measure(b *testing.B, name string, worker *running, answer control.SyncAnswer) workflows.SyncReport {
	b.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	report, err := w.control.Wait(ctx, answer)
	require.NoError(b, err)
	require.Equal(b, ledger.Completed, report.Outcome, report.Reason)
	b.ReportMetric(time.Since(began).Seconds(), name+"-s")
	b.ReportMetric(peak(b, worker), name+"-MB")
	history, err := w.control.HistoryOf(ctx, answer.Workflow, answer.Run)
	require.NoError(b, err)
	b.ReportMetric(float64(len(history.GetEvents())), name+"-events")
	return report
}

// peak is the most memory that a process has had so far, in MB.
func peak(b *testing.B, process *running) float64 {
	b.Helper()
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", process.command.Process.Pid))
	require.NoError(b, err)
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			var kilobytes float64
			_, err := fmt.Sscan(rest, &kilobytes)
			require.NoError(b, err)
			return kilobytes / 1024
		}
	}
	b.Fatal("the kernel does not tell the peak memory of a process")
	return 0
}

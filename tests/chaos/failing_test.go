package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/crash"
)

// diskFault is what happens to the disk of a ledger while a worker uses it.
type diskFault struct {
	name string
	said string // what a worker says that has met it
	// begin begins it for a worker that stands still, and returns what ends it.
	begin func(w *world, worker *process) (end func() error, err error)
}

var fullDisk = diskFault{name: "full", said: saidOfAFullDisk, begin: func(w *world, _ *process) (func() error, error) { return w.disk.free, w.disk.fill() }}

// injected is a disk that answers some system calls of the worker on its ledger with an error.
func injected(name, said, with string, calls ...string) diskFault {
	return diskFault{name: name, said: said, begin: func(w *world, worker *process) (func() error, error) {
		list := strings.Join(calls, ",")
		arguments := []string{"-f", "-p", strconv.Itoa(worker.command.Process.Pid), "-o", os.DevNull, "-e", "trace=" + list, "-e", "inject=" + list + ":error=" + with}
		for _, file := range []string{"", "-wal", "-shm"} {
			arguments = append(arguments, "-P", w.location+file)
		}
		tracer, err := launch(nil, "strace", arguments...)
		if err != nil {
			return nil, err
		}
		end := func() error {
			tracer.signal(syscall.SIGTERM) // lets go of the worker
			<-tracer.ended
			return nil
		}
		if err := until(func() bool { return tracer.over() || strings.Contains(tracer.output.String(), "attached") }); err != nil || tracer.over() {
			return nil, fmt.Errorf("no disk can be made to fail here: %w: %s", err, tracer.output)
		}
		return end, nil
	}}
}

func brokenDisks() []diskFault {
	return []diskFault{
		injected("an fsync error", "disk I/O error", "EIO", "fsync", "fdatasync"),
		injected("read-only", "disk I/O error", "EROFS", "pwrite64", "ftruncate", "fsync", "fdatasync"),
	}
}

// beforeWrites are the points of a worker that are followed by a write to the ledger, whatever else happens.
var beforeWrites = []crash.Point{
	crash.RunBegun, crash.SnapshotBegun, crash.PageStaged, crash.SnapshotRecorded, crash.FetchEnded, crash.StoreTaken, crash.PageResolved, crash.CursorMoved,
	crash.IntentWritten, crash.CallAnswered, crash.AnswerWritten, crash.PushEnded, crash.BeforeCommit, crash.ResendNoted, crash.UpdatesRecorded,
}

// The disk of the ledger fails when a worker has come to a point of its work, and works again when the worker has said so. The worker goes on by itself: in
// the end the store shows what the warehouse has, and was told each figure once.
func TestTheDiskFails(t *testing.T) {
	t.Parallel()
	chance, faults, points := chance(t.Name()), append(brokenDisks(), fullDisk), beforeWrites
	if !*whole {
		faults, points = []diskFault{fullDisk}, []crash.Point{crash.CursorMoved}
	}
	for _, point := range points {
		befall := drawn(chance, slices.Clone(faults))[:1]
		if point == crash.CursorMoved || point == crash.CallAnswered { // the next write is the intent of a call, or its answer
			befall = faults
		}
		for _, fault := range befall {
			t.Run(fmt.Sprintf("%s at %s", fault.name, point), func(t *testing.T) {
				t.Parallel()
				failAt(t, fault, point)
			})
		}
	}
}

func failAt(t *testing.T, fault diskFault, point crash.Point) {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil && fault.name != fullDisk.name && os.Getenv("TIDEMARK_REQUIRE_ALL") != "1" {
		t.Skipf("no disk can be made to fail here: %v", err)
	}
	part := changed // a Full Sync tells everything again, which onlyOnce would take for a call under another key
	if point == crash.ResendNoted || point == crash.UpdatesRecorded {
		part = stories[point].part
	}
	w := newWorld(t, chance(t.Name()), 40, func(w *world) {
		if fault.name == fullDisk.name {
			w.disk = newDisk(t, "8m")
			w.location = filepath.Join(w.disk.folder, "ledger.db")
		}
	}, shop{id: "shop", kind: "atomic", batch: 10})
	w.apply(time.Hour)
	p := &play{world: w, shop: "shop", front: w.serve("")}
	first := w.start(w.environment(), "worker", "--listen", "")
	w.sync("full", "shop")
	first.signal(syscall.SIGTERM)
	<-first.ended
	worker := w.keep(fmt.Sprintf("%s:%d", point, 1+w.chance.IntN(2)), []string{"CRASH_BY=stop"},
		"worker", "--listen", "", "--push-slice", "5s", "--log-level", "warn").current()
	met := make(chan error, 1)
	go func() { met <- fault.befalls(w, worker) }()
	for told := 0; ; told++ {
		require.Less(t, told, mostParts, "the worker does not come to %s", point)
		part(p)
		select {
		case err := <-met:
			require.NoError(t, err)
		default:
			continue
		}
		break
	}
	verdict := w.judge()
	if point == crash.CallAnswered && fault.name != fullDisk.name { // the log of a full disk may have room for a write still
		require.NotZero(t, verdict.Again, "the call whose answer was not written comes again, with its key")
	}
	if point != crash.UpdatesRecorded { // of what an event tells, a Smart Sync beside it may tell too
		w.onlyOnce(nil)
	}
}

// befalls begins a fault when the worker stands still, and ends it when the worker has met it.
func (f diskFault) befalls(w *world, worker *process) error {
	if err := until(func() bool { return worker.stopped() }); err != nil {
		return fmt.Errorf("the worker does not stand still: %w", err)
	}
	end, err := f.begin(w, worker)
	if err != nil {
		return err
	}
	worker.signal(syscall.SIGCONT)
	if err = until(func() bool { return strings.Contains(worker.output.String(), f.said) }); err != nil {
		err = fmt.Errorf("the worker has not said %q: %w", f.said, err)
	}
	return errors.Join(err, end())
}

// until waits until something is so. It is for what no test may end by itself.
func until(is func() bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for !is() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

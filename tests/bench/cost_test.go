package bench

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cost is what some work took.
type cost struct{ cpu, wall time.Duration }

// measure runs work and returns what it took. Processor time is that of this whole process, with the collector's.
func measure(t testing.TB, work func()) cost {
	t.Helper()
	runtime.GC()
	before, began := used(t), time.Now()
	work()
	runtime.GC()
	return cost{cpu: used(t) - before, wall: time.Since(began)}
}

// used is the processor time that this process has used so far.
func used(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// cost is what some work took.
type cost struct {
	cpu, wall time.Duration
	bytes     int64 // that went to disk
}

// measure runs work and returns what it took. Processor time is that of this whole process, with the collector's.
func measure(t testing.TB, work func()) cost {
	t.Helper()
	runtime.GC()
	before, disk, began := used(t), written(t), time.Now()
	work()
	runtime.GC()
	return cost{used(t) - before, time.Since(began), written(t) - disk}
}

// used is the processor time that this process has used so far.
func used(t testing.TB) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// written is how many bytes this process has had written to disk so far; 0 where the kernel does not tell.
func written(t testing.TB) (count int64) {
	t.Helper()
	content, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		if n, _ := fmt.Sscanf(lines.Text(), "write_bytes: %d", &count); n == 1 {
			return count
		}
	}
	return 0
}

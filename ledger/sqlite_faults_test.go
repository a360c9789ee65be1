package ledger

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

const (
	failingDisk     = "TIDEMARK_TEST_FAILING_DISK" // the ledger of the process whose disk fails
	noFailingDisk   = "no failing disk"
	seccompSetMode  = 1
	seccompAllTasks = 1          // SECCOMP_FILTER_FLAG_TSYNC
	seccompAllow    = 0x7fff0000 // SECCOMP_RET_ALLOW
	seccompErrno    = 0x00050000 // SECCOMP_RET_ERRNO
	noNewPrivileges = 38         // PR_SET_NO_NEW_PRIVS
)

// seccompCalls holds the numbers of the system call seccomp(2), which package syscall does not define.
var seccompCalls = map[string]uintptr{"amd64": 317, "arm64": 277}

// failCalls makes the kernel answer some system calls of this process with an error, as a failing disk does, until the process ends.
func failCalls(with syscall.Errno, calls ...uintptr) error {
	number, ok := seccompCalls[runtime.GOARCH]
	if !ok {
		return fmt.Errorf("%s: the number of seccomp on %s is not known", noFailingDisk, runtime.GOARCH)
	}
	// The first instruction loads the number of the call. Each comparison that matches jumps to the last instruction, which returns the error.
	program := []syscall.SockFilter{{Code: syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS}}
	for i, call := range calls {
		program = append(program, syscall.SockFilter{
			Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, Jt: uint8(len(calls) - i), K: uint32(call),
		})
	}
	program = append(program,
		syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_K, K: seccompAllow},
		syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_K, K: seccompErrno | uint32(with)})
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, _, failed := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0); failed != 0 {
		return fmt.Errorf("%s: %w", noFailingDisk, failed)
	}
	filter := syscall.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	thread, _, failed := syscall.RawSyscall(number, seccompSetMode, seccompAllTasks, uintptr(unsafe.Pointer(&filter)))
	runtime.KeepAlive(program)
	if failed != 0 || thread != 0 {
		return fmt.Errorf("%s: %w (thread %d)", noFailingDisk, failed, thread)
	}
	return nil
}

// apart runs the test again in a process of its own, whose disk it may make fail.
func apart(t *testing.T, path string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), failingDisk+"="+path)
	output, err := command.CombinedOutput()
	if strings.Contains(string(output), noFailingDisk) {
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatalf("no disk can be made to fail here: %s", output)
		}
		t.Skipf("no disk can be made to fail here: %s", output)
	}
	require.NoError(t, err, "%s", output)
}

func skus(names ...string) Definitions {
	var d Definitions
	for _, name := range names {
		d.Products = append(d.Products, Product{Merchant: "acme", SKU: name})
	}
	return d
}

// productsOf returns the SKUs of a ledger's products.
func productsOf(ctx context.Context, t *testing.T, opened *database) (skus []string) {
	t.Helper()
	err := opened.read(ctx, func(tx *tx) (err error) {
		skus, err = tx.texts(ctx, "SELECT sku FROM products ORDER BY sku")
		return err
	})
	require.NoError(t, err)
	return skus
}

// The disk does not keep what is written. Each write fails, and what was acknowledged before is there for the process that opens the ledger
// next.
func TestAWriteThatTheDiskDoesNotKeepFails(t *testing.T) {
	if path := os.Getenv(failingDisk); path != "" {
		opened, err := openSQLite(t.Context(), path, time.Unix(1, 0))
		require.NoError(t, err)
		_, err = opened.Apply(t.Context(), skus("A"), ApplyOptions{})
		require.NoError(t, err)
		require.NoError(t, failCalls(syscall.EIO, syscall.SYS_FSYNC, syscall.SYS_FDATASYNC))
		for range 2 {
			_, err = opened.Apply(t.Context(), skus("A", "B"), ApplyOptions{})
			require.Error(t, err)
			require.NotErrorIs(t, err, ErrFull)
		}
		os.Exit(0) // without closing the ledger, like a process that dies
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	apart(t, path)
	opened, err := openSQLite(t.Context(), path, time.Unix(2, 0))
	require.NoError(t, err)
	require.Contains(t, productsOf(t.Context(), t, opened), "A")
	_, err = opened.Apply(t.Context(), skus("A", "C"), ApplyOptions{})
	require.NoError(t, err)
	require.Contains(t, productsOf(t.Context(), t, opened), "C")
	require.NoError(t, opened.Close())
}

// The file system becomes read-only, as it does after a fault. Writes fail and change nothing, and the content can still be read. When the
// file system can be written again, the work goes on.
func TestALedgerThatCanOnlyBeRead(t *testing.T) {
	if path := os.Getenv(failingDisk); path != "" {
		opened, err := openSQLite(t.Context(), path, time.Unix(1, 0))
		require.NoError(t, err)
		_, err = opened.Apply(t.Context(), skus("A"), ApplyOptions{})
		require.NoError(t, err)
		require.NoError(t, failCalls(syscall.EROFS, syscall.SYS_PWRITE64, syscall.SYS_FTRUNCATE, syscall.SYS_FSYNC, syscall.SYS_FDATASYNC))
		for range 2 {
			_, err = opened.Apply(t.Context(), skus("A", "B"), ApplyOptions{})
			require.Error(t, err)
			require.NotErrorIs(t, err, ErrFull)
			require.NotErrorIs(t, err, ErrDamaged)
			require.Equal(t, []string{"A"}, productsOf(t.Context(), t, opened))
		}
		require.NoError(t, opened.Check(t.Context()))
		_, err = openSQLite(t.Context(), filepath.Join(filepath.Dir(path), "other.db"), time.Unix(1, 0))
		require.Error(t, err)
		os.Exit(0)
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	apart(t, path)
	opened, err := openSQLite(t.Context(), path, time.Unix(2, 0))
	require.NoError(t, err)
	require.Equal(t, []string{"A"}, productsOf(t.Context(), t, opened))
	_, err = opened.Apply(t.Context(), skus("A", "B"), ApplyOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"A", "B"}, productsOf(t.Context(), t, opened))
	require.NoError(t, opened.Close())
}

const lockedLedger = "TIDEMARK_TEST_LOCKED_LEDGER" // the ledger that a process locks against all writers

// Another process holds the write lock and does not release it. A write waits for the lock, then fails and changes nothing; the content can
// still be read. When the lock is free, the write succeeds.
func TestAnotherProcessHasTheLock(t *testing.T) {
	if path := os.Getenv(lockedLedger); path != "" {
		db, err := sql.Open("sqlite", sqliteAddress(path, "rw", time.Minute))
		require.NoError(t, err)
		_, err = db.BeginTx(t.Context(), nil) // takes the lock, as every transaction that may write does
		require.NoError(t, err)
		fmt.Println("locked")
		_, _ = io.Copy(io.Discard, os.Stdin) // until the test closes the pipe
		os.Exit(0)
	}
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	opened, err := openSQLite(t.Context(), path, time.Unix(1, 0))
	require.NoError(t, err)
	_, err = opened.Apply(t.Context(), skus("A"), ApplyOptions{})
	require.NoError(t, err)

	holder := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAnotherProcessHasTheLock$")
	holder.Env = append(os.Environ(), lockedLedger+"="+path)
	release, err := holder.StdinPipe()
	require.NoError(t, err)
	output, err := holder.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, holder.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "locked\n", line)

	began := time.Now()
	_, err = opened.Apply(t.Context(), skus("A", "B"), ApplyOptions{})
	require.ErrorContains(t, err, "locked")
	require.NotErrorIs(t, err, ErrDamaged)
	require.Greater(t, time.Since(began), 4*time.Second, "it waited for the lock")
	require.Equal(t, []string{"A"}, productsOf(t.Context(), t, opened))

	require.NoError(t, release.Close())
	require.NoError(t, holder.Wait())
	_, err = opened.Apply(t.Context(), skus("A", "B"), ApplyOptions{})
	require.NoError(t, err)
	require.Equal(t, []string{"A", "B"}, productsOf(t.Context(), t, opened))
	require.NoError(t, opened.Close())
}

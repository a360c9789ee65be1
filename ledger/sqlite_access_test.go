package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheLedgerIsItsOwnersAlone checks the rights of the file, its log, the log's shared memory and the generation file: when they are
// created, and when a file that others could read is opened.
func TestTheLedgerIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	check := func(opened *database) {
		t.Helper()
		_, err := opened.Watch(t.Context(), time.Unix(2, 0)) // makes the generation file
		require.NoError(t, err)
		_, err = opened.Apply(t.Context(), Definitions{Products: []Product{{Merchant: "acme", SKU: "A"}}}, ApplyOptions{})
		require.NoError(t, err)
		for _, name := range filesOf(path) {
			about, err := os.Stat(name)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(ownerOnly), about.Mode().Perm(), name)
		}
		require.Empty(t, Exposed(path))
	}
	opened, err := openSQLite(t.Context(), path, time.Unix(1, 0))
	require.NoError(t, err)
	check(opened)
	for _, name := range filesOf(path) {
		require.NoError(t, os.Chmod(name, 0o664))
	}
	require.Equal(t, filesOf(path), Exposed(path))
	second, err := openSQLite(t.Context(), path, time.Unix(1, 0)) // while the first has its log open
	require.NoError(t, err)
	check(second)
	require.NoError(t, errors.Join(second.Close(), opened.Close()))

	require.NoError(t, os.Chmod(path, 0o644))
	opened, err = openSQLite(t.Context(), path, time.Unix(1, 0))
	require.NoError(t, err)
	check(opened)
	require.NoError(t, opened.Close())
	require.Empty(t, Exposed("postgres://tidemark@db/tidemark"))
}

// TestEverySpellingOfAFullDisk tries SQLite's codes, and the operating system's errors for a full disk and for an exhausted quota.
func TestEverySpellingOfAFullDisk(t *testing.T) {
	t.Parallel()
	failed := errors.New("SQLite says so")
	for name, test := range map[string]struct {
		code int
		full bool // as the folder tells
		want error
	}{
		"full":                                      {13, false, ErrFull},
		"a write failed, and there is no room":      {10 | 3<<8, true, ErrFull},
		"a write failed, and there is room":         {10 | 3<<8, false, failed},
		"an fsync failed, and there is no room":     {10 | 4<<8, true, ErrFull},
		"the shared memory cannot grow":             {10 | 19<<8, true, ErrFull},
		"the shared memory cannot be made":          {10 | 18<<8, true, ErrFull},
		"the log cannot be made":                    {14, true, ErrFull},
		"the log cannot be made for another reason": {14, false, failed},
		"a read failed, and there is no room":       {10 | 1<<8, true, failed},
		"a read was short, and there is no room":    {10 | 2<<8, true, failed},
		"read-only, and there is no room":           {8, true, ErrFull},
		"damaged, and there is no room":             {11, true, ErrDamaged},
		"no database":                               {26, false, ErrDamaged},
	} {
		err := explainCode(test.code, failed, func() bool { return test.full })
		require.ErrorIs(t, err, test.want, name)
		require.Equal(t, test.want == ErrFull, errors.Is(err, ErrFull), name)
	}
	for _, spelling := range []error{syscall.ENOSPC, syscall.EDQUOT, &fs.PathError{Op: "write", Err: syscall.EDQUOT}} {
		err := sqliteDialect{}.explain(fmt.Errorf("the generation file: %w", spelling))
		require.ErrorIs(t, err, ErrFull)
		require.ErrorContains(t, err, "free some space")
	}
	require.NotErrorIs(t, sqliteDialect{}.explain(&fs.PathError{Op: "open", Err: syscall.EACCES}), ErrFull)
}

const fullDisk = "TIDEMARK_TEST_FULL_DISK" // the folder in which the test below has its own small disk

// TestOnAFullDisk opens and uses ledgers on a real file system without room, which a process of its own mounts.
func TestOnAFullDisk(t *testing.T) {
	if folder := os.Getenv(fullDisk); folder != "" {
		onAFullDisk(t, folder)
		return
	}
	t.Parallel()
	command := exec.Command(os.Args[0], "-test.run=^TestOnAFullDisk$", "-test.v")
	command.Env = append(os.Environ(), fullDisk+"="+t.TempDir())
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	output, err := command.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || strings.Contains(string(output), "no disk of its own") {
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatalf("this machine lets no process have a disk of its own: %v %s", err, output)
		}
		t.Skipf("this machine lets no process have a disk of its own: %v", err)
	}
	require.NoError(t, err, "%s", output)
}

func onAFullDisk(t *testing.T, folder string) {
	t.Helper()
	mount := func(name, options string) string {
		disk := filepath.Join(folder, name)
		require.NoError(t, os.Mkdir(disk, 0o700))
		if err := syscall.Mount("tidemark", disk, "tmpfs", 0, options); err != nil {
			t.Fatalf("no disk of its own: %v", err)
		}
		return disk
	}
	fill := func(disk string) {
		file, err := os.Create(filepath.Join(disk, "filling"))
		require.NoError(t, err)
		for err == nil {
			_, err = file.Write(make([]byte, 4096))
		}
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.NoError(t, file.Close())
	}
	products := func(count int) Definitions {
		var d Definitions
		for i := range count {
			d.Products = append(d.Products, Product{Merchant: "acme", SKU: fmt.Sprint(i), Name: strings.Repeat("long ", 200)})
		}
		return d
	}
	isFull := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, ErrFull)
		require.ErrorContains(t, err, "free some space and the work goes on by itself")
	}

	disk := mount("bytes", "size=4m")
	path := filepath.Join(disk, "tidemark.db")
	opened, err := openSQLite(t.Context(), path, time.Unix(1, 0))
	require.NoError(t, err)
	fill(disk)
	_, err = opened.Apply(t.Context(), products(2000), ApplyOptions{})
	isFull(err)
	require.NoError(t, os.Remove(filepath.Join(disk, "filling")))
	_, err = opened.Apply(t.Context(), products(10), ApplyOptions{})
	require.NoError(t, err, "the work goes on by itself")
	require.NoError(t, opened.Close())

	fill(disk)
	_, err = openSQLite(t.Context(), path, time.Unix(2, 0)) // its log cannot be made
	isFull(err)
	_, err = openSQLite(t.Context(), filepath.Join(disk, "new.db"), time.Unix(2, 0))
	isFull(err)
	require.NoError(t, os.Remove(filepath.Join(disk, "filling")))
	opened, err = openSQLite(t.Context(), path, time.Unix(3, 0))
	require.NoError(t, err)
	require.NoError(t, opened.Close())

	disk = mount("files", "size=4m,nr_inodes=4") // the folder, and three more
	path = filepath.Join(disk, "tidemark.db")
	content, err := os.ReadFile(filepath.Join(folder, "bytes", "tidemark.db"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	for i := range 2 {
		require.NoError(t, os.WriteFile(filepath.Join(disk, fmt.Sprint(i)), nil, 0o600))
	}
	_, err = openSQLite(t.Context(), path, time.Unix(4, 0)) // there is room for bytes and for no more files
	isFull(err)
}

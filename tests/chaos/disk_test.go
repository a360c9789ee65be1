package chaos

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	diskFolder = "TIDEMARK_TEST_DISK"      // names the folder that the process is to have as a disk
	diskSize   = "TIDEMARK_TEST_DISK_SIZE" // how much room that has, as mount(8) says it
	noDisk     = "no disk of its own"
)

// disk is a file system that is seen only by the processes which are started on it. A process of its own holds it.
type disk struct {
	t      testing.TB
	folder string // where it is, for the processes on it
	holder int    // the process that holds it
}

// newDisk makes a disk with so much room.
func newDisk(t testing.TB, size string) *disk {
	t.Helper()
	if _, err := exec.LookPath("nsenter"); err != nil {
		skipDisk(t, err.Error())
	}
	folder := t.TempDir()
	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), diskFolder+"="+folder, diskSize+"="+size)
	holder.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	hold, err := holder.StdinPipe()
	require.NoError(t, err)
	says, err := holder.StdoutPipe()
	require.NoError(t, err)
	if err := holder.Start(); errors.Is(err, syscall.EPERM) {
		skipDisk(t, err.Error())
	} else {
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		_ = hold.Close()
		_ = holder.Wait() // it ends when nobody holds its input
	})
	line, err := bufio.NewReader(says).ReadString('\n')
	if strings.Contains(line, noDisk) {
		skipDisk(t, line)
	}
	require.NoError(t, err, "%s", line)
	return &disk{t: t, folder: folder, holder: holder.Process.Pid}
}

func skipDisk(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
		t.Fatalf("this machine lets no process have a disk of its own: %s", why)
	}
	t.Skipf("this machine lets no process have a disk of its own: %s", why)
}

// holdDisk is what the process does that holds a disk.
func holdDisk(folder string) {
	if err := syscall.Mount("tidemark", folder, "tmpfs", 0, "size="+os.Getenv(diskSize)); err != nil {
		fmt.Printf("%s: %v\n", noDisk, err)
		os.Exit(1)
	}
	fmt.Println("mounted")
	_, _ = io.Copy(io.Discard, os.Stdin) // until nobody wants it any more
	os.Exit(0)
}

// on is the command line that runs a program on the disk, as the same process.
func (d *disk) on(path string, arguments []string) (string, []string) {
	if d == nil {
		return path, arguments
	}
	return "nsenter", append([]string{"--target", strconv.Itoa(d.holder), "--user", "--mount", "--preserve-credentials", "--", path}, arguments...)
}

// filling is the file that takes all the room, as this process sees it.
func (d *disk) filling() string {
	return filepath.Join("/proc", strconv.Itoa(d.holder), "root", d.folder, "filling")
}

// fill leaves no room.
func (d *disk) fill() error {
	file, err := os.Create(d.filling())
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return file.Close()
}

// free gives the room back.
func (d *disk) free() error { return os.Remove(d.filling()) }

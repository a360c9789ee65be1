package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

const (
	// postgresUser is the server's superuser; it needs no password. Every other role does.
	postgresUser = "tidemark"
	// postgresTemplate is a database with Tidemark's schema in it, from which the others are copied.
	postgresTemplate = "tidemark_template"
	// postgresPatience is how long the server may take to answer for the first time.
	postgresPatience = time.Minute
)

// Postgres returns the address of a new database on a real server, with Tidemark's schema in it. The server is started once for a test
// binary. It listens only on a socket in a folder of its own, and it ends with the binary, however the binary ends. The database is dropped
// at the end of the test.
//
// Without PostgreSQL's programs the test is skipped, or fails when TIDEMARK_REQUIRE_ALL is 1.
func Postgres(t testing.TB) string {
	t.Helper()
	return freshDatabase(t, postgresTemplate)
}

// EmptyPostgres is Postgres for an empty database.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return freshDatabase(t, "template1")
}

func freshDatabase(t testing.TB, template string) string {
	t.Helper()
	programs := postgresPrograms()
	if programs == "" {
		const advice = "there is no PostgreSQL server in /usr/lib/postgresql; install the package postgresql to test with it"
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatal(advice)
		}
		t.Skip(advice)
	}
	server, err := startedPostgres()
	require.NoError(t, err)
	name := fmt.Sprintf("tidemark_%d", server.databases.Add(1))
	require.NoError(t, server.execute(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), postgresPatience)
		defer cancel()
		require.NoError(t, server.execute(ctx, "DROP DATABASE "+name+" WITH (FORCE)"))
	})
	return server.address(name)
}

// postgresPrograms returns the folder of the newest installed server; empty when there is none.
var postgresPrograms = sync.OnceValue(func() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	best, newest := "", -1
	for _, program := range found {
		folder := filepath.Dir(program)
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		if err == nil && version > newest {
			best, newest = folder, version
		}
	}
	return best
})

// postgresServer is a running server.
type postgresServer struct {
	folder    string // of its socket, its data and its log
	databases atomic.Int64
	// alive is the input of the server's keeper, which stops the server when it closes. It stays open until this process ends.
	alive io.WriteCloser
	// admin is the connection that makes databases, one at a time.
	admin *pgx.Conn
	mutex sync.Mutex
}

var startedPostgres = sync.OnceValues(startPostgres)

// keeper starts the server and stops it when its standard input ends, which happens when the process at the other end is gone. The data is not
// needed afterwards, so it stops the server at once and removes its folder.
const keeper = `trap '' INT TERM HUP
"$1/postgres" -D "$2/data" </dev/null >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
cd / && rm -rf "$2"`

// postgresConfiguration trades the safety of the data for speed, and turns off all connections but the socket.
const postgresConfiguration = `
listen_addresses = ''
unix_socket_directories = '%s'
fsync = off
full_page_writes = off
synchronous_commit = off
autovacuum = off
max_connections = 300
shared_buffers = 64MB
max_wal_size = 256MB
`

const postgresAccess = `
local all ` + postgresUser + ` trust
local all all scram-sha-256
`

func startPostgres() (*postgresServer, error) {
	folder, err := os.MkdirTemp(postgresScratch(), "tidemark-postgres-")
	if err != nil {
		return nil, err
	}
	owner, err := postgresOwner(folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	server := &postgresServer{folder: folder}
	if err := server.initialise(owner); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	command := exec.Command("/bin/sh", "-c", keeper, "keeper", postgresPrograms(), folder)
	command.Dir, command.Env = folder, []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setpgid: true}
	if server.alive, err = command.StdinPipe(); err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting PostgreSQL: %w", err), os.RemoveAll(folder))
	}
	if err := server.prepare(); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "log")) // it only helps to explain
		return nil, errors.Join(fmt.Errorf("%w\n%s", err, log), server.alive.Close())
	}
	return server, nil
}

// postgresScratch returns the folder in which the server's folder is created. It is in memory where there is plenty, because each test writes a
// database and reads it once. Otherwise it is empty, which means the default folder for temporary files.
func postgresScratch() string {
	const memory, plenty = "/dev/shm", 2 << 30
	var status syscall.Statfs_t
	if err := syscall.Statfs(memory, &status); err != nil || status.Bavail*uint64(status.Bsize) < plenty {
		return ""
	}
	return memory
}

// postgresOwner returns the user that runs the server, because the server refuses to run as root. Nil means the user of this process.
func postgresOwner(folder string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	owner, err := user.Lookup("postgres")
	if err != nil {
		if owner, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("root needs a user postgres or nobody to run PostgreSQL: %w", err)
		}
	}
	id, err := strconv.ParseUint(owner.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	group, err := strconv.ParseUint(owner.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(id), Gid: uint32(group)}, os.Chown(folder, int(id), int(group))
}

func (s *postgresServer) initialise(owner *syscall.Credential) error {
	data := filepath.Join(s.folder, "data")
	command := exec.Command(filepath.Join(postgresPrograms(), "initdb"), "--pgdata", data, "--username", postgresUser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--no-sync")
	command.Dir, command.Env = s.folder, []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	// The folder is the server's; its files are written as it would write them.
	configuration, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(configuration, postgresConfiguration, s.folder)
	if err := errors.Join(err, configuration.Close()); err != nil {
		return err
	}
	access, err := os.OpenFile(filepath.Join(data, "pg_hba.conf"), os.O_TRUNC|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(access, postgresAccess)
	return errors.Join(err, access.Close())
}

// prepare waits for the server and creates the template database.
func (s *postgresServer) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), postgresPatience)
	defer cancel()
	var err error
	for s.admin == nil {
		if s.admin, err = pgx.Connect(ctx, s.address("postgres")); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := s.execute(ctx, "CREATE DATABASE "+postgresTemplate); err != nil {
		return err
	}
	made, err := ledger.Open(ctx, s.address(postgresTemplate), began)
	if err != nil {
		return err
	}
	return made.Close()
}

// execute runs a statement on the server itself.
func (s *postgresServer) execute(ctx context.Context, statement string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, err := s.admin.Exec(ctx, statement)
	return err
}

func (s *postgresServer) address(database string) string {
	return "postgres://" + postgresUser + "@/" + database + "?" + strings.ReplaceAll(url.Values{"host": {s.folder}}.Encode(), "+", "%20")
}

package bench

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	temporallog "go.temporal.io/sdk/log"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
)

// startTemporal starts a Temporal server, and connects to it.
func startTemporal(b *testing.B) gateway.Temporal {
	b.Helper()
	path := os.Getenv("TEMPORAL_CLI")
	if path == "" {
		path = filepath.Join("..", "..", "bin", "temporal")
	}
	if _, err := os.Stat(path); err != nil {
		b.Skip("there is no Temporal server: make build")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	address := listener.Addr().String()
	require.NoError(b, listener.Close())
	_, port, err := net.SplitHostPort(address)
	require.NoError(b, err)
	server := exec.Command(path, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", port, "--log-level", "error",
		"--db-filename", filepath.Join(b.TempDir(), "temporal.db"))
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(b, server.Start())
	b.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait() // how it says that it was stopped is its own
	})
	var connected client.Client
	require.Eventually(b, func() bool {
		connected, err = client.Dial(client.Options{HostPort: address, Logger: temporallog.NewStructuredLogger(slog.New(slog.DiscardHandler))})
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	b.Cleanup(connected.Close)
	return gateway.New(connected, "default")
}

// scheduledDefinitions are the large ones, whose connections each have a schedule of Smart Sync and one of Full Sync.
func scheduledDefinitions() ledger.Definitions {
	all := largeDefinitions()
	for i := range all.Connections {
		all.Connections[i].Inventory.Full = []ledger.Rule{{Daily: "01:00"}}
	}
	return all
}

// BenchmarkPagesBesideTemporal measures the pages that ask Temporal, with a server on the same machine that has two schedules of each of the 100
// connections: the list of all, one connection, and others that ask it only whether it answers.
func BenchmarkPagesBesideTemporal(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		temporal := startTemporal(b)
		tidemark := control.New(largeLedger(b, database), temporal, time.Now)
		ctx := control.WithActor(context.Background(), control.Actor{Name: "bench", Face: control.FaceCommandLine, Role: ledger.Admin})
		_, err := tidemark.Apply(ctx, scheduledDefinitions(), control.ApplyOptions{From: "bench"})
		require.NoError(b, err)
		overview, err := tidemark.Overview(ctx, "")
		require.NoError(b, err)
		require.Empty(b, overview.Unreachable)
		for _, one := range overview.Connections {
			require.Len(b, one.Schedules, 2)
			require.NotNil(b, one.Schedules[0].Next, one.ID)
		}
		served := serve(b, tidemark)
		for _, page := range []string{"/", "/c/%s", "/c/%s/levels", "/runs", "/log"} {
			served.measure(b, database, page)
		}
	}
}

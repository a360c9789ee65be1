package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// The example of docs/signals.md, which knows Tidemark by names and JSON only, is compiled and does what it says.
func TestSignalExample(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "signal")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./examples/signal")
	build.Dir = filepath.Join("..", "..")
	output, err := build.CombinedOutput()
	require.NoError(t, err, "%s", output)

	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(200, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	signal := func(arguments ...string) string {
		t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		command := exec.CommandContext(ctx, program, arguments...)
		command.Env = append(os.Environ(), w.environment()...)
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s", output)
		return string(output)
	}
	signal("inventory", "depot", "east", "SKU-00001", "4711", "order-1")
	w.shows("shop", map[string]int64{"SKU-00001": 4711})

	w.box.set("depot", map[string]int64{"SKU-00002": 4712})
	started := strings.Fields(signal("sync", "shop"))
	require.Equal(t, "smart-sync/shop", started[0])
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := w.control.Wait(ctx, control.SyncAnswer{Workflow: started[0], Run: started[1]})
	require.NoError(t, err)
	require.Equal(t, ledger.Completed, report.Outcome)
	w.shows("shop", map[string]int64{"SKU-00002": 4712})

	// A snapshot that has shrunk is held until somebody approves.
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	started = strings.Fields(signal("sync", "shop"))
	hold := w.held()
	signal("approve", hold.Workflow)
	waitFor(t, "the run has ended", func(ctx context.Context) error {
		run, err := w.ledger.Run(ctx, hold.Run)
		if err == nil && run.EndedAt == nil {
			err = fmt.Errorf("it is %s", run.Outcome)
		}
		return err
	})
	report, err = w.control.Wait(ctx, control.SyncAnswer{Workflow: started[0], Run: started[1]})
	require.NoError(t, err)
	require.Equal(t, ledger.Completed, report.Outcome, report.Reason)

	command := exec.CommandContext(ctx, program, "sync")
	command.Env = append(os.Environ(), w.environment()...)
	output, err = command.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(output), "usage: signal inventory WAREHOUSE FACILITY SKU AVAILABLE EVENT-ID")
}

// The TypeScript of docs/signals.md runs as it stands there, with this test's names in place of its own.
func TestSignalExamplesInTypeScript(t *testing.T) {
	t.Parallel()
	modules := filepath.Join("..", "signals")
	if _, err := os.Stat(filepath.Join(modules, "node_modules", "@temporalio", "client", "package.json")); err != nil {
		const advice = "Temporal's client for Node.js is not installed; `make node` installs it"
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatal(advice)
		}
		t.Skip(advice)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "signals.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```ts\n")
	require.True(t, found)
	example, _, _ := strings.Cut(rest, "```")
	names := strings.NewReplacer("portland", "depot", "acme-shop", "shop", "BIKE", "SKU-00001", "available: 5", "available: 4711")
	parts := strings.Split(strings.TrimSpace(names.Replace(example)), "\n\n") // imports, connection, what changed, sync, approve, the end
	require.Len(t, parts, 6)

	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(200, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	run := func(part int) {
		t.Helper()
		file, err := os.CreateTemp(modules, "example-*.mjs") // where node finds the modules
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, os.Remove(file.Name())) })
		_, err = file.WriteString(strings.Join([]string{parts[0], parts[1], parts[part], parts[5]}, "\n"))
		require.NoError(t, errors.Join(err, file.Close()))
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		command := exec.CommandContext(ctx, "node", file.Name())
		command.Env = append(os.Environ(), w.environment()...)
		output, err := command.CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
	run(2)
	w.shows("shop", map[string]int64{"SKU-00001": 4711})
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	run(3)
	hold := w.held()
	run(4)
	waitFor(t, "the run has ended", func(ctx context.Context) error {
		run, err := w.ledger.Run(ctx, hold.Run)
		if err == nil && run.EndedAt == nil {
			err = fmt.Errorf("it is %s", run.Outcome)
		}
		return err
	})
	ended, err := w.ledger.Run(t.Context(), hold.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Completed, ended.Outcome, ended.Reason)
}

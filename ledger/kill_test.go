package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// writerVariable names a ledger. With it, the test binary is a process that writes to this ledger until it is killed.
const writerVariable = "TIDEMARK_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		fmt.Fprintln(os.Stderr, writeForever(context.Background(), path))
		os.Exit(1)
	}
	if path := os.Getenv(userVariable); path != "" {
		if err := useOnce(context.Background(), path, os.Getenv(storeVariable)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writeForever records a new SKU again and again, and prints it when the ledger has acknowledged it.
func writeForever(ctx context.Context, path string) error {
	opened, err := ledger.Open(ctx, path, now)
	if err != nil {
		return err
	}
	holder, err := opened.Holder(ctx, "shop")
	if err != nil {
		return err
	}
	lease := ledger.Lease{Store: "shop", Fence: holder.Fence, Run: holder.Run}
	for i := 0; ; i++ {
		sku := fmt.Sprintf("SKU-%06d", i)
		id, err := opened.Stage(ctx, lease, ledger.SnapshotStart{Warehouse: "hub", Now: now})
		if err != nil {
			return err
		}
		if err := opened.StageRows(ctx, id, []inventory.Level{{SKU: sku, Available: int64(i)}}, nil); err != nil {
			return err
		}
		if _, err := opened.Record(ctx, lease, id, ledger.SnapshotEnd{Rows: 1, Guard: ledger.Guard{MaximumRefused: 1}, Now: now}); err != nil {
			return err
		}
		fmt.Println(sku)
	}
}

func TestSQLiteLosesNothingWhenItsProcessIsKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	hubRun(t, opened)
	require.NoError(t, opened.Close())
	for _, rows := range []int{1, 7, 30} { // each after the last one's crash; what it wrote before is named again
		writer := exec.CommandContext(t.Context(), os.Args[0])
		writer.Env = append(os.Environ(), writerVariable+"="+path)
		writer.Stderr = os.Stderr
		writer.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		output, err := writer.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, writer.Start())
		var acknowledged []string
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if acknowledged = append(acknowledged, lines.Text()); len(acknowledged) == rows {
				require.NoError(t, writer.Process.Kill())
			}
		}
		require.Error(t, writer.Wait(), "it was killed")
		require.GreaterOrEqual(t, len(acknowledged), rows)

		opened, err := ledger.Open(t.Context(), path, now)
		require.NoError(t, err)
		require.NoError(t, opened.Check(t.Context()))
		require.Subset(t, levels(t, opened), acknowledged)
		require.NoError(t, opened.Close())
	}
}

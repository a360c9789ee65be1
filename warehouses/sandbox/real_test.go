package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/sandbox"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

// program is the real sandbox, which TestMain builds. The fake beside it was written from the same description by other hands.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "sandbox")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(folder, "sandbox")
	if output, err := exec.Command("go", "build", "-o", program, "../../sandbox").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("the sandbox cannot be built: %v\n%s", err, output))
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	if err := goleak.Find(); err != nil && code == 0 {
		_, _ = fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const scene = `
seed: 11
token: ` + warehousetest.Credential + `
warehouses:
  - id: portland
    facilities: [east, west]
    skus: 2500
    items:
      - {sku: "caf\u00e9 \"x\"", facility: east, available: -4}
      - {sku: "<b>\n", facility: west, available: 1000000000}
`

var greeting = regexp.MustCompile(`http://[0-9.:]+`)

// startReal starts the sandbox on a port of its own and returns its address. It ends with the test.
func startReal(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scenario.yaml")
	require.NoError(t, os.WriteFile(path, []byte(scene), 0o600))
	command := exec.Command(program, "--listen", "127.0.0.1:0", "--scenario", path, "--log", "error")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		require.NoError(t, command.Wait(), "the sandbox ends well")
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address := greeting.FindString(line)
	require.NotEmpty(t, address, line)
	return address
}

func openReal(t *testing.T, address string, other map[string]any) warehouses.Source {
	t.Helper()
	raw := settings.Values{"endpoint": address + "/warehouses/portland", "token": "env:TOKEN"}
	maps.Copy(raw, other)
	source, err := sandbox.Driver().Open("portland", raw, settings.Environment{
		Variable: func(string) (string, bool) { return warehousetest.Credential, true },
	})
	require.NoError(t, err)
	return source
}

// judge asks the sandbox for what is true, or tells it what to do.
func judge(t *testing.T, method, address string, body any) *json.Decoder {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(text))
	require.NoError(t, err)
	request.Close = true
	response, err := caller.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	var output bytes.Buffer
	_, err = output.ReadFrom(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, output.String())
	return json.NewDecoder(&output)
}

type place struct{ sku, facility string }

func truth(t *testing.T, address string) map[place]int64 {
	t.Helper()
	levels := map[place]int64{}
	for lines := judge(t, http.MethodGet, address+"/judge/warehouses/portland/levels", nil); lines.More(); {
		var level struct {
			SKU, Facility string
			Available     *int64
		}
		require.NoError(t, lines.Decode(&level))
		require.NotNil(t, level.Available)
		levels[place{level.SKU, level.Facility}] = *level.Available
	}
	return levels
}

// accepted fetches and returns the levels that are believed, and how many rows were not.
func accepted(t *testing.T, source warehouses.Source) (levels map[place]int64, twice map[place]bool, refused int) {
	t.Helper()
	levels, twice = map[place]int64{}, map[place]bool{}
	snapshot, err := source.Fetch(t.Context(), warehouses.Request{}, func(_ context.Context, rows []inventory.Row) error {
		for _, row := range rows {
			level, refusal := inventory.Accept(row, inventory.QuantityAvailable)
			if refusal != nil {
				refused++
				continue
			}
			at := place{level.SKU, level.Facility}
			if _, exists := levels[at]; exists {
				twice[at] = true
			}
			levels[at] = level.Available
		}
		return nil
	})
	require.NoError(t, err)
	require.True(t, snapshot.Full)
	require.False(t, snapshot.AsOf.IsZero())
	return levels, twice, refused
}

func TestTheRealSandbox(t *testing.T) {
	t.Parallel()
	address := startReal(t)
	for _, size := range []int{1000, 5000, 7} {
		source := openReal(t, address, map[string]any{"page": size})
		levels, twice, refused := accepted(t, source)
		require.Equal(t, truth(t, address), levels)
		require.Empty(t, twice)
		require.Zero(t, refused)
		judge(t, http.MethodPost, address+"/judge/warehouses/portland/trade?steps=200", nil)
		require.NotEqual(t, levels, truth(t, address))
	}
	finding, err := openReal(t, address, nil).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"east", "west"}, finding.Facilities)
	require.Len(t, finding.Sample, 5)
}

func TestTheRealSandboxAtItsWorst(t *testing.T) {
	t.Parallel()
	address := startReal(t)
	provoke := func(faults map[string]any) {
		judge(t, http.MethodPost, address+"/judge/faults", map[string]any{"target": "warehouses/portland", "faults": faults})
	}
	for _, test := range []struct {
		faults map[string]any
		next   warehouses.Next
	}{
		{map[string]any{"truncate": 1}, warehouses.Retry},
		{map[string]any{"truncate": 0.5}, warehouses.Retry},
		{map[string]any{"repeat_page": true}, warehouses.Retry},
		{map[string]any{"lost_answer": 1}, warehouses.Retry},
		{map[string]any{"error_500": 1}, warehouses.Retry},
		{map[string]any{"wrong_json": 1}, warehouses.Retry},
		{map[string]any{"html": 1}, warehouses.Retry},
		{map[string]any{"throttle": 1}, warehouses.Wait},
		{map[string]any{"throttle": 1, "retry_after": "date"}, warehouses.Wait},
		{map[string]any{"unauthorized": true}, warehouses.AskPerson},
		{map[string]any{"redirect": address + "/healthz"}, warehouses.AskPerson},
	} {
		provoke(test.faults)
		for _, size := range []int{100, 5000} {
			if size == 5000 && test.faults["truncate"] == 0.5 {
				continue // one page may well come whole
			}
			_, err := openReal(t, address, map[string]any{"page": size}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next)
		}
	}

	provoke(map[string]any{"empty": true})
	snapshot, err := openReal(t, address, nil).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
	require.Zero(t, snapshot.Rows, "which is for the guard to judge")

	provoke(map[string]any{"bad_rows": 0.2})
	levels, twice, refused := accepted(t, openReal(t, address, nil))
	require.Greater(t, refused, 200)
	require.NotEmpty(t, twice, "which is for the ledger to refuse")
	right := truth(t, address)
	for at, units := range levels {
		if !twice[at] {
			require.Equal(t, right[at], units, "%v", at)
		}
	}

	provoke(map[string]any{})
	levels, _, _ = accepted(t, openReal(t, address, nil))
	require.Equal(t, right, levels)
}

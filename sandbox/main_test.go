package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs the command until stop is called, which returns how it ended. Address is what the greeting names.
func start(t *testing.T, arguments ...string) (address, greeting string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	root := command()
	root.SetArgs(append([]string{"--listen", "127.0.0.1:0", "--log", "error"}, arguments...))
	root.SetOut(write)
	ended := make(chan error, 1)
	go func() {
		err := root.ExecuteContext(ctx)
		_ = write.CloseWithError(err)
		ended <- err
	}()
	greeting, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)
	_, rest, _ := strings.Cut(greeting, "http://")
	address, _, _ = strings.Cut(rest, ",")
	return "http://" + address, greeting, func() error { cancel(); return <-ended }
}

func get(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer sandbox-token")
	response, err := client.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

func TestServesAndStops(t *testing.T) {
	t.Parallel()
	address, greeting, stop := start(t, "--seed", "42")
	require.Contains(t, greeting,
		", seed 42; warehouses: portland, boise; stores: acme-shop (atomic), acme-market (per_item), acme-outlet (feed), birch-shop (single), birch-market (single)")
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	status, _ := get(t, client, address+"/healthz")
	require.Equal(t, 200, status)
	status, body := get(t, client, address+"/stores/birch-shop")
	require.Equal(t, 200, status)
	require.Contains(t, body, `"kind":"single"`)

	// A call that hangs does not hold up the stop; it is answered.
	response, err := client.Post(address+"/judge/pause", "application/json", strings.NewReader(`{"target":"stores/birch-shop"}`))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	hanging := make(chan int, 1)
	go func() {
		status, _ := get(t, client, address+"/stores/birch-shop")
		hanging <- status
	}()
	status, _ = get(t, client, address+"/judge/wait?target=stores/birch-shop&arrived=2")
	require.Equal(t, 200, status)
	require.NoError(t, stop())
	require.Equal(t, 503, <-hanging)
}

func TestScenarioFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.yaml")
	require.NoError(t, os.WriteFile(path, []byte("seed: 3\nstores: [{id: shop, kind: feed}]\n"), 0o600))
	_, greeting, stop := start(t, "--scenario", path)
	require.Contains(t, greeting, "seed 3; warehouses: none; stores: shop (feed)")
	require.NoError(t, stop())
}

func TestWhatAPersonMustPutRight(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("stores:\n  - {id: shop, kind: fed}\n"), 0o600))
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, taken.Close()) }()
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"no such flag":     {[]string{"--colour"}, "sandbox --help lists the flags"},
		"argument":         {[]string{"now"}, `"now" is not a flag`},
		"no such scenario": {[]string{"--scenario", filepath.Join(folder, "none.yaml")}, "none.yaml"},
		"broken scenario":  {[]string{"--scenario", broken}, "broken.yaml:2:22: stores[0].kind: expected one of"},
		"address":          {[]string{"--listen", "9470"}, `--listen "9470" is not an address like 127.0.0.1:9470`},
		"taken":            {[]string{"--listen", taken.Addr().String()}, "choose another address"},
		"log":              {[]string{"--log", "loud"}, "is not debug, info, warn or error"},
		"seed":             {[]string{"--seed", "-1"}, "seed"},
	} {
		t.Run(name, func(t *testing.T) {
			root := command()
			root.SetArgs(test.arguments)
			root.SetOut(io.Discard)
			root.SetErr(io.Discard)
			err := root.ExecuteContext(t.Context())
			require.ErrorContains(t, err, test.want)
			require.Equal(t, 2, exitCode(err))
		})
	}
	require.Zero(t, exitCode(nil))
	require.Equal(t, 1, exitCode(io.EOF))
}

func TestListensOnThisMachineUnlessTold(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		":9470": "127.0.0.1:9470", "127.0.0.1:9470": "127.0.0.1:9470", "0.0.0.0:9470": "0.0.0.0:9470", "[::1]:9470": "[::1]:9470", "localhost:0": "localhost:0",
	} {
		address, err := options{listen: listen}.address()
		require.NoError(t, err)
		require.Equal(t, want, address)
	}
}

func TestGreetingOfManyStores(t *testing.T) {
	t.Parallel()
	s := scenario.Scenario{Seed: 1, Stores: make([]scenario.Store, 500)}
	for i := range s.Stores {
		s.Stores[i] = scenario.Store{ID: "shop", Kind: "feed"}
	}
	line := greeting("127.0.0.1:9470", s)
	require.Contains(t, line, "and 488 more")
	require.Less(t, len(line), 400)
}

func TestHelpHasAnExample(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	root := command()
	root.SetArgs([]string{"--help"})
	root.SetOut(&out)
	require.NoError(t, root.ExecuteContext(t.Context()))
	require.Contains(t, out.String(), "sandbox --listen 127.0.0.1:9470 --scenario examples/sandbox.yaml")
}

// Package browser tries the pages in a real browser, against the demo: a real Temporal server, a worker, a sandbox with warehouses and stores.
// It is a module of its own, for the driver of the browser is needed nowhere else.
package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// root is the project's folder.
const root = "../.."

const (
	patience = 2 * time.Minute
	tick     = 100 * time.Millisecond // between two looks
)

// demo is a running demo.
type demo struct {
	t       *testing.T
	link    string // signs a browser in
	address string // of the pages
	sandbox string
	variables
}

// variables are those with which starter uses the demo.
type variables []string

var (
	linkLine     = regexp.MustCompile(`pages +((http://\S+)/in\?key=\S+)`)
	sandboxLine  = regexp.MustCompile(`sandbox +(http://[^/]+)/judge`)
	variableLine = regexp.MustCompile(`export (.*)`)
)

// startDemo starts the demo, and stops it when the test is over.
func startDemo(t *testing.T) *demo {
	t.Helper()
	programs, err := filepath.Abs(filepath.Join(root, "bin"))
	require.NoError(t, err)
	command := exec.Command(filepath.Join(programs, "starter"), "demo")
	command.Dir = root
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	var faults bytes.Buffer
	command.Stderr = &faults
	require.NoError(t, command.Start(), "make build makes what this test needs")
	d := &demo{t: t}
	lines := make(chan string, 1000)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(lines)
		scanner := bufio.NewScanner(output)
		for scanner.Scan() {
			select {
			case lines <- scanner.Text():
			default: // nobody reads on
			}
		}
	})
	t.Cleanup(func() {
		require.NoError(t, command.Process.Signal(syscall.SIGTERM))
		reading.Wait()
		if err := command.Wait(); err != nil || t.Failed() {
			t.Logf("the demo ended: %v\n%s", err, faults.String())
		}
	})
	timeout := time.After(patience)
	for {
		select {
		case text, open := <-lines:
			require.True(t, open, "the demo ended: %s", faults.String())
			if found := linkLine.FindStringSubmatch(text); found != nil {
				d.link, d.address = found[1], found[2]
			}
			if found := sandboxLine.FindStringSubmatch(text); found != nil {
				d.sandbox = found[1]
			}
			if found := variableLine.FindStringSubmatch(text); found != nil {
				d.variables = append(os.Environ(), strings.Fields(found[1])...)
			}
			if strings.HasPrefix(text, "round 1") { // every store has had its first Full Sync
				return d
			}
		case <-timeout:
			t.Fatal("the demo does not begin")
		}
	}
}

// starter runs a command beside the demo.
func (d *demo) starter(arguments ...string) string {
	d.t.Helper()
	programs, err := filepath.Abs(filepath.Join(root, "bin"))
	require.NoError(d.t, err)
	command := exec.Command(filepath.Join(programs, "starter"), arguments...)
	command.Env = d.variables
	output, err := command.CombinedOutput()
	require.NoError(d.t, err, "%s", output)
	return string(output)
}

// set gives SKUs of a warehouse of the sandbox a figure.
func (d *demo) set(warehouse, facility string, available int64, skus ...string) {
	d.t.Helper()
	var items []map[string]any
	for _, sku := range skus {
		items = append(items, map[string]any{"sku": sku, "facility": facility, "available": available})
	}
	body, err := json.Marshal(map[string]any{"items": items})
	require.NoError(d.t, err)
	d.call(http.MethodPost, "/judge/warehouses/"+warehouse+"/set", bytes.NewReader(body), nil)
}

// fault has things go wrong with the calls at a target of the sandbox, in place of what did before.
func (d *demo) fault(target string, faults map[string]any) {
	d.t.Helper()
	body, err := json.Marshal(map[string]any{"target": target, "faults": faults})
	require.NoError(d.t, err)
	d.call(http.MethodPost, "/judge/faults", bytes.NewReader(body), nil)
}

// shows are the figures that a store of the sandbox shows, by SKU and location.
func (d *demo) shows(store string) map[string]int64 {
	d.t.Helper()
	shown := map[string]int64{}
	d.call(http.MethodGet, "/judge/stores/"+store+"/levels", nil, func(body io.Reader) {
		lines := bufio.NewScanner(body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var level struct {
				SKU      string `json:"sku"`
				Location string `json:"location"`
				Quantity int64  `json:"quantity"`
			}
			require.NoError(d.t, json.Unmarshal(lines.Bytes(), &level))
			shown[level.SKU+"@"+level.Location] = level.Quantity
		}
	})
	return shown
}

func (d *demo) call(method, path string, body io.Reader, read func(io.Reader)) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, d.sandbox+path, body)
	require.NoError(d.t, err)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(d.t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(d.t, http.StatusOK, response.StatusCode, "%s %s", method, path)
	if read != nil {
		read(response.Body)
	}
}

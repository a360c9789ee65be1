package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	token   = "chaos-token"
	hookKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	// callTimeout is the longest that a call to a store may take. Whoever follows a dead worker waits for as long.
	callTimeout = 3 * time.Second
)

// shop is a store of a world; its connection has the same id.
type shop struct {
	id, kind string
	batch    int
}

// world is one Tidemark with everything around it, each a process of its own.
type world struct {
	t         testing.TB
	chance    *rand.Rand
	folder    string
	namespace string
	temporal  *temporal
	location  string // of the ledger
	disk      *disk  // on which all programs but the sandbox run; nil: none of their own
	shops     []shop
	skus      int
	box       *box
	client    client.Client

	// Where the programs find each other; proxies may stand between.
	temporalAddress, ledgerAddress, warehouseAddress, storeAddress string

	mutex sync.Mutex
	all   []*process // that were started
}

// newWorld starts a sandbox with a warehouse of some SKUs and the shops, and prepares a namespace and a ledger.
func newWorld(t testing.TB, chance *rand.Rand, skus int, options func(*world), shops ...shop) *world {
	t.Helper()
	w := &world{t: t, chance: chance, folder: t.TempDir(), namespace: "chaos-" + uuid.NewString()[:8], shops: shops, skus: skus}
	w.location = filepath.Join(w.folder, "ledger.db")
	if options != nil {
		options(w)
	}
	if w.temporal == nil {
		w.temporal = sharedTemporal(t)
	}
	w.box = startBox(w)
	for address, given := range map[*string]string{
		&w.temporalAddress: w.temporal.address, &w.ledgerAddress: w.location, &w.warehouseAddress: w.box.address, &w.storeAddress: w.box.address,
	} {
		if *address == "" {
			*address = given
		}
	}
	t.Cleanup(w.end)
	w.register()
	c, err := client.NewLazyClient(client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: silent{}})
	require.NoError(t, err)
	w.client = c
	t.Cleanup(c.Close)
	return w
}

func (w *world) register() {
	w.t.Helper()
	c, err := client.NewNamespaceClient(client.Options{HostPort: w.temporal.address, Logger: silent{}})
	require.NoError(w.t, err)
	defer c.Close()
	require.NoError(w.t, c.Register(context.Background(), &workflowservice.RegisterNamespaceRequest{
		Namespace: w.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	}))
	waitFor(w.t, "the namespace is known", func(ctx context.Context) error {
		c, err := client.DialContext(ctx, client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: silent{}})
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: w.namespace})
		return err
	})
}

func (w *world) end() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, p := range w.all {
		p.kill()
		if w.t.Failed() {
			w.t.Logf("%s %s:\n%s", filepath.Base(p.command.Path), strings.Join(p.command.Args[1:], " "), last(p.output.String(), 2500))
		}
	}
}

// start starts a program of the world.
func (w *world) start(environment []string, name string, arguments ...string) *process {
	path := program(w.t, name)
	if name != "sandbox" {
		path, arguments = w.disk.on(path, arguments)
	}
	p, err := launch(environment, path, arguments...)
	if err != nil {
		w.t.Errorf("starting %s: %v", name, err)
		return nil
	}
	w.mutex.Lock()
	w.all = append(w.all, p)
	w.mutex.Unlock()
	return p
}

// environment is what the programs run with. Those that only ask reach Temporal and the ledger without a proxy.
func (w *world) environment(more ...string) []string {
	return append(w.around(w.temporalAddress, w.ledgerAddress), more...)
}

func (w *world) around(temporal, ledger string) []string {
	return []string{
		"TEMPORAL_ADDRESS=" + temporal, "TEMPORAL_NAMESPACE=" + w.namespace, "TIDEMARK_LEDGER=" + ledger, "SANDBOX_TOKEN=" + token,
		"HOOK_KEY=" + hookKey, "TEMPORAL_CONFIG_FILE=" + filepath.Join(w.folder, "none.toml"), "CRASH_AT=", "CRASH_LOG=",
	}
}

// configuration writes the world's configuration and returns the name of its file. Every is the interval of the Smart Syncs.
func (w *world) configuration(every time.Duration) string {
	var text strings.Builder
	fmt.Fprintf(&text, `warehouses:
  - id: depot
    merchant: acme
    driver: sandbox
    settings: {endpoint: %q, token: "env:SANDBOX_TOKEN", page: %d, timeout: 5s}
    hook: {keys: ["env:HOOK_KEY"]}
stores:
`, w.warehouseAddress+"/warehouses/depot", max(w.skus/4, 1))
	for _, one := range w.shops {
		fmt.Fprintf(&text, "  - id: %s\n    merchant: acme\n    driver: sandbox\n    settings: {endpoint: %q, token: \"env:SANDBOX_TOKEN\", kind: %s, batch_limit: %d, rate: %d, burst: %d, timeout: %s}\n",
			one.id, w.storeAddress+"/stores/"+one.id, one.kind, one.batch, storeRate, storeRate, callTimeout)
	}
	text.WriteString("connections:\n")
	for _, one := range w.shops {
		fmt.Fprintf(&text, "  - {id: %s, merchant: acme, warehouse: depot, store: %s, enabled: true, inventory: {smart: [{every: %s}]}}\n", one.id, one.id, every)
	}
	name := filepath.Join(w.folder, "tidemark.yaml")
	require.NoError(w.t, os.WriteFile(name, []byte(text.String()), 0o600))
	return name
}

// apply applies the configuration, as often as it takes until it succeeds.
func (w *world) apply(every time.Duration) {
	w.t.Helper()
	name := w.configuration(every)
	waitFor(w.t, "the configuration is applied", func(ctx context.Context) error {
		_, err := w.starter(ctx, nil, "apply", name)
		return err
	})
}

// starter runs the command line and returns what it printed.
func (w *world) starter(ctx context.Context, environment []string, arguments ...string) (string, error) {
	path, all := w.disk.on(program(w.t, "starter"), arguments)
	command := exec.CommandContext(ctx, path, all...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &problems
	command.Env = append(append(os.Environ(), w.around(w.temporal.address, w.location)...), environment...)
	if err := command.Run(); err != nil {
		return out.String(), fmt.Errorf("starter %s: %w\n%s%s", strings.Join(arguments, " "), err, out.String(), problems.String())
	}
	return out.String(), nil
}

// sync asks for a sync and waits for the end of the run that does it, whoever else dies meanwhile.
func (w *world) sync(mode, connection string) {
	w.t.Helper()
	id := uuid.NewString()
	waitFor(w.t, "a "+mode+" sync of "+connection+" has ended well", func(ctx context.Context) error {
		_, err := w.starter(ctx, nil, "sync", mode, connection, "--wait", "--request-id", id)
		return err
	})
}

// ask asks for a sync.
func (w *world) ask(mode, connection string) {
	w.t.Helper()
	id := uuid.NewString()
	waitFor(w.t, "a "+mode+" sync of "+connection+" is asked for", func(ctx context.Context) error {
		_, err := w.starter(ctx, nil, "sync", mode, connection, "--request-id", id)
		return err
	})
}

// status is what `starter status` tells, as far as tests need it.
type status struct {
	Holds []struct {
		Run int64 `json:"run"`
	} `json:"holds"`
	Connections []struct {
		Open []struct {
			ID int64 `json:"id"`
		} `json:"open"`
	} `json:"connections"`
}

func (w *world) status(ctx context.Context) (found status, err error) {
	text, err := w.starter(ctx, nil, "status", "-o", "json")
	if err == nil {
		err = json.Unmarshal([]byte(text), &found)
	}
	return found, err
}

// shows waits until each shop shows the newest figures of the SKUs.
func (w *world) shows(figures map[string]int64) {
	w.t.Helper()
	for _, one := range w.shops {
		waitFor(w.t, one.id+" shows the newest figures", func(ctx context.Context) error {
			shown, err := w.box.shown(ctx, one.id)
			for sku, figure := range figures {
				if err == nil && shown[sku] != figure {
					err = fmt.Errorf("%s: %d, and not %d", sku, shown[sku], figure)
				}
			}
			return err
		})
	}
}

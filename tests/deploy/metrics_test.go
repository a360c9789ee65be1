package deploy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

const (
	patience = 2 * time.Minute
	tick     = 200 * time.Millisecond // between two looks
	apiToken = "the-api-token-of-the-test"
)

// installation is Tidemark with everything around it, as processes.
type installation struct {
	t                             *testing.T
	folder                        string
	server, http, sandbox, worker string // addresses
	front                         string
	variables                     []string
}

func (i *installation) launch(name string, arguments ...string) {
	i.t.Helper()
	program, err := filepath.Abs(filepath.Join(root, "bin", name))
	require.NoError(i.t, err)
	if installed := os.Getenv("TEMPORAL_CLI"); installed != "" && name == "temporal" {
		program = installed
	}
	var output bytes.Buffer
	command := exec.Command(program, arguments...)
	command.Env, command.Stdout, command.Stderr = i.variables, &output, &output
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(i.t, command.Start(), "make build makes what this test needs")
	i.t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if i.t.Failed() {
			text := output.String()
			i.t.Logf("%s:\n%s", name, text[max(0, len(text)-3000):])
		}
	})
}

// starter runs a command and returns how it ended.
func (i *installation) starter(arguments ...string) error {
	i.t.Helper()
	command := exec.Command(filepath.Join(root, "bin", "starter"), arguments...)
	command.Env = i.variables
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("starter %v: %w: %s", arguments, err, output)
	}
	return nil
}

// post posts JSON and wants a good answer.
func (i *installation) post(address, body string) {
	i.t.Helper()
	response, err := http.Post(address, "application/json", strings.NewReader(body))
	require.NoError(i.t, err)
	answer, err := io.ReadAll(response.Body)
	require.NoError(i.t, errors.Join(err, response.Body.Close()))
	require.Equal(i.t, http.StatusOK, response.StatusCode, "%s: %s", address, answer)
}

func (i *installation) faults(target string, faults map[string]any) {
	i.t.Helper()
	body, err := json.Marshal(map[string]any{"target": target, "faults": faults})
	require.NoError(i.t, err)
	i.post("http://"+i.sandbox+"/judge/faults", string(body))
}

// scrape reads metrics as Prometheus does, with the labels that it adds.
func (i *installation) scrape(address string) (known, error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+apiToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(response.Status)
	}
	reader := expfmt.NewTextParser(model.UTF8Validation)
	families, err := reader.TextToMetricFamilies(response.Body)
	if err != nil {
		return nil, err
	}
	found := known{"up": {"job": nil, "instance": nil}}
	for name, family := range families {
		labels := named{"job": nil, "instance": nil}
		for _, one := range family.GetMetric() {
			for _, label := range one.GetLabel() {
				labels[label.GetName()] = append(labels[label.GetName()], label.GetValue())
			}
			for _, quantile := range one.GetSummary().GetQuantile() {
				labels["quantile"] = append(labels["quantile"], fmt.Sprint(quantile.GetQuantile()))
			}
		}
		require.NotEqual(i.t, dto.MetricType_HISTOGRAM, family.GetType(), "%s: histograms have other names for their parts", name)
		found[name] = labels
	}
	return found, nil
}

// install starts everything, and has happen what metrics count: rows that a store confirms and refuses, calls that are throttled and fail, runs
// that end well and badly, an intake and a workflow that cannot go on.
func install(t *testing.T) *installation {
	t.Helper()
	i := &installation{t: t, folder: t.TempDir()}
	for _, at := range []*string{&i.server, &i.http, &i.sandbox, &i.worker, &i.front} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = listener.Close() }() // all stay taken until all are found, so none comes twice
		*at = listener.Addr().String()
		require.NoError(t, listener.Close())
	}
	i.variables = append(os.Environ(), "TEMPORAL_ADDRESS="+i.server, "TEMPORAL_NAMESPACE=default", "TEMPORAL_CONFIG_FILE="+filepath.Join(i.folder, "none.toml"),
		"TIDEMARK_LEDGER="+filepath.Join(i.folder, "ledger.db"), "SANDBOX_TOKEN=sandbox-token", "API_TOKEN="+apiToken, "HOOK_KEY=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	port := func(address string) string { return address[strings.LastIndex(address, ":")+1:] }
	i.launch("temporal", "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", port(i.server), "--http-port", port(i.http), "--log-level", "error")
	scenario := filepath.Join(i.folder, "sandbox.yaml")
	require.NoError(t, os.WriteFile(scenario, []byte(`seed: 7
token: sandbox-token
warehouses:
  - {id: hub, facilities: [main], skus: 60}
stores:
  - {id: shop, kind: per_item, rate: 50, burst: 50, batch_limit: 5, faults: {poison: [SKU-00003], throttle: 0.2, error_500: 0.2}}
`), 0o600))
	i.launch("sandbox", "--listen", i.sandbox, "--scenario", scenario)
	configuration := filepath.Join(i.folder, "tidemark.yaml")
	require.NoError(t, os.WriteFile(configuration, fmt.Appendf(nil, `warehouses:
  - {id: hub, merchant: acme, driver: sandbox, settings: {endpoint: "http://%[1]s/warehouses/hub", token: "env:SANDBOX_TOKEN"}, hook: {keys: ["env:HOOK_KEY"]}}
stores:
  - {id: shop, merchant: acme, driver: sandbox, settings: {endpoint: "http://%[1]s/stores/shop", token: "env:SANDBOX_TOKEN", kind: per_item, batch_limit: 5, rate: 50, burst: 50}}
connections:
  - {id: shop, merchant: acme, warehouse: hub, store: shop, enabled: true}
`, i.sandbox), 0o600))
	var err error
	require.Eventually(t, func() bool { err = i.starter("apply", configuration); return err == nil }, patience, tick, "%v", &err)
	i.launch("worker", "--listen", i.worker)
	i.launch("starter", "serve", "--listen", i.front, "--api-token", "viewer=env:API_TOKEN")
	i.starts("intake-annex/signal-with-start/inventory-updated", `{"workflowType":{"name":"InventoryIntake"},"taskQueue":{"name":"tidemark"},
		"input":[{"warehouse":"annex"}],"signalInput":[{"updates":[{"event":"1","sku":"BIKE","available":5}]}]}`)
	i.starts("stray", `{"workflowType":{"name":"NoSuchWorkflow"},"taskQueue":{"name":"tidemark"}}`)
	return i
}

// starts starts a workflow by the HTTP API of Temporal.
func (i *installation) starts(workflow, body string) {
	i.t.Helper()
	i.post("http://"+i.http+"/api/v1/namespaces/default/workflows/"+workflow, body)
}

// wrong names everything in deploy/ that is not among the metrics.
func wrong(t *testing.T, all known) []string {
	t.Helper()
	var found []string
	say := func(what string, mistakes []string) {
		for _, one := range mistakes {
			found = append(found, what+": "+one)
		}
	}
	for _, rule := range rules(t) {
		expr, err := promql.ParseExpr(rule.Expr)
		require.NoError(t, err)
		given, mistakes := all.uses(expr)
		say(rule.Alert+rule.Record, mistakes)
		if rule.Record != "" {
			all[rule.Record] = given
		}
		for _, text := range rule.Annotations {
			say(rule.Alert, given.lacks(matches(inAnnotations, text), "annotation"))
		}
	}
	queries, offers := shown(t)
	for _, one := range queries {
		expr, err := promql.ParseExpr(one.expr)
		require.NoError(t, err, one.panel)
		given, mistakes := all.uses(expr)
		say(one.panel, mistakes)
		say(one.panel, given.lacks(matches(inLegends, one.legend), "legend"))
	}
	for _, one := range offers {
		if _, ok := all[one.metric][one.label]; !ok {
			say("a variable", []string{one.metric + " has no label " + one.label})
		}
	}
	return found
}

var (
	inAnnotations = regexp.MustCompile(`\$labels\.(\w+)`)
	inLegends     = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

func matches(what *regexp.Regexp, text string) []string {
	var found []string
	for _, one := range what.FindAllStringSubmatch(text, -1) {
		found = append(found, one[1])
	}
	return found
}

// TestProgramsServeWhatIsAskedFor: each metric, label and value that alerts, recording rules and the dashboard ask for is one that a real worker and a
// real starter serve have served.
func TestProgramsServeWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	i := install(t)
	require.Eventually(t, func() bool { return i.starter("sync", "full", "shop", "--wait") == nil }, patience, tick, "a run completes")
	i.faults("warehouses/hub", map[string]any{"unauthorized": true})
	require.Error(t, i.starter("sync", "smart", "shop", "--wait"))
	var missing []string
	defer func() {
		if t.Failed() {
			t.Logf("not served:\n%s", strings.Join(missing, "\n"))
		}
	}()
	require.Eventually(t, func() bool {
		all, err := i.scrape(i.worker)
		if err != nil {
			missing = []string{err.Error()}
			return false
		}
		front, err := i.scrape(i.front)
		if err != nil {
			missing = []string{err.Error()}
			return false
		}
		for name, labels := range front {
			all[name] = labels
		}
		missing = wrong(t, all)
		slices.Sort(missing)
		return len(missing) == 0
	}, 30*time.Second, tick, "everything that is asked for is served")
}

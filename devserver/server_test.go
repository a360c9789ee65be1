package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// childVariable makes this test binary the server itself, so that the tests can kill a whole process and
// need no program built beforehand.
const childVariable = "DEVSERVER_TEST_CHILD"

const testTimeout = 2 * time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	if err := os.Setenv(childVariable, "1"); err != nil { // For every child.
		panic(err)
	}
	os.Exit(m.Run())
}

// child is a server in a process of its own.
type child struct {
	command *exec.Cmd
	address string
	uiURL   string
	errors  *bytes.Buffer // Complete after wait.
}

// startChild starts a server and waits until it says where it listens.
func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	port, err := freePort("127.0.0.1")
	require.NoError(t, err)
	uiPort, err := freePort("127.0.0.1")
	require.NoError(t, err)
	args = append([]string{
		"server", "start-dev", "--port", strconv.Itoa(port), "--ui-port", strconv.Itoa(uiPort),
	}, args...)
	c := &child{
		command: exec.Command(os.Args[0], args...),
		address: hostPort("127.0.0.1", port),
		uiURL:   "http://" + hostPort("127.0.0.1", uiPort),
		errors:  new(bytes.Buffer),
	}
	c.command.Stderr = c.errors
	output, err := c.command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.command.Start())
	t.Cleanup(func() { _ = c.command.Process.Kill() })
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Database:") { // The last line of the announcement.
			return c
		}
	}
	_ = c.command.Wait()
	t.Fatalf("the server ended before it was ready:\n%s", c.errors)
	return nil
}

func (c *child) dial(t *testing.T) client.Client {
	t.Helper()
	connected, err := client.DialContext(testContext(t), client.Options{HostPort: c.address, Logger: quiet{}})
	require.NoError(t, err)
	t.Cleanup(connected.Close)
	return connected
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// quiet is an SDK logger that says nothing.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

func greet(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

// TestKilledServerComesBack kills the process without warning and finds the run and the schedule again.
func TestKilledServerComesBack(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	file := filepath.Join(t.TempDir(), "temporal #1?.db") // Characters that mean something in a URI.
	store := temporal.NewSearchAttributeKeyKeyword("Store")

	first := startChild(t, "--db-filename", file, "--search-attribute", "Store=Keyword")
	before := first.dial(t)
	started, err := before.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: "greeting", TaskQueue: "queue",
		TypedSearchAttributes: temporal.NewSearchAttributes(store.ValueSet("berlin")),
	}, greet, "world")
	require.NoError(t, err)
	_, err = before.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: "hourly", Paused: true, Note: "kept",
		Spec:   client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}},
		Action: &client.ScheduleWorkflowAction{ID: "hourly", Workflow: greet, Args: []any{"clock"}, TaskQueue: "queue"},
	})
	require.NoError(t, err)
	require.NoError(t, first.command.Process.Kill())
	_ = first.command.Wait()

	// One search attribute more than the file knows.
	second := startChild(t, "--db-filename", file, "--search-attribute", "Store=Keyword", "--search-attribute", "Late=Int")
	after := second.dial(t)
	runs := worker.New(after, "queue", worker.Options{})
	runs.RegisterWorkflow(greet)
	require.NoError(t, runs.Start())
	defer runs.Stop()
	var greeting string
	require.NoError(t, after.GetWorkflow(ctx, "greeting", started.GetRunID()).Get(ctx, &greeting))
	require.Equal(t, "hello world", greeting)

	schedule, err := after.ScheduleClient().GetHandle(ctx, "hourly").Describe(ctx)
	require.NoError(t, err)
	require.Equal(t, "kept", schedule.Schedule.State.Note)
	known, err := after.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: "default"})
	require.NoError(t, err)
	require.Equal(t, enums.INDEXED_VALUE_TYPE_INT, known.GetCustomAttributes()["Late"])
	require.EqualValues(t, 1, count(t, after, `Store = "berlin"`))

	t.Run("a second server is refused", func(t *testing.T) {
		var stderr bytes.Buffer
		other := exec.CommandContext(ctx, os.Args[0], "server", "start-dev", "--headless", "--port", freePortText(t), "--db-filename", file)
		other.Stderr = &stderr
		require.Error(t, other.Run())
		require.Equal(t, exitFailed, other.ProcessState.ExitCode())
		require.Contains(t, stderr.String(), "in use by another process")
	})
	t.Run("a search attribute of another type is refused", func(t *testing.T) {
		second.stop(t)
		var stderr bytes.Buffer
		other := exec.CommandContext(ctx, os.Args[0], "server", "start-dev", "--headless", "--port", freePortText(t),
			"--db-filename", file, "--search-attribute", "Late=Keyword")
		other.Stderr = &stderr
		require.Error(t, other.Run())
		require.Contains(t, stderr.String(), "search attribute Late of namespace \"default\" is of type Int already, not Keyword")
	})
}

// stop ends the server with the signal of a container runtime.
func (c *child) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, c.command.Process.Signal(syscall.SIGTERM))
	require.NoError(t, c.command.Wait(), c.errors)
}

func freePortText(t *testing.T) string {
	t.Helper()
	port, err := freePort("127.0.0.1")
	require.NoError(t, err)
	return strconv.Itoa(port)
}

func count(t *testing.T, c client.Client, query string) int64 {
	t.Helper()
	answer, err := c.CountWorkflow(testContext(t), &workflowservice.CountWorkflowExecutionsRequest{Query: query})
	require.NoError(t, err)
	return answer.GetCount()
}

// TestSDKStartsIt goes the way of every test that needs a Temporal server.
func TestSDKStartsIt(t *testing.T) {
	t.Parallel()
	ctx := testContext(t)
	server, err := testsuite.StartDevServer(ctx, testsuite.DevServerOptions{
		ExistingPath:  os.Args[0],
		ClientOptions: &client.Options{Namespace: "shop", Logger: quiet{}},
		ExtraArgs:     []string{"--retention", "30d"},
		Stdout:        new(bytes.Buffer),
	})
	require.NoError(t, err)
	stopped := false
	defer func() {
		if !stopped {
			_ = server.Stop()
		}
	}()

	described, err := server.Client().WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: "shop"})
	require.NoError(t, err)
	require.Equal(t, 30*24*time.Hour, described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration())

	// What `starter apply` does on a server that lacks an attribute: it is usable at once.
	_, err = server.Client().OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace:        "shop",
		SearchAttributes: map[string]enums.IndexedValueType{"Connection": enums.INDEXED_VALUE_TYPE_KEYWORD},
	})
	require.NoError(t, err)
	connection := temporal.NewSearchAttributeKeyKeyword("Connection")
	_, err = server.Client().ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		TaskQueue: "queue", TypedSearchAttributes: temporal.NewSearchAttributes(connection.ValueSet("c1")),
	}, greet, "world")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return count(t, server.Client(), `Connection = "c1"`) == 1 },
		10*time.Second, 20*time.Millisecond)

	stopped = true
	require.NoError(t, server.Stop(), "a clean stop exits with 0")
}

// TestFairness queues many tasks of one merchant before a few of another: with fairness on, the few do not
// wait for all of the many.
func TestFairness(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes some seconds of queueing")
	}
	const many, few = 60, 6
	ctx := testContext(t)
	server := startChild(t, "--headless",
		"--dynamic-config-value", "matching.numTaskqueueReadPartitions=1",
		"--dynamic-config-value", "matching.numTaskqueueWritePartitions=1")
	connected := server.dial(t)
	start := func(merchant string, number int) client.WorkflowRun {
		run, err := connected.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
			ID: fmt.Sprintf("%s/%d", merchant, number), TaskQueue: "fair",
			Priority: temporal.Priority{FairnessKey: merchant},
		}, "Record", merchant)
		require.NoError(t, err)
		return run
	}
	var runs []client.WorkflowRun
	for i := range many {
		runs = append(runs, start("many", i))
	}
	for i := range few {
		runs = append(runs, start("few", i))
	}

	var mutex sync.Mutex
	var order []string
	records := worker.New(connected, "fair", worker.Options{
		MaxConcurrentWorkflowTaskPollers: 2, MaxConcurrentWorkflowTaskExecutionSize: 2,
	})
	records.RegisterWorkflowWithOptions(func(_ workflow.Context, merchant string) error {
		mutex.Lock()
		defer mutex.Unlock()
		order = append(order, merchant)
		return nil
	}, workflow.RegisterOptions{Name: "Record"})
	require.NoError(t, records.Start())
	defer records.Stop()
	for _, run := range runs {
		require.NoError(t, run.Get(ctx, nil))
	}

	last := 0
	for position, merchant := range order {
		if merchant == "few" {
			last = position
		}
	}
	require.Less(t, last, many/2, "the last task of the small merchant ran at position %d of %d", last, len(order))
}

func TestWebUI(t *testing.T) {
	t.Parallel()
	metricsPort := freePortText(t)
	server := startChild(t, "--metrics-port", metricsPort)
	for _, page := range []string{
		server.uiURL, server.uiURL + "/healthz", server.uiURL + "/api/v1/namespaces/default",
		"http://127.0.0.1:" + metricsPort + "/metrics",
	} {
		answer, err := http.Get(page)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, page)
	}
	server.stop(t)
}

func TestBadDatabaseFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	require.NoError(t, os.WriteFile(text, bytes.Repeat([]byte("not a database "), 1000), 0o600))
	for file, want := range map[string]string{
		dir:                                 "is a directory",
		filepath.Join(dir, "no", "such.db"): "its directory must exist",
		text:                                "is not a Temporal database",
	} {
		_, err := prepareDatabase(options{databaseFile: file, namespaces: []string{"default"}, retention: time.Hour})
		require.ErrorContains(t, err, want)
	}
}

func TestEmptyDatabaseFileIsFilled(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "empty.db")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	require.NoError(t, os.WriteFile(file+".new", []byte("left by a killed start"), 0o600))
	_, err := prepareDatabase(options{databaseFile: file, namespaces: []string{"default"}, retention: time.Hour})
	require.NoError(t, err)
	require.NoFileExists(t, file+".new")
}

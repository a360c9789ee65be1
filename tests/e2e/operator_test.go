package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// starter explain shows the chain of a number for a plain SKU, a listing, a bundle, a linked location and each distribution.
func TestExplain(t *testing.T) {
	t.Parallel()
	shops := []shop{{id: "north", kind: "atomic"}, {id: "south", kind: "atomic"}}
	text := "seed: 5\nwarehouses:\n  - id: depot\n    facilities: [east, west]\n    skus: 0\n    items:\n" +
		"      - {sku: BIKE, facility: east, available: 21}\n      - {sku: BIKE, facility: west, available: 4}\n" +
		"      - {sku: LIGHT, facility: east, available: 9}\nstores:\n" +
		"  - {id: north, kind: atomic, rate: 100, burst: 100, locations: [front, back]}\n  - {id: south, kind: atomic, rate: 100, burst: 100}\n"
	w := newWorld(t, text)
	definitions := w.box.definitions(shops...)
	definitions.Connections[0].Inventory.Locations = []inventory.Location{{ID: "front", Facilities: []string{"east"}}, {ID: "back", Facilities: []string{"west"}}}
	definitions.Listings = []ledger.ListingDefinition{{Store: "south", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "S-BIKE"}}}
	definitions.Bundles = []ledger.BundleDefinition{{Merchant: "acme", Bundle: inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "LIGHT", Count: 2}}}}}
	definitions.Strategies = []ledger.StrategyDefinition{{Merchant: "acme", Warehouse: "depot", Strategy: inventory.Strategy{BufferUnits: 1, Distribution: inventory.DistributeEqual}}}
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	w.firstFull("north")
	w.firstFull("south")

	for _, test := range []struct {
		connection, sku string
		want            []string
	}{
		{"south", "LIGHT", []string{"LIGHT", "9", "goes out as it is", "confirmed"}},
		{"south", "S-BIKE", []string{"BIKE", "east", "21", "west", "4", "sold as S-BIKE"}},
		{"south", "KIT", []string{"KIT", "LIGHT", "BIKE"}},
		{"north", "BIKE", []string{"front", "back", "21"}},
	} {
		out, problems, code := w.starter("explain", test.connection, test.sku)
		require.Zero(t, code, problems)
		for _, want := range test.want {
			require.Contains(t, out, want)
		}
	}
	words := map[inventory.Distribution]string{
		inventory.DistributeEqual: "shared equally among 2 stores", inventory.DistributeWeighted: "shared by weight among 2 stores",
		inventory.DistributePriority: "shared by priority among 2 stores", inventory.DistributeAll: "every store sees all of it",
	}
	for _, distribution := range []inventory.Distribution{inventory.DistributeEqual, inventory.DistributeWeighted, inventory.DistributePriority, inventory.DistributeAll} {
		definitions.Strategies[0].Strategy = inventory.Strategy{BufferPercent: 10, Distribution: distribution}
		if distribution == inventory.DistributeWeighted {
			definitions.Strategies[0].Strategy.Weights = map[string]int64{"north": 3}
		}
		if distribution == inventory.DistributePriority {
			definitions.Strategies[0].Strategy.Priority = []string{"south"}
		}
		w.apply(definitions, ledger.ApplyOptions{})
		report := w.sync(ledger.Smart, "south", workflows.SyncRequest{})
		require.Positive(t, report.Counts.Exported, "a changed strategy makes rows due")
		out, problems, code := w.starter("explain", "south", "S-BIKE")
		require.Zero(t, code, problems)
		require.Contains(t, out, words[distribution])
		w.same("south")
	}
	_, problems, code := w.starter("explain", "south", "NOTHING")
	require.Equal(t, 2, code)
	require.Contains(t, problems, "has never reported it")
}

// starter replay replays a failed run from a file and by id, prints the decisions and the failure, and says what green means. And no
// credential appears anywhere: not in a history, a log, a metric, an error or the ledger.
func TestReplayOfAFailedRunAndNoCredentialAnywhere(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	worker := w.work("--log-level", "debug")
	w.firstFull("shop")
	w.box.faults("stores/shop", map[string]any{"unauthorized": true})
	w.box.set("depot", map[string]int64{"SKU-00001": 99})
	answer := w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.control.Wait(ctx, answer)
	require.Error(t, err, "revoked credentials are red: a person must act")
	runs, err := w.ledger.Runs(ctx, "shop", 1)
	require.NoError(t, err)
	require.Equal(t, ledger.Failed, runs[0].Outcome)

	out, problems, code := w.starter("replay", answer.Workflow, "--run-id", answer.Run)
	require.Zero(t, code, problems)
	for _, want := range []string{"→ Begin", "← Fetch", "decides: begin action=go", "decides: run ended outcome=failed", "Credentials", "SAME", "It does not mean that a failure is mended"} {
		require.Contains(t, out, want)
	}
	history, err := w.control.HistoryOf(ctx, answer.Workflow, answer.Run)
	require.NoError(t, err)
	exported, err := protojson.Marshal(history)
	require.NoError(t, err)
	file := filepath.Join(w.folder, "failed.json")
	require.NoError(t, os.WriteFile(file, exported, 0o600))
	again, problems, code := w.starter("replay", file)
	require.Zero(t, code, problems)
	require.Equal(t, out, again)

	// With the credential back, the next run pushes what was left.
	w.box.faults("stores/shop", map[string]any{})
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	w.same("shop")

	sinks := map[string][]byte{"worker log": []byte(worker.output.String()), "starter output": []byte(out + problems)}
	for _, name := range []string{"", "-wal"} {
		if content, err := os.ReadFile(w.location + name); err == nil {
			sinks["ledger"+name] = content
		}
	}
	list, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: w.namespace})
	require.NoError(t, err)
	require.NotEmpty(t, list.GetExecutions())
	for _, execution := range list.GetExecutions() {
		var events bytes.Buffer
		iterator := w.client.GetWorkflowHistory(ctx, execution.GetExecution().GetWorkflowId(), execution.GetExecution().GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for iterator.HasNext() {
			event, err := iterator.Next()
			require.NoError(t, err)
			events.WriteString(event.String())
			content, err := protojson.Marshal(event)
			require.NoError(t, err)
			events.Write(content)
		}
		sinks["history of "+execution.GetExecution().GetWorkflowId()] = events.Bytes()
	}
	var metrics []byte
	require.NoError(t, get(ctx, "http://"+w.address(worker)+"/metrics", func(body io.Reader) error {
		metrics, err = io.ReadAll(body)
		return err
	}))
	require.Contains(t, string(metrics), "tidemark_store_calls")
	require.Contains(t, string(metrics), "temporal_workflow_completed")
	sinks["metrics"] = metrics
	for sink, content := range sinks {
		for _, form := range []string{token, url.QueryEscape(token), hex.EncodeToString([]byte(token)), base64.StdEncoding.EncodeToString([]byte(token))} {
			require.NotContains(t, string(content), form, "%s holds the credential", sink)
		}
	}
}

// address is where a worker serves its metrics.
func (w *world) address(worker *running) string {
	for i, argument := range worker.command.Args {
		if argument == "--listen" {
			return worker.command.Args[i+1]
		}
	}
	w.t.Fatal("the worker has no --listen")
	return ""
}

// A run is small in history: five activities when nothing changed, and bytes that do not grow with the catalogue.
func TestHistoryStaysSmall(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic", batch: 250}
	w := newWorld(t, scenario(20_000, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	ctx := context.Background()
	full, err := w.control.HistoryOf(ctx, "full-sync/shop", "")
	require.NoError(t, err)
	require.Less(t, len(full.GetEvents()), 60)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	smart, err := w.control.HistoryOf(ctx, "smart-sync/shop", "")
	require.NoError(t, err)
	activities := 0
	for _, event := range smart.GetEvents() {
		if event.GetEventType() == enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED {
			activities++
		}
		content, err := protojson.Marshal(event)
		require.NoError(t, err)
		require.Less(t, len(content), 4096, event.GetEventType().String())
	}
	require.Equal(t, 6, activities, "begin, fetch, acquire the store, resolve, push, finish")
}

// Search attributes find runs, and the command line says the same in JSON as in words.
func TestOperatorsSeeRuns(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(10, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	waitFor(t, "visibility has caught up", func(ctx context.Context) error {
		list, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: w.namespace, Query: `TidemarkConnection = "shop" AND TidemarkMerchant = "acme" AND TidemarkMode = "full" AND TidemarkOutcome = "completed"`,
		})
		if err == nil && len(list.GetExecutions()) != 1 {
			err = fmt.Errorf("%d runs found", len(list.GetExecutions()))
		}
		return err
	})
	var status control.Status
	out, _, code := w.starter("status", "-o", "json")
	require.Zero(t, code)
	require.NoError(t, json.Unmarshal([]byte(out), &status))
	require.Equal(t, 1, status.Workers)
	require.Equal(t, int64(10), status.Connections[0].Rows[ledger.StatusExported])
	for _, arguments := range [][]string{{"status"}, {"runs"}, {"levels", "warehouse", "depot"}, {"levels", "channel", "shop"}, {"activity", "SKU-00001"}, {"check", "shop"}, {"check", "depot"}} {
		out, problems, code := w.starter(arguments...)
		require.Zero(t, code, "%v: %s", arguments, problems)
		require.NotEmpty(t, out)
		out, _, _ = w.starter(append(arguments, "-o", "json")...)
		require.True(t, json.Valid([]byte(out)), "%v: %s", arguments, out)
	}
	for _, arguments := range [][]string{{"sync"}, {"sync", "fast", "shop"}, {"sync", "smart", "nobody"}, {"explain", "shop"}, {"approve", "x"}, {"approve", "1"}, {"status", "-o", "xml"}, {"--nonsense"}, {"replay", "none.json"}} {
		_, problems, code := w.starter(arguments...)
		require.Equal(t, 2, code, "%v: %s", arguments, problems)
		require.NotEmpty(t, problems)
	}
}

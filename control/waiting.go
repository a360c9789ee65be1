package control

import (
	"context"
	"fmt"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// A request is in the ledger from the moment when a run takes it up. Until then it is in its workflow: in a signal of its history, read or not, or
// among the requests that the run before handed on in its input. The history shows it at once, and without a worker.

const (
	// mostSearched bounds the connections whose workflows are searched for a request.
	mostSearched = 40
	// searchesAtOnce is how many workflows are searched at the same time.
	searchesAtOnce = 8
	// mostEvents bounds the events that are read of one history; a run continues as new long before.
	mostEvents = 20_000
	// searchPatience is how long the whole search may take, and askPatience how long a worker has to say how far a workflow is.
	searchPatience = 8 * time.Second
	askPatience    = 2 * time.Second
)

// WaitingRequests finds the requests of an id that wait in their workflow, of one connection, or of every active one where connection is empty.
// notSearched says in words which workflows could not be searched.
func (c *Control) WaitingRequests(ctx context.Context, connection, id string) (waiting []ledger.RequestEntry, notSearched string, err error) {
	if c.temporal == nil {
		return nil, "Temporal cannot be reached, so the workflows were not looked into", nil
	}
	connections, notSearched, err := c.searchedConnections(ctx, connection)
	if err != nil {
		return nil, "", err
	}
	ctx, cancel := context.WithTimeout(ctx, searchPatience)
	defer cancel()
	type place struct {
		connection ledger.Connection
		mode       ledger.Mode
		workflow   string
	}
	var places []place
	for _, connection := range connections {
		places = append(places,
			place{connection, ledger.Smart, workflows.WorkflowID(ledger.Smart, connection.ID)},
			place{connection, ledger.Smart, workflows.EventsID(connection.ID)},
			place{connection, ledger.Full, workflows.WorkflowID(ledger.Full, connection.ID)})
	}
	entries, failures := make([]*ledger.RequestEntry, len(places)), make([]error, len(places))
	var group sync.WaitGroup
	slots := make(chan struct{}, searchesAtOnce)
	for n, at := range places {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			entries[n], failures[n] = c.waitingRequest(ctx, at.workflow, at.connection.ID, at.mode, workflows.RequestID(id))
		})
	}
	group.Wait()
	for n, entry := range entries {
		if entry != nil {
			waiting = append(waiting, *entry)
		}
		if failures[n] != nil {
			notSearched = fmt.Sprintf("%s could not be looked into: %s", places[n].workflow, brief(failures[n]))
		}
	}
	return waiting, notSearched, nil
}

// searchedConnections are the connections whose workflows are searched. The text says that there are others; it is empty where there are none.
func (c *Control) searchedConnections(ctx context.Context, only string) ([]ledger.Connection, string, error) {
	if only != "" {
		connection, err := c.connection(ctx, only)
		return []ledger.Connection{connection}, "", err
	}
	all, err := c.state.Connections(ctx)
	if err != nil {
		return nil, "", err
	}
	var active []ledger.Connection
	for _, connection := range all {
		if connection.Active() {
			active = append(active, connection)
		}
	}
	if len(active) > mostSearched {
		return active[:mostSearched], fmt.Sprintf("only the workflows of %d of %d connections were looked into; name the connection", mostSearched, len(active)), nil
	}
	return active, "", nil
}

// waitingRequest is the request of an id that waits in a workflow; nil when none does.
func (c *Control) waitingRequest(ctx context.Context, workflow, connection string, mode ledger.Mode, id string) (*ledger.RequestEntry, error) {
	described, err := c.temporal.Describe(ctx, workflow)
	if gateway.Absent(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	info := described.GetWorkflowExecutionInfo()
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return nil, nil
	}
	if theirs, err := c.otherOwner(ctx, info.GetMemo()); err != nil || theirs != nil {
		return nil, err
	}
	request, err := requestIn(c.temporal.History(ctx, workflow, info.GetExecution().GetRunId()), id)
	if request == nil || err != nil {
		return nil, err
	}
	return &ledger.RequestEntry{
		Connection: connection, ID: id, Mode: mode, By: request.By, MadeAt: request.At, Outcome: ledger.RequestWaiting, Reason: c.waitReason(ctx, workflow),
	}, nil
}

// requestIn searches a history for the request of an id; nil where it has none.
func requestIn(history client.HistoryEventIterator, id string) (*ledger.Request, error) {
	for n := 0; n < mostEvents && history.HasNext(); n++ {
		event, err := history.Next()
		if err != nil {
			return nil, err
		}
		for _, request := range requestsOf(event) {
			if workflows.RequestID(request.ID) == id {
				return &request, nil
			}
		}
	}
	return nil, nil
}

// requestsOf are the requests that an event of a history brings to its workflow.
func requestsOf(event *historypb.HistoryEvent) []ledger.Request {
	if started := event.GetWorkflowExecutionStartedEventAttributes(); started != nil {
		var input workflows.SyncInput
		if !decodeFirst(started.GetInput(), &input) {
			return nil
		}
		return input.Handed()
	}
	var payloads *commonpb.Payloads
	switch {
	case event.GetWorkflowExecutionSignaledEventAttributes().GetSignalName() == workflows.SignalSyncRequested:
		payloads = event.GetWorkflowExecutionSignaledEventAttributes().GetInput()
	case event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetName() == workflows.UpdateSync:
		payloads = event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetArgs()
	}
	var request workflows.SyncRequest
	if !decodeFirst(payloads, &request) {
		return nil
	}
	var requests []ledger.Request
	for _, each := range request.Each() {
		requests = append(requests, ledger.Request{ID: each.ID, By: each.By, At: event.GetEventTime().AsTime()})
	}
	return requests
}

// decodeFirst decodes the first of payloads. It returns false where it cannot; the workflow ignores such payloads too.
func decodeFirst(payloads *commonpb.Payloads, into any) bool {
	return len(payloads.GetPayloads()) > 0 && converter.GetDefaultDataConverter().FromPayload(payloads.GetPayloads()[0], into) == nil
}

// waitReason says in words what a request in a workflow waits for.
func (c *Control) waitReason(ctx context.Context, workflow string) string {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	progress, err := c.Progress(ctx, workflow)
	if err != nil {
		return "it waits in " + workflow + ", which could not be asked how far it is: no worker answers"
	}
	return "it waits in " + workflow + phaseText(progress)
}

// phaseText ends a sentence with how far a workflow is.
func phaseText(progress workflows.Progress) string {
	switch {
	case progress.Phase == "":
		return ", which begins"
	case progress.Run == 0 && progress.Waiting == "":
		return ", which is " + progress.Phase
	case progress.Run == 0:
		return fmt.Sprintf(", which is %s: %s", progress.Phase, progress.Waiting)
	case progress.Waiting == "":
		return fmt.Sprintf(" for run %d to end, which is %s", progress.Run, progress.Phase)
	}
	return fmt.Sprintf(" for run %d to end, which is %s: %s", progress.Run, progress.Phase, progress.Waiting)
}

package control

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"
	"google.golang.org/grpc"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// fakeSchedules are the schedules of a namespace, as a server keeps them.
type fakeSchedules struct {
	client.ScheduleClient

	mutex   sync.Mutex
	kept    map[string]client.Schedule
	fails   error           // what every call returns
	asked   []time.Duration // how long it had for each question that failed; 0: for ever
	changes int             // that were made
	before  func()          // is called before a change
}

func (f *fakeSchedules) failing(err error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.fails = err
}

// spec is the specification of a schedule, nil when there is none.
func (f *fakeSchedules) spec(id string) *client.ScheduleSpec {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if schedule, ok := f.kept[id]; ok {
		return schedule.Spec
	}
	return nil
}

func (f *fakeSchedules) Create(_ context.Context, options client.ScheduleOptions) (client.ScheduleHandle, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.fails != nil {
		return nil, f.fails
	}
	f.changes++
	f.kept[options.ID] = client.Schedule{
		Action: options.Action, Spec: &options.Spec, State: &client.ScheduleState{Paused: options.Paused, Note: options.Note},
		Policy: &client.SchedulePolicies{Overlap: options.Overlap, CatchupWindow: options.CatchupWindow},
	}
	return &fakeSchedule{of: f, id: options.ID}, nil
}

func (f *fakeSchedules) GetHandle(_ context.Context, id string) client.ScheduleHandle {
	return &fakeSchedule{of: f, id: id}
}

func (f *fakeSchedules) List(context.Context, client.ScheduleListOptions) (client.ScheduleListIterator, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	list := &fakeList{}
	for id := range f.kept {
		list.entries = append(list.entries, &client.ScheduleListEntry{ID: id})
	}
	return list, f.fails
}

type fakeList struct{ entries []*client.ScheduleListEntry }

func (l *fakeList) HasNext() bool { return len(l.entries) > 0 }

func (l *fakeList) Next() (*client.ScheduleListEntry, error) {
	first := l.entries[0]
	l.entries = l.entries[1:]
	return first, nil
}

type fakeSchedule struct {
	client.ScheduleHandle
	of *fakeSchedules
	id string
}

func (s *fakeSchedule) Describe(ctx context.Context) (*client.ScheduleDescription, error) {
	s.of.mutex.Lock()
	defer s.of.mutex.Unlock()
	schedule, ok := s.of.kept[s.id]
	switch {
	case s.of.fails != nil:
		patience := time.Duration(0)
		if end, bounded := ctx.Deadline(); bounded {
			patience = time.Until(end)
		}
		s.of.asked = append(s.of.asked, patience)
		return nil, s.of.fails
	case !ok:
		return nil, serviceerror.NewNotFound("no such schedule")
	}
	return &client.ScheduleDescription{Schedule: schedule}, nil
}

func (s *fakeSchedule) Update(_ context.Context, options client.ScheduleUpdateOptions) error {
	if before := s.of.before; before != nil {
		s.of.before = nil
		before()
	}
	s.of.mutex.Lock()
	defer s.of.mutex.Unlock()
	update, err := options.DoUpdate(client.ScheduleUpdateInput{})
	if err != nil || s.of.fails != nil {
		return s.of.fails
	}
	s.of.changes++
	s.of.kept[s.id] = *update.Schedule
	return nil
}

func (s *fakeSchedule) Pause(_ context.Context, options client.SchedulePauseOptions) error {
	return s.set(client.ScheduleState{Paused: true, Note: options.Note})
}

func (s *fakeSchedule) Unpause(_ context.Context, options client.ScheduleUnpauseOptions) error {
	return s.set(client.ScheduleState{Note: options.Note})
}

func (s *fakeSchedule) set(state client.ScheduleState) error {
	s.of.mutex.Lock()
	defer s.of.mutex.Unlock()
	schedule, ok := s.of.kept[s.id]
	if !ok {
		return serviceerror.NewNotFound("no such schedule")
	}
	s.of.changes++
	schedule.State = &state
	s.of.kept[s.id] = schedule
	return s.of.fails
}

func (s *fakeSchedule) Delete(context.Context) error {
	s.of.mutex.Lock()
	defer s.of.mutex.Unlock()
	s.of.changes++
	delete(s.of.kept, s.id)
	return s.of.fails
}

// fakeOperator knows every search attribute.
type fakeOperator struct {
	operatorservice.OperatorServiceClient
}

func (fakeOperator) ListSearchAttributes(context.Context, *operatorservice.ListSearchAttributesRequest,
	...grpc.CallOption,
) (*operatorservice.ListSearchAttributesResponse, error) {
	attributes := map[string]enumspb.IndexedValueType{}
	for _, key := range workflows.Attributes() {
		attributes[key.GetName()] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: attributes}, nil
}

// scheduled is a Tidemark with one enabled connection, whose schedules are those of a fake namespace.
type scheduled struct {
	*Control
	t           *testing.T
	fake        *fakeSchedules
	mock        *mocks.Client
	definitions ledger.Definitions

	mutex sync.Mutex
	now   time.Time
}

func (s *scheduled) clock() time.Time {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.now
}

func (s *scheduled) pass(span time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.now = s.now.Add(span)
}

// newScheduled applies a connection whose file names the schedule of Smart Sync, every 60 minutes, and not that of Full Sync.
func newScheduled(t *testing.T) *scheduled {
	t.Helper()
	s := &scheduled{t: t, fake: &fakeSchedules{kept: map[string]client.Schedule{}}, now: noon}
	s.definitions = ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "sandbox"}},
		Stores:     []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{
			ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Smart: every(60).Rules, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unnamed: []ledger.Mode{ledger.Full}},
		}},
	}
	temporal := mocks.NewClient(t)
	s.mock = temporal
	temporal.On("ScheduleClient").Return(s.fake).Maybe()
	temporal.On("OperatorService").Return(fakeOperator{}).Maybe()
	temporal.On("DescribeTaskQueue", mock.Anything, mock.Anything, mock.Anything).Return(nil, serviceerror.NewUnavailable("down")).Maybe()
	temporal.On("DescribeWorkflowExecution", mock.Anything, mock.Anything, mock.Anything).Return(nil, serviceerror.NewNotFound("none")).Maybe()
	s.Control = &Control{state: emptyLedger(t), temporal: gateway.New(temporal, "shops"), now: s.clock}
	if _, err := wholeLedger(s.state).Apply(t.Context(), s.definitions, ledger.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	first := runIn(t, wholeLedger(s.state), "first", noon) // so that no apply asks for a first Full Sync
	if err := wholeLedger(s.state).EndRun(t.Context(), first, ledger.RunEnd{Outcome: ledger.Skipped, Now: noon}); err != nil {
		t.Fatal(err)
	}
	s.apply(ApplyOptions{})
	return s
}

func (s *scheduled) apply(options ApplyOptions) ApplyReport {
	s.t.Helper()
	options.From = "box:/etc/tidemark.yaml"
	report, err := s.Apply(acting(s.t), s.definitions, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return report
}

// file changes what the file says of the connection.
func (s *scheduled) file(change func(*ledger.Flow)) {
	s.definitions.Connections = slices.Clone(s.definitions.Connections)
	change(&s.definitions.Connections[0].Inventory)
}

// edit sets a schedule as ann would, on the version that is there.
func (s *scheduled) edit(mode ledger.Mode, edit ScheduleEdit) ScheduleEditResult {
	s.t.Helper()
	setting, err := s.setting(s.t.Context(), "acme-shop", mode)
	if err != nil {
		s.t.Fatal(err)
	}
	edit.Version, edit.By = setting.Version, "ann"
	edited, err := s.EditSchedule(acting(s.t), "acme-shop", mode, edit)
	if err != nil {
		s.t.Fatal(err)
	}
	return edited
}

// intervals are those of a schedule in Temporal, in minutes.
func (s *scheduled) intervals(mode ledger.Mode) []int {
	var minutes []int
	if spec := s.fake.spec(workflows.WorkflowID(mode, "acme-shop")); spec != nil {
		for _, interval := range spec.Intervals {
			minutes = append(minutes, int(interval.Every/time.Minute))
		}
	}
	return minutes
}

// wholeLedger is the ledger of a control with what control does not need: tests let runs take place in it.
func wholeLedger(state Ledger) ledger.Ledger { return state.(ledger.Ledger) }

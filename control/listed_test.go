package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
)

// listing is a Temporal that lists schedules, and has none of those that are asked for by themselves.
type listing struct {
	gateway.Temporal
	listed map[string]gateway.ListedSchedule
	fails  error

	mutex     sync.Mutex
	lists     int
	described []string
}

func (l *listing) Namespace() string { return "shops" }

func (l *listing) Pollers(context.Context, string) ([]*taskqueuepb.PollerInfo, error) {
	return nil, nil
}

func (l *listing) Describe(context.Context, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return nil, serviceerror.NewNotFound("none")
}

func (l *listing) ListSchedules(context.Context) (map[string]gateway.ListedSchedule, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.lists++
	return l.listed, l.fails
}

func (l *listing) Schedule(id string) client.ScheduleHandle { return &notThere{of: l, id: id} }

type notThere struct {
	client.ScheduleHandle
	of *listing
	id string
}

func (n *notThere) Describe(context.Context) (*client.ScheduleDescription, error) {
	n.of.mutex.Lock()
	defer n.of.mutex.Unlock()
	n.of.described = append(n.of.described, n.id)
	return nil, serviceerror.NewNotFound("none")
}

// manyConnections are so many enabled ones, each with a schedule of Smart Sync.
func manyConnections(n int) func(*ledger.Definitions) {
	return func(d *ledger.Definitions) {
		d.Stores, d.Connections = nil, nil
		for i := range n {
			id := fmt.Sprint("shop-", i)
			d.Stores = append(d.Stores, ledger.Store{ID: id, Merchant: "acme", Driver: "sandbox"})
			d.Connections = append(d.Connections, ledger.Connection{
				ID: id, Merchant: "acme", Warehouse: "depot", Store: id, Enabled: true, Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}},
			})
		}
	}
}

// The schedules of many connections are listed by one question. What the list cannot tell is asked for by itself.
func TestTheSchedulesOfManyConnectionsAreListed(t *testing.T) {
	t.Parallel()
	temporal := &listing{listed: map[string]gateway.ListedSchedule{}}
	for i := range mostDescribed + 1 {
		temporal.listed[fmt.Sprint("smart-sync/shop-", i)] = gateway.ListedSchedule{Next: []time.Time{noon.Add(-time.Minute), noon.Add(time.Hour)}}
	}
	temporal.listed["smart-sync/shop-3"] = gateway.ListedSchedule{Paused: true, Note: "paused by ann"}
	c := New(shopLedger(t, manyConnections(mostDescribed+1)), temporal, func() time.Time { return noon })
	overview, err := c.Overview(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, overview.Unreachable)
	require.Equal(t, 1, temporal.lists)
	require.Empty(t, temporal.described, "no schedule is asked for by itself")
	for _, connection := range overview.Connections {
		want := []ScheduleStatus{{ID: "smart-sync/" + connection.ID, Next: new(noon.Add(time.Hour))}}
		if connection.ID == "shop-3" {
			want = []ScheduleStatus{{ID: "smart-sync/shop-3", Paused: true, Note: "paused by ann"}}
		}
		require.Equal(t, want, connection.Schedules)
	}

	delete(temporal.listed, "smart-sync/shop-5")
	c.recentChanges.note("smart-sync/shop-6", noon)
	overview, err = c.Overview(t.Context(), "")
	require.NoError(t, err)
	slices.Sort(temporal.described)
	require.Equal(t, []string{"smart-sync/shop-5", "smart-sync/shop-6"}, temporal.described, "one that is not listed, and one that was changed a moment ago")
	require.Contains(t,
		overview.Connections[slices.IndexFunc(overview.Connections, func(connection ConnectionStatus) bool { return connection.ID == "shop-5" })].Schedules,
		ScheduleStatus{ID: "smart-sync/shop-5", Missing: true})

	temporal.described = nil
	_, err = c.Status(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, temporal.described, 2*(mostDescribed+1), "what lists do not have is asked for")
	temporal.described, temporal.fails = nil, errors.New("no visibility")
	overview, err = c.Overview(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, overview.Unreachable)
	require.Len(t, temporal.described, 2*(mostDescribed+1), "a server that does not list them is asked for each")
}

// A few connections are asked for one by one, and so is one connection.
func TestTheSchedulesOfFewConnectionsAreAskedForOneByOne(t *testing.T) {
	t.Parallel()
	temporal := &listing{}
	c := New(shopLedger(t, manyConnections(mostDescribed)), temporal, func() time.Time { return noon })
	_, err := c.Overview(t.Context(), "")
	require.NoError(t, err)
	require.Zero(t, temporal.lists)
	require.Len(t, temporal.described, 2*mostDescribed)
}

// The state of a schedule in a list is used only where it can be right.
func TestWhatAListSaysOfASchedule(t *testing.T) {
	t.Parallel()
	c := New(nil, nil, func() time.Time { return noon })
	connection := ledger.Connection{ID: "shop", Inventory: ledger.Flow{Smart: []ledger.Rule{{Every: time.Hour}}}}
	const smart, full = "smart-sync/shop", "full-sync/shop"
	for name, row := range map[string]struct {
		listed   map[string]gateway.ListedSchedule
		mode     ledger.Mode
		want     *ScheduleStatus
		isListed bool
	}{
		"no list": {nil, ledger.Smart, nil, false},
		"wanted, and listed": {
			map[string]gateway.ListedSchedule{smart: {Next: []time.Time{noon.Add(1)}}}, ledger.Smart, &ScheduleStatus{ID: smart, Next: new(noon.Add(1))}, true,
		},
		"wanted, and not listed":    {map[string]gateway.ListedSchedule{}, ledger.Smart, nil, false},
		"neither wanted nor listed": {map[string]gateway.ListedSchedule{}, ledger.Full, nil, true},
		"not wanted, and listed":    {map[string]gateway.ListedSchedule{full: {Paused: true}}, ledger.Full, nil, false},
		"paused": {
			map[string]gateway.ListedSchedule{smart: {Paused: true, Note: "n", Next: []time.Time{noon.Add(1)}}},
			ledger.Smart,
			&ScheduleStatus{ID: smart, Paused: true, Note: "n"}, true,
		},
		"all listed starts are over by now":  {map[string]gateway.ListedSchedule{smart: {Next: []time.Time{noon.Add(-1), noon}}}, ledger.Smart, nil, false},
		"it has no starts, so it is limited": {map[string]gateway.ListedSchedule{smart: {}}, ledger.Smart, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, isListed := c.listedStatus(row.listed, connection, row.mode)
			require.Equal(t, row.isListed, isListed)
			require.Equal(t, row.want, status)
		})
	}
}

// A schedule that this process changed is described by itself for ten seconds, and then forgotten.
func TestChangedSchedulesAreRememberedForAWhile(t *testing.T) {
	t.Parallel()
	var c recentChanges
	require.False(t, c.contains("a", noon))
	c.note("a", noon)
	require.True(t, c.contains("a", noon.Add(listLag-1)))
	require.False(t, c.contains("b", noon))
	require.False(t, c.contains("a", noon.Add(listLag)))
	c.note("b", noon.Add(listLag))
	require.Len(t, c.at, 1, "it does not grow")
}

// After a pause, a resume or an edit, the status shows the schedule as it is then.
func TestActsNoteTheSchedulesThatTheyChange(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	const smart = "smart-sync/acme-shop"
	require.True(t, s.recentChanges.contains(smart, s.clock()), "it was created by the apply")
	for name, act := range map[string]func(){
		"pause":  func() { _, err := s.Pause(acting(t), "acme-shop", "ann", ""); require.NoError(t, err) },
		"resume": func() { _, err := s.Resume(acting(t), "acme-shop", "ann"); require.NoError(t, err) },
		"edit": func() {
			s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(s.clock().Minute() + 90), Reason: "a sale"})
		},
	} {
		s.pass(time.Minute)
		require.False(t, s.recentChanges.contains(smart, s.clock()))
		act()
		require.True(t, s.recentChanges.contains(smart, s.clock()), name)
	}
	s = newScheduled(t)
	s.pass(time.Minute)
	s.file(func(flow *ledger.Flow) { flow.Smart = nil })
	s.apply(ApplyOptions{})
	require.Nil(t, s.fake.spec(smart))
	require.True(t, s.recentChanges.contains(smart, s.clock()), "removed")
}

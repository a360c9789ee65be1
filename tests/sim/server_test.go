package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/workflows"
)

// server stands for the Temporal server: it starts workflows, signals, cancels and terminates them, and has their activities done by
// workers, again where one failed, stalled or died. Each execution has a test environment of the SDK, in which the workflow's real code
// runs; everything that the environment would do by a clock of its own is done here, by the world's.
type server struct {
	world *world
	mutex sync.Mutex // of what follows
	open  map[string]*execution
	all   []*execution
}

// execution is one run of a workflow.
type execution struct {
	server   *server
	id, kind string
	run      string // its run id, and first that of its chain
	first    string
	env      *testsuite.TestWorkflowEnvironment
	done     chan struct{} // closed when it is over
	killed   chan struct{} // closed when it is to be terminated
	over     bool
	ended    error
	begun    int                                 // activities
	rows     map[string]workflow.ActivityOptions // of activities, by their ids
	stops    map[string]func()                   // tell an activity that it is cancelled
	cancels  map[string]bool                     // activities that were cancelled before they began
	past     past                                // of which a reset keeps the beginning
}

func newServer(w *world) *server { return &server{world: w, open: map[string]*execution{}} }

// long is longer than any history.
const long = 1000 * time.Hour * 24

// start starts a workflow; the signals are there when it begins.
func (s *server) start(id, kind string, input any, chain string, signals ...signal) *execution {
	return s.startAt(id, kind, input, chain, nil, signals...)
}

// startAt starts a workflow whose first steps have been done already.
func (s *server) startAt(id, kind string, input any, chain string, kept map[string]stepDone, signals ...signal) *execution {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	run := fmt.Sprintf("run-%d", len(s.all)+1)
	x := &execution{
		server: s, id: id, kind: kind, run: run, first: chain, done: make(chan struct{}), killed: make(chan struct{}),
		rows: map[string]workflow.ActivityOptions{}, stops: map[string]func(){}, cancels: map[string]bool{},
		past: past{input: input, signals: signals, kept: kept},
	}
	if x.first == "" {
		x.first = run
	}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporallog.NewStructuredLogger(slog.New(&unread{Handler: slog.DiscardHandler, x: x})))
	x.env = suite.NewTestWorkflowEnvironment()
	x.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: long, Interceptors: []interceptor.WorkerInterceptor{&intercepted{x: x}}})
	x.env.SetStartWorkflowOptions(workflowOptions(id))
	x.env.SetTestTimeout(long)
	x.env.SetWorkflowRunTimeout(long)
	workflows.Register(x.env)
	s.world.register(x.env)
	x.env.RegisterActivityWithOptions(x.anchor, activity.RegisterOptions{Name: anchorName})
	x.env.RegisterActivityWithOptions(x.timer, activity.RegisterOptions{Name: timerName})
	for _, one := range signals {
		x.env.RegisterDelayedCallback(func() { x.env.SignalWorkflow(one.name, one.payload) }, 0)
	}
	s.open[id] = x
	s.all = append(s.all, x)
	s.world.running.Add(1)
	go x.execute(input)
	return x
}

type signal struct {
	name    string
	payload any
}

// execute runs the workflow to its end, and what it goes on with.
func (x *execution) execute(input any) {
	defer x.server.world.running.Done()
	x.env.ExecuteWorkflow(x.kind, input)
	err := x.env.GetWorkflowError()
	s := x.server
	s.mutex.Lock()
	x.over, x.ended = true, err
	if s.open[x.id] == x {
		delete(s.open, x.id)
	}
	close(x.done)
	s.mutex.Unlock()
	var next *workflow.ContinueAsNewError
	if errors.As(err, &next) && !x.terminated() {
		s.world.tell("%s goes on as new", x.id)
		s.start(x.id, next.WorkflowType.Name, carried(next), x.first)
		return
	}
	s.world.workflowEnded(x, err)
}

// carried is what a workflow hands to the one that it continues as.
func carried(next *workflow.ContinueAsNewError) any {
	if next.WorkflowType.Name == workflows.InventoryIntakeType {
		var input workflows.IntakeInput
		must(converter.GetDefaultDataConverter().FromPayloads(next.Input, &input))
		return input
	}
	var input workflows.SyncInput
	must(converter.GetDefaultDataConverter().FromPayloads(next.Input, &input))
	return input
}

func (x *execution) terminated() bool {
	select {
	case <-x.killed:
		return true
	default:
		return false
	}
}

// find returns the open execution of a workflow.
func (s *server) find(id string) *execution {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.open[id]
}

// signalWithStart signals a workflow, and starts it where it is not open.
func (s *server) signalWithStart(id, kind string, input any, name string, payload any) string {
	if x := s.find(id); x != nil {
		x.signal(name, payload)
		return x.run
	}
	return s.start(id, kind, input, "", signal{name, payload}).run
}

// terminate ends an execution without a word to it.
func (x *execution) terminate() {
	x.server.mutex.Lock()
	defer x.server.mutex.Unlock()
	if !x.terminated() {
		close(x.killed)
	}
}

// opened lists the open executions, oldest first.
func (s *server) opened() []*execution {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var found []*execution
	for _, x := range s.all {
		if s.open[x.id] == x {
			found = append(found, x)
		}
	}
	return found
}

// unread notes that a workflow ended with signals that nobody read.
type unread struct {
	slog.Handler
	x *execution
}

func (h *unread) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (h *unread) WithAttrs([]slog.Attr) slog.Handler               { return h }
func (h *unread) WithGroup(string) slog.Handler                    { return h }
func (h *unread) Handle(_ context.Context, record slog.Record) error {
	if strings.Contains(record.Message, "unhandled signals") && !h.x.terminated() {
		h.x.server.world.violated(requestLost, "%s ended with signals that it has not read", h.x.id)
	}
	return nil
}

const (
	anchorName = "simulated-anchor"
	timerName  = "simulated-timer"
)

// anchor is an activity that is under way for as long as the workflow: the environment then never moves its own clock forward.
func (x *execution) anchor(context.Context) error {
	select {
	case <-x.done:
	case <-x.killed:
	}
	return nil
}

// timer is a timer of the workflow.
func (x *execution) timer(ctx context.Context, span time.Duration) error {
	clock := time.NewTimer(span)
	defer clock.Stop()
	stopped := x.stopped(activity.GetInfo(ctx).ActivityID)
	select {
	case <-clock.C:
	case <-stopped:
	case <-x.done:
	}
	return nil
}

// stopped is closed when an activity is cancelled.
func (x *execution) stopped(id string) <-chan struct{} {
	x.server.mutex.Lock()
	defer x.server.mutex.Unlock()
	stopped := make(chan struct{})
	if x.cancels[id] {
		close(stopped)
		return stopped
	}
	var once sync.Once
	x.stops[id] = func() { once.Do(func() { close(stopped) }) }
	return stopped
}

// cancelActivity tells an activity that it is cancelled.
func (x *execution) cancelActivity(id string) {
	x.server.mutex.Lock()
	defer x.server.mutex.Unlock()
	if stop := x.stops[id]; stop != nil {
		stop()
		return
	}
	x.cancels[id] = true
}

// intercepted puts the world between an execution and the SDK.
type intercepted struct {
	interceptor.WorkerInterceptorBase
	x *execution
}

func (i *intercepted) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &workflowIn{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, x: i.x}
}

func (i *intercepted) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &activityIn{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, x: i.x}
}

type workflowIn struct {
	interceptor.WorkflowInboundInterceptorBase
	x   *execution
	out *workflowOut
}

func (i *workflowIn) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	i.out = &workflowOut{WorkflowOutboundInterceptorBase: interceptor.WorkflowOutboundInterceptorBase{Next: outbound}, x: i.x}
	return i.Next.Init(i.out)
}

// ExecuteWorkflow runs the workflow until it ends or is terminated.
func (i *workflowIn) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (result any, err error) {
	clean, _ := workflow.NewDisconnectedContext(ctx)
	anchored := i.out.Next.ExecuteActivity(workflow.WithActivityOptions(clean, workflow.ActivityOptions{StartToCloseTimeout: long}), anchorName)
	done := false
	workflow.Go(ctx, func(ctx workflow.Context) {
		result, err = i.Next.ExecuteWorkflow(ctx, in)
		done = true
	})
	_ = workflow.Await(clean, func() bool { return done || anchored.IsReady() })
	if !done {
		return nil, errors.New("terminated")
	}
	return result, err
}

type workflowOut struct {
	interceptor.WorkflowOutboundInterceptorBase
	x *execution
}

func (o *workflowOut) Now(workflow.Context) time.Time { return time.Now() }

func (o *workflowOut) GetInfo(ctx workflow.Context) *workflow.Info {
	info := *o.Next.GetInfo(ctx)
	info.FirstRunID, info.WorkflowExecution.RunID = o.x.first, o.x.run
	return &info
}

func (o *workflowOut) UpsertTypedSearchAttributes(workflow.Context, ...temporal.SearchAttributeUpdate) error {
	return nil
}

func (o *workflowOut) UpsertMemo(workflow.Context, map[string]any) error { return nil }

func (o *workflowOut) ExecuteActivity(ctx workflow.Context, kind string, args ...any) workflow.Future {
	future, settle := workflow.NewFuture(ctx)
	if err := ctx.Err(); err != nil {
		settle.SetError(err)
		return future
	}
	id, begun := o.begin(ctx, kind, workflow.GetActivityOptions(ctx), args...)
	if kind == timerName {
		return begun
	}
	clean, _ := workflow.NewDisconnectedContext(ctx)
	workflow.Go(clean, func(clean workflow.Context) {
		if over := ctx.Done(); over != nil {
			workflow.NewSelector(clean).AddFuture(begun, func(workflow.Future) {}).AddReceive(over, func(workflow.ReceiveChannel, bool) {
				o.x.cancelActivity(id)
			}).Select(clean)
		}
		settle.Chain(begun)
	})
	return future
}

// begin has an activity begun, about which the SDK decides nothing: when it is tried again, when it is given up and how it is cancelled is
// the server's business.
func (o *workflowOut) begin(ctx workflow.Context, kind string, row workflow.ActivityOptions, args ...any) (string, workflow.Future) {
	x := o.x
	x.server.mutex.Lock()
	x.begun++
	id := strconv.Itoa(x.begun)
	x.rows[id] = row
	x.server.mutex.Unlock()
	clean, _ := workflow.NewDisconnectedContext(ctx)
	once := workflow.ActivityOptions{ActivityID: id, StartToCloseTimeout: long, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}}
	return id, o.Next.ExecuteActivity(workflow.WithActivityOptions(clean, once), kind, args...)
}

func (o *workflowOut) NewTimer(ctx workflow.Context, span time.Duration) workflow.Future {
	return o.NewTimerWithOptions(ctx, span, workflow.TimerOptions{})
}

func (o *workflowOut) NewTimerWithOptions(ctx workflow.Context, span time.Duration, _ workflow.TimerOptions) workflow.Future {
	future, settle := workflow.NewFuture(ctx)
	if err := ctx.Err(); err != nil || span <= 0 {
		settle.Set(nil, err)
		return future
	}
	clean, _ := workflow.NewDisconnectedContext(ctx)
	fired := workflow.ExecuteActivity(clean, timerName, span)
	id := strconv.Itoa(o.x.begun)
	workflow.Go(clean, func(clean workflow.Context) {
		workflow.NewSelector(clean).AddFuture(fired, func(workflow.Future) {
			settle.Set(nil, fired.Get(clean, nil))
		}).AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {
			o.x.cancelActivity(id)
			settle.SetError(ctx.Err())
		}).Select(clean)
	})
	return future
}

func (o *workflowOut) Sleep(ctx workflow.Context, span time.Duration) error {
	return o.NewTimer(ctx, span).Get(ctx, nil)
}

func (o *workflowOut) AwaitWithTimeout(ctx workflow.Context, span time.Duration, condition func() bool) (bool, error) {
	clock, stop := workflow.WithCancel(ctx)
	defer stop()
	timer := o.NewTimer(clock, span)
	met := false
	err := o.Next.Await(ctx, func() bool { met = met || condition(); return met || timer.IsReady() })
	return met, err
}

// activityIn has activities done.
type activityIn struct {
	interceptor.ActivityInboundInterceptorBase
	x *execution
}

func (a *activityIn) Init(outbound interceptor.ActivityOutboundInterceptor) error {
	return a.Next.Init(&activityOut{ActivityOutboundInterceptorBase: interceptor.ActivityOutboundInterceptorBase{Next: outbound}, x: a.x})
}

// ExecuteActivity has an activity done by a worker, again and again where it must be.
func (a *activityIn) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	if info.ActivityType.Name == anchorName {
		return a.Next.ExecuteActivity(ctx, in)
	}
	key := a.x.keyOf(info)
	if done, ok := a.x.kept(key, info.ActivityType.Name); ok {
		return done.result, done.err
	}
	result, err := a.perform(ctx, in, info)
	a.x.keep(key, stepDone{info.ActivityType.Name, result, err})
	return result, err
}

func (a *activityIn) perform(ctx context.Context, in *interceptor.ExecuteActivityInput, info activity.Info) (any, error) {
	if info.ActivityType.Name == timerName {
		return a.Next.ExecuteActivity(ctx, in)
	}
	x, w := a.x, a.x.server.world
	x.server.mutex.Lock()
	row := x.rows[info.ActivityID]
	x.server.mutex.Unlock()
	if info.IsLocalActivity {
		row = workflow.ActivityOptions{StartToCloseTimeout: localPatience}
	}
	stopped := x.stopped(info.ActivityID)
	begun := time.Now()
	for n := 1; ; n++ {
		who := fmt.Sprintf("%s/%s/%s/%d", x.run, info.ActivityID, info.ActivityType.Name, n)
		if info.IsLocalActivity {
			who = fmt.Sprintf("%s/local/%s/%d/%d", x.run, info.ActivityType.Name, time.Since(w.began), n)
		}
		one := &attempt{
			world: w, x: x, kind: info.ActivityType.Name, number: n, stopped: stopped, chance: w.chance(who),
			superseded: make(chan struct{}), local: info.IsLocalActivity,
		}
		if err := one.sleep(one.chance.between(time.Millisecond, 20*time.Millisecond), x.done); err != nil {
			return nil, err
		}
		one.worker = w.worker(one.chance)
		if info.IsLocalActivity {
			one.number = 1 // a workflow task that is done again does its steps as their first attempt
		}
		result, err := one.do(ctx, a.Next, in, row)
		switch again := one.again(err, row, n, time.Since(begun)); {
		case again < 0:
			return result, err
		case info.IsLocalActivity && !errors.Is(err, errLost):
			return result, err
		default:
			if err := one.sleep(again, x.done); err != nil {
				return nil, err
			}
		}
	}
}

// localPatience is how long a server waits for a workflow task.
const localPatience = 10 * time.Second

// attempt is one attempt at an activity by a worker.
type attempt struct {
	world      *world
	x          *execution
	worker     *process
	kind       string
	number     int
	local      bool
	stopped    <-chan struct{} // closed when it is cancelled
	chance     *chance
	cancel     context.CancelFunc
	superseded chan struct{} // closed when the server has given it up
}

type attemptKey struct{}

// attemptOf returns whose context it is.
func attemptOf(ctx context.Context) *attempt {
	one, _ := ctx.Value(attemptKey{}).(*attempt)
	return one
}

var errLost = errors.New("the worker was lost")

// sleep lets time pass, less where the activity is cancelled.
func (t *attempt) sleep(span time.Duration, over <-chan struct{}) error {
	clock := time.NewTimer(span)
	defer clock.Stop()
	select {
	case <-clock.C:
		return nil
	case <-t.stopped:
		return temporal.NewCanceledError()
	case <-over:
		return errors.New("its workflow is over")
	}
}

// do makes the attempt. A worker that dies, or stands still for too long, leaves errLost.
func (t *attempt) do(
	ctx context.Context, next interceptor.ActivityInboundInterceptor, in *interceptor.ExecuteActivityInput, row workflow.ActivityOptions,
) (any, error) {
	limited, cancel := context.WithTimeout(context.WithValue(ctx, attemptKey{}, t), row.StartToCloseTimeout)
	t.cancel = cancel
	type outcome struct {
		result any
		err    error
	}
	ended := make(chan outcome, 1)
	t.world.dispatch(func() {
		defer cancel()
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case crash:
				ended <- outcome{err: errLost}
			default:
				panic(fault)
			}
		}()
		result, err := t.run(limited, next, in)
		if debug {
			t.world.tell("  %s %s %d: %+v, %v", t.x.id, t.kind, t.number, result, err)
		}
		ended <- outcome{result, err}
	})
	lost := make(chan struct{})
	stopWatch := make(chan struct{})
	defer close(stopWatch)
	go t.watch(lost, stopWatch, row)
	select {
	case got := <-ended:
		if t.dead() {
			return nil, errLost
		}
		if errors.Is(got.err, context.Canceled) && t.isStopped() {
			return nil, temporal.NewCanceledError()
		}
		return got.result, got.err
	case <-lost:
		close(t.superseded)
		return nil, errLost
	}
}

// run runs the activity's real code. Each worker has the push of its own, with what it knows of stores.
func (t *attempt) run(ctx context.Context, next interceptor.ActivityInboundInterceptor, in *interceptor.ExecuteActivityInput) (any, error) {
	if input, ok := pushInput(in); ok && t.kind == "Push" {
		return t.worker.push.Push(ctx, input)
	}
	return next.ExecuteActivity(ctx, in)
}

func pushInput(in *interceptor.ExecuteActivityInput) (activities.PushInput, bool) {
	if len(in.Args) == 0 {
		return activities.PushInput{}, false
	}
	input, ok := in.Args[len(in.Args)-1].(activities.PushInput)
	return input, ok
}

// watch notices that a worker has died, or that it stands still.
func (t *attempt) watch(lost, over chan struct{}, row workflow.ActivityOptions) {
	patience := row.StartToCloseTimeout
	if row.HeartbeatTimeout > 0 {
		patience = row.HeartbeatTimeout
	}
	for {
		frozen, thawed := t.worker.frozen()
		select {
		case <-over:
			return
		case <-t.worker.died:
			thawed = nil
		case <-frozen:
		}
		clock := time.NewTimer(patience)
		select {
		case <-over:
			clock.Stop()
			return
		case <-thawed:
			clock.Stop()
		case <-clock.C:
			close(lost)
			return
		}
	}
}

func (t *attempt) dead() bool {
	select {
	case <-t.worker.died:
		return true
	default:
		return false
	}
}

func (t *attempt) isStopped() bool {
	select {
	case <-t.stopped:
		return true
	default:
		return false
	}
}

// again is after how long the server has it tried again; below 0: not.
func (t *attempt) again(err error, row workflow.ActivityOptions, n int, since time.Duration) time.Duration {
	var told *temporal.ApplicationError
	var cancelled *temporal.CanceledError
	switch {
	case err == nil, errors.As(err, &cancelled), errors.As(err, &told) && told.NonRetryable():
		return -1
	case row.ScheduleToCloseTimeout > 0 && since > row.ScheduleToCloseTimeout:
		return -1
	case t.isStopped():
		return time.Millisecond
	}
	if told != nil && told.NextRetryDelay() > 0 {
		return told.NextRetryDelay()
	}
	wait := 100 * time.Millisecond
	if policy := row.RetryPolicy; policy != nil {
		wait = policy.InitialInterval
		for range min(n-1, 20) {
			wait = min(2*wait, policy.MaximumInterval)
		}
	}
	return wait
}

type activityOut struct {
	interceptor.ActivityOutboundInterceptorBase
	x *execution
}

func (o *activityOut) GetInfo(ctx context.Context) activity.Info {
	info := o.Next.GetInfo(ctx)
	info.WorkflowExecution.ID, info.WorkflowExecution.RunID = o.x.id, o.x.run
	if one := attemptOf(ctx); one != nil {
		info.Attempt = int32(one.number)
	}
	return info
}

// RecordHeartbeat tells the worker in the answer that the activity is cancelled, or has been given up.
func (o *activityOut) RecordHeartbeat(ctx context.Context, _ ...any) {
	one := attemptOf(ctx)
	if one == nil || one.worker.still() {
		return
	}
	select {
	case <-one.superseded:
		one.cancel()
	case <-one.stopped:
		one.cancel()
	case <-o.x.done:
		one.cancel()
	default:
	}
}

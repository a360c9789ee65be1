package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// A pass reads requests while a long step is at work. When the history becomes long meanwhile, the step is cancelled and the pass goes on in the next run
// of the workflow: as the same run of the ledger, with its store, at the step that it had come to.

// stage is a long step of a pass.
type stage string

const (
	stageFetch   stage = "fetch"
	stageAcquire stage = "acquire"
	stageResolve stage = "resolve"
	stagePush    stage = "push"
)

// stagePatience is how long after its first start a step that would begin anew may still be cancelled. After that it runs to its end, however long the
// history becomes: otherwise a stream of requests could keep a pass from ever ending.
const stagePatience = 5 * time.Minute

// cancellable is true where a step may be cancelled; since is when it was begun first. A push goes on where it was, and a pass that waits for its store
// keeps its turn; a fetch and a resolve begin anew.
func (s stage) cancellable(since, now time.Time) bool {
	return (s != stageFetch && s != stageResolve) || now.Sub(since) < stagePatience
}

// begunPass is the state of a pass that has begun, for the next run of the workflow.
type begunPass struct {
	Lease     ledger.Lease  `json:"lease"`
	Mode      ledger.Mode   `json:"mode"`
	Merchant  string        `json:"merchant,omitempty"`
	Labelled  bool          `json:"labelled,omitempty"`
	Stage     stage         `json:"stage,omitempty"`
	Since     time.Time     `json:"since,omitzero"`      // when the stage was begun first
	NotBefore time.Time     `json:"not_before,omitzero"` // a call of the run before may be open until then
	Counts    ledger.Counts `json:"counts"`
	Left      int64         `json:"left,omitempty"`
	Open      int64         `json:"open,omitempty"`
	Faulty    int           `json:"faulty,omitempty"` // waits in a row for a store with server errors
	Unchanged string        `json:"unchanged,omitempty"`
	Continues bool          `json:"rest,omitempty"` // what it has pushed is not resolved again
	// What people have rejected in earlier runs, and approved in this one.
	SnapshotRejected string                   `json:"snapshot_rejected,omitempty"`
	ZeroingRejected  string                   `json:"zeroing_rejected,omitempty"`
	FetchApproved    *activities.DecideResult `json:"fetch_approved,omitempty"`
	ZeroApproved     *activities.DecideResult `json:"zero_approved,omitempty"`
}

// begunState is the state of the pass for the next run of the workflow.
func (p *pass) begunState() *begunPass {
	return &begunPass{
		Lease: p.lease, Mode: p.mode, Merchant: p.merchant, Labelled: p.labelled, Stage: p.stage, Since: p.since, NotBefore: p.notBefore,
		Counts: p.counts, Left: p.progress.Left, Open: p.progress.Open, Faulty: p.faulty, Unchanged: p.unchanged, Continues: p.continues,
		SnapshotRejected: p.snapshotRejected, ZeroingRejected: p.zeroingRejected, FetchApproved: p.fetchApproved, ZeroApproved: p.zeroApproved,
	}
}

// continueBegun continues a pass that has begun in an earlier run of the workflow.
func (p *pass) continueBegun(ctx workflow.Context, b begunPass) (ledger.Outcome, string, error) {
	p.begun, p.lease, p.mode, p.merchant, p.labelled = true, b.Lease, b.Mode, b.Merchant, b.Labelled
	p.stage, p.since, p.counts, p.faulty, p.unchanged = b.Stage, b.Since, b.Counts, b.Faulty, b.Unchanged
	p.snapshotRejected, p.zeroingRejected, p.fetchApproved, p.zeroApproved = b.SnapshotRejected, b.ZeroingRejected, b.FetchApproved, b.ZeroApproved
	p.fetched = b.Stage == stageAcquire || b.Stage == stageResolve
	p.continues = p.continues || b.Continues
	p.progress.Run, p.progress.Counts, p.progress.Left, p.progress.Open = b.Lease.Run, b.Counts, b.Left, b.Open
	p.fates.begin(SyncAnswer{Answer: SyncStarted, Run: b.Lease.Run})
	ctx = p.prioritised(ctx)
	if err := p.outlast(ctx, b.NotBefore); err != nil {
		return "", "", err
	}
	if b.Stage == stagePush {
		outcome, reason, err := p.push(ctx)
		if p.again == "" || err != nil {
			return outcome, reason, err
		}
		p.resolveAgain(ctx)
	}
	return p.work(ctx, nil)
}

// prioritised is a context whose steps have the priority of the pass.
func (p *pass) prioritised(ctx workflow.Context) workflow.Context {
	if p.merchant == "" {
		return ctx
	}
	return workflow.WithValue(ctx, priorityKey{}, Priority(p.merchant, p.mode, p.trigger))
}

// enter notes which long step the pass has come to.
func (p *pass) enter(ctx workflow.Context, at stage) {
	if p.stage != at {
		p.stage, p.since = at, workflow.Now(ctx)
	}
}

// attends is true for histories in which requests are read while a long step is at work. It is called only where the answer matters.
func (s *sync) attends(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "long-steps-are-attended", workflow.DefaultVersion, 1) == 1
}

// step begins a long step and waits for its result, and reads requests meanwhile.
func (p *pass) step(ctx workflow.Context, begin func(workflow.Context) workflow.Future, result any) error {
	return p.cancelOrWait(ctx, begin, result, p.attendStep)
}

// outlast waits until the last call of the run before must be over, and reads requests meanwhile.
func (p *pass) outlast(ctx workflow.Context, until time.Time) error {
	p.notBefore = until
	return p.pause(ctx, until, "a call of the run before may still be under way", func(timer workflow.Future) error {
		return p.attendStep(ctx, timer.IsReady)
	})
}

// attendStep reads requests until something is done. It returns a continuedError when the history has become long and what is waited for may be
// cancelled.
func (p *pass) attendStep(ctx workflow.Context, done func() bool) error {
	if p.rechecking {
		return nil // recheck reads them
	}
	err := workflow.Await(ctx, func() bool { return done() || p.requestCame() })
	if err != nil || done() || !p.attends(ctx) {
		return err
	}
	return p.attendWhile(ctx, done, func() bool { return p.stage.cancellable(p.since, workflow.Now(ctx)) })
}

// fillGoesOn fills in what a pass that goes on in a new run of the workflow hands to it.
func (p *pass) fillGoesOn(ctx workflow.Context, continued *continuedError) {
	if continued.held == nil && p.begun && p.attends(ctx) {
		continued.begun = p.begunState()
	}
}

// unfinished is the pass in the form in which the next run of the workflow takes it over.
func (t turn) unfinished(continued *continuedError) *unfinished {
	held, begun := t.held, t.begun
	if continued != nil && (continued.held != nil || continued.begun != nil) {
		held, begun = continued.held, continued.begun
	}
	return &unfinished{
		Trigger: t.trigger, Requests: t.requests, Scope: t.scope, DryRun: t.dryRun, SkipFetch: t.skipFetch, Continues: t.continues, Held: held, Begun: begun,
	}
}

func (u *unfinished) turn() turn {
	return turn{
		trigger: u.Trigger, held: u.Held, begun: u.Begun,
		assignment: assignment{requests: u.Requests, scope: u.Scope, dryRun: u.DryRun, skipFetch: u.SkipFetch, continues: u.Continues},
	}
}

// asContinued is the continuedError in an error; nil when it is another.
func asContinued(err error) *continuedError {
	var continued *continuedError
	if errors.As(err, &continued) {
		return continued
	}
	return nil
}

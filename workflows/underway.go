package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// A pass reads requests while a long step is at work. Where the history becomes long meanwhile, the step is cancelled, and the pass goes on
// in the next run of the workflow: as the same run of the ledger, with its store, at the step that it had come to.

// stage is a long step of a pass.
type stage string

const (
	stageFetch   stage = "fetch"
	stageAcquire stage = "acquire"
	stageResolve stage = "resolve"
	stagePush    stage = "push"
)

// stagePatience is for how long a step may be cancelled that begins anew in the next run of the workflow. After that it comes to its end
// first, however long the history becomes: else requests that never stop would keep a pass from ever ending.
const stagePatience = 5 * time.Minute

// cancellable says whether a step that was begun first at some moment may be cancelled. A push goes on where it was, and whoever waits for a
// store keeps its turn; a fetch and a resolve begin anew.
func (s stage) cancellable(since, now time.Time) bool {
	return (s != stageFetch && s != stageResolve) || now.Sub(since) < stagePatience
}

// begunPass is a pass that has begun, as the next run of the workflow needs it.
type begunPass struct {
	Lease     ledger.Lease  `json:"lease"`
	Mode      ledger.Mode   `json:"mode"`
	Merchant  string        `json:"merchant,omitempty"`
	Labelled  bool          `json:"labelled,omitempty"`
	Stage     stage         `json:"stage,omitempty"`
	Since     time.Time     `json:"since,omitzero"`      // when the stage was begun first
	NotBefore time.Time     `json:"not_before,omitzero"` // a call of the run before may be under way until then
	Counts    ledger.Counts `json:"counts"`
	Left      int64         `json:"left,omitempty"`
	Open      int64         `json:"open,omitempty"`
	Faulty    int           `json:"faulty,omitempty"` // waits in a row for a store with server errors
	Unchanged string        `json:"unchanged,omitempty"`
	Rest      bool          `json:"rest,omitempty"` // what it has pushed is not resolved again
	// What persons have rejected of earlier runs, and approved of this one.
	SnapshotRejected string                   `json:"snapshot_rejected,omitempty"`
	ZeroingRejected  string                   `json:"zeroing_rejected,omitempty"`
	FetchApproved    *activities.DecideResult `json:"fetch_approved,omitempty"`
	ZeroApproved     *activities.DecideResult `json:"zero_approved,omitempty"`
}

// underWay is the pass as the next run of the workflow needs it.
func (p *pass) underWay() *begunPass {
	return &begunPass{
		Lease: p.lease, Mode: p.mode, Merchant: p.merchant, Labelled: p.labelled, Stage: p.stage, Since: p.since, NotBefore: p.notBefore,
		Counts: p.counts, Left: p.progress.Left, Open: p.progress.Open, Faulty: p.faulty, Unchanged: p.unchanged, Rest: p.rest,
		SnapshotRejected: p.snapshotRejected, ZeroingRejected: p.zeroingRejected, FetchApproved: p.fetchApproved, ZeroApproved: p.zeroApproved,
	}
}

// goOn goes on with a pass that has begun in an earlier run of the workflow.
func (p *pass) goOn(ctx workflow.Context, b begunPass) (ledger.Outcome, string, error) {
	p.begun, p.lease, p.mode, p.merchant, p.labelled = true, b.Lease, b.Mode, b.Merchant, b.Labelled
	p.stage, p.since, p.counts, p.faulty, p.unchanged = b.Stage, b.Since, b.Counts, b.Faulty, b.Unchanged
	p.snapshotRejected, p.zeroingRejected, p.fetchApproved, p.zeroApproved = b.SnapshotRejected, b.ZeroingRejected, b.FetchApproved, b.ZeroApproved
	p.fetched = b.Stage == stageAcquire || b.Stage == stageResolve
	p.rest = p.rest || b.Rest
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
		p.follow(ctx)
	}
	return p.work(ctx, nil)
}

// prioritised is a context whose steps are as urgent as the pass.
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

// attends is true for histories in which requests are read while a long step is at work. It is asked only where that matters.
func (s *sync) attends(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "long-steps-are-attended", workflow.DefaultVersion, 1) == 1
}

// step has a long step done, and reads requests meanwhile.
func (p *pass) step(ctx workflow.Context, begin func(workflow.Context) workflow.Future, result any) error {
	return p.leaving(ctx, begin, result, p.meanwhile)
}

// outlast waits for as long as a call of the run before may still be under way, and reads requests meanwhile.
func (p *pass) outlast(ctx workflow.Context, until time.Time) error {
	p.notBefore = until
	return p.pause(ctx, until, "a call of the run before may still be under way", func(timer workflow.Future) error {
		return p.meanwhile(ctx, timer.IsReady)
	})
}

// meanwhile reads requests until something is done. It returns a goesOnError when the history has become long and what is waited for may be
// cancelled.
func (p *pass) meanwhile(ctx workflow.Context, done func() bool) error {
	if p.rechecking {
		return nil // whoever checks reads them
	}
	err := workflow.Await(ctx, func() bool { return done() || p.there() })
	if err != nil || done() || !p.attends(ctx) {
		return err
	}
	return p.attendWhile(ctx, done, func() bool { return p.stage.cancellable(p.since, workflow.Now(ctx)) })
}

// handsOn fills in what a pass that goes on in a new run of the workflow hands to it.
func (p *pass) handsOn(ctx workflow.Context, goesOn *goesOnError) {
	if goesOn.held == nil && p.begun && p.attends(ctx) {
		goesOn.begun = p.underWay()
	}
}

// unfinished is the pass as it is handed to the next run of the workflow.
func (t turn) unfinished(goesOn *goesOnError) *unfinished {
	held, begun := t.held, t.begun
	if goesOn != nil && (goesOn.held != nil || goesOn.begun != nil) {
		held, begun = goesOn.held, goesOn.begun
	}
	return &unfinished{
		Trigger: t.trigger, Requests: t.requests, Scope: t.scope, DryRun: t.dryRun, SkipFetch: t.skipFetch, Rest: t.rest, Held: held, Begun: begun,
	}
}

func (u *unfinished) turn() turn {
	return turn{
		trigger: u.Trigger, held: u.Held, begun: u.Begun,
		assignment: assignment{requests: u.Requests, scope: u.Scope, dryRun: u.DryRun, skipFetch: u.SkipFetch, rest: u.Rest},
	}
}

// asGoesOn is the goesOnError in an error; nil when it is another.
func asGoesOn(err error) *goesOnError {
	var goesOn *goesOnError
	if errors.As(err, &goesOn) {
		return goesOn
	}
	return nil
}

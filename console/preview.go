package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// previewView is what the last dry run of a connection would push.
type previewView struct {
	ID, Merchant, Path string
	Under              []underway // dry runs that have not ended
	WhyOff             string     // why nothing can be asked for now
	Empty              string     // why there is no preview
	Run                int64
	RunHref, Made      string
	Scope              string
	Moves              []moveCount
	Same               int64
	Changes            int64 // rows that a push would change
	Move               string
	Rows               []previewRow
	Next               string
}

type underway struct{ Name, Phase, Href string }

type moveCount struct {
	state
	N       int64
	Href    string
	Current bool
}

type previewRow struct {
	SKU, Location, Href string
	Shows               string
	Would               int64
	Change              string
	State               state
	Why                 string
}

// moveStates are the moves for people.
var moveStates = map[ledger.PreviewMove]state{
	ledger.PreviewRaise:   {"good", "check", "Raise"},
	ledger.PreviewLower:   {"info", "ring", "Lower"},
	ledger.PreviewZero:    {"warn", "triangle", "To zero"},
	ledger.PreviewNew:     {"info", "circle", "Not known yet"},
	ledger.PreviewBlocked: {"off", "slash", "Blocked"},
}

func previewPath(id string) string { return connectionPath(id) + "/preview" }

func (c *Console) previewPage(ctx context.Context, q request) (page, error) {
	id := q.path("id")
	connection, pulse, err := c.connection(ctx, id)
	if err != nil {
		return page{}, err
	}
	view := previewView{ID: id, Merchant: connection.Merchant, Path: previewPath(id), Move: q.query.Get("move")}
	runs, err := c.options.Control.Runs(ctx, id, recentDryRuns)
	if err != nil {
		return page{}, err
	}
	view.Under = underWay(runs)
	view.WhyOff = whyOff(connection, pulse)
	after, _ := strconv.ParseInt(q.query.Get("after"), 10, 64) // what is none begins at the beginning
	k := clockOf(q.now, connection.Inventory.Timezone)
	preview, err := c.options.Control.Preview(ctx, id, ledger.PreviewMove(view.Move), after, rowsAPage)
	var absent *control.AbsentError
	switch {
	case errors.As(err, &absent):
		view.Empty = "No preview is kept: make one with a dry run. It reads the warehouse and records its levels, shows what would be pushed, and pushes nothing."
	case err != nil:
		return page{}, err
	default:
		view.show(preview, connection, k)
	}
	shown := frame("Preview of "+id, pulse, k)
	shown.Body = view
	return shown, nil
}

// recentDryRuns is how many runs are looked through for dry runs that have not ended.
const recentDryRuns = 20

func underWay(runs []ledger.Run) []underway {
	var running []underway
	for _, run := range runs {
		if run.DryRun && run.EndedAt == nil {
			phase := run.Phase
			if phase == "" {
				phase = "running"
			}
			running = append(running, underway{fmt.Sprintf("Dry run %d", run.ID), phase, runPath(run.ID)})
		}
	}
	return running
}

// show fills in a preview.
func (v *previewView) show(preview control.PreviewPage, connection ledger.Connection, k clock) {
	v.Run, v.RunHref = preview.Run, runPath(preview.Run)
	v.Made = fmt.Sprintf("%s; it expires: %s", k.at(preview.MadeAt), k.at(preview.ExpiresAt))
	v.Scope = control.SyncName(preview.Mode)
	if len(preview.Scope) > 0 {
		v.Scope += " of " + count(int64(len(preview.Scope)), "SKU")
	}
	v.Same, v.Changes = preview.Same, preview.Raise+preview.Lower+preview.Zero+preview.New
	for _, move := range []struct {
		move ledger.PreviewMove
		n    int64
	}{
		{ledger.PreviewRaise, preview.Raise},
		{ledger.PreviewLower, preview.Lower},
		{ledger.PreviewZero, preview.Zero},
		{ledger.PreviewNew, preview.New},
		{ledger.PreviewBlocked, preview.Blocked},
	} {
		v.Moves = append(v.Moves, moveCount{moveStates[move.move], move.n, v.Path + "?move=" + string(move.move), v.Move == string(move.move)})
	}
	for _, row := range preview.Rows {
		v.Rows = append(v.Rows, viewPreviewRow(row, connection.Merchant))
	}
	if preview.Next != 0 {
		next := url.Values{"after": {strconv.FormatInt(preview.Next, 10)}}
		if v.Move != "" {
			next.Set("move", v.Move)
		}
		v.Next = v.Path + "?" + next.Encode()
	}
}

func viewPreviewRow(row ledger.PreviewRow, merchant string) previewRow {
	view := previewRow{
		SKU: row.ChannelSKU, Location: row.Location, Href: skuPath(merchant, row.Product), Shows: figure(row.Shows), Would: row.Would, Change: "–",
		State: moveStates[row.Move], Why: row.Why,
	}
	if row.Shows != nil && row.Move != ledger.PreviewBlocked {
		view.Change = signed(row.Would - *row.Shows)
	}
	return view
}

// signed is a difference with its sign, as it is set: +5, −3.
func signed(n int64) string {
	switch {
	case n > 0:
		return "+" + number(n)
	case n < 0:
		return "−" + number(-n)
	}
	return "0"
}

// actPreview asks for a dry run.
func (c *Console) actPreview(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	mode, err := modeOf(r)
	if err != nil {
		return previewPath(id), notice{}, err
	}
	return c.ask(ctx, previewPath(id), mode, id, workflows.SyncRequest{DryRun: true})
}

// actPushPreview pushes what the preview that was looked at would change.
func (c *Console) actPushPreview(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	run, err := strconv.ParseInt(r.PostForm.Get("run"), 10, 64)
	if err != nil {
		return previewPath(id), notice{}, unclear("the form does not say which preview was looked at; open the page again")
	}
	answer, err := c.options.Control.PushPreview(ctx, id, run, workflows.SyncRequest{By: by(ctx)})
	if err != nil {
		return previewPath(id), notice{}, err
	}
	return connectionPath(id), fateNotice(ledger.Smart, answer), nil
}

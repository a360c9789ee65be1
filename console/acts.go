package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// act carries out a form. It returns the page to go to next, and the notice that this page shows of the outcome.
type act func(ctx context.Context, r *http.Request) (to string, shown notice, err error)

// form is an act that pages offer: the path to which browsers send it, its kind, which decides the role that it needs, and its name in the log of acts.
type form struct {
	path string
	kind control.Act
	act  string
	do   act
}

func (c *Console) forms() []form {
	return []form{
		{"/c/{id}/sync", control.ActSync, "sync", c.actSync},
		{"/c/{id}/push", control.ActSync, "sync", c.actPush},
		{"/c/{id}/lift", control.ActDecide, "lift rejections", c.actLift},
		{"/c/{id}/preview", control.ActSync, "sync, as a dry run", c.actPreview},
		{"/c/{id}/preview/push", control.ActSync, "push what a preview would change", c.actPushPreview},
		{"/c/{id}/relearn", control.ActRefreshIDs, "relearn", c.actRefreshIDs},
		{"/c/{id}/enable", control.ActEnable, "enable", c.actEnableConnection(true)},
		{"/c/{id}/disable", control.ActEnable, "disable", c.actEnableConnection(false)},
		{"/c/{id}/settings/{name}", control.ActSettings, "set a setting", c.actSetting},
		{"/c/{id}/settings/{name}/clear", control.ActSettings, "clear a setting", c.actClearSetting},
		{strategiesPath + "/{id}", control.ActSettings, "set the strategy", c.actStrategy},
		{strategiesPath + "/{id}/clear", control.ActSettings, "clear the strategy", c.actClearStrategy},
		{partnersPath + "/stores/{id}/test", control.ActTest, "test store", c.actTestStore},
		{partnersPath + "/warehouses/{id}/test", control.ActTest, "test warehouse", c.actTestWarehouse},
		{"/pause", control.ActPause, "pause several", c.actSeveral(true)},
		{"/resume", control.ActPause, "resume several", c.actSeveral(false)},
		{"/c/{id}/pause", control.ActPause, "pause", c.actPause},
		{"/c/{id}/resume", control.ActPause, "resume", c.actResume},
		{"/c/{id}/schedule/{mode}", control.ActSchedule, "set the schedule", c.actSchedule},
		{"/c/{id}/schedule/{mode}/clear", control.ActSchedule, "clear the schedule", c.actClear},
		{"/c/{id}/advice", control.ActSchedule, "apply the advice", c.actAdvice(false)},
		{"/c/{id}/advice/undo", control.ActSchedule, "undo the advice", c.actAdvice(true)},
		{"/runs/{n}/cancel", control.ActCancel, "cancel", c.actCancel},
		{"/runs/{n}/approve", control.ActDecide, "approve", c.actDecide(true)},
		{"/runs/{n}/reject", control.ActDecide, "reject", c.actDecide(false)},
		{ownPath, control.ActOwn, "change the own password", c.actChangePassword},
		{peoplePath, control.ActPeople, "add a person", c.actAddPerson},
		{peoplePath + "/first", control.ActPeople, "invite the first admin", c.actInvite},
		{peoplePath + "/{id}/disable", control.ActPeople, "disable a person", c.actDisable},
		{peoplePath + "/{id}/enable", control.ActPeople, "enable a person", c.actEnable},
		{peoplePath + "/{id}/reset", control.ActPeople, "reset a password", c.actResetPassword},
		{peoplePath + "/{id}/role", control.ActPeople, "change a role", c.actSetRole},
	}
}

// Forms are the paths of all forms of the pages.
func (c *Console) Forms() []string {
	var paths []string
	for _, form := range c.forms() {
		paths = append(paths, form.path)
	}
	return paths
}

// formError is a form that cannot be read. The pages refuse it before control sees it, and note that as control notes its own refusals.
type formError struct {
	message string
	// fields has what is wrong with each field, where that is known.
	fields wrong
}

func (e *formError) Error() string { return e.message }

// Unwrap makes it a usage error, like control's refusals.
func (e *formError) Unwrap() error { return &control.UsageError{Message: e.message} }

func unclear(format string, arguments ...any) error {
	return &formError{message: fmt.Sprintf(format, arguments...)}
}

// mostSubjectBytes bounds how much of a path is noted when its form is refused.
const mostSubjectBytes = 100

// subject is the connection, run or person that a form's path names.
func subject(r *http.Request) string {
	on := r.PathValue("id")
	if run := r.PathValue("n"); run != "" {
		on = "run " + run
	}
	return on[:min(len(on), mostSubjectBytes)]
}

// noteUnclear notes a form that cannot be read in the log of acts. Its sender learns of the refusal anyway, so a failure to note it is only logged.
func (c *Console) noteUnclear(ctx context.Context, sent form, r *http.Request, err error) {
	var refused *formError
	if !errors.As(err, &refused) {
		return
	}
	if err := c.options.Control.NoteInvalid(ctx, sent.act, subject(r), refused.message); err != nil {
		c.options.Log.Error("an act that was refused could not be noted", "error", err)
	}
}

// perform carries out a form and redirects to the page that shows the outcome. That page gives the reason of a refusal; of a failure it says only that
// there was one, and the server's log has the details.
func (c *Console) perform(sent form) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pagePatience)
		defer cancel()
		if err := r.ParseForm(); err != nil {
			c.noteUnclear(ctx, sent, r, unclear("the form cannot be read"))
			c.fail(w, r, http.StatusBadRequest, "The form cannot be read.")
			return
		}
		to, shown, err := sent.do(ctx, r)
		c.noteUnclear(ctx, sent, r, err)
		why, refused := refusalWords(err)
		switch {
		case refused:
			shown = notice{state: state{"bad", "cross", "Not done"}, Text: why}
			if atFields(err) {
				shown.Text = "Nothing was saved. What the fields should be stands at each."
			}
		case err != nil:
			c.options.Log.Error("an act on a page failed", "path", r.URL.Path, "error", err)
			shown = notice{
				state: state{"bad", "cross", "Not done"},
				Text: "The ledger or Temporal did not answer; the server's log says why. " +
					"What was asked for before that may have been done: the page shows how things stand.",
			}
		default:
			c.options.Log.Info("done on a page", "path", r.URL.Path, "by", by(ctx))
		}
		if shown.Token != "" {
			c.setCookie(w, shown.Token)
		}
		switch {
		case shown.Secret != nil:
			c.views.render(w, http.StatusOK, "secret", page{Title: "A password", Body: *shown.Secret})
		case shown == notice{}:
			http.Redirect(w, r, to, http.StatusSeeOther)
		default:
			c.lead(w, r, to, shown)
		}
	}
}

// atFields is true for an error that the page shows beside the fields of the form.
func atFields(err error) bool {
	var unread *formError
	return errors.As(err, &unread) && len(unread.fields) > 0
}

// by is the name of the person who acts, as others will read it.
func by(ctx context.Context) string { return control.ActorOf(ctx).Name }

func connectionPath(id string) string { return "/c/" + url.PathEscape(id) }

func runPath(run int64) string { return "/runs/" + strconv.FormatInt(run, 10) }

func (c *Console) actSync(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	mode, err := modeOf(r)
	if err != nil {
		return connectionPath(id), notice{}, err
	}
	return c.ask(ctx, connectionPath(id), mode, id, workflows.SyncRequest{})
}

// modeOf is the kind of run that a form asks for.
func modeOf(r *http.Request) (ledger.Mode, error) {
	mode := ledger.Mode(r.PostForm.Get("mode"))
	if mode != ledger.Smart && mode != ledger.Full {
		return mode, unclear("the form names neither a Smart Sync nor a Full Sync")
	}
	return mode, nil
}

// actPush pushes some SKUs of the warehouse now: those that the form names, and the products of the rows that were chosen. With a merchant in the form
// it goes back to the page of the SKU.
func (c *Console) actPush(ctx context.Context, r *http.Request) (string, notice, error) {
	id, skus := r.PathValue("id"), r.PostForm["sku"]
	to := connectionPath(id) + "/levels"
	if merchant := r.PostForm.Get("merchant"); merchant != "" && len(skus) == 1 {
		to = skuPath(merchant, skus[0])
	}
	for _, chosen := range r.PostForm["row"] {
		rows, err := c.options.Control.ChannelLevels(ctx, id, chosen, "", ledger.Page{Limit: rowsAPage})
		if err != nil {
			return to, notice{}, err
		}
		for _, row := range rows {
			skus = append(skus, row.Product)
		}
	}
	slices.Sort(skus)
	if skus = slices.Compact(skus); len(skus) == 0 {
		return to, notice{}, unclear("no SKU is chosen")
	}
	return c.ask(ctx, to, ledger.Smart, id, workflows.SyncRequest{SKUs: skus})
}

// actRefreshIDs refreshes the store's ids of the rows that were chosen.
func (c *Console) actRefreshIDs(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	to := connectionPath(id) + "/levels"
	if len(r.PostForm["row"]) == 0 {
		return to, notice{}, unclear("no row is chosen")
	}
	connection, err := c.options.Control.Connection(ctx, id)
	if err != nil {
		return to, notice{}, err
	}
	refreshed, err := c.options.Control.RefreshIDs(ctx, connection.Store, r.PostForm["row"])
	if err != nil {
		return to, notice{}, err
	}
	shown := notice{state: state{"good", "check", "Forgotten"}, Text: fmt.Sprintf("The store's ids of %s; the next run refreshes them and pushes %s again.",
		count(refreshed.References, "item"), count(refreshed.Due, "figure"))}
	if refreshed.Open > 0 {
		shown.Text += fmt.Sprintf(" %s left: a call for them is not answered yet; do it again after the next run.", count(refreshed.Open, "figure"))
	}
	return to, shown, nil
}

func (c *Console) ask(ctx context.Context, to string, mode ledger.Mode, id string, request workflows.SyncRequest) (string, notice, error) {
	request.ID, request.By = uuid.NewString(), by(ctx)
	answer, err := c.options.Control.SyncWithAnswer(ctx, mode, id, request)
	if err != nil {
		return to, notice{}, err
	}
	shown := fateNotice(mode, answer)
	if request.DryRun && answer.Fate == workflows.SyncStarted {
		shown.Text = fmt.Sprintf("The dry run is run %d. Nothing is pushed.", answer.ByRun)
	}
	return to, shown, nil
}

// fateNotice says how a request for a run was answered.
func fateNotice(mode ledger.Mode, answer control.SyncAnswer) notice {
	name := control.SyncName(mode)
	shown := notice{state: state{"good", "check", "Started"}, Text: fmt.Sprintf("%s started as run %d.", name, answer.ByRun)}
	switch answer.Fate {
	case workflows.SyncStarted:
	case workflows.SyncJoined:
		shown = notice{state: state{"good", "check", "Joined"}, Text: fmt.Sprintf("Run %d had not begun to fetch, and serves this as well.", answer.ByRun)}
	case workflows.SyncWaits:
		shown = notice{state: state{"info", "ring", "Waits"}, Text: "One more run follows" + because(answer.Why) + "."}
	case workflows.SyncCovered:
		shown = notice{state: state{"good", "check", "Nothing left to do"}, Text: "What this asks for has been done" + because(answer.Why) + "."}
	case workflows.SyncFailed:
		shown = notice{state: state{"bad", "cross", "No run began"}, Text: sentence(answer.Why)}
	default:
		shown = notice{
			state: state{"warn", "triangle", "Accepted"},
			Text:  "The request is safe with Temporal, and no worker has answered yet: it starts as soon as one runs.",
		}
	}
	if answer.ByRun != 0 {
		shown.Href, shown.More = runPath(answer.ByRun), fmt.Sprintf("Follow run %d", answer.ByRun)
	}
	return shown
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// capital begins a text with a capital letter.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// sentence begins with a capital letter and ends with a stop.
func sentence(text string) string {
	if text == "" {
		return "No reason was given."
	}
	return capital(strings.TrimSuffix(text, ".")) + "."
}

func (c *Console) actPause(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	paused, err := c.options.Control.Pause(ctx, id, by(ctx), strings.TrimSpace(r.PostForm.Get("reason")))
	return connectionPath(id), notice{
		state: state{"off", "bars", "Paused"},
		Text:  count(int64(len(paused)), "schedule") + " will start nothing until somebody resumes. A run that is under way goes on, and both buttons still work.",
	}, err
}

func (c *Console) actResume(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	resumed, err := c.options.Control.Resume(ctx, id, by(ctx))
	return connectionPath(id), notice{state: state{"good", "check", "Resumed"}, Text: count(int64(len(resumed)), "schedule") + " will start runs again."}, err
}

// actSeveral pauses or resumes the connections that are chosen in the list. One that is refused does not keep the others from it.
func (c *Console) actSeveral(pause bool) act {
	return func(ctx context.Context, r *http.Request) (string, notice, error) {
		chosen := slices.Compact(slices.Sorted(slices.Values(r.PostForm["connection"])))
		if len(chosen) == 0 {
			return "/", notice{}, unclear("no connection is chosen")
		}
		var done, refused []string
		for _, id := range chosen {
			var err error
			if pause {
				_, err = c.options.Control.Pause(ctx, id, by(ctx), strings.TrimSpace(r.PostForm.Get("reason")))
			} else {
				_, err = c.options.Control.Resume(ctx, id, by(ctx))
			}
			why, isRefused := refusalWords(err)
			switch {
			case isRefused:
				refused = append(refused, id+": "+strings.TrimSuffix(why, "."))
			case err != nil:
				return "/", notice{}, err
			default:
				done = append(done, id)
			}
		}
		return "/", severalNotice(pause, done, refused), nil
	}
}

// severalNotice says which of several connections were paused or resumed, and why others were not.
func severalNotice(pause bool, done, refused []string) notice {
	shown, follows := state{"good", "check", "Resumed"}, "Their schedules start runs again."
	if pause {
		shown, follows = state{"off", "bars", "Paused"}, "Their schedules start nothing until somebody resumes them. Runs that are under way go on."
	}
	if len(done) == 0 {
		shown, follows = state{"bad", "cross", "Not done"}, ""
	} else if len(refused) > 0 {
		shown.Class, shown.Shape = "warn", "triangle"
	}
	text := ""
	if len(done) > 0 {
		text = strings.Join(done, ", ") + ". " + follows
	}
	if len(refused) > 0 {
		text += " Not done: " + strings.Join(refused, "; ") + "."
	}
	return notice{state: shown, Text: strings.TrimSpace(text)}
}

func runNumber(r *http.Request) (int64, error) {
	run, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return 0, unclear("that is not the number of a run")
	}
	return run, nil
}

func (c *Console) actCancel(ctx context.Context, r *http.Request) (string, notice, error) {
	id, err := runNumber(r)
	if err != nil {
		return "/runs", notice{}, err
	}
	run, err := c.options.Control.Cancel(ctx, id)
	shown := notice{
		state: state{"off", "slash", "Cancelling"},
		Text:  "The run ends when its call to the store has been answered. What it has pushed stands; what is left is due for the next run.",
	}
	if err == nil && run.EndedAt != nil {
		shown.Word = "Cancelled"
	}
	return runPath(id), shown, err
}

func (c *Console) actDecide(approve bool) act {
	return func(ctx context.Context, r *http.Request) (string, notice, error) {
		id, err := runNumber(r)
		if err != nil {
			return "/held", notice{}, err
		}
		decided, err := c.options.Control.Decide(ctx, id, approve, by(ctx))
		if err != nil {
			return "/held", notice{}, err
		}
		return "/held", decidedNotice(decided), nil
	}
}

// actLift takes back the rejections of a connection's pushes, and requests a run that pushes them.
func (c *Console) actLift(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	lifted, err := c.options.Control.LiftRejections(ctx, id, workflows.SyncRequest{ID: uuid.NewString(), By: by(ctx)})
	if err != nil {
		return connectionPath(id), notice{}, err
	}
	shown := fateNotice(ledger.Smart, lifted.SyncAnswer)
	shown.Text = "The rejection is taken back. " + shown.Text + " Where it would take too much to 0, it asks once more."
	return connectionPath(id), shown, nil
}

// decidedNotice says what an answer to a held run did.
func decidedNotice(decided control.DecisionResult) notice {
	shown := notice{Href: runPath(decided.Run), More: fmt.Sprintf("Run %d", decided.Run)}
	others := ""
	if len(decided.Runs) > 1 {
		others = fmt.Sprintf(" The answer is for %s.", count(int64(len(decided.Runs)), "run"))
	}
	switch decided.Answer {
	case control.Approved:
		shown.state = state{"good", "check", "Approved"}
		shown.Text = "The run fetches anew and goes on; where that is worse than what was approved, it asks again." + others
	case control.Rejected:
		shown.state, shown.Text = state{"good", "check", "Rejected"}, "Nothing of it is pushed, and the same is not asked about again."+others
	case control.Dissolved:
		shown.state, shown.Text = state{"info", "ring", "Nobody has to decide"}, "The hold was dissolved before the answer came."
	case control.Lifted:
		shown.state, shown.Text = state{"good", "check", "Lifted"}, "The rejection is lifted; the next run asks anew."
	case control.NotHeld:
		shown.state, shown.Text = state{"info", "ring", "Nothing changed"}, sentence(decided.Why)
	default:
		shown.state = state{"warn", "triangle", "Accepted"}
		shown.Text = "The answer is safe with Temporal, and no worker has answered yet: it counts as soon as one runs."
	}
	return shown
}

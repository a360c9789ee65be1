package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// editorView is the page on which a schedule is edited.
type editorView struct {
	ID, Merchant, Path, Name string
	Mode                     ledger.Mode
	InForce                  []string // its rules, a sentence each
	Setting                  string   // who set it
	Pending, ReadOnly        bool
	InFile, Overridden       bool
	Problem                  string // why what was entered cannot be
	Wrong                    wrong  // what is wrong with its fields
	Version                  int64
	Rules                    []ruleForm
	Days                     []string
	Timezone, Reason         string
	Until, UntilZone         string // when an override ends, as a field has it, and the zone in which that is written
	Full, Force              bool
	// Would is what the fields say, in words, with what it would do.
	Would      string
	Starts     []string
	Spread     string // that runs begin somewhat later, so that not all begin at once
	ChangeDays []string
	Warnings   []string
	YAML       []string
}

func schedulePath(id string, mode ledger.Mode) string {
	return connectionPath(id) + "/schedule/" + string(mode)
}

func scheduleName(mode ledger.Mode) string {
	if mode == ledger.Full {
		return "Full sync schedule"
	}
	return "Default schedule (Smart Sync)"
}

// schedulePage shows a schedule with the form that edits it, filled in and previewed from the query, or from the schedule in force where the query has
// no rules.
func (c *Console) schedulePage(ctx context.Context, q request) (page, error) {
	id, mode := q.path("id"), ledger.Mode(q.path("mode"))
	setting, err := c.options.Control.Schedule(ctx, id, mode)
	if err != nil {
		return page{}, err
	}
	connection, pulse, err := c.connection(ctx, id)
	if err != nil {
		return page{}, err
	}
	view, preview := viewEditor(setting, q.query), setting.SchedulePreview
	view.Merchant = connection.Merchant
	if q.query.Has("rules") {
		preview, err = c.preview(ctx, id, mode, q.query)
		var refused *control.UsageError
		var unread *formError
		switch {
		case errors.As(err, &unread) && len(unread.fields) > 0:
			view.Wrong, err = unread.fields, nil
		case errors.As(err, &refused):
			view.Problem, err = refused.Message, nil
		}
		if err != nil {
			return page{}, err
		}
	}
	k := clockOf(q.now, cmp.Or(view.Timezone, "UTC"))
	view.show(preview, k)
	shown := frame("Schedule of "+id, pulse, k)
	shown.Body = view
	return shown, nil
}

// preview says what a form would do.
func (c *Console) preview(ctx context.Context, id string, mode ledger.Mode, values url.Values) (control.SchedulePreview, error) {
	edit, err := editOf(ctx, values, time.Time{})
	if err != nil {
		return control.SchedulePreview{}, err
	}
	return c.options.Control.PreviewSchedule(ctx, id, mode, edit)
}

// viewEditor is the form, filled in from the query, or from the schedule in force.
func viewEditor(shown control.ScheduleWithPreview, values url.Values) editorView {
	setting := shown.ScheduleSetting
	view := editorView{
		ID: setting.Connection, Mode: setting.Mode, Path: schedulePath(setting.Connection, setting.Mode), Name: scheduleName(setting.Mode),
		Full:    setting.Mode == ledger.Full,
		InForce: ruleSentences(setting.Rules), Setting: sentence(control.SettingWords(setting)), Pending: setting.Pending, ReadOnly: setting.ReadOnly,
		InFile: setting.File != nil, Overridden: setting.Override != nil, Version: setting.Version, Days: weekDays,
		Rules: formOf(setting.Rules), Timezone: setting.Timezone, Would: control.ScheduleWords(setting.Schedule), UntilZone: cmp.Or(setting.Timezone, "UTC"),
	}
	if !values.Has("rules") {
		view.Spread = spreadWords(setting.Rules)
		if o := setting.Override; o != nil {
			view.Reason = o.Reason
			if o.Until != nil {
				view.Until = endText(*o.Until, view.UntilZone)
			}
		}
		return view
	}
	forms := formFrom(values)
	view.Rules = withEmpty(forms)
	view.Timezone, view.Reason, view.Until, view.Force = values.Get("timezone"), values.Get("reason"), values.Get("until"), values.Get("force") != ""
	view.UntilZone = endZone(values, view.UntilZone)
	if read, err := strconv.ParseInt(values.Get("version"), 10, 64); err == nil {
		view.Version = read
	}
	view.Would = ""
	if rules, faults := rulesOf(forms); len(faults) == 0 {
		view.Would, view.Spread = control.ScheduleWords(ledger.Schedule{Rules: rules, Timezone: view.Timezone}), spreadWords(rules)
	}
	return view
}

func (v *editorView) show(preview control.SchedulePreview, k clock) {
	if v.Problem != "" || len(v.Wrong) > 0 {
		v.Would = ""
		return
	}
	for _, start := range preview.Starts {
		v.Starts = append(v.Starts, start.In(k.zone).Format("Mon Jan 2, 15:04 MST"))
	}
	for _, day := range preview.ChangeDays {
		v.ChangeDays = append(v.ChangeDays, "On "+day.Date+" "+day.Text())
	}
	for _, warning := range preview.Warnings {
		v.Warnings = append(v.Warnings, sentence(warning))
	}
	v.YAML = preview.YAML
}

// spreadWords say how much later than its rules a run may begin; empty where it does not.
func spreadWords(rules []ledger.Rule) string {
	most := control.Spread(rules)
	if most < time.Second {
		return ""
	}
	return "Each begins up to " + span(most) + " later, so that not all connections begin at once."
}

// ruleSentences are the rules of a schedule, or that there is none.
func ruleSentences(rules []ledger.Rule) []string {
	if len(rules) == 0 {
		return []string{"By hand only"}
	}
	return control.RuleWords(rules)
}

// editOf reads the form. The end of an override is in the zone that the form names beside it, whatever the zone of the schedule becomes. With a zero now,
// for a preview, the end and the version are not read.
func editOf(ctx context.Context, values url.Values, now time.Time) (control.ScheduleEdit, error) {
	rules, faults := rulesOf(formFrom(values))
	zone := strings.TrimSpace(values.Get("timezone"))
	if !ledger.IsZone(zone) {
		faults["timezone"] = "A time zone, like America/New_York or UTC."
	}
	end, err := endOf(values, zone)
	if err != nil {
		faults["until"] = "A date and a time, or nothing."
	}
	if err := faults.refusal(values.Get); err != nil {
		return control.ScheduleEdit{}, err
	}
	edit := control.ScheduleEdit{
		Schedule: ledger.Schedule{Rules: rules, Timezone: zone}, Reason: values.Get("reason"), By: by(ctx),
		Force: values.Get("force") != "", Insist: "tick “more than once a day”",
	}
	if now.IsZero() {
		return edit, nil
	}
	if edit.Version, err = strconv.ParseInt(values.Get("version"), 10, 64); err != nil {
		return edit, unclear("the form does not say on which version it was made; open the page again")
	}
	edit.Until = end
	return edit, nil
}

// endForm is the format of a browser's field for a date and time.
const endForm = "2006-01-02T15:04"

// endText is the end of an override as endOf reads it.
func endText(end time.Time, timezone string) string {
	return end.In(clockOf(end, timezone).zone).Format(endForm)
}

// endZone is the zone that a form names for the end of an override; otherwise where it names no zone, or one that does not exist.
func endZone(values url.Values, otherwise string) string {
	if zone := values.Get("until_zone"); zone != "" && ledger.IsZone(zone) {
		return zone
	}
	return otherwise
}

// endOf reads the end of an override as a form sends it; nil for none. It is in the zone that the form shows beside it, otherwise in the one that is given.
func endOf(values url.Values, otherwise string) (*time.Time, error) {
	text := strings.TrimSpace(values.Get("until"))
	if text == "" {
		return nil, nil
	}
	named := cmp.Or(values.Get("until_zone"), otherwise)
	zone, err := time.LoadLocation(named)
	if err != nil && values.Has("until_zone") {
		return nil, unclear("the zone of the end, %q, is none", named)
	} else if err != nil {
		zone = time.UTC // the schedule's zone itself is refused
	}
	at, err := time.ParseInLocation(endForm, text, zone)
	if err != nil {
		return nil, unclear("the end, %q, is no date and time", text)
	}
	return &at, nil
}

// actSchedule saves the form. A refusal leads back to the form as it was sent; one of an edit of an old version, with the newest version.
func (c *Console) actSchedule(ctx context.Context, r *http.Request) (string, notice, error) {
	id, mode := r.PathValue("id"), ledger.Mode(r.PathValue("mode"))
	back := func(values url.Values) string { return schedulePath(id, mode) + "?" + values.Encode() }
	edit, err := editOf(ctx, r.PostForm, c.options.Now())
	if err != nil {
		return back(r.PostForm), notice{}, err
	}
	edited, err := c.options.Control.EditSchedule(ctx, id, mode, edit)
	var stale *control.StaleEditError
	if errors.As(err, &stale) {
		r.PostForm.Del("version")
	}
	if err != nil {
		return back(r.PostForm), notice{}, err
	}
	return connectionPath(id), editedNotice("Saved", edited), nil
}

// actClear ends what was set of a schedule beside the configuration.
func (c *Console) actClear(ctx context.Context, r *http.Request) (string, notice, error) {
	id, mode := r.PathValue("id"), ledger.Mode(r.PathValue("mode"))
	to := schedulePath(id, mode)
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return to, notice{}, unclear("the form does not say on which version it was made; open the page again")
	}
	edited, err := c.options.Control.ClearOverride(ctx, id, mode, version)
	if err != nil {
		return to, notice{}, err
	}
	return connectionPath(id), editedNotice("Ended", edited), nil
}

// editedNotice says what is in force after an edit, and when runs start next.
func editedNotice(word string, edited control.ScheduleEditResult) notice {
	shown := notice{state: state{"good", "check", word}, Text: fmt.Sprintf("%s runs %s.", control.SyncName(edited.Mode), control.ScheduleWords(edited.Schedule))}
	if len(edited.Starts) > 0 {
		shown.Text += " Next start: " + edited.Starts[0].Format("Mon Jan 2, 15:04 MST") + "."
	}
	for _, warning := range edited.Warnings {
		shown.Text += " " + sentence(warning)
	}
	if edited.Waits != "" {
		shown.state = state{"warn", "triangle", word}
		shown.Text += " It is safe in the ledger; Temporal could not be told yet, and a worker does that as soon as it can."
	}
	return shown
}

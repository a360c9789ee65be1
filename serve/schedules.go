package serve

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// scheduleMode parses the mode in a path: smart or full.
func scheduleMode(name string) (ledger.Mode, error) {
	mode := ledger.Mode(name)
	if mode != ledger.Smart && mode != ledger.Full {
		return mode, notFound("there is no schedule " + inventory.Quoted(name) + "; there are smart and full")
	}
	return mode, nil
}

// schedules are both schedules of a connection, Smart Sync's first.
func (s *Server) schedules(ctx context.Context, q getRequest) (any, error) {
	var all []control.ScheduleWithPreview
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		schedule, err := s.options.Control.Schedule(ctx, q.PathValue("id"), mode)
		if err != nil {
			return nil, err
		}
		all = append(all, schedule)
	}
	return pageOf(all, viewSchedule), nil
}

func (s *Server) schedule(ctx context.Context, q getRequest) (any, error) {
	mode, err := scheduleMode(q.PathValue("mode"))
	if err != nil {
		return nil, err
	}
	shown, err := s.options.Control.Schedule(ctx, q.PathValue("id"), mode)
	return viewSchedule(shown), err
}

// editSchedule sets a schedule. The request carries the version that it was made on; another version is refused.
func (s *Server) editSchedule(ctx context.Context, input actRequest) (any, error) {
	mode, edit, err := s.scheduleEdit(input)
	if err != nil {
		return nil, err
	}
	if input.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.EditSchedule(ctx, input.PathValue("id"), mode, edit)
	return viewEdited(edited), err
}

// previewSchedule shows the starts of a schedule without setting it.
func (s *Server) previewSchedule(ctx context.Context, input actRequest) (any, error) {
	mode, edit, err := s.scheduleEdit(input)
	if err != nil {
		return nil, err
	}
	preview, err := s.options.Control.PreviewSchedule(ctx, input.PathValue("id"), mode, edit)
	return viewPreview(preview), err
}

func (s *Server) scheduleEdit(input actRequest) (ledger.Mode, control.ScheduleEdit, error) {
	mode, err := scheduleMode(input.PathValue("mode"))
	if err != nil {
		return mode, control.ScheduleEdit{}, err
	}
	if input.rules == nil {
		return mode, control.ScheduleEdit{}, invalid("invalid_request", `rules: expected a list like [{"every":"60m"}]; an empty list means no scheduled starts`)
	}
	edit := control.ScheduleEdit{
		Schedule: ledger.Schedule{Rules: input.rules, Timezone: input.timezone}, Reason: input.reason, Until: input.until, Force: input.force,
		Insist: `"force": true`, By: input.by,
	}
	if input.version != nil {
		edit.Version = *input.version
	}
	return mode, edit, nil
}

var errNoVersion = invalid("invalid_request",
	"version: the version is missing; GET the setting, the schedule or the advice, and send the version that is in it")

func (s *Server) clearSchedule(ctx context.Context, input actRequest) (any, error) {
	mode, err := scheduleMode(input.PathValue("mode"))
	if err != nil {
		return nil, err
	}
	if input.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.ClearOverride(ctx, input.PathValue("id"), mode, *input.version)
	return viewEdited(edited), err
}

func (s *Server) advice(ctx context.Context, q getRequest) (any, error) {
	shown, err := s.options.Control.Advise(ctx, q.PathValue("id"))
	return viewAdvice(shown), err
}

func (s *Server) applyAdvice(ctx context.Context, input actRequest) (any, error) {
	if input.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.ApplyAdvice(ctx, input.PathValue("id"), *input.version, input.by)
	return viewEdited(edited), err
}

func (s *Server) undoAdvice(ctx context.Context, input actRequest) (any, error) {
	if input.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.UndoAdvice(ctx, input.PathValue("id"), *input.version)
	return viewEdited(edited), err
}

// ruleView is a rule in the form of the configuration file: durations are texts like 60m.
type ruleView struct {
	Every    string         `json:"every,omitempty"`
	Hourly   *ledger.Hourly `json:"hourly,omitempty"`
	Daily    string         `json:"daily,omitempty"`
	Flexible *flexibleView  `json:"flexible,omitempty"`
}

type flexibleView struct {
	Every string   `json:"every"`
	From  int      `json:"from"`
	To    int      `json:"to"`
	Days  []string `json:"days,omitempty"`
}

type timesView struct {
	Rules    []ruleView `json:"rules"`
	Timezone string     `json:"timezone"`
	Words    string     `json:"words"`
}

func viewTimes(schedule ledger.Schedule) timesView {
	view := timesView{Rules: []ruleView{}, Timezone: schedule.Timezone, Words: control.ScheduleWords(schedule)}
	for _, rule := range schedule.Rules {
		form := ruleView{Hourly: rule.Hourly, Daily: rule.Daily}
		if rule.Every > 0 {
			form.Every = durationText(rule.Every)
		}
		if f := rule.Flexible; f != nil {
			form.Flexible = &flexibleView{Every: durationText(f.Every), From: f.From, To: f.To, Days: f.Days}
		}
		view.Rules = append(view.Rules, form)
	}
	return view
}

// settingView is a schedule that is in force, with who set it.
type settingView struct {
	Connection string      `json:"connection"`
	Mode       ledger.Mode `json:"mode"`
	timesView
	Source   control.ScheduleSource `json:"source"`
	Since    time.Time              `json:"since,omitzero"`
	File     *timesView             `json:"file,omitempty"`
	FileName string                 `json:"file_name,omitempty"`
	Default  timesView              `json:"default"`
	Override *overrideView          `json:"override,omitempty"`
	Version  int64                  `json:"version"`
	Pending  bool                   `json:"pending"`
	ReadOnly bool                   `json:"read_only"`
}

type overrideView struct {
	Reason  string     `json:"reason,omitempty"`
	By      string     `json:"by"`
	Since   time.Time  `json:"since"`
	Until   *time.Time `json:"until,omitempty"`
	Advised bool       `json:"advised"`
}

func viewSetting(setting control.ScheduleSetting) settingView {
	view := settingView{
		Connection: setting.Connection, Mode: setting.Mode, timesView: viewTimes(setting.Schedule), Source: setting.Source, Since: setting.Since,
		FileName: setting.FileName, Default: viewTimes(setting.Default), Version: setting.Version, Pending: setting.Pending, ReadOnly: setting.ReadOnly,
	}
	if setting.File != nil {
		view.File = new(viewTimes(*setting.File))
	}
	if o := setting.Override; o != nil {
		view.Override = &overrideView{Reason: o.Reason, By: o.By, Since: o.Since, Until: o.Until, Advised: o.Advised}
	}
	return view
}

// previewView is what a schedule would do.
type previewView struct {
	Starts     []time.Time         `json:"starts"`
	ChangeDays []control.ChangeDay `json:"change_days"`
	Warnings   []string            `json:"warnings"`
	YAML       []string            `json:"yaml"`
}

func viewPreview(preview control.SchedulePreview) previewView {
	return previewView{
		Starts: append([]time.Time{}, preview.Starts...), ChangeDays: append([]control.ChangeDay{}, preview.ChangeDays...),
		Warnings: append([]string{}, preview.Warnings...), YAML: append([]string{}, preview.YAML...),
	}
}

type scheduleView struct {
	settingView
	previewView
}

func viewSchedule(schedule control.ScheduleWithPreview) scheduleView {
	return scheduleView{viewSetting(schedule.ScheduleSetting), viewPreview(schedule.SchedulePreview)}
}

// editedView is a schedule after an edit.
type editedView struct {
	settingView
	Starts   []time.Time `json:"starts"`
	Warnings []string    `json:"warnings"`
	Waits    string      `json:"waits,omitempty"` // why Temporal does not have it yet
}

func viewEdited(edited control.ScheduleEditResult) editedView {
	return editedView{viewSetting(edited.ScheduleSetting), append([]time.Time{}, edited.Starts...), append([]string{}, edited.Warnings...), edited.Waits}
}

// adviceView is the recommended interval of a connection's Smart Sync. Durations are texts like 1m30s.
type adviceView struct {
	Connection   string      `json:"connection"`
	Runs         int         `json:"runs"`
	Needed       int         `json:"needed"`
	P50          string      `json:"p50,omitempty"`
	P95          string      `json:"p95,omitempty"`
	Longest      string      `json:"longest,omitempty"`
	Floor        string      `json:"floor"`
	Interval     string      `json:"interval,omitempty"`
	Average      string      `json:"average,omitempty"`
	Worst        string      `json:"worst,omitempty"`
	Today        string      `json:"today,omitempty"`
	TodayAverage string      `json:"today_average,omitempty"`
	TodayWorst   string      `json:"today_worst,omitempty"`
	Quiet        bool        `json:"quiet"`
	Changed      int         `json:"changed"`
	ChangedRows  float64     `json:"changed_rows"`
	Waited       int         `json:"waited"`
	Skipped      int         `json:"skipped"`
	Why          []string    `json:"why"`
	Setting      settingView `json:"setting"`
	Version      int64       `json:"version"` // of the setting; a request to apply the advice carries it
	Applicable   bool        `json:"applicable"`
	Applied      bool        `json:"applied"`
}

func viewAdvice(a control.Advice) adviceView {
	return adviceView{
		Connection: a.Connection, Runs: a.Runs, Needed: a.Needed, P50: durationText(a.P50), P95: durationText(a.P95), Longest: durationText(a.Longest),
		Floor:    durationText(a.Floor),
		Interval: durationText(a.Interval), Average: durationText(a.Average), Worst: durationText(a.Worst), Today: durationText(a.Today),
		TodayAverage: durationText(a.TodayAverage),
		TodayWorst:   durationText(a.TodayWorst), Quiet: a.Quiet, Changed: a.Changed, ChangedRows: a.ChangedRows, Waited: a.Waited, Skipped: a.Skipped,
		Why: append([]string{}, a.Why...), Setting: viewSetting(a.Setting), Version: a.Setting.Version, Applicable: a.Applicable, Applied: a.Applied,
	}
}

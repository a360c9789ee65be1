package serve

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// scheduleMode is the mode that a path names.
func scheduleMode(name string) (ledger.Mode, error) {
	mode := ledger.Mode(name)
	if mode != ledger.Smart && mode != ledger.Full {
		return mode, notFound("there is no schedule " + inventory.Quoted(name) + "; there are smart and full")
	}
	return mode, nil
}

// schedules are both schedules of a connection, Smart Sync's first.
func (s *Server) schedules(ctx context.Context, q question) (any, error) {
	var all []control.ScheduleShown
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		one, err := s.options.Control.Schedule(ctx, q.PathValue("id"), mode)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return pageOf(all, viewSchedule), nil
}

func (s *Server) schedule(ctx context.Context, q question) (any, error) {
	mode, err := scheduleMode(q.PathValue("mode"))
	if err != nil {
		return nil, err
	}
	found, err := s.options.Control.Schedule(ctx, q.PathValue("id"), mode)
	return viewSchedule(found), err
}

// editSchedule sets a schedule. Its version is that of the setting that it was made on.
func (s *Server) editSchedule(ctx context.Context, w wishes) (any, error) {
	mode, edit, err := s.editWished(w)
	if err != nil {
		return nil, err
	}
	if w.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.EditSchedule(ctx, w.PathValue("id"), mode, edit)
	return viewEdited(edited), err
}

// previewSchedule says what a schedule would do, and sets nothing.
func (s *Server) previewSchedule(ctx context.Context, w wishes) (any, error) {
	mode, edit, err := s.editWished(w)
	if err != nil {
		return nil, err
	}
	found, err := s.options.Control.PreviewSchedule(ctx, w.PathValue("id"), mode, edit)
	return viewPreview(found), err
}

func (s *Server) editWished(w wishes) (ledger.Mode, control.ScheduleEdit, error) {
	mode, err := scheduleMode(w.PathValue("mode"))
	if err != nil {
		return mode, control.ScheduleEdit{}, err
	}
	if w.rules == nil {
		return mode, control.ScheduleEdit{}, invalid("invalid_request", `rules: expected a list like [{"every":"60m"}]; an empty one is for no starts but by hand`)
	}
	edit := control.ScheduleEdit{
		Schedule: ledger.Schedule{Rules: w.rules, Timezone: w.timezone}, Reason: w.reason, Until: w.until, Force: w.force, Insist: `"force": true`, By: w.by,
	}
	if w.version != nil {
		edit.Version = *w.version
	}
	return mode, edit, nil
}

var errNoVersion = invalid("invalid_request",
	"version: it says on which setting this is made; GET the schedule, or the advice, and give the version that is in it")

func (s *Server) clearSchedule(ctx context.Context, w wishes) (any, error) {
	mode, err := scheduleMode(w.PathValue("mode"))
	if err != nil {
		return nil, err
	}
	if w.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.ClearOverride(ctx, w.PathValue("id"), mode, *w.version)
	return viewEdited(edited), err
}

func (s *Server) advice(ctx context.Context, q question) (any, error) {
	found, err := s.options.Control.Advise(ctx, q.PathValue("id"))
	return viewAdvice(found), err
}

func (s *Server) applyAdvice(ctx context.Context, w wishes) (any, error) {
	if w.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.ApplyAdvice(ctx, w.PathValue("id"), *w.version, w.by)
	return viewEdited(edited), err
}

func (s *Server) undoAdvice(ctx context.Context, w wishes) (any, error) {
	if w.version == nil {
		return nil, errNoVersion
	}
	edited, err := s.options.Control.UndoAdvice(ctx, w.PathValue("id"), *w.version)
	return viewEdited(edited), err
}

// ruleView is a rule, as the configuration has it: distances are texts like 60m.
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
	shown := timesView{Rules: []ruleView{}, Timezone: schedule.Timezone, Words: control.ScheduleWords(schedule)}
	for _, rule := range schedule.Rules {
		one := ruleView{Hourly: rule.Hourly, Daily: rule.Daily}
		if rule.Every > 0 {
			one.Every = distance(rule.Every)
		}
		if f := rule.Flexible; f != nil {
			one.Flexible = &flexibleView{Every: distance(f.Every), From: f.From, To: f.To, Days: f.Days}
		}
		shown.Rules = append(shown.Rules, one)
	}
	return shown
}

// settingView is what a schedule is set to, and by whom.
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
	shown := settingView{
		Connection: setting.Connection, Mode: setting.Mode, timesView: viewTimes(setting.Schedule), Source: setting.Source, Since: setting.Since,
		FileName: setting.FileName, Default: viewTimes(setting.Default), Version: setting.Version, Pending: setting.Pending, ReadOnly: setting.ReadOnly,
	}
	if setting.File != nil {
		shown.File = new(viewTimes(*setting.File))
	}
	if o := setting.Override; o != nil {
		shown.Override = &overrideView{Reason: o.Reason, By: o.By, Since: o.Since, Until: o.Until, Advised: o.Advised}
	}
	return shown
}

// previewView is what a schedule does.
type previewView struct {
	Starts     []time.Time         `json:"starts"`
	ChangeDays []control.ChangeDay `json:"change_days"`
	Warnings   []string            `json:"warnings"`
	YAML       []string            `json:"yaml"`
}

func viewPreview(found control.SchedulePreview) previewView {
	return previewView{
		Starts: append([]time.Time{}, found.Starts...), ChangeDays: append([]control.ChangeDay{}, found.ChangeDays...),
		Warnings: append([]string{}, found.Warnings...), YAML: append([]string{}, found.YAML...),
	}
}

type scheduleView struct {
	settingView
	previewView
}

func viewSchedule(found control.ScheduleShown) scheduleView {
	return scheduleView{viewSetting(found.ScheduleSetting), viewPreview(found.SchedulePreview)}
}

// editedView is a setting after it was changed.
type editedView struct {
	settingView
	Starts   []time.Time `json:"starts"`
	Warnings []string    `json:"warnings"`
	Waits    string      `json:"waits,omitempty"` // why Temporal could not be brought to it yet
}

func viewEdited(edited control.ScheduleEdited) editedView {
	return editedView{viewSetting(edited.ScheduleSetting), append([]time.Time{}, edited.Starts...), append([]string{}, edited.Warnings...), edited.Waits}
}

// adviceView is how often a connection's Smart Sync should run. Spans are texts like 1m30s.
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
	Version      int64       `json:"version"` // of the setting, for who applies it
	Applicable   bool        `json:"applicable"`
	Applied      bool        `json:"applied"`
}

func viewAdvice(a control.Advice) adviceView {
	return adviceView{
		Connection: a.Connection, Runs: a.Runs, Needed: a.Needed, P50: distance(a.P50), P95: distance(a.P95), Longest: distance(a.Longest), Floor: distance(a.Floor),
		Interval: distance(a.Interval), Average: distance(a.Average), Worst: distance(a.Worst), Today: distance(a.Today), TodayAverage: distance(a.TodayAverage),
		TodayWorst: distance(a.TodayWorst), Quiet: a.Quiet, Changed: a.Changed, ChangedRows: a.ChangedRows, Waited: a.Waited, Skipped: a.Skipped,
		Why: append([]string{}, a.Why...), Setting: viewSetting(a.Setting), Version: a.Setting.Version, Applicable: a.Applicable, Applied: a.Applied,
	}
}

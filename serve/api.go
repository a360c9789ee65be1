package serve

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// description is the OpenAPI document of the server. It is written by hand; a test compares it with the handlers.
//
//go:embed openapi.json
var description []byte

// Readings are the methods of package control with which the API reads.
type Readings interface {
	Status(ctx context.Context, only string) (control.Status, error)
	Connections(ctx context.Context) ([]ledger.Connection, error)
	ChannelLevels(ctx context.Context, connection, sku string, status ledger.Status, page ledger.Page) ([]ledger.ChannelLevelRow, error)
	Explain(ctx context.Context, connection, channelSKU string) ([]control.RowExplanation, error)
	Levels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.LevelRow, error)
	StaleLevels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.StaleLevel, error)
	Snapshot(ctx context.Context, warehouse string, limit int) (control.Snapshot, error)
	Runs(ctx context.Context, connection string, limit int) ([]ledger.Run, error)
	Run(ctx context.Context, id int64) (ledger.Run, error)
	AwaitRunEnd(ctx context.Context, run int64, within time.Duration) (ledger.Run, error)
	Requests(ctx context.Context, connection, id string, limit int) ([]ledger.RequestEntry, error)
	Activity(ctx context.Context, query ledger.ActivityQuery) ([]ledger.ActivityEntry, error)
	Holds(ctx context.Context) ([]control.OpenHold, error)
	Log(ctx context.Context, query ledger.AuditQuery) ([]ledger.AuditEntry, error)
	Schedule(ctx context.Context, connection string, mode ledger.Mode) (control.ScheduleWithPreview, error)
	PreviewSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.SchedulePreview, error)
	Advise(ctx context.Context, connection string) (control.Advice, error)
	SettingsOf(ctx context.Context, kind, id string) ([]control.Setting, error)
	Preview(ctx context.Context, connection string, move ledger.PreviewMove, after int64, limit int) (control.PreviewPage, error)
}

func (s *Server) apiRoutes() []Route {
	get := func(path string, handler http.HandlerFunc) Route {
		return Route{Method: http.MethodGet, Path: path, handler: handler}
	}
	return []Route{
		get("/api/v1/openapi.json", s.describe),
		get("/api/v1/status", s.getHandler(s.status, "connection")),
		get("/api/v1/connections", s.getHandler(s.connections)),
		get("/api/v1/connections/{id}/levels", s.getHandler(s.channelLevels, "sku", "status", "after", "limit")),
		get("/api/v1/connections/{id}/explain/{sku...}", s.getHandler(s.explain)),
		get("/api/v1/connections/{id}/schedules", s.getHandler(s.schedules)),
		get("/api/v1/connections/{id}/schedules/{mode}", s.getHandler(s.schedule)),
		get("/api/v1/connections/{id}/advice", s.getHandler(s.advice)),
		get("/api/v1/connections/{id}/preview", s.getHandler(s.preview, "move", "after", "limit")),
		get("/api/v1/settings/{kind}/{id}", s.getHandler(s.settingsOf)),
		get("/api/v1/warehouses/{id}/levels", s.getHandler(s.levels, "sku", "after", "limit")),
		get("/api/v1/warehouses/{id}/stale", s.getHandler(s.staleLevels, "sku", "after", "limit")),
		get("/api/v1/warehouses/{id}/snapshot", s.getHandler(s.snapshot, "limit")),
		get("/api/v1/runs", s.getHandler(s.runs, "connection", "limit")),
		get("/api/v1/runs/{id}", s.getHandler(s.run)),
		get("/api/v1/requests", s.getHandler(s.requests, "connection", "limit")),
		get("/api/v1/requests/{id}", s.getHandler(s.request)),
		get("/api/v1/activity", s.getHandler(s.activity, "sku", "merchant", "connection", "before", "limit")),
		get("/api/v1/holds", s.getHandler(s.holds)),
		get("/api/v1/log", s.getHandler(s.log, append(slices.Clone(control.LogFilters), "limit")...)),
	}
}

func (s *Server) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(description) // the client may have left
}

func (s *Server) status(ctx context.Context, q getRequest) (any, error) {
	status, err := s.options.Control.Status(ctx, q.query.Get("connection"))
	if err != nil {
		return nil, err
	}
	if status.Unreachable != "" {
		s.options.Log.Warn("Temporal does not answer; the status shows only what the ledger knows", "error", status.Unreachable)
	}
	view := viewStatus(status)
	view.Hooks = s.unusable()
	return view, nil
}

func (s *Server) connections(ctx context.Context, _ getRequest) (any, error) {
	all, err := s.options.Control.Connections(ctx)
	return pageOf(all, viewConnection), err
}

func (s *Server) channelLevels(ctx context.Context, q getRequest) (any, error) {
	status := ledger.Status(q.query.Get("status"))
	if status != "" && !slices.Contains(control.StatusFilters(), status) {
		var names []string
		for _, filter := range control.StatusFilters() {
			names = append(names, string(filter))
		}
		return nil, invalid("invalid_query", "status: expected one of %s", strings.Join(names, ", "))
	}
	rows, err := s.options.Control.ChannelLevels(ctx, q.PathValue("id"), q.query.Get("sku"), status, ledgerPage(q))
	return pageWithNext(rows, q.limit, asIs, func(row ledger.ChannelLevelRow) string { return row.ChannelSKU }), err
}

// ledgerPage is the page of a list that a request asks for.
func ledgerPage(q getRequest) ledger.Page {
	return ledger.Page{After: q.query.Get("after"), Limit: q.limit}
}

func (s *Server) explain(ctx context.Context, q getRequest) (any, error) {
	explanations, err := s.options.Control.Explain(ctx, q.PathValue("id"), q.PathValue("sku"))
	return pageOf(explanations, viewExplanation), err
}

func (s *Server) levels(ctx context.Context, q getRequest) (any, error) {
	rows, err := s.options.Control.Levels(ctx, q.PathValue("id"), q.query.Get("sku"), ledgerPage(q))
	return pageWithNext(rows, q.limit, viewLevel, func(row ledger.LevelRow) string { return row.SKU }), err
}

// staleLevels lists the stale levels of a warehouse, and the SKUs that were never read.
func (s *Server) staleLevels(ctx context.Context, q getRequest) (any, error) {
	rows, err := s.options.Control.StaleLevels(ctx, q.PathValue("id"), q.query.Get("sku"), ledgerPage(q))
	return pageWithNext(rows, q.limit, asIs, func(row ledger.StaleLevel) string { return row.SKU }), err
}

func (s *Server) snapshot(ctx context.Context, q getRequest) (any, error) {
	return s.options.Control.Snapshot(ctx, q.PathValue("id"), q.limit)
}

func (s *Server) runs(ctx context.Context, q getRequest) (any, error) {
	runs, err := s.options.Control.Runs(ctx, q.query.Get("connection"), q.limit)
	return pageOf(runs, asIs), err
}

func (s *Server) run(ctx context.Context, q getRequest) (any, error) {
	id, err := runNumber(q.Request)
	if err != nil {
		return nil, err
	}
	return s.options.Control.Run(ctx, id)
}

// requests lists what became of requests, newest first. A request that no run has taken up yet is only found by its id.
func (s *Server) requests(ctx context.Context, q getRequest) (any, error) {
	entries, err := s.options.Control.Requests(ctx, q.query.Get("connection"), "", q.limit)
	return pageOf(entries, asIs), err
}

// request shows what became of a request. Several connections may have a request with the same id.
func (s *Server) request(ctx context.Context, q getRequest) (any, error) {
	entries, err := s.options.Control.Requests(ctx, "", q.PathValue("id"), maxRows)
	return pageOf(entries, asIs), err
}

// activity lists what happened to a SKU, newest first. Next is the cursor of older entries.
func (s *Server) activity(ctx context.Context, q getRequest) (any, error) {
	if q.query.Get("sku") == "" {
		return nil, invalid("invalid_query", "sku: the parameter is missing")
	}
	query := ledger.ActivityQuery{Merchant: q.query.Get("merchant"), SKU: q.query.Get("sku"), Connection: q.query.Get("connection"), Limit: q.limit}
	if text := q.query.Get("before"); text != "" {
		before, err := strconv.ParseInt(text, 10, 64)
		if err != nil || before < 1 {
			return nil, invalid("invalid_query", "before: expected the number of an entry, found %q", text)
		}
		query.Before = before
	}
	entries, err := s.options.Control.Activity(ctx, query)
	return pageWithNext(entries, q.limit, asIs, func(entry ledger.ActivityEntry) string { return strconv.FormatInt(entry.ID, 10) }), err
}

func (s *Server) holds(ctx context.Context, _ getRequest) (any, error) {
	holds, err := s.options.Control.Holds(ctx)
	return pageOf(holds, asIs), err
}

// log lists the log of acts, newest first. Next is the cursor of older entries.
func (s *Server) log(ctx context.Context, q getRequest) (any, error) {
	query, err := control.LogQuery(q.query.Get, time.UTC)
	if err != nil {
		return nil, invalid("invalid_query", "%s", err.Error())
	}
	query.Limit = q.limit
	entries, err := s.options.Control.Log(ctx, query)
	return pageWithNext(entries, q.limit, asIs, func(entry ledger.AuditEntry) string { return strconv.FormatInt(entry.ID, 10) }), err
}

package serve

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Acts are what the API can change. The pages and the command line offer the same acts, and package control does them.
type Acts interface {
	Sync(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error)
	Pause(ctx context.Context, connection, by, reason string) ([]string, error)
	Resume(ctx context.Context, connection, by string) ([]string, error)
	TestStore(ctx context.Context, id string) (control.TestResult, error)
	TestWarehouse(ctx context.Context, id string) (control.TestResult, error)
	SetEnabled(ctx context.Context, connection string, enabled bool, by string) (control.EnableResult, error)
	Decide(ctx context.Context, run int64, approve bool, by string) (control.DecisionResult, error)
	LiftRejections(ctx context.Context, connection string, request workflows.SyncRequest) (control.LiftedRejections, error)
	Cancel(ctx context.Context, run int64) (ledger.Run, error)
	RefreshIDs(ctx context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error)
	EditSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.ScheduleEditResult, error)
	ClearOverride(ctx context.Context, connection string, mode ledger.Mode, version int64) (control.ScheduleEditResult, error)
	ApplyAdvice(ctx context.Context, connection string, version int64, by string) (control.ScheduleEditResult, error)
	UndoAdvice(ctx context.Context, connection string, version int64) (control.ScheduleEditResult, error)
	EditSetting(ctx context.Context, key ledger.SettingKey, edit control.SettingEdit) (control.SettingEditResult, error)
	ClearSetting(ctx context.Context, key ledger.SettingKey, version int64) (control.SettingEditResult, error)
	PushPreview(ctx context.Context, connection string, run int64, request workflows.SyncRequest) (control.SyncAnswer, error)
}

// apiActor is the name of the actor if a request has no field "by".
const apiActor = "the HTTP API"

func (s *Server) actRoutes() []Route {
	route := func(method, path, act string, status int, do actFunc, fields ...string) Route {
		return Route{Method: method, Path: path, Act: act, handler: s.actHandler(act, status, do, fields)}
	}
	post := func(path, act string, do actFunc, fields ...string) Route {
		return route(http.MethodPost, path, act, http.StatusOK, do, fields...)
	}
	return []Route{
		route(http.MethodPost, "/api/v1/connections/{id}/sync", "sync", http.StatusAccepted, s.sync, "mode", "skus", "dry_run", "id", "by"),
		post("/api/v1/connections/{id}/pause", "pause", s.pause, "reason", "by"),
		post("/api/v1/connections/{id}/resume", "resume", s.resume, "by"),
		post("/api/v1/connections/{id}/enable", "enable", s.enable(true), "by"),
		post("/api/v1/connections/{id}/disable", "disable", s.enable(false), "by"),
		route(http.MethodPut, "/api/v1/connections/{id}/schedules/{mode}", "set the schedule", http.StatusOK, s.editSchedule,
			"version", "rules", "timezone", "reason", "until", "force", "by"),
		post("/api/v1/connections/{id}/schedules/{mode}/clear", "clear the schedule", s.clearSchedule, "version"),
		post("/api/v1/connections/{id}/schedules/{mode}/preview", "", s.previewSchedule, "rules", "timezone", "force"),
		post("/api/v1/connections/{id}/advice/apply", "apply the advice", s.applyAdvice, "version", "by"),
		post("/api/v1/connections/{id}/advice/undo", "undo the advice", s.undoAdvice, "version"),
		route(http.MethodPut, "/api/v1/settings/{kind}/{id}/{name}", "set a setting", http.StatusOK, s.editSetting, "version", "value", "reason", "until", "by"),
		post("/api/v1/settings/{kind}/{id}/{name}/clear", "clear a setting", s.clearSetting, "version"),
		route(http.MethodPost, "/api/v1/connections/{id}/preview/push", "push what a preview would change", http.StatusAccepted, s.pushPreview, "run", "id", "by"),
		route(http.MethodPost, "/api/v1/connections/{id}/lift", "lift rejections", http.StatusAccepted, s.lift, "id", "by"),
		post("/api/v1/runs/{id}/approve", "approve", s.decide(true), "by"),
		post("/api/v1/runs/{id}/reject", "reject", s.decide(false), "by"),
		route(http.MethodPost, "/api/v1/runs/{id}/cancel", "cancel", http.StatusAccepted, s.cancel),
		post("/api/v1/stores/{id}/test", "test store", func(ctx context.Context, input actRequest) (any, error) {
			return s.options.Control.TestStore(ctx, input.PathValue("id"))
		}),
		post("/api/v1/warehouses/{id}/test", "test warehouse", func(ctx context.Context, input actRequest) (any, error) {
			return s.options.Control.TestWarehouse(ctx, input.PathValue("id"))
		}),
		post("/api/v1/stores/{id}/refresh-ids", "relearn", s.refreshIDs, "channel_skus"),
		post("/api/v1/stores/{id}/relearn", "relearn", s.refreshIDs, "channel_skus"), // the former name of refresh-ids
	}
}

// actFunc does an act.
type actFunc func(ctx context.Context, input actRequest) (any, error)

// actHandler returns a handler for an act. The body may be missing. Unknown fields are refused, because the act would ignore them. An act
// that this package refuses is written to the log of acts, as package control does with those that it refuses.
func (s *Server) actHandler(act string, status int, do actFunc, fields []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.respond(w, r, status, func(ctx context.Context) (any, error) {
			request, err := readActRequest(w, r, fields)
			var done any
			if err == nil {
				done, err = do(ctx, request)
			}
			var problemErr *problem
			if errors.As(err, &problemErr) && act != "" {
				s.noteRefused(ctx, act, actSubject(r), problemErr.message)
			}
			return done, err
		})
	}
}

// noteRefused writes a refused act to the log of acts. The client gets the refusal in any case, so a failure here is only logged.
func (s *Server) noteRefused(ctx context.Context, act, on, reason string) {
	if err := s.options.Control.NoteInvalid(ctx, act, on, reason); err != nil {
		s.options.Log.Error("a refused act could not be written to the log of acts", "error", err)
	}
}

// maxSubjectBytes is the largest part of an id that is written to the log of acts for a refused act.
const maxSubjectBytes = 100

// actSubject is the thing that a request acts on, from its path.
func actSubject(r *http.Request) string {
	id := r.PathValue("id")
	id = id[:min(len(id), maxSubjectBytes)]
	if strings.Contains(r.Pattern, "/runs/") {
		return "run " + id
	}
	return id
}

// syncView is the response to a request for a sync.
type syncView struct {
	control.SyncAnswer
	Request string `json:"request"` // the id of the request
}

func (s *Server) sync(ctx context.Context, input actRequest) (any, error) {
	if input.mode == "" {
		return nil, invalid("invalid_request", "mode: expected smart or full")
	}
	if input.sync.ID == "" {
		input.sync.ID = uuid.NewString()
	}
	input.sync.By = input.by
	answer, err := s.options.Control.Sync(ctx, input.mode, input.PathValue("id"), input.sync)
	return syncView{SyncAnswer: answer, Request: input.sync.ID}, err
}

// schedulesView lists the schedules that an act paused or resumed.
type schedulesView struct {
	Schedules []string `json:"schedules"`
}

func (s *Server) pause(ctx context.Context, input actRequest) (any, error) {
	done, err := s.options.Control.Pause(ctx, input.PathValue("id"), input.by, input.reason)
	return schedulesView{append([]string{}, done...)}, err
}

func (s *Server) resume(ctx context.Context, input actRequest) (any, error) {
	done, err := s.options.Control.Resume(ctx, input.PathValue("id"), input.by)
	return schedulesView{append([]string{}, done...)}, err
}

// enable enables or disables a connection.
func (s *Server) enable(enabled bool) actFunc {
	return func(ctx context.Context, input actRequest) (any, error) {
		return s.options.Control.SetEnabled(ctx, input.PathValue("id"), enabled, input.by)
	}
}

// decide approves or rejects a held run.
func (s *Server) decide(approve bool) actFunc {
	return func(ctx context.Context, input actRequest) (any, error) {
		id, err := runNumber(input.Request)
		if err != nil {
			return nil, err
		}
		return viewDecided(s.options.Control.Decide(ctx, id, approve, input.by))
	}
}

// liftedView is the response to a request that takes back the rejections of a connection.
type liftedView struct {
	control.LiftedRejections
	Request string `json:"request"` // the id of the request for the Smart Sync
}

// lift takes back the rejections of a connection, and requests a Smart Sync.
func (s *Server) lift(ctx context.Context, input actRequest) (any, error) {
	request := input.sync
	request.ID, request.By = cmp.Or(request.ID, uuid.NewString()), input.by
	done, err := s.options.Control.LiftRejections(ctx, input.PathValue("id"), request)
	return liftedView{LiftedRejections: done, Request: request.ID}, err
}

// cancelTimeout is how long the response waits for the run to end.
const cancelTimeout = 5 * time.Second

// cancel cancels a run, and returns it as it is after cancelTimeout at most.
func (s *Server) cancel(ctx context.Context, input actRequest) (any, error) {
	id, err := runNumber(input.Request)
	if err != nil {
		return nil, err
	}
	if _, err := s.options.Control.Cancel(ctx, id); err != nil {
		return nil, err
	}
	return s.options.Control.AwaitRunEnd(ctx, id, cancelTimeout)
}

func (s *Server) refreshIDs(ctx context.Context, input actRequest) (any, error) {
	return s.options.Control.RefreshIDs(ctx, input.PathValue("id"), input.channelSKUs)
}

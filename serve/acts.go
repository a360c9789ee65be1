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

// Acts are what the API has done. Each is on the pages and the command line as well, and control does it for all.
type Acts interface {
	Sync(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error)
	Pause(ctx context.Context, connection, by, reason string) ([]string, error)
	Resume(ctx context.Context, connection, by string) ([]string, error)
	TestStore(ctx context.Context, id string) (control.Tested, error)
	TestWarehouse(ctx context.Context, id string) (control.Tested, error)
	SetEnabled(ctx context.Context, connection string, enabled bool, by string) (control.Enabled, error)
	Decide(ctx context.Context, run int64, approve bool, by string) (control.Decided, error)
	LiftRejections(ctx context.Context, connection string, request workflows.SyncRequest) (control.LiftedRejections, error)
	Cancel(ctx context.Context, run int64) (ledger.Run, error)
	RefreshIDs(ctx context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error)
	EditSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.ScheduleEdited, error)
	ClearOverride(ctx context.Context, connection string, mode ledger.Mode, version int64) (control.ScheduleEdited, error)
	ApplyAdvice(ctx context.Context, connection string, version int64, by string) (control.ScheduleEdited, error)
	UndoAdvice(ctx context.Context, connection string, version int64) (control.ScheduleEdited, error)
	EditSetting(ctx context.Context, key ledger.SettingKey, edit control.SettingEdit) (control.SettingEdited, error)
	ClearSetting(ctx context.Context, key ledger.SettingKey, version int64) (control.SettingEdited, error)
	PushPreview(ctx context.Context, connection string, run int64, request workflows.SyncRequest) (control.SyncAnswer, error)
}

// byTheAPI is who acts when a request names nobody.
const byTheAPI = "the HTTP API"

func (s *Server) actRoutes() []Route {
	route := func(method, path, act string, status int, do doer, fields ...string) Route {
		return Route{Method: method, Path: path, Act: act, handler: s.acted(act, status, do, fields)}
	}
	post := func(path, act string, do doer, fields ...string) Route {
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
		post("/api/v1/stores/{id}/test", "test store", func(ctx context.Context, w wishes) (any, error) {
			return s.options.Control.TestStore(ctx, w.PathValue("id"))
		}),
		post("/api/v1/warehouses/{id}/test", "test warehouse", func(ctx context.Context, w wishes) (any, error) {
			return s.options.Control.TestWarehouse(ctx, w.PathValue("id"))
		}),
		post("/api/v1/stores/{id}/refresh-ids", "relearn", s.refreshIDs, "channel_skus"),
		post("/api/v1/stores/{id}/relearn", "relearn", s.refreshIDs, "channel_skus"), // its former name
	}
}

// doer does what a request wishes.
type doer func(ctx context.Context, w wishes) (any, error)

// acted makes a handler of an act. Its body may be left out; a field that the act does not know is refused, for what it means would not be
// done. What is refused here is noted as what control refuses is.
func (s *Server) acted(act string, status int, do doer, fields []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.reply(w, r, status, func(ctx context.Context) (any, error) {
			wished, err := readWishes(w, r, fields)
			var done any
			if err == nil {
				done, err = do(ctx, wished)
			}
			var told *problem
			if errors.As(err, &told) && act != "" {
				s.noteRefused(ctx, act, subject(r), told.message)
			}
			return done, err
		})
	}
}

// noteRefused keeps what was refused. The asker has the refusal all the same, so a failure is only logged.
func (s *Server) noteRefused(ctx context.Context, act, on, reason string) {
	if err := s.options.Control.Refused(ctx, act, on, reason); err != nil {
		s.options.Log.Error("an act that was refused could not be noted", "error", err)
	}
}

// mostSubjectBytes is how much of what a path names is noted of an act that was refused.
const mostSubjectBytes = 100

// subject is what a request is to act on, as its path names it.
func subject(r *http.Request) string {
	id := r.PathValue("id")
	id = id[:min(len(id), mostSubjectBytes)]
	if strings.Contains(r.Pattern, "/runs/") {
		return "run " + id
	}
	return id
}

// requested is the answer to a request for a run.
type requested struct {
	control.SyncAnswer
	Request string `json:"request"` // its id
}

func (s *Server) sync(ctx context.Context, w wishes) (any, error) {
	if w.mode == "" {
		return nil, invalid("invalid_request", "mode: expected smart or full")
	}
	if w.request.ID == "" {
		w.request.ID = uuid.NewString()
	}
	w.request.By = w.by
	found, err := s.options.Control.Sync(ctx, w.mode, w.PathValue("id"), w.request)
	return requested{SyncAnswer: found, Request: w.request.ID}, err
}

// schedulesView is which schedules an act paused or resumed.
type schedulesView struct {
	Schedules []string `json:"schedules"`
}

func (s *Server) pause(ctx context.Context, w wishes) (any, error) {
	done, err := s.options.Control.Pause(ctx, w.PathValue("id"), w.by, w.reason)
	return schedulesView{append([]string{}, done...)}, err
}

func (s *Server) resume(ctx context.Context, w wishes) (any, error) {
	done, err := s.options.Control.Resume(ctx, w.PathValue("id"), w.by)
	return schedulesView{append([]string{}, done...)}, err
}

// enable enables or disables a connection.
func (s *Server) enable(enabled bool) doer {
	return func(ctx context.Context, w wishes) (any, error) {
		return s.options.Control.SetEnabled(ctx, w.PathValue("id"), enabled, w.by)
	}
}

// decide answers a held run.
func (s *Server) decide(approve bool) doer {
	return func(ctx context.Context, w wishes) (any, error) {
		id, err := runNumber(w.Request)
		if err != nil {
			return nil, err
		}
		return viewDecided(s.options.Control.Decide(ctx, id, approve, w.by))
	}
}

// liftedView is the answer to who takes back the rejections of a connection.
type liftedView struct {
	control.LiftedRejections
	Request string `json:"request"` // the id of the request for the Smart Sync
}

// lift takes back the rejections of a connection, and asks for a Smart Sync.
func (s *Server) lift(ctx context.Context, w wishes) (any, error) {
	request := w.request
	request.ID, request.By = cmp.Or(request.ID, uuid.NewString()), w.by
	done, err := s.options.Control.LiftRejections(ctx, w.PathValue("id"), request)
	return liftedView{LiftedRejections: done, Request: request.ID}, err
}

// cancelPatience is how long an answer waits for the run to have stopped.
const cancelPatience = 5 * time.Second

// cancel stops a run, and shows it as it is in a moment.
func (s *Server) cancel(ctx context.Context, w wishes) (any, error) {
	id, err := runNumber(w.Request)
	if err != nil {
		return nil, err
	}
	if _, err := s.options.Control.Cancel(ctx, id); err != nil {
		return nil, err
	}
	return s.options.Control.Ended(ctx, id, cancelPatience)
}

func (s *Server) refreshIDs(ctx context.Context, w wishes) (any, error) {
	return s.options.Control.RefreshIDs(ctx, w.PathValue("id"), w.channelSKUs)
}

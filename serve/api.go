package serve

import (
	"context"
	_ "embed"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/workflows"
)

// description is the OpenAPI document of the whole server. It is written by hand and held to the handlers by a test.
//
//go:embed openapi.json
var description []byte

const (
	usualRows    = 100
	mostRows     = 1000
	mostAskBytes = 256 << 10 // of a request for a sync
	apiPatience  = 30 * time.Second
)

func (s *Server) apiRoutes() []Route {
	return []Route{
		{http.MethodGet, "/api/v1/openapi.json", s.describe},
		{http.MethodGet, "/api/v1/status", s.asked(s.status, "connection")},
		{http.MethodGet, "/api/v1/connections", s.asked(s.connections)},
		{http.MethodGet, "/api/v1/connections/{id}/levels", s.asked(s.channelLevels, "sku", "status", "after", "limit")},
		{http.MethodGet, "/api/v1/connections/{id}/explain/{sku...}", s.asked(s.explain)},
		{http.MethodPost, "/api/v1/connections/{id}/sync", s.sync},
		{http.MethodGet, "/api/v1/warehouses/{id}/levels", s.asked(s.levels, "sku", "after", "limit")},
		{http.MethodGet, "/api/v1/warehouses/{id}/stale", s.asked(s.staleLevels, "sku", "after", "limit")},
		{http.MethodGet, "/api/v1/warehouses/{id}/snapshot", s.asked(s.snapshot, "limit")},
		{http.MethodGet, "/api/v1/runs", s.asked(s.runs, "connection", "limit")},
		{http.MethodGet, "/api/v1/runs/{id}", s.asked(s.run)},
		{http.MethodPost, "/api/v1/runs/{id}/cancel", s.cancel},
		{http.MethodGet, "/api/v1/requests/{id}", s.asked(s.request)},
		{http.MethodGet, "/api/v1/activity", s.asked(s.activity, "sku", "merchant", "connection", "limit")},
		{http.MethodGet, "/api/v1/holds", s.asked(s.holds)},
		{http.MethodGet, "/api/v1/log", s.asked(s.log, "before", "limit")},
	}
}

// authorized lets nobody pass who has not the API token.
func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case len(s.tokens) == 0:
			refuse(w, &problem{status: http.StatusForbidden, code: "api_off", message: "the API is off; start starter serve with --api-token"})
		case !bearer(r.Header, s.tokens):
			refuse(w, s.problemOf(r, s.suspect(r, "", errors.New("no API token, or another one"))))
		default:
			next(w, r.WithContext(control.WithActor(r.Context(), control.Actor{Who: "the API token, from " + hostOf(r), From: control.FromAPI})))
		}
	}
}

// hostOf is the address that a request came from, without its port.
func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(description) // who has left needs no answer
}

// question is what a request asks: its path and its query, checked.
type question struct {
	*http.Request
	query url.Values
	limit int
}

// asked makes a handler of an answer. A name in the query that is not known is refused: what it means to narrow would be shown whole.
func (s *Server) asked(find func(ctx context.Context, q question) (any, error), known ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), apiPatience)
		defer cancel()
		q, err := readQuestion(r, known)
		var found any
		if err == nil {
			found, err = find(ctx, q)
		}
		if err != nil {
			refuse(w, s.controlProblem(r, err))
			return
		}
		answer(w, http.StatusOK, found)
	}
}

func readQuestion(r *http.Request, known []string) (question, error) {
	q := question{Request: r, limit: usualRows}
	var err error
	if q.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return q, invalid("invalid_query", "the query cannot be read")
	}
	for name, values := range q.query {
		if !slices.Contains(known, name) {
			return q, invalid("invalid_query", "there is no setting %s%s", shown(name), orNone(known))
		}
		if len(values) != 1 {
			return q, invalid("invalid_query", "%s is given twice", name)
		}
	}
	if text := q.query.Get("limit"); text != "" {
		if q.limit, err = strconv.Atoi(text); err != nil || q.limit < 1 || q.limit > mostRows {
			return q, invalid("invalid_query", "limit: expected a number from 1 to %d", mostRows)
		}
	}
	return q, nil
}

func orNone(known []string) string {
	if len(known) == 0 {
		return "; there are none"
	}
	return "; there are " + strings.Join(known, ", ")
}

// connection finds a connection that a path or query names.
func (s *Server) connection(ctx context.Context, id string) (ledger.Connection, error) {
	found, err := s.options.Ledger.Connection(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return found, notFound("there is no connection " + shown(id) + "; /api/v1/connections lists them")
	}
	return found, err
}

func (s *Server) warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	found, err := s.options.Ledger.Warehouse(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return found, notFound("there is no warehouse " + shown(id))
	}
	return found, err
}

func (s *Server) status(ctx context.Context, q question) (any, error) {
	only := q.query.Get("connection")
	if only != "" {
		if _, err := s.connection(ctx, only); err != nil {
			return nil, err
		}
	}
	status, err := s.options.Control.Status(ctx, only)
	if err != nil {
		return nil, err
	}
	if status.Unreachable != "" {
		s.options.Log.Warn("Temporal does not answer; the status is what the ledger knows", "error", status.Unreachable)
	}
	shown := viewStatus(status)
	shown.Hooks = s.unusable()
	return shown, nil
}

func (s *Server) connections(ctx context.Context, _ question) (any, error) {
	all, err := s.options.Ledger.Connections(ctx)
	return pageOf(all, viewConnection), err
}

func (s *Server) channelLevels(ctx context.Context, q question) (any, error) {
	connection, err := s.connection(ctx, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	status := ledger.Status(q.query.Get("status"))
	if status != "" && !slices.Contains(control.Statuses(), status) {
		return nil, invalid("invalid_query", "status: expected one of pending, unknown, sent, exported, retrying, rejected, blocked")
	}
	rows, err := s.options.Ledger.ChannelLevels(ctx, connection.ID, q.query.Get("sku"), status, ledger.Page{After: q.query.Get("after"), Limit: q.limit})
	found := pageOf(rows, func(row ledger.ChannelLevelRow) ledger.ChannelLevelRow { return row })
	if len(rows) >= q.limit {
		found.Next = rows[len(rows)-1].ChannelSKU
	}
	return found, err
}

func (s *Server) explain(ctx context.Context, q question) (any, error) {
	connection, err := s.connection(ctx, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	found, err := s.options.Control.Explain(ctx, connection.ID, q.PathValue("sku"))
	var unexplained *control.UsageError
	if errors.As(err, &unexplained) {
		return nil, notFound(unexplained.Message)
	}
	return pageOf(found, viewExplanation), err
}

func (s *Server) levels(ctx context.Context, q question) (any, error) {
	warehouse, err := s.warehouse(ctx, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	rows, err := s.options.Ledger.Levels(ctx, warehouse.ID, q.query.Get("sku"), ledger.Page{After: q.query.Get("after"), Limit: q.limit})
	found := pageOf(rows, viewLevel)
	if len(rows) >= q.limit {
		found.Next = rows[len(rows)-1].SKU
	}
	return found, err
}

func (s *Server) snapshot(ctx context.Context, q question) (any, error) {
	warehouse, err := s.warehouse(ctx, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	found, err := control.LastSnapshot(ctx, s.options.Ledger, warehouse.ID, q.limit)
	if errors.Is(err, ledger.ErrNotFound) {
		err = notFound("warehouse " + warehouse.ID + " has no snapshot yet")
	}
	return found, err
}

func (s *Server) runs(ctx context.Context, q question) (any, error) {
	only := q.query.Get("connection")
	if only != "" {
		if _, err := s.connection(ctx, only); err != nil {
			return nil, err
		}
	}
	found, err := s.options.Ledger.Runs(ctx, only, q.limit)
	if err == nil {
		err = control.ShowRunning(ctx, s.options.Ledger, found)
	}
	return pageOf(found, func(run ledger.Run) ledger.Run { return run }), err
}

func (s *Server) run(ctx context.Context, q question) (any, error) {
	id, err := runNumber(q.Request)
	if err != nil {
		return nil, err
	}
	found, err := s.options.Ledger.Run(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, noRun(id)
	} else if err != nil {
		return nil, err
	}
	runs := []ledger.Run{found}
	err = control.ShowRunning(ctx, s.options.Ledger, runs)
	return runs[0], err
}

func runNumber(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, invalid("invalid_path", "%s is not a run number", shown(r.PathValue("id")))
	}
	return id, nil
}

func noRun(id int64) error {
	return notFound("there is no run " + strconv.FormatInt(id, 10) + "; /api/v1/runs lists them")
}

// cancelPatience is how long an answer waits for the run to have stopped.
const cancelPatience = 5 * time.Second

// cancel stops a run, and shows it as it is in a moment.
func (s *Server) cancel(w http.ResponseWriter, r *http.Request) {
	ctx, done := context.WithTimeout(r.Context(), apiPatience)
	defer done()
	run, err := s.cancelled(ctx, r)
	if err != nil {
		refuse(w, s.controlProblem(r, err))
		return
	}
	answer(w, http.StatusAccepted, run)
}

func (s *Server) cancelled(ctx context.Context, r *http.Request) (ledger.Run, error) {
	if _, err := readQuestion(r, nil); err != nil {
		return ledger.Run{}, err
	}
	id, err := runNumber(r)
	if err != nil {
		return ledger.Run{}, err
	}
	if _, err := s.options.Ledger.Run(ctx, id); errors.Is(err, ledger.ErrNotFound) {
		return ledger.Run{}, noRun(id)
	} else if err != nil {
		return ledger.Run{}, err
	}
	if _, err := s.options.Control.Cancel(ctx, id); err != nil {
		return ledger.Run{}, err
	}
	return s.options.Control.Ended(ctx, id, cancelPatience)
}

// request says what became of a request. The same id may have been given to several connections.
func (s *Server) request(ctx context.Context, q question) (any, error) {
	id := q.PathValue("id")
	found, err := s.options.Ledger.Requests(ctx, ledger.RequestQuery{ID: workflows.RequestID(id), Limit: mostRows})
	if err == nil && len(found) == 0 {
		var unseen string
		if found, unseen, err = s.options.Control.Waiting(ctx, "", id); err == nil && len(found) == 0 {
			err = notFound(control.Unknown(id[:min(len(id), 40)], unseen))
		}
	}
	return pageOf(found, func(one ledger.RequestEntry) ledger.RequestEntry { return one }), err
}

func (s *Server) activity(ctx context.Context, q question) (any, error) {
	if q.query.Get("sku") == "" {
		return nil, invalid("invalid_query", "sku: name the SKU whose activity is to be listed")
	}
	if only := q.query.Get("connection"); only != "" {
		if _, err := s.connection(ctx, only); err != nil {
			return nil, err
		}
	}
	found, err := s.options.Control.Activity(ctx, q.query.Get("merchant"), q.query.Get("sku"), q.query.Get("connection"), q.limit)
	return pageOf(found, func(one ledger.ActivityEntry) ledger.ActivityEntry { return one }), err
}

func (s *Server) holds(ctx context.Context, _ question) (any, error) {
	found, err := s.options.Ledger.OpenHolds(ctx)
	return pageOf(found, func(one ledger.Hold) ledger.Hold { return one }), err
}

// sync asks for a run.
func (s *Server) sync(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), apiPatience)
	defer cancel()
	asked, err := s.ask(ctx, w, r)
	if err != nil {
		refuse(w, s.controlProblem(r, err))
		return
	}
	answer(w, http.StatusAccepted, asked)
}

// requested is the answer to a request for a run.
type requested struct {
	control.SyncAnswer
	Request string `json:"request"` // its id
}

func (s *Server) ask(ctx context.Context, w http.ResponseWriter, r *http.Request) (requested, error) {
	body, err := readObject(w, r)
	if err != nil {
		return requested{}, err
	}
	connection, err := s.connection(ctx, r.PathValue("id"))
	if err != nil {
		return requested{}, err
	}
	mode, wish, err := decodeWish(body)
	if err != nil {
		return requested{}, invalid("invalid_request", "%v", err)
	}
	if wish.ID == "" {
		wish.ID = uuid.NewString()
	}
	if wish.By == "" {
		wish.By = byTheAPI
	}
	found, err := s.options.Control.Sync(ctx, mode, connection.ID, wish)
	return requested{SyncAnswer: found, Request: wish.ID}, err
}

// decodeWish reads what kind of run is asked for.
func decodeWish(body []byte) (ledger.Mode, workflows.SyncRequest, error) {
	var mode ledger.Mode
	var wish workflows.SyncRequest
	err := decodeObject(body, `{"mode":"smart"}`, []string{"mode", "skus", "dry_run", "id", "by"}, func(name string, field jsonvalue.Value) (err error) {
		switch name {
		case "mode":
			var text string
			text, err = readText(field)
			mode = ledger.Mode(text)
		case "skus":
			wish.SKUs, err = readTexts(field)
		case "dry_run":
			wish.DryRun = field.Raw() == "true"
			if field.Kind() != jsonvalue.Boolean {
				err = errors.New("expected true or false, found " + string(field.Kind()))
			}
		case "id":
			wish.ID, err = readName(field)
		case "by":
			wish.By, err = readName(field)
		}
		return err
	})
	if err == nil && mode != ledger.Smart && mode != ledger.Full {
		err = errors.New("mode: expected smart or full")
	}
	return mode, wish, err
}

// readName reads a short text for people or programs.
func readName(value jsonvalue.Value) (string, error) {
	text, err := readText(value)
	if err == nil && (len(text) > mostIDBytes || strings.ContainsRune(text, 0)) {
		err = errors.New("expected at most 255 bytes, and no NUL byte")
	}
	return text, err
}

// readTexts reads the SKUs of a request.
func readTexts(value jsonvalue.Value) ([]string, error) {
	if value.Kind() != jsonvalue.List {
		return nil, errors.New("expected a list, found " + string(value.Kind()))
	}
	var texts []string
	err := value.Elements(func(number int, one jsonvalue.Value) error {
		text, err := readText(one)
		if err == nil {
			err = inventory.CheckSKU("SKU", text)
		}
		texts = append(texts, text)
		if err == nil && number > workflows.MaximumScope {
			err = errors.New("more than one request may name; ask for a whole sync, or in parts")
		}
		return err
	})
	return texts, err
}

// Package serve is the HTTP face of Tidemark: warehouses send what changed to /hooks, people and services ask under /api.
//
// It decides nothing. What comes in is proven, read strictly and handed to Temporal, and is acknowledged only when it is durable
// there; what goes out is what package control knows. It keeps nothing in memory that would be lost with it, so it may be killed
// at any time, and several may run.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// Control is what may be asked of Tidemark; *control.Control answers it.
type Control interface {
	Intake
	Sync(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error)
	Status(ctx context.Context, only string) (control.Status, error)
	Waiting(ctx context.Context, connection, id string) ([]ledger.RequestEntry, string, error)
	Cancel(ctx context.Context, run int64) (ledger.Run, error)
	Pause(ctx context.Context, connection, by, reason string) ([]string, error)
	Resume(ctx context.Context, connection, by string) ([]string, error)
	Decide(ctx context.Context, run int64, approve bool, by string) (control.Decided, error)
	Relearn(ctx context.Context, store string, channelSKUs []string) (ledger.Relearned, error)
	Ended(ctx context.Context, run int64, within time.Duration) (ledger.Run, error)
	Explain(ctx context.Context, connection, channelSKU string) ([]control.ExplanationOf, error)
	Activity(ctx context.Context, merchant, sku, connection string, limit int) ([]ledger.ActivityEntry, error)
	Log(ctx context.Context, before int64, limit int) ([]ledger.AuditEntry, error)
}

// Options are what a Server needs.
type Options struct {
	Control Control
	Ledger  ledger.Ledger
	// Token is the API token. Without one there is no API.
	Token settings.Credential
	// Pages serves everything that is neither a hook nor the API; nil: there are no pages.
	Pages http.Handler
	// Stop ends what Pages streams, so that the server can stop; nil: nothing. It may be called twice.
	Stop func()
	// MaximumSnapshot is the largest snapshot that is taken, in bytes; 0 means DefaultMaximumSnapshot.
	MaximumSnapshot int64
	// Folder is where signed snapshots stand until their signature holds; empty means the folder for temporary files.
	Folder string
	// Environment is where the keys of hooks are looked up, and the clock.
	Environment settings.Environment
	Log         *slog.Logger
	Now         func() time.Time
}

// DefaultMaximumSnapshot is the largest snapshot where nothing is set, in bytes.
const DefaultMaximumSnapshot = 1 << 30

// leastToken is how long the API token must be, in characters.
const leastToken = 16

// Server answers HTTP requests.
type Server struct {
	options  Options
	tokens   [][]byte // the API token; none when there is no API
	hooks    atomic.Pointer[map[string]*hook]
	bodies   budget
	uploads  slots
	failures failures

	mutex     sync.Mutex
	gatherers map[string]*gatherer
}

// New reads which warehouses may send. It refuses a token that is short. A hook whose key is absent, empty or short takes nothing; the
// others do.
func New(ctx context.Context, options Options) (*Server, error) {
	if options.MaximumSnapshot == 0 {
		options.MaximumSnapshot = DefaultMaximumSnapshot
	}
	s := &Server{
		options: options, gatherers: map[string]*gatherer{},
		bodies: budget{most: mostBytesAtOnce}, uploads: slots{most: mostUploads, taken: map[string]bool{}},
	}
	if !options.Token.Empty() {
		token := options.Token.Reveal()
		if len(token) < leastToken {
			return nil, fmt.Errorf("the API token has %d characters; expected %d at least, random ones", len(token), leastToken)
		}
		s.tokens = [][]byte{[]byte(token)}
	}
	hooks, err := loadHooks(ctx, options.Ledger, options.Environment)
	if hooks == nil {
		return nil, err
	}
	if err != nil {
		options.Log.Error("some hooks take nothing: give the key that is missing", "error", err)
	}
	s.hooks.Store(&hooks)
	return s, nil
}

// Hooks is how many warehouses may send.
func (s *Server) Hooks() int { return len(*s.hooks.Load()) - len(s.unusable()) }

// Refresh reads again which warehouses may send, and their keys: a configuration may have been applied, a key file replaced. A
// warehouse whose keys cannot be used keeps those that it had.
func (s *Server) Refresh(ctx context.Context) error {
	hooks, err := loadHooks(ctx, s.options.Ledger, s.options.Environment)
	if hooks == nil {
		return err
	}
	warehouses, failed := s.options.Ledger.Warehouses(ctx)
	if failed != nil {
		return failed
	}
	before := *s.hooks.Load()
	for _, warehouse := range warehouses {
		old, one := before[warehouse.ID], hooks[warehouse.ID]
		if old != nil && old.unusable == nil && one != nil && one.unusable != nil {
			hooks[warehouse.ID] = old
		}
	}
	s.hooks.Store(&hooks)
	return err
}

// Handler serves everything.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	byPath := map[string]methods{}
	for _, route := range s.Routes() {
		if byPath[route.Path] == nil {
			byPath[route.Path] = methods{}
			mux.Handle(route.Path, byPath[route.Path])
		}
		byPath[route.Path][route.Method] = route.handler
	}
	if s.options.Pages != nil {
		mux.Handle("/", s.options.Pages)
	} else {
		mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { refuse(w, notFound("there is nothing here")) })
	}
	mux.HandleFunc("/api/", s.authorized(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, notFound("there is nothing here; /api/v1/openapi.json describes what there is"))
	}))
	return mux
}

// Route is one thing that can be asked for.
type Route struct {
	Method, Path string
	handler      http.HandlerFunc
}

// Routes lists everything that can be asked for.
func (s *Server) Routes() []Route {
	routes := []Route{
		{http.MethodGet, "/healthz", s.health},
		{http.MethodGet, "/metrics", s.authorized(s.metrics)},
		{http.MethodPost, "/hooks/{warehouse}", s.serveHook},
	}
	for _, route := range append(s.apiRoutes(), s.actRoutes()...) {
		route.handler = s.authorized(route.handler)
		routes = append(routes, route)
	}
	return routes
}

// methods are the ways in which one path may be asked.
type methods map[string]http.HandlerFunc

func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked := r.Method
	if asked == http.MethodHead { // the answer to GET without its body, which net/http leaves out
		asked = http.MethodGet
	}
	if handle, ok := m[asked]; ok {
		handle(w, r)
		return
	}
	for method := range m { // each path has one
		if method == http.MethodGet {
			method += ", " + http.MethodHead
		}
		w.Header().Set("Allow", method)
	}
	refuse(w, &problem{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "this path is not asked with " + r.Method})
}

// health is well when the ledger answers.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.options.Ledger.Check(ctx); err != nil {
		s.options.Log.Error("the ledger does not answer", "error", err)
		refuse(w, later("unavailable", "the ledger does not answer; the log says why", unavailableRetry))
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// gathererOf returns the gatherer of a warehouse. Only warehouses that have a hook come here, so there are not many.
func (s *Server) gathererOf(warehouse string) *gatherer {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.gatherers[warehouse] == nil {
		s.gatherers[warehouse] = newGatherer(s.options.Control, warehouse)
	}
	return s.gatherers[warehouse]
}

// Close stops what runs in the background. No request may be in hand any more.
func (s *Server) Close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, one := range s.gatherers {
		one.close()
	}
}

func notFound(message string) *problem {
	return &problem{status: http.StatusNotFound, code: "not_found", message: message}
}

// controlProblem makes an answer of an error of control or the ledger.
func (s *Server) controlProblem(r *http.Request, err error) *problem {
	var told *problem
	var usage *control.UsageError
	switch {
	case errors.As(err, &told):
		return told
	case errors.As(err, &usage):
		return &problem{status: http.StatusUnprocessableEntity, code: "refused", message: usage.Message}
	case errors.Is(err, ledger.ErrNotFound):
		return notFound("there is no such thing")
	}
	s.options.Log.Error("a request could not be served", "method", r.Method, "pattern", r.Pattern, "error", err)
	return later("unavailable", "the ledger or Temporal did not answer; the log of starter serve says why", unavailableRetry)
}

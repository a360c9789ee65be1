// Package serve is the HTTP server of Tidemark. Warehouses send events and snapshots to /hooks; people and services use the API under
// /api; every other path is a page of the Handler in Options.Pages.
//
// The package decides nothing about stock. It authenticates a request, parses it strictly, and hands it to Temporal. It acknowledges a
// request only when Temporal or the ledger has stored it. What it returns comes from package control. It keeps nothing in memory that
// would be lost with the process: the process may be killed at any time, and several may run.
package serve

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// Control is what the server needs of package control. *control.Control implements it.
type Control interface {
	Intake
	Uploads
	Readings
	Acts
	Check(ctx context.Context) error
	Warehouses(ctx context.Context) ([]ledger.Warehouse, error)
	// Refused writes an act that this package refused to the log of acts.
	NoteInvalid(ctx context.Context, act, on, reason string) error
}

// Options configure a Server.
type Options struct {
	Control Control
	// Token is an API token with the role admin. No API token can manage people. Without Token and Tokens there is no API.
	Token settings.Credential
	// Tokens are more API tokens, by their role.
	Tokens map[ledger.Role][]settings.Credential
	// Pages serves every path that is not a hook or the API. If it is nil, there are no pages.
	Pages http.Handler
	// Guarded is true if people must sign in to Pages and a TLS proxy stands in front of them. Other machines may then reach them.
	Guarded bool
	// Stop ends the streams of Pages so that the server can shut down. It may be nil, and may be called twice.
	Stop func()
	// MaximumSnapshot is the largest snapshot that is accepted, in bytes. 0 means DefaultMaximumSnapshot.
	MaximumSnapshot int64
	// Folder holds signed snapshots until their signature is verified. Empty means the folder for temporary files.
	Folder string
	// Environment resolves the references of hook keys.
	Environment settings.Environment
	Log         *slog.Logger
	Now         func() time.Time
}

// DefaultMaximumSnapshot is the default of Options.MaximumSnapshot, in bytes.
const DefaultMaximumSnapshot = 1 << 30

// minTokenLength is the minimum length of an API token, in characters.
const minTokenLength = 16

// Server answers HTTP requests.
type Server struct {
	options  Options
	maxOpen  int         // the largest number of open connections
	tokens   []roleToken // empty if there is no API
	hooks    atomic.Pointer[map[string]*hook]
	bodies   budget
	uploads  slots
	failures failures

	mutex     sync.Mutex
	gatherers map[string]*gatherer
}

// New loads the hooks of all warehouses. It fails if an API token is too short. A hook whose only key is missing, empty or too short
// accepts nothing; that does not affect other hooks.
func New(ctx context.Context, options Options) (*Server, error) {
	if options.MaximumSnapshot == 0 {
		options.MaximumSnapshot = DefaultMaximumSnapshot
	}
	s := &Server{
		options: options, maxOpen: maxConnections, gatherers: map[string]*gatherer{},
		bodies: budget{maximum: maxBytesAtOnce}, uploads: slots{maximum: maxUploads, taken: map[string]bool{}},
	}
	var err error
	if s.tokens, err = apiTokens(options); err != nil {
		return nil, err
	}
	hooks, err := loadHooks(ctx, options.Control, options.Environment, nil)
	if hooks == nil {
		return nil, err
	}
	if err != nil {
		options.Log.Error("some hook keys cannot be read: requests that are signed with them are not accepted", "error", err)
	}
	s.hooks.Store(&hooks)
	return s, nil
}

// Hooks is the number of warehouses that may send.
func (s *Server) Hooks() int {
	usable := 0
	for _, hook := range *s.hooks.Load() {
		if len(hook.keys) > 0 {
			usable++
		}
	}
	return usable
}

// Refresh reloads the hooks and their keys, because a configuration may have been applied or a key file replaced. A key that cannot be
// read any more stays in use as it was.
func (s *Server) Refresh(ctx context.Context) error {
	hooks, err := loadHooks(ctx, s.options.Control, s.options.Environment, *s.hooks.Load())
	if hooks == nil {
		return err
	}
	s.hooks.Store(&hooks)
	return err
}

// health answers 200 if the ledger answers.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.options.Control.Check(ctx); err != nil {
		s.options.Log.Error("the ledger does not answer", "error", err)
		writeProblem(w, later("unavailable", "the ledger does not answer; the log says why", unavailableRetry))
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// gathererOf returns the gatherer of a warehouse. Only warehouses with a hook have one, so the map stays small.
func (s *Server) gathererOf(warehouse string) *gatherer {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.gatherers[warehouse] == nil {
		s.gatherers[warehouse] = newGatherer(s.options.Control, warehouse)
	}
	return s.gatherers[warehouse]
}

// Close stops the background work. It must not be called while requests are being served.
func (s *Server) Close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, gatherer := range s.gatherers {
		gatherer.close()
	}
}

func notFound(message string) *problem {
	return &problem{status: http.StatusNotFound, code: "not_found", message: message}
}

// controlProblem converts an error of package control or the ledger to an HTTP response.
func (s *Server) controlProblem(r *http.Request, err error) *problem {
	var problemErr *problem
	var absent *control.AbsentError
	var stale *control.OutdatedError
	var usage *control.UsageError
	var denied *control.ForbiddenError
	switch {
	case errors.As(err, &problemErr):
		return problemErr
	case errors.As(err, &denied):
		return &problem{status: http.StatusForbidden, code: "forbidden", message: denied.Message}
	case errors.As(err, &absent):
		return notFound(absent.Message)
	case errors.As(err, &stale):
		return &problem{status: http.StatusConflict, code: "outdated", message: stale.Error()}
	case errors.As(err, &usage):
		return &problem{status: http.StatusUnprocessableEntity, code: "refused", message: usage.Message}
	}
	s.options.Log.Error("a request could not be served", "method", r.Method, "pattern", r.Pattern, "error", err)
	return later("unavailable", "the ledger or Temporal did not answer; the log of starter serve says why", unavailableRetry)
}

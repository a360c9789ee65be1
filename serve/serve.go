// Package serve is the HTTP face of Tidemark: warehouses send what changed to /hooks, people and services ask under /api.
//
// It decides nothing. What comes in is proven, read strictly and handed to Temporal, and is acknowledged only when it is durable
// there; what goes out is what package control knows. It keeps nothing in memory that would be lost with it, so it may be killed
// at any time, and several may run.
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

// Control is what may be asked of Tidemark; *control.Control answers it.
type Control interface {
	Intake
	Uploads
	Readings
	Acts
	Check(ctx context.Context) error
	Warehouses(ctx context.Context) ([]ledger.Warehouse, error)
	// Refused notes an act that was refused here.
	Refused(ctx context.Context, act, on, reason string) error
}

// Options are what a Server needs.
type Options struct {
	Control Control
	// Token is the API token: who has it may do what an admin may, except with people. Without one, and without Tokens, there is no API.
	Token settings.Credential
	// Tokens are API tokens for who may do less, or the same, by role.
	Tokens map[ledger.Role][]settings.Credential
	// Pages serves everything that is neither a hook nor the API; nil: there are no pages.
	Pages http.Handler
	// Guarded is true where Pages have people who sign in, and TLS before them: then other machines may reach them.
	Guarded bool
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
	options    Options
	openAtOnce int         // the most connections
	tokens     []roleToken // none when there is no API
	hooks      atomic.Pointer[map[string]*hook]
	bodies     budget
	uploads    slots
	failures   failures

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
		options: options, openAtOnce: mostConnections, gatherers: map[string]*gatherer{},
		bodies: budget{most: mostBytesAtOnce}, uploads: slots{most: mostUploads, taken: map[string]bool{}},
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
		options.Log.Error("some keys of hooks cannot be read: who signs with them cannot be believed", "error", err)
	}
	s.hooks.Store(&hooks)
	return s, nil
}

// Hooks is how many warehouses may send.
func (s *Server) Hooks() int {
	usable := 0
	for _, one := range *s.hooks.Load() {
		if len(one.keys) > 0 {
			usable++
		}
	}
	return usable
}

// Refresh reads again which warehouses may send, and their keys: a configuration may have been applied, a key file replaced. A
// warehouse whose keys cannot be used keeps those that it had.
func (s *Server) Refresh(ctx context.Context) error {
	hooks, err := loadHooks(ctx, s.options.Control, s.options.Environment, *s.hooks.Load())
	if hooks == nil {
		return err
	}
	s.hooks.Store(&hooks)
	return err
}

// health is well when the ledger answers.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.options.Control.Check(ctx); err != nil {
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
	var absent *control.AbsentError
	var stale *control.OutdatedError
	var usage *control.UsageError
	var denied *control.ForbiddenError
	switch {
	case errors.As(err, &told):
		return told
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

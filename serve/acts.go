package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// byTheAPI is who acts when a request names nobody.
const byTheAPI = "the HTTP API"

// actRoutes are the acts on what there is. Each is on the pages and the command line as well, and control does it for all.
func (s *Server) actRoutes() []Route {
	return []Route{
		{http.MethodPost, "/api/v1/connections/{id}/pause", s.acted(s.pause, "reason", "by")},
		{http.MethodPost, "/api/v1/connections/{id}/resume", s.acted(s.resume, "by")},
		{http.MethodPost, "/api/v1/runs/{id}/approve", s.acted(s.decide(true), "by")},
		{http.MethodPost, "/api/v1/runs/{id}/reject", s.acted(s.decide(false), "by")},
		{http.MethodPost, "/api/v1/stores/{id}/relearn", s.acted(s.relearn, "channel_skus")},
	}
}

// wishes are what the body of an act may say.
type wishes struct {
	*http.Request
	by, reason  string
	channelSKUs []string
}

// acted makes a handler of an act. Its body may be left out; a field that the act does not know is refused, for what it means would not be
// done.
func (s *Server) acted(do func(ctx context.Context, w wishes) (any, error), known ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), apiPatience)
		defer cancel()
		var done any
		wished, err := readWishes(w, r, known)
		if err == nil {
			done, err = do(ctx, wished)
		}
		if err != nil {
			refuse(w, s.controlProblem(r, err))
			return
		}
		answer(w, http.StatusOK, done)
	}
}

func readWishes(w http.ResponseWriter, r *http.Request, known []string) (wishes, error) {
	wished := wishes{Request: r, by: byTheAPI}
	body, err := readObject(w, r)
	if err != nil || len(strings.TrimSpace(string(body))) == 0 {
		return wished, err
	}
	err = decodeObject(body, `{}`, known, func(name string, field jsonvalue.Value) (err error) {
		switch name {
		case "by":
			wished.by, err = readName(field)
		case "reason":
			wished.reason, err = readName(field)
		case "channel_skus":
			wished.channelSKUs, err = readTexts(field)
		}
		return err
	})
	if err != nil {
		return wished, invalid("invalid_request", "%v", err)
	}
	if wished.by == "" {
		wished.by = byTheAPI
	}
	return wished, nil
}

// readObject reads the body of a request that asks for something, as JSON and within bounds.
func readObject(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if _, err := readQuestion(r, nil); err != nil {
		return nil, err
	}
	if form, err := formOf(r.Header); err != nil || form != formJSON {
		return nil, &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", message: "the Content-Type is not " + formJSON}
	}
	if r.ContentLength > mostAskBytes {
		return nil, tooLarge(mostAskBytes)
	}
	return readBody(w, r, mostAskBytes)
}

// decodeObject reads an object of known fields, each once.
func decodeObject(body []byte, like string, known []string, read func(name string, field jsonvalue.Value) error) error {
	value, err := jsonvalue.Parse(body)
	if err != nil {
		return err
	}
	if value.Kind() != jsonvalue.Object {
		return errors.New("expected an object like " + like + ", found " + string(value.Kind()))
	}
	twice, err := value.Members(func(name string, field jsonvalue.Value) error {
		if !slices.Contains(known, name) {
			return errors.New("there is no field " + shown(name) + "; the fields are " + listed(known))
		}
		if err := read(name, field); err != nil {
			return errors.New(name + ": " + err.Error())
		}
		return nil
	})
	if err == nil && twice != "" {
		err = errors.New(shown(twice) + " is given twice; it is not known which one is meant")
	}
	return err
}

// listed names things: a, b and c.
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// schedulesView is which schedules an act paused or resumed.
type schedulesView struct {
	Schedules []string `json:"schedules"`
}

func (s *Server) pause(ctx context.Context, w wishes) (any, error) {
	connection, err := s.connection(ctx, w.PathValue("id"))
	if err != nil {
		return nil, err
	}
	done, err := s.options.Control.Pause(ctx, connection.ID, w.by, w.reason)
	return schedulesView{append([]string{}, done...)}, err
}

func (s *Server) resume(ctx context.Context, w wishes) (any, error) {
	connection, err := s.connection(ctx, w.PathValue("id"))
	if err != nil {
		return nil, err
	}
	done, err := s.options.Control.Resume(ctx, connection.ID, w.by)
	return schedulesView{append([]string{}, done...)}, err
}

// decide answers a held run.
func (s *Server) decide(approve bool) func(ctx context.Context, w wishes) (any, error) {
	return func(ctx context.Context, w wishes) (any, error) {
		id, err := runNumber(w.Request)
		if err != nil {
			return nil, err
		}
		if _, err := s.options.Ledger.Run(ctx, id); errors.Is(err, ledger.ErrNotFound) {
			return nil, noRun(id)
		} else if err != nil {
			return nil, err
		}
		return answered(s.options.Control.Decide(ctx, id, approve, w.by))
	}
}

// decidedView is a hold with what became of the answer to it.
type decidedView struct {
	Hold   ledger.Hold `json:"hold"`
	Answer string      `json:"answer"` // accepted: it is safe with Temporal, and no worker has answered yet
	Runs   []int64     `json:"runs"`   // that the answer was for
	Why    string      `json:"why,omitempty"`
}

const accepted = "accepted"

func answered(decided control.Decided, err error) (any, error) {
	view := decidedView{Hold: decided.Hold, Answer: decided.Answer, Runs: append([]int64{}, decided.Runs...), Why: decided.Why}
	if view.Answer == "" {
		view.Answer = accepted
	}
	return view, err
}

func (s *Server) relearn(ctx context.Context, w wishes) (any, error) {
	id := w.PathValue("id")
	if _, err := s.options.Ledger.Store(ctx, id); errors.Is(err, ledger.ErrNotFound) {
		return nil, notFound("there is no store " + shown(id))
	} else if err != nil {
		return nil, err
	}
	return s.options.Control.Relearn(ctx, id, w.channelSKUs)
}

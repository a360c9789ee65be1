package serve

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
)

const (
	usualRows   = 100
	mostRows    = 1000
	apiPatience = 30 * time.Second
)

// authorized lets nobody pass who has no API token. What who has one may do is what its role may.
func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, has := s.tokenOf(r.Header)
		switch {
		case len(s.tokens) == 0:
			refuse(w, &problem{status: http.StatusForbidden, code: "api_off", message: "the API is off; start starter serve with --api-token"})
		case !has:
			refuse(w, s.problemOf(r, s.rejectUnauthenticated(r, "", errors.New("no API token, or another one"))))
		default:
			next(w, r.WithContext(control.WithActor(r.Context(), control.Actor{
				Who: token.name + ", from " + hostOf(r), From: control.FromAPI, Role: token.role, Address: hostOf(r),
			})))
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

// reply answers with what do finds or does, within the patience of the API.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, status int, do func(ctx context.Context) (any, error)) {
	ctx, cancel := context.WithTimeout(r.Context(), apiPatience)
	defer cancel()
	found, err := do(ctx)
	if err != nil {
		refuse(w, s.controlProblem(r, err))
		return
	}
	answer(w, status, found)
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
		s.reply(w, r, http.StatusOK, func(ctx context.Context) (any, error) {
			q, err := readQuestion(r, known)
			if err != nil {
				return nil, err
			}
			return find(ctx, q)
		})
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
			return q, invalid("invalid_query", "there is no setting %s%s", inventory.Quoted(name), orNone(known))
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

// runNumber is the run that a path names.
func runNumber(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, invalid("invalid_path", "%s is not a run number", inventory.Quoted(r.PathValue("id")))
	}
	return id, nil
}

// partOf shows a part of a list, which has as many rows as were asked for unless the list ends in it; key is after what the next part begins.
func partOf[F, T any](rows []F, limit int, view func(F) T, key func(F) string) page[T] {
	found := pageOf(rows, view)
	if len(rows) >= limit {
		found.Next = key(rows[len(rows)-1])
	}
	return found
}

// same shows what has a JSON form of its own.
func same[T any](one T) T { return one }

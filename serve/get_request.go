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
	defaultRows = 100
	maxRows     = 1000
	apiTimeout  = 30 * time.Second
)

// authorized refuses a request without an API token. Otherwise the token's role goes into the context, and package control checks it.
func (s *Server) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, hasToken := s.tokenOf(r.Header)
		switch {
		case len(s.tokens) == 0:
			writeProblem(w, &problem{status: http.StatusForbidden, code: "api_off", message: "the API is off; start starter serve with --api-token"})
		case !hasToken:
			writeProblem(w, s.problemOf(r, s.rejectUnauthenticated(r, "", errors.New("the API token is missing or wrong"))))
		default:
			next(w, r.WithContext(control.WithActor(r.Context(), control.Actor{
				Name: token.name + ", from " + hostOf(r), Face: control.FaceAPI, Role: token.role, Address: hostOf(r),
			})))
		}
	}
}

// hostOf is the address of the client, without the port.
func hostOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// respond writes the result of do as JSON, or its error. do has apiTimeout.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, status int, do func(ctx context.Context) (any, error)) {
	ctx, cancel := context.WithTimeout(r.Context(), apiTimeout)
	defer cancel()
	result, err := do(ctx)
	if err != nil {
		writeProblem(w, s.controlProblem(r, err))
		return
	}
	writeJSON(w, status, result)
}

// getRequest is a request that reads: the HTTP request with its checked query.
type getRequest struct {
	*http.Request
	query url.Values
	limit int
}

// getHandler returns a handler for a request that reads. It refuses unknown query parameters: a misspelled filter would otherwise be
// ignored and the whole list returned.
func (s *Server) getHandler(find func(ctx context.Context, q getRequest) (any, error), parameters ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.respond(w, r, http.StatusOK, func(ctx context.Context) (any, error) {
			q, err := parseQuery(r, parameters)
			if err != nil {
				return nil, err
			}
			return find(ctx, q)
		})
	}
}

func parseQuery(r *http.Request, parameters []string) (getRequest, error) {
	q := getRequest{Request: r, limit: defaultRows}
	var err error
	if q.query, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		return q, invalid("invalid_query", "the query cannot be read")
	}
	for name, values := range q.query {
		if !slices.Contains(parameters, name) {
			return q, invalid("invalid_query", "there is no parameter %s%s", inventory.Quoted(name), orNone(parameters))
		}
		if len(values) != 1 {
			return q, invalid("invalid_query", "%s is given twice", name)
		}
	}
	if text := q.query.Get("limit"); text != "" {
		if q.limit, err = strconv.Atoi(text); err != nil || q.limit < 1 || q.limit > maxRows {
			return q, invalid("invalid_query", "limit: expected a number from 1 to %d", maxRows)
		}
	}
	return q, nil
}

func orNone(parameters []string) string {
	if len(parameters) == 0 {
		return "; there are none"
	}
	return "; there are " + strings.Join(parameters, ", ")
}

// runNumber parses the number of a run in a path.
func runNumber(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, invalid("invalid_path", "%s is not a run number", inventory.Quoted(r.PathValue("id")))
	}
	return id, nil
}

// pageWithNext converts one page of a list. If it has limit rows, more may follow: Next is then the key of its last row.
func pageWithNext[F, T any](rows []F, limit int, view func(F) T, key func(F) string) page[T] {
	list := pageOf(rows, view)
	if len(rows) >= limit {
		list.Next = key(rows[len(rows)-1])
	}
	return list
}

// asIs is the view of a type that has a JSON form already.
func asIs[T any](value T) T { return value }

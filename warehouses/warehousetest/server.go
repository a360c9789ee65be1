package warehousetest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Server serves the responses of a fake that has an API. The fake embeds it, and has its Provoke, Spoil and Calls from it; what a response
// holds, and what becomes of a fault, is the fake's own.
type Server struct {
	// URL is where the fake answers.
	URL string

	mutex sync.Mutex
	fault Fault
	dated *time.Time // what every response says in Date; nil: as it is
	spoil func(page int, response *Answer)
	calls []string
}

// Answer is what a fake is about to answer with.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	// Cut sends the first half of the body and breaks the connection.
	Cut bool
}

// JSON is a response with a body that is JSON.
func JSON(status int, body string) Answer { return Typed(status, "application/json", body) }

// Typed is a response with a body of a media type.
func Typed(status int, mediaType, body string) Answer {
	return Answer{Status: status, Header: http.Header{"Content-Type": {mediaType}}, Body: body}
}

// WithoutDate is the response without the header Date where that is so.
func (a Answer) WithoutDate(is bool) Answer {
	if is {
		a.Header["Date"] = nil
	}
	return a
}

// NewServer starts a Server that ends with the test. The responses may be asked for several at once.
func NewServer(t testing.TB, respond func(request *http.Request, body []byte) Answer) *Server {
	t.Helper()
	made := &Server{}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // it broke off
		}
		made.date(out.Header())
		respond(request, body).write(out)
	}))
	t.Cleanup(server.Close)
	made.URL = server.URL
	return made
}

// Date has every later answer say in its header Date that it was made then; a time of zero leaves the header out. It is the Date of
// fakes whose form states no other time.
func (s *Server) Date(_ testing.TB, at time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.dated = &at
}

func (s *Server) date(header http.Header) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case s.dated == nil: // the server writes it
	case s.dated.IsZero():
		header["Date"] = nil
	default:
		header.Set("Date", s.dated.UTC().Format(http.TimeFormat))
	}
}

func (a Answer) write(out http.ResponseWriter) {
	maps.Copy(out.Header(), a.Header)
	content := []byte(a.Body)
	out.Header().Set("Content-Length", strconv.Itoa(len(content)))
	out.WriteHeader(a.Status)
	if a.Cut {
		_, _ = out.Write(content[:len(content)/2])
		_ = http.NewResponseController(out).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = out.Write(content)
}

// Provoke gives every later call a fault.
func (s *Server) Provoke(_ testing.TB, fault Fault) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.fault = fault
}

// Fault is the one that was provoked, for the fake.
func (s *Server) Fault() Fault {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.fault
}

// Spoil has every response with rows go through a function first; the page is counted from 1.
func (s *Server) Spoil(spoil func(page int, response *Answer)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.spoil = spoil
}

// Spoiled is a response with the rows of a page after it went through the function of Spoil.
func (s *Server) Spoiled(page int, response Answer) Answer {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.spoil != nil {
		s.spoil(page, &response)
	}
	return response
}

// Note notes a call for Calls.
func (s *Server) Note(call string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.calls = append(s.calls, call)
}

// Calls are the calls that the fake noted so far: path and query, unless it says otherwise.
func (s *Server) Calls() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.calls)
}

// Elsewhere is a response that leads to another address.
func (s *Server) Elsewhere() Answer {
	return Answer{Status: http.StatusFound, Header: http.Header{"Location": {s.URL + "/elsewhere"}}}
}

// SignIn is the page that something before the warehouse answers with.
func SignIn() Answer {
	return Typed(http.StatusOK, "text/html", "<!doctype html><title>Sign in</title>")
}

// Quote writes a JSON text byte by byte: unlike encoding/json it leaves invalid UTF-8 as it is, as a careless server does.
func Quote(text string) string {
	quoted := make([]byte, 0, len(text)+2)
	quoted = append(quoted, '"')
	for _, letter := range []byte(text) {
		switch {
		case letter == '"' || letter == '\\':
			quoted = append(quoted, '\\', letter)
		case letter < 0x20:
			quoted = fmt.Appendf(quoted, `\u%04x`, letter)
		default:
			quoted = append(quoted, letter)
		}
	}
	return string(append(quoted, '"'))
}

package serve

import (
	"net/http"
	"strings"
)

// Route is one method and path of the server.
type Route struct {
	Method, Path string
	// Act is the name of the act in the log of acts. It is empty for a route that only reads.
	Act     string
	handler http.HandlerFunc
}

// Routes lists all routes, without those of the pages.
func (s *Server) Routes() []Route {
	routes := []Route{
		{Method: http.MethodGet, Path: "/healthz", handler: s.health},
		{Method: http.MethodGet, Path: "/metrics", handler: s.authorized(s.metrics)},
		{Method: http.MethodPost, Path: "/hooks/{warehouse}", handler: s.serveHook},
	}
	for _, route := range append(s.apiRoutes(), s.actRoutes()...) {
		route.handler = s.authorized(route.handler)
		routes = append(routes, route)
	}
	return routes
}

// Handler serves all routes and the pages. Unknown paths and methods that a path does not have get an error in the same form as all other
// errors.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range s.Routes() {
		mux.Handle(route.Method+" "+route.Path, route.handler)
	}
	fallback := s.others()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r) // which gives the request the values of its path
			return
		}
		unmatched := statusRecorder{header: http.Header{}}
		handler.ServeHTTP(&unmatched, r)
		if unmatched.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", unmatched.header.Get("Allow"))
			writeProblem(w, &problem{status: unmatched.status, code: "method_not_allowed", message: r.Method + " is not a method of this path"})
			return
		}
		fallback.ServeHTTP(w, r)
	})
}

// others serves every path that is not a route: the pages, if there are any.
func (s *Server) others() http.Handler {
	nothing := s.authorized(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, notFound("there is no such path; /api/v1/openapi.json describes the API"))
	})
	pages := s.options.Pages
	if pages == nil {
		pages = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { writeProblem(w, notFound("there is no such path")) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			nothing(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// statusRecorder records the response that net/http writes if no pattern matches: its status, and the allowed methods.
type statusRecorder struct {
	header http.Header
	status int
}

func (a *statusRecorder) Header() http.Header            { return a.header }
func (a *statusRecorder) WriteHeader(status int)         { a.status = status }
func (a *statusRecorder) Write(text []byte) (int, error) { return len(text), nil }

package serve

import (
	"net/http"
	"strings"
)

// Route is one thing that can be asked for.
type Route struct {
	Method, Path string
	// Act is the act that it asks for, as the log of acts has it; empty where it only reads.
	Act     string
	handler http.HandlerFunc
}

// Routes lists everything that can be asked for.
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

// Handler serves everything. What is asked with another method than a path has, and what there is not, is answered in the form of all other
// refusals.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range s.Routes() {
		mux.Handle(route.Method+" "+route.Path, route.handler)
	}
	others := s.others()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r) // which gives the request the values of its path
			return
		}
		refused := unmatched{header: http.Header{}}
		found.ServeHTTP(&refused, r)
		if refused.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", refused.header.Get("Allow"))
			refuse(w, &problem{status: refused.status, code: "method_not_allowed", message: "this path is not asked with " + r.Method})
			return
		}
		others.ServeHTTP(w, r)
	})
}

// others serves what is no route: the pages, where there are any.
func (s *Server) others() http.Handler {
	nothing := s.authorized(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, notFound("there is nothing here; /api/v1/openapi.json describes what there is"))
	})
	pages := s.options.Pages
	if pages == nil {
		pages = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w, notFound("there is nothing here")) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			nothing(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// unmatched takes what net/http would answer where no pattern fits: its status, and which methods are allowed.
type unmatched struct {
	header http.Header
	status int
}

func (a *unmatched) Header() http.Header            { return a.header }
func (a *unmatched) WriteHeader(status int)         { a.status = status }
func (a *unmatched) Write(text []byte) (int, error) { return len(text), nil }

package serve

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A hook whose key cannot be read takes nothing, for nobody can be believed there; all others, and the API, go on.

// hookProblem is a hook that takes nothing.
type hookProblem struct {
	Warehouse string `json:"warehouse"`
	Problem   string `json:"problem"`
}

// unusable are the hooks that take nothing, in order.
func (s *Server) unusable() []hookProblem {
	found := []hookProblem{}
	for id, one := range *s.hooks.Load() {
		if one.unusable != nil {
			found = append(found, hookProblem{id, one.unusable.Error()})
		}
	}
	slices.SortFunc(found, func(a, b hookProblem) int { return cmp.Compare(a.Warehouse, b.Warehouse) })
	return found
}

// cannotProve answers a sender whose proof cannot be checked. The reference of the key is for our people: it is in the log and in the
// status.
func (s *Server) cannotProve(r *http.Request, one *hook) error {
	if s.failures.more(r.RemoteAddr, s.options.Now()) {
		s.options.Log.Error("a request could not be taken: its hook cannot be used", "warehouse", one.warehouse.ID, "reason", one.unusable.Error())
	}
	return later("hook_unusable", "nothing was taken: this server cannot read a key of the hook, so it can believe nobody; its log and its status say which key. "+
		"Send it again when that is mended", failureRetry)
}

// metrics shows which hooks take nothing, for Prometheus.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	var page strings.Builder
	page.WriteString("# HELP tidemark_hook_unusable 1 where a key of a warehouse's hook cannot be read, so that it takes nothing.\n# TYPE tidemark_hook_unusable gauge\n")
	hooks := *s.hooks.Load()
	ids := make([]string, 0, len(hooks))
	for id := range hooks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		value := 0
		if hooks[id].unusable != nil {
			value = 1
		}
		fmt.Fprintf(&page, "tidemark_hook_unusable{warehouse=%q} %d\n", id, value)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(page.String())) // who has left needs no answer
}

package serve

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Who signs with a key that cannot be read cannot be believed, and is not told that he is wrong: his events would be lost. All others are taken,
// at this hook, at other hooks and at the API.

// hookProblem is a hook of which a key cannot be read.
type hookProblem struct {
	Warehouse string `json:"warehouse"`
	Problem   string `json:"problem"`
}

// unusable are the hooks of which a key cannot be read, in order.
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

// disbelieve answers a sender whose proof does not hold: by a key that can be read.
func (s *Server) disbelieve(r *http.Request, one *hook, why error) error {
	if one.unusable != nil {
		return s.cannotProve(r, one)
	}
	return s.rejectUnauthenticated(r, one.warehouse.ID, why)
}

// cannotProve answers a sender whose proof cannot be checked. The reference of the key is for our people: it is in the log and in the
// status.
func (s *Server) cannotProve(r *http.Request, one *hook) error {
	if s.failures.more(r.RemoteAddr, s.options.Now()) {
		s.options.Log.Error("a request could not be taken: its hook cannot be used", "warehouse", one.warehouse.ID, "reason", one.unusable.Error())
	}
	return later("hook_unusable",
		"nothing was taken: this server cannot read a key of the hook, and what it can read does not prove this; its log and its status say which key. "+
			"Send it again when that is mended", failureRetry)
}

// metrics shows of which hooks a key cannot be read, for Prometheus.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	var page strings.Builder
	page.WriteString("# HELP tidemark_hook_unusable 1 where a key of a warehouse's hook cannot be read: what is signed with it is not taken.\n# TYPE " +
		"tidemark_hook_unusable gauge\n")
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

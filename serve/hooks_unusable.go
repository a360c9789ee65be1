package serve

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// If a key of a hook cannot be read, a request that is signed with it cannot be verified. The response is then 503 and not 401: a sender that
// gets a 401 may drop its events, and they would be lost. Requests that another key verifies are accepted.

// hookProblem is a hook with a key that cannot be read.
type hookProblem struct {
	Warehouse string `json:"warehouse"`
	Problem   string `json:"problem"`
}

// unusable lists the hooks with a key that cannot be read, in order of the warehouses.
func (s *Server) unusable() []hookProblem {
	problems := []hookProblem{}
	for id, hook := range *s.hooks.Load() {
		if hook.unusable != nil {
			problems = append(problems, hookProblem{id, hook.unusable.Error()})
		}
	}
	slices.SortFunc(problems, func(a, b hookProblem) int { return cmp.Compare(a.Warehouse, b.Warehouse) })
	return problems
}

// rejectProof is the response to a request that no readable key of the hook verifies.
func (s *Server) rejectProof(r *http.Request, sender *hook, why error) error {
	if sender.unusable != nil {
		return s.cannotVerify(r, sender)
	}
	return s.rejectUnauthenticated(r, sender.warehouse.ID, why)
}

// cannotVerify is the 503 response to a request whose proof may be right but cannot be checked. The reference of the key is not in the
// response; it is in the log and in the status.
func (s *Server) cannotVerify(r *http.Request, sender *hook) error {
	if s.failures.allow(r.RemoteAddr, s.options.Now()) {
		s.options.Log.Error("a request could not be verified: a key of its hook cannot be read", "warehouse", sender.warehouse.ID, "reason", sender.unusable.Error())
	}
	return later("hook_unusable",
		"nothing was accepted: this server cannot read a key of the hook, and no key that it can read verifies this request; its log and its status "+
			"say which key. Send the request again when the key can be read", failureRetry)
}

// metrics serves tidemark_hook_unusable for Prometheus.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	var page strings.Builder
	page.WriteString("# HELP tidemark_hook_unusable 1 if a key of the warehouse's hook cannot be read: requests that are signed with it are not accepted.\n# " +
		"TYPE " +
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
	_, _ = w.Write([]byte(page.String())) // the client may have left
}

package workflows

import "github.com/tidemark/tidemark/ledger"

// Handed are the requests that the run before handed on to this one, including those of a planned pass. The ids of the requests of a group are in the
// ledger only.
func (i SyncInput) Handed() []ledger.Request {
	if i.Carried == nil {
		return nil
	}
	handed := ledgerRequests(i.Carried.Pending)
	if i.Carried.Next != nil {
		handed = append(handed, ledgerRequests(i.Carried.Next.Requests)...)
	}
	return handed
}

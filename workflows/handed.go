package workflows

import "github.com/tidemark/tidemark/ledger"

// Handed are the requests that the run before handed on to this one, those of a pass that was planned included. The ids of a group's
// requests are in the ledger.
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

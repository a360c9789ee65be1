package workflows

// MostAlso is how many requests should share a signal besides its own. A workflow accepts more; only the size of the payload bounds them.
const MostAlso = 200

// AlsoRequested is a request that shares the signal of another request and asks for the same.
type AlsoRequested struct {
	ID string `json:"id"`
	By string `json:"by,omitempty"`
}

// Each returns the requests of a signal one by one: its own, and those that share it.
func (r SyncRequest) Each() []SyncRequest {
	also := r.Also
	r.Also = nil
	each := append(make([]SyncRequest, 0, 1+len(also)), r)
	for _, more := range also {
		shared := r
		shared.ID, shared.By = more.ID, more.By
		each = append(each, shared)
	}
	return each
}

package workflows

// MostAlso is how many requests should share a signal besides its own. A workflow takes more as well; what bounds them is the payload.
const MostAlso = 200

// AlsoAsked is a request that shares a signal with another, and asks for the same.
type AlsoAsked struct {
	ID string `json:"id"`
	By string `json:"by,omitempty"`
}

// Each are the requests of a signal: its own, and those that share it.
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

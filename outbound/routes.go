package outbound

import (
	"net/http"
	"time"
)

// routes sends encrypted and plain calls over connections that were opened under the rule for each.
type routes struct{ secure, plain *http.Transport }

// newRoutes makes both ways of a transport that has no way to open connections yet. It has no Proxy, and must not get one: see Reach.
func newRoutes(reach Reach, timeout time.Duration, transport *http.Transport) *routes {
	plain := transport.Clone()
	plain.DialContext = reach.dialer(timeout, true)
	transport.DialContext = reach.dialer(timeout, false)
	return &routes{secure: transport, plain: plain}
}

func (r *routes) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Scheme == "https" {
		return r.secure.RoundTrip(request)
	}
	return r.plain.RoundTrip(request)
}

// CloseIdleConnections closes those of both ways.
func (r *routes) CloseIdleConnections() {
	r.secure.CloseIdleConnections()
	r.plain.CloseIdleConnections()
}

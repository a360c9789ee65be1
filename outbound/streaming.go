package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// Streaming is for answers that are too large to be held in memory, which the caller reads while they come. The caller bounds how much
// is read and how long a read may take, and keeps the address and its query out of errors: those of the client hold both.
type Streaming struct {
	// Timeout is for each step until a response begins.
	Timeout time.Duration
	// Trust vouches for servers; nil is what the system trusts.
	Trust *x509.CertPool
	// Reach says which addresses may be called.
	Reach Reach
	// Uncompressed asks for answers as they are, so that a length is that of the content.
	Uncompressed bool
}

// Stream calls for answers that the caller reads while they come.
type Stream struct{ http *http.Client }

// Do makes one call. The caller closes the body of the response.
func (s *Stream) Do(request *http.Request) (*http.Response, error) { return s.http.Do(request) }

// Client returns a client of its own. One connection per response: callers have no Close, so none is reused. It speaks HTTP/1.1, where a
// response says what its length is, and follows no redirect.
func (s Streaming) Client() *Stream {
	transport := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: s.Trust}, // which leaves HTTP/2 out
		TLSHandshakeTimeout:    s.Timeout,
		ResponseHeaderTimeout:  s.Timeout,
		MaxResponseHeaderBytes: 256 << 10,
		DisableKeepAlives:      true,
		DisableCompression:     s.Uncompressed,
	}
	return &Stream{&http.Client{
		Transport:     newRoutes(s.Reach, s.Timeout, transport),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Package outbound makes HTTP calls to stores and warehouses. It is the one place that enforces their limits: every call has a
// deadline; redirects are not followed, because a credential would go with them; a response is read up to a limit in bytes; no error
// or log holds a credential, a query or a body. Every connection is opened within a Reach, which refuses addresses where no store or
// warehouse can be, and sends no credential off this machine unencrypted.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// Limits of one client. The zero value of a field means its default.
type Limits struct {
	Timeout time.Duration // for a whole call, body included; default 30 s
	Bytes   int64         // of a decoded answer; default 16 MiB
	Reach   Reach         // which addresses may be called
}

// Client calls one store or warehouse.
type Client struct {
	http  *http.Client
	bytes int64
}

// Response is what came back.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewClient returns a client with its own connections, so that one slow partner cannot use up another's.
func NewClient(limits Limits) *Client {
	if limits.Timeout == 0 {
		limits.Timeout = 30 * time.Second
	}
	if limits.Bytes == 0 {
		limits.Bytes = 16 << 20
	}
	transport := &http.Transport{
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  limits.Timeout,
		MaxResponseHeaderBytes: 256 << 10,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
	return &Client{
		bytes: limits.Bytes,
		http: &http.Client{
			Timeout:       limits.Timeout,
			Transport:     newRoutes(limits.Reach, 10*time.Second, transport),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Sentinels that say how far a call got.
var (
	// ErrNotSent: the partner was never reached, so nothing can have been applied.
	ErrNotSent = errors.New("not sent")
	// ErrUntrusted: the partner's certificate is not valid for its name; the call was not sent. A person must act.
	ErrUntrusted = fmt.Errorf("%w: not trusted", ErrNotSent)
	// ErrTooLarge: the response is larger than agreed on.
	ErrTooLarge = errors.New("the answer is too large")
)

// Do makes one call. The body, if any, is sent as it is. The error of a call that may have reached the partner does not
// wrap ErrNotSent.
func (c *Client) Do(ctx context.Context, method, address string, header http.Header, body []byte) (Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return Response{}, fmt.Errorf("%w: the address is not valid", ErrNotSent)
	}
	if body == nil {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	// Without GetBody the transport does not send a body a second time by itself: one call here is one call there.
	request.GetBody = nil
	for name, values := range header {
		if strings.ContainsFunc(strings.Join(values, ""), func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return Response{}, fmt.Errorf("%w: the header %s holds a character that cannot be sent; a credential with a line break in it?", ErrNotSent, name)
		}
		request.Header[name] = values
	}
	if request.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", "Tidemark")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Response{}, clean(err, request.URL.Host)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(response.Body, c.bytes+1))
	result := Response{Status: response.StatusCode, Header: response.Header, Body: withoutMark(content)}
	if err != nil {
		return result, fmt.Errorf("the answer of %s broke off after %d bytes", request.URL.Host, len(content))
	}
	if int64(len(content)) > c.bytes {
		result.Body = nil
		return result, fmt.Errorf("%s: %w: more than %d bytes", request.URL.Host, ErrTooLarge, c.bytes)
	}
	return result, nil
}

// clean keeps what a person needs of a network error and drops the address with its query.
func clean(err error, host string) error {
	var dial *net.OpError
	var lookup *net.DNSError
	var certificate *tls.CertificateVerificationError
	if refused := Refused(err); refused != nil {
		return refused
	}
	switch {
	case errors.As(err, &lookup):
		return fmt.Errorf("%w: the name %s could not be resolved", ErrNotSent, host)
	case errors.As(err, &certificate):
		return fmt.Errorf("%w: the certificate of %s is not valid: %v", ErrUntrusted, host, certificate.Err)
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Errorf("%w: no connection to %s: %v", ErrNotSent, host, dial.Err)
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("the call to %s was cancelled: %w", host, context.Canceled)
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Errorf("%s did not answer in time: %w", host, context.DeadlineExceeded)
	}
	return fmt.Errorf("the connection to %s broke before an answer came", host)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// Bearer is a header with a bearer token and JSON types.
func Bearer(token settings.Credential) http.Header {
	return http.Header{
		"Authorization": {"Bearer " + token.Reveal()},
		"Accept":        {"application/json"},
		"Content-Type":  {"application/json"},
	}
}

// MaxRetryAfter is the longest wait that a response may ask for; more is cut to it.
const MaxRetryAfter = 24 * time.Hour

// RetryAfter reads a Retry-After value, in seconds (whole or with a fraction) or as an HTTP date, and returns how long to
// wait: 0 to MaxRetryAfter. The second result is false when the value is absent or makes no sense.
func RetryAfter(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value == "" || len(value) > 64 {
		return 0, false
	}
	var wait time.Duration
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
			return 0, false
		}
		wait = time.Duration(min(max(seconds, 0), MaxRetryAfter.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	} else {
		return 0, false
	}
	return min(max(wait, 0), MaxRetryAfter), true
}

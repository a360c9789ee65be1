package shiphero

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// download reads the file of a snapshot into the sink. The credential does not go along: the file is with somebody else. No error holds
// the query of the address, which is what permits the download.
func (s *source) download(ctx context.Context, made job, sink warehouses.Sink) (seen, error) {
	address, err := url.Parse(made.url)
	if err != nil || address.Host == "" || address.User != nil || address.Scheme != "https" && !strings.HasPrefix(s.Endpoint, address.Scheme+"://") {
		return seen{}, s.doubted("the address of its file is not one like https://host/path")
	}
	downloading, cancel := context.WithCancel(ctx)
	defer cancel()
	request, err := http.NewRequestWithContext(downloading, http.MethodGet, made.url, http.NoBody)
	if err != nil {
		return seen{}, s.doubted("the address of its file is not valid")
	}
	response, err := s.files.Do(request)
	refused := outbound.Refused(err)
	switch {
	case ctx.Err() != nil:
		if err == nil {
			_ = response.Body.Close()
		}
		return seen{}, ctx.Err()
	case refused != nil:
		return seen{}, warehouses.NeedsPerson(refused, "warehouse %s: the file of the snapshot is at %s, which is not called; set full: pages, or see to it that "+
			"the address is right", s.ID, address.Host)
	case err != nil:
		return seen{}, s.doubted("%v", reached(err, address.Host))
	}
	defer func() { _ = response.Body.Close() }()
	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		return seen{}, warehouses.NeedsPerson(nil, "warehouse %s: the address of the snapshot's file at %s answers with a redirect (status %d), which is not "+
			"followed; set full: pages", s.ID, address.Host, status)
	case status != http.StatusOK:
		return seen{}, s.doubted("its file at %s cannot be had (status %d)", address.Host, status)
	}
	file := newMeter(response.Body, s.maxBytes, s.timeout, cancel)
	read, err := s.stream(ctx, file, made.id, sink)
	switch {
	case err == nil, ctx.Err() == nil && file.failed == nil:
		return read, err
	case ctx.Err() != nil:
		return seen{}, ctx.Err()
	case errors.Is(file.failed, errTooLarge):
		return seen{},
			warehouses.NeedsPerson(nil, "warehouse %s: the file of the snapshot, or one product in it, is larger than is read; raise max_bytes if that is right", s.ID)
	}
	return seen{}, s.doubted("its file at %s broke off after %d bytes, or stood still for %s", address.Host, s.maxBytes-file.left, s.timeout)
}

// reached is a network error without the address and its query.
func reached(err error, host string) error {
	var certificate *tls.CertificateVerificationError
	var operation *net.OpError
	switch {
	case errors.As(err, &certificate):
		return fmt.Errorf("the certificate of %s is not valid", host)
	case errors.As(err, &operation) && operation.Op == "dial":
		return fmt.Errorf("no connection to %s, where its file is", host)
	}
	return fmt.Errorf("%s, where its file is, did not answer", host)
}

// mostProduct is the largest single value of a file, in bytes: one product with all its warehouses, bins and lots.
const mostProduct = 32 << 20

var errTooLarge = errors.New("the file is too large")

// meter bounds a file, what of it is held at once, and how long a read may take.
type meter struct {
	from   io.Reader
	left   int64 // bytes of the file
	single int64 // bytes of the value that is read now
	span   time.Duration
	timer  *time.Timer
	failed error // why reading ended, if it did not come to the end
}

// newMeter makes a meter that gives up on a read that takes too long.
func newMeter(from io.Reader, most int64, span time.Duration, giveUp func()) *meter {
	m := &meter{from: from, left: most, single: mostProduct, span: span, timer: time.AfterFunc(span, giveUp)}
	m.timer.Stop()
	return m
}

func (m *meter) Read(into []byte) (int, error) {
	if m.left <= 0 || m.single <= 0 {
		m.failed = errTooLarge
		return 0, m.failed
	}
	m.timer.Reset(m.span)
	count, err := m.from.Read(into[:min(int64(len(into)), m.left, m.single)])
	m.timer.Stop() // what is done with the bytes takes the time that it takes
	m.left -= int64(count)
	m.single -= int64(count)
	if err != nil && !errors.Is(err, io.EOF) {
		m.failed = err
	}
	return count, err
}

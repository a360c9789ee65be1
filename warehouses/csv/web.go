package csv

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// webSite is one file on a web server.
type webSite struct {
	address string // with the query
	shown   string
	headers http.Header
	client  *outbound.Stream
	timeout time.Duration
	trailer bool // the file proves its own end
	now     func() time.Time
}

var (
	_ site  = (*webSite)(nil)
	_ place = (*webPlace)(nil)
)

func newWeb(address *url.URL, values settings.Values, environment settings.Environment, reach outbound.Reach) (shown string, at site, err error) {
	w := &webSite{timeout: values.Duration("timeout"), trailer: values.Text("complete") == "trailer", now: time.Now}
	if w.headers, err = authorization(address.User.Username(), values, environment); err != nil {
		return "", nil, err
	}
	address.User = nil
	w.address = address.String()
	address.RawQuery, address.ForceQuery = "", false
	w.shown = address.String()
	var trust *x509.CertPool
	if file := values.Text("ca_file"); file != "" {
		content, err := environment.ReadFile(file)
		if err != nil {
			return "", nil, fmt.Errorf("the setting ca_file: %w", err)
		}
		trust = x509.NewCertPool()
		if !trust.AppendCertsFromPEM(content) {
			return "", nil, fmt.Errorf("the setting ca_file: %s holds no certificate in the form of PEM", file)
		}
	}
	w.client = outbound.Streaming{Timeout: w.timeout, Reach: reach, Trust: trust, Uncompressed: true}.Client()
	return w.shown, w, nil
}

func (w *webSite) join(folder, name string) string { return folder + "/" + name }

func (w *webSite) visit(ctx context.Context) (place, error) {
	return &webPlace{webSite: w, ctx: ctx}, ctx.Err()
}

// webPlace is a file of a web server while it is looked at.
type webPlace struct {
	*webSite
	ctx   context.Context
	begun *webFile // a download of the file that stat began; the next open goes on with it
}

func (p *webPlace) close() {
	if p.begun != nil {
		_ = p.begun.Close()
	}
}

func (p *webPlace) list(string) ([]fs.DirEntry, error) {
	return nil, errors.New("a web server has no folders") // stat never says that it has
}

// stat begins a download, for many a server answers HEAD otherwise than GET, or not at all.
func (p *webPlace) stat(path string) (fs.FileInfo, error) {
	f, err := p.download(path)
	if err != nil {
		return nil, err
	}
	if path == p.shown && p.begun == nil {
		p.begun = f
		return f.info, nil
	}
	return f.info, f.Close()
}

func (p *webPlace) open(path string) (opened, error) {
	if f := p.begun; f != nil && path == p.shown {
		p.begun = nil
		return f, nil
	}
	f, err := p.download(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// download asks for the file, or for another that stands beside it: the marker.
func (p *webPlace) download(shown string) (*webFile, error) {
	ctx, cancel := context.WithCancel(p.ctx)
	f := &webFile{at: p, cancel: cancel}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address, http.NoBody)
	if err != nil {
		cancel()
		return nil, errors.New("the address is not valid")
	}
	beside := shown[len(p.shown):]
	request.URL.Path += beside
	if request.URL.RawPath != "" {
		request.URL.RawPath += url.PathEscape(beside)
	}
	request.Header = p.headers.Clone()
	response, err := p.client.Do(request)
	if err != nil {
		cancel()
		return nil, p.failed(shown, err)
	}
	f.body = response.Body
	if err := p.judge(shown, response); err != nil {
		_ = f.Close()
		return nil, err
	}
	f.info = webInfo{name: path.Base(shown), size: response.ContentLength}
	if at, err := http.ParseTime(response.Header.Get("Last-Modified")); err == nil {
		f.info.modified = at
	}
	return f, nil
}

// judge refuses a response that is not a whole file.
func (p *webPlace) judge(shown string, response *http.Response) error {
	if err := warehouses.Failure(shown, outbound.Response{Status: response.StatusCode, Header: response.Header}, nil, p.now()); err != nil {
		return err
	}
	switch status := response.StatusCode; {
	case status == http.StatusNotFound, status == http.StatusGone:
		return fs.ErrNotExist
	case status != http.StatusOK:
		return warehouses.NeedsPerson(nil, "%s is answered with status %d, not with the file (status 200); correct the setting path", shown, status)
	}
	if coding := response.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return warehouses.NeedsPerson(nil, "%s is sent compressed although that was not asked for; have the server send it as it is", shown)
	}
	if response.ContentLength < 0 && !slices.Contains(response.TransferEncoding, "chunked") && !p.trailer {
		return warehouses.NeedsPerson(nil, "%s is sent without its length, so that a part cannot be told from the whole; have the server send Content-Length, or "+
			"have the file end with a count of its rows and set complete: trailer", shown)
	}
	return nil
}

// failed is an error without the address and what goes with it.
func (p *webPlace) failed(shown string, err error) error {
	var certificate *tls.CertificateVerificationError
	var dial *net.OpError
	var timeout net.Error
	refused := outbound.Refused(err)
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case refused != nil:
		return warehouses.NeedsPerson(refused, "%s is not called", shown)
	case errors.As(err, &certificate):
		return warehouses.NeedsPerson(nil, "%s: the certificate of the server is not valid: %v; correct the setting path, or name in ca_file who vouches for it",
			shown, certificate.Err)
	case errors.As(err, &dial) && dial.Op == "dial":
		return warehouses.Faltered(nil, "%s: no connection to the server: %s", shown, whyNot(err))
	case errors.As(err, &timeout) && timeout.Timeout():
		return warehouses.Faltered(nil, "%s: the server did not answer within %s", shown, p.timeout)
	}
	return warehouses.Faltered(nil, "%s: the connection to the server broke", shown)
}

// changed: every look is a new download, and what was read is proved by its hash, which another look has given before.
func (p *webPlace) changed(opened, string, fs.FileInfo) (bool, error) { return false, nil }

func (p *webPlace) exact() bool { return false }

// webFile is a file while it is downloaded.
type webFile struct {
	at     *webPlace
	body   io.ReadCloser
	info   webInfo
	cancel context.CancelFunc
}

func (f *webFile) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *webFile) Close() error {
	f.cancel()
	return f.body.Close()
}

// Read fails when the file breaks off before its length: the client sees to that.
func (f *webFile) Read(into []byte) (int, error) {
	stop := patience{f.at.timeout, f.cancel}.during()
	n, err := f.body.Read(into)
	late := stop()
	switch {
	case err == nil, err == io.EOF:
		return n, err
	case f.at.ctx.Err() != nil:
		return n, f.at.ctx.Err()
	case late:
		return n, fmt.Errorf("the server sent nothing for %s", f.at.timeout)
	}
	return n, errors.New("the connection to the server broke")
}

// webInfo is what a server says of a file.
type webInfo struct {
	name     string
	size     int64 // below 0 when it is not said
	modified time.Time
}

func (i webInfo) Name() string       { return i.name }
func (i webInfo) Size() int64        { return i.size }
func (i webInfo) Mode() fs.FileMode  { return 0 }
func (i webInfo) ModTime() time.Time { return i.modified }
func (i webInfo) IsDir() bool        { return false }
func (i webInfo) Sys() any           { return nil }

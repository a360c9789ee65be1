package csv

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// sftpSite is an SFTP server. A visit is a connection of its own.
type sftpSite struct {
	host       string // with the port
	prefix     string // of the paths that people see: sftp:// and the host
	user       string
	methods    func(tried *bool) []ssh.AuthMethod // tried becomes true when the credential is about to be sent
	key        hostKey
	timeout    time.Duration
	maxEntries int
	reach      outbound.Reach
}

var (
	_ site  = (*sftpSite)(nil)
	_ place = (*sftpPlace)(nil)
)

func newSFTP(address *url.URL, values settings.Values, environment settings.Environment, reach outbound.Reach) (path string, at site, err error) {
	s := &sftpSite{
		host:       net.JoinHostPort(address.Hostname(), "22"),
		prefix:     "sftp://" + address.Host,
		user:       address.User.Username(),
		timeout:    values.Duration("timeout"),
		maxEntries: int(values.Integer("max_entries")),
		reach:      reach,
	}
	if port := address.Port(); port != "" {
		s.host = net.JoinHostPort(address.Hostname(), port)
	}
	switch {
	case s.user == "":
		return "", nil, fmt.Errorf("the setting path names no user; expected a location like %s", examples["sftp"])
	case address.RawQuery != "" || address.ForceQuery:
		return "", nil, errors.New("the setting path has a ? in it; write it as %3F when it belongs to a name")
	case strings.ContainsRune(address.Path, 0):
		return "", nil, errors.New("the setting path holds a NUL")
	}
	if s.key, err = newHostKey(values.Text("host_key")); err != nil {
		return "", nil, err
	}
	if s.methods, err = authentication(values, environment); err != nil {
		return "", nil, err
	}
	return s.prefix + "/" + strings.Trim(address.Path, "/"), s, nil
}

func (s *sftpSite) join(folder, name string) string {
	return strings.TrimSuffix(folder, "/") + "/" + name
}

// visit connects and logs in.
func (s *sftpSite) visit(ctx context.Context) (place, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	raw, err := s.reach.Dial(ctx, s.timeout, s.host)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if refused := outbound.Refused(err); refused != nil {
			return nil, warehouses.NeedsPerson(refused, "the SFTP server %s is not called", s.host)
		}
		return nil, warehouses.Faltered(nil, "no connection to the SFTP server %s: %s", s.host, whyNot(err))
	}
	p := &sftpPlace{sftpSite: s, ctx: ctx, wire: &wire{Conn: raw}}
	p.wire.may.Store(math.MaxInt64)
	p.unhook = context.AfterFunc(ctx, func() { _ = raw.Close() })
	if err := p.login(); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// sftpPlace is a connection to an SFTP server.
type sftpPlace struct {
	*sftpSite
	ctx    context.Context
	unhook func() bool
	wire   *wire
	shell  *ssh.Client
	client *sftp.Client
	late   bool // the server did not answer in time, and was hung up on
}

// wire is the connection as it is, and how much may still come.
type wire struct {
	net.Conn
	may atomic.Int64 // bytes
}

var errTooMuch = errors.New("the server sends more than agreed on")

func (w *wire) Read(into []byte) (int, error) {
	n, err := w.Conn.Read(into)
	if w.may.Add(-int64(n)) < 0 {
		return 0, errTooMuch
	}
	return n, err
}

// within lets a step take no longer than the timeout.
func (p *sftpPlace) within(step func() error) error {
	stop := patience{p.timeout, func() { _ = p.wire.Close() }}.during()
	err := step()
	p.late = stop() || p.late
	return err
}

func (p *sftpPlace) login() error {
	var unknown error
	ok, tried := false, false
	config := &ssh.ClientConfig{
		User:              p.user,
		Auth:              p.methods(&tried),
		HostKeyAlgorithms: p.key.algorithms(),
		HostKeyCallback: func(_ string, _ net.Addr, offered ssh.PublicKey) error {
			unknown = p.key.check(p.host, offered)
			ok = unknown == nil
			return unknown
		},
	}
	err := p.within(func() error {
		connection, channels, requests, err := ssh.NewClientConn(p.wire, p.host, config)
		if err == nil {
			p.shell = ssh.NewClient(connection, channels, requests)
		}
		return err
	})
	var negotiation *ssh.AlgorithmNegotiationError
	switch {
	case err == nil:
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case unknown != nil:
		return unknown
	case errors.As(err, &negotiation):
		return warehouses.NeedsPerson(nil,
			"the SFTP server %s has no %s in common with Tidemark; correct host_key if its key is of another type, or have the server brought up to date", p.host,
			negotiation.What)
	case p.late:
		return warehouses.Faltered(nil, "the SFTP server %s did not answer within %s", p.host, p.timeout)
	case ok && !hungUp(err):
		return warehouses.NeedsPerson(nil,
			"the SFTP server %s does not accept the user and the credential of the settings; correct the user in path, or the reference", p.host)
	case tried:
		return warehouses.Faltered(nil, "the SFTP server %s hung up during the login; if it goes on, check the user and the credential", p.host)
	default:
		return warehouses.Faltered(nil, "the SFTP server %s hung up before the login, or what answers there does not speak SSH", p.host)
	}
	if err := p.within(func() (err error) {
		p.client, err = sftp.NewClient(p.shell)
		return err
	}); err != nil {
		if p.ctx.Err() == nil && !p.late && !hungUp(err) {
			return warehouses.NeedsPerson(nil, "the SFTP server %s lets the user in, but offers it no SFTP; have that enabled for it", p.host)
		}
		return p.failed(err)
	}
	return nil
}

// close hangs up and waits until nothing is left of the connection.
func (p *sftpPlace) close() {
	p.unhook()
	_ = p.wire.Close()
	if p.client != nil {
		_ = p.client.Close()
	}
	if p.shell != nil {
		_ = p.shell.Wait()
	}
}

// failed is an error without what the server wrote into it.
func (p *sftpPlace) failed(err error) error {
	var status *sftp.StatusError
	switch {
	case err == nil:
		return nil
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case errors.Is(err, fs.ErrNotExist):
		return fs.ErrNotExist
	case errors.Is(err, fs.ErrPermission):
		return fs.ErrPermission
	case p.late:
		return warehouses.Faltered(nil, "the SFTP server %s did not answer within %s", p.host, p.timeout)
	case errors.As(err, &status):
		return fmt.Errorf("the SFTP server %s refuses with status %d", p.host, status.Code)
	}
	return warehouses.Faltered(nil, "the connection to the SFTP server %s broke", p.host)
}

// there is a path as the server knows it. /~/ is the folder in which the login begins.
func (p *sftpPlace) there(path string) string {
	path = strings.TrimPrefix(path, p.prefix)
	if inside, ok := strings.CutPrefix(path, "/~/"); ok {
		return inside
	}
	if path == "/~" {
		return "."
	}
	return path
}

func (p *sftpPlace) stat(path string) (info fs.FileInfo, err error) {
	err = p.within(func() error {
		info, err = p.client.Stat(p.there(path))
		return err
	})
	return info, p.failed(err)
}

// bytesPerEntry is more than an entry takes on the wire: two names of at most 255 bytes, and its attributes.
const bytesPerEntry = 1 << 10

func (p *sftpPlace) list(path string) ([]fs.DirEntry, error) {
	// The client lists a folder to its end, however long it is, so the bound is on what may come.
	p.wire.may.Store(int64(p.maxEntries+1024) * bytesPerEntry)
	var infos []fs.FileInfo
	err := p.within(func() (err error) {
		infos, err = p.client.ReadDir(p.there(path))
		return err
	})
	if p.wire.may.Load() < 0 || err == nil && len(infos) > p.maxEntries {
		return nil, warehouses.NeedsPerson(nil, "%s has more than %d entries, which is max_entries; have old files moved away, or raise it", path, p.maxEntries)
	}
	p.wire.may.Store(math.MaxInt64)
	if err != nil {
		return nil, p.failed(err)
	}
	entries := make([]fs.DirEntry, len(infos))
	for i, info := range infos {
		entries[i] = fs.FileInfoToDirEntry(info)
	}
	return entries, nil
}

func (p *sftpPlace) open(path string) (opened, error) {
	f := &sftpFile{at: p}
	if err := p.within(func() (err error) {
		f.file, err = p.client.Open(p.there(path))
		return err
	}); err != nil {
		return nil, p.failed(err)
	}
	// A larger piece is asked for in many requests at once, so that a distant server is not waited for 32 KiB at a time.
	f.buffered = bufio.NewReaderSize(pieces{f}, 512<<10)
	return f, nil
}

// changed: a server tells size and time, in whole seconds, and not whether a file is the same one.
func (p *sftpPlace) changed(f opened, path string, before fs.FileInfo) (bool, error) {
	open, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := p.stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	return err == nil && (!alike(before, open) || !alike(before, named)), err
}

func (p *sftpPlace) exact() bool { return false }

// sftpFile is an open file of an SFTP server.
type sftpFile struct {
	at       *sftpPlace
	file     *sftp.File
	buffered *bufio.Reader
}

func (f *sftpFile) Read(into []byte) (int, error) { return f.buffered.Read(into) }

func (f *sftpFile) Stat() (info fs.FileInfo, err error) {
	err = f.at.within(func() error {
		info, err = f.file.Stat()
		return err
	})
	return info, f.at.failed(err)
}

func (f *sftpFile) Close() error { return f.at.failed(f.at.within(f.file.Close)) }

// pieces reads a file without the buffer. A connection that broke looks like the end of a file to the client in places, so
// that at the end the server is asked something that it must answer.
type pieces struct{ *sftpFile }

func (f pieces) Read(into []byte) (n int, err error) {
	err = f.at.within(func() error {
		n, err = f.file.Read(into)
		return err
	})
	if errors.Is(err, io.EOF) {
		if _, err := f.Stat(); err != nil {
			return n, err
		}
		return n, io.EOF
	}
	return n, f.at.failed(err)
}

// hungUp tells an error of the connection from one of what was said on it.
func hungUp(err error) bool {
	var broken *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &broken)
}

// whyNot says why there is no connection.
func whyNot(err error) string {
	var lookup *net.DNSError
	var timeout net.Error
	var dial *net.OpError
	switch {
	case errors.As(err, &lookup):
		return "the name could not be resolved"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it did not answer in time"
	case errors.As(err, &dial) && dial.Op == "dial":
		return dial.Err.Error()
	}
	return "it could not be made"
}

package csv

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// SSHD is an OpenSSH server of the test's own, on loopback, that serves SFTP and nothing else.
type SSHD struct {
	Address     string
	User        string
	HostKey     string // a line like "ssh-ed25519 AAAA…"
	Fingerprint string
	KeyFile     string // the private key that is let in
}

// Location is where the server has a path of this machine.
func (s *SSHD) Location(path string) string { return "sftp://" + s.User + "@" + s.Address + path }

// Settings are those of a file or folder on the server.
func (s *SSHD) Settings(path string) map[string]any {
	return map[string]any{"path": s.Location(path), "host_key": s.HostKey, "private_key": "file:" + s.KeyFile}
}

// StartSSHD starts a server that ends with the test.
func StartSSHD(t testing.TB) *SSHD {
	t.Helper()
	program, err := exec.LookPath("sshd")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/sshd") // not on everybody's path
	}
	if err != nil {
		const missing = "there is no sshd here; install it (on Debian: apt-get install openssh-server)"
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	if os.Geteuid() == 0 { // where a server that was started as root locks itself in
		require.NoError(t, os.MkdirAll("/run/sshd", 0o755))
	}
	me, err := user.Current()
	require.NoError(t, err)
	folder := t.TempDir()
	hostKey, _ := newKey(t, filepath.Join(folder, "host"))
	clientKey, keyFile := newKey(t, filepath.Join(folder, "client"))
	authorized := filepath.Join(folder, "authorized")
	require.NoError(t, os.WriteFile(authorized, ssh.MarshalAuthorizedKey(clientKey), 0o600))
	s := &SSHD{
		User:        me.Username,
		HostKey:     strings.TrimSpace(string(ssh.MarshalAuthorizedKey(hostKey))),
		Fingerprint: ssh.FingerprintSHA256(hostKey),
		KeyFile:     keyFile,
	}
	var words string
	for range 5 { // another process may be quicker to take a free port
		port := freePort(t)
		config := filepath.Join(folder, "config")
		require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, `ListenAddress 127.0.0.1
Port %d
HostKey %s
AuthorizedKeysFile %s
PidFile none
LogLevel INFO
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
AllowTcpForwarding no
MaxStartups 200
Subsystem sftp internal-sftp
ForceCommand internal-sftp
`, port, filepath.Join(folder, "host"), authorized), 0o600))
		var ready bool
		if ready, words = listens(t, exec.Command(program, "-D", "-e", "-f", config)); ready {
			s.Address = fmt.Sprintf("127.0.0.1:%d", port)
			return s
		}
	}
	t.Fatalf("sshd does not start: %s", words)
	return nil
}

// listens starts a server and waits until it says that it listens; false when it ends before.
func listens(t testing.TB, server *exec.Cmd) (ready bool, words string) {
	t.Helper()
	errs, err := server.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	lines := bufio.NewScanner(errs)
	for lines.Scan() {
		words += lines.Text() + "\n"
		if !strings.Contains(lines.Text(), "Server listening on") {
			continue
		}
		drained := make(chan struct{})
		go func() {
			_, _ = io.Copy(io.Discard, errs)
			close(drained)
		}()
		t.Cleanup(func() {
			_ = server.Process.Kill()
			<-drained // the children that serve a connection hold the pipe too
			_ = server.Wait()
		})
		return true, words
	}
	_ = server.Wait()
	return false, words
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

// newKey writes a new private key into a file.
func newKey(t testing.TB, path string) (ssh.PublicKey, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	return key, path
}

// proxy stands between a client and a server, and can fail.
type proxy struct {
	Address string
	mutex   sync.Mutex
	open    []net.Conn
	left    int64 // bytes from the server until the line is cut; below 0: none
	held    chan struct{}
	hanging bool
}

// startProxy forwards connections until the test ends.
func startProxy(t testing.TB, to string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{Address: listener.Addr().String(), left: -1, held: make(chan struct{})}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				_ = client.Close()
				continue
			}
			p.mutex.Lock()
			p.open = append(p.open, client, server)
			p.mutex.Unlock()
			group.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
			group.Go(func() { p.serve(client, server); _ = client.Close() })
		}
	})
	t.Cleanup(func() {
		close(p.held)
		_ = listener.Close()
		p.cut()
		group.Wait()
	})
	return p
}

// answer passes on what the server says, as long as it may.
func (p *proxy) serve(client, server net.Conn) {
	piece := make([]byte, 4096)
	for {
		n, err := server.Read(piece)
		p.mutex.Lock()
		if p.left >= 0 {
			n = int(min(int64(n), p.left))
			p.left -= int64(n)
		}
		over, hanging := p.left == 0, p.hanging
		p.mutex.Unlock()
		if hanging {
			<-p.held
			return
		}
		if _, failed := client.Write(piece[:n]); err != nil || failed != nil || over {
			return
		}
	}
}

// cut drops every connection.
func (p *proxy) cut() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, conn := range p.open {
		_ = conn.Close()
	}
	p.open = nil
}

// cutAfter drops the connection after so many bytes of the server.
func (p *proxy) cutAfter(bytes int64) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.left = bytes
}

// hang passes nothing on any more, and keeps the connections.
func (p *proxy) hang() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.hanging = true
}

// startPasswordServer starts an SFTP server in this process, for what an sshd without root cannot do: check a password. It
// asks for it as a password or in a dialogue, and serves the files of this machine read only.
func startPasswordServer(t testing.TB, password string, dialogue bool) (address, hostKey string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	accept := func(given string) (*ssh.Permissions, error) {
		if given != password {
			return nil, fmt.Errorf("%q is not the password", given) // a server that says too much
		}
		return nil, nil
	}
	config := &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) { return accept(string(given)) }}
	if dialogue {
		config.PasswordCallback = nil
		config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			prompts, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(prompts) != 1 {
				return nil, fmt.Errorf("no answer")
			}
			return accept(prompts[0])
		}
	}
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() { serveSFTP(conn, config) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		group.Wait()
	})
	return listener.Addr().String(), strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
}

func serveSFTP(conn net.Conn, config *ssh.ServerConfig) {
	defer func() { _ = conn.Close() }()
	server, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	defer func() { _ = server.Wait() }()
	go ssh.DiscardRequests(requests)
	for wanted := range channels {
		channel, requests, err := wanted.Accept()
		if err != nil {
			return
		}
		go func() {
			for request := range requests {
				_ = request.Reply(request.Type == "subsystem", nil)
			}
		}()
		if files, err := sftp.NewServer(channel, sftp.ReadOnly()); err == nil {
			_ = files.Serve()
		}
		_ = channel.Close()
	}
}

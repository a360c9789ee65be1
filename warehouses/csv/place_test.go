package csv

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

func TestLocationsThatCannotBe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	key, keyFile := newKey(t, filepath.Join(folder, "key"))
	hostKey := string(ssh.MarshalAuthorizedKey(key))
	lockedFile := lockedKey(t, folder, canary)
	twoLines := filepath.Join(folder, "lines")
	require.NoError(t, os.WriteFile(twoLines, []byte(canary+"\n"+canary+"\n"), 0o600))
	server := func(more ...any) map[string]any {
		return with(map[string]any{"path": "sftp://anna@example.com/out", "password": "env:CANARY", "host_key": hostKey}, more...)
	}
	web := func(more ...any) map[string]any {
		return with(map[string]any{"path": "https://example.com/stock.csv"}, more...)
	}
	for _, test := range []struct {
		settings map[string]any
		says     string
	}{
		{map[string]any{"path": "ftp://example.com/stock.csv"}, "no reading of ftp:// locations"},
		{map[string]any{"path": "http://example.com/stock.csv"}, "no reading of http:// locations"},
		{map[string]any{"path": canary + "://x"}, "no reading of such:// locations"},
		{map[string]any{"path": "stock.csv", "host_key": hostKey}, "host_key means nothing for a location on this machine"},
		{map[string]any{"path": "stock.csv", "password": "env:CANARY"}, "password means nothing"},
		{server("token", "env:CANARY"), "token means nothing for sftp:// locations"},
		{server("path", "sftp://anna:"+canary+"@example.com/out"), "must not hold a password"},
		{server("path", "sftp://anna:"+canary+"#1@example.com/out"), "is not a location like sftp://"},
		{server("path", "sftp://anna@/out"), "is not a location like sftp://"},
		{server("path", "sftp://example.com/out"), "names no user"},
		{server("path", "sftp://anna@example.com/stock#1.csv"), "%23"},
		{server("path", "sftp://anna@example.com/stock?.csv"), "%3F"},
		{server("path", "sftp://anna@example.com/a%00b"), "NUL"},
		{server("password", nil), "needs the setting password, or else private_key"},
		{server("private_key", "file:"+keyFile), "needs the setting password, or else private_key"},
		{server("passphrase", "env:CANARY"), "passphrase is for private_key"},
		{server("password", "env:MISSING"), "MISSING is not set"},
		{server("password", "file:"+twoLines), "a character that cannot be sent"},
		{server("password", nil, "private_key", "env:CANARY"), "is not a private key"},
		{server("password", nil, "private_key", "file:"+lockedFile), "give its passphrase"},
		{server("password", nil, "private_key", "file:"+keyFile, "passphrase", "env:CANARY"), "the passphrase does not open it"},
		{server("host_key", "ssh-ed25519"), "neither one public key"},
		{server("host_key", "example.com "+hostKey), "neither one public key"},
		{server("host_key", hostKey+hostKey), "neither one public key"},
		{server("host_key", "SHA256:AAAA"), "not a whole fingerprint"},
		{server("timeout", "0s"), "timeout must be above 0"},
		{web("host_key", hostKey), "host_key means nothing for https:// locations"},
		{web("pattern", "*.csv"), "pattern means nothing for https:// locations"},
		{web("path", "https://anna:"+canary+"@example.com/"), "must not hold a password"},
		{web("path", "https://anna@example.com/stock.csv"), "a user and a password go together"},
		{web("password", "env:CANARY"), "a user and a password go together"},
		{web("password", "env:CANARY", "token", "env:CANARY"), "remove one of them"},
		{web("token", "file:"+twoLines), "a character that cannot be sent"},
		{web("ca_file", filepath.Join(folder, "absent")), "ca_file"},
		{web("ca_file", keyFile), "holds no certificate"},
	} {
		_, err := tryOpen(test.settings)
		require.ErrorContains(t, err, test.says)
		require.NotContains(t, err.Error(), canary)
	}
}

func TestLocations(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]struct{ path, file, there string }{
		"sftp://anna@example.com/out/":       {"sftp://example.com/out", "sftp://example.com/out/a b.csv", "/out/a b.csv"},
		"SFTP://anna@example.com:2222/a%20b": {"sftp://example.com:2222/a b", "sftp://example.com:2222/a b/a b.csv", "/a b/a b.csv"},
		"sftp://anna@example.com":            {"sftp://example.com/", "sftp://example.com/a b.csv", "/a b.csv"},
		"sftp://anna@example.com/~/out":      {"sftp://example.com/~/out", "sftp://example.com/~/out/a b.csv", "out/a b.csv"},
		"sftp://anna@example.com/~":          {"sftp://example.com/~", "sftp://example.com/~/a b.csv", "a b.csv"},
		"sftp://anna@[::1]:2222/out":         {"sftp://[::1]:2222/out", "sftp://[::1]:2222/out/a b.csv", "/out/a b.csv"},
	} {
		s := openAt(t, map[string]any{"path": location, "password": "env:CANARY"})
		require.Equal(t, want.path, s.path)
		require.Equal(t, want.file, s.inFolder("a b.csv"))
		require.Equal(t, want.there, (&sftpPlace{sftpSite: s.site.(*sftpSite)}).there(s.inFolder("a b.csv")))
	}
	require.Equal(t, ".", (&sftpPlace{sftpSite: &sftpSite{prefix: "sftp://x"}}).there("sftp://x/~"))
	require.Equal(t, "https://example.com/a%20b.csv", openAt(t, map[string]any{"path": "https://example.com/a%20b.csv?key=" + canary}).path)
}

// lockedKey writes a private key that a passphrase opens.
func lockedKey(t *testing.T, folder, passphrase string) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	require.NoError(t, err)
	path := filepath.Join(folder, "locked")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	_, err = tryOpen(map[string]any{"path": "sftp://anna@example.com/", "private_key": "file:" + path, "passphrase": "env:CANARY"})
	require.NoError(t, err)
	return path
}

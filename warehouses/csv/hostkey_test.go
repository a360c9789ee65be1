package csv

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSFTPHostKey(t *testing.T) {
	t.Parallel()
	server := StartSSHD(t)
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,available\nA,1\n")
	other, _ := newKey(t, filepath.Join(t.TempDir(), "other"))
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	absent, err := ssh.NewPublicKey(&private.PublicKey)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		hostKey any
		says    []string // nothing when the server is let through
	}{
		"none": {nil, []string{"is not known", "ssh-ed25519 " + server.Fingerprint, `set host_key: "` + server.Fingerprint + `"`}},
		"another key": {
			string(ssh.MarshalAuthorizedKey(other)),
			[]string{"is not the one", server.Fingerprint, ssh.FingerprintSHA256(other), "No credential was sent"},
		},
		"another fingerprint":   {ssh.FingerprintSHA256(other), []string{"is not the one", server.Fingerprint, ssh.FingerprintSHA256(other)}},
		"another type":          {string(ssh.MarshalAuthorizedKey(absent)), []string{"no host key", "correct host_key if its key is of another type"}},
		"the key":               {server.HostKey, nil},
		"the key and a comment": {server.HostKey + " sftp.example.com", nil},
		"the fingerprint":       {server.Fingerprint, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openAt(t, with(server.Settings(path), "host_key", test.hostKey))
			rows, snapshot, err := fetch(t, s, "")
			_, checked := s.Check(t.Context())
			if test.says == nil {
				require.NoError(t, err)
				require.NoError(t, checked)
				require.Equal(t, []string{"A=1"}, rows)
				return
			}
			requireNothing(t, snapshot, err, warehouses.AskPerson, test.says...)
			warehousetest.RequireError(t, checked, warehouses.AskPerson, test.says...)
		})
	}
}

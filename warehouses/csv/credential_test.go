package csv

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSFTPCredential(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,available\nA,1\n")
	refused := "does not accept the user and the credential"

	server := StartSSHD(t)
	_, otherFile := newKey(t, filepath.Join(t.TempDir(), "other"))
	for name, raw := range map[string]map[string]any{
		"another key":      with(server.Settings(path), "private_key", "file:"+otherFile),
		"a wrong password": with(server.Settings(path), "private_key", nil, "password", "env:CANARY"),
	} {
		s := openAt(t, raw)
		_, snapshot, err := fetch(t, s, "")
		requireNothing(t, snapshot, err, warehouses.AskPerson, refused)
		_, err = s.Check(t.Context())
		warehousetest.RequireError(t, err, warehouses.AskPerson, refused)
		require.NotContains(t, err.Error(), canary, name)
	}

	for name, dialogue := range map[string]bool{"as a password": false, "in a dialogue": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for password, says := range map[string]string{canary: "", "another": refused} {
				address, hostKey := startPasswordServer(t, password, dialogue)
				s := openAt(t, map[string]any{"path": "sftp://anna@" + address + path, "host_key": hostKey, "password": "env:CANARY"})
				rows, snapshot, err := fetch(t, s, "")
				if says != "" {
					requireNothing(t, snapshot, err, warehouses.AskPerson, says)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, []string{"A=1"}, rows)
			}
		})
	}
}

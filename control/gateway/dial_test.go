package gateway

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTemporalIsNotSpokenToInTheClear(t *testing.T) {
	t.Parallel()
	for address, private := range map[string]bool{
		"localhost:7233": true, "127.0.0.1:7233": true, "[::1]:7233": true, "10.1.2.3:7233": true, "192.168.0.9:7233": true, "temporal:7233": true,
		"[fd00::1]:7233": true, "8.8.8.8:7233": false, "[2001:4860::1]:7233": false, "acme.tmprl.cloud:7233": false,
	} {
		require.NoError(t, checkPrivate(address, true), address)
		err := checkPrivate(address, false)
		if private {
			require.NoError(t, err, address)
			continue
		}
		var wrong *SettingsError
		require.ErrorAs(t, err, &wrong, address)
		require.ErrorContains(t, err, "TEMPORAL_TLS=true")
	}
	require.EqualError(t, checkPrivate("temporal", false), `TEMPORAL_ADDRESS "temporal" is not host:port`)
}

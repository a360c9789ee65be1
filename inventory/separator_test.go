package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamedSeparator(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]byte{
		"sep=;": ';', `"sep=;"`: ';', "SEP=\t": '\t', "sep=,": ',', "sep=": 0, "sep=;;": 0, `"sep=;`: 0, "sku;available": 0, "": 0, `"`: 0,
	} {
		require.Equal(t, want, NamedSeparator([]byte(line)), "%q", line)
	}
}

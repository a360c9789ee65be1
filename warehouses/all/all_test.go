package all_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses/all"
)

func TestDriversAreUsable(t *testing.T) {
	t.Parallel()
	require.Contains(t, all.Drivers(), "csv")
	require.Contains(t, all.Drivers(), "sandbox")
	require.Len(t, all.Specs(), len(all.Drivers()))
	for name, driver := range all.Drivers() {
		require.Equal(t, name, driver.Spec.Driver)
		require.NotNil(t, driver.Open)
		require.NotEmpty(t, driver.Spec.Help)
		for _, option := range driver.Spec.Options {
			require.NotEmpty(t, option.Help, "%s: %s", name, option.Name)
		}
		driver.Spec.Check(nil) // panics over a default that is not valid
	}
}

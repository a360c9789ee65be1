package all_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/settings"
)

func TestDrivers(t *testing.T) {
	t.Parallel()
	drivers, specs := all.Drivers(), all.Specs()
	require.Contains(t, drivers, "sandbox")
	require.Len(t, specs, len(drivers))
	for name, driver := range drivers {
		require.Equal(t, name, driver.Spec.Driver)
		require.Equal(t, driver.Spec.Options, specs[name].Options)
		require.NotNil(t, driver.Open)
		require.NotEmpty(t, driver.Spec.Help)
		for _, option := range driver.Spec.Options {
			require.NotEmpty(t, option.Help, "%s.%s", name, option.Name)
			require.Regexp(t, `^[A-Z].*\.$`, option.Help, "%s.%s: one sentence", name, option.Name)
		}
		// A driver that is given nothing says what it needs, and does not panic.
		_, problems := driver.Spec.Check(map[string]any{})
		require.NotEmpty(t, problems)
		_, err := driver.Open("shop", nil, settings.Environment{})
		require.Error(t, err)
	}
}

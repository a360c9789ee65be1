package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"00:00": 0, "01:30": 90, "23:59": 1439, "1:30": -1, "24:00": -1, "01:60": -1, "0130": -1, "": -1, "01:30:00": -1} {
		minutes, ok := TimeOfDay(text)
		require.Equal(t, want >= 0, ok, text)
		require.Equal(t, max(want, 0), minutes, text)
	}
}

func TestIsZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"UTC": true, "Europe/Paris": true, "": true, "Local": false, "Mars": false, "../etc/passwd": false} {
		require.Equal(t, want, IsZone(name), name)
	}
}

func TestStartsOfRules(t *testing.T) {
	t.Parallel()
	const hour = 60
	for name, test := range map[string]struct{ starts, want []int }{
		"both hours are in the span":   {Flexible{Every: 30 * time.Minute, From: 8, To: 9}.Starts(), []int{8 * hour, 8*hour + 30, 9 * hour, 9*hour + 30}},
		"one hour":                     {Flexible{Every: 24 * time.Hour, From: 2, To: 2}.Starts(), []int{2 * hour}},
		"over midnight":                {Flexible{Every: time.Hour, From: 23, To: 0}.Starts(), []int{23 * hour, 24 * hour}},
		"the distance does not divide": {Flexible{Every: 45 * time.Minute, From: 0, To: 1}.Starts(), []int{0, 45, 90}},
		"every eight hours":            {Hourly{Every: 8, Minute: 15}.Starts(), []int{15, 8*hour + 15, 16*hour + 15}},
		"hours that do not divide":     {Hourly{Every: 23}.Starts(), []int{0, 23 * hour}},
	} {
		require.Equal(t, test.want, test.starts, name)
	}
	require.True(t, Flexible{}.On("sun"))
	require.False(t, Flexible{Days: []string{"mon"}}.On("sun"))
}

func TestShortest(t *testing.T) {
	t.Parallel()
	require.Zero(t, Shortest(nil))
	require.Zero(t, Shortest([]Rule{{}}))
	for name, test := range map[string]struct {
		rules []Rule
		want  time.Duration
	}{
		"every":    {[]Rule{{Every: time.Hour}, {Every: 45 * time.Minute}}, 45 * time.Minute},
		"hourly":   {[]Rule{{Hourly: &Hourly{Every: 2}}}, 2 * time.Hour},
		"daily":    {[]Rule{{Daily: "01:00"}}, 24 * time.Hour},
		"flexible": {[]Rule{{Daily: "01:00"}, {Flexible: &Flexible{Every: 30 * time.Minute}}, {Hourly: &Hourly{Every: 2}}}, 30 * time.Minute},
	} {
		require.Equal(t, test.want, Shortest(test.rules), name)
	}
}

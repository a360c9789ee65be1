package extensiv

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A snapshot counts as of when its first answer was made, by the clock that dated it; what is asked for next time begins at the earlier of
// both clocks. Neither is taken for the other.
func TestTwoClocksOfAFetch(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		dated, asOf, at time.Duration
	}{
		"an answer that was made while it was waited for": {2 * time.Second, 2 * time.Second, 0},
		"a clock that is behind ours":                     {-time.Minute, -time.Minute, -time.Minute},
		"a clock that is ahead, as of now":                {time.Hour, 5 * time.Second, 0},
	} {
		s := &source{now: func() time.Time { return began.Add(5 * time.Second) }}
		header := http.Header{"Date": {began.Add(test.dated).Format(http.TimeFormat)}}
		next, asOf, err := s.begin(mark{}, began, header)
		require.NoError(t, err, name)
		require.Equal(t, began.Add(test.asOf), asOf, name)
		require.Equal(t, began.Add(test.at), next.At, name)
	}
}

package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewer(t *testing.T) {
	t.Parallel()
	// The recorded level was observed at 100, and received at 200.
	ours, theirs := recordedTime{at: 100, ours: true, received: 200}, recordedTime{at: 100, received: 200}
	for name, test := range map[string]struct {
		recorded recordedTime
		in       incomingTime
		newer    bool
	}{
		"ours, a snapshot made later":                       {ours, incomingTime{snapshot: true, taken: 100, dated: true, received: 300}, true},
		"ours, a snapshot made before and fetched later":    {ours, incomingTime{snapshot: true, taken: 99, dated: true, received: 300}, false},
		"ours, a row that changed long ago":                 {ours, incomingTime{row: 1, snapshot: true, taken: 100, dated: true, received: 300}, true},
		"ours, a row that changed later, an older snapshot": {ours, incomingTime{row: 150, snapshot: true, taken: 99, dated: true, received: 300}, false},
		"ours, a snapshot without a time":                   {ours, incomingTime{snapshot: true, taken: 100, received: 100}, true},
		"ours, one whose fetch began before":                {ours, incomingTime{snapshot: true, taken: 99, received: 99}, false},
		"ours, an event with an old time that came later":   {ours, incomingTime{row: 1, received: 100}, true},
		"ours, an event that came before":                   {ours, incomingTime{row: 150, received: 99}, false},
		"ours, an event without a time":                     {ours, incomingTime{received: 100}, true},
		"theirs, a newer row":                               {theirs, incomingTime{row: 100, snapshot: true, taken: 1, dated: true, received: 1}, true},
		"theirs, an older row of a newer snapshot":          {theirs, incomingTime{row: 99, snapshot: true, taken: 300, dated: true, received: 300}, false},
		"theirs, an old file that is fetched later":         {theirs, incomingTime{snapshot: true, taken: 99, dated: true, received: 300}, false},
		"theirs, a newer file":                              {theirs, incomingTime{snapshot: true, taken: 100, dated: true, received: 150}, true},
		"theirs, a snapshot without a time, later":          {theirs, incomingTime{snapshot: true, taken: 200, received: 200}, true},
		"theirs, one that began before it was received":     {theirs, incomingTime{snapshot: true, taken: 150, received: 150}, false},
		"theirs, an older event":                            {theirs, incomingTime{row: 99, received: 300}, false},
		"theirs, an event without a time, later":            {theirs, incomingTime{received: 200}, true},
		"theirs, an event without a time, received before":  {theirs, incomingTime{received: 199}, false},
	} {
		require.Equal(t, test.newer, newer(test.in, test.recorded), name)
	}
}

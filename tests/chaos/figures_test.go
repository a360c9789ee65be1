package chaos

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/tests/chaos/check"
)

var figuresFile = flag.String("figures", "", "the file to which the figures of all tests that ran are written, as one line of JSON")

// figures are what a run of this package has shown, for `make proof`. They are written as one line of JSON.
type figures struct {
	Seed        uint64 `json:"seed"`
	Kills       int    `json:"kills"`        // processes that were killed by SIGKILL, and after which everything was judged
	Points      int    `json:"points"`       // crash points at which a process was killed
	PointsOf    int    `json:"points_of"`    // crash points that there are
	PointKills  int    `json:"point_kills"`  // kills at a point, each for another pass
	Stops       int    `json:"stops"`        // processes that stood still for longer than their lease
	NetFaults   int    `json:"net_faults"`   // times that the network from one program to another was disturbed while somebody used it
	Stores      int    `json:"stores"`       // stores that were judged
	Calls       int    `json:"calls"`        // that carried figures
	Extra       int    `json:"extra"`        // of these, calls of which nothing was applied, and calls that were sent before
	Lost        int    `json:"lost"`         // SKUs that did not show their newest figure at last
	Stale       int    `json:"stale"`        // figures that were replaced by older ones
	Zeroed      int    `json:"zeroed"`       // SKUs that went to 0 without a word of the warehouse
	Overruns    int64  `json:"overruns"`     // calls over a store's limit
	Takeovers   int    `json:"takeovers"`    // kills of a worker after which another went on with its work
	TakeoverP50 int64  `json:"takeover_p50"` // milliseconds from the death of a worker to the next step of its work
	TakeoverP99 int64  `json:"takeover_p99"` // the same
}

// count gathers figures.
type count struct {
	mutex sync.Mutex
	figures
	points    map[crash.Point]bool
	takeovers []time.Duration
}

var counted = count{points: map[crash.Point]bool{}}

func (c *count) add(verdict check.Verdict) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.Stores++
	c.Calls, c.Extra = c.Calls+verdict.Calls, c.Extra+verdict.Extra
	c.Lost, c.Stale, c.Zeroed = c.Lost+len(verdict.Lost), c.Stale+len(verdict.Stale), c.Zeroed+len(verdict.Zeroed)
	c.Overruns += verdict.Overruns
}

func (c *count) reached(point crash.Point) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.Kills++
	c.PointKills++
	c.points[point] = true
}

// killed counts kills that were at no point.
func (c *count) killed(times int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.Kills += times
}

// stopped counts a process that stood still while others went on.
func (c *count) stopped() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.Stops++
}

// disturbed counts a way of the network that was disturbed while somebody used it.
func (c *count) disturbed() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.NetFaults++
}

func (c *count) tookOver(after time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.takeovers = append(c.takeovers, after)
}

// line is the figures as one line of JSON.
func (c *count) line() []byte {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.Seed, c.Points, c.PointsOf, c.Takeovers = *seed, len(c.points), len(crash.Points()), len(c.takeovers)
	c.TakeoverP50, c.TakeoverP99 = percentile(c.takeovers, 50).Milliseconds(), percentile(c.takeovers, 99).Milliseconds()
	line, err := json.Marshal(c.figures)
	if err != nil {
		panic(err) // figures are numbers
	}
	return append(line, '\n')
}

// percentile is the smallest of some spans that so many percent of them do not exceed; 0 where there are none.
func percentile(spans []time.Duration, percent int) time.Duration {
	if len(spans) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(spans))
	return sorted[max((len(sorted)*percent+99)/100, 1)-1]
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	require.Zero(t, percentile(nil, 99))
	require.Equal(t, time.Duration(7), percentile([]time.Duration{7}, 99))
	var hundred []time.Duration
	for n := range 100 {
		hundred = append(hundred, time.Duration(100-n))
	}
	require.Equal(t, time.Duration(50), percentile(hundred, 50))
	require.Equal(t, time.Duration(99), percentile(hundred, 99))
	require.Equal(t, time.Duration(100), percentile(append(hundred, 200), 99))
	require.Equal(t, time.Duration(200), percentile(append(hundred, 200), 100))
}

// writeFigures tells the figures where somebody wants them.
func writeFigures() error {
	line := counted.line()
	if _, err := os.Stdout.Write(line); err != nil || *figuresFile == "" {
		return err
	}
	return os.WriteFile(*figuresFile, line, 0o600)
}

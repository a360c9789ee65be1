package extensiv_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/extensiv"
	"github.com/tidemark/tidemark/warehouses/extensiv/extensivtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) { warehousetest.Run(t, subject()) }

func BenchmarkMillionRows(b *testing.B) { warehousetest.Benchmark(b, subject(), 1_000_000) }

// subject names facilities, for the suite does, and does not permit decimals, for the suite refuses 5.0. TestDecimals shows that
// everything else that the suite refuses is refused with them too.
func subject() warehousetest.Subject {
	return warehousetest.Subject{
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			fake := extensivtest.Start(t, stock)
			fake.Turn(extensivtest.Switches{Whole: true})
			return hurried{fake}
		},
		Unreadable: unreadable,
	}
}

var unreadable = map[string]string{
	"text": `"5"`, "empty text": `""`, "a list": "[5]", "an object": `{"n":5}`, "a fraction with an exponent": "5e0", "false": "false",
	"given twice":                 `5,"available":5`,
	"given twice, in other cases": `5,"Available":0`,
	"another name given twice":    `5,"note":1,"NOTE":2`,
	"only in another case":        `null,"Quantity":5`,
	"a real fraction":             "5.5",
	"nearly a whole number":       "4.9999999999999999999",
	"a zero with an exponent":     "5.0e1",
}

// hurried is a fake whose sources never wait.
type hurried struct{ *extensivtest.Warehouse }

func (h hurried) Open(t testing.TB) warehouses.Source {
	return open(t, h.Warehouse, newClock(), map[string]any{"facilities": h.Names(), "decimals": false})
}

// open returns a source that waits by a clock of the test.
func open(t testing.TB, fake *extensivtest.Warehouse, clock *clock, other map[string]any) warehouses.Source {
	t.Helper()
	source, err := extensiv.OpenAt(extensivtest.ID, fake.Settings(other), extensivtest.Environment(), clock.now, clock.wait)
	require.NoError(t, err)
	return source
}

// clock only moves when somebody waits.
type clock struct {
	mu    sync.Mutex
	at    time.Time
	waits []time.Duration
}

func newClock() *clock { return &clock{at: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) wait(ctx context.Context, span time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(span)
	c.waits = append(c.waits, span)
	return ctx.Err()
}

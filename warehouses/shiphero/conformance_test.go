package shiphero_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shiphero"
	"github.com/tidemark/tidemark/warehouses/shiphero/shipherotest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance: full fetches read the file of a snapshot.
func TestConformance(t *testing.T) {
	subject := subject("snapshot")
	subject.Excused = map[warehousetest.Fault]string{
		warehousetest.Repeats: "a file has no pages; TestConformanceOfPages shows it",
	}
	warehousetest.Run(t, subject)
}

// TestConformanceOfPages: full fetches read page by page.
func TestConformanceOfPages(t *testing.T) {
	subject := subject("pages")
	subject.Excused = map[warehousetest.Fault]string{
		warehousetest.Truncated: "ShipHero does not count its list, so only the guard can notice that it ends early; the file of a snapshot proves its end",
	}
	warehousetest.Run(t, subject)
}

func BenchmarkMillionRows(b *testing.B) { warehousetest.Benchmark(b, subject("snapshot"), 1_000_000) }

func subject(full string) warehousetest.Subject {
	return warehousetest.Subject{
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			return hurried{shipherotest.Start(t, stock), full}
		},
		Unreadable: map[string]string{
			"text": `"5"`, "empty text": `""`, "a list": "[5]", "an object": `{"n":5}`, "a fraction with an exponent": "5e0", "false": "false",
			"given twice":                 `5,"available":5`,
			"given twice, in other cases": `5,"Available":0`,
			"another name given twice":    `5,"note":1,"NOTE":2`,
			"only in another case":        `null,"Quantity":5`,
		},
	}
}

// hurried is a fake whose sources never wait.
type hurried struct {
	*shipherotest.Warehouse
	full string
}

func (h hurried) Open(t testing.TB) warehouses.Source {
	return open(t, h.Warehouse, newClock(), map[string]any{"full": h.full, "page": 500})
}

// open returns a source that waits by a clock of the test.
func open(t testing.TB, fake *shipherotest.Warehouse, clock *clock, other map[string]any) warehouses.Source {
	t.Helper()
	source, err := shiphero.OpenAt(shipherotest.ID, fake.Settings(other), shipherotest.Environment(), clock.now, clock.wait)
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

package extensiv_test

import (
	"maps"
	"testing"

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
		Driver: extensiv.Driver(),
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			fake := extensivtest.Start(t, stock)
			fake.Turn(extensivtest.Switches{Whole: true})
			return hurried{fake}
		},
		Unreadable: unreadable(),
		Excused:    map[warehousetest.Fault]string{warehousetest.RowsWithTime: "the rows of Extensiv have no documented time"},
	}
}

// unreadable are figures that are refused, whether decimals are permitted or not.
func unreadable() map[string]string {
	figures := warehousetest.UnreadableJSON("available")
	maps.Copy(figures, map[string]string{
		"a real fraction": "5.5", "nearly a whole number": "4.9999999999999999999", "a zero with an exponent": "5.0e1",
	})
	return figures
}

// hurried is a fake whose sources never wait.
type hurried struct{ *extensivtest.Warehouse }

func (h hurried) Open(t testing.TB) warehouses.Source { return h.OpenWith(t, nil) }

// OpenWith returns a source with other settings on top.
func (h hurried) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	raw := map[string]any{"facilities": h.Names()}
	maps.Copy(raw, other)
	return open(t, h.Warehouse, warehousetest.NewClock(), raw)
}

// open returns a source that waits by a clock of the test.
func open(t testing.TB, fake *extensivtest.Warehouse, clock *warehousetest.Clock, other map[string]any) warehouses.Source {
	t.Helper()
	source, err := extensiv.OpenAt(extensivtest.ID, fake.Settings(other), warehousetest.Environment(), clock.Now, clock.Wait)
	require.NoError(t, err)
	return source
}

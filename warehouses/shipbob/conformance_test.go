package shipbob_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shipbob"
	"github.com/tidemark/tidemark/warehouses/shipbob/shipbobtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) { warehousetest.Run(t, subject()) }

func BenchmarkMillionRows(b *testing.B) { warehousetest.Benchmark(b, subject(), 1_000_000) }

// subject tells fulfillment centers apart, and by name, for the suite has facilities and names them.
func subject() warehousetest.Subject {
	return warehousetest.Subject{
		Driver: shipbob.Driver(),
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			return hurried{shipbobtest.Start(t, stock)}
		},
		Unreadable: warehousetest.UnreadableJSON("fulfillable_quantity"),
		Excused:    map[warehousetest.Fault]string{warehousetest.RowsWithTime: "ShipBob's levels have no time"},
	}
}

// hurried is a fake whose sources never wait.
type hurried struct{ *shipbobtest.Warehouse }

func (h hurried) Open(t testing.TB) warehouses.Source { return h.OpenWith(t, nil) }

// OpenWith returns a source with other settings on top.
func (h hurried) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	raw := map[string]any{"levels": "locations", "facility": "name"}
	maps.Copy(raw, other)
	return open(t, h.Warehouse, warehousetest.NewClock(), raw)
}

// open returns a source that waits by a clock of the test.
func open(t testing.TB, fake *shipbobtest.Warehouse, clock *warehousetest.Clock, other map[string]any) warehouses.Source {
	t.Helper()
	source, err := shipbob.OpenAt(shipbobtest.ID, fake.Settings(other), warehousetest.Environment(), clock.Now, clock.Wait)
	require.NoError(t, err)
	return source
}

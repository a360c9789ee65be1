package sandbox_test

import (
	"testing"

	"github.com/tidemark/tidemark/warehouses/sandbox"
	"github.com/tidemark/tidemark/warehouses/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestConformance(t *testing.T) { warehousetest.Run(t, subject()) }

func BenchmarkMillionRows(b *testing.B) { warehousetest.Benchmark(b, subject(), 1_000_000) }

func subject() warehousetest.Subject {
	return warehousetest.Subject{
		Driver: sandbox.Driver(),
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			return sandboxtest.Start(t, stock)
		},
		Unreadable: warehousetest.UnreadableJSON("available"),
		Excused:    map[warehousetest.Fault]string{warehousetest.Undated: "a snapshot without as_of is refused"},
	}
}

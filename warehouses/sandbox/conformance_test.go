package sandbox_test

import (
	"testing"

	"github.com/tidemark/tidemark/warehouses/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestConformance(t *testing.T) { warehousetest.Run(t, subject()) }

func BenchmarkMillionRows(b *testing.B) { warehousetest.Benchmark(b, subject(), 1_000_000) }

func subject() warehousetest.Subject {
	return warehousetest.Subject{
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			return sandboxtest.Start(t, stock)
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

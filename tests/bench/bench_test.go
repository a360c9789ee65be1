package bench

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// BenchmarkRows measures the rows of docs/performance.md that need no server, on SQLite and on PostgreSQL, and reports Tidemark's processor and wall
// time, the floor's, and the ratios. PostgreSQL works in processes of its own, so that only the wall time says something of it.
//
// TIDEMARK_BENCH_SHARE=10 measures with a tenth of the levels.
func BenchmarkRows(b *testing.B) {
	share := 1
	if text := os.Getenv("TIDEMARK_BENCH_SHARE"); text != "" {
		var err error
		share, err = strconv.Atoi(text)
		require.NoError(b, err, "TIDEMARK_BENCH_SHARE is a whole number")
	}
	for _, database := range []string{"sqlite", "postgres"} {
		for _, one := range lines() {
			b.Run(database+"/"+one.name, func(b *testing.B) {
				location := ""
				if database == "postgres" {
					location = ledgertest.Postgres(b)
				}
				n := one.full / share
				pair := one.measure(b, n, location)
				for range b.N {
					found := pair()
					b.ReportMetric(found.ours.cpu.Seconds(), "cpu-s")
					b.ReportMetric(found.ours.wall.Seconds(), "wall-s")
					b.ReportMetric(found.floor.cpu.Seconds(), "floor-cpu-s")
					b.ReportMetric(found.floor.wall.Seconds(), "floor-wall-s")
					b.ReportMetric(float64(found.ours.bytes)/float64(n), "written-B/row")
					b.ReportMetric(found.ratio(), "cpu/floor")
					b.ReportMetric(found.ours.wall.Seconds()/found.floor.wall.Seconds(), "wall/floor")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

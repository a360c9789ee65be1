package console

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Times of a connection are told in the zone of its schedule: on its own pages, which name the zone once, and in lists of several connections, whose
// moments name it each. All other times are told in the zone that all schedules have in common, or in UTC where they differ; their moments name it, too.
// Files have moments in UTC, and say so at the head of the column.

// zones are those of the connections' schedules, as seen from now.
type zones struct {
	now  time.Time
	name map[string]string // by connection
}

func zonesOf(connections []ledger.Connection, now time.Time) zones {
	z := zones{now, map[string]string{}}
	for _, connection := range connections {
		z.name[connection.ID] = cmp.Or(connection.Inventory.Timezone, "UTC")
	}
	return z
}

func (c *Console) zones(ctx context.Context, now time.Time) (zones, error) {
	connections, err := c.options.Control.Connections(ctx)
	return zonesOf(connections, now), err
}

// one is the zone that all schedules have; empty where they differ, and where there are none.
func (z zones) one() string {
	shared := ""
	for _, name := range z.name {
		if shared != "" && name != shared {
			return ""
		}
		shared = name
	}
	return shared
}

// shared is the clock of what is no connection's.
func (z zones) shared() clock { return z.clock(cmp.Or(z.one(), "UTC")) }

// of is the clock of a connection in a list of several.
func (z zones) of(connection string) clock { return z.clock(cmp.Or(z.name[connection], "UTC")) }

func (z zones) clock(name string) clock {
	k := clockOf(z.now, name)
	k.named = true
	return k
}

// words name the zones of a list of several connections.
func (z zones) words() string {
	if len(z.name) > 1 && z.one() == "" {
		return "Times in the zone of each connection"
	}
	return zoneWords(z.shared())
}

// zoneName is the zone of a moment, in short: CET, or UTC-03 where a zone has no letters.
func zoneName(moment time.Time) string {
	name := moment.Format("MST")
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}

// zoneWords name a page's zone: Times in Europe/Paris (CET).
func zoneWords(k clock) string {
	name := zoneName(k.now.In(k.zone))
	if name == k.zone.String() {
		return "Times in " + name
	}
	return fmt.Sprintf("Times in %s (%s)", strings.ReplaceAll(k.zone.String(), "_", " "), name)
}

// clockOf is a clock of a schedule's zone; of UTC where that is not known.
func clockOf(now time.Time, timezone string) clock {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		zone = time.UTC
	}
	return clock{now: now, zone: zone}
}

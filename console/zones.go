package console

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Times of a connection are shown in the zone of its schedule. Its own pages name the zone once; in a list of several connections each moment names it.
// All other times are in the zone that all schedules share, or in UTC where they differ, and each names its zone. Files have times in UTC, and the head of
// the column says so.

// zones are the time zones of the connections' schedules, by connection.
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

// one is the zone that all schedules share; empty where they differ, or where there are none.
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

// shared is the clock of times that belong to no single connection.
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

// clockOf is a clock in a zone by its name; in UTC where there is no such zone.
func clockOf(now time.Time, timezone string) clock {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		zone = time.UTC
	}
	return clock{now: now, zone: zone}
}

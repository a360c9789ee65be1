package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// way is the network from one program to another.
type way string

const (
	workerToTemporal  way = "worker to Temporal"
	workerToLedger    way = "worker to PostgreSQL"
	workerToWarehouse way = "worker to warehouse"
	workerToStore     way = "worker to store"
	serveToTemporal   way = "serve to Temporal"
	serveToLedger     way = "serve to PostgreSQL"
	senderToServe     way = "sender to serve"
)

func ways() []way {
	return []way{workerToTemporal, workerToLedger, workerToWarehouse, workerToStore, serveToTemporal, serveToLedger, senderToServe}
}

// fault is what befalls a way for a while.
type fault string

const (
	cut       fault = "cut"       // nobody is reached, and all connections end
	mute      fault = "mute"      // what is sent vanishes, and connections stay
	slow      fault = "slow"      // each piece is late
	dripping  fault = "dripping"  // a few bytes come at a time
	truncated fault = "truncated" // a connection ends after some bytes
	reset     fault = "reset"     // a connection is reset
)

func faults() []fault { return []fault{cut, mute, slow, dripping, truncated, reset} }

// disturbance is a fault of a way.
type disturbance struct {
	way   way
	fault fault
	down  bool // of what comes back from the server
}

func (d disturbance) String() string {
	return fmt.Sprintf("%s %s%s", d.way, d.fault, map[bool]string{true: " on the way back"}[d.down])
}

// toxic is a fault of what goes up to a server, or of what comes down from it, in Toxiproxy's words. Its size is drawn.
func (d disturbance) toxic(chance *rand.Rand) map[string]any {
	kinds := map[fault]struct {
		name       string
		attributes map[string]any
	}{
		mute:      {"timeout", map[string]any{"timeout": 0}},
		slow:      {"latency", map[string]any{"latency": 200 + chance.IntN(1000), "jitter": 200}},
		dripping:  {"slicer", map[string]any{"average_size": 50, "size_variation": 20, "delay": 5000}},
		truncated: {"limit_data", map[string]any{"bytes": chance.IntN(1000)}},
		reset:     {"reset_peer", map[string]any{"timeout": chance.IntN(300)}},
	}
	stream := "upstream"
	if d.down {
		stream = "downstream"
	}
	kind := kinds[d.fault]
	return map[string]any{"name": string(d.fault), "type": kind.name, "stream": stream, "attributes": kind.attributes}
}

// link is a way with a proxy on it.
type link struct {
	t     testing.TB
	relay *relay // through which the clients come
	proxy *toxiproxy.Proxy
}

// newLink leads to a server that listens on a TCP port.
func newLink(t testing.TB, name way, server string) *link {
	t.Helper()
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), string(name), "127.0.0.1:0", server)
	require.NoError(t, proxy.Start())
	t.Cleanup(proxy.Stop)
	return &link{t, startRelay(t, "tcp", proxy.Listen), proxy}
}

// address is where clients reach the server.
func (l *link) address() string { return l.relay.listens() }

// disturb begins a disturbance, and returns what ends it.
func (l *link) disturb(with disturbance, chance *rand.Rand) (heal func()) {
	l.t.Helper()
	if with.fault == cut {
		l.proxy.Stop()
		return func() { require.NoError(l.t, l.proxy.Start()) }
	}
	text, err := json.Marshal(with.toxic(chance))
	require.NoError(l.t, err)
	_, err = l.proxy.Toxics.AddToxicJson(bytes.NewReader(text))
	require.NoError(l.t, err, "%s", text)
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(l.t, l.proxy.Toxics.RemoveToxic(ctx, string(with.fault)))
	}
}

// network is a world on PostgreSQL whose programs reach each other through proxies.
type network struct {
	*world
	links  map[way]*link
	front  *front
	n      int             // events that were sent
	events map[string]bool // SKUs of which they tell
}

// onNetwork has a world's programs reach each other through proxies.
func (n *network) onNetwork(w *world) {
	n.links = map[way]*link{}
	w.location = ledgertest.Postgres(w.t)
	database, err := url.Parse(w.location)
	require.NoError(w.t, err)
	socket := startRelay(w.t, "unix", filepath.Join(database.Query().Get("host"), ".s.PGSQL.5432"))
	w.temporal = sharedTemporal(w.t)
	for _, one := range []way{workerToTemporal, serveToTemporal} {
		n.links[one] = newLink(w.t, one, w.temporal.address)
	}
	for _, one := range []way{workerToLedger, serveToLedger} {
		n.links[one] = newLink(w.t, one, socket.listens())
	}
	w.temporalAddress, w.ledgerAddress = n.links[workerToTemporal].address(), n.database(workerToLedger, database)
}

// database is the address of the ledger by a way.
func (n *network) database(by way, database *url.URL) string {
	through := *database
	through.Host, through.RawQuery = n.links[by].address(), "sslmode=disable"
	return through.String()
}

// newNetwork starts a world, a worker and a `starter serve`, and has the first Full Sync over.
func newNetwork(t testing.TB, chance *rand.Rand) *network {
	t.Helper()
	n := &network{events: map[string]bool{}}
	n.world = newWorld(t, chance, 40, n.onNetwork, shop{id: "shop", kind: "atomic", batch: 10})
	box := strings.TrimPrefix(n.box.address, "http://")
	n.links[workerToWarehouse], n.links[workerToStore] = newLink(t, workerToWarehouse, box), newLink(t, workerToStore, box)
	n.warehouseAddress, n.storeAddress = "http://"+n.links[workerToWarehouse].address(), "http://"+n.links[workerToStore].address()
	n.apply(time.Hour)
	n.worker("")
	database, err := url.Parse(n.location)
	require.NoError(t, err)
	n.front = n.serve("", "TEMPORAL_ADDRESS="+n.links[serveToTemporal].address(), "TIDEMARK_LEDGER="+n.database(serveToLedger, database))
	n.links[senderToServe] = newLink(t, senderToServe, n.front.address)
	n.front.address = n.links[senderToServe].address()
	n.sync("smart", "shop")
	return n
}

// disturbed has the warehouse sell, and say so of one SKU by an event, while some ways are disturbed. It ends when one of them was used meanwhile, a
// drawn time has passed, the ways are healed and the event is acknowledged. It returns the new figures.
func (n *network) disturbed(disturbances ...disturbance) map[string]int64 {
	n.t.Helper()
	begun := time.Now()
	var heal []func()
	used := make([]func() bool, len(disturbances))
	for i, one := range disturbances {
		link := n.links[one.way]
		heal = append(heal, link.disturb(one, n.chance))
		before := link.relay.asked.Load()
		used[i] = func() bool { return link.relay.asked.Load() > before }
	}
	n.n++
	first, told := 1+n.chance.IntN(n.skus/2-3), sku(n.skus/2+1+n.chance.IntN(n.skus/2))
	figures := n.box.sell(sku(first), sku(first+1), sku(first+2), told)
	n.events[told] = true
	n.ask("smart", "shop")
	id, body := fmt.Sprintf("sold-%d", n.n), event(fmt.Sprint(n.n), told, figures[told], time.Now())
	limited, cancel := context.WithTimeout(n.t.Context(), 2*time.Second)
	_ = n.front.send(limited, id, "/hooks/depot", "application/json", body) // is sent again until it is acknowledged
	cancel()
	waitFor(n.t, fmt.Sprintf("one of %v is used", disturbances), func(context.Context) error {
		for _, is := range used {
			if is() {
				return nil
			}
		}
		return errors.New("nobody has")
	})
	pause(n.chance, 100*time.Millisecond, 1500*time.Millisecond)
	for i, is := range used {
		if is() {
			counted.disturbed()
		}
		heal[i]()
	}
	n.front.acknowledged(id, "/hooks/depot", "application/json", body)
	n.t.Logf("%v, for %s", disturbances, time.Since(begun).Round(10*time.Millisecond))
	return figures
}

// Each way is disturbed by each fault while a warehouse sells, and then several ways are at once. Whoever sends again says the same with the same key: in
// the end the store shows what the warehouse has, and was told each figure once.
func TestTheNetworkIsDisturbed(t *testing.T) {
	t.Parallel()
	for name, disturbances := range networkPlays(chance(t.Name())) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t, chance(t.Name()))
			figures := map[string]int64{}
			for _, several := range disturbances {
				maps.Copy(figures, n.disturbed(several...))
			}
			begun := time.Now()
			n.shows(figures)
			t.Logf("the newest figures are shown after %s", time.Since(begun).Round(10*time.Millisecond))
			n.judge()
			n.onlyOnce(n.events)
		})
	}
}

// A worker cannot reach Temporal for a minute, longer than any step may go without a word of its worker. Then it goes on, with what was sold meanwhile.
func TestTemporalIsOutOfReachForAMinute(t *testing.T) {
	t.Parallel()
	if !*whole {
		t.Skip("only a whole round takes so long")
	}
	n := newNetwork(t, chance(t.Name()))
	n.box.sell(sku(1), sku(2), sku(3))
	n.ask("smart", "shop")
	way := n.links[workerToTemporal]
	before := way.relay.asked.Load()
	heal := way.disturb(disturbance{way: workerToTemporal, fault: cut}, n.chance)
	figures := map[string]int64{}
	for range 6 {
		maps.Copy(figures, n.box.sell(sku(1+n.chance.IntN(n.skus)), sku(1+n.chance.IntN(n.skus))))
		n.ask("smart", "shop")
		pause(n.chance, 10*time.Second, 12*time.Second)
	}
	require.Greater(t, way.relay.asked.Load(), before)
	heal()
	counted.disturbed()
	healed := time.Now()
	n.shows(figures)
	t.Logf("the newest figures are shown after %s", time.Since(healed).Round(10*time.Millisecond))
	n.judge()
	n.onlyOnce(nil)
}

// networkPlays are the plays of a round: by name, which ways are disturbed at once, one after the other.
func networkPlays(chance *rand.Rand) map[string][][]disturbance {
	plays := map[string][][]disturbance{}
	each := func(way way) (all [][]disturbance) {
		for _, fault := range faults() {
			all = append(all, []disturbance{{way: way, fault: fault}})
			if fault != cut {
				all = append(all, []disturbance{{way: way, fault: fault, down: true}})
			}
		}
		return drawn(chance, all)
	}
	if !*whole {
		for _, way := range drawn(chance, ways())[:3] {
			plays["any way"] = append(plays["any way"], each(way)[0])
		}
		return plays
	}
	for _, way := range ways() {
		plays[string(way)] = each(way)
	}
	for range 10 {
		var several []disturbance
		for _, way := range drawn(chance, ways())[:2+chance.IntN(2)] {
			several = append(several, each(way)[0]...)
		}
		plays["several ways"] = append(plays["several ways"], several)
	}
	return plays
}

// drawn is some things in an order that is drawn.
func drawn[T any](chance *rand.Rand, things []T) []T {
	chance.Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
	return things
}

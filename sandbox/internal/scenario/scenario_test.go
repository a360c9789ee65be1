package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	s, err := scenario.Decode("s.yaml", []byte("warehouses: [{id: w, latency: 20ms}]\nstores: [{id: a, kind: atomic, token: own}, {id: p, kind: per_item}, {id: "+
		"f, kind: feed}, {id: s, kind: single}]\n"))
	require.NoError(t, err)
	require.Equal(t, "sandbox-token", s.Warehouses[0].Token)
	require.Equal(t, 20*time.Millisecond, s.Warehouses[0].Latency.Duration())
	require.Equal(t, "own", s.Stores[0].Token)
	for i, batch := range []int{250, 100, 10_000, 1} {
		store := s.Stores[i]
		require.Equal(t, batch, store.BatchLimit)
		require.Equal(t, 4.0, store.Rate)
		require.Equal(t, 8, store.Burst)
		require.Equal(t, scenario.KnowsAll, store.Knows)
		require.Equal(t, 500*time.Millisecond, store.FeedDelay.Duration())
		require.Zero(t, store.Latency.Duration())
		require.Equal(t, scenario.RetryAfterSeconds, store.Faults.RetryAfter)
		require.Equal(t, 3*time.Second, store.Faults.SlowFor.Duration())
	}
	require.Nil(t, s.Trade)
}

func TestEverything(t *testing.T) {
	t.Parallel()
	s, err := scenario.Decode("s.yaml", []byte(`
seed: 7
token: secret
trade: {every: 2s, steps: 5}
warehouses:
  - id: portland
    facilities: [east, west]
    skus: 500
    items: [{sku: BIKE, facility: east, available: -12, committed: 2}]
    faults: {truncate: 0.5, repeat_page: true, shrink: 0.5, empty: true, bad_rows: 1}
stores:
  - id: acme-shop
    kind: atomic
    locations: [front, outlet]
    knows: listed
    items: [A, B]
    rate: 0.5
    burst: 8
    batch_limit: 200
    unnamed: true
    clamp: 999
    latency: 20ms
    feed_delay: 10ms
    faults:
      lost_answer: 0.05
      error_500: 0.02
      throttle: 0.02
      retry_after: date
      slow: 0.01
      slow_for: 400ms
      wrong_json: 0.01
      html: 0.01
      ack_without_effect: 0.1
      poison: [SKU-00013]
      poison_words: {SKU-00013: "no longer sold"}
      unauthorized: true
      redirect: http://127.0.0.1:1/
`))
	require.NoError(t, err)
	require.Equal(t, scenario.Scenario{
		Seed: 7, Token: "secret", Trade: &scenario.Trade{Every: "2s", Steps: 5},
		Warehouses: []scenario.Warehouse{{
			ID: "portland", Token: "secret", Facilities: []string{"east", "west"}, SKUs: 500,
			Items:  []scenario.Item{{SKU: "BIKE", Facility: "east", Available: -12, Committed: 2}},
			Faults: scenario.Faults{Truncate: 0.5, RepeatPage: true, Shrink: 0.5, Empty: true, BadRows: 1, RetryAfter: "seconds", SlowFor: "3s"},
		}},
		Stores: []scenario.Store{{
			ID: "acme-shop", Token: "secret", Kind: "atomic", Locations: []string{"front", "outlet"}, Knows: "listed", Items: []string{"A", "B"},
			Rate: 0.5, Burst: 8, BatchLimit: 200, Unnamed: true, Clamp: 999, Latency: "20ms", FeedDelay: "10ms",
			Faults: scenario.Faults{
				LostAnswer: 0.05, Error500: 0.02, Throttle: 0.02, RetryAfter: "date", Slow: 0.01, SlowFor: "400ms", WrongJSON: 0.01, HTML: 0.01,
				AckWithoutEffect: 0.1, Poison: []string{"SKU-00013"}, PoisonWords: map[string]string{"SKU-00013": "no longer sold"}, Unauthorized: true,
				Redirect: "http://127.0.0.1:1/",
			},
		}},
	}, s)
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	const store = "stores:\n  - id: a\n    kind: atomic\n"
	for name, test := range map[string]struct{ text, want string }{
		"empty":                {"# nothing\n", "s.yaml: the file is empty"},
		"nothing in it":        {"seed: 1\n", "s.yaml:1:5: $: there are no warehouses and no stores"},
		"two documents":        {"seed: 1\n---\nseed: 2\n", "s.yaml:3:5: a scenario is one document"},
		"not YAML":             {"stores: [\n", "s.yaml:1:9: "},
		"unknown field":        {store + "    colour: red\n", `s.yaml:4:5: unknown field "colour"`},
		"twice":                {store + "    kind: feed\n", "s.yaml:4:5: "},
		"list expected":        {"stores: 5\n", "s.yaml:1:9: "},
		"number expected":      {store + "    burst: many\n", "s.yaml:4:12: expected a whole number"},
		"whole number":         {store + "    burst: 8.5\n", "s.yaml:4:12: stores[0].burst: expected a whole number, found 8.5"},
		"negative seed":        {"seed: -1\n" + store, "s.yaml:1:"},
		"kind":                 {"stores:\n  - {id: a, kind: atom}\n", `s.yaml:2:19: stores[0].kind: expected one of atomic, per_item, feed, single, found "atom"`},
		"no kind":              {"stores:\n  - id: a\n", "s.yaml:2:7: stores[0].kind: expected one of"},
		"id":                   {"stores: [{id: a/b, kind: feed}]\n", "stores[0].id: expected an id"},
		"two stores":           {"stores: [{id: a, kind: feed}, {id: a, kind: feed}]\n", `s.yaml:1:36: stores[1].id: there are two stores "a"`},
		"two warehouses":       {"warehouses: [{id: a}, {id: a}]\n", `there are two warehouses "a"`},
		"part":                 {store + "    faults: {throttle: 1.5}\n", "s.yaml:4:24: stores[0].faults.throttle: expected a number from 0 to 1, found 1.5"},
		"no number":            {store + "    faults: {throttle: .nan}\n", "stores[0].faults.throttle: expected a number from 0 to 1"},
		"parts":                {store + "    faults: {throttle: 0.6, html: 0.6}\n", "their parts sum to 1.2"},
		"retry_after":          {store + "    faults: {retry_after: soon}\n", "expected one of seconds, date, none"},
		"span":                 {store + "    latency: 20\n", `s.yaml:4:14: stores[0].latency: expected a time span from 0s to 10m0s, like 20ms or 3s, found "20"`},
		"slow_for":             {store + "    faults: {slow_for: -1s}\n", "stores[0].faults.slow_for: expected a time span"},
		"redirect":             {store + "    faults: {redirect: elsewhere}\n", "expected an address"},
		"warehouse's fault":    {store + "    faults: {truncate: 0.5}\n", "s.yaml:4:24: stores[0].faults.truncate: this fault is for warehouses"},
		"store's fault":        {"warehouses: [{id: w, faults: {poison: [A]}}]\n", "this fault is for stores"},
		"words without poison": {store + "    faults: {poison: [A], poison_words: {B: no}}\n", `stores[0].faults.poison_words: "B" is not among the SKUs of poison`},
		"store's words":        {"warehouses: [{id: w, faults: {poison_words: {A: no}}}]\n", "this fault is for stores"},
		"unnamed":              {"stores: [{id: a, kind: single, unnamed: true}]\n", "names every item"},
		"rate":                 {store + "    rate: -1\n", "stores[0].rate: expected a number from 0.001 to"},
		"location twice":       {store + "    locations: [front, front]\n", `s.yaml:4:24: stores[0].locations[1]: the location "front" is there twice`},
		"empty location":       {store + "    locations: ['']\n", "found nothing"},
		"knows":                {store + "    knows: some\n", "expected one of all, listed"},
		"trade":                {"trade: {steps: 1}\n" + store, "trade: expected every"},
		"trade steps":          {"trade: {every: 1s}\n" + store, "trade.steps: expected a number from 1"},
		"facility": {
			"warehouses: [{id: w, facilities: [east], items: [{sku: A, facility: west}]}]\n",
			`items[0].facility: expected one of east, found "west"`,
		},
		"no facilities":    {"warehouses: [{id: w, items: [{sku: A, facility: west}]}]\n", "the warehouse has no facilities"},
		"item twice":       {"warehouses: [{id: w, items: [{sku: A}, {sku: A}]}]\n", "is there twice"},
		"item without sku": {"warehouses: [{id: w, items: [{available: 1}]}]\n", "the item has no sku"},
		"too many":         {"warehouses: [{id: w, skus: 99999999}]\n", "skus: expected a number from 0 to"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scenario.Decode("s.yaml", []byte(test.text))
			require.ErrorContains(t, err, test.want)
			require.True(t, strings.HasPrefix(err.Error(), "s.yaml:"), err.Error())
		})
	}
}

func TestEveryMistakeIsTold(t *testing.T) {
	t.Parallel()
	_, err := scenario.Decode("s.yaml", []byte("stores:\n  - {id: a, kind: x, clamp: -1}\n  - {id: a, kind: feed, burst: -1}\n"))
	require.Len(t, strings.Split(err.Error(), "\n"), 4)
}

func TestDraw(t *testing.T) {
	t.Parallel()
	faults := scenario.Faults{LostAnswer: 0.25, Throttle: 0.5}
	for unit, want := range map[float64]string{0: "lost_answer", 0.24: "lost_answer", 0.25: "throttle", 0.74: "throttle", 0.75: "", 0.999: ""} {
		require.Equal(t, want, faults.Draw(unit), "%v", unit)
	}
	require.Equal(t, "slow", scenario.Faults{Slow: 1}.Draw(0.999999))
	require.Empty(t, scenario.Faults{}.Draw(0))
}

func TestFiles(t *testing.T) {
	t.Parallel()
	_, err := scenario.Load(filepath.Join(t.TempDir(), "missing.yaml"))
	require.ErrorContains(t, err, "missing.yaml")
	require.ErrorIs(t, err, os.ErrNotExist)

	own, err := scenario.Default()
	require.NoError(t, err)
	example, err := scenario.Load("../../../examples/sandbox.yaml")
	require.NoError(t, err)
	require.NotNil(t, example.Trade)

	// The built-in scenario is the example without faults and at rest.
	example.Trade = nil
	none := own.Stores[0].Faults
	for i := range example.Stores {
		example.Stores[i].Faults, example.Stores[i].Latency = none, ""
	}
	require.Equal(t, example, own)
}

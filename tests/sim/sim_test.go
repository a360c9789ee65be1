package sim

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	flagSeed    = flag.Uint64("seed", 0, "play the history of this seed, and tell its story")
	flagSeeds   = flag.Uint64("seeds", 0, "play so many histories, with as many processes as there are processors")
	flagFirst   = flag.Uint64("first", 1, "the first seed of -seeds and -minutes")
	flagMinutes = flag.Float64("minutes", 0, "play histories for so long")
	flagStop    = flag.Bool("stop", false, "with -shard: stop at the first history that breaks a promise, and do not shrink it")
	flagShard   = flag.Uint64("shard", 0, "of a process that -seeds begins: which one of -shards it is, from 1 on")
	flagFigures = flag.String("figures", "", "the file to which the figures of all histories are written, as one line of JSON")
	flagShards  = flag.Uint64("shards", uint64(runtime.NumCPU()), "how many processes play histories")
)

func setup(t *testing.T) *template {
	t.Helper()
	template, err := newTemplate()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, template.remove()) })
	return template
}

// told fails a test for a history that has broken a promise, and tells the story of what is left of it.
func told(t *testing.T, template *template, found result) {
	t.Helper()
	if len(found.violations) > 0 {
		found = template.shrink(t, found)
		t.Error(found.words())
	}
}

// The histories that have failed once, or that a planted bug fails.
func TestKeptHistories(t *testing.T) {
	kept, err := keptHistories()
	require.NoError(t, err)
	template := setup(t)
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		about := strings.ReplaceAll(strings.TrimSuffix(name, ".json"), "_", " ")
		t.Run(about, func(t *testing.T) {
			require.Contains(t, whyKept, about)
			if found := template.run(t, kept[name]); len(found.violations) > 0 {
				t.Error(found.words())
			}
		})
	}
}

// A few histories, always the same.
func TestFewHistories(t *testing.T) {
	template := setup(t)
	for seed := uint64(1); seed <= few; seed++ {
		told(t, template, template.run(t, drawn(seed)))
	}
}

// The same seed tells the same story, to the byte.
func TestSameSeedSameStory(t *testing.T) {
	template := setup(t)
	for seed := uint64(1); seed <= few/3; seed++ {
		first, second := template.run(t, drawn(seed)), template.run(t, drawn(seed))
		require.Equal(t, first.story, second.story)
	}
}

// TestOneSeed tells the story of one seed: make sim SEED=n.
func TestOneSeed(t *testing.T) {
	if *flagSeed == 0 {
		t.Skip("no -seed is given")
	}
	template := setup(t)
	found := template.run(t, drawn(*flagSeed))
	t.Logf("the whole story of seed %d\n%s", found.Seed, found.story)
	told(t, template, found)
}

// TestManyHistories plays many: make sim SEEDS=n, MINUTES=m.
func TestManyHistories(t *testing.T) {
	switch {
	case *flagSeeds == 0 && *flagMinutes == 0:
		t.Skip("neither -seeds nor -minutes is given")
	case *flagShard > 0:
		shard(t)
	default:
		shards(t)
	}
}

// line is what a process says of a history.
type line struct {
	Seed     uint64   `json:"seed"`
	Failed   string   `json:"failed,omitempty"` // the story of what is left of it
	Promises []string `json:"promises,omitempty"`
	Over     bool     `json:"over,omitempty"`
}

// shard plays one part of the histories, and says so line by line.
func shard(t *testing.T) {
	template := setup(t)
	out := json.NewEncoder(os.Stdout)
	began := time.Now()
	for n, seed := uint64(0), *flagFirst+*flagShard-1; ; n, seed = n+1, seed+*flagShards {
		if *flagSeeds > 0 && seed >= *flagFirst+*flagSeeds || *flagMinutes > 0 && time.Since(began).Minutes() >= *flagMinutes {
			break
		}
		require.NoError(t, out.Encode(line{Seed: seed}))
		found := template.run(t, drawn(seed))
		if len(found.violations) == 0 {
			require.NoError(t, out.Encode(line{Seed: seed, Over: true}))
			continue
		}
		said := line{Seed: seed, Over: true}
		for _, one := range found.violations {
			said.Promises = append(said.Promises, string(one.of))
		}
		if *flagStop {
			require.NoError(t, out.Encode(said))
			return
		}
		said.Failed = template.shrink(t, found).words()
		require.NoError(t, out.Encode(said))
	}
}

// shards has several processes play histories, for what is drawn in one process is drawn from one seed at a time.
func shards(t *testing.T) {
	var mutex sync.Mutex
	var played int
	failed := 0
	broken := map[string]int{} // histories by the invariant that they broke
	began := time.Now()
	var group sync.WaitGroup
	for n := uint64(1); n <= *flagShards; n++ {
		group.Go(func() {
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestManyHistories$", "-test.timeout=0",
				fmt.Sprintf("-seeds=%d", *flagSeeds), fmt.Sprintf("-first=%d", *flagFirst), fmt.Sprintf("-minutes=%g", *flagMinutes),
				fmt.Sprintf("-shard=%d", n), fmt.Sprintf("-shards=%d", *flagShards))
			var stderr strings.Builder
			command.Stderr = &stderr
			command.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=1000")
			stdout, err := command.StdoutPipe()
			if err == nil {
				err = command.Start()
			}
			if err != nil {
				t.Error(err)
				return
			}
			var last line
			lines := bufio.NewScanner(stdout)
			lines.Buffer(nil, 64<<20)
			var rest []string
			for lines.Scan() {
				var one line
				if json.Unmarshal(lines.Bytes(), &one) != nil {
					rest = append(rest, lines.Text())
					continue
				}
				last = one
				if !one.Over {
					continue
				}
				mutex.Lock()
				played++
				if one.Failed != "" {
					failed++
					slices.Sort(one.Promises)
					for _, promise := range slices.Compact(one.Promises) {
						broken[promise]++
					}
					t.Errorf("history %d of those that were played\n%s", played, one.Failed)
				}
				mutex.Unlock()
			}
			if err := errors.Join(lines.Err(), command.Wait()); err != nil && !last.Over {
				t.Errorf("the simulator itself failed at seed %d: %v\n%s%s", last.Seed, err, strings.Join(rest, "\n"), stderr.String())
			}
		})
	}
	group.Wait()
	took := time.Since(began)
	t.Logf("%d histories in %s, %.1f a second; %d broke a promise", played, took.Round(time.Second), float64(played)/took.Seconds(), failed)
	if *flagFigures != "" {
		figures, err := json.Marshal(map[string]any{"histories": played, "seconds": took.Seconds(), "broken": broken})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(*flagFigures, append(figures, '\n'), 0o644))
	}
}

package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// result is how a history went.
type result struct {
	history
	story      string
	violations []violation
	drawn      int // steps that were drawn, where some were left out since
}

// words tell a history that broke a promise.
func (r result) words() string {
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d breaks promises:\n", r.Seed)
	for _, one := range r.violations {
		fmt.Fprintf(&text, "  %s: %s\n", one.of, one.what)
	}
	if r.drawn > 0 {
		fmt.Fprintf(&text, "of its %d steps it needs %d; their story:\n", r.drawn, len(r.Steps))
	}
	text.WriteString(r.story)
	content, err := json.Marshal(r.history)
	must(err)
	fmt.Fprintf(&text, "to keep it, put this line into a file in testdata/kept:\n%s\n", content)
	return text.String()
}

// template is a migrated ledger, of which each history gets a copy.
type template struct{ folder, path string }

// shared memory holds the ledgers of histories, where there is some.
const memory = "/dev/shm"

func newTemplate() (*template, error) {
	parent := ""
	if _, err := os.Stat(memory); err == nil {
		parent = memory
	}
	folder, err := os.MkdirTemp(parent, "tidemark-sim-")
	if err != nil {
		return nil, err
	}
	t := &template{folder, filepath.Join(folder, "template.db")}
	state, err := ledger.Open(context.Background(), t.path, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return nil, err
	}
	return t, state.Close()
}

func (t *template) remove() error { return os.RemoveAll(t.folder) }

// copyFile copies a ledger's file.
func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o600)
}

// history is all that decides what happens: what was drawn from a seed, less the steps that were left out.
type history struct {
	Seed    uint64  `json:"seed"`
	Setting setting `json:"setting"`
	Steps   []step  `json:"steps"`
}

// drawn draws the history of a seed.
func drawn(seed uint64) history {
	s := draw(newChance(seed, "world"))
	return history{seed, s, plan(newChance(seed, "plan"), s)}
}

// without is a history without some of its steps, by their numbers.
func (h history) without(numbers map[int]bool) history {
	h.Steps = slices.DeleteFunc(slices.Clone(h.Steps), func(one step) bool { return numbers[one.Number] })
	return h
}

// run plays a history.
func (t *template) run(test *testing.T, h history) (found result) {
	uuid.SetRand(newReader(h.Seed))
	defer uuid.SetRand(nil)
	path := filepath.Join(t.folder, "history.db")
	synctest.Test(test, func(*testing.T) {
		must(copyFile(t.path, path))
		state, err := ledger.Open(context.Background(), path, time.Now())
		must(err)
		must(watch(state))
		w := newWorld(h.Seed, path, state, h.Setting)
		w.enable()
		for _, one := range h.Steps {
			time.Sleep(time.Until(w.began.Add(one.After)))
			w.do(one)
		}
		time.Sleep(time.Until(w.began.Add(span)))
		w.settle()
		for _, x := range w.server.opened() {
			x.terminate()
		}
		w.running.Wait()
		must(w.ledger.Close())
		found.story, found.violations = w.String(), w.violations
	})
	found.history = h
	for _, suffix := range []string{"", "-wal", "-shm", ".generation"} {
		_ = os.Remove(path + suffix)
	}
	return found
}

// watch lets the ledger know that it is in use, as a worker does that starts.
func watch(state ledger.Ledger) error {
	_, err := state.Watch(everywhere, time.Now())
	return err
}

func newWorld(seed uint64, path string, state ledger.Ledger, s setting) *world {
	w := &world{
		seed: seed, path: path, standing: &standing{state}, began: time.Now(), depots: map[string]*depot{}, shops: map[string]*shop{},
		story: &story{since: time.Now()},
	}
	w.ledger = &watched{Ledger: state, world: w, fences: map[string]int64{}}
	w.server = newServer(w)
	w.executions = control.NewExecutions(w.standing, &reached{server: w.server})
	w.define(s)
	w.processes = []*process{w.newProcess(0), w.newProcess(1)}
	return w
}

// reader draws what is drawn at random elsewhere, the keys of calls, from the seed too.
type reader struct {
	mutex sync.Mutex
	from  *rand.ChaCha8
}

func newReader(seed uint64) io.Reader {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return &reader{from: rand.NewChaCha8(key)}
}

func (r *reader) Read(into []byte) (int, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.from.Read(into)
}

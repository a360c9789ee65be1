package sim

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	seed       uint64
	steps      int
	story      string
	violations []violation
	left       int // steps that are left of it; 0: it was not shrunk
}

// words tell a history that broke a promise.
func (r result) words() string {
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d breaks promises:\n", r.seed)
	for _, one := range r.violations {
		fmt.Fprintf(&text, "  %s: %s\n", one.of, one.what)
	}
	if r.left > 0 {
		fmt.Fprintf(&text, "what is left of its %d steps are %d; their story:\n", r.steps, r.left)
	}
	text.WriteString(r.story)
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

// run runs the history of a seed, without some of its steps.
func (t *template) run(test *testing.T, seed uint64, without map[int]bool) (found result) {
	uuid.SetRand(newReader(seed))
	defer uuid.SetRand(nil)
	path := filepath.Join(t.folder, "history.db")
	synctest.Test(test, func(*testing.T) {
		must(copyFile(t.path, path))
		state, err := ledger.Open(context.Background(), path, time.Now())
		must(err)
		w := newWorld(seed, state)
		w.enable()
		steps := w.plan()
		found.steps = len(steps)
		for _, one := range steps {
			if without[one.number] {
				continue
			}
			time.Sleep(time.Until(w.began.Add(one.after)))
			w.do(one)
		}
		time.Sleep(time.Until(w.began.Add(span)))
		w.settle()
		for _, x := range w.server.opened() {
			x.terminate()
		}
		w.running.Wait()
		must(state.Close())
		found.story, found.violations = w.String(), w.violations
	})
	found.seed = seed
	for _, suffix := range []string{"", "-wal", "-shm", ".generation"} {
		_ = os.Remove(path + suffix)
	}
	return found
}

func newWorld(seed uint64, state ledger.Ledger) *world {
	w := &world{seed: seed, began: time.Now(), depots: map[string]*depot{}, shops: map[string]*shop{}, story: &story{since: time.Now()}}
	w.ledger = &watched{Ledger: state, world: w, fences: map[string]int64{}}
	w.server = newServer(w)
	w.executions = control.NewExecutions(state, &reached{server: w.server})
	w.define()
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

package sim

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	"modernc.org/sqlite"

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

// template is a migrated ledger, and one that was copied from it and stays open: each history begins with what the template holds. To open a ledger and
// to prepare its statements anew takes longer than to play a history with them.
type template struct {
	folder string
	path   string // of the ledger that histories use
	ledger ledger.Ledger
	blank  *sql.DB // a connection of its own to the same file, which has the template at hand
	anew   string  // the statements with which a history begins
}

// shared memory holds the ledgers of histories, where there is some.
const memory = "/dev/shm"

func newTemplate() (_ *template, err error) {
	parent := ""
	if _, err := os.Stat(memory); err == nil {
		parent = memory
	}
	folder, err := os.MkdirTemp(parent, "tidemark-sim-")
	if err != nil {
		return nil, err
	}
	t := &template{folder: folder, path: filepath.Join(folder, "history.db")}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.remove())
		}
	}()
	quickly()
	keepAhead()
	migrated := filepath.Join(folder, "template.db")
	state, err := ledger.Open(everywhere, migrated, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	if err == nil {
		err = state.Close()
	}
	if err == nil {
		err = copyFile(migrated, t.path)
	}
	if err == nil {
		t.ledger, err = ledger.Open(everywhere, t.path, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	if err != nil {
		return nil, err
	}
	if t.blank, err = sql.Open("sqlite", "file:"+t.path+"?_txlock=immediate&_pragma=foreign_keys(0)"); err != nil {
		return nil, err
	}
	t.blank.SetMaxOpenConns(1)
	if _, err = t.blank.Exec("ATTACH ? AS template", migrated); err != nil {
		return nil, err
	}
	return t, t.prepare()
}

// Nothing is lost with a process here, which dies between two steps of the ledger and never within one: so nobody waits for the disk.
var quickly = sync.OnceFunc(func() {
	sqlite.RegisterConnectionHook(func(connection sqlite.ExecQuerierContext, _ string) error {
		_, err := connection.ExecContext(everywhere, "PRAGMA synchronous = OFF", nil)
		return err
	})
})

// prepare makes the statements with which each table begins anew. The versions of rows go on growing, for an open ledger keeps counts by them.
func (t *template) prepare() error {
	rows, err := t.blank.Query("SELECT name FROM template.sqlite_schema WHERE type = 'table' AND name <> 'row_versions' ORDER BY name")
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		names = append(names, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	var text strings.Builder
	for _, name := range names {
		var filled bool
		if err := t.blank.QueryRow("SELECT EXISTS (SELECT 1 FROM template." + name + ")").Scan(&filled); err != nil {
			return err
		}
		fmt.Fprintf(&text, "DELETE FROM main.%s;\n", name)
		if filled {
			fmt.Fprintf(&text, "INSERT INTO main.%[1]s SELECT * FROM template.%[1]s;\n", name)
		}
	}
	t.anew = text.String()
	return nil
}

// begin gives the ledger what the template holds.
func (t *template) begin() error {
	change, err := t.blank.Begin()
	if err != nil {
		return err
	}
	if _, err := change.Exec(t.anew); err != nil {
		return errors.Join(err, change.Rollback())
	}
	if err := change.Commit(); err != nil {
		return err
	}
	_, err = t.blank.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

func (t *template) remove() error {
	var failed error
	if t.blank != nil {
		failed = t.blank.Close()
	}
	if t.ledger != nil {
		failed = errors.Join(failed, t.ledger.Close())
	}
	return errors.Join(failed, os.RemoveAll(t.folder))
}

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
	must(t.begin())
	synctest.Test(test, func(*testing.T) {
		must(watch(t.ledger))
		w := newWorld(h.Seed, t.path, t.ledger, h.Setting)
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
		close(w.crew)
		must(w.close())
		found.story, found.violations = w.String(), w.violations
	})
	found.history = h
	must(removeLedger(t.path, generationSuffix))
	return found
}

const generationSuffix = ".generation"

// removeLedger removes the files of a ledger that end so.
func removeLedger(path string, suffixes ...string) error {
	for _, suffix := range suffixes {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// watch lets the ledger know that it is in use, as a worker does that starts.
func watch(state ledger.Ledger) error {
	_, err := state.Watch(everywhere, time.Now())
	return err
}

func newWorld(seed uint64, path string, state ledger.Ledger, s setting) *world {
	w := &world{
		seed: seed, path: path, standing: &standing{state}, began: time.Now(), depots: map[string]*depot{}, shops: map[string]*shop{},
		story: &story{since: time.Now()}, crew: make(chan func()),
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

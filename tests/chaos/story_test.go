package chaos

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/crash"
)

// slot is a place for one process, which is started again whenever it has died.
type slot struct {
	w           *world
	name        string
	environment []string // beside that of the world
	arguments   []string
	logs        string // the points that its processes have passed

	mutex   sync.Mutex
	process *process
	deaths  []time.Time
	stopped bool
	done    sync.WaitGroup
}

// keep starts a process and keeps one running until the test ends. The first one has the crash point, if there is one.
func (w *world) keep(point string, environment []string, name string, arguments ...string) *slot {
	w.t.Helper()
	s := &slot{w: w, name: name, environment: environment, arguments: arguments, logs: filepath.Join(w.folder, fmt.Sprintf("points-%s-%d", name, w.chance.Uint32()))}
	s.process = s.launch(point)
	s.done.Go(s.watch)
	w.t.Cleanup(func() {
		s.mutex.Lock()
		s.stopped = true
		p := s.process
		s.mutex.Unlock()
		p.kill()
		s.done.Wait()
	})
	return s
}

func (s *slot) launch(point string) *process {
	return s.w.start(append(s.w.environment("CRASH_AT="+point, "CRASH_LOG="+s.logs), s.environment...), s.name, s.arguments...)
}

// watch starts the process again when it has died.
func (s *slot) watch() {
	for {
		<-s.current().ended
		s.mutex.Lock()
		if s.stopped {
			s.mutex.Unlock()
			return
		}
		if !s.process.killed() {
			s.w.t.Errorf("%s has ended by itself: %v\n%s", s.name, s.process.command.ProcessState, last(s.process.output.String(), 2000))
			s.mutex.Unlock()
			return
		}
		s.deaths = append(s.deaths, time.Now())
		if s.process = s.launch(""); s.process == nil {
			s.mutex.Unlock()
			return
		}
		s.mutex.Unlock()
	}
}

func (s *slot) current() *process {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.process
}

// died is how often a process of the slot has died.
func (s *slot) died() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.deaths)
}

// worker keeps a worker.
func (w *world) worker(point string) *slot {
	w.t.Helper()
	return w.keep(point, nil, "worker", "--listen", "", "--push-slice", "5s", "--log-level", "warn")
}

// front is `starter serve`.
type front struct {
	*slot
	address string
}

// serve keeps a `starter serve`, whose environment may differ from the world's.
func (w *world) serve(point string, environment ...string) *front {
	w.t.Helper()
	address := "127.0.0.1:" + freePort(w.t)
	return &front{w.keep(point, environment, "starter", "serve", "--listen", address), address}
}

// send posts a signed body to the hook of the depot; its error is nil when it was acknowledged.
func (f *front) send(ctx context.Context, id, path, form, body string) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(hookKey, "whsec_"))
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+f.address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(id + "." + stamp + "." + body)) // never fails
	request.Header.Set("Content-Type", form)
	request.Header.Set("Webhook-Id", id)
	request.Header.Set("Webhook-Timestamp", stamp)
	request.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	response, err := caller.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusAccepted {
		return fmt.Errorf("%s is answered %s", path, response.Status)
	}
	return nil
}

// event is a body with one event. It says when the warehouse had the figure, so that it may come late.
func event(id, sku string, figure int64, at time.Time) string {
	return fmt.Sprintf(`[{"event":%q,"sku":%q,"facility":"east","available":%d,"reported_at":%q}]`, id, sku, figure, at.UTC().Format(time.RFC3339Nano))
}

// acknowledged sends a body until it is acknowledged, as senders do.
func (f *front) acknowledged(id, path, form, body string) {
	f.w.t.Helper()
	waitFor(f.w.t, "the hook takes "+id, func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return f.send(ctx, id, path, form, body)
	})
}

// play is a world in which a part of the story is told again and again until a process has died at its point.
type play struct {
	*world
	front *front
	shop  string
	n     int // how many parts were told
}

// part is a part of the story. Each ends when all that it has begun is over, whoever has died.
type part func(p *play)

// stories say for each point which part of the story passes it, in which program, and for which kind of store.
var stories = map[crash.Point]struct {
	part part
	by   string // "" for worker
	kind string // "" for atomic
}{
	crash.RunBegun: {part: full}, crash.SnapshotBegun: {part: full}, crash.PageStaged: {part: full}, crash.SnapshotRecorded: {part: full},
	crash.FetchEnded: {part: full}, crash.StoreTaken: {part: full}, crash.PageResolved: {part: changed}, crash.CursorMoved: {part: changed},
	crash.IntentWritten: {part: full}, crash.CallAnswered: {part: full}, crash.AnswerWritten: {part: full}, crash.PushEnded: {part: full},
	crash.RunEnded: {part: full}, crash.BeforeCommit: {part: full}, crash.Committed: {part: full},
	crash.SnapshotConfirmed: {part: unchanged},
	crash.ResendNoted:       {part: lostAnswer}, crash.CallAbandoned: {part: silence, kind: "per_item"},
	crash.HoldRecorded: {part: zeroing}, crash.DecisionRecorded: {part: zeroing},
	crash.DeadRunClosed: {part: terminated},
	crash.EventsProven:  {part: sold, by: "serve"}, crash.EventsHanded: {part: sold, by: "serve"},
	crash.UpdatesRecorded: {part: sold}, crash.SyncRequested: {part: sold}, crash.StepDoneAtOnce: {part: sold},
	crash.UploadStaged: {part: uploaded, by: "serve"}, crash.UploadHanded: {part: uploaded, by: "serve"}, crash.UploadRecorded: {part: uploaded},
	crash.DefinitionsStored: {part: applied, by: "apply"},
}

// some are a few SKUs of a world, other ones for each part.
func (p *play) some() []string {
	first := p.chance.IntN(p.skus - 4)
	return []string{sku(first + 1), sku(first + 2), sku(first + 3), sku(first + 4)}
}

// full is a Full Sync: everything is read, resolved and pushed.
func full(p *play) {
	figures := p.box.sell(p.some()...)
	p.sync("full", p.shop)
	p.shows(figures)
}

// changed is a Smart Sync of a few new figures: a cursor that moved too early hides them for ever, where a Full Sync would find them.
func changed(p *play) {
	figures := p.box.sell(p.some()...)
	p.sync("smart", p.shop)
	p.shows(figures)
}

// unchanged is a Smart Sync when the warehouse has nothing new.
func unchanged(p *play) {
	p.sync("smart", p.shop)
	p.sync("smart", p.shop)
}

// lostAnswer is a push whose first answer is lost.
func lostAnswer(p *play) {
	p.quiet(1)
}

// silence is a push of which nobody hears for so long that its call is given up.
func silence(p *play) {
	p.quiet(5)
}

// quiet loses so many answers of the store.
func (p *play) quiet(answers int64) {
	lost := func() int64 { return p.box.facts(p.shop).Faults["lost_answer"] }
	until := lost() + answers
	p.box.faults("stores/"+p.shop, map[string]any{"lost_answer": 1})
	figures := p.box.sell(p.some()...)
	p.ask("smart", p.shop)
	waitFor(p.t, "answers are lost", func(context.Context) error {
		if now := lost(); now < until {
			return fmt.Errorf("%d, and not %d", now, until)
		}
		return nil
	})
	p.box.faults("stores/"+p.shop, map[string]any{})
	p.shows(figures)
}

// zeroing is a push that a person must approve.
func zeroing(p *play) {
	var third []string
	for n := range p.skus / 3 {
		third = append(third, sku(n+1))
	}
	p.sync("smart", p.shop)
	none := p.box.sellOut(third...)
	p.ask("smart", p.shop)
	run := int64(0)
	waitFor(p.t, "the run is held", func(ctx context.Context) error {
		status, err := p.status(ctx)
		if err == nil && len(status.Holds) == 0 {
			err = errors.New("nothing is held")
		}
		if err == nil {
			run = status.Holds[0].Run
		}
		return err
	})
	waitFor(p.t, "the run is approved", func(ctx context.Context) error {
		_, err := p.starter(ctx, nil, "approve", strconv.FormatInt(run, 10))
		return err
	})
	p.shows(none)
	p.box.sell(third...)
}

// terminated is a run whose workflow is terminated in the middle of a call; the next one finds its store taken.
func terminated(p *play) {
	target := map[string]any{"target": "stores/" + p.shop, "writes": true}
	p.box.must(http.MethodPost, "/judge/pause", target, nil)
	figures := p.box.sell(p.some()...)
	p.ask("smart", p.shop)
	p.box.must(http.MethodGet, "/judge/wait?target=stores/"+p.shop+"&hanging=1&timeout=2m", nil, nil)
	require.NoError(p.t, p.client.TerminateWorkflow(context.Background(), "smart-sync/"+p.shop, "", "the test"))
	p.box.must(http.MethodPost, "/judge/resume", map[string]any{"target": "stores/" + p.shop}, nil)
	p.sync("smart", p.shop)
	p.shows(figures)
}

// sold is what a warehouse says by itself.
func sold(p *play) {
	p.n++
	for sku, figure := range p.box.sell(p.some()[:1]...) {
		id := fmt.Sprintf("sold-%d", p.n)
		p.front.acknowledged(id, "/hooks/depot", "application/json", event(id, sku, figure, time.Now()))
		p.shows(map[string]int64{sku: figure})
	}
}

// uploaded is a part of a warehouse's stock as a file.
func uploaded(p *play) {
	p.n++
	// A signature has whole seconds, and the file is no newer than it: the figures are of the second before.
	figures := p.box.sell(p.some()...)
	begun := time.Now().Unix()
	waitFor(p.t, "the next second", func(context.Context) error {
		if time.Now().Unix() == begun {
			return errors.New("it is the same second")
		}
		return nil
	})
	body := "sku,facility,available\n"
	for sku, figure := range figures {
		body += fmt.Sprintf("%s,east,%d\n", sku, figure)
	}
	p.front.acknowledged(fmt.Sprintf("file-%d", p.n), fmt.Sprintf("/hooks/depot?rows=%d", len(figures)), "text/csv", body)
	p.shows(figures)
}

// applied is a change of the configuration.
func applied(p *play) {
	p.n++
	p.apply(time.Duration(60+p.n) * time.Minute)
}

// resumed is how long after the first death of its process a slot's next one came to the next step of its work. Commits count for none: they
// are made also when nothing gets on.
func (s *slot) resumed() time.Duration {
	s.mutex.Lock()
	died := s.deaths[0]
	s.mutex.Unlock()
	text, err := os.ReadFile(s.logs)
	require.NoError(s.w.t, err)
	for line := range strings.Lines(string(text)) {
		var point crash.Point
		var pass int
		var at int64
		_, err := fmt.Sscan(line, &point, &pass, &at)
		require.NoError(s.w.t, err, line)
		if moment := time.UnixMilli(at); point != crash.Committed && point != crash.BeforeCommit && moment.After(died) {
			return moment.Sub(died)
		}
	}
	s.w.t.Fatalf("nothing was done after the death: %s", last(string(text), 1000))
	return 0
}

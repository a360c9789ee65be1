package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidemark/tidemark/crash"
)

// stopped is true for a process that stands still.
func (p *process) stopped() bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(text), ") ")
	return strings.HasPrefix(state, "T")
}

// A worker stands still at a point of a push, for so long that another ends its run and pushes newer figures. Then it goes on: what it knew and
// what it was about to send changes nothing.
func TestAWorkerThatStoodStillWritesNothingStale(t *testing.T) {
	t.Parallel()
	if !*whole {
		t.Skip("only a whole round takes so long: the server hands steps to a worker that stands still, and waits for each until its time is over")
	}
	for _, point := range []crash.Point{crash.IntentWritten, crash.CallAnswered, crash.AnswerWritten} {
		for _, kind := range []string{"atomic", "per_item"} {
			t.Run(string(point)+" "+kind, func(t *testing.T) {
				t.Parallel()
				standStillAt(t, point, kind)
			})
		}
	}
}

// pushFailed is what a worker says of a push that has failed.
var pushFailed = regexp.MustCompile(`msg="Activity error\.".* ActivityType=Push `)

func standStillAt(t *testing.T, point crash.Point, kind string) {
	t.Helper()
	w := newWorld(t, chance(t.Name()), 60, onPostgres, shop{id: "shop", kind: kind, batch: 10})
	w.apply(time.Hour)
	still := w.start(w.environment(fmt.Sprintf("CRASH_AT=%s:%d", point, 1+w.chance.IntN(3)), "CRASH_BY=stop"),
		"worker", "--listen", "", "--push-slice", "5s", "--log-level", "warn")
	waitFor(t, "the worker stands still", func(context.Context) error {
		if !still.stopped() {
			return errors.New("it goes on: " + last(still.output.String(), 1000))
		}
		return nil
	})
	w.worker("")
	all := make([]string, w.skus)
	for n := range all {
		all[n] = sku(n + 1)
	}
	newest := w.box.sell(all...)
	w.sync("full", "shop")
	w.shows(newest)
	before := len(still.output.String())
	still.signal(syscall.SIGCONT)
	// The ledger refuses what it writes, or PostgreSQL has cut it off while it stood still: its slice comes to nothing either way.
	waitFor(t, "its push has failed", func(context.Context) error {
		if text := still.output.String()[before:]; !strings.Contains(text, "StoreLost") && !pushFailed.MatchString(text) {
			return errors.New("it says " + last(text, 1000))
		}
		return nil
	})
	w.judge()
	w.shows(newest)
	counted.stopped()
}

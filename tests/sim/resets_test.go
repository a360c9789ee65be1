package sim

import (
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/sdk/activity"
)

// past is what has happened to an execution.
type past struct {
	input   any
	signals []signal
	locals  int                 // activities that were done within the workflow task
	done    map[string]stepDone // activities and timers, by their ids
	order   []string            // of their ends
	kept    map[string]stepDone // the beginning that a reset has left it
}

// stepDone is an activity or timer that has ended.
type stepDone struct {
	kind   string
	result any
	err    error
}

// signal signals the execution.
func (x *execution) signal(name string, payload any) {
	x.server.mutex.Lock()
	x.past.signals = append(x.past.signals, signal{name, payload})
	x.server.mutex.Unlock()
	x.env.SignalWorkflow(name, payload)
}

func (x *execution) keyOf(info activity.Info) string {
	if !info.IsLocalActivity {
		return info.ActivityID
	}
	x.server.mutex.Lock()
	defer x.server.mutex.Unlock()
	x.past.locals++
	return fmt.Sprint("local ", x.past.locals)
}

// kept is an activity that had ended before the execution was reset. Code that does something else than before does all anew.
func (x *execution) kept(key, kind string) (stepDone, bool) {
	x.server.mutex.Lock()
	defer x.server.mutex.Unlock()
	done, ok := x.past.kept[key]
	if ok && done.kind != kind {
		x.past.kept = nil
		return stepDone{}, false
	}
	return done, ok
}

func (x *execution) keep(key string, done stepDone) {
	x.server.mutex.Lock()
	defer x.server.mutex.Unlock()
	if x.past.done == nil {
		x.past.done = map[string]stepDone{}
	}
	x.past.done[key] = done
	x.past.order = append(x.past.order, key)
}

// reset has a workflow go on from an earlier step: its execution is terminated, and another begins in its place with what it had done until then.
// All signals are there from the beginning.
func (s *server) reset(x *execution, earlier int) {
	x.terminate()
	s.mutex.Lock()
	kept := map[string]stepDone{}
	for _, key := range x.past.order[:max(len(x.past.order)-earlier, 0)] {
		kept[key] = x.past.done[key]
	}
	maps.DeleteFunc(kept, func(_ string, done stepDone) bool { return done.err != nil })
	signals := slices.Clone(x.past.signals)
	s.mutex.Unlock()
	s.startAt(x.id, x.kind, x.past.input, x.first, kept, signals...)
}

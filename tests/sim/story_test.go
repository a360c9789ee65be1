package sim

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// story is what happened, in the domain's words, and what should not have.
type story struct {
	since      time.Time
	telling    sync.Mutex
	lines      []string
	violations []violation
}

// violation is a promise that a history has broken.
type violation struct {
	of   invariant
	what string
}

func (s *story) tell(format string, args ...any) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.lines = append(s.lines, s.at()+" "+fmt.Sprintf(format, args...))
	if debug {
		println(s.lines[len(s.lines)-1])
	}
}

// violated notes that a promise is broken, each once in a history.
func (s *story) violated(of invariant, format string, args ...any) {
	s.telling.Lock()
	defer s.telling.Unlock()
	what := fmt.Sprintf(format, args...)
	s.lines = append(s.lines, fmt.Sprintf("%s *** %s: %s", s.at(), of, what))
	for _, known := range s.violations {
		if known.of == of {
			return
		}
	}
	s.violations = append(s.violations, violation{of, what})
}

func (s *story) at() string {
	return time.Time{}.Add(time.Since(s.since)).Format("15:04:05.000")
}

func (s *story) String() string { return strings.Join(s.lines, "\n") + "\n" }

var debug = os.Getenv("SIM_DEBUG") != ""

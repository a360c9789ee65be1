//go:build crash

package crash

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// plan is what the environment asks for.
type plan struct {
	at   Point
	pass int
	stop bool     // stop instead of kill
	log  *os.File // nil: no log

	mutex  sync.Mutex
	passes map[Point]int
}

var planned = sync.OnceValue(func() *plan {
	p := &plan{passes: map[Point]int{}}
	if text := os.Getenv("CRASH_AT"); text != "" {
		name, pass, _ := strings.Cut(text, ":")
		var err error
		if p.at, p.pass = Point(name), 1; pass != "" {
			p.pass, err = strconv.Atoi(pass)
		}
		if err != nil || p.pass < 1 || !slices.Contains(Points(), p.at) {
			panic(fmt.Sprintf("CRASH_AT=%q names no point and pass, like %s:2", text, IntentWritten))
		}
	}
	switch how := os.Getenv("CRASH_BY"); how {
	case "", "kill":
	case "stop":
		p.stop = true
	default:
		panic(fmt.Sprintf("CRASH_BY=%q is neither kill nor stop", how))
	}
	if name := os.Getenv("CRASH_LOG"); name != "" {
		log, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		p.log = log
	}
	return p
})

// At counts a pass of a point, and kills or stops this process when the environment names this pass. After a kill it does not return; after
// a stop it returns when somebody has sent SIGCONT.
func At(point Point) {
	p := planned()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.passes[point]++
	if p.log != nil {
		_, _ = fmt.Fprintf(p.log, "%s %d %d\n", point, p.passes[point], time.Now().UnixMilli())
	}
	if p.at != point || p.passes[point] != p.pass {
		return
	}
	signal := syscall.SIGKILL
	if p.stop {
		signal = syscall.SIGSTOP
	}
	// The signal is for this thread, which takes it before it goes on. One for the process may be taken by another thread, later.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Tgkill(os.Getpid(), syscall.Gettid(), signal); err != nil {
		panic(err)
	}
	if !p.stop {
		select {} // until the signal comes
	}
}

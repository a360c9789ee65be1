//go:build crash

package crash

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// plan is what the environment says.
type plan struct {
	at   Point
	pass int
	log  *os.File // nil: none

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
	if name := os.Getenv("CRASH_LOG"); name != "" {
		log, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		p.log = log
	}
	return p
})

// At counts a pass of a point, and kills this process when it is the one that the environment names. It does not return then.
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
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // until the signal comes
}

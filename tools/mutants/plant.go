package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// verdict is what became of an entry.
type verdict int

const (
	caught       verdict = iota + 1
	survived             // the named test passes with the bug
	doesNotApply         // the old text does not occur exactly once
	doesNotBuild         // with the bug; that catches nothing
	noSuchTest           // nothing of the name ran
	failsAnyway          // the named test fails, or is skipped, without the bug
	otherFailed          // the run failed, and not by the named test
	interrupted
)

var verdictWords = map[verdict]string{
	caught: "caught", survived: "SURVIVED", doesNotApply: "DOES NOT APPLY", doesNotBuild: "DOES NOT BUILD", noSuchTest: "NO SUCH TEST",
	failsAnyway: "FAILS WITHOUT THE BUG", otherFailed: "SOMETHING ELSE FAILED", interrupted: "interrupted",
}

// outcome is what became of one test run.
type outcome struct {
	results map[string]string // pass, fail or skip, by the name of the test
	build   string            // what the compiler said, when it refused
	output  string            // the last of what was printed
	failed  bool
}

// judge decides what a run with the bug says of the entry.
func judge(test string, with outcome) (verdict, string) {
	switch result := with.results[test]; {
	case with.build != "":
		return doesNotBuild, with.build
	case result == "fail":
		return caught, ""
	case result == "pass" && !with.failed:
		return survived, ""
	case with.failed:
		return otherFailed, with.output
	case result == "skip":
		return failsAnyway, "it was skipped"
	}
	return noSuchTest, ""
}

// judgeWithout decides whether a test can judge a bug at all: it must pass without it. The zero verdict means that it can.
func judgeWithout(test string, without outcome) (verdict, string) {
	switch result := without.results[test]; {
	case without.build != "":
		return doesNotBuild, "without the bug: " + without.build
	case result == "pass":
		return 0, ""
	case result == "skip":
		return failsAnyway, "the test was skipped; what it needs is missing here"
	case result == "fail":
		return failsAnyway, without.output
	case without.failed:
		return otherFailed, "without the bug: " + without.output
	}
	return noSuchTest, ""
}

// plantAll runs the entries and prints a line for each. It returns how many were caught.
func plantAll(ctx context.Context, o options, entries []entry, out io.Writer) (int, error) {
	began := time.Now()
	scratch, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(scratch)
	root, err := filepath.Abs(o.root)
	if err != nil {
		return 0, err
	}
	p := &planter{root: root, scratch: scratch, timeout: o.timeout}
	without := p.without(ctx, entries, o.parallel)
	counts := map[verdict]int{}
	var mutex sync.Mutex
	inParallel(o.parallel, len(entries), func(n int) {
		one := entries[n]
		from := time.Now()
		found, why := p.try(ctx, one, without[one.CaughtBy.Package])
		mutex.Lock()
		defer mutex.Unlock()
		counts[found]++
		if found != interrupted {
			fmt.Fprint(out, line(one, found, why, time.Since(from)))
		}
	})
	fmt.Fprintf(out, "\n%d planted bugs, %d caught", len(entries), counts[caught])
	for _, found := range []verdict{survived, doesNotApply, doesNotBuild, noSuchTest, failsAnyway, otherFailed, interrupted} {
		if counts[found] > 0 {
			fmt.Fprintf(out, ", %d %s", counts[found], strings.ToLower(verdictWords[found]))
		}
	}
	_, err = fmt.Fprintf(out, ", in %s\n", time.Since(began).Round(time.Second))
	return counts[caught], err
}

// line is what is printed of an entry.
func line(one entry, found verdict, why string, took time.Duration) string {
	words := fmt.Sprintf("%s: %s: %s (%s %s, %.1fs)\n", verdictWords[found], one.room, one.Name, one.CaughtBy.Package, one.CaughtBy.Test, took.Seconds())
	if found == caught {
		return words
	}
	for text := range strings.Lines(strings.TrimRight(why, "\n")) {
		words += "    " + strings.TrimRight(text, "\n") + "\n"
	}
	return words + "    the entry: " + one.at + "\n"
}

// inParallel calls do for 0 to count-1, so many at once.
func inParallel(at, count int, do func(n int)) {
	next := make(chan int)
	var all sync.WaitGroup
	for range max(at, 1) {
		all.Go(func() {
			for n := range next {
				do(n)
			}
		})
	}
	for n := range count {
		next <- n
	}
	close(next)
	all.Wait()
}

// planter runs tests with and without bugs.
type planter struct {
	root, scratch string
	timeout       time.Duration
}

// without runs the named tests of each package as the tree has them, by Go's test cache where nothing changed.
func (p *planter) without(ctx context.Context, entries []entry, parallel int) map[string]outcome {
	tests := map[string][]string{}
	for _, one := range entries {
		if !slices.Contains(tests[one.CaughtBy.Package], one.CaughtBy.Test) {
			tests[one.CaughtBy.Package] = append(tests[one.CaughtBy.Package], one.CaughtBy.Test)
		}
	}
	packages := make([]string, 0, len(tests))
	for name := range tests {
		packages = append(packages, name)
	}
	slices.Sort(packages)
	found := map[string]outcome{}
	var mutex sync.Mutex
	inParallel(parallel, len(packages), func(n int) {
		name := packages[n]
		ran := p.test(ctx, name, tests[name], time.Duration(len(tests[name]))*p.timeout)
		mutex.Lock()
		defer mutex.Unlock()
		found[name] = ran
	})
	return found
}

// try plants one bug and runs its test.
func (p *planter) try(ctx context.Context, one entry, without outcome) (verdict, string) {
	if ctx.Err() != nil {
		return interrupted, ""
	}
	changed, err := one.apply(p.root)
	if err != nil {
		return doesNotApply, err.Error()
	}
	if found, why := judgeWithout(one.CaughtBy.Test, without); found != 0 {
		return found, why
	}
	overlay, err := p.overlay(one, changed)
	if err != nil {
		return otherFailed, err.Error()
	}
	ran := p.test(ctx, one.CaughtBy.Package, []string{one.CaughtBy.Test}, p.timeout, "-count=1", "-overlay", overlay)
	if ctx.Err() != nil {
		return interrupted, ""
	}
	return judge(one.CaughtBy.Test, ran)
}

// overlay writes the changed file and the overlay that puts it into the place of the real one.
func (p *planter) overlay(one entry, changed string) (string, error) {
	folder, err := os.MkdirTemp(p.scratch, "bug")
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, filepath.Base(one.File))
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		return "", err
	}
	content, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(p.root, filepath.FromSlash(one.File)): file}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, content, 0o600)
}

// pattern makes `go test -run` choose exactly the named tests.
func pattern(tests []string) string {
	var all []string
	for _, test := range tests {
		parts := strings.Split(test, "/")
		for i, part := range parts {
			parts[i] = "^" + regexp.QuoteMeta(part) + "$"
		}
		all = append(all, strings.Join(parts, "/"))
	}
	return strings.Join(all, "|")
}

// grace is how long a test program has to end after its own deadline, and after an interrupt.
const grace = 30 * time.Second

// test runs tests of one package. What they and the compiler leave in temporary folders is below the scratch folder, also when they are killed.
func (p *planter) test(ctx context.Context, name string, tests []string, timeout time.Duration, flags ...string) outcome {
	ctx, cancel := context.WithTimeout(ctx, timeout+5*time.Minute) // the compiler's time is not the test's
	defer cancel()
	arguments := slices.Concat([]string{"test", "-json", "-vet=off", "-timeout", timeout.String(), "-run", pattern(tests)}, flags, []string{name})
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = p.root
	command.Env = append(os.Environ(), "GOTMPDIR="+p.scratch, "TMPDIR="+p.scratch)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = grace
	var printed, complaints bytes.Buffer
	command.Stdout, command.Stderr = &printed, &complaints
	err := command.Run()
	ran := read(&printed)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ran.output = err.Error()
	}
	ran.failed = err != nil
	if ran.output == "" {
		ran.output = last(complaints.String())
	}
	return ran
}

// event is a line of `go test -json`.
type event struct{ Action, Test, Output, FailedBuild string }

// read gathers what `go test -json` printed.
func read(printed io.Reader) outcome {
	ran := outcome{results: map[string]string{}}
	var build, output strings.Builder
	failed := false
	lines := bufio.NewScanner(printed)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var one event
		if json.Unmarshal(lines.Bytes(), &one) != nil {
			continue
		}
		failed = failed || one.FailedBuild != ""
		switch one.Action {
		case "build-output":
			build.WriteString(one.Output)
		case "build-fail":
			failed = true
		case "output":
			output.WriteString(one.Output)
		case "pass", "fail", "skip":
			if one.Test != "" {
				ran.results[one.Test] = one.Action
			}
		}
	}
	if failed {
		if ran.build = last(build.String()); ran.build == "" {
			ran.build = last(output.String())
		}
	}
	ran.output = last(output.String())
	return ran
}

// last are the last lines of a text.
func last(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(len(lines)-15, 0):], "\n")
}

// Command mutants plants the bugs of tests/mutants one at a time and demands that the test which an entry names notices each.
//
// A bug is planted by an overlay of the compiler: no file of the tree is touched. An entry counts as caught only if the program builds with
// it and the named test itself fails, and passes without it.
//
//	mutants                  all of them
//	mutants -room push       those of tests/mutants/push.yaml
//	mutants -name 'intent'   those whose names match a regular expression
//	mutants -changed main    those of packages that changed since a Git reference
//	mutants -quick           one of each room
//	mutants -check           run nothing: every entry applies, its test exists, and docs/reliability.md lists it
//	mutants -table           print the table of docs/reliability.md; -write puts it there
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

// options are what the command line sets.
type options struct {
	root     string
	room     string
	name     string
	changed  string
	quick    bool
	check    bool
	table    bool
	write    bool
	figures  string
	parallel int
	timeout  time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", ".", "the folder of the module")
	flag.StringVar(&o.room, "room", "", "only the entries of this room")
	flag.StringVar(&o.name, "name", "", "only entries whose names match this regular expression")
	flag.StringVar(&o.changed, "changed", "", "only entries whose package, or whose test's, changed since this Git reference")
	flag.BoolVar(&o.quick, "quick", false, "only the entry of each room that is marked quick")
	flag.BoolVar(&o.check, "check", false, "run no test: check that every entry applies, that its test exists, and that docs/reliability.md lists it")
	flag.BoolVar(&o.table, "table", false, "print the table of docs/reliability.md")
	flag.BoolVar(&o.write, "write", false, "write the table into docs/reliability.md")
	flag.StringVar(&o.figures, "figures", "", "the file to which it is written how many were planted and caught, as one line of JSON")
	flag.IntVar(&o.parallel, "parallel", 2, "how many tests run at once")
	flag.DurationVar(&o.timeout, "timeout", 2*time.Minute, "the longest that the test of one entry may take")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	good, err := run(ctx, o, os.Stdout)
	stop()
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "mutants: %v\n", err)
		os.Exit(2)
	case !good:
		os.Exit(1)
	}
}

// run does what the options ask for. It returns false when an entry was not caught.
func run(ctx context.Context, o options, out io.Writer) (bool, error) {
	entries, err := load(o.root)
	if err != nil {
		return false, err
	}
	switch {
	case o.table:
		_, err := io.WriteString(out, table(entries))
		return true, err
	case o.write:
		return true, block.Write(o.root, table(entries))
	case o.check:
		err := errors.Join(applyAll(o.root, entries), testsExist(o.root, entries), block.Check(o.root, table(entries)))
		if err == nil {
			_, err = fmt.Fprintf(out, "%d planted bugs apply, and docs/reliability.md lists them.\n", len(entries))
		}
		return true, err
	}
	all := len(entries)
	if entries, err = choose(ctx, o, entries); err != nil {
		return false, err
	}
	if len(entries) == 0 {
		_, err := fmt.Fprintln(out, "No planted bug is asked for.")
		return true, err
	}
	caught, err := plantAll(ctx, o, entries, out)
	if err == nil && o.figures != "" {
		err = os.WriteFile(o.figures, fmt.Appendf(nil, `{"planted":%d,"caught":%d,"all":%d}`+"\n", len(entries), caught, all), 0o644)
	}
	return caught == len(entries), err
}

// choose keeps the entries that the options name.
func choose(ctx context.Context, o options, entries []entry) ([]entry, error) {
	pattern, err := regexp.Compile(o.name)
	if err != nil {
		return nil, fmt.Errorf("-name: %w", err)
	}
	folders := map[string]bool{}
	if o.changed != "" {
		if folders, err = changedFolders(ctx, o.root, o.changed); err != nil {
			return nil, err
		}
	}
	var kept []entry
	rooms := map[string]bool{}
	for _, one := range entries {
		rooms[one.room] = true
		switch {
		case o.room != "" && one.room != o.room, o.quick && !one.Quick, !pattern.MatchString(one.Name):
		case o.changed != "" && !folders[one.folder()] && !folders[one.testFolder()]:
		default:
			kept = append(kept, one)
		}
	}
	if o.room != "" && !rooms[o.room] {
		return nil, fmt.Errorf("no room %q: there is no %s/%s.yaml", o.room, entriesFolder, o.room)
	}
	return kept, nil
}

// Command proof puts what the tests have shown of the promises beside the goals, into docs/reliability.md.
//
// Each command that shows something leaves its figures below bin, as JSON; `make proof` runs them all. What was not measured, and what falls short of its
// goal, says so.
//
//	proof           print the table
//	proof -write    write it into docs/reliability.md, with the date and the commit
//
// Exit codes: 0 every goal is reached, 1 one is not, 2 the table could not be made.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/tidemark/tidemark/tools/internal/listing"
)

var block = listing.Block{
	Document: "docs/reliability.md",
	Begin:    "<!-- proof: `make proof` makes this table -->\n",
	End:      "<!-- end of proof -->\n",
	Of:       "the figures below bin",
	Command:  "make proof",
}

func main() {
	root := flag.String("root", ".", "the folder of the module")
	write := flag.Bool("write", false, "write the table into docs/reliability.md")
	flag.Parse()
	reached, err := run(*root, *write, time.Now(), os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintf(os.Stderr, "proof: %v\n", err)
		os.Exit(2)
	case !reached:
		os.Exit(1)
	}
}

// run prints the table or writes it. It returns whether every goal is reached.
func run(root string, write bool, now time.Time, out io.Writer) (bool, error) {
	measured, err := load(root)
	if err != nil {
		return false, err
	}
	rows := measured.rows()
	if !write {
		_, err := io.WriteString(out, table(rows))
		return reached(rows), err
	}
	commit, err := commitOf(root)
	if err != nil {
		return false, err
	}
	text := fmt.Sprintf("Of %s, commit %s.\n\n%s", now.UTC().Format(time.DateOnly), commit, table(rows))
	return reached(rows), block.Write(root, text)
}

// commitOf names the commit that was measured, and says so where files differ from it. The document that is written does not count.
func commitOf(root string) (string, error) {
	commit, err := git(root, "rev-parse", "--short=12", "HEAD")
	if err != nil {
		return "", err
	}
	changed, err := git(root, "status", "--porcelain", "--", ".", ":!"+block.Document)
	if changed != "" {
		commit += " with changes"
	}
	return commit, err
}

func git(root string, arguments ...string) (string, error) {
	command := exec.Command("git", append([]string{"-C", root}, arguments...)...)
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return "", errors.Join(fmt.Errorf("git %s: %s", arguments[0], strings.TrimSpace(problems.String())), err)
	}
	return strings.TrimSpace(string(output)), nil
}

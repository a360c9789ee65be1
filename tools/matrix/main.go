// Command matrix holds what may go wrong against the tests that show that it does no harm, and lists both in the documents.
//
// The rows stand in tests/matrix: faults.yaml for docs/reliability.md, security.yaml for docs/security.md. A row names tests, or says why there is none, or
// both where the tests show only a part.
//
//	matrix -check    every row is there once and has tests or a reason, each test and target of make exists, and the documents list them
//	matrix -write    write the tables into the documents
//	matrix -check -figures bin/matrix.json
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	root := flag.String("root", ".", "the folder of the module")
	check := flag.Bool("check", false, "check the rows and the documents")
	write := flag.Bool("write", false, "write the tables into the documents")
	file := flag.String("figures", "", "the file to which it is written how many faults are tested, as one line of JSON")
	flag.Parse()
	if *check == *write {
		fmt.Fprintln(os.Stderr, "matrix: want -check or -write")
		os.Exit(2)
	}
	err := run(*root, *write, os.Stdout)
	if err == nil && *file != "" {
		err = figures(*root, *file)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "matrix: %v\n", err)
		os.Exit(1)
	}
}

// figures writes how many of the faults of docs/reliability.md are tested.
func figures(root, file string) error {
	rows, err := matrices[0].load(root)
	if err != nil {
		return err
	}
	counts := count(rows)
	return os.WriteFile(file, fmt.Appendf(nil, `{"rows":%d,"tested":%d,"partly":%d,"not":%d}`+"\n", len(rows), counts[wholly], counts[partly], counts[not]), 0o644)
}

// run checks every matrix, or writes the tables of those whose rows are right. All mistakes are told at once.
func run(root string, write bool, out io.Writer) error {
	var mistakes []error
	for _, one := range matrices {
		rows, err := one.load(root)
		if err == nil {
			err = guarded(root, rows)
		}
		switch {
		case err != nil:
		case write:
			err = one.block().Write(root, one.text(rows))
		default:
			err = one.block().Check(root, one.text(rows))
		}
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", one.document, sum(rows)); err != nil {
			return err
		}
	}
	return errors.Join(mistakes...)
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// document holds the table, between two comments.
const (
	document   = "docs/reliability.md"
	tableBegin = "<!-- planted bugs: `bin/tools/mutants -write` makes this table -->\n"
	tableEnd   = "<!-- end of planted bugs -->\n"
)

// table lists the entries in Markdown.
func table(entries []entry) string {
	var text strings.Builder
	text.WriteString("| room | planted bug | breaks | caught by |\n|---|---|---|---|\n")
	for _, one := range entries {
		fmt.Fprintf(&text, "| %s | %s | %s | `%s` %s |\n", one.room, one.Name, one.Promise, strings.TrimPrefix(one.CaughtBy.Package, "./"),
			"`"+strings.ReplaceAll(one.CaughtBy.Test, "|", "\\|")+"`")
	}
	return text.String()
}

// split cuts the document before and after its table.
func split(root string) (before, listed, after string, err error) {
	content, err := os.ReadFile(filepath.Join(root, document))
	if err != nil {
		return "", "", "", err
	}
	before, rest, begins := strings.Cut(string(content), tableBegin)
	listed, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		return "", "", "", fmt.Errorf("%s: the table of planted bugs stands between the lines %q and %q", document, strings.TrimSpace(tableBegin), strings.TrimSpace(tableEnd))
	}
	return before, listed, after, nil
}

// checkTable tells when the document does not list exactly the entries.
func checkTable(root string, entries []entry) error {
	before, listed, _, err := split(root)
	if err != nil {
		return err
	}
	want := table(entries)
	if listed == want {
		return nil
	}
	line := strings.Count(before, "\n") + 2
	wanted := strings.Split(want, "\n")
	for i, found := range strings.Split(listed, "\n") {
		if i >= len(wanted) || found != wanted[i] {
			line += i
			break
		}
	}
	return fmt.Errorf("%s:%d: the table is not that of %s; `bin/tools/mutants -write` makes it anew", document, line, entriesFolder)
}

// writeTable puts the table into the document.
func writeTable(root string, entries []entry) error {
	before, _, after, err := split(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, document), []byte(before+tableBegin+table(entries)+tableEnd+after), 0o644)
}

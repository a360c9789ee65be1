package main

import (
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/tools/internal/listing"
)

// block is what is generated in the document.
func (m matrix) block() listing.Block {
	return listing.Block{
		Document: m.document,
		Begin:    "<!-- rows: `bin/tools/matrix -write` makes this part of " + m.file + " -->\n",
		End:      "<!-- end of rows -->\n",
		Of:       m.file,
		Command:  "bin/tools/matrix -write",
	}
}

// text lists the rows in Markdown: how many are shown how far, then a table for each group.
func (m matrix) text(rows []row) string {
	var text strings.Builder
	fmt.Fprintf(&text, "\nBy name, %s.\n", sum(rows))
	for _, group := range m.groups {
		if group.title != "" {
			fmt.Fprintf(&text, "\n### %s. %s\n", group.letter, group.title)
		}
		fmt.Fprintf(&text, "\n| | %s | %s | tests | what they do not show |\n|---|---|---|---|---|\n", m.heads[0], m.heads[1])
		for _, one := range rows {
			if strings.HasPrefix(one.ID, group.letter) {
				fmt.Fprintf(&text, "| %s | %s | %s | %s | %s |\n", one.ID, one.Fault, one.promised(), one.tests(), one.Why)
			}
		}
	}
	text.WriteString("\n")
	return text.String()
}

// promised is the promise with the invariants that it belongs to.
func (r row) promised() string {
	if len(r.Invariants) == 0 {
		return r.Promise
	}
	return fmt.Sprintf("%s (%s)", r.Promise, strings.Join(r.Invariants, ", "))
}

// tests names the tests by package, and the targets of make.
func (r row) tests() string {
	var parts []string
	for _, of := range r.Tests {
		parts = append(parts, fmt.Sprintf("`%s` `%s`", of.folder, strings.Join(of.names, "`, `")))
	}
	for _, target := range r.Checks {
		parts = append(parts, fmt.Sprintf("`make %s`", target))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "; ")
}

package main

import (
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/tools/internal/listing"
)

// block is the table in the document.
var block = listing.Block{
	Document: "docs/reliability.md",
	Begin:    "<!-- planted bugs: `bin/tools/mutants -write` makes this table -->\n",
	End:      "<!-- end of planted bugs -->\n",
	Of:       entriesFolder,
	Command:  "bin/tools/mutants -write",
}

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

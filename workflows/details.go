package workflows

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/inventory"
)

// paint shows the progress in the workflow's current details, which the Web UI renders as Markdown. It adds no event to the history.
func (s *sync) paint(ctx workflow.Context) {
	s.progress.Strays = s.desk.strayNotes
	workflow.SetCurrentDetails(ctx, s.progress.markdown(s.input.Connection))
}

// escapeText prepares a foreign text for current details: it escapes invisible characters, and everything that Markdown would interpret.
func escapeText(text string) string { return escapeMarkdown(inventory.Visible(text)) }

// escapeMarkdown escapes the characters that Markdown would interpret. It does not use strings.Replacer, which builds itself with a sync.Once at its
// first use: workflow code must not share such state.
func escapeMarkdown(text string) string {
	var plain strings.Builder
	for _, letter := range text {
		switch letter {
		case '\\', '`', '*', '_', '[', '|':
			plain.WriteByte('\\')
			plain.WriteRune(letter)
		case '<':
			plain.WriteString("&lt;")
		case '&':
			plain.WriteString("&amp;")
		default:
			plain.WriteRune(letter)
		}
	}
	return plain.String()
}

func (p Progress) markdown(connection string) string {
	var page strings.Builder
	fmt.Fprintf(&page, "### %s: %s\n\n", connection, p.Phase)
	if p.Waiting != "" {
		fmt.Fprintf(&page, "**%s**", escapeText(p.Waiting))
		if p.Until != nil {
			fmt.Fprintf(&page, " (until %s)", until(*p.Until))
		}
		page.WriteString("\n\n")
	}
	if p.Phase == "held" {
		fmt.Fprintf(&page, "Nothing is pushed until a person decides: `starter approve %d` or `starter reject %d`.\n\n", p.Run, p.Run)
	}
	for _, stray := range p.Strays {
		fmt.Fprintf(&page, "- %s\n", escapeText(stray))
	}
	if len(p.Strays) > 0 {
		page.WriteString("\n")
	}
	c := p.Counts
	page.WriteString("| | |\n|---|---:|\n")
	row := func(name string, n int64) { fmt.Fprintf(&page, "| %s | %d |\n", name, n) }
	row("run", p.Run)
	row("rows in the snapshot", c.Rows)
	if p.Shared != 0 {
		row("fetched by run", p.Shared)
	}
	row("levels changed", c.Changed)
	row("due", c.Due)
	row("exported", c.Exported)
	row("left", p.Left)
	for _, figure := range []struct {
		name string
		n    int64
	}{
		{"in open calls", p.Open},
		{"sent, not yet reported on", c.Sent},
		{"newly rejected", c.Rejected},
		{"parked (rejected by an earlier run)", c.Parked},
		{"blocked", c.Blocked},
		{"retrying", c.Retrying},
		{"refused rows", c.Refused},
		{"stale levels", c.Stale},
		{"missing levels", c.Missing},
		{"older rows", c.Older},
		{"calls", c.Calls},
		{"waits", c.Waits},
	} {
		if figure.n > 0 {
			row(figure.name, figure.n)
		}
	}
	if len(p.Oddities) > 0 {
		page.WriteString("\nWhat looks odd (`starter snapshot` says what to do about it):\n\n")
	}
	for _, odd := range p.Oddities {
		fmt.Fprintf(&page, "- %s\n", escapeText(odd))
	}
	return page.String()
}

package listing

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Block is a part of a document that is generated. It stands between two lines, which are comments of Markdown.
type Block struct {
	Document string // below the root, with slashes
	Begin    string // the line before it, with its end of line
	End      string // the line after it
	Of       string // what it is generated from, for errors
	Command  string // what writes it, for errors
}

// split cuts the document before the block, and after it.
func (b Block) split(root string) (before, block, after string, err error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(b.Document)))
	if err != nil {
		return "", "", "", err
	}
	before, rest, begins := strings.Cut(string(content), b.Begin)
	block, after, ends := strings.Cut(rest, b.End)
	if !begins || !ends {
		return "", "", "", fmt.Errorf("%s: what is generated from %s stands between the lines %q and %q",
			b.Document, b.Of, strings.TrimSpace(b.Begin), strings.TrimSpace(b.End))
	}
	return before, block, after, nil
}

// Check fails when the document does not have exactly this text, and names the first line that differs.
func (b Block) Check(root, text string) error {
	before, block, _, err := b.split(root)
	if err != nil || block == text {
		return err
	}
	line := strings.Count(before, "\n") + 2
	wanted := strings.Split(text, "\n")
	for i, found := range strings.Split(block, "\n") {
		if i >= len(wanted) || found != wanted[i] {
			line += i
			break
		}
	}
	return fmt.Errorf("%s:%d: the table is not that of %s; `%s` makes it anew", b.Document, line, b.Of, b.Command)
}

// Write puts the text into the document.
func (b Block) Write(root, text string) error {
	before, _, after, err := b.split(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, filepath.FromSlash(b.Document)), []byte(before+b.Begin+text+b.End+after), 0o644)
}

package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// checkLedger recounts the ledger.
func (s *session) checkLedger(ctx context.Context, c *control.Control) error {
	found, err := c.Recount(ctx)
	if err != nil {
		return err
	}
	if err := s.print(found, func(w io.Writer) { showRecount(w, found) }); err != nil || len(found.Wrong) == 0 {
		return err
	}
	return &runError{fmt.Sprintf("%s of the ledger %s wrong", count(len(found.Wrong), "figure"), map[bool]string{true: "is", false: "are"}[len(found.Wrong) == 1])}
}

func showRecount(w io.Writer, found ledger.Recount) {
	for _, connection := range slices.Sorted(maps.Keys(found.Rows)) {
		rows := found.Rows[connection]
		var parts []part
		total := int64(0)
		for _, status := range control.Statuses() {
			parts = append(parts, part{rows[status], string(status)})
			total += rows[status]
		}
		line(w, "connection %s: %s: %s", connection, count(total, "row"), sum(parts...))
	}
	for _, miscount := range found.Wrong {
		line(w, "WRONG %s", plain(miscount.Words()))
	}
	if len(found.Wrong) == 0 {
		line(w, "%s counted again: all are right", count(found.Figures, "figure"))
		return
	}
	line(w, "%s counted again: %d wrong", count(found.Figures, "figure"), len(found.Wrong))
}

package jsonapi

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses"
)

// Check asks for the first page.
func (s *source) Check(ctx context.Context) (warehouses.Finding, error) {
	s = s.afresh(nil)
	p, err := s.levels(ctx, 1, s.firstPage(s.base(true, sourceCursor{})), nil)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding := warehouses.Found(p.rows)
	finding.Notes = []string{fmt.Sprintf("the first page has %d items", len(p.rows))}
	if s.form.paths[partTotal] != "" {
		finding.Notes = append(finding.Notes, fmt.Sprintf("there are %d items in all", p.total))
	}
	switch {
	case s.asOfHeader != "":
		finding.Notes = append(finding.Notes, warehouses.CountsAsOf(p.dated, "as its header "+s.asOfHeader+" says"))
	case !p.asOf.IsZero():
		finding.Notes = append(finding.Notes, "the figures are of "+p.asOf.Format(time.RFC3339))
	default:
		finding.Notes = append(finding.Notes, warehouses.CountsAsOf(time.Time{}, ""))
	}
	var without []string
	for _, field := range fields {
		if path := s.form.paths[field]; path != "" && !p.given[field] && len(p.rows) > 0 {
			without = append(without, field+" ("+path+")")
		}
	}
	if len(without) > 0 {
		finding.Notes = append(finding.Notes, "no item of the first page has anything for "+strings.Join(without, ", ")+"; correct fields")
	}
	return finding, nil
}

// used are the paths within an item that are read, and what they are read as.
func (s *source) used() map[string]string {
	used := map[string]string{}
	for _, field := range fields {
		if path := s.form.paths[field]; path != "" {
			used[strings.Join(steps(path), ".")] = field
		}
	}
	return used
}

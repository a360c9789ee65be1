package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// shownRows is how many rows Check asks for and shows.
const shownRows = 5

// Check asks for the facilities and a small page.
func (s *source) Check(ctx context.Context) (warehouses.Finding, error) {
	s = s.afresh(nil)
	response, err := s.get(ctx, "/facilities")
	if err != nil {
		return warehouses.Finding{}, err
	}
	var body struct {
		Facilities []struct {
			ID string `json:"id"`
		} `json:"facilities"`
	}
	if err := json.Unmarshal(response.Body, &body); err != nil {
		return warehouses.Finding{}, warehouses.Faltered(nil, "warehouse %s: its list of facilities is not the JSON that was expected, but %s", s.ID,
			jsonvalue.Found(response.Body))
	}
	finding := warehouses.Finding{}
	for _, facility := range body.Facilities {
		finding.Facilities = append(finding.Facilities, facility.ID)
	}
	slices.Sort(finding.Facilities)
	p, err := s.levels(ctx, 1, "", shownRows, nil)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding.Sample = p.rows[:min(len(p.rows), shownRows)]
	finding.Notes = []string{fmt.Sprintf("it has %d rows as of %s", p.total, p.asOf.Format(time.RFC3339))}
	return finding, nil
}

// used are the members of an item that are read, and what they are read as.
func (s *source) used() map[string]string {
	return map[string]string{
		"sku": "sku", "facility": "facility", "available": "available", "on_hand": "on_hand", "committed": "committed",
		"reported_at": "reported_at",
	}
}

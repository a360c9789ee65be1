package shipbob

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/tidemark/tidemark/warehouses"
)

// Check asks for the first page.
func (s *source) Check(ctx context.Context) (warehouses.Finding, error) {
	s = s.afresh(nil)
	p, header, err := s.levels(ctx, 1, s.query(), nil)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding := warehouses.Found(p.rows)
	more := "there are no more"
	if p.next != "" {
		more = "there are more"
	}
	finding.Notes = []string{
		fmt.Sprintf("the first page has %d items and %d rows; %s", p.items, len(p.rows), more),
		fmt.Sprintf("the available figure is ShipBob's %s", s.form.names().available),
	}
	if !s.form.locations {
		finding.Notes = append(finding.Notes, "a row is the stock of all fulfillment centers together; set levels: locations to tell them apart")
	}
	for _, id := range slices.Sorted(maps.Keys(p.centers)) {
		finding.Notes = append(finding.Notes, fmt.Sprintf("fulfillment center %s is called %s", id, strconv.Quote(p.centers[id])))
	}
	_, asOf, err := s.date("", header)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding.Notes = append(finding.Notes, warehouses.CountsAsOf(asOf, warehouses.AsDated))
	if left := header.Get("X-Remaining-Calls"); left != "" {
		if calls, err := strconv.Atoi(left); err == nil {
			finding.Notes = append(finding.Notes, fmt.Sprintf("ShipBob has %d calls left for this minute", calls))
		}
	}
	return finding, nil
}

// used are the members of an item that are read, and what they are read as.
func (s *source) used() map[string]string {
	names, above := s.form.names(), ""
	used := map[string]string{"inventory_id": "id", names.sku: "sku"}
	if s.form.locations {
		above = "locations."
		used["locations"], used["locations.location_id"] = "locations", "facility"
		if s.form.byName {
			used["locations.location_id"], used["locations.name"] = "id", "facility"
		}
	}
	used[above+names.available], used[above+names.onHand], used[above+names.committed] = "available", "on_hand", "committed"
	return used
}

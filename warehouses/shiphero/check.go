package shiphero

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/warehouses"
)

// Check asks for the first page. It has no snapshot made.
func (s *source) Check(ctx context.Context) (warehouses.Finding, error) {
	s = s.afresh(nil)
	turns := s.pace()
	began := s.Now()
	p, header, err := s.levels(ctx, turns, 1, variables{Warehouse: s.warehouse, Customer: s.customer, First: s.page}, nil)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding := warehouses.Found(p.rows)
	more := "there are no more"
	if p.more {
		more = "there are more"
	}
	finding.Notes = []string{
		fmt.Sprintf("the first page has %d products of warehouses; %s", p.count, more),
		fmt.Sprintf("at credits_per_second: %d a page like it is read every %s", s.perSecond, turns.next.Sub(began).Round(1e6)),
	}
	_, asOf, err := s.begin(sourceCursor{}, began, header)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding.Notes = append(finding.Notes, warehouses.CountsAsOf(asOf, warehouses.AsDated))
	if !s.byPages {
		finding.Notes = append(finding.Notes, "a full sync has ShipHero make a snapshot; that was not tried, because it leaves one behind")
	}
	if err := s.finish(p.seen); err != nil {
		finding.Notes = append(finding.Notes, err.Error())
	}
	return finding, nil
}

// used are the members of a product that are read, and what they are read as.
func (s *source) used() map[string]string {
	return map[string]string{
		"sku": "sku", "warehouse_id": "facility", "available": "available", "on_hand": "on_hand", "allocated": "committed", "id": "id",
		"account_id": "account",
	}
}

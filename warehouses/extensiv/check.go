package extensiv

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/warehouses"
)

// Check logs in and asks for the first page.
func (s *source) Check(ctx context.Context) (warehouses.Finding, error) {
	s = s.afresh(nil)
	requested := list{path: "/inventory/stocksummaries", query: s.summaries(nil)}
	if s.details {
		requested = s.detailsOf(s.numbers[0])
	}
	p, header, err := s.levels(ctx, requested, 1, nil)
	if err != nil {
		return warehouses.Finding{}, err
	}
	_, asOf, err := s.Begin(warehouses.DatedCursor{}, s.Now(), header, "Extensiv")
	if err != nil {
		return warehouses.Finding{}, err
	}
	notes := []string{fmt.Sprintf("the first page has %d rows of %d", p.count, p.total), warehouses.CountsAsOf(asOf, warehouses.AsDated)}
	rows := p.rows
	if s.details {
		l := &lots{facility: s.facilities[s.numbers[0]], sums: map[string]int{}}
		for _, row := range p.rows {
			l.add(row)
		}
		rows = l.levels()
		notes = append(notes,
			"a row is a sum of lots, made by Tidemark; here, of the lots on the first page",
			"a SKU without lots is not told of: set missing: zero on the warehouse, or it keeps its last figure when it sells out")
	}
	finding := warehouses.Found(rows)
	finding.Notes = notes
	if s.customer == 0 {
		finding.Notes = append(finding.Notes, "customer_id is not set: the stock of every customer that the credential may see is read")
	}
	w := walk{source: s, seen: p.seen}
	if err := w.finish(); err != nil {
		finding.Notes = append(finding.Notes, err.Error())
	}
	return finding, nil
}

// used are the members of a row that are read, and what they are read as.
func (s *source) used() map[string]string {
	used := map[string]string{
		"itemIdentifier": "item", "itemIdentifier.id": "id", "itemIdentifier.sku": "sku", "facilityId": "facility",
		"available": "available", "onHand": "on_hand", "allocated": "committed",
	}
	if s.form.byID {
		used["itemIdentifier.id"] = "sku"
		delete(used, "itemIdentifier.sku")
	}
	if s.form.append {
		used["qualifier"] = "sku"
	}
	if s.details {
		used["isOnHold"], used["quarantined"] = "hold", "hold"
	}
	return used
}

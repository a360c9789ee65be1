package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// tester tries stores and warehouses with the drivers of this program, as starter check does, in less time.
type tester struct{}

var _ control.Tester = tester{}

// What a test reads of a warehouse at most.
const (
	testedRows   = 10_000
	testedWithin = 8 * time.Second
)

func (tester) TestStore(ctx context.Context, store ledger.Store) (control.TestResult, error) {
	answer, err := checkStore(ctx, store)
	return control.TestResult{Account: answer.Account, Locations: answer.Locations, Notes: answer.Notes}, err
}

func (tester) TestWarehouse(ctx context.Context, warehouse ledger.Warehouse) (control.TestResult, error) {
	answer, err := checkWarehouse(ctx, warehouse, checkOptions{rows: testedRows, within: testedWithin})
	if err != nil {
		return control.TestResult{}, err
	}
	found := control.TestResult{Facilities: answer.Facilities, Notes: answer.Notes}
	if answer.Advice == nil {
		return found, nil
	}
	report := answer.Advice.Report
	if report.Failed != "" {
		return found, errors.New(report.Failed)
	}
	found.Read = fmt.Sprintf("%s looked at: %d read, %d refused", count(report.Rows, "row"), report.Read, report.Refused)
	if report.Limit != "" {
		found.Read += " (" + report.Limit + ")"
	}
	if suggested := len(answer.Advice.Suggestions); suggested > 0 {
		found.Notes = append(found.Notes, fmt.Sprintf("%s would read more of it: starter check %s --suggest", count(int64(suggested), "setting"), warehouse.ID))
	}
	return found, nil
}

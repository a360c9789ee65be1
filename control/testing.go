package control

import (
	"context"
	"errors"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// TestResult says whether a store or a warehouse can be used with its settings.
type TestResult struct {
	ID     string `json:"id"`
	Driver string `json:"driver"`
	// Failed is why it cannot be used, in words; empty where it can.
	Failed     string   `json:"failed,omitempty"`
	Account    string   `json:"account,omitempty"`
	Locations  []string `json:"locations,omitempty"`  // of a store
	Facilities []string `json:"facilities,omitempty"` // of a warehouse
	Notes      []string `json:"notes,omitempty"`
	// Read says in words how much of a warehouse was read, and what was refused.
	Read string `json:"read,omitempty"`
}

// Tester tries stores and warehouses through their drivers. It changes nothing and looks credentials up in its own process. Its error says what
// failed, and holds no credential.
type Tester interface {
	TestStore(ctx context.Context, store ledger.Store) (TestResult, error)
	TestWarehouse(ctx context.Context, warehouse ledger.Warehouse) (TestResult, error)
}

// UseTester sets the Tester of a control. Without one, stores and warehouses cannot be tried.
func (c *Control) UseTester(tester Tester) { c.tester = tester }

// testPatience is how long a store or a warehouse has to answer.
const testPatience = 15 * time.Second

func (c *Control) testStore(ctx context.Context, id string) (TestResult, error) {
	store, err := c.Store(ctx, id)
	if err != nil {
		return TestResult{ID: id}, err
	}
	return runTest(ctx, c.tester, TestResult{ID: id, Driver: store.Driver}, func(ctx context.Context, tester Tester) (TestResult, error) {
		return tester.TestStore(ctx, store)
	})
}

func (c *Control) testWarehouse(ctx context.Context, id string) (TestResult, error) {
	warehouse, err := c.warehouse(ctx, id)
	if err != nil {
		return TestResult{ID: id}, err
	}
	return runTest(ctx, c.tester, TestResult{ID: id, Driver: warehouse.Driver}, func(ctx context.Context, tester Tester) (TestResult, error) {
		return tester.TestWarehouse(ctx, warehouse)
	})
}

// runTest tries one. That it cannot be used is an answer, and no failure.
func runTest(ctx context.Context, tester Tester, result TestResult, try func(ctx context.Context, tester Tester) (TestResult, error)) (TestResult, error) {
	if tester == nil {
		return result, errors.New("this process has no drivers to try it with")
	}
	within, cancel := context.WithTimeout(ctx, testPatience)
	defer cancel()
	tested, err := try(within, tester)
	switch {
	case ctx.Err() != nil: // the client has gone
		return result, ctx.Err()
	case within.Err() != nil:
		result.Failed = "it did not answer within " + Span(testPatience)
		return result, nil
	case err != nil:
		result.Failed = brief(err)
		return result, nil
	}
	tested.ID, tested.Driver = result.ID, result.Driver
	return tested, nil
}

// testOutcome says what a test showed, for the activity log.
func testOutcome(result TestResult) string {
	if result.Failed != "" {
		return "cannot be used: " + result.Failed
	}
	return "can be used"
}

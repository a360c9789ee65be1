package control

import (
	"context"
	"errors"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Tested is what became of trying whether a store or a warehouse can be used as it is set.
type Tested struct {
	ID     string `json:"id"`
	Driver string `json:"driver"`
	// Failed is why it cannot be used, for people; empty where it can.
	Failed     string   `json:"failed,omitempty"`
	Account    string   `json:"account,omitempty"`
	Locations  []string `json:"locations,omitempty"`  // of a store
	Facilities []string `json:"facilities,omitempty"` // of a warehouse
	Notes      []string `json:"notes,omitempty"`
	// Read says in words how much of a warehouse was read, and what was refused.
	Read string `json:"read,omitempty"`
}

// Tester tries stores and warehouses through their drivers. It changes nothing, looks credentials up in its own process, and says what
// failed in the error, which holds no credential.
type Tester interface {
	TestStore(ctx context.Context, store ledger.Store) (Tested, error)
	TestWarehouse(ctx context.Context, warehouse ledger.Warehouse) (Tested, error)
}

// UseTester gives a control what it tries stores and warehouses with.
func (c *Control) UseTester(tester Tester) { c.tester = tester }

// testPatience is how long a partner has to answer.
const testPatience = 15 * time.Second

func (c *Control) testStore(ctx context.Context, id string) (Tested, error) {
	store, err := c.Store(ctx, id)
	if err != nil {
		return Tested{ID: id}, err
	}
	return tested(ctx, c.tester, Tested{ID: id, Driver: store.Driver}, func(ctx context.Context, tester Tester) (Tested, error) { return tester.TestStore(ctx, store) })
}

func (c *Control) testWarehouse(ctx context.Context, id string) (Tested, error) {
	warehouse, err := c.warehouse(ctx, id)
	if err != nil {
		return Tested{ID: id}, err
	}
	return tested(ctx, c.tester, Tested{ID: id, Driver: warehouse.Driver}, func(ctx context.Context, tester Tester) (Tested, error) { return tester.TestWarehouse(ctx, warehouse) })
}

// tested tries one. That it cannot be used is an answer, and no failure.
func tested(ctx context.Context, tester Tester, one Tested, try func(ctx context.Context, tester Tester) (Tested, error)) (Tested, error) {
	if tester == nil {
		return one, errors.New("this process has no drivers to try it with")
	}
	within, cancel := context.WithTimeout(ctx, testPatience)
	defer cancel()
	tested, err := try(within, tester)
	switch {
	case ctx.Err() != nil: // who asked has gone
		return one, ctx.Err()
	case within.Err() != nil:
		one.Failed = "it did not answer within " + Span(testPatience)
		return one, nil
	case err != nil:
		one.Failed = brief(err)
		return one, nil
	}
	tested.ID, tested.Driver = one.ID, one.Driver
	return tested, nil
}

// testedAfter says what a test showed, for the log of acts.
func testedAfter(found Tested) string {
	if found.Failed != "" {
		return "cannot be used: " + found.Failed
	}
	return "can be used"
}

package activities

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Resolve turns recorded levels into channel levels, which are the figures that a store should show.
type Resolve struct {
	Ledger     ResolveLedger
	Executions Executions
	Now        func() time.Time
}

// productsPerPage is how many products are held in memory at once.
const productsPerPage = 2000

// Resolve computes the channel levels of every affected product, page by page, and moves the connection's cursor after the last page. It may
// stop at any time: written pages stay written, and the cursor has not moved.
func (r *Resolve) Resolve(ctx context.Context, input ResolveInput) (ResolveResult, error) {
	resolved, stop := heartbeat(ctx)
	defer stop()
	result, err := r.resolve(ctx, input, resolved)
	return result, convert("resolving", err, r.Now())
}

func (r *Resolve) resolve(ctx context.Context, input ResolveInput, resolved *atomic.Int64) (ResolveResult, error) {
	plan, err := r.Ledger.Plan(ctx, input.Connection, input.Mode)
	if err != nil {
		return ResolveResult{}, err
	}
	var result ResolveResult
	preview := newPreview()
	for _, scope := range scopes(input) {
		err := r.pages(ctx, plan, scope, input.Named, func(page []ledger.Resolution) error {
			for _, resolution := range page {
				result.Resolved += int64(len(resolution.Levels))
			}
			resolved.Store(result.Resolved)
			if input.DryRun {
				return preview.add(ctx, r.Ledger, input.Connection, page)
			}
			if _, err := r.Ledger.Resolve(ctx, input.Lease, plan, page, r.Now()); err != nil {
				return err
			}
			crash.At(crash.PageResolved)
			return nil
		})
		if err != nil {
			return ResolveResult{}, err
		}
	}
	kept, err := r.Ledger.Kept(ctx, input.Connection, input.Scope)
	if err != nil {
		return ResolveResult{}, err
	}
	result.Rejected = kept.Words()
	if input.DryRun {
		if err := r.Ledger.EndStage(ctx, input.Lease.Run, ledger.StageResolve, "", ledger.Counts{Resolved: result.Resolved}, r.Now()); err != nil {
			return ResolveResult{}, err
		}
		return preview.result(ctx, r.Ledger, input, result, r.Now())
	}
	if len(input.Scope) == 0 {
		if err := r.Ledger.AdvanceCursor(ctx, input.Lease, plan); err != nil {
			return ResolveResult{}, err
		}
		crash.At(crash.CursorMoved)
	}
	return r.guard(ctx, input, plan, result)
}

// scopes returns the scopes to resolve, in order. In an unscoped run, the SKUs that somebody named are resolved before everything else.
func scopes(input ResolveInput) [][]string {
	if len(input.Scope) == 0 && len(input.Named) > 0 {
		return [][]string{input.Named, nil}
	}
	return [][]string{input.Scope}
}

// pages resolves the affected products of a scope, page by page.
func (r *Resolve) pages(ctx context.Context, plan ledger.Plan, scope, named []string, each func([]ledger.Resolution) error) error {
	names := make(map[string]bool, len(named))
	for _, sku := range named {
		names[sku] = true
	}
	for after, more := "", true; more; {
		affected, err := r.Ledger.Affected(ctx, plan, scope, after, productsPerPage)
		if err != nil || len(affected) == 0 {
			return err
		}
		after, more = affected[len(affected)-1].Product, len(affected) == productsPerPage
		page, err := resolvePage(ctx, r.Ledger, plan, affected, names)
		if err != nil {
			return err
		}
		if len(scope) == 0 { // the named products were resolved before
			page = slices.DeleteFunc(page, func(resolution ledger.Resolution) bool { return resolution.Named })
		}
		if err := each(page); err != nil {
			return err
		}
	}
	return nil
}

// resolvePage resolves a page of products.
func resolvePage(ctx context.Context, state inputs, plan ledger.Plan, affected []ledger.Affected, named map[string]bool) ([]ledger.Resolution, error) {
	products := make([]string, len(affected))
	for i, product := range affected {
		products[i] = product.Product
	}
	inputs, err := state.Inputs(ctx, plan, products)
	if err != nil {
		return nil, err
	}
	page := make([]ledger.Resolution, len(affected))
	for i, product := range affected {
		product.Named = inputs[i].Names(named)
		page[i] = ledger.Resolution{Affected: product, Levels: inventory.Resolve(inputs[i])}
	}
	return page, nil
}

// guard counts the rows to push, and holds a push that would take too many rows to 0 within a day.
func (r *Resolve) guard(ctx context.Context, input ResolveInput, plan ledger.Plan, result ResolveResult) (ResolveResult, error) {
	due, err := r.Ledger.Due(ctx, input.Connection, input.Scope)
	if err != nil {
		return ResolveResult{}, err
	}
	warehouse, err := r.Ledger.Warehouse(ctx, plan.Connection.Warehouse)
	if err != nil {
		return ResolveResult{}, err
	}
	going := due.Zeroing + due.Open
	var before ledger.Zeroed
	if going > 0 {
		if len(input.Scope) > 0 {
			// The rows of a scope that go to 0 are compared with all live rows of the connection.
			unscoped, err := r.Ledger.Due(ctx, input.Connection, nil)
			if err != nil {
				return ResolveResult{}, err
			}
			due.Live = unscoped.Live
		}
		if before, err = r.Ledger.Zeroed(ctx, input.Connection, r.Now().Add(-zeroingWindow)); err != nil {
			return ResolveResult{}, err
		}
	}
	result.Due, result.Open, result.Live, result.Zeroing = due.Rows+due.InCalls, due.InCalls, due.Live, going
	counts := ledger.Counts{Resolved: result.Resolved, Due: result.Due}
	if err := r.Ledger.EndStage(ctx, input.Lease.Run, ledger.StageResolve, ledger.PhasePushing, counts, r.Now()); err != nil {
		return ResolveResult{}, err
	}
	switch decideZeroing(zeroing{
		base: due.Live + before.All, going: going, before: before.Rows, maximum: warehouse.Guard.MaximumZeroed,
		single: len(input.Scope) == 1, approved: input.Approved, approvedRows: input.ApprovedZeroing,
	}) {
	case zeroingHeld:
		result.Held = zeroingReason(due.Live, going, before, warehouse.Guard.MaximumZeroed)
	case zeroingApproved:
		return result, r.Ledger.ApproveZeroing(ctx, input.Lease)
	case zeroingPasses:
		return result, r.dissolve(ctx, input)
	}
	return result, nil
}

// dissolve ends the wait of the connection's held pushes, after the guard has let an unscoped run pass. A run with a scope tells nothing about
// the other SKUs.
func (r *Resolve) dissolve(ctx context.Context, input ResolveInput) error {
	if len(input.Scope) > 0 {
		return nil
	}
	dissolved, err := r.Ledger.DissolveZeroing(ctx, input.Lease, r.Now())
	signalDissolved(ctx, r.Executions, dissolved)
	return err
}

package control

import (
	"context"
	"errors"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// Snapshot is the last snapshot of a warehouse that was recorded or held, with refused rows of it.
type Snapshot struct {
	ledger.SnapshotEntry
	Refusals []Refusal `json:"refusals"`
}

// Refusal is a row that was not believed; the level that it names kept its figure.
type Refusal struct {
	SKU      string `json:"sku,omitempty"`
	Facility string `json:"facility,omitempty"`
	Place    string `json:"place,omitempty"` // file and line, or the item of an answer
	Reason   string `json:"reason"`
}

// Snapshot shows the last snapshot of a warehouse, with at most limit refused rows.
func (c *Control) Snapshot(ctx context.Context, warehouse string, limit int) (Snapshot, error) {
	if _, err := c.Ledger.Warehouse(ctx, warehouse); errors.Is(err, ledger.ErrNotFound) {
		return Snapshot{}, c.unknownWarehouse(ctx, warehouse)
	} else if err != nil {
		return Snapshot{}, err
	}
	entry, err := c.Ledger.LastSnapshot(ctx, warehouse)
	if errors.Is(err, ledger.ErrNotFound) {
		return Snapshot{}, usage("warehouse %s has not been read yet, and has sent no snapshot; starter sync asks it", warehouse)
	} else if err != nil {
		return Snapshot{}, err
	}
	shown := Snapshot{SnapshotEntry: entry, Refusals: []Refusal{}}
	refused, err := c.Ledger.Refusals(ctx, warehouse, limit)
	for _, one := range refused {
		shown.Refusals = append(shown.Refusals, Refusal{SKU: one.SKU, Facility: one.Facility, Place: one.Place, Reason: one.Reason})
	}
	return shown, err
}

// unknownWarehouse is the error for a warehouse that is not configured.
func (c *Control) unknownWarehouse(ctx context.Context, id string) error {
	warehouses, err := c.Ledger.Warehouses(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, one := range warehouses {
		ids = append(ids, one.ID)
	}
	if len(ids) == 0 {
		return usage("there is no warehouse %q, and no other; apply a configuration first (starter apply FILE)", id)
	}
	return usage("there is no warehouse %q; there are %s", id, strings.Join(ids, ", "))
}

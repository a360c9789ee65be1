package control

import (
	"context"
	"errors"

	"github.com/tidemark/tidemark/ledger"
)

// Snapshot is the last snapshot of a warehouse that was recorded or held, with some of its refused rows.
type Snapshot struct {
	ledger.SnapshotEntry
	Refusals []Refusal `json:"refusals"`
}

// Refusal is a row that was refused; the level that it names kept its figure.
type Refusal struct {
	SKU      string `json:"sku,omitempty"`
	Facility string `json:"facility,omitempty"`
	Place    string `json:"place,omitempty"` // file and line, or the item of a response
	Reason   string `json:"reason"`
}

// Snapshot shows the last snapshot of a warehouse, with at most limit refused rows.
func (c *Control) Snapshot(ctx context.Context, warehouse string, limit int) (Snapshot, error) {
	if _, err := c.warehouse(ctx, warehouse); err != nil {
		return Snapshot{}, err
	}
	shown, err := c.lastSnapshot(ctx, warehouse, limit)
	if errors.Is(err, ledger.ErrNotFound) {
		err = absentf("warehouse %s has not been read yet, and has sent no snapshot; starter sync asks it", warehouse)
	}
	return shown, err
}

// lastSnapshot is the last snapshot of a warehouse, with at most limit refused rows; ledger.ErrNotFound when there is none.
func (c *Control) lastSnapshot(ctx context.Context, warehouse string, limit int) (Snapshot, error) {
	entry, err := c.state.LastSnapshot(ctx, warehouse)
	if err != nil {
		return Snapshot{}, err
	}
	shown := Snapshot{SnapshotEntry: entry, Refusals: []Refusal{}}
	refused, err := c.state.Refusals(ctx, warehouse, limit)
	for _, refusal := range refused {
		shown.Refusals = append(shown.Refusals, Refusal{SKU: refusal.SKU, Facility: refusal.Facility, Place: refusal.Place, Reason: refusal.Reason})
	}
	return shown, err
}

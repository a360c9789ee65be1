package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// Relearn has a store's items looked up anew and their figures pushed again: those of some channel SKUs, or of all when none is named.
func (c *Control) Relearn(ctx context.Context, store string, channelSKUs []string) (ledger.Relearned, error) {
	done, err := c.Ledger.Relearn(ctx, store, channelSKUs)
	var busy *ledger.BusyError
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return done, c.unknownStore(ctx, store)
	case errors.As(err, &busy):
		return done, fmt.Errorf("nothing was changed: store %s is in use by %s (run %d); do it again when that is over", store, busy.Holder.Workflow, busy.Holder.Run)
	case err == nil && len(channelSKUs) > 0 && done == (ledger.Relearned{}):
		return done, usage("no connection of store %s pushes %s; starter levels channel CONNECTION lists its SKUs", store, strings.Join(channelSKUs, ", "))
	}
	return done, err
}

// unknownStore is the error for a store that is not configured.
func (c *Control) unknownStore(ctx context.Context, id string) error {
	stores, err := c.Ledger.Stores(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, one := range stores {
		ids = append(ids, one.ID)
	}
	if len(ids) == 0 {
		return usage("there is no store %q, and no other; apply a configuration first (starter apply FILE)", id)
	}
	return usage("there is no store %q; there are %s", id, strings.Join(ids, ", "))
}

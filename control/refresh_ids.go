package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// refreshIDs forgets a store's ids; see RefreshIDs.
func (c *Control) refreshIDs(ctx context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error) {
	done, err := c.state.RefreshIDs(ctx, store, channelSKUs)
	var busy *ledger.BusyError
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		_, err := c.Store(ctx, store)
		return done, err
	case errors.As(err, &busy):
		return done, fmt.Errorf("nothing was changed: store %s is in use by %s (run %d); do it again when that is over", store, busy.Holder.Workflow, busy.Holder.Run)
	case err == nil && len(channelSKUs) > 0 && done == (ledger.RefreshedIDs{}):
		return done, usage("no connection of store %s pushes %s; starter levels channel CONNECTION lists its SKUs", store, strings.Join(channelSKUs, ", "))
	}
	return done, err
}

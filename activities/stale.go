package activities

import "context"

// stale counts the levels of a connection's warehouse whose last row was refused.
func (f *Fetch) stale(ctx context.Context, id string) (int64, error) {
	connection, err := f.Ledger.Connection(ctx, id)
	if err != nil {
		return 0, err
	}
	found, err := f.Ledger.CountStale(ctx, connection.Warehouse)
	return found.Levels, err
}

package shiphero

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// OpenAt opens a source with a clock of the test.
func OpenAt(id string, values settings.Values, environment settings.Environment, now func() time.Time, wait func(context.Context, time.Duration) error) (warehouses.Source, error) {
	made, err := newSource(id, values, environment)
	if err != nil {
		return nil, err
	}
	made.Now, made.Wait = now, wait
	return made, nil
}

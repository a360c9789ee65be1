package shiphero

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// OpenAt opens a source with a clock of the test.
func OpenAt(id string, values settings.Values, environment settings.Environment, now func() time.Time,
	wait func(context.Context, time.Duration) error,
) (warehouses.Source, error) {
	opened, err := Driver().Open(id, values, environment)
	if err != nil {
		return nil, err
	}
	made := opened.(*source)
	made.Now, made.Wait = now, wait
	return made, nil
}

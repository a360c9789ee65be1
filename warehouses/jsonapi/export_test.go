package jsonapi

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// OpenAt opens a source that waits in the way of the test.
func OpenAt(id string, values settings.Values, environment settings.Environment, wait func(context.Context, time.Duration) error) (warehouses.Source, error) {
	made, err := newSource(id, values, environment)
	if err != nil {
		return nil, err
	}
	made.Wait = wait
	return made, nil
}

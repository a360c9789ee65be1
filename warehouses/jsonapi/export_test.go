package jsonapi

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// OpenAt opens a source that waits in the way of the test.
func OpenAt(id string, values settings.Values, environment settings.Environment, wait func(context.Context, time.Duration) error) (warehouses.Source, error) {
	opened, err := Driver().Open(id, values, environment)
	if err != nil {
		return nil, err
	}
	made := opened.(*source)
	made.Wait = wait
	return made, nil
}

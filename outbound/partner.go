package outbound

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// Partner is a store or a warehouse with an HTTP API, as the settings of its driver describe it. Drivers embed it.
type Partner struct {
	ID       string // in the configuration
	Endpoint string // the setting of that name; empty where the driver has none
	Client   *Client
	Now      func() time.Time
}

// NewPartner checks settings and returns them with their defaults, and a Client within their Reach. A call takes at most the setting
// timeout; bytes is the most that is read of a response, 0 the default. It makes no call. Its error says what to correct.
func NewPartner(spec settings.Spec, id string, given settings.Values, environment settings.Environment, bytes int64) (Partner, settings.Values, error) {
	values, problems := spec.Check(given)
	if len(problems) > 0 {
		return Partner{}, nil, errors.New(problems[0].Message)
	}
	limits := Limits{Timeout: values.Duration("timeout"), Bytes: bytes, Reach: ReachOf(spec, values, environment)}
	return Partner{ID: id, Endpoint: values.Text("endpoint"), Client: NewClient(limits), Now: environment.Clock()}, values, nil
}

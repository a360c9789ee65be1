package activities

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// Stores keeps, for each store that this worker is pushing to, the open driver with its tokens, and the pace. Both belong to one lease. The run
// that takes the store next goes on from the pace in the ledger, and opens the driver again, with the settings and credentials of that time.
type Stores struct {
	mutex sync.Mutex
	held  map[string]held
}

type held struct {
	lease    ledger.Lease
	settings string
	channel  channels.Channel
	meters   *channels.Meters
}

// NewStores returns an empty set.
func NewStores() *Stores { return &Stores{held: map[string]held{}} }

// open returns the driver and the pace for a lease. picture is the latest known state of the store's budget. When it is newer than this worker's
// own, another worker has pushed meanwhile. A fault in the driver's settings ends the run, because a person must correct it.
func (s *Stores) open(drivers map[string]channels.Driver, lease ledger.Lease, store ledger.Store, environment settings.Environment,
	picture channels.Picture,
) (channels.Channel, *channels.Meters, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	canonical := store.Driver + store.Settings.Canonical()
	kept, ok := s.held[store.ID]
	valid := ok && kept.lease == lease && kept.settings == canonical && picture.Number <= kept.meters.Number()
	if valid && kept.channel != nil {
		return kept.channel, kept.meters, nil
	}
	channel, err := openChannel(drivers, store, environment)
	if err != nil {
		return nil, nil, err
	}
	if !valid {
		picture = ofStore(picture, store)
		budget := channels.PaceBudget{Share: store.Budget.Share, DailyCalls: store.Budget.DailyCalls}
		if quiet := store.Budget.QuietHours; quiet != nil {
			budget.QuietHours = &channels.QuietHours{From: quiet.From, To: quiet.To, Timezone: quiet.Timezone}
		}
		kept = held{lease: lease, settings: canonical, meters: channels.NewMeters(channel, budget, picture)}
	}
	kept.channel = channel
	s.held[store.ID] = kept
	return channel, kept.meters, nil
}

// ofStore returns the picture, or an empty one if it was made with other settings of the store.
func ofStore(picture channels.Picture, store ledger.Store) channels.Picture {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, store.Driver, store.Settings.Canonical(), store.Budget.Share)
	if of := strconv.FormatUint(sum.Sum64(), 36); picture.Of != of {
		return channels.Picture{Of: of, Number: picture.Number}
	}
	return picture
}

// close drops the driver of a store, and keeps its pace.
func (s *Stores) close(store string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if held, ok := s.held[store]; ok {
		held.channel = nil
		s.held[store] = held
	}
}

// openChannel opens a store's driver.
func openChannel(drivers channels.Drivers, store ledger.Store, environment settings.Environment) (channels.Channel, error) {
	channel, err := drivers.Open(store.Driver, store.ID, store.Settings, environment)
	switch {
	case errors.Is(err, channels.ErrNoDriver):
		return nil, askPerson(ErrorNotConfigured, fmt.Sprintf("store %s: this worker has no driver %q", store.ID, store.Driver), nil)
	case err != nil:
		return nil, askPerson(ErrorCredentials, fmt.Sprintf("store %s: %v", store.ID, err), err)
	}
	return channel, nil
}

// throttles is true for an error by which a store asks to slow down.
func throttles(failed error) bool {
	var refusal *channels.Error
	return errors.As(failed, &refusal) && refusal.Next == channels.Wait
}

// count reports one call to the metrics.
func count(ctx context.Context, store ledger.Store, reply channels.Reply, failed error, took time.Duration) {
	metrics := activity.GetMetricsHandler(ctx).WithTags(map[string]string{"store": store.ID, "driver": store.Driver})
	result := "ok"
	switch {
	case throttles(failed):
		result = "throttled"
	case failed != nil:
		result = "failed"
	case reply.Refused:
		result = "refused"
	}
	metrics.WithTags(map[string]string{"result": result}).Counter("tidemark_store_calls").Inc(1)
	metrics.Timer("tidemark_store_call_latency").Record(took)
	for _, item := range reply.Items {
		if item.Verdict == channels.Applied {
			metrics.Counter("tidemark_levels_exported").Inc(1)
		} else if item.Verdict == channels.Rejected {
			metrics.Counter("tidemark_levels_rejected").Inc(1)
		}
	}
}

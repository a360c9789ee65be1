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

// Stores keeps, for each store that this worker is pushing to, the open driver with the tokens it was given, and the pace. Both
// belong to one holding of the store: whoever takes the store next goes on from what the ledger has of its pace, and opens the driver
// anew, with what the settings and credentials are then.
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

// open returns the driver and the pace of a holding. A picture that is newer than this worker's is another's, who held the store meanwhile.
// What is wrong with the driver's settings is for a person.
func (s *Stores) open(drivers map[string]channels.Driver, lease ledger.Lease, store ledger.Store, environment settings.Environment,
	picture channels.Picture,
) (channels.Channel, *channels.Meters, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	canonical := store.Driver + store.Settings.Canonical()
	kept, ok := s.held[store.ID]
	mine := ok && kept.lease == lease && kept.settings == canonical && picture.Number <= kept.meters.Number()
	if mine && kept.channel != nil {
		return kept.channel, kept.meters, nil
	}
	channel, err := openChannel(drivers, store, environment)
	if err != nil {
		return nil, nil, err
	}
	if !mine {
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

// ofStore is a picture, or one that knows nothing when the store was set otherwise when it was made.
func ofStore(picture channels.Picture, store ledger.Store) channels.Picture {
	sum := fnv.New64a()
	_, _ = fmt.Fprint(sum, store.Driver, store.Settings.Canonical(), store.Budget.Share)
	if of := strconv.FormatUint(sum.Sum64(), 36); picture.Of != of {
		return channels.Picture{Of: of, Number: picture.Number}
	}
	return picture
}

// close forgets the driver of a store, but not the pace.
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

// throttles is true for what a store answers that it is called too fast.
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

package bench

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// batch is how many items a call to the store takes.
const batch = 250

// till is a store that answers at once and takes everything.
type till struct{ calls atomic.Int64 }

func (s *till) driver() channels.Driver {
	return channels.Driver{
		Spec: settings.Spec{Driver: "till"},
		Open: func(string, settings.Values, settings.Environment) (channels.Channel, error) { return s, nil },
	}
}

func (s *till) Limits() channels.Limits {
	return channels.Limits{Batch: batch, Rate: 1e9, Burst: 1e9, Timeout: time.Minute}
}

func (s *till) Encode(items []channels.Item, _ string) ([]byte, error) { return json.Marshal(items) }

func (s *till) Send(_ context.Context, call channels.Call) (channels.Reply, error) {
	s.calls.Add(1)
	reply := channels.Reply{Items: make([]channels.ItemReply, len(call.Items))}
	for i := range reply.Items {
		reply.Items[i].Verdict = channels.Applied
	}
	return reply, nil
}

func (s *till) Check(context.Context) (channels.Finding, error) { return channels.Finding{}, nil }

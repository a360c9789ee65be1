package push

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// A worker was lost with its call, and the call is sent again. As long as the lost worker's copy may still arrive, only what the store took is
// believed: a row that became free would go out with a newer figure, and the copy would overwrite it.
func TestWhatIsSentAgainWhileACopyMayArrive(t *testing.T) {
	t.Parallel()
	const exported, unknown = ledger.StatusExported, ledger.StatusUnknown
	applied := channels.ItemReply{Verdict: channels.Applied}
	over := noon.Add(30 * time.Second) // when the copy has certainly arrived, or never will
	for name, row := range map[string]struct {
		reply  channels.Reply
		failed error
		early  []ledger.Status // while the copy may arrive
		late   []ledger.Status // afterwards; none: the call is given up
	}{
		"all taken": {channels.Reply{Items: []channels.ItemReply{applied, applied}}, nil, []ledger.Status{exported, exported}, []ledger.Status{exported, exported}},
		"one rejected": {
			channels.Reply{Items: []channels.ItemReply{applied, {Verdict: channels.Rejected, Reason: "no"}}},
			nil,
			[]ledger.Status{exported, unknown},
			[]ledger.Status{exported, ledger.StatusRejected},
		},
		"one not applied": {
			channels.Reply{Items: []channels.ItemReply{{Verdict: channels.NotApplied, Reason: "busy"}, applied}},
			nil,
			[]ledger.Status{unknown, exported},
			[]ledger.Status{ledger.StatusRetrying, exported},
		},
		"refused": {
			channels.Reply{Refused: true, Items: make([]channels.ItemReply, 2)},
			nil,
			[]ledger.Status{unknown, unknown},
			[]ledger.Status{ledger.StatusPending, ledger.StatusPending},
		},
		"too large": {
			channels.Reply{},
			&channels.Error{Next: channels.Smaller, Reason: "too large"},
			[]ledger.Status{unknown, unknown},
			[]ledger.Status{ledger.StatusPending, ledger.StatusPending},
		},
		"the key is not known": {channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "no such key"}, []ledger.Status{unknown, unknown}, nil},
		"no answer": {
			channels.Reply{},
			&channels.Error{Next: channels.Resend, Reason: "timed out"},
			[]ledger.Status{unknown, unknown},
			[]ledger.Status{unknown, unknown},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for at, want := range map[time.Time][]ledger.Status{noon: row.early, over: row.late} {
				m := machine(channels.Limits{Batch: 2, Calls: 2, KeyLifetime: time.Hour}, due("A", "B")...)
				intent := ledger.Intent{Key: "k", Items: due("A", "B"), Now: noon.Add(-time.Second), Deadline: over}
				number := m.Began(Step{Kind: Resend}, ledger.OpenCall{Intent: intent, Sends: 1})
				effects := m.Answered(number, row.reply, row.failed, at)
				require.NoError(t, effects.Fail)
				if want == nil {
					require.NotNil(t, effects.Abandon)
					continue
				}
				require.Nil(t, effects.Abandon)
				var statuses []ledger.Status
				for _, item := range effects.Response.Items {
					statuses = append(statuses, item.Status)
				}
				require.Equal(t, want, statuses)
				if at.Equal(noon) && slices.Contains(want, unknown) {
					require.Empty(t, m.parts, "nothing of it is composed again")
					require.Equal(t, over, effects.Response.PollAfter, "then it is sent again")
				}
			}
		})
	}

	// One that somebody saw end has no copy.
	m := machine(channels.Limits{Batch: 2, Calls: 2, KeyLifetime: time.Hour}, due("A", "B")...)
	call := ledger.OpenCall{Intent: ledger.Intent{Key: "k", Items: due("A", "B"), Deadline: over}, Sends: 1, PollAfter: noon.Add(-time.Second)}
	require.NotNil(t, m.Answered(m.Began(Step{Kind: Resend}, call), channels.Reply{}, &channels.Error{Next: channels.Anew}, noon).Abandon)
}

package channeltest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

// One item's answer is that item's: whatever a store says of an item, and wherever in a call it stands, the others go on.

// ofItems are statuses with which a store refuses one item for good.
var ofItems = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity}

// words are what a store says of an item that it refuses.
const words = "This one is not yours to edit"

// passingWords are what stores say of an item when their database has an error for a moment.
var passingWords = []string{
	"SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction",
	"SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction",
	"SQLSTATE[HY000]: General error: 2006 MySQL server has gone away",
	"SQLSTATE[HY000] [2002] Connection refused",
	"ERROR: deadlock detected",
	"canceling statement due to lock timeout",
	"could not serialize access due to concurrent update",
	"server closed the connection unexpectedly",
	"SQLITE_BUSY: database is locked",
	"sorry, too many clients already",
}

// reported is what became of a call in which items are refused: a reply, or an error for the whole.
type reported struct {
	reply channels.Reply
	err   *channels.Error
}

// asks sends a call and polls until nothing is open.
func asks(t *testing.T, channel channels.Channel, once channels.Call) reported {
	t.Helper()
	reply, err := channel.Send(t.Context(), once)
	if err != nil {
		return reported{err: judged(t, reply, err)}
	}
	require.Len(t, reply.Items, len(once.Items))
	reply = pollThrough(t, channel, once, reply)
	if reply.Refused {
		require.NotEmpty(t, reply.Reason)
	}
	return reported{reply: reply}
}

// keys are of one test each.
func keyed(key string, about ...any) string {
	return key + strings.NewReplacer(" ", "-", "[", "", "]", "").Replace(fmt.Sprint(about...))
}

// requireRefused checks that an item was refused in the store's words, or that its ids are to be refreshed.
func requireRefused(t *testing.T, item channels.ItemReply) {
	t.Helper()
	if item.Lost {
		require.Equal(t, channels.NotApplied, item.Verdict)
		return
	}
	require.Equal(t, channels.Rejected, item.Verdict, "%+v", item)
	require.Contains(t, item.Reason, words, "it is parked with the store's words")
}

// closedItem: an item that a store refuses is parked with the store's words, wherever it stands in a call, and the others are taken; where
// a store takes all or nothing, it names the item, or says why and leaves it to be found by halving.
func (s suite) closedItem(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	for i, status := range ofItems {
		for at := range items {
			items = with(items, int64(100+30*i+10*at))
			store.Close(items[at].ChannelSKU, Closing{Status: status, Words: words})
			once := call(t, channel, keyed("key-", status, at), items...)
			got := asks(t, channel, once)
			if len(items) == 1 { // only one can be meant, or the credential
				got.requireClosed(t, status)
				store.Reopen()
				continue
			}
			require.Nil(t, got.err, "%d at %d: %v", status, at, got.err)
			rest := slices.Delete(verdicts(got.reply), at, at+1)
			switch {
			case s.subject.Shape == AllOrNothing && got.reply.Refused:
				require.Contains(t, got.reply.Reason, words, "what the halves say at last is in the store's words")
				require.Greater(t, len(items), 1)
			case s.subject.Shape == AllOrNothing:
				requireRefused(t, got.reply.Items[at])
				require.Equal(t, every(len(rest), channels.NotApplied), rest)
			default:
				requireRefused(t, got.reply.Items[at])
				require.Equal(t, every(len(rest), channels.Applied), rest, "%d at %d", status, at)
				requireShown(t, store, slices.Delete(slices.Clone(items), at, at+1)...)
			}
			store.Reopen()
		}
	}
	reply := sendThrough(t, channel, call(t, channel, "key-again", with(items, 7)...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply), "nothing was remembered")
}

// closedAlone: the response to a call for one item may be about the credential or about the item, and a driver cannot know. What may be about
// the credential is left to be found out, with the store's words for the item; what cannot, parks it.
func (s suite) closedAlone(t *testing.T, store Store) {
	channel := open(t, store)
	item := s.items(t, store, channel)[0]
	for _, status := range ofItems {
		store.Close(item.ChannelSKU, Closing{Status: status, Words: words, Whole: true})
		asks(t, channel, call(t, channel, keyed("key-", status), item)).requireClosed(t, status)
		store.Reopen()
	}
	reply := sendThrough(t, channel, call(t, channel, "key-again", item))
	require.Equal(t, every(1, channels.Applied), verdicts(reply), "nothing was remembered")
}

// requireClosed checks what became of a call for one item that was answered with a status.
func (got reported) requireClosed(t *testing.T, status int) {
	t.Helper()
	switch {
	case got.err != nil:
		require.Equal(t, channels.AskPerson, got.err.Next, "%d: %v", status, got.err)
		require.Equal(t, status, got.err.Status)
		require.Contains(t, got.err.OfItem(), words, "%d: it is parked with the store's words", status)
		require.NotContains(t, got.err.Error(), words, "the run's error says what to do about the credential")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		require.Fail(t, "it may be about the credential", "%d: %+v", status, got.reply)
	case got.reply.Refused:
		require.Contains(t, got.reply.Reason, words)
	default:
		requireRefused(t, got.reply.Items[0])
	}
}

// closedAmong: the response to a call for several may be about one of them, or about the credential, and a driver cannot know. It is left to be
// found out by halving, with the store's words for the item that is left.
func (s suite) closedAmong(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	if len(items) == 1 {
		return // closedAlone
	}
	for _, status := range ofItems {
		for at := range items {
			store.Close(items[at].ChannelSKU, Closing{Status: status, Words: words, Whole: true})
			got := asks(t, channel, call(t, channel, keyed("key-", status, at), items...))
			store.Reopen()
			switch {
			case got.err != nil:
				got.requireClosed(t, status)
			case got.reply.Refused:
				require.Contains(t, got.reply.Reason, words)
			default:
				for i, item := range got.reply.Items {
					if item.Verdict == channels.Rejected { // the call itself names no item, and its report says more
						require.Equal(t, at, i, "%d: %+v", status, item)
						requireRefused(t, item)
					}
				}
			}
		}
	}
	reply := sendThrough(t, channel, call(t, channel, "key-again", with(items, 7)...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply), "nothing was remembered")
}

// closedLookUp: what may be about the credential is left to be found out, with the store's words for the item. What a look-up of one item
// says of that item parks it.
func (s suite) closedLookUp(t *testing.T, store Store) {
	channel := open(t, store)
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	items := s.listed(t, store, min(3, channel.Limits().Find))
	for _, status := range ofItems {
		for at := range items {
			store.Close(items[at].ChannelSKU, Closing{Status: status, Words: words, Reads: true})
			matches, _, err := finder.Find(t.Context(), items)
			store.Reopen()
			if err == nil {
				require.Len(t, items, 1, "%d: nothing says which item is meant: %+v", status, matches)
				require.Contains(t, matches[0].Missing+matches[0].Blocked, words)
				require.False(t, status == http.StatusUnauthorized || status == http.StatusForbidden, "it may be about the credential")
				continue
			}
			reported{err: judged(t, channels.Reply{}, err)}.requireClosed(t, status)
		}
	}
	for _, item := range lookedUp(t, channel, items) {
		require.NotEmpty(t, item.Reference, "nothing was remembered")
	}
}

// closedCheck: a check says whether the credential works, whatever the store says of the items that it meets.
func (s suite) closedCheck(t *testing.T, store Store) {
	channel := open(t, store)
	for _, status := range ofItems {
		for _, item := range s.items(t, store, channel) {
			store.Close(item.ChannelSKU, Closing{Status: status, Words: words, Reads: true})
		}
		_, err := channel.Check(t.Context())
		require.NoError(t, err)
		store.Reopen()
	}
}

// closedReport: a store that took a figure may refuse to say what became of it. Where the question is about the one item, it parks that.
func (s suite) closedReport(t *testing.T, store Store) {
	channel := open(t, store)
	poller, ok := channels.AsPoller(channel)
	require.True(t, ok)
	item := s.items(t, store, channel)[0]
	for _, status := range ofItems {
		once := call(t, channel, keyed("key-", status), item)
		reply := send(t, channel, once)
		store.Close(item.ChannelSKU, Closing{Status: status, Words: words, Reads: true})
		got := reported{reply: reply}
		for got.err == nil && got.reply.Ticket != "" {
			report, err := poller.Poll(t.Context(), got.reply.Ticket, once.Items)
			if got.reply = report; err != nil {
				got.err = judged(t, report, err)
			}
		}
		store.Reopen()
		if got.err != nil || got.reply.Items[0].Verdict != channels.Applied { // else its questions name no item
			got.requireClosed(t, status)
		}
	}
}

// closedWhole: a call for several items that is refused as a whole for the credential is the store's trouble, not that of its items.
func (s suite) closedWhole(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	for _, fault := range []Fault{Unauthorized, Forbidden} { // also where the first is answered by a new token
		once := call(t, channel, keyed("key-", fault), items...)
		store.Provoke(t, fault)
		got := asks(t, channel, once)
		require.NotNil(t, got.err, "%s: %v", fault, got.reply)
		require.Equal(t, channels.AskPerson, got.err.Next, got.err.Error())
		store.Provoke(t, None)
	}
}

// serverErrorOnItem: an item on which a store has a server error or throttles is not refused, and the others are taken.
func (s suite) serverErrorOnItem(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	for _, status := range []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		items = with(items, int64(status))
		store.Close(items[0].ChannelSKU, Closing{Status: status, Words: words})
		s.requirePasses(t, store, channel, items, keyed("key-", status))
	}
}

// passingItem: an item that is refused in the words of a database that has an error is tried again.
func (s suite) passingItem(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	for i, words := range passingWords {
		items = with(items, int64(100+10*i))
		store.Close(items[0].ChannelSKU, Closing{Status: http.StatusBadRequest, Words: words})
		s.requirePasses(t, store, channel, items, keyed("key-", i))
	}
}

// requirePasses checks that what a store says of the first item is no verdict for good, and that the same is taken a moment later.
func (s suite) requirePasses(t *testing.T, store Store, channel channels.Channel, items []channels.Item, key string) {
	t.Helper()
	got := asks(t, channel, call(t, channel, key, items...))
	store.Reopen()
	if got.err != nil {
		require.Contains(t, []channels.Next{channels.Resend, channels.Wait, channels.Anew}, got.err.Next, got.err.Error())
		require.True(t, len(items) == 1 || s.subject.Shape == AllOrNothing, "the others have answers: %v", got.err)
	} else {
		require.False(t, got.reply.Refused, "to halve the call would blame other items: %s", got.reply.Reason)
		require.Contains(t, []channels.Verdict{channels.NotApplied, channels.Unknown}, got.reply.Items[0].Verdict, "%+v", got.reply.Items[0])
		require.NotEmpty(t, got.reply.Items[0].Code+got.reply.Items[0].Reason, "the tries are counted, for it may last")
		if s.subject.Shape != AllOrNothing {
			require.Equal(t, every(len(items)-1, channels.Applied), verdicts(got.reply)[1:])
		}
	}
	reply := sendThrough(t, channel, call(t, channel, key+"-again", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
	requireShown(t, store, items...)
}

// nameless: an error that names no item is that of the one position that has no result. Where several have none it may be any of theirs, so
// none is refused, and each keeps the words.
func (s suite) nameless(t *testing.T, store Store) {
	channel := open(t, store)
	for closed := 1; closed <= 2; closed++ {
		for at := range 3 {
			items := with(s.listed(t, store, 3), int64(100*closed+10*at))
			missing := map[int]bool{}
			for i := range closed {
				missing[(at+i)%3] = true
				store.Close(items[(at+i)%3].ChannelSKU, Closing{Status: http.StatusForbidden, Words: words, Nameless: true})
			}
			got := asks(t, channel, call(t, channel, keyed("key-", closed, at), items...))
			store.Reopen()
			require.Nil(t, got.err)
			require.False(t, got.reply.Refused)
			for i, item := range got.reply.Items {
				switch {
				case s.subject.NamesFailures: // it is silent on the others, too
					require.Equal(t, channels.Unknown, item.Verdict)
					require.Contains(t, item.Reason, words)
				case !missing[i]:
					require.Equal(t, channels.Applied, item.Verdict, "%+v", item)
				case closed == 1:
					requireRefused(t, item)
				default:
					require.Equal(t, channels.Unknown, item.Verdict, "%+v", item)
					require.Contains(t, item.Reason, words)
				}
			}
		}
	}
}

// namelessAmong: an error that names no item is that of the one position on which the store says nothing else.
func (s suite) namelessAmong(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.listed(t, store, 3)
	for i, item := range items {
		store.Close(item.ChannelSKU, Closing{Status: http.StatusForbidden, Words: words, Nameless: i == 1})
	}
	got := asks(t, channel, call(t, channel, "key-1", items...))
	require.Nil(t, got.err)
	for _, item := range got.reply.Items {
		requireRefused(t, item)
	}
}

// markedRefusal: a byte order mark does not hide what a store says.
func (s suite) markedRefusal(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	store.Provoke(t, Marked)
	store.Close(items[0].ChannelSKU, Closing{Status: http.StatusForbidden, Words: words})
	got := asks(t, channel, call(t, channel, "key-1", items...))
	switch {
	case got.err != nil:
		require.Equal(t, 1, len(items))
		require.Contains(t, got.err.OfItem(), words)
	case got.reply.Refused:
		require.Contains(t, got.reply.Reason, words)
	default:
		requireRefused(t, got.reply.Items[0])
	}
}

package console

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func TestWhenAPageIsMadeAgain(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		last rendered
		mark string
		want bool
	}{
		"nobody made it":             {rendered{}, "", true},
		"nothing has changed":        {rendered{at.Add(-time.Second), "a"}, "a", false},
		"the ledger has changed":     {rendered{at.Add(-time.Second), "a"}, "b", true},
		"it is nearly old":           {rendered{at.Add(-refreshEvery + time.Millisecond), "a"}, "a", false},
		"it is old":                  {rendered{at.Add(-refreshEvery), "a"}, "a", true},
		"it is of a clock set ahead": {rendered{at.Add(time.Hour), "a"}, "b", true},
	} {
		require.Equal(t, test.want, test.last.due(test.mark, at), name)
	}
	require.Equal(t, time.Second, pauseAfter(0))
	require.Equal(t, time.Second, pauseAfter(20*time.Millisecond))
	require.Equal(t, 3*time.Second, pauseAfter(60*time.Millisecond))
	require.Equal(t, longestPause, pauseAfter(2*time.Second))
}

// A page under which nothing changes is not made again, but for who has just come.
func TestLooksAtWhatHasChanged(t *testing.T) {
	t.Parallel()
	quiet, busy := topic{ledger.Viewer, "/c/quiet"}, topic{ledger.Viewer, "/c/busy"}
	now, marks, made := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), map[topic]string{}, map[topic]int{}
	s := &streams{
		topics: map[topic]*followed{}, ctx: t.Context(), running: true, now: func() time.Time { return now },
		marks: func(context.Context) (func(of topic) string, error) {
			return func(of topic) string { return marks[of] }, nil
		},
		fragments: func(_ context.Context, of topic) ([]part, error) {
			made[of]++
			return []part{{ID: "list", HTML: of.address + " " + marks[of]}}, nil
		},
	}
	look := func() {
		pages, any := s.watched()
		require.True(t, any)
		s.refresh(pages)
		now = now.Add(time.Second)
	}
	first, ok := s.follow(quiet)
	require.True(t, ok)
	pushed, ok := s.follow(busy)
	require.True(t, ok)
	for n := range 3 {
		marks[busy] = string(rune('a' + n))
		look()
	}
	require.Equal(t, map[topic]int{quiet: 1, busy: 3}, made)
	require.Equal(t, "/c/quiet ", (<-first).parts[0].HTML)
	require.Equal(t, "/c/busy c", (<-pushed).parts[0].HTML, "what was not read is replaced")
	pages, _ := s.watched()
	later, ok := s.follow(quiet)
	require.True(t, ok)
	s.tell(quiet, pages[quiet], news{parts: []part{{HTML: "made before it came"}}})
	require.Empty(t, later, "what was made before it came may be older than what it has loaded")
	require.Len(t, first, 1)
	<-first
	look()
	require.Equal(t, map[topic]int{quiet: 2, busy: 3}, made, "for who has come")
	require.Equal(t, "/c/quiet ", (<-later).parts[0].HTML)
	now = now.Add(refreshEvery)
	look()
	require.Equal(t, map[topic]int{quiet: 3, busy: 4}, made)
	s.leave(busy, pushed)
	pages, _ = s.watched()
	require.Len(t, pages, 1)
}

// A ledger that does not answer is asked for one of the pages that are open, and not for each: every question may take long.
func TestALedgerThatIsAwayIsAskedOnce(t *testing.T) {
	t.Parallel()
	made, now := 0, noon
	var fails, away error
	s := &streams{
		topics: map[topic]*followed{}, ctx: t.Context(), running: true, now: func() time.Time { return now },
		marks: func(context.Context) (func(of topic) string, error) { return func(topic) string { return "" }, away },
		fragments: func(context.Context, topic) ([]part, error) {
			made++
			return []part{{ID: "foot"}}, fails
		},
	}
	follows := []chan news{}
	for _, address := range []string{"/", "/runs", "/held"} {
		changes, ok := s.follow(topic{ledger.Viewer, address})
		require.True(t, ok)
		follows = append(follows, changes)
	}
	for _, test := range []struct {
		name         string
		fails, away  error
		asked, stale int
	}{
		{"it answers", nil, nil, 3, 0},
		{"it does not say what has changed", nil, errors.New("the disk is gone"), 0, 3},
		{"it answers again, and every page is made though nothing has changed", nil, nil, 3, 0},
		{"it says what has changed, and no more", errors.New("the disk is gone"), nil, 1, 3},
		{"what the pages are about has gone", &control.UsageError{Message: "there is no such connection"}, nil, 3, 3},
	} {
		made, fails, away = 0, test.fails, test.away
		if test.fails != nil {
			now = now.Add(refreshEvery)
		}
		pages, _ := s.watched()
		s.refresh(pages)
		stale := 0
		for _, changes := range follows {
			if (<-changes).stale {
				stale++
			}
		}
		require.Equal(t, test.asked, made, test.name)
		require.Equal(t, test.stale, stale, test.name)
	}
}

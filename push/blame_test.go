package push

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlame(t *testing.T) {
	t.Parallel()
	three := map[string]bool{"A": true, "B": true, "C": true}
	for name, test := range map[string]struct {
		refusals     refusals
		items, tries int
		want         culprit
		again        bool
		others       int
	}{
		"a call for several items is the store's trouble":        {refusals{works: true, reads: true}, 2, 0, theStore, false, 0},
		"a call that was sent before":                            {refusals{works: true, reads: true}, 1, 0, theStore, true, 0},
		"the store took another item":                            {refusals{works: true}, 1, 0, theItem, false, 0},
		"it took another after it had refused many":              {refusals{works: true, refused: three}, 1, 0, theItem, false, 0},
		"reading works: the others tell":                         {refusals{reads: true}, 1, 0, unclear, false, 0},
		"reading works, and there is nobody else to learn from":  {refusals{reads: true}, 1, triesPerRun - 1, theItem, false, 0},
		"reading does not work":                                  {refusals{}, 1, 0, theStore, false, 0},
		"three items refused and none taken: it may read only":   {refusals{reads: true, refused: three}, 1, 0, theStore, false, 0},
		"three items refused, two of them by slices before":      {refusals{reads: true, waiting: 3}, 1, triesPerRun - 1, theStore, false, 0},
		"three items refused, the first for the third time":      {refusals{reads: true, refused: three}, 1, triesPerRun - 1, theStore, false, 0},
		"two items refused, none taken, the first for the third": {refusals{reads: true, refused: map[string]bool{"A": true, "B": true}}, 1, triesPerRun - 1, theItem, false, 0},
		"three items refused, and another call is under way":     {refusals{reads: true, refused: three}, 1, 0, unclear, false, 1},
		"reading does not work, and another call is under way":   {refusals{refused: three}, 1, 0, theStore, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.refusals.blame(test.items, test.again, test.tries, test.others))
		})
	}
}

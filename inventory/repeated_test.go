package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOnlyWholeSnapshotsAddUp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		policy RepeatedPolicy
		full   bool
		fine   bool
	}{
		{"", true, true},
		{"", false, true},
		{RepeatedRefuse, false, true},
		{RepeatedSum, true, true},
		{RepeatedSum, false, false},
	} {
		err := test.policy.Complete(test.full)
		require.Equal(t, test.fine, err == nil, "%q, full: %v: %v", test.policy, test.full, err)
	}
}

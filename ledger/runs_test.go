package ledger

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// A field that is added to Counts but not merged would be lost when progress is recorded next.
func TestEveryFigureOfARunIsMerged(t *testing.T) {
	t.Parallel()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Counts]()) {
		if field.Anonymous {
			continue // its own fields are visible as well
		}
		t.Run(field.Name, func(t *testing.T) {
			t.Parallel()
			var seven, nine Counts
			reflect.ValueOf(&seven).Elem().FieldByIndex(field.Index).SetInt(7)
			reflect.ValueOf(&nine).Elem().FieldByIndex(field.Index).SetInt(9)
			require.Equal(t, nine, seven.with(nine), "the newer figure")
			require.Equal(t, seven, seven.with(Counts{}), "0 is no figure")
			require.Equal(t, seven, Counts{}.with(seven), "the first figure")
		})
	}
}

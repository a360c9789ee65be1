package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// approve fetches once more, with a person's approval.
func (r *reading) approve(lease ledger.Lease, held FetchResult) FetchResult {
	r.t.Helper()
	driver := warehouses.Driver{Open: func(string, settings.Values, settings.Environment) (warehouses.Source, error) { return &r.folder, nil }}
	fetch := &Fetch{Ledger: r.Ledger, Drivers: map[string]warehouses.Driver{"source": driver}, Executions: &r.teller, Now: r.clock}
	result, err := do[FetchResult](r.world, fetch.Fetch, FetchInput{
		Lease: lease, Connection: "north", Mode: ledger.Smart, Approved: true, ApprovedRows: *held.HeldRows, ApprovedAbsent: held.Absent,
	})
	require.NoError(r.t, err)
	return result
}

// A person approves the held file. The files that were recorded before it are not part of the approval, and neither are those after it.
func TestAnApprovalIsForTheFileThatIsHeld(t *testing.T) {
	t.Parallel()
	r := newReading(t, file{rows: 10}, file{rows: 4, part: true}, file{rows: 1})
	lease := r.start("north")
	held := r.read(lease, "north")
	require.Contains(t, held.Held, "the full snapshot has 1 rows")
	require.EqualValues(t, 15, held.Rows, "the run has read as many")
	require.EqualValues(t, 1, *held.HeldRows)
	after := r.approve(lease, held)
	require.Empty(t, after.Held, "one approval is enough")
	require.Nil(t, after.HeldRows)

	// An empty one, too.
	r = newReading(t, file{rows: 10}, file{rows: 4, part: true}, file{})
	lease = r.start("north")
	held = r.read(lease, "north")
	require.Contains(t, held.Held, "the full snapshot is empty")
	require.Zero(t, *held.HeldRows)
	require.Empty(t, r.approve(lease, held).Held)

	r = newReading(t, file{rows: 10}, file{rows: 10, bad: 5}, file{rows: 10, bad: 6})
	lease = r.start("north")
	held = r.read(lease, "north")
	require.Contains(t, held.Held, "5 of the 10 rows were refused")
	next := r.approve(lease, held)
	require.Contains(t, next.Held, "6 of the 10 rows were refused", "nobody has looked at this one")
	require.EqualValues(t, 10, *next.HeldRows)
}

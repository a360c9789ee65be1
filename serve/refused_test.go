package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// What can be read of a refused event goes to the intake with the reason: its level is stale.
func TestARefusedEventIsHandedOverAsRefused(t *testing.T) {
	t.Parallel()
	const fraction = `available: the quantity "5.5" is a number with a fraction; expected a whole number like 12`
	at := now.Add(-30 * time.Minute)
	for body, want := range map[string][]workflows.InventoryUpdate{
		`{"sku":"BIKE","facility":"east","available":5.5}`: {{
			Event: "msg", SKU: "BIKE",
			Facility: "east", Problem: fraction,
		}},
		`{"available":5.5,"sequence":4,"reported_at":"` + at.Format(time.RFC3339) +
			`","facility":"east","sku":"BIKE"}`: {{Event: "msg", SKU: "BIKE", Facility: "east", Sequence: 4, ReportedAt: &at, Problem: fraction}},
		`[{"sku":"BELL","available":1},{"sku":"BIKE","available":5.5},{"available":5.5},{"event":"own","sku":"LAMP"}]`: {
			{Event: "msg/2", SKU: "BIKE", Problem: fraction}, {Event: "own", SKU: "LAMP", Problem: "no available figure is reported"},
		},
		`{"sku":"BIKE","available":5,"colour":"red"}`: {{
			Event: "msg", SKU: "BIKE",
			Problem: `there is no field "colour"; the fields are event, sku, facility, available, on_hand, committed, sequence and reported_at`,
		}},
		`{"sku":"BIKE","sku":"BELL","available":5}`: nil,
		`{"sku":"BIKE","Facility":"x","facility":"y","available":5}`: {{
			Event: "msg", SKU: "BIKE",
			Problem: `there is no field "Facility"; the fields are event, sku, facility, available, on_hand, committed, sequence and reported_at`,
		}},
		`{"sku":"BI\u0000KE","available":5}`:                nil,
		`{"sku":"BIKE","facility":"e\u0000","available":5}`: {{Event: "msg", SKU: "BIKE", Problem: `the facility "e\x00" contains a NUL byte`}},
		`{"sku":7,"available":5}`:                           nil,
		`{"sku":"BIKE"`:                                     nil,
	} {
		_, err := decodeUpdates([]byte(body), usual)
		require.Error(t, err, body)
		require.Equal(t, want, refusedUpdates(err), body)
	}
	_, err := decodeShipHero([]byte(strings.Replace(strings.Replace(heroBody, `"inventory":"13"`, `"inventory":"13.5"`, 1), `"inventory":-2`, `"inventory":null`,
		1)), usual)
	require.Error(t, err)
	refused := refusedUpdates(err)
	require.Len(t, refused, 2)
	require.Equal(t, []string{"BIKE", "BELL"}, []string{refused[0].SKU, refused[1].SKU})
	require.Equal(t, "V2FyZWhvdXNlOjEyMzQ1", refused[0].Facility)
	require.Equal(t, "msg/1", refused[0].Event)
}

func TestASenderLearnsThatAnEventWasRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.post("msg_1", `[{"sku":"BELL","available":1},{"sku":"BIKE","available":"sold out"}]`)
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Equal(t, "invalid_events", got.code)
	require.Equal(t, []string{"msg_1/2"}, w.fake.events())
	require.NotEmpty(t, w.fake.handed[0].Updates[0].Problem)
	require.Equal(t, "BIKE", w.fake.handed[0].Updates[0].SKU)

	w.fake.err = errBusy
	got = w.post("msg_2", `{"sku":"BIKE","available":"sold out"}`)
	require.Equal(t, http.StatusBadRequest, got.status, "the answer is the same")
	require.Contains(t, w.log.String(), "refused events could not be handed over")
}

// A snapshot of which every row was refused is none, approved or not, and its sender is told.
func TestASnapshotOfRefusedRows(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, approved := range []string{"", "2"} {
		got := w.call(http.MethodPost, "/hooks/plain?rows=2", strings.NewReader("available,sku\nmany,BIKE\n,BELL\n"), "Authorization", "Bearer "+secrets["BEARER"],
			"Content-Type", "text/csv", headerApprovedRows, approved)
		if approved == "" {
			got = w.send("depot", "application/x-ndjson", `{"available":"many","sku":"BIKE"}`+"\n"+`{"sku":"BELL"}`+"\n"+`{"rows":2}`)
		}
		require.Equal(t, http.StatusBadRequest, got.status)
		require.Equal(t, "every_row_refused", got.code)
		require.Contains(t, got.message, "every row was refused (2); line")
	}
	require.Empty(t, w.fake.handed)
	_, err := w.ledger.LastSnapshot(t.Context(), "depot")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// The SKU of a row of JSON is read wherever in the row it stands, so that its level can be marked.
func TestARefusedRowOfJSONNamesItsLevel(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.send("depot", "application/x-ndjson", `{"available":"many","facility":"east","sku":"BIKE"}`+"\n"+`{"sku":"BELL","available":5}`+"\n"+`{"rows":2}`)
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	w.record()
	rows, err := w.ledger.StaleLevels(t.Context(), "depot", "", ledger.Page{})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "BIKE", rows[0].SKU)
	require.Equal(t, "east", rows[0].Facility)
}

package serve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/workflows"
)

var usual = decodeOptions{id: "msg", quantity: inventory.QuantityAvailable, now: now}

func TestDecodeUpdates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 24, 8, 0, 0, 500_000_000, time.UTC)
	got, err := decodeUpdates([]byte(` [
		{"event":"e1","sku":"BIKE","facility":"east","available":-3,"on_hand":7,"committed":10,"sequence":9223372036854775807,
		"reported_at":"2026-11-24T09:00:00.5+01:00"},
		{"sku":" b\u00e4r ","available":0} ]`), usual)
	require.NoError(t, err)
	require.Equal(t, []workflows.InventoryUpdate{
		{
			Event: "e1", SKU: "BIKE", Facility: "east", Available: new(int64(-3)), OnHand: new(int64(7)), Committed: new(int64(10)), Sequence: 1<<63 - 1,
			ReportedAt: &at,
		},
		{Event: "msg/2", SKU: " bär ", Available: new(int64(0))},
	}, got)

	got, err = decodeUpdates([]byte(`{"sku":"BIKE","on_hand":4}`), decodeOptions{id: "msg", quantity: inventory.QuantityOnHand, now: now})
	require.NoError(t, err)
	require.Equal(t, []workflows.InventoryUpdate{{Event: "msg", SKU: "BIKE", OnHand: new(int64(4))}}, got, "one event has the name of its request")
}

func TestEventsThatAreRefused(t *testing.T) {
	t.Parallel()
	list := func(n int) string {
		return "[" + strings.TrimSuffix(strings.Repeat(`{"sku":"A","available":1},`, n), ",") + "]"
	}
	for body, want := range map[string]string{
		``:                               "expected one JSON value, whole and with nothing behind it; found nothing",
		`{"sku":"A"`:                     "expected one JSON value, whole and with nothing behind it; found JSON that breaks off or goes on after its end",
		`{"sku":"A","available":1}{}`:    "expected one JSON value, whole and with nothing behind it; found JSON that breaks off or goes on after its end",
		strings.Repeat("[", 1<<20):       "expected one JSON value, whole and with nothing behind it; found JSON that breaks off or goes on after its end",
		`7`:                              "expected an event or a list of events, found a number",
		`null`:                           "expected an event or a list of events, found null",
		`[]`:                             "the list is empty; send at least one event",
		list(501):                        "there are more than 500 events; send them in parts, or send a snapshot",
		`[{"sku":"A","available":1},[]]`: "event 2: expected an object, found a list",
		`{"available":1}`:                "the SKU is empty",
		`{"sku":"","available":1}`:       "the SKU is empty",
		`{"sku":"A"}`:                    "no available figure is reported",
		`{"sku":"A","on_hand":1}`:        "no available figure is reported; set the warehouse to quantity: on_hand if its on-hand figure is what stores should show",
		`{"sku":"A","available":null}`:   "available: expected a whole number, found null",
		`{"sku":"A","available":"5"}`:    "available: expected a whole number, found text",
		`{"sku":"A","available":5.5}`:    `available: the quantity "5.5" is a number with a fraction; expected a whole number like 12`,
		`{"sku":"A","available":1e3}`:    `available: the quantity "1e3" is a number with an exponent; expected a whole number like 12`,
		`{"sku":"A","available":9223372036854775808}`: `available: the quantity "9223372036854775808" is above 1000000000; a figure of that ` +
			`size is taken for a fault of the source`,
		`{"sku":"A","available":NaN}`: "expected one JSON value, whole and with nothing behind it; found JSON that breaks " +
			"off or goes on after its end",
		`{"sku":"A","available":true}`:            "available: expected a whole number, found true or false",
		`{"sku":"A","available":{"value":1}}`:     "available: expected a whole number, found an object",
		`{"sku":"A","available":1,"available":2}`: `"available" is given twice, so its value is ambiguous`,
		`{"sku":"A","available":1,"Available":2}`: `there is no field "Available"; the fields are event, sku, facility, available, ` +
			`on_hand, committed, sequence and reported_at`,
		`{"sku":"A","avialable":1}`: `there is no field "avialable"; the fields are event, sku, facility, available, ` +
			`on_hand, committed, sequence and reported_at`,
		`{"sku":5,"available":1}`:                                  "sku: expected text, found a number",
		`{"sku":"\ud800","available":1}`:                           "sku: the text holds a character that is not valid Unicode",
		"{\"sku\":\"\xff\",\"available\":1}":                       "sku: the text holds a character that is not valid Unicode",
		`{"sku":"A\u0000","available":1}`:                          `the SKU "A\x00" contains a NUL byte`,
		`{"sku":"` + strings.Repeat("A", 513) + `","available":1}`: "the SKU is 513 bytes long; at most 512 are accepted",
		`{"event":"","sku":"A","available":1}`: "it has no id: send an id in the field event of each event, or in the " +
			"header webhook-id of the request; without it the same event could count twice",
		`{"event":"` + strings.Repeat("e", 256) + `","sku":"A"}`: "its id has 256 bytes; at most 255 are accepted",
		`{"event":"e\u0000","sku":"A"}`:                          "its id holds a NUL byte or is not valid UTF-8",
		`{"sku":"A","available":1,"sequence":0}`: "sequence: expected a whole number from 1 to 9223372036854775807; leave it out if " +
			"the source does not number its events",
		`{"sku":"A","available":1,"sequence":9223372036854775808}`: "sequence: expected a whole number from 1 to 9223372036854775807; leave it out if " +
			"the source does not number its events",
		`{"sku":"A","available":1,"sequence":"1"}`: "sequence: expected a whole number from 1 to 9223372036854775807; leave it out if " +
			"the source does not number its events",
		`{"sku":"A","available":1,"reported_at":1763976600}`:   "reported_at: expected text, found a number",
		`{"sku":"A","available":1,"reported_at":"2026-11-24"}`: "reported_at: expected a time like 2026-11-24T09:30:00Z (RFC 3339)",
		`{"sku":"A","available":1,"reported_at":"2026-11-24T10:30:01Z"}`: "reported_at: the time is more than 1h0m0s in the future, so everything " +
			"until then would count as older; correct the sender's clock",
		`{"sku":"A","available":1,"on_hand":1000000001}`: `on_hand: the quantity "1000000001" is above 1000000000; a figure of that size is ` +
			`taken for a fault of the source`,
		`[{"sku":"A","available":1},{"sku":"B","available":1,"facility":7}]`: "event 2: facility: expected text, found a number",
	} {
		updates, err := decodeUpdates([]byte(body), usual)
		require.EqualError(t, err, want, "%.80s", body)
		_ = updates
	}
	_, err := decodeUpdates([]byte(`{"sku":"A","available":1}`), decodeOptions{quantity: inventory.QuantityAvailable, now: now})
	require.ErrorContains(t, err, "it has no id")
	_, err = decodeUpdates([]byte(list(500)), usual)
	require.NoError(t, err)
}

// heroBody is the example of ShipHero's documentation, shortened.
const heroBody = `{"account_id":63898,"account_uuid":"QWNjb3VudDo2Mzg5OA==","webhook_type":"Inventory Update","inventory":[
	{"sku":"BIKE","inventory":"113","backorder_quantity":"0","on_hand":"148","virtual":false,"sell_ahead":20,
	 "updated_warehouse":{"warehouse_id":12345,"warehouse_uuid":"V2FyZWhvdXNlOjEyMzQ1","identifier":"Primary","inventory":"13","on_hand":"48","reserve":25},
	 "non_sellable":1250},
	{"sku":"BELL","updated_warehouse":{"warehouse_uuid":"V2FyZWhvdXNlOjEyMzQ1","inventory":-2,"on_hand":0}}]}`

func TestDecodeShipHero(t *testing.T) {
	t.Parallel()
	got, err := decodeShipHero([]byte(heroBody), usual)
	require.NoError(t, err)
	require.Equal(t, []workflows.InventoryUpdate{
		{Event: "msg/1", SKU: "BIKE", Facility: "V2FyZWhvdXNlOjEyMzQ1", Available: new(int64(13)), OnHand: new(int64(48))},
		{Event: "msg/2", SKU: "BELL", Facility: "V2FyZWhvdXNlOjEyMzQ1", Available: new(int64(-2)), OnHand: new(int64(0))},
	}, got)
	for change, want := range map[[2]string]string{
		{
			`"Inventory Update"`,
			`"Inventory Change"`,
		}: `webhook_type is "Inventory Change"; register the webhook "Inventory Update" for this address, and no other`,
		{`"webhook_type"`, `"type"`}:         `webhook_type is ""; register the webhook "Inventory Update" for this address, and no other`,
		{`"Inventory Update"`, `7`}:          "webhook_type: expected text, found a number",
		{`"inventory":[`, `"inventories":[`}: "inventory: expected a list, found null",
		{`"account_id"`, `"Inventory"`}:      `"inventory" is given twice, so its value is ambiguous`,
		{`"sku":"BIKE"`, `"sku":null`}:       "event 1: sku: expected text, found null",
		{`"sku":"BIKE"`, `"name":"BIKE"`}:    "event 1: the SKU is empty",
		{
			`"updated_warehouse":{"warehouse_id"`,
			`"place":{""`,
		}: "event 1: updated_warehouse: expected an object; without it the figures are those of the whole account and not of a warehouse",
		{`"warehouse_uuid":"V2FyZWhvdXNlOjEyMzQ1","id`, `"id`}: "event 1: updated_warehouse: there is no warehouse_uuid",
		{
			`"inventory":"13"`,
			`"inventory":"13.5"`,
		}: `event 1: updated_warehouse: inventory: the quantity "13.5" is a number with a fraction; expected a whole number like 12`,
		{`"inventory":"13"`, `"inventory":""`}:   "event 1: updated_warehouse: inventory: the quantity is empty; expected a whole number like 12",
		{`"inventory":"13"`, `"inventory":null`}: "event 1: updated_warehouse: inventory: expected a whole number, found null",
		{`"inventory":"13",`, ``}: "event 1: no available figure is reported; set the warehouse to quantity: on_hand if its on-hand " +
			"figure is what stores should show",
		{`"reserve":25`, `"INVENTORY":"14"`}: `event 1: "INVENTORY" is given twice, so its value is ambiguous`,
	} {
		require.Contains(t, heroBody, change[0])
		_, err := decodeShipHero([]byte(strings.Replace(heroBody, change[0], change[1], 1)), usual)
		require.EqualError(t, err, want)
	}
	_, err = decodeShipHero([]byte(heroBody), decodeOptions{now: now})
	require.EqualError(t, err, "the header X-Shiphero-Message-Id is missing; without it the same event could count twice")
	_, err = decodeShipHero([]byte(`[]`), usual)
	require.EqualError(t, err, "expected an object, found a list")
}

// FuzzDecodeUpdates holds that no body makes a decoder panic, and that what it takes is what the intake takes.
func FuzzDecodeUpdates(f *testing.F) {
	f.Add([]byte(`{"event":"e1","sku":"BIKE","available":5,"sequence":3,"reported_at":"2026-11-24T09:00:00Z"}`))
	f.Add([]byte(`[{"sku":"BIKE","available":5},{"sku":"\ud800","on_hand":1e3}]`))
	f.Add([]byte(`{"sku":"A","SKU":"B","available":9223372036854775808}`))
	f.Add([]byte(heroBody))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, decode := range []func([]byte, decodeOptions) ([]workflows.InventoryUpdate, error){decodeUpdates, decodeShipHero} {
			updates, err := decode(body, usual)
			if err != nil {
				require.LessOrEqual(t, len(err.Error()), 600)
				continue
			}
			require.NotEmpty(t, updates)
			require.LessOrEqual(t, len(updates), workflows.MaximumUpdates)
			for i, update := range updates {
				require.NoError(t, checkUpdate(update, usual), fmt.Sprint(i))
				require.False(t, update.ReportedAt != nil && update.ReportedAt.After(now.Add(maxAhead)))
			}
		}
	})
}

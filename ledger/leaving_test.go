package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// A place is left behind unless the connection or another connection of the store still shows it.
func TestLeaves(t *testing.T) {
	t.Parallel()
	at := func(ids ...string) Connection {
		connection := Connection{ID: "shop", Store: "shop", Enabled: true, Inventory: Flow{Enabled: true}}
		for _, id := range ids {
			connection.Inventory.Locations = append(connection.Inventory.Locations, inventory.Location{ID: id})
		}
		return connection
	}
	store := func(location any) Store {
		values := settings.Values{"endpoint": "https://shop"}
		if location != nil {
			values["location"] = location
		}
		return Store{ID: "shop", Driver: "shopify", Settings: values}
	}
	for name, test := range map[string]struct {
		leaving
		location string
		stays    bool
		as       string
	}{
		"a link was taken out":                        {leaving{at("1", "2"), at("1"), store(nil), store(nil), nil}, "2", true, "2"},
		"a link stays":                                {leaving{at("1", "2"), at("1"), store(nil), store(nil), nil}, "1", false, "1"},
		"another connection of the store shows it":    {leaving{at("1", "2"), at("1"), store(nil), store(nil), []string{"2"}}, "2", false, "2"},
		"the store's own place moves":                 {leaving{at(), at(), store("1"), store("2"), nil}, "", true, "1"},
		"the store's own place moves, as a number":    {leaving{at(), at(), store(float64(655441491)), store(int64(2)), nil}, "", true, "655441491"},
		"the same place, as an address":               {leaving{at(), at(), store("1"), store("gid://shopify/Location/1"), nil}, "", false, ""},
		"links take the store's own place over":       {leaving{at(), at("1", "2"), store("1"), store(nil), nil}, "", false, ""},
		"links leave the store's own place":           {leaving{at(), at("2"), store("1"), store("1"), nil}, "", true, ""},
		"links and settings leave it":                 {leaving{at(), at("2"), store("1"), store(nil), nil}, "", true, "1"},
		"links end, and one of them is the own place": {leaving{at("1", "2"), at(), store(nil), store("1"), nil}, "1", false, "1"},
		"links end, and the other is not":             {leaving{at("1", "2"), at(), store(nil), store("1"), nil}, "2", true, "2"},
		"the driver had chosen the place":             {leaving{at(), at(), store(nil), store("2"), nil}, "", true, ""},
		"nothing changed":                             {leaving{at(), at(), store("1"), store("1"), nil}, "", false, ""},
		"a place that was left before, and no change": {leaving{at(), at(), store("1"), store("1"), nil}, "7", true, "7"},
	} {
		stays, as := test.leaves(test.location)
		require.Equal(t, test.stays, stays, name)
		require.Equal(t, test.as, as, name)
		require.True(t, test.reachable(), name)
	}
	other := store("1")
	other.Settings["endpoint"] = "https://other"
	require.False(t, leaving{at(), at(), store("1"), other, nil}.reachable(), "another account")
	off := at()
	off.Enabled = false
	require.Contains(t, leaving{at(), off, store("1"), store("2"), nil}.refusal(Left{Location: ""}), "connection shop is not enabled")
	require.Contains(t, leaving{at(), at(), store(nil), store("2"), nil}.refusal(Left{Location: ""}), "had no setting location before")
	require.Empty(t, leaving{at(), at(), store("1"), store("2"), nil}.refusal(Left{Location: "1"}))
}

func TestWordsOfWhatStaysBehind(t *testing.T) {
	t.Parallel()
	for want, left := range map[string]Left{
		"1 row with 5 units stays behind at location 2: the store keeps the numbers there; starter apply FILE --zero-left pushes 0 there": {
			Location: "2", Rows: 1, Units: 5,
		},
		"3 rows with 5 units (and 1 row of which is not known what the store shows) stay behind at location 2; 0 is pushed there, as --zero-left asked": {
			Location: "2", Rows: 3, Units: 5, Unknown: 1, Zeroing: 3,
		},
		"3 rows with 5 units stay behind at the store's own location; 0 is pushed to 1 of them, as --zero-left asked; the others keep their numbers": {
			Rows: 3, Units: 5, Zeroing: 1,
		},
	} {
		require.Equal(t, want, left.Words())
	}
}

package ledgertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var oddTests = tests{
	"what is noted is kept with the snapshot":         keepsOddities,
	"SKUs that no listing has so":                     comparesListings,
	"SKUs that no product or bundle has so":           comparesDefinitions,
	"SKUs that are recorded otherwise":                comparesRecorded,
	"of a part only new SKUs are compared":            comparesParts,
	"what was found holds while nothing changes":      comparesOnce,
	"an oddity decides nothing":                       oddDecidesNothing,
	"an upload keeps what was noted while it arrived": keepsOdditiesOfUploads,
	"a shared snapshot has its oddities":              sharesOddities,
	"SKUs that are alike are listed":                  listsAlike,
}

// oddities returns the oddities of the warehouse's last snapshot as texts.
func (w *world) oddities(warehouse string) []string {
	w.t.Helper()
	last, err := w.LastSnapshot(w.ctx(), warehouse)
	require.NoError(w.t, err)
	var texts []string
	for _, oddity := range last.Oddities {
		require.NotEmpty(w.t, oddity.Advice)
		require.LessOrEqual(w.t, len(oddity.Examples), inventory.OddExamples)
		texts = append(texts, fmt.Sprintf("%s: %s", oddity.Kind, oddity.Text))
	}
	return texts
}

const (
	spelledOtherwise  = "only in case, blanks, leading zeros or a spreadsheet's marks"
	oneUnlisted       = "listing: 1 SKU has no listing of that spelling, and differs from one in the listings, products or bundles " + spelledOtherwise
	severalUnlisted   = "listing: %d SKUs have no listing of that spelling, and differ from one in the listings, products or bundles " + spelledOtherwise
	oneRecordedElse   = "recorded: 1 SKU differs from a recorded one with stock, which this snapshot does not name, " + spelledOtherwise
	twoBeginWithBlank = `blanks: 2 SKUs or facilities begin or end in a blank, like "A " at line 2`
)

// noted holds oddities that a driver found in its rows.
func noted(count int64) []inventory.Oddity {
	return []inventory.Oddity{{
		Kind: inventory.OddBlanks, Count: count, Examples: []inventory.Example{{SKU: "A ", Facility: "east", Place: "line 2"}}, Text: "old words",
	}}
}

func keepsOddities(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	require.Empty(t, w.oddities(hub))
	id := w.stage(lease, []inventory.Level{level("A", 5), level("A ", 0)})
	require.NoError(t, w.NoteOddities(w.ctx(), id, noted(2)))
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Len(t, result.Oddities, 1)
	require.Equal(t, []string{twoBeginWithBlank}, w.oddities(hub), "the words are made anew")
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, result.Oddities, last.Oddities)
	require.Equal(t, noted(2)[0].Examples, last.Oddities[0].Examples)

	require.ErrorIs(t, w.NoteOddities(w.ctx(), id, noted(3)), ledger.ErrNotFound, "it is recorded")
	id = w.stage(lease, []inventory.Level{level("A", 5)})
	require.NoError(t, w.Discard(w.ctx(), id))
	require.Equal(t, []string{twoBeginWithBlank}, w.oddities(hub), "a fetch that found nothing new leaves it")
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	require.Empty(t, w.oddities(hub), "another snapshot has its own")
}

func comparesListings(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{
			listing(shop, "ABC", "SHOP-ABC"), listing(shop, "00124", "SHOP-124"), listing(shop, "X-Y", "SHOP-XY"), listing(shop, "same", "SHOP-S"),
			listing(market, "same", "S"), listing(market, "ÄB", "M-AB"), listing(shop, "GONE", "SHOP-GONE"),
		}
	}))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{
		level("abc", 1), level("124", 2), level("äb ", 3), level("x-\u00a0y", 4),
		{Facility: "west", SKU: "abc", Available: 1},
		level("same", 5), level("else", 6), level("gon", 1),
	})
	require.Equal(t, []string{fmt.Sprintf(severalUnlisted, 4) + `, like "124" for "00124"`}, w.oddities(hub))
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, []inventory.Example{{SKU: "124", Other: "00124"}, {SKU: "abc", Other: "ABC"}, {SKU: "x-\u00a0y", Other: "X-Y"}}, last.Oddities[0].Examples)

	w.report(lease, whole(), []inventory.Level{level("ABC", 1), level("00124", 2), level("ÄB", 3), level("X-Y", 4), level("same", 5), level("else", 6)})
	for _, text := range w.oddities(hub) {
		require.NotContains(t, text, "listing", "all are listed so")
	}

	w.apply(alter(func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{listing(shop, "ABC", "SHOP-ABC"), listing(shop, "abc", "SHOP-abc")}
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "x-Y"}, {Merchant: merchant, SKU: "X-Y"}}
	}))
	w.report(lease, part(), []inventory.Level{level("abc", 0), level("x-Y", 0)})
	w.report(lease, whole(), []inventory.Level{level("abc", 1), level("x-Y", 4)})
	for _, text := range w.oddities(hub) {
		require.NotContains(t, text, "listing:", "the listings or products have them so, whatever they have besides")
	}
	w.end(lease, ledger.Completed)
	annexLease := w.take(annexShop, ledger.Smart)
	w.report(annexLease, whole(), []inventory.Level{level("äb", 1), level("\u202eabc", 1), level(strings.Repeat("L", 400), 2)})
	require.Empty(t, w.oddities(annex), "the market is none of its stores")
}

func comparesDefinitions(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "PROD"}, {Merchant: merchant, SKU: "prod2"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("PART", 2))}
	}))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("prod", 1), level("prod2", 1), level(" PART", 2), level("Kit", 3), level("OTHER", 1)})
	require.Equal(t, []string{fmt.Sprintf(severalUnlisted, 3) + `, like " PART" for "PART"`}, w.oddities(hub))

	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "prod"}, {Merchant: merchant, SKU: "PROD"}}
		d.Listings = []ledger.ListingDefinition{listing(shop, "PROD", "SHOP-PROD")}
	}))
	w.report(lease, whole(), []inventory.Level{level("prod", 1), level("prod2", 1), level(" PART", 2), level("Kit", 3), level("OTHER", 1)})
	require.Equal(t, []string{oneUnlisted + `, like "prod" for "PROD"`}, w.oddities(hub), "a product has it so, and the listing has not")
}

func comparesRecorded(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("00124", 5), level("B", 1), level("C", 0), level("D", 2)})
	require.Empty(t, w.oddities(hub))
	rows := []inventory.Level{level("124", 5), level("b ", 1), level("B", 1), level("c", 1), level("D", 2)}
	for range 2 {
		w.report(lease, whole(), rows)
		require.Equal(t, []string{oneRecordedElse + `, like "124" beside "00124"`}, w.oddities(hub), "B is named, and of C there is nothing")
	}
	w.report(lease, part(), []inventory.Level{level("00124", 0)})
	w.report(lease, whole(), rows)
	require.Empty(t, w.oddities(hub), "the old one has gone to 0")
}

func comparesParts(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "ABC", "SHOP-ABC")} }))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("abc", 5), level("B", 1)})
	require.Equal(t, []string{oneUnlisted + `, like "abc" for "ABC"`}, w.oddities(hub))
	w.report(lease, part(), []inventory.Level{level("abc", 4)})
	require.Empty(t, w.oddities(hub), "it is no new one")
	w.report(lease, part(), []inventory.Level{level("Abc", 4), level("'B", 1)})
	require.Equal(t, []string{
		oneUnlisted + `, like "Abc" for "ABC"`,
		`recorded: 2 SKUs differ from a recorded one with stock, which this snapshot does not name, ` + spelledOtherwise + `, like "'B" beside "B"`,
	}, w.oddities(hub))
}

func comparesOnce(t *testing.T, w *world) {
	listings := func(skus ...string) ledger.Definitions {
		return alter(func(d *ledger.Definitions) {
			for _, sku := range skus {
				d.Listings = append(d.Listings, listing(shop, sku, "SHOP-"+sku))
			}
		})
	}
	w.apply(listings("ABC"))
	lease := w.take(hubShop, ledger.Smart)
	for i := range int64(3) {
		w.report(lease, whole(), []inventory.Level{level("B", 1+i), level("abc", 5+i), level("c", 1)})
		require.Equal(t, []string{oneUnlisted + `, like "abc" for "ABC"`}, w.oddities(hub), "its figures are others")
	}
	w.apply(listings("ABC", "C"))
	w.report(lease, whole(), []inventory.Level{level("B", 1), level("abc", 5), level("c", 1)})
	require.Equal(t, []string{fmt.Sprintf(severalUnlisted, 2) + `, like "abc" for "ABC"`}, w.oddities(hub), "a definition is another")
	w.report(lease, whole(), []inventory.Level{level("B", 1), level("a bc", 5), level("c", 1)})
	require.Contains(t, w.oddities(hub)[0], `like "a bc" for "ABC"`, "as many levels, and another SKU")
	w.report(lease, whole(), []inventory.Level{level("B", 1), level("c", 1)})
	require.Equal(t, oneUnlisted+`, like "c" for "C"`, w.oddities(hub)[0])
}

func oddDecidesNothing(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "ABC", "SHOP-ABC")} }))
	lease := w.take(hubShop, ledger.Smart)
	rows := []inventory.Level{level("abc", 5), level("ABC ", 1)}
	id := w.stage(lease, rows)
	require.NoError(t, w.NoteOddities(w.ctx(), id, noted(1)))
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: strict, Now: w.now()})
	require.NoError(t, err)
	require.Empty(t, result.Held)
	require.EqualValues(t, 2, result.Changed)
	require.Zero(t, result.Refused)
	require.Equal(t, map[string]int64{"abc": 5, "ABC ": 1}, w.available(hub), "SKUs stay as they are")
	require.Len(t, result.Oddities, 2)

	end := whole()
	end.Guard = strict
	held := w.report(lease, end, []inventory.Level{level("abc", 5)}, inventory.Refusal{SKU: "X", Reason: "no figure"})
	require.NotEmpty(t, held.Held)
	require.Contains(t, w.oddities(hub)[0], `like "abc" for "ABC"`, "a held snapshot says it too")
}

func keepsOdditiesOfUploads(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "ABC", "SHOP-ABC")} }))
	id, err := w.StageUpload(w.ctx(), ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.NoError(t, err)
	require.NoError(t, w.StageRows(w.ctx(), id, []inventory.Level{level("A ", 1), level("abc", 2)}, nil))
	require.NoError(t, w.NoteOddities(w.ctx(), id, noted(2)))
	_, err = w.RecordUpload(w.ctx(), id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, []string{twoBeginWithBlank, oneUnlisted + `, like "abc" for "ABC"`}, w.oddities(hub))
}

func sharesOddities(t *testing.T, w *world) {
	first := w.take(hubShop, ledger.Smart)
	id := w.stage(first, []inventory.Level{level("A ", 1), level("B", 2)})
	require.NoError(t, w.NoteOddities(w.ctx(), id, noted(2)))
	_, err := w.Record(w.ctx(), first, id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	second := w.take(hubMarket, ledger.Smart)
	shared, err := w.Share(w.ctx(), second, ledger.ShareQuery{Warehouse: hub, Since: began, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, first.Run, shared.Run)
	require.Len(t, shared.Result.Oddities, 1)
	require.Contains(t, shared.Result.Oddities[0].Text, `like "A " at line 2`)
}

func listsAlike(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "PROD"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("PART", 2))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "abc", "SHOP-ABC"), listing(market, "A BC", "M")}
	}))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("ABC", 1), level("00124", 2), {Facility: "west", SKU: "ABC", Available: 1}})
	w.resolve(lease, ledger.Smart)
	for _, test := range []struct {
		sku   string
		query ledger.AlikeQuery
		want  []string
	}{
		{"Abc", ledger.AlikeQuery{}, nil},
		{"Abc", ledger.AlikeQuery{Warehouse: hub}, []string{"ABC"}},
		{"ABC", ledger.AlikeQuery{Warehouse: hub}, nil},
		{"Abc", ledger.AlikeQuery{Warehouse: annex}, nil},
		{"Abc", ledger.AlikeQuery{Store: shop}, []string{"abc"}},
		{"abc", ledger.AlikeQuery{Connection: hubShop}, []string{"ABC"}},
		{"shop-abc", ledger.AlikeQuery{Connection: hubShop}, nil},
		{"Abc", ledger.AlikeQuery{Merchant: merchant}, []string{"A BC", "ABC", "abc"}},
		{"Abc", ledger.AlikeQuery{Merchant: "other"}, nil},
		{"124", ledger.AlikeQuery{Merchant: merchant}, []string{"00124"}},
		{"prod", ledger.AlikeQuery{Merchant: merchant}, []string{"PROD"}},
		{"kit", ledger.AlikeQuery{Merchant: merchant}, []string{"KIT"}},
		{"part", ledger.AlikeQuery{Merchant: merchant}, []string{"PART"}},
		{"m", ledger.AlikeQuery{Merchant: merchant}, []string{"M"}},
	} {
		alike, err := w.Alike(w.ctx(), test.sku, test.query)
		require.NoError(t, err)
		require.Equal(t, test.want, alike, test)
	}
	var many []inventory.Level
	for i := range 8 {
		many = append(many, level("X"+strings.Repeat(" ", i), 1))
	}
	w.report(lease, part(), many)
	alike, err := w.Alike(w.ctx(), "x", ledger.AlikeQuery{Warehouse: hub})
	require.NoError(t, err)
	require.Len(t, alike, 5)
}

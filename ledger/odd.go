package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"hash/maphash"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// mostAlike is how many SKUs are held in memory to be compared. Where there are more on both sides, those behind are not compared.
const mostAlike = 200_000

// NoteOddities keeps what looks odd in the rows of a staged snapshot; see Recorder.
func (d *database) NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error {
	return d.writeScratch(ctx, func(t *tx) error {
		if _, err := t.staging(ctx, snapshot); err != nil {
			return err
		}
		_, err := t.exec(ctx, "UPDATE snapshots SET odd = ? WHERE id = ?", encodeOddities(oddities), snapshot)
		return err
	})
}

// encodeOddities leaves the words out, which are made anew when they are read.
func encodeOddities(oddities []inventory.Oddity) string {
	kept := make([]inventory.Oddity, len(oddities))
	for i, oddity := range oddities {
		oddity.Text, oddity.Advice = "", ""
		kept[i] = oddity
	}
	return encode(kept)
}

func decodeOddities(snapshot int64, content string) ([]inventory.Oddity, error) {
	var kept []inventory.Oddity
	err := decode(fmt.Sprintf("what is odd in snapshot %d", snapshot), content, &kept)
	return inventory.JoinOddities(kept), err
}

// levelKeysRange bounds the sum over the keys of a snapshot's levels, so that it stays a number that both databases can add up.
const levelKeysRange = 1 << 40

// sumOfKeys is the same for the same levels in any order.
func sumOfKeys(levels []inventory.Level) (sum int64) {
	for _, level := range levels {
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(level.SKU))
		_, _ = hash.Write([]byte{0})
		_, _ = hash.Write([]byte(level.Facility))
		sum = (sum + int64(hash.Sum64()%levelKeysRange)) % levelKeysRange
	}
	return sum
}

// comparedLevels is what stands in comparedWith before the number of levels.
const comparedLevels = ", levels "

// comparedWith says what a snapshot's SKUs are compared with.
func comparedWith(keys, definitions, levels int64) string {
	return fmt.Sprintf("keys %d, definitions %d%s%d", keys, definitions, comparedLevels, levels)
}

// oddness is what looks odd in a snapshot, and what its SKUs were compared with.
type oddness struct {
	oddities []inventory.Oddity
	compared string
}

// odd adds to what was noted of a staged snapshot's rows which of its SKUs differ only a little from those of the definitions, and from
// recorded ones. It reads in a transaction of its own, before the one that records, so that nobody waits for it.
//
// A full snapshot is compared when its levels are not those of the last one, or the definitions have changed since; otherwise what was
// found then still holds. Of a part only SKUs that have no level yet are compared.
func (d *database) odd(ctx context.Context, snapshot int64, full bool) (oddness, error) {
	var odd oddness
	err := d.read(ctx, func(t *tx) (err error) {
		odd, err = t.odd(ctx, snapshot, full)
		return err
	})
	return odd, err
}

func (t *tx) odd(ctx context.Context, snapshot int64, full bool) (oddness, error) {
	c := comparing{tx: t, snapshot: snapshot, full: full, seed: maphash.MakeSeed()}
	var content string
	var keys, definitions, levels int64
	err := t.row(ctx, `SELECT s.warehouse, w.merchant, s.odd, s.level_keys, (SELECT definitions FROM state) FROM snapshots s JOIN warehouses w ON w.id = s.warehouse
		WHERE s.id = ? AND s.state = 'staging'`, snapshot).Scan(&c.warehouse, &c.merchant, &content, &keys, &definitions)
	if errors.Is(err, sql.ErrNoRows) {
		return oddness{}, nil // whoever records it says so
	} else if err != nil {
		return oddness{}, err
	}
	noted, err := decodeOddities(snapshot, content)
	if err != nil {
		return oddness{}, err
	}
	if !full {
		compared, err := c.all(ctx)
		return oddness{oddities: inventory.JoinOddities(noted, compared)}, err
	}
	if err := t.row(ctx, "SELECT COUNT(*) FROM levels WHERE warehouse = ?", c.warehouse).Scan(&levels); err != nil {
		return oddness{}, err
	}
	odd := oddness{compared: comparedWith(keys, definitions, levels)}
	compared, same, err := c.before(ctx, odd.compared)
	if err == nil && !same {
		compared, err = c.all(ctx)
	}
	odd.oddities = inventory.JoinOddities(noted, compared)
	return odd, err
}

// comparing is a staged snapshot whose SKUs are compared.
type comparing struct {
	*tx
	snapshot            int64
	warehouse, merchant string
	full                bool
	seed                maphash.Seed
}

// before is what was found of the last full snapshot, if that was compared with the same. Whether a recorded SKU has stock changes from
// one to the next, so where one was found it is looked for again.
func (c *comparing) before(ctx context.Context, compared string) (oddities []inventory.Oddity, same bool, err error) {
	var id int64
	var content string
	err = c.row(ctx, `SELECT id, odd FROM snapshots WHERE compared = ? AND id = (SELECT MAX(id) FROM snapshots WHERE warehouse = ? AND state <> 'staging' AND complete)`,
		compared, c.warehouse).Scan(&id, &content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	} else if err != nil {
		return nil, false, err
	}
	last, err := decodeOddities(id, content)
	for _, oddity := range last {
		switch oddity.Kind {
		case inventory.OddRecorded:
			return nil, false, err
		case inventory.OddListing:
			oddities = append(oddities, oddity)
		}
	}
	return oddities, true, err
}

// The SKUs that are compared. Ours are those of the snapshot (s) that fulfil a condition.
const (
	snapshotSKUs   = "SELECT DISTINCT s.sku FROM staged s WHERE s.snapshot = ?"
	withoutLevel   = " AND NOT EXISTS (SELECT 1 FROM levels l WHERE l.warehouse = ? AND l.sku = s.sku)"
	withoutListing = ` AND NOT EXISTS (SELECT 1 FROM connections k JOIN listings l ON l.store = k.store WHERE k.merchant = ? AND k.warehouse = ? AND l.sku = s.sku AND NOT l.removed)`
	withoutName    = ` AND NOT EXISTS (SELECT 1 FROM products p WHERE p.merchant = ? AND p.sku = s.sku AND NOT p.removed)
		AND NOT EXISTS (SELECT 1 FROM bundles b WHERE b.merchant = ? AND b.sku = s.sku AND NOT b.removed)
		AND NOT EXISTS (SELECT 1 FROM bundle_components p WHERE p.merchant = ? AND p.component = s.sku)`
	listedSKUs = "SELECT l.sku FROM listings l WHERE NOT l.removed AND l.store IN (SELECT k.store FROM connections k WHERE k.merchant = ? AND k.warehouse = ?)"
	namedSKUs  = `SELECT p.sku FROM products p WHERE p.merchant = ? AND NOT p.removed UNION ALL SELECT b.sku FROM bundles b WHERE b.merchant = ? AND NOT b.removed
		UNION ALL SELECT p.component FROM bundle_components p WHERE p.merchant = ?`
	recordedSKUs = `SELECT DISTINCT l.sku FROM levels l WHERE l.warehouse = ? AND l.available > 0
		AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = l.sku)`
)

// side is a query for SKUs.
type side struct {
	query     string
	arguments []any
}

func (s side) and(condition string, arguments ...any) side {
	return side{s.query + condition, slices.Concat(s.arguments, arguments)}
}

// all compares with the definitions and with what is recorded.
func (c *comparing) all(ctx context.Context) ([]inventory.Oddity, error) {
	mine := side{snapshotSKUs, []any{c.snapshot}}
	if !c.full {
		mine = mine.and(withoutLevel, c.warehouse)
	}
	unlisted := mine.and(withoutListing, c.merchant, c.warehouse)
	unnamed := unlisted.and(withoutName, c.merchant, c.merchant, c.merchant)
	defined := pairsOf{}
	err := c.alike(ctx, unlisted, side{listedSKUs, []any{c.merchant, c.warehouse}}, defined.add)
	if err == nil {
		err = c.alike(ctx, unnamed, side{namedSKUs, []any{c.merchant, c.merchant, c.merchant}}, defined.add)
	}
	if err != nil {
		return nil, err
	}
	recorded, theirs := pairsOf{}, side{recordedSKUs, []any{c.warehouse, c.snapshot}}
	if c.full { // which leaves few unnamed
		err = c.alike(ctx, theirs, mine, func(theirs, mine string) { recorded.add(mine, theirs) })
	} else {
		err = c.alike(ctx, mine, theirs, recorded.add)
	}
	return inventory.JoinOddities(defined.oddity(inventory.OddListing), recorded.oddity(inventory.OddRecorded)), err
}

// alike finds the SKUs of two sides that are alike. The first side is held in memory, or the second one where only that has room, and the
// other one passes by.
func (c *comparing) alike(ctx context.Context, first, second side, add func(first, second string)) error {
	var any bool
	if err := c.row(ctx, "SELECT EXISTS ("+second.query+")", second.arguments...).Scan(&any); err != nil || !any {
		return err
	}
	held, whole, err := c.load(ctx, first)
	if err != nil || len(held) == 0 {
		return err
	}
	passing, report := second, add
	if !whole {
		others, all, err := c.load(ctx, second)
		if err != nil {
			return err
		}
		if all {
			held, passing, report = others, first, func(held, passed string) { add(passed, held) }
		}
	}
	return c.each(ctx, func(row *sql.Rows) error {
		var sku string
		if err := row.Scan(&sku); err != nil {
			return err
		}
		for _, other := range held[c.key(sku)] {
			if other != sku {
				report(other, sku)
			}
		}
		return nil
	}, passing.query, passing.arguments...)
}

func (c *comparing) key(sku string) uint64 { return maphash.String(c.seed, inventory.Alike(sku)) }

// errEnough ends a query of which enough has been read.
var errEnough = errors.New("enough")

// load reads SKUs into memory, by what they are alike; whole is false when there are more of them than that.
func (c *comparing) load(ctx context.Context, item side) (held map[uint64][]string, whole bool, err error) {
	count := 0
	held = map[uint64][]string{}
	err = c.each(ctx, func(row *sql.Rows) error {
		if count == mostAlike {
			return errEnough
		}
		count++
		var sku string
		err := row.Scan(&sku)
		held[c.key(sku)] = append(held[c.key(sku)], sku)
		return err
	}, item.query, item.arguments...)
	if errors.Is(err, errEnough) {
		return held, false, nil
	}
	return held, true, err
}

// pairsOf are SKUs of a snapshot, each with the first in order of those that it differs little from.
type pairsOf map[string]string

func (p pairsOf) add(mine, theirs string) {
	if before, ok := p[mine]; (ok && theirs < before) || (!ok && len(p) < mostAlike) {
		p[mine] = theirs
	}
}

// oddity counts the pairs. The first in order are its examples.
func (p pairsOf) oddity(kind inventory.OddityKind) []inventory.Oddity {
	if len(p) == 0 {
		return nil
	}
	oddity := inventory.Oddity{Kind: kind, Count: int64(len(p))}
	var first []string
	for sku := range p {
		at, _ := slices.BinarySearchFunc(first, sku, cmp.Compare[string])
		if at < inventory.OddExamples {
			first = slices.Insert(first, at, sku)
			first = first[:min(len(first), inventory.OddExamples)]
		}
	}
	for _, sku := range first {
		oddity.Examples = append(oddity.Examples, inventory.NewExample(inventory.Row{SKU: sku}, p[sku]))
	}
	return []inventory.Oddity{oddity}
}

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

// maximumAlike is how many SKUs are held in memory for comparison. When both sides have more, the SKUs beyond it are not compared.
const maximumAlike = 200_000

// NoteOddities records oddities in the rows of a staged snapshot; see Recorder.
func (d *database) NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error {
	return d.writeScratch(ctx, func(t *tx) error {
		if _, err := t.staging(ctx, snapshot); err != nil {
			return err
		}
		_, err := t.exec(ctx, "UPDATE snapshots SET odd = ? WHERE id = ?", encodeOddities(oddities), snapshot)
		return err
	})
}

// encodeOddities leaves out the texts, which are made again when the oddities are read.
func encodeOddities(oddities []inventory.Oddity) string {
	stored := make([]inventory.Oddity, len(oddities))
	for i, oddity := range oddities {
		oddity.Text, oddity.Advice = "", ""
		stored[i] = oddity
	}
	return encode(stored)
}

func decodeOddities(snapshot int64, content string) ([]inventory.Oddity, error) {
	var stored []inventory.Oddity
	err := decode(fmt.Sprintf("what is odd in snapshot %d", snapshot), content, &stored)
	return inventory.JoinOddities(stored), err
}

// levelKeysRange is the modulus of the sum over the keys of a snapshot's levels. It is small enough for both databases to add such sums.
const levelKeysRange = 1 << 40

// sumOfKeys is a checksum of the levels' keys that does not depend on their order.
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

// comparedLevels is the text in comparedWith that precedes the number of levels.
const comparedLevels = ", levels "

// comparedWith describes the state that a snapshot's SKUs are compared with. Equal texts mean an equal result.
func comparedWith(keys, definitions, levels int64) string {
	return fmt.Sprintf("keys %d, definitions %d%s%d", keys, definitions, comparedLevels, levels)
}

// oddness holds the oddities of a snapshot, and the state that its SKUs were compared with.
type oddness struct {
	oddities []inventory.Oddity
	compared string
}

// odd returns the oddities noted in a staged snapshot's rows, and adds the snapshot's SKUs that differ only a little from those of the
// definitions or of recorded levels. It reads in a transaction of its own, before the one that records, so that nobody waits for it.
//
// A full snapshot is compared when its levels are not those of the last one, or when the definitions have changed since; otherwise the
// earlier result still holds. Of a partial snapshot only the SKUs without a level are compared.
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
	err := t.row(ctx, `SELECT s.warehouse, w.merchant, s.odd, s.level_keys, (SELECT definitions FROM state)
		FROM snapshots s JOIN warehouses w ON w.id = s.warehouse WHERE s.id = ? AND s.state = 'staging'`, snapshot).
		Scan(&c.warehouse, &c.merchant, &content, &keys, &definitions)
	if errors.Is(err, sql.ErrNoRows) {
		return oddness{}, nil // recording it will return the error
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

// comparing compares the SKUs of a staged snapshot.
type comparing struct {
	*tx
	snapshot            int64
	warehouse, merchant string
	full                bool
	seed                maphash.Seed
}

// before returns the oddities of the last full snapshot; same is true when that was compared with the same state. Whether a recorded SKU
// has stock changes between snapshots, so an earlier result that names a recorded SKU is not used.
func (c *comparing) before(ctx context.Context, compared string) (oddities []inventory.Oddity, same bool, err error) {
	var id int64
	var content string
	err = c.row(ctx, `SELECT id, odd FROM snapshots WHERE compared = ? AND id = (SELECT MAX(id) FROM snapshots
		WHERE warehouse = ? AND state <> 'staging' AND complete)`,
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

// Queries for the SKUs to compare, and conditions on the snapshot's SKUs (s).
const (
	snapshotSKUs   = "SELECT DISTINCT s.sku FROM staged s WHERE s.snapshot = ?"
	withoutLevel   = " AND NOT EXISTS (SELECT 1 FROM levels l WHERE l.warehouse = ? AND l.sku = s.sku)"
	withoutListing = ` AND NOT EXISTS (SELECT 1 FROM connections k JOIN listings l ON l.store = k.store
		WHERE k.merchant = ? AND k.warehouse = ? AND l.sku = s.sku AND NOT l.removed)`
	withoutName = ` AND NOT EXISTS (SELECT 1 FROM products p WHERE p.merchant = ? AND p.sku = s.sku AND NOT p.removed)
		AND NOT EXISTS (SELECT 1 FROM bundles b WHERE b.merchant = ? AND b.sku = s.sku AND NOT b.removed)
		AND NOT EXISTS (SELECT 1 FROM bundle_components p WHERE p.merchant = ? AND p.component = s.sku)`
	listedSKUs = `SELECT l.sku FROM listings l WHERE NOT l.removed
		AND l.store IN (SELECT k.store FROM connections k WHERE k.merchant = ? AND k.warehouse = ?)`
	namedSKUs = `SELECT p.sku FROM products p WHERE p.merchant = ? AND NOT p.removed
		UNION ALL SELECT b.sku FROM bundles b WHERE b.merchant = ? AND NOT b.removed
		UNION ALL SELECT p.component FROM bundle_components p WHERE p.merchant = ?`
	recordedSKUs = `SELECT DISTINCT l.sku FROM levels l WHERE l.warehouse = ? AND l.available > 0
		AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = l.sku)`
)

// side is one of the two sides of a comparison: a query for SKUs.
type side struct {
	query     string
	arguments []any
}

func (s side) and(condition string, arguments ...any) side {
	return side{s.query + condition, slices.Concat(s.arguments, arguments)}
}

// all compares the snapshot's SKUs with those of the definitions and of recorded levels.
func (c *comparing) all(ctx context.Context) ([]inventory.Oddity, error) {
	fromSnapshot := side{snapshotSKUs, []any{c.snapshot}}
	if !c.full {
		fromSnapshot = fromSnapshot.and(withoutLevel, c.warehouse)
	}
	unlisted := fromSnapshot.and(withoutListing, c.merchant, c.warehouse)
	unnamed := unlisted.and(withoutName, c.merchant, c.merchant, c.merchant)
	defined := pairsOf{}
	err := c.alike(ctx, unlisted, side{listedSKUs, []any{c.merchant, c.warehouse}}, defined.add)
	if err == nil {
		err = c.alike(ctx, unnamed, side{namedSKUs, []any{c.merchant, c.merchant, c.merchant}}, defined.add)
	}
	if err != nil {
		return nil, err
	}
	recorded, fromLevels := pairsOf{}, side{recordedSKUs, []any{c.warehouse, c.snapshot}}
	if c.full { // a full snapshot leaves few recorded SKUs unnamed, so these go into memory
		err = c.alike(ctx, fromLevels, fromSnapshot, func(ofLevel, ofSnapshot string) { recorded.add(ofSnapshot, ofLevel) })
	} else {
		err = c.alike(ctx, fromSnapshot, fromLevels, recorded.add)
	}
	return inventory.JoinOddities(defined.oddity(inventory.OddListing), recorded.oddity(inventory.OddRecorded)), err
}

// alike calls add for each pair of SKUs of the two sides that are alike but not equal. It holds the first side in memory and streams
// the second. When only the second side fits into memory, it holds that one and streams the first.
func (c *comparing) alike(ctx context.Context, first, second side, add func(first, second string)) error {
	var any bool
	if err := c.row(ctx, "SELECT EXISTS ("+second.query+")", second.arguments...).Scan(&any); err != nil || !any {
		return err
	}
	held, complete, err := c.load(ctx, first)
	if err != nil || len(held) == 0 {
		return err
	}
	streamed, report := second, add
	if !complete {
		heldSecond, completeSecond, err := c.load(ctx, second)
		if err != nil {
			return err
		}
		if completeSecond {
			held, streamed, report = heldSecond, first, func(held, passed string) { add(passed, held) }
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
	}, streamed.query, streamed.arguments...)
}

func (c *comparing) key(sku string) uint64 { return maphash.String(c.seed, inventory.Alike(sku)) }

// errEnough ends a query when enough rows have been read.
var errEnough = errors.New("enough")

// load reads SKUs into memory, keyed by what alike SKUs have in common; complete is false when there are more than maximumAlike.
func (c *comparing) load(ctx context.Context, item side) (held map[uint64][]string, complete bool, err error) {
	count := 0
	held = map[uint64][]string{}
	err = c.each(ctx, func(row *sql.Rows) error {
		if count == maximumAlike {
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

// pairsOf maps SKUs of a snapshot to a SKU that each resembles: the first in order, where there are several.
type pairsOf map[string]string

func (p pairsOf) add(ofSnapshot, alike string) {
	if before, ok := p[ofSnapshot]; (ok && alike < before) || (!ok && len(p) < maximumAlike) {
		p[ofSnapshot] = alike
	}
}

// oddity counts the pairs and takes the first in order as examples.
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

package activities

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

const (
	// fingerprintSize is how many bytes of a page's SHA-256 are kept.
	fingerprintSize = 16
	// mostPages is for how many pages fingerprints are kept; a source with more is compared row by row.
	mostPages = 1 << 16
	// mostKept is how many bytes of compressed pages are kept back; about two million levels.
	mostKept = 16 << 20
)

// pages compares the pages of a source with those of its last snapshot, and keeps them back, compressed, for as long as they are the same. Most often
// all of them are, and nothing need be staged. It is used by one goroutine.
type pages struct {
	last []byte // the fingerprints of the last snapshot's pages
	most int    // see mostKept

	fingerprints []byte // of the pages so far
	none         bool   // no fingerprints are kept of this snapshot
	differ       bool   // a page was another one, or too much would be kept back
	kept         bytes.Buffer
	compressor   *flate.Writer
}

// add takes the next page and returns true when it is kept back. A page that is not plain, for what became of its rows depends on more than what
// they say, is like no other, and neither is its snapshot.
func (p *pages) add(rows []inventory.Row, plain bool) (bool, error) {
	if p.none = p.none || !plain || len(p.fingerprints) == mostPages*fingerprintSize; p.none {
		p.fingerprints = nil
		return false, nil
	}
	content, err := json.Marshal(fingerprinted(rows))
	if err != nil {
		return false, fmt.Errorf("a page's fingerprint: %w", err)
	}
	sum := sha256.Sum256(content)
	p.fingerprints = append(p.fingerprints, sum[:fingerprintSize]...)
	p.differ = p.differ || p.kept.Len() > p.most || !bytes.HasPrefix(p.last, p.fingerprints)
	if p.differ {
		return false, nil
	}
	return true, p.keep(content, rows)
}

// keep writes a page, and then where its rows stand.
func (p *pages) keep(content []byte, rows []inventory.Row) (err error) {
	if p.compressor == nil {
		if p.compressor, err = flate.NewWriter(&p.kept, flate.BestSpeed); err != nil {
			return err
		}
	}
	places := make([]string, len(rows))
	for i, row := range rows {
		places[i] = row.Place
	}
	if _, err := p.compressor.Write(content); err != nil {
		return err
	}
	return json.NewEncoder(p.compressor).Encode(places)
}

// keeps is true when pages are kept back.
func (p *pages) keeps() bool { return p.compressor != nil }

// same is true when all pages are those of the last snapshot.
func (p *pages) same() bool {
	return !p.differ && len(p.last) > 0 && bytes.Equal(p.last, p.fingerprints)
}

// release passes on what was kept back, in order. From then on nothing is.
func (p *pages) release(next func([]inventory.Row) error) error {
	p.differ = true
	if !p.keeps() {
		return nil
	}
	if err := p.compressor.Close(); err != nil {
		return err
	}
	defer func() { p.compressor, p.kept = nil, bytes.Buffer{} }()
	for content := json.NewDecoder(flate.NewReader(&p.kept)); ; {
		var rows fingerprintedRows
		var places []string
		err := content.Decode(&rows)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = content.Decode(&places)
		}
		if err == nil {
			err = next(rows.at(places))
		}
		if err != nil {
			return err
		}
	}
}

// fingerprintedRows are rows without their places and without what could not be read. The same content at another place is the same content.
type fingerprintedRows []fingerprintedRow

type fingerprintedRow struct {
	Facility    string `json:"f,omitempty"`
	SKU         string `json:"s"`
	Written     string `json:"w,omitempty"`
	Available   *int64 `json:"a,omitempty"`
	OnHand      *int64 `json:"h,omitempty"`
	Committed   *int64 `json:"c,omitempty"`
	NoAvailable bool   `json:"na,omitempty"`
	NoOnHand    bool   `json:"nh,omitempty"`
	ReportedAt  *int64 `json:"t,omitempty"` // in microseconds since 1970
}

func fingerprinted(rows []inventory.Row) fingerprintedRows {
	match := make(fingerprintedRows, len(rows))
	for i, row := range rows {
		match[i] = fingerprintedRow{row.Facility, row.SKU, row.Written, row.Available, row.OnHand, row.Committed, row.NoAvailable, row.NoOnHand, nil}
		if !row.ReportedAt.IsZero() {
			match[i].ReportedAt = new(row.ReportedAt.UnixMicro())
		}
	}
	return match
}

// at is the rows at their places.
func (f fingerprintedRows) at(places []string) []inventory.Row {
	rows := make([]inventory.Row, len(f))
	for i, row := range f {
		rows[i] = inventory.Row{
			Facility: row.Facility, SKU: row.SKU, Written: row.Written, Available: row.Available, OnHand: row.OnHand, Committed: row.Committed,
			NoAvailable: row.NoAvailable, NoOnHand: row.NoOnHand, Place: places[i],
		}
		if row.ReportedAt != nil {
			rows[i].ReportedAt = time.UnixMicro(*row.ReportedAt).UTC()
		}
	}
	return rows
}

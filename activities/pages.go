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
	// fingerprintSize is how many bytes of a page's SHA-256 are used.
	fingerprintSize = 16
	// maximumPages is the most pages for which fingerprints are stored. A snapshot with more is compared row by row.
	maximumPages = 1 << 16
	// maximumKept is the most bytes of compressed pages that are kept in memory, which is about two million levels.
	maximumKept = 16 << 20
)

// pages compares the pages of a source with those of its last snapshot. While they are the same, it keeps them in memory, compressed, instead of
// staging them. Most often all pages are the same, and nothing need be staged. It is used by one goroutine.
type pages struct {
	last []byte // the fingerprints of the last snapshot's pages
	most int    // see maximumKept

	fingerprints []byte // fingerprints of the pages so far
	none         bool   // this snapshot has no fingerprints
	differ       bool   // a page was different, or too much would have to be kept
	kept         bytes.Buffer
	compressor   *flate.Writer
}

// add takes the next page and returns true when it keeps the page, which then need not be staged now. A page is not plain when the outcome of its
// rows depends on more than their content; then the snapshot gets no fingerprints.
func (p *pages) add(rows []inventory.Row, plain bool) (bool, error) {
	if p.none = p.none || !plain || len(p.fingerprints) == maximumPages*fingerprintSize; p.none {
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

// keep compresses a page, followed by the places of its rows.
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

// keeps is true when pages are kept in memory.
func (p *pages) keeps() bool { return p.compressor != nil }

// same is true when all pages are equal to those of the last snapshot.
func (p *pages) same() bool {
	return !p.differ && len(p.last) > 0 && bytes.Equal(p.last, p.fingerprints)
}

// release passes the kept pages on, in order. After that no pages are kept.
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

// fingerprintedRows are the parts of rows that count for a fingerprint. Their places do not: the same content at another place is the same
// content.
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
	parts := make(fingerprintedRows, len(rows))
	for i, row := range rows {
		parts[i] = fingerprintedRow{row.Facility, row.SKU, row.Written, row.Available, row.OnHand, row.Committed, row.NoAvailable, row.NoOnHand, nil}
		if !row.ReportedAt.IsZero() {
			parts[i].ReportedAt = new(row.ReportedAt.UnixMicro())
		}
	}
	return parts
}

// at returns the rows, with their places.
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

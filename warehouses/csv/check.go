package csv

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// How much of a file Check looks at and shows.
const (
	checkedRows     = rowsPerPage
	shownRows       = 5
	shownFacilities = 50
)

var errEnough = errors.New("enough rows were read")

// Check reads the beginning of the file, or of the last complete file of the folder, as a fetch would.
func (s *source) Check(ctx context.Context) (warehouses.Finding, error) {
	at, err := s.site.visit(ctx)
	if err != nil {
		return warehouses.Finding{}, err
	}
	defer at.close()
	path, full, notes, err := s.checked(at)
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding := warehouses.Finding{Notes: notes}
	rows := 0
	sink := func(_ context.Context, page []inventory.Row) error {
		for _, row := range page {
			if len(finding.Sample) < shownRows {
				finding.Sample = append(finding.Sample, row)
			}
			if row.Problem == "" && len(finding.Facilities) < shownFacilities && !slices.Contains(finding.Facilities, row.Facility) {
				finding.Facilities = append(finding.Facilities, row.Facility)
			}
		}
		if rows += len(page); rows >= checkedRows {
			return errEnough
		}
		return nil
	}
	f, err := at.open(path)
	if err != nil {
		return warehouses.Finding{}, unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	name := filepath.Base(path)
	info, err := s.stat(f, path)
	if err != nil {
		return warehouses.Finding{}, err
	}
	read := &pages{sink: sink}
	decoder, err := s.rows(ctx, name, &input{ctx: ctx, from: f}, full, nil, read)
	switch {
	case errors.Is(err, errEnough):
	case ctx.Err() != nil:
		return warehouses.Finding{}, ctx.Err()
	case err != nil:
		return warehouses.Finding{}, err
	}
	if decoder != nil {
		finding.Notes = append(finding.Notes, decoder.notes()...)
	}
	made, err := s.made(name, content{modified: info.ModTime(), asOf: read.asOf}, time.Time{}, time.Time{})
	if err != nil {
		return warehouses.Finding{}, err
	}
	finding.Notes = append(finding.Notes, warehouses.CountsAsOf(made, s.asOf.where()))
	slices.Sort(finding.Facilities)
	return finding, nil
}

// checked is the file that Check looks at, and what to say of the choice.
func (s *source) checked(at place) (path string, full bool, notes []string, err error) {
	info, err := at.stat(s.path)
	switch {
	case err != nil:
		return "", false, nil, unreadable(s.path, err)
	case info.Mode().IsRegular():
		complete, until, err := s.completion.check(at.stat, s.path, info, s.now())
		if err == nil && !complete {
			err = s.incomplete(s.path, until)
		}
		return s.path, s.full, nil, err
	case !info.IsDir():
		return "", false, nil, warehouses.NeedsPerson(nil, "%s is neither a file nor a folder; correct the setting path", s.path)
	}
	files, err := s.list(at)
	if err != nil {
		return "", false, nil, err
	}
	complete := slices.DeleteFunc(slices.Clone(files), func(f file) bool { return !f.complete })
	if len(complete) == 0 {
		return "", false, nil, s.nothing(files)
	}
	last := slices.MaxFunc(complete, func(a, b file) int { return a.compare(b.position) })
	return s.inFolder(last.name), last.full, []string{fmt.Sprintf("%d complete files, %d not complete; the last in order is %s", len(complete),
		len(files)-len(complete), last.name)}, nil
}

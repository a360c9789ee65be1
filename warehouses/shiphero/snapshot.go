package shiphero

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// wanted is what a snapshot is made of. It must not leave out what has no stock (has_inventory): a product that has sold out is
// what stores must hear of first. Since April 2025 there is only the new format, which groups by account; while the flag for it
// is still there, it is said.
type wanted struct {
	Warehouse string `json:"warehouse_id,omitempty"`
	Customer  string `json:"customer_account_id,omitempty"`
	NewFormat bool   `json:"new_format"`
}

// job is a snapshot that ShipHero makes.
type job struct {
	id     string
	status string
	failed bool   // ShipHero tells an error
	url    string // of the file, once it is made
}

// fetchFile has ShipHero make a snapshot of everything and reads its file.
func (s *source) fetchFile(ctx context.Context, cursor sourceCursor, began time.Time, sink warehouses.Sink) (warehouses.Snapshot, error) {
	turns := s.pace()
	job, header, err := s.generate(ctx, turns)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	next, asOf, err := s.begin(cursor, began, header)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	if job.id == cursor.Snapshot {
		return warehouses.Snapshot{}, s.doubted("ShipHero answers with the one that was recorded last, and not with a new one")
	}
	made, err := s.await(ctx, turns, job)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	read, err := s.download(ctx, made, sink)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	if err := s.finish(read); err != nil {
		return warehouses.Snapshot{}, err
	}
	next.Snapshot = made.id
	return warehouses.Snapshot{Full: true, Rows: read.rows, AsOf: asOf, Cursor: warehouses.WriteCursor(next), From: s.Endpoint + ", snapshot " + made.id}, nil
}

// generate asks for a snapshot. Nothing is mailed or posted anywhere when it is made: it is asked after.
func (s *source) generate(ctx context.Context, turns *pace) (job, http.Header, error) {
	const operation = "inventory_generate_snapshot"
	variables := map[string]any{"data": wanted{Warehouse: s.warehouse, Customer: s.customer, NewFormat: true}}
	response, err := s.ask(ctx, turns, operation, generateDocument, variables)
	if err != nil {
		return job{}, nil, err
	}
	export, err := decodeJob(response.Body, operation)
	if err != nil {
		return job{}, nil, s.doubted("%v", err)
	}
	return export, response.Header, nil
}

// await asks until the snapshot is made.
func (s *source) await(ctx context.Context, turns *pace, export job) (job, error) {
	const operation = "inventory_snapshot"
	ends := s.Now().Add(s.patience)
	for {
		if err := s.Wait(ctx, s.poll); err != nil {
			return job{}, err
		}
		response, err := s.ask(ctx, turns, operation, snapshotDocument, map[string]string{"id": export.id})
		if err != nil {
			return job{}, err
		}
		made, err := decodeJob(response.Body, operation)
		switch {
		case err != nil:
			return job{}, s.doubted("%v", err)
		case made.id != export.id:
			return job{}, s.doubted("ShipHero was asked after one, and answers with another")
		case made.failed || made.status == "error" || made.status == "aborted":
			return job{}, warehouses.Faltered(nil, "warehouse %s: ShipHero could not make the snapshot; if that goes on, set warehouse_id or customer_account_id so "+
				"that it is smaller, or full: pages", s.ID)
		case made.status == "success" && made.url != "":
			return made, nil
		case s.Now().After(ends):
			return job{}, warehouses.Faltered(nil, "warehouse %s: ShipHero has not made the snapshot within %s; raise snapshot_timeout, or set full: pages", s.ID,
				s.patience)
		}
	}
}

// decodeJob reads how far a snapshot is. Its error is not read, for it is ShipHero's own text.
func decodeJob(body []byte, operation string) (job, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return job{}, err
	}
	snapshot, err := document.Descend("data", operation, "snapshot")
	if err != nil {
		return job{}, err
	}
	parts, err := snapshot.Parts("snapshot", "snapshot_id", "status", "error")
	if err != nil {
		return job{}, err
	}
	j := job{failed: parts[2].Kind() == jsonvalue.Text && parts[2].Raw() != `""`}
	if j.id, err = jsonvalue.ReadText(parts[0]); err != nil || j.id == "" {
		return job{}, errors.New("snapshot_id: expected text")
	}
	status, _ := parts[1].Text()
	// The documentation says "success"; what is answered at first looks like "InventorySnapshotStatus.enqueued".
	j.status = strings.ToLower(status[strings.LastIndexByte(status, '.')+1:])
	_, err = snapshot.Members(func(name string, value jsonvalue.Value) error {
		if name == "snapshot_url" {
			j.url, _ = value.Text()
		}
		return nil
	})
	return j, err
}

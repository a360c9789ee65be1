package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// The headers with which a snapshot is sent.
const (
	headerRows         = "Tidemark-Rows"
	headerApprovedRows = "Tidemark-Approved-Rows"
)

const (
	stagePage = 2000 // rows of one transaction
	// A snapshot may take as long as it takes at this rate, and a while.
	slowestUpload  = 16 << 10 // bytes per second
	uploadPatience = 30 * time.Second
	discardWithin  = 10 * time.Second
)

// claims are what a sender says of a snapshot.
type claims struct {
	full     bool
	asOf     *time.Time
	signed   time.Time // when the request was signed; zero where nobody did
	rows     int64     // -1: a trailer will say
	approved int64
}

// readClaims reads the query and the headers. A name that is not known is refused: ?ful=true would be a delta.
func readClaims(r *http.Request, now time.Time) (claims, error) {
	c := claims{rows: -1}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return c, invalid("invalid_query", "the query cannot be read")
	}
	counts := map[string]*int64{headerRows: &c.rows, headerApprovedRows: &c.approved}
	for name, values := range query {
		err := fmt.Errorf("expected one value")
		if len(values) == 1 {
			switch name {
			case "full":
				c.full = values[0] == "true"
				err = nil
				if values[0] != "true" && values[0] != "false" {
					err = errors.New("expected true or false")
				}
			case "as_of":
				var at time.Time
				at, err = parseTime(values[0], now)
				c.asOf = &at
			case "rows":
				err = readCount(values[0], &c.rows)
			default:
				err = errors.New("there is no such setting; there are full, as_of and rows")
			}
		}
		if err != nil {
			return c, invalid("invalid_query", "%s: %v", inventory.Quoted(name), err)
		}
	}
	for name, into := range counts {
		before := *into
		if text := r.Header.Get(name); text == "" {
			continue
		} else if err := readCount(text, into); err != nil {
			return c, invalid("invalid_header", "%s: %v", name, err)
		}
		if name == headerRows && before >= 0 && before != *into {
			return c, invalid("rows_differ", "the query says %d rows and the header %s %d", before, name, *into)
		}
	}
	return c, nil
}

func readCount(text string, into *int64) error {
	count, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return errors.New("expected a number of rows")
	}
	*into = int64(count)
	return nil
}

// takeSnapshot stages a whole snapshot in the ledger and asks the intake to record it. Whatever goes wrong before that, nothing of it
// is kept.
func (s *Server) takeSnapshot(w http.ResponseWriter, r *http.Request, one *hook, form string) error {
	now := s.options.Now()
	if r.ContentLength > s.options.MaximumSnapshot {
		return tooLarge(s.options.MaximumSnapshot)
	}
	given, err := newProof(one, r.Header, now)
	if err != nil {
		return s.disbelieve(r, one, err)
	}
	said, err := readClaims(r, now)
	if err != nil {
		return err
	}
	token, has := s.tokenOf(r.Header)
	if said.approved > 0 && one.format != ledger.HookBearer && !(has && control.May(token.role, control.ActDecide)) {
		// A signature covers the body and not this header, so another proof is needed.
		return &problem{
			status: http.StatusForbidden, code: "approval_not_proven",
			message: headerApprovedRows + " lifts the guard, and the signature does not cover it: send the API token of who may decide with it, " +
				"as Authorization: Bearer",
		}
	}
	if !s.uploads.take(one.warehouse.ID) {
		return later("busy", "another snapshot is being taken in; send this one afterwards", uploadRetry)
	}
	defer s.uploads.give(one.warehouse.ID)
	body, err := s.proven(paced(w, r, s.options.MaximumSnapshot), given)
	if errors.Is(err, errSignature) {
		return s.disbelieve(r, one, err)
	} else if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was only read
	said.signed = given.at
	staged, err := s.stage(r.Context(), one, form, body, said, now)
	if err != nil {
		return err
	}
	answer(w, http.StatusAccepted, staged)
	return nil
}

// observedAt is when a snapshot was taken: as its sender says, but not later than it was signed or came. So a snapshot that somebody
// sends once more within the tolerance replaces nothing that was observed after the first time. Nil: nothing says so, and it counts as of
// its arrival, by our clock and not the sender's.
func observedAt(said *time.Time, signed, now time.Time) *time.Time {
	if said == nil && signed.IsZero() {
		return nil
	}
	latest := now
	if !signed.IsZero() && signed.Before(now) {
		latest = signed
	}
	if said != nil && said.Before(latest) {
		latest = *said
	}
	return &latest
}

// paced is the body of a request, with its limits: of bytes, and of patience with a sender who is slow.
func paced(w http.ResponseWriter, r *http.Request, most int64) io.Reader {
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // the answer comes late; where there is no deadline to set, there is none
	return &pacedReader{from: http.MaxBytesReader(w, r.Body, most), control: control, began: time.Now()}
}

type pacedReader struct {
	from    io.Reader
	control *http.ResponseController
	began   time.Time
	bytes   int64
}

func (p *pacedReader) Read(into []byte) (int, error) {
	_ = p.control.SetReadDeadline(p.began.Add(uploadPatience + time.Duration(p.bytes/slowestUpload)*time.Second))
	n, err := p.from.Read(into)
	p.bytes += int64(n)
	return n, err
}

// proven returns a body whose sender is proven. A signed one is put into a file first: nothing of it is looked at before the
// signature holds. The file has no name any more when this returns, so it is gone when it is closed, or when the process dies.
func (s *Server) proven(body io.Reader, given *proof) (io.ReadCloser, error) {
	if given.held {
		return io.NopCloser(body), nil
	}
	file, err := os.CreateTemp(s.options.Folder, "tidemark-snapshot-")
	if err != nil {
		return nil, err
	}
	err = os.Remove(file.Name())
	if err == nil {
		if _, err = io.Copy(io.MultiWriter(file, given), body); err != nil && !isFileError(err) {
			err = bodyProblem(err)
		}
	}
	if err == nil && !given.holds() {
		err = errSignature
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// isFileError tells a failure of the file from one of the connection.
func isFileError(err error) bool {
	var failed *os.PathError
	return errors.As(err, &failed)
}

// Uploads keeps what a warehouse sends until its intake takes it.
type Uploads interface {
	StageUpload(ctx context.Context, start ledger.SnapshotStart) (int64, error)
	StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error
	NoteOddities(ctx context.Context, snapshot int64, found []inventory.Oddity) error
	Discard(ctx context.Context, snapshot int64) error
}

// staged is the answer to a snapshot.
type staged struct {
	Warehouse string `json:"warehouse"`
	Snapshot  int64  `json:"snapshot"`
	Rows      int    `json:"rows"`
	Refused   int    `json:"refused"`
	// Oddities are what looks odd in its rows, by kind.
	Oddities []inventory.Oddity `json:"oddities,omitempty"`
	none     int                // of the rows that state that there is no level
	asOf     time.Time          // as one of its lines says; zero where none does
}

// stage reads the rows into the ledger, a page at a time, and signals the intake.
func (s *Server) stage(ctx context.Context, one *hook, form string, body io.Reader, said claims, now time.Time) (staged, error) {
	result := staged{Warehouse: one.warehouse.ID}
	id, err := s.options.Control.StageUpload(ctx, ledger.SnapshotStart{Warehouse: one.warehouse.ID, Repeated: one.warehouse.Repeated, Now: now})
	if err != nil {
		return result, fmt.Errorf("staging a snapshot: %w", err)
	}
	result.Snapshot = id
	if err := s.stageRows(ctx, one, form, body, said, now, &result); err != nil {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardWithin)
		defer cancel()
		if failed := s.options.Control.Discard(clean, id); failed != nil {
			s.options.Log.Warn("an upload that was given up could not be thrown away; that is done within a day", "snapshot", id, "error", failed)
		}
		return result, err
	}
	if said.asOf == nil && !result.asOf.IsZero() {
		said.asOf = &result.asOf
	}
	crash.At(crash.UploadStaged)
	ctx, cancel := context.WithTimeout(ctx, signalWithin)
	defer cancel()
	err = s.options.Control.Intake(ctx, one.warehouse.ID, workflows.InventoryUpdated{Snapshot: &workflows.UploadedSnapshot{
		ID: id, Full: said.full, Rows: result.Rows - result.none, AsOf: observedAt(said.asOf, said.signed, now), From: "POST /hooks/" + one.warehouse.ID + ", " +
			form, ApprovedRows: said.approved,
	}})
	if err != nil {
		// It stays staged: the signal may have got through. If it has not, the ledger throws it away within a day.
		return result, fmt.Errorf("handing a snapshot over: %w", err)
	}
	crash.At(crash.UploadHanded)
	return result, nil
}

// stageRows stages all rows, and checks that they are all.
func (s *Server) stageRows(ctx context.Context, one *hook, form string, body io.Reader, said claims, now time.Time, result *staged) error {
	rows, err := newRows(ctx, form, body, one.warehouse, now)
	if err != nil {
		return err
	}
	levels := make([]inventory.Level, 0, stagePage)
	var refusals []inventory.Refusal
	var first *inventory.Refusal
	var odd inventory.Oddities
	for {
		row, err := rows.next()
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil {
			result.Rows++
			if inventory.NoLevel(row, one.warehouse.Quantity) {
				result.none++
				odd.Add(row)
			} else if level, refusal := inventory.Accept(inventory.RefuseFuture(row, now), one.warehouse.Quantity); refusal != nil {
				if refusals = append(refusals, *refusal); first == nil {
					first = refusal
				}
			} else {
				levels = append(levels, level)
				odd.Add(row)
			}
		}
		if len(levels)+len(refusals) == stagePage || err == io.EOF && len(levels)+len(refusals) > 0 {
			if err := s.options.Control.StageRows(ctx, result.Snapshot, levels, refusals); err != nil {
				return fmt.Errorf("staging rows: %w", err)
			}
			result.Refused += len(refusals)
			levels, refusals = levels[:0], refusals[:0]
		}
		if err == io.EOF {
			if err := said.complete(result.Rows, rows.trailer()); err != nil {
				return err
			}
			result.asOf = rows.asOf()
			if err := result.believed(first); err != nil {
				return err
			}
			return s.noteOddities(ctx, odd.List(), result)
		}
	}
}

// noteOddities keeps what looks odd in the rows with the snapshot, and tells the sender.
func (s *Server) noteOddities(ctx context.Context, list []inventory.Oddity, result *staged) error {
	if result.Oddities = list; len(list) == 0 {
		return nil
	}
	if err := s.options.Control.NoteOddities(ctx, result.Snapshot, list); err != nil {
		return fmt.Errorf("staging what looks odd: %w", err)
	}
	return nil
}

// believed refuses a snapshot of which every row was refused. The sender is told by the first.
func (s *staged) believed(first *inventory.Refusal) error {
	if s.Refused == 0 || s.Refused < s.Rows-s.none {
		return nil
	}
	return invalid("every_row_refused", "nothing was taken: every row was refused (%d); %s: %s", s.Refused, first.Place, first.Reason)
}

// complete checks the proof of the end.
func (c claims) complete(rows int, trailer int64) error {
	if c.rows < 0 && trailer < 0 {
		return invalid("rows_missing", "nothing was taken: say how many rows there are, in the header %s, the query (?rows=) or a last line, so that a snapshot "+
			"that was cut is not taken for a whole one", headerRows)
	}
	for _, expected := range []int64{c.rows, trailer} {
		if expected >= 0 && expected != int64(rows) {
			return invalid("rows_differ", "nothing was taken: %d rows came, and there should be %d", rows, expected)
		}
	}
	return nil
}

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

// The headers of a snapshot.
const (
	headerRows         = "Tidemark-Rows"
	headerApprovedRows = "Tidemark-Approved-Rows"
)

const (
	stagePage = 2000 // rows in one transaction
	// An upload must be at least this fast on average, after a grace period.
	slowestUpload  = 16 << 10 // bytes per second
	uploadGrace    = 30 * time.Second
	discardTimeout = 10 * time.Second
)

// claims are the query and the headers of a snapshot.
type claims struct {
	full     bool
	asOf     *time.Time
	signed   time.Time // when the request was signed; zero if it was not
	rows     int64     // -1 if only the last line has it
	approved int64
}

// readClaims reads the query and the headers. It refuses unknown parameters: with ?ful=true a full snapshot would count as a part.
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
				err = errors.New("there is no such parameter; the parameters are full, as_of and rows")
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

// takeSnapshot stages a whole snapshot in the ledger and asks the intake to record it. If anything fails before that, nothing is kept.
func (s *Server) takeSnapshot(w http.ResponseWriter, r *http.Request, sender *hook, form string) error {
	now := s.options.Now()
	if r.ContentLength > s.options.MaximumSnapshot {
		return tooLarge(s.options.MaximumSnapshot)
	}
	proof, err := newProof(sender, r.Header, now)
	if err != nil {
		return s.rejectProof(r, sender, err)
	}
	stated, err := readClaims(r, now)
	if err != nil {
		return err
	}
	token, hasToken := s.tokenOf(r.Header)
	if stated.approved > 0 && sender.format != ledger.HookBearer && !(hasToken && control.RoleAllows(token.role, control.ActDecide)) {
		// The signature does not cover this header, so another proof is needed.
		return &problem{
			status: http.StatusForbidden, code: "approval_not_proven",
			message: headerApprovedRows + " overrides the guard, and the signature does not cover it: also send an API token of an operator or admin, " +
				"as Authorization: Bearer",
		}
	}
	if !s.uploads.acquire(sender.warehouse.ID) {
		return later("busy", "another snapshot is being received; send this one later", uploadRetry)
	}
	defer s.uploads.release(sender.warehouse.ID)
	body, err := s.verifiedBody(paced(w, r, s.options.MaximumSnapshot), proof)
	if errors.Is(err, errSignature) {
		return s.rejectProof(r, sender, err)
	} else if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was only read
	stated.signed = proof.at
	staged, err := s.stage(r.Context(), sender, form, body, stated, now)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, staged)
	return nil
}

// observedAt is when a snapshot was made: the time that its sender states, but not later than the signature or the arrival. So a signed
// snapshot that is sent again within the tolerance replaces no level that was observed after the first time. It is nil if neither the sender
// nor a signature states a time: the snapshot then counts as of its arrival, by our clock.
func observedAt(stated *time.Time, signed, now time.Time) *time.Time {
	if stated == nil && signed.IsZero() {
		return nil
	}
	latest := now
	if !signed.IsZero() && signed.Before(now) {
		latest = signed
	}
	if stated != nil && stated.Before(latest) {
		latest = *stated
	}
	return &latest
}

// paced returns the body of a request, limited in bytes and in time.
func paced(w http.ResponseWriter, r *http.Request, maximum int64) io.Reader {
	deadlines := http.NewResponseController(w)
	_ = deadlines.SetWriteDeadline(time.Time{}) // the response comes late; not every ResponseWriter has deadlines
	return &pacedReader{body: http.MaxBytesReader(w, r.Body, maximum), deadlines: deadlines, began: time.Now()}
}

// pacedReader moves the read deadline of a request forward with the bytes that have come, at the rate slowestUpload.
type pacedReader struct {
	body      io.Reader
	deadlines *http.ResponseController
	began     time.Time
	bytes     int64
}

func (p *pacedReader) Read(into []byte) (int, error) {
	_ = p.deadlines.SetReadDeadline(p.began.Add(uploadGrace + time.Duration(p.bytes/slowestUpload)*time.Second))
	n, err := p.body.Read(into)
	p.bytes += int64(n)
	return n, err
}

// verifiedBody returns the body of an authenticated request. A signed body goes into a file first, because it must not be parsed before
// its signature is verified. The file is already unlinked, so it disappears when it is closed or when the process dies.
func (s *Server) verifiedBody(body io.Reader, proof *proof) (io.ReadCloser, error) {
	if proof.proven {
		return io.NopCloser(body), nil
	}
	file, err := os.CreateTemp(s.options.Folder, "tidemark-snapshot-")
	if err != nil {
		return nil, err
	}
	err = os.Remove(file.Name())
	if err == nil {
		if _, err = io.Copy(io.MultiWriter(file, proof), body); err != nil && !isFileError(err) {
			err = bodyProblem(err)
		}
	}
	if err == nil && !proof.valid() {
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

// isFileError is true for an error of the file, and false for one of the connection.
func isFileError(err error) bool {
	var failed *os.PathError
	return errors.As(err, &failed)
}

// Uploads stages the snapshots that warehouses send until their intake records them.
type Uploads interface {
	StageUpload(ctx context.Context, start ledger.SnapshotStart) (int64, error)
	StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error
	NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error
	Discard(ctx context.Context, snapshot int64) error
}

// staged is the response to a snapshot.
type staged struct {
	Warehouse string `json:"warehouse"`
	Snapshot  int64  `json:"snapshot"`
	Rows      int    `json:"rows"`
	Refused   int    `json:"refused"`
	// Oddities are the odd rows, by kind.
	Oddities []inventory.Oddity `json:"oddities,omitempty"`
	none     int                // rows that state that there is no level
	asOf     time.Time          // from a line of the body; zero if there is none
}

// stage reads the rows into the ledger, a page at a time, and signals the intake.
func (s *Server) stage(ctx context.Context, sender *hook, form string, body io.Reader, stated claims, now time.Time) (staged, error) {
	result := staged{Warehouse: sender.warehouse.ID}
	id, err := s.options.Control.StageUpload(ctx, ledger.SnapshotStart{Warehouse: sender.warehouse.ID, Repeated: sender.warehouse.Repeated, Now: now})
	if err != nil {
		return result, fmt.Errorf("staging a snapshot: %w", err)
	}
	result.Snapshot = id
	if err := s.stageRows(ctx, sender, form, body, stated, now, &result); err != nil {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardTimeout)
		defer cancel()
		if failed := s.options.Control.Discard(clean, id); failed != nil {
			s.options.Log.Warn("an abandoned upload could not be removed; that is done within a day", "snapshot", id, "error", failed)
		}
		return result, err
	}
	if stated.asOf == nil && !result.asOf.IsZero() {
		stated.asOf = &result.asOf
	}
	crash.At(crash.UploadStaged)
	ctx, cancel := context.WithTimeout(ctx, signalTimeout)
	defer cancel()
	err = s.options.Control.Intake(ctx, sender.warehouse.ID, workflows.InventoryUpdated{Snapshot: &workflows.UploadedSnapshot{
		ID: id, Full: stated.full, Rows: result.Rows - result.none, AsOf: observedAt(stated.asOf, stated.signed, now), From: "POST /hooks/" + sender.warehouse.ID +
			", " +
			form, ApprovedRows: stated.approved,
	}})
	if err != nil {
		// It stays staged, because Temporal may have the signal. If it has not, the ledger removes the upload within a day.
		return result, fmt.Errorf("handing a snapshot over: %w", err)
	}
	crash.At(crash.UploadHanded)
	return result, nil
}

// stageRows stages all rows, and checks that their number is right.
func (s *Server) stageRows(ctx context.Context, sender *hook, form string, body io.Reader, stated claims, now time.Time, result *staged) error {
	rows, err := newRows(ctx, form, body, sender.warehouse, now)
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
			if inventory.NoLevel(row, sender.warehouse.Quantity) {
				result.none++
				odd.Add(row)
			} else if level, refusal := inventory.Accept(inventory.RefuseFuture(row, now), sender.warehouse.Quantity); refusal != nil {
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
			if err := stated.checkRows(result.Rows, rows.trailer()); err != nil {
				return err
			}
			result.asOf = rows.asOf()
			if err := result.checkRefused(first); err != nil {
				return err
			}
			return s.noteOddities(ctx, odd.List(), result)
		}
	}
}

// noteOddities stores the odd rows with the snapshot and adds them to the response.
func (s *Server) noteOddities(ctx context.Context, list []inventory.Oddity, result *staged) error {
	if result.Oddities = list; len(list) == 0 {
		return nil
	}
	if err := s.options.Control.NoteOddities(ctx, result.Snapshot, list); err != nil {
		return fmt.Errorf("staging odd rows: %w", err)
	}
	return nil
}

// checkRefused refuses a snapshot if every row was refused. The error names the first of them.
func (s *staged) checkRefused(first *inventory.Refusal) error {
	if s.Refused == 0 || s.Refused < s.Rows-s.none {
		return nil
	}
	return invalid("every_row_refused", "nothing was accepted: every row was refused (%d); %s: %s", s.Refused, first.Place, first.Reason)
}

// checkRows compares the number of rows with the number that the sender stated, which proves that the snapshot is whole.
func (c claims) checkRows(rows int, trailer int64) error {
	if c.rows < 0 && trailer < 0 {
		return invalid("rows_missing", "nothing was accepted: state the number of rows, in the header %s, the query (?rows=) or a last line; without it a snapshot "+
			"that was cut off would count as whole", headerRows)
	}
	for _, expected := range []int64{c.rows, trailer} {
		if expected >= 0 && expected != int64(rows) {
			return invalid("rows_differ", "nothing was accepted: %d rows came, and there should be %d", rows, expected)
		}
	}
	return nil
}

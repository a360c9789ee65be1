package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

func secretOf(value string) settings.Credential { return settings.NewCredential(value) }

const stock = "sku,facility,available,on_hand,committed,reported_at\r\n" +
	"BIKE,east,5,7,2,2026-11-24T09:00:00Z\n\"BELL, \"\"brass\"\"\",west,-1,,,\nLAMP,east,1e3,,,\nHORN,east,,,,\n"

// send sends a snapshot with the depot's signature.
func (w *world) send(path, form, body string, more ...string) respond {
	w.t.Helper()
	header := append(sign(secrets["KEY"], "msg", now.Add(-time.Minute), body), "Content-Type", form)
	return w.call(http.MethodPost, "/hooks/"+path, strings.NewReader(body), append(header, more...)...)
}

// record records the last snapshot that was handed over, as the intake does.
func (w *world) record() (ledger.SnapshotResult, workflows.UploadedSnapshot) {
	w.t.Helper()
	uploaded := w.fake.handed[len(w.fake.handed)-1].Snapshot
	require.NotNil(w.t, uploaded)
	var asOf time.Time
	if uploaded.AsOf != nil {
		asOf = *uploaded.AsOf
	}
	result, err := w.ledger.RecordUpload(w.t.Context(), uploaded.ID, ledger.SnapshotEnd{
		Full: uploaded.Full, Rows: uploaded.Rows, AsOf: asOf, From: uploaded.From, Missing: inventory.MissingKeep, Now: now,
		Guard: ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.6, MaximumZeroed: 1},
	})
	require.NoError(w.t, err)
	return result, *uploaded
}

func TestSnapshotsAreTaken(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.send("depot?full=true&as_of=2026-11-24T09:10:00Z", "text/csv; charset=utf-8", stock, headerRows, "4")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, map[string]any{"warehouse": "depot", "snapshot": got.body["snapshot"], "rows": 4.0, "refused": 2.0}, got.body)
	result, uploaded := w.record()
	require.Equal(t, workflows.UploadedSnapshot{
		ID: int64(got.body["snapshot"].(float64)), Full: true, Rows: 4, AsOf: new(now.Add(-20 * time.Minute)), From: "POST /hooks/depot, text/csv",
	}, uploaded)
	require.Equal(t, int64(4), result.Rows)
	require.Equal(t, int64(2), result.Changed)
	levels, err := w.ledger.Levels(t.Context(), "depot", "", ledger.Page{})
	require.NoError(t, err)
	require.Equal(t, `BELL, "brass"`, levels[0].SKU)
	require.Equal(t, int64(-1), levels[0].Available)
	refusals, err := w.ledger.Refusals(t.Context(), "depot", 10)
	require.NoError(t, err)
	require.Equal(t, []inventory.Refusal{
		{Facility: "east", SKU: "LAMP", Place: "line 4", Reason: `available: the quantity "1e3" is a number with an exponent; expected a whole number like 12`},
		{Facility: "east", SKU: "HORN", Place: "line 5", Reason: "no available figure is reported"},
	}, refusals)

	// The same as lines of JSON, without a time: then it is as old as its signature, so whoever sends it once more changes nothing.
	lines := `{"sku":"BIKE","facility":"east","available":6}` + "\n\n" + `{"sku":"BELL","available":null}` + "\n" + `{"rows":2}`
	got = w.send("depot", "application/x-ndjson", lines)
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	_, uploaded = w.record()
	require.False(t, uploaded.Full)
	require.Equal(t, now.Add(-time.Minute), *uploaded.AsOf)

	// Bearer keys need no file: the sender is proven before the body is read.
	got = w.call(http.MethodPost, "/hooks/plain?rows=1", strings.NewReader("available,sku\n4,BIKE\n#END,1\n"), "Authorization", "Bearer "+secrets["BEARER"],
		"Content-Type", "text/csv", headerApprovedRows, "1")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, int64(1), w.fake.handed[2].Snapshot.ApprovedRows)
	require.Nil(t, w.fake.handed[2].Snapshot.AsOf, "nobody says when it was taken: our clock counts, and not as if it were the sender's")
	files, err := os.ReadDir(w.options.Folder)
	require.NoError(t, err)
	require.Empty(t, files)
}

// A signature does not cover the header that lifts the guard, so it takes the API token too.
func TestApprovalIsProven(t *testing.T) {
	t.Parallel()
	const reading, deciding = "viewer-token-of-the-tests", "operator-token-of-the-tests"
	w := setup(t, func(o *opening) {
		o.Tokens = map[ledger.Role][]settings.Credential{
			ledger.Viewer: {settings.NewCredential(reading)}, ledger.Operator: {settings.NewCredential(deciding)},
		}
	})
	for _, more := range [][]string{nil, {"Authorization", "Bearer " + secrets["BEARER"]}, {"Authorization", "Bearer " + reading}} {
		got := w.send("depot", "text/csv", stock, append(more, headerRows, "4", headerApprovedRows, "4")...)
		require.Equal(t, http.StatusForbidden, got.status)
		require.Equal(t, "approval_not_proven", got.code)
	}
	for n, token := range []string{apiToken, deciding} {
		got := w.send("depot", "text/csv", stock, headerRows, "4", headerApprovedRows, "4", "Authorization", "Bearer "+token)
		require.Equal(t, http.StatusAccepted, got.status, got.message)
		require.Equal(t, int64(4), w.fake.handed[n].Snapshot.ApprovedRows)
	}
}

func TestSnapshotsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, func(options *opening) { options.MaximumSnapshot = 100_000 })
	const csv, lines = "text/csv", "application/x-ndjson"
	long := strings.Repeat("x", maxRowBytes)
	for name, test := range map[string]struct {
		query, form, body string
		header            []string
		status            int
		code, message     string
	}{
		"no proof of the end": {form: csv, body: stock, code: "rows_missing"},
		"fewer rows": {
			form: csv, body: stock, header: []string{headerRows, "5"}, code: "rows_differ",
			message: "nothing was accepted: 4 rows came, and there should be 5",
		},
		"more rows than the last line": {
			form: csv, body: stock + "#END,3\n", code: "rows_differ",
			message: "nothing was accepted: 4 rows came, and there should be 3",
		},
		"header and last line differ": {form: csv, body: stock + "#END,4\n", header: []string{headerRows, "3"}, code: "rows_differ"},
		"header and query differ":     {query: "?rows=3", form: csv, body: stock, header: []string{headerRows, "4"}, code: "rows_differ"},
		"a last line that is cut": {
			form: csv, body: stock + "BIN,east,1", header: []string{headerRows, "5"}, code: "invalid_snapshot",
			message: "nothing was accepted: the last line has no line end, so it was perhaps cut",
		},
		"something behind the end": {
			form: csv, body: stock + "#END,4\nBIN,east,1,,,\n", code: "invalid_snapshot",
			message: "nothing was accepted: line 7: there is something behind the line #END",
		},
		"an end without a number": {
			form: csv, body: stock + "#END,four\n", code: "invalid_snapshot",
			message: "nothing was accepted: line 6: #END: expected a number of rows",
		},
		"nothing": {
			form: csv, code: "invalid_snapshot",
			message: "nothing was accepted: line 1: the body is empty; expected a header with the names of the columns",
		},
		"a column that is not known": {
			form: csv, body: "sku,quantity\n", code: "invalid_snapshot",
			message: `nothing was accepted: line 1: there is no column "quantity"; the columns are sku, facility, available, on_hand, committed, reported_at`,
		},
		"a column twice":        {form: csv, body: "sku,sku\n", code: "invalid_snapshot"},
		"no column for the SKU": {form: csv, body: "available\n", code: "invalid_snapshot", message: "nothing was accepted: line 1: there is no column sku"},
		"text behind a quoted field": {
			form: csv, body: "sku,available\n\"A\"B,1\n", code: "invalid_snapshot",
			message: "nothing was accepted: line 2: a quoted field is followed by text",
		},
		"a quote that is never closed": {
			form: csv, body: "sku,available\n\"" + strings.Repeat("x\n", 45_000), code: "invalid_snapshot",
			message: "nothing was accepted: line 2: the row is longer than 65536 bytes; perhaps a quote is never closed",
		},
		"a line that is no JSON": {
			form: lines, body: `{"sku":"A","available":1}` + "\n{\n", code: "invalid_snapshot",
			message: "nothing was accepted: line 2: expected one JSON value, whole and with nothing behind it",
		},
		"a line without end": {
			form: lines, body: "\n" + `{"sku":"` + long + `"}`, code: "invalid_snapshot",
			message: "nothing was accepted: line 2: the row is longer than 65536 bytes",
		},
		"JSON behind the end": {
			form: lines, body: `{"rows":0}` + "\n" + `{"sku":"A","available":1}`, code: "invalid_snapshot",
			message: "nothing was accepted: line 2: there is text after the line with the number of rows",
		},
		"an end in JSON that is none": {form: lines, body: `{"rows":"1"}`, code: "invalid_snapshot"},
		"a misspelt question": {
			query: "?ful=true", form: csv, body: stock, code: "invalid_query",
			message: `"ful": there is no such parameter; the parameters are full, as_of and rows`,
		},
		"full, perhaps":                 {query: "?full=yes", form: csv, body: stock, code: "invalid_query"},
		"full twice":                    {query: "?full=true&full=false", form: csv, body: stock, code: "invalid_query"},
		"as of tomorrow":                {query: "?as_of=2026-11-25T09:00:00Z", form: csv, body: stock, code: "invalid_query"},
		"a query that is none":          {query: "?%zz", form: csv, body: stock, code: "invalid_query"},
		"a number of rows that is none": {form: csv, body: stock, header: []string{headerRows, "-1"}, code: "invalid_header"},
		"too large":                     {form: csv, body: "sku\n" + strings.Repeat("A\n", 60_000), status: 413, code: "too_large"},
		"compressed":                    {form: csv, body: stock, header: []string{"Content-Encoding", "gzip"}, status: 415, code: "unsupported_encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			got := w.send("depot"+test.query, test.form, test.body, test.header...)
			if test.status == 0 {
				test.status = http.StatusBadRequest
			}
			require.Equal(t, test.status, got.status, got.message)
			require.Equal(t, test.code, got.code)
			require.Contains(t, got.message, test.message)
		})
	}
	require.Equal(t, http.StatusUnauthorized, w.call(http.MethodPost, "/hooks/depot", strings.NewReader(stock),
		append(sign(secrets["KEY"], "msg", now, stock+" "), "Content-Type", csv, headerRows, "4")...).status)
	require.Empty(t, w.fake.handed)
	w.nothingStaged()
	require.Equal(t, http.StatusAccepted, w.send("depot", csv, stock, headerRows, "4").status, "the place is free again")
}

// nothingStaged proves that nothing is left of uploads: the next one has the id behind them, and none before it is known.
func (w *world) nothingStaged() {
	w.t.Helper()
	id, err := w.ledger.StageUpload(w.t.Context(), ledger.SnapshotStart{Warehouse: "depot", Now: now})
	require.NoError(w.t, err)
	for before := max(id-50, 1); before < id; before++ {
		require.ErrorIs(w.t, w.ledger.StageRows(w.t.Context(), before, []inventory.Level{{SKU: "A"}}, nil), ledger.ErrNotFound)
	}
	require.NoError(w.t, w.ledger.Discard(w.t.Context(), id))
}

// generated is a snapshot of so many rows that is made while it is read.
type generated struct {
	rows, next int
	rest       []byte
	fail       int // the body breaks off after so many rows; 0: it does not
	each       func()
}

func (g *generated) Read(into []byte) (int, error) {
	if len(g.rest) == 0 {
		switch {
		case g.next == 0:
			g.rest = []byte("sku,available\n")
		case g.fail > 0 && g.next > g.fail:
			return 0, errors.New("the cable was cut")
		case g.next <= g.rows:
			g.rest = fmt.Appendf(nil, "SKU-%d,%d\n", g.next, g.next%100)
		default:
			return 0, io.EOF
		}
		g.next++
		if g.each != nil {
			g.each()
		}
	}
	n := copy(into, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// bearerUpload sends a snapshot to the hook with bearer keys, which reads it as it comes.
func (w *world) bearerUpload(body io.Reader, rows int) (*http.Response, error) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.http.URL+"/hooks/plain?full=true", io.NopCloser(body))
	require.NoError(w.t, err)
	request.Header = http.Header{"Authorization": {"Bearer " + secrets["BEARER"]}, "Content-Type": {"text/csv"}, headerRows: {strconv.Itoa(rows)}}
	return caller.Do(request)
}

func TestBodyThatBreaksOffChangesNothing(t *testing.T) {
	t.Parallel()
	watched := &watchedLedger{discarded: make(chan int64, 1)}
	w := setup(t, func(options *opening) { watched.Ledger = options.Ledger; options.Ledger = watched })
	_, err := w.bearerUpload(&generated{rows: 10_000, fail: 5000}, 10_000)
	require.ErrorContains(t, err, "the cable was cut")
	require.NotZero(t, <-watched.discarded)
	w.nothingStaged()
	require.Empty(t, w.fake.handed)
	answer, err := w.bearerUpload(&generated{rows: 10}, 10)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusAccepted, answer.StatusCode, "it can be sent again")
}

// watchedLedger tells what is thrown away, and can swallow rows.
type watchedLedger struct {
	ledger.Ledger
	discarded chan int64
	rows      int // that were swallowed; the pages are not kept
	swallow   bool
	longest   int
}

func (l *watchedLedger) Discard(ctx context.Context, snapshot int64) error {
	err := l.Ledger.Discard(ctx, snapshot)
	if l.discarded != nil {
		l.discarded <- snapshot
	}
	return err
}

func (l *watchedLedger) StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error {
	if !l.swallow {
		return l.Ledger.StageRows(ctx, snapshot, levels, refusals)
	}
	l.rows += len(levels) + len(refusals)
	l.longest = max(l.longest, len(levels)+len(refusals))
	return nil
}

// Memory does not grow with the snapshot: while half a million rows go by, the heap stays below 32 MB.
func TestLargeSnapshotIsStreamed(t *testing.T) {
	watched := &watchedLedger{swallow: true}
	w := setup(t, func(options *opening) { watched.Ledger = options.Ledger; options.Ledger = watched })
	const rows = 500_000
	var most uint64
	body := &generated{rows: rows}
	body.each = func() {
		if body.next%50_000 == 0 {
			var memory runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&memory)
			most = max(most, memory.HeapAlloc)
		}
	}
	answer, err := w.bearerUpload(body, rows)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusAccepted, answer.StatusCode)
	require.Equal(t, rows, watched.rows)
	require.Equal(t, stagePage, watched.longest)
	require.Less(t, most, uint64(32<<20))
}

// One upload of a warehouse at a time; another is told to come later.
func TestUploadsTakeTurns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	require.True(t, w.server.uploads.acquire("depot"))
	got := w.send("depot", "text/csv", stock, headerRows, "4")
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "10", got.header.Get("Retry-After"))
	w.server.uploads.release("depot")
	require.Equal(t, http.StatusAccepted, w.send("depot", "text/csv", stock, headerRows, "4").status)
	all := slots{maximum: 2, taken: map[string]bool{}}
	require.True(t, all.acquire("a"))
	require.False(t, all.acquire("a"))
	require.True(t, all.acquire("b"))
	require.False(t, all.acquire("c"))
}

// A signal that may have got through leaves the snapshot staged.
func TestSnapshotThatCannotBeHandedOver(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fake.err = errors.New("no answer")
	got := w.send("depot", "text/csv", stock, headerRows, "4")
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Equal(t, "5", got.header.Get("Retry-After"))
	w.fake.err = nil
	got = w.send("depot", "text/csv", stock, headerRows, "4")
	require.Equal(t, http.StatusAccepted, got.status)
	require.NoError(t, w.ledger.StageRows(t.Context(), int64(got.body["snapshot"].(float64))-1, []inventory.Level{{SKU: "A"}}, nil))
}

package walmarttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

type feed struct {
	channeltest.Submission
	id      string
	node    string
	entries []entry
	failed  *ingestionError // of the feed as a whole
	done    bool
	rows    []row
	counts  map[string]int // of rows, by status
}

type entry struct {
	SKU      string `json:"sku"`
	Quantity struct {
		Unit   string `json:"unit"`
		Amount *int64 `json:"amount"`
	} `json:"quantity"`
}

type row struct {
	SKU    string           `json:"sku,omitempty"`
	Index  int              `json:"index"`
	Status string           `json:"ingestionStatus"`
	Errors *ingestionErrors `json:"ingestionErrors,omitempty"`
}

type ingestionErrors struct {
	Errors []ingestionError `json:"ingestionError"`
}

type ingestionError struct {
	Type        string `json:"type"`
	Code        string `json:"code"`
	Description string `json:"description"`
}

const maxFile = 5 << 20 // bytes of a feed

// submit takes a feed.
func (s *Store) submit(w http.ResponseWriter, r *http.Request, body []byte) {
	file, ok := upload(r, body)
	switch {
	case !ok:
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_CONTENT.GMP_FEED_API", "file", "The file is missing")
		return
	case len(file) > maxFile:
		refuse(w, http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE", "file", "The file is too large")
		return
	case r.URL.Query().Get("feedType") != "inventory":
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_PARAM.GMP_FEED_API", "feedType", "The feed type is not valid")
		return
	}
	s.Bodies["feed"] = file
	node, ok := s.node(w, r)
	if !ok {
		return
	}
	var document struct {
		Header struct {
			Version string `json:"version"`
		} `json:"InventoryHeader"`
		Inventory []entry `json:"Inventory"`
	}
	submission := &feed{
		Submission: channeltest.Submission{Ready: s.Now().Add(s.options.Processing)},
		id:         fmt.Sprintf("%032X@AUoBAgA", s.Next()), node: node, counts: map[string]int{},
	}
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	switch err := decoder.Decode(&document); {
	case err != nil || document.Header.Version != "1.4" || len(document.Inventory) == 0:
		submission.failed = &ingestionError{"DATA_ERROR", "ERR_INT_DATA_0801001", "The feed does not follow its schema."}
	case len(document.Inventory) > s.options.FeedItems:
		submission.failed = &ingestionError{"DATA_ERROR", "ERR_EXT_DATA_0801002", "The feed has too many items."}
	case s.options.Failing != "":
		submission.failed = &ingestionError{s.options.Failing, "ERR_INT_SYS_0801003", "The feed could not be processed."}
	default:
		submission.entries = document.Inventory
	}
	s.feeds[submission.id] = submission
	s.queue = append(s.queue, submission)
	channeltest.Reply(w, http.StatusOK, map[string]string{"feedId": submission.id})
}

// upload is the file in the form of a request.
func upload(r *http.Request, body []byte) ([]byte, bool) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, false
	}
	part, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).NextPart()
	if err != nil || part.FormName() != "file" || !strings.HasSuffix(part.FileName(), ".json") {
		return nil, false
	}
	file, err := io.ReadAll(part)
	return file, err == nil
}

// status tells how far a feed is, with a page of its rows where that is asked for.
func (s *Store) status(w http.ResponseWriter, r *http.Request, id string) {
	feed, exists := s.feeds[id]
	if !exists {
		refuse(w, http.StatusNotFound, "CONTENT_NOT_FOUND.GMP_FEED_API", "", "Requested content could not be found")
		return
	}
	feed.Asked++
	s.process()
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = min(50, s.options.DetailsLimit)
	}
	if limit > s.options.DetailsLimit {
		if !s.options.DetailsCut {
			refuse(w, http.StatusBadRequest, "INVALID_REQUEST_PARAM.GMP_FEED_API", "limit", "The limit is too large")
			return
		}
		limit = s.options.DetailsLimit
	}
	body := map[string]any{"feedId": id, "feedSubmissionDate": 1568310803059, "offset": offset, "limit": limit}
	for name, count := range feed.summary() {
		body[name] = count
	}
	switch {
	case !feed.done && feed.Asked == 1:
		body["feedStatus"] = "RECEIVED"
	case !feed.done:
		body["feedStatus"] = "INPROGRESS"
	case feed.failed != nil:
		body["feedStatus"], body["ingestionErrors"] = "ERROR", ingestionErrors{[]ingestionError{*feed.failed}}
	default:
		body["feedStatus"] = "PROCESSED"
		if r.URL.Query().Get("includeDetails") == "true" {
			rows := feed.rows[min(offset, len(feed.rows)):min(offset+limit, len(feed.rows))]
			body["itemDetails"] = map[string]any{"itemIngestionStatus": rows}
		}
	}
	channeltest.Reply(w, http.StatusOK, body)
}

func (f *feed) summary() map[string]int {
	succeeded := f.counts["SUCCESS"]
	summary := map[string]int{"itemsReceived": len(f.rows), "itemsSucceeded": succeeded, "itemsFailed": len(f.rows) - succeeded, "itemsProcessing": 0}
	if !f.done {
		summary["itemsReceived"], summary["itemsProcessing"] = len(f.entries), len(f.entries)
	}
	return summary
}

func (s *Store) statuses(w http.ResponseWriter) {
	open := []map[string]string{}
	for _, feed := range s.queue {
		open = append(open, map[string]string{"feedId": feed.id, "feedType": "inventory", "feedStatus": "INPROGRESS"})
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"totalResults": len(open), "offset": 0, "limit": 50, "results": map[string]any{"feed": open}})
}

// process ends the feeds whose time has come. Without a time, a feed ends by itself when it was asked about twice.
func (s *Store) process() {
	s.queue.Process(s.options.Processing, s.Now(), s.end)
}

// end applies a feed item by item.
func (s *Store) end(submission *feed) {
	submission.done = true
	for i, entry := range submission.entries {
		offence, bad := s.judge(entry)
		closing, closed := s.Closing(entry.SKU)
		if closed {
			offence, bad = closedError(closing), true
		}
		result := row{SKU: entry.SKU, Index: i, Status: "SUCCESS"}
		if bad {
			result.Status, result.Errors = offence.Type, &ingestionErrors{[]ingestionError{offence}}
		} else if s.listed[entry.SKU] {
			s.shown[channeltest.Place{Location: submission.node, SKU: entry.SKU}] = *entry.Quantity.Amount
		}
		if closing.Nameless {
			result.SKU = ""
		}
		submission.add(result)
	}
	submission.entries = nil
	switch s.Fault() {
	case channeltest.Reordered:
		slices.Reverse(submission.rows)
	case channeltest.Stray:
		submission.add(row{SKU: "NOT-ASKED", Index: len(submission.rows), Status: "DATA_ERROR", Errors: &ingestionErrors{[]ingestionError{poisoned}}})
	}
}

// closedError is what a row says of an item that is refused.
func closedError(closing channeltest.Closing) ingestionError {
	kind := "DATA_ERROR"
	switch {
	case closing.Status >= http.StatusInternalServerError:
		kind = "SYSTEM_ERROR"
	case closing.Status == http.StatusTooManyRequests:
		kind = "TIMEOUT_ERROR"
	}
	return ingestionError{kind, "ERR_EXT_DATA_0801014", closing.Words}
}

func (f *feed) add(result row) {
	f.rows = append(f.rows, result)
	f.counts[result.Status]++
}

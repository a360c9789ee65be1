package amazontest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// stored is a document that is moved through a signed address.
type stored struct {
	contentType string
	content     []byte
}

type feed struct {
	channeltest.Submission
	id       string
	document *stored
	status   string // empty until it has ended
	report   string // the id of its report
}

type message struct {
	MessageID     int    `json:"messageId"`
	SKU           string `json:"sku"`
	OperationType string `json:"operationType"`
	submission
}

type issue struct {
	MessageID     *int   `json:"messageId,omitempty"`
	SKU           string `json:"sku,omitempty"`
	Code          string `json:"code"`
	Severity      string `json:"severity"`
	Message       string `json:"message"`
	AttributeName string `json:"attributeName,omitempty"`
}

func (s *Store) createDocument(w http.ResponseWriter, body []byte) {
	var request struct {
		ContentType string `json:"contentType"`
	}
	if json.Unmarshal(body, &request) != nil || request.ContentType == "" {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid request parameters", "")
		return
	}
	id := fmt.Sprintf("amzn1.tortuga.3.%d", s.Next())
	s.documents[id] = &stored{contentType: request.ContentType}
	channeltest.Reply(w, http.StatusCreated, map[string]string{"feedDocumentId": id, "url": s.URL + "/upload/" + id + "?X-Amz-Signature=" +
		channeltest.Credential})
}

// upload and download stand for the storage that documents lie in, where no token may come.
func (s *Store) upload(w http.ResponseWriter, r *http.Request, id string, body []byte) {
	document, exists := s.documents[id]
	if !s.stranger(w, r) {
		return
	}
	if !exists || r.Header.Get("Content-Type") != document.contentType {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<Error><Code>SignatureDoesNotMatch</Code></Error>"))
		return
	}
	document.content = body
}

func (s *Store) download(w http.ResponseWriter, r *http.Request, id string) {
	document, exists := s.documents[id]
	if !s.stranger(w, r) {
		return
	}
	if !exists {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	_, _ = w.Write(document.content)
}

func (s *Store) stranger(w http.ResponseWriter, r *http.Request) bool {
	if r.Header.Get("X-Amz-Access-Token") == "" && r.Header.Get("Authorization") == "" && r.URL.Query().Get("X-Amz-Signature") == channeltest.Credential {
		return true
	}
	s.leaks++
	w.WriteHeader(http.StatusBadRequest)
	return false
}

func (s *Store) createFeed(w http.ResponseWriter, body []byte) {
	var request struct {
		FeedType       string   `json:"feedType"`
		MarketplaceIDs []string `json:"marketplaceIds"`
		DocumentID     string   `json:"inputFeedDocumentId"`
	}
	document := (*stored)(nil)
	if json.Unmarshal(body, &request) == nil {
		document = s.documents[request.DocumentID]
	}
	if document == nil || document.content == nil || request.FeedType != "JSON_LISTINGS_FEED" || !slices.Equal(request.MarketplaceIDs, []string{Marketplace}) {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid request parameters", "")
		return
	}
	submission := &feed{id: fmt.Sprintf("%d", 3_485_934+s.Next()), document: document}
	if now := s.Now(); now.After(s.free) {
		s.free = now
	}
	s.free = s.free.Add(s.options.Processing)
	submission.Ready = s.free
	s.feeds[submission.id] = submission
	s.queue = append(s.queue, submission)
	channeltest.Reply(w, http.StatusAccepted, map[string]string{"feedId": submission.id})
}

func (s *Store) getFeed(w http.ResponseWriter, id string) {
	feed, exists := s.feeds[id]
	if !exists {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid input", "Invalid input")
		return
	}
	feed.Asked++
	s.process()
	body := map[string]any{"feedId": feed.id, "feedType": "JSON_LISTINGS_FEED", "createdTime": "2026-08-05T10:00:00Z", "processingStatus": feed.status}
	switch {
	case feed.status == "" && feed.Asked == 1:
		body["processingStatus"] = "IN_QUEUE"
	case feed.status == "":
		body["processingStatus"] = "IN_PROGRESS"
	case feed.report != "":
		body["resultFeedDocumentId"] = feed.report
	}
	channeltest.Reply(w, http.StatusOK, body)
}

func (s *Store) getFeeds(w http.ResponseWriter) {
	open := []map[string]string{}
	for _, feed := range s.queue {
		open = append(open, map[string]string{"feedId": feed.id, "processingStatus": "IN_QUEUE"})
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"feeds": open})
}

func (s *Store) getDocument(w http.ResponseWriter, id string) {
	if _, exists := s.documents[id]; !exists {
		refuse(w, http.StatusNotFound, "NotFound", "Resource not found", "")
		return
	}
	body := map[string]string{"feedDocumentId": id, "url": s.URL + "/download/" + id + "?X-Amz-Signature=" + channeltest.Credential}
	if s.options.Compressed {
		body["compressionAlgorithm"] = "GZIP"
	}
	channeltest.Reply(w, http.StatusOK, body)
}

// process ends the feeds whose time has come, in the order in which they were made. Without a time, a feed ends by itself when it was
// asked about twice.
func (s *Store) process() {
	s.queue.Process(s.options.Processing, s.Now(), s.end)
}

func (s *Store) end(submission *feed) {
	submission.status = s.options.End
	if submission.status != "DONE" {
		return
	}
	submission.report = fmt.Sprintf("amzn1.tortuga.3.report.%d", s.Next())
	content := s.apply(submission)
	if s.options.Compressed {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		_, _ = writer.Write(content)
		_ = writer.Close()
		content = packed.Bytes()
	}
	s.documents[submission.report] = &stored{content: content}
}

// apply applies a feed message by message and writes its report.
func (s *Store) apply(entry *feed) []byte {
	var document struct {
		Header struct {
			SellerID    string `json:"sellerId"`
			Version     string `json:"version"`
			IssueLocale string `json:"issueLocale"`
		} `json:"header"`
		Messages []message `json:"messages"`
	}
	issues, accepted, invalid := []issue{}, 0, 0
	unreadable := json.Unmarshal(entry.document.content, &document) != nil
	entry.document.content = nil // it can be large
	switch {
	case unreadable || len(document.Messages) == 0 || len(document.Messages) > 25_000:
		issues = append(issues, issue{Code: "4002000", Severity: "ERROR", Message: "The feed cannot be read."})
	case document.Header.SellerID != Seller || document.Header.Version != "2.0":
		issues = append(issues, issue{Code: "4002005", Severity: "ERROR", Message: "Attribute 'Merchant' is required, but not present."})
	default:
		for i := range document.Messages {
			m := &document.Messages[i]
			if closing, closed := s.Closing(m.SKU); closed {
				refusal := issue{MessageID: &m.MessageID, SKU: m.SKU, Code: closedCode(closing.Status), Severity: "ERROR", Message: closing.Words}
				if closing.Nameless {
					refusal.MessageID, refusal.SKU = nil, ""
				}
				invalid, issues = invalid+1, append(issues, refusal)
				continue
			}
			fault, bad := s.judge(m.SKU, m.submission)
			if bad {
				invalid++
				issues = append(issues, issue{
					MessageID: &m.MessageID, SKU: m.SKU, Code: fault.code, Severity: "ERROR", Message: fault.message,
					AttributeName: fault.attribute,
				})
				continue
			}
			accepted++
			s.listingOf(m.SKU).quantity = m.Patches[0].Value[0].Quantity
			if s.Fault() == channeltest.Reordered {
				issues = append(issues, issue{MessageID: &m.MessageID, SKU: m.SKU, Code: "18448", Severity: "WARNING", Message: "Attributes are incomplete."})
			}
		}
	}
	issues = channeltest.Distort(s.Fault(), issues, issue{
		MessageID: new(len(document.Messages) + 1), SKU: "NOT-ASKED", Code: "90220", Severity: "ERROR", Message: "It is required but not supplied.",
	})
	content, _ := json.Marshal(map[string]any{
		"header": map[string]string{"sellerId": Seller, "version": "2.0", "feedId": entry.id},
		"issues": issues,
		"summary": map[string]int{
			"errors": invalid, "warnings": 0, "messagesProcessed": accepted + invalid, "messagesAccepted": accepted, "messagesInvalid": invalid,
		},
	})
	s.Bodies["report"] = content
	return content
}

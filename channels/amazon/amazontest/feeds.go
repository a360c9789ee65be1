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
	var asked struct {
		ContentType string `json:"contentType"`
	}
	if json.Unmarshal(body, &asked) != nil || asked.ContentType == "" {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid request parameters", "")
		return
	}
	id := fmt.Sprintf("amzn1.tortuga.3.%d", s.Next())
	s.documents[id] = &stored{contentType: asked.ContentType}
	channeltest.Reply(w, http.StatusCreated, map[string]string{"feedDocumentId": id, "url": s.URL + "/upload/" + id + "?X-Amz-Signature=" +
		channeltest.Credential})
}

// upload and download stand for the storage that documents lie in, where no token may come.
func (s *Store) upload(w http.ResponseWriter, r *http.Request, id string, body []byte) {
	document, known := s.documents[id]
	if !s.stranger(w, r) {
		return
	}
	if !known || r.Header.Get("Content-Type") != document.contentType {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte("<Error><Code>SignatureDoesNotMatch</Code></Error>"))
		return
	}
	document.content = body
}

func (s *Store) download(w http.ResponseWriter, r *http.Request, id string) {
	document, known := s.documents[id]
	if !s.stranger(w, r) {
		return
	}
	if !known {
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
	var asked struct {
		FeedType       string   `json:"feedType"`
		MarketplaceIDs []string `json:"marketplaceIds"`
		DocumentID     string   `json:"inputFeedDocumentId"`
	}
	document := (*stored)(nil)
	if json.Unmarshal(body, &asked) == nil {
		document = s.documents[asked.DocumentID]
	}
	if document == nil || document.content == nil || asked.FeedType != "JSON_LISTINGS_FEED" || !slices.Equal(asked.MarketplaceIDs, []string{Marketplace}) {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid request parameters", "")
		return
	}
	one := &feed{id: fmt.Sprintf("%d", 3_485_934+s.Next()), document: document}
	if now := s.Now(); now.After(s.free) {
		s.free = now
	}
	s.free = s.free.Add(s.options.Processing)
	one.Ready = s.free
	s.feeds[one.id] = one
	s.queue = append(s.queue, one)
	channeltest.Reply(w, http.StatusAccepted, map[string]string{"feedId": one.id})
}

func (s *Store) getFeed(w http.ResponseWriter, id string) {
	one, known := s.feeds[id]
	if !known {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid input", "Invalid input")
		return
	}
	one.Asked++
	s.process()
	said := map[string]any{"feedId": one.id, "feedType": "JSON_LISTINGS_FEED", "createdTime": "2026-08-05T10:00:00Z", "processingStatus": one.status}
	switch {
	case one.status == "" && one.Asked == 1:
		said["processingStatus"] = "IN_QUEUE"
	case one.status == "":
		said["processingStatus"] = "IN_PROGRESS"
	case one.report != "":
		said["resultFeedDocumentId"] = one.report
	}
	channeltest.Reply(w, http.StatusOK, said)
}

func (s *Store) getFeeds(w http.ResponseWriter) {
	open := []map[string]string{}
	for _, one := range s.queue {
		open = append(open, map[string]string{"feedId": one.id, "processingStatus": "IN_QUEUE"})
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"feeds": open})
}

func (s *Store) getDocument(w http.ResponseWriter, id string) {
	if _, known := s.documents[id]; !known {
		refuse(w, http.StatusNotFound, "NotFound", "Resource not found", "")
		return
	}
	said := map[string]string{"feedDocumentId": id, "url": s.URL + "/download/" + id + "?X-Amz-Signature=" + channeltest.Credential}
	if s.options.Compressed {
		said["compressionAlgorithm"] = "GZIP"
	}
	channeltest.Reply(w, http.StatusOK, said)
}

// process ends the feeds whose time has come, in the order in which they were made. Without a time, a feed ends by itself when it was
// asked about twice.
func (s *Store) process() {
	s.queue.Process(s.options.Processing, s.Now(), s.end)
}

func (s *Store) end(one *feed) {
	one.status = s.options.End
	if one.status != "DONE" {
		return
	}
	one.report = fmt.Sprintf("amzn1.tortuga.3.report.%d", s.Next())
	content := s.apply(one)
	if s.options.Compressed {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		_, _ = writer.Write(content)
		_ = writer.Close()
		content = packed.Bytes()
	}
	s.documents[one.report] = &stored{content: content}
}

// apply applies a feed message by message and writes its report.
func (s *Store) apply(one *feed) []byte {
	var document struct {
		Header struct {
			SellerID    string `json:"sellerId"`
			Version     string `json:"version"`
			IssueLocale string `json:"issueLocale"`
		} `json:"header"`
		Messages []message `json:"messages"`
	}
	issues, accepted, invalid := []issue{}, 0, 0
	unreadable := json.Unmarshal(one.document.content, &document) != nil
	one.document.content = nil // it can be large
	switch {
	case unreadable || len(document.Messages) == 0 || len(document.Messages) > 25_000:
		issues = append(issues, issue{Code: "4002000", Severity: "ERROR", Message: "The feed cannot be read."})
	case document.Header.SellerID != Seller || document.Header.Version != "2.0":
		issues = append(issues, issue{Code: "4002005", Severity: "ERROR", Message: "Attribute 'Merchant' is required, but not present."})
	default:
		for i := range document.Messages {
			m := &document.Messages[i]
			if closing, closed := s.Closing(m.SKU); closed {
				said := issue{MessageID: &m.MessageID, SKU: m.SKU, Code: closedCode(closing.Status), Severity: "ERROR", Message: closing.Words}
				if closing.Nameless {
					said.MessageID, said.SKU = nil, ""
				}
				invalid, issues = invalid+1, append(issues, said)
				continue
			}
			found, bad := s.judge(m.SKU, m.submission)
			if bad {
				invalid++
				issues = append(issues, issue{
					MessageID: &m.MessageID, SKU: m.SKU, Code: found.code, Severity: "ERROR", Message: found.message,
					AttributeName: found.attribute,
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
		"header": map[string]string{"sellerId": Seller, "version": "2.0", "feedId": one.id},
		"issues": issues,
		"summary": map[string]int{
			"errors": invalid, "warnings": 0, "messagesProcessed": accepted + invalid, "messagesAccepted": accepted, "messagesInvalid": invalid,
		},
	})
	s.Bodies["report"] = content
	return content
}

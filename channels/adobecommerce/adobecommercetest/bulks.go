package adobecommercetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// The statuses of operations.
const (
	complete  = 1
	retriable = 2
	failed    = 3
	open      = 4
)

// bulk is a call that was taken.
type bulk struct {
	uuid       string
	first      int // the number of the first operation, where they are numbered across bulks
	polls      int
	ready      time.Time
	done       bool
	operations []*operation
}

// operation is one body of a bulk.
type operation struct {
	key     int // its position in the bulk
	body    sourceItems
	status  int
	message string
	code    int

	nameless bool // the report does not say which operation it was
}

type sourceItems struct {
	Items []sourceItem `json:"sourceItems"`
}

type sourceItem struct {
	SKU      *string `json:"sku"`
	Source   *string `json:"source_code"`
	Quantity *int64  `json:"quantity"`
	Status   *int    `json:"status"`
}

// row is an operation in a report.
type row struct {
	ID      *int    `json:"id"`
	Bulk    string  `json:"bulk_uuid"`
	Topic   string  `json:"topic_name"`
	Data    *string `json:"serialized_data"`
	Result  *string `json:"result_serialized_data"`
	Status  int     `json:"status"`
	Message *string `json:"result_message"`
	Code    *int    `json:"error_code"`
}

const topic = "async.magento.inventoryapi.api.sourceitemssaveinterface.execute.post"

// take takes a bulk.
func (s *Store) take(w http.ResponseWriter, r *http.Request) {
	s.body, _ = io.ReadAll(r.Body)
	var bodies []sourceItems
	decoder := json.NewDecoder(bytes.NewReader(s.body))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&bodies) != nil {
		refuse(w, http.StatusBadRequest, "Decoding error.", nil)
		return
	}
	if s.options.Limit > 0 && len(bodies) > s.options.Limit {
		refuse(w, s.options.LimitStatus, `Maximum items of type "%type" is %max`, map[string]any{"type": "async.operations.all", "max": s.options.Limit})
		return
	}
	number := s.Next()
	made := &bulk{uuid: fmt.Sprintf("%08x-3dd3-4100-92e2-dc5852d3009b", number), first: number * 1000, ready: s.Now().Add(s.options.Processing)}
	type receipt struct {
		ID      int    `json:"id"`
		Hash    string `json:"data_hash,omitempty"`
		Status  string `json:"status"`
		Message string `json:"error_message,omitempty"`
	}
	receipts, errors := []receipt{}, false
	for i, body := range bodies {
		if product := s.products[body.sku()]; product != nil && product.poisoned && s.options.Refuses != "" {
			if s.options.Refuses == AsAWhole {
				refuse(w, http.StatusBadRequest, "Error occurred during \"%1\" processing. %2", []string{"sku", "A module of this store does not take this product."})
				return
			}
			receipts, errors = append(receipts, receipt{ID: i, Status: "rejected", Message: "A module of this store does not take this product."}), true
			continue
		}
		receipts = append(receipts, receipt{ID: i, Hash: "6b86b273", Status: "accepted"})
		made.operations = append(made.operations, &operation{key: i, body: body, status: open})
	}
	s.bulks[made.uuid] = made
	s.queue = append(s.queue, made)
	channeltest.Reply(w, http.StatusAccepted, map[string]any{"bulk_uuid": made.uuid, "request_items": receipts, "errors": errors})
}

// sku is the SKU of a body that has one.
func (b sourceItems) sku() string {
	if len(b.Items) != 1 || b.Items[0].SKU == nil {
		return ""
	}
	return *b.Items[0].SKU
}

// report tells what became of a bulk.
func (s *Store) report(w http.ResponseWriter, r *http.Request) {
	bulk, exists := s.bulks[r.PathValue("uuid")]
	if !exists {
		refuse(w, http.StatusNotFound, "Bulk uuid %bulkUuid not exist", map[string]string{"bulkUuid": r.PathValue("uuid")})
		return
	}
	bulk.polls++
	s.process()
	rows := make([]row, 0, len(bulk.operations)+1)
	for _, done := range bulk.operations {
		rows = append(rows, s.row(bulk, done))
	}
	if bulk.done {
		stray := row{ID: new(len(rows)), Bulk: bulk.uuid, Topic: topic, Status: failed, Message: new("not asked for"), Code: new(0)}
		rows = channeltest.Distort(s.Fault(), rows, stray)
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{
		"operations_list": rows, "bulk_id": bulk.uuid, "description": "Topic " + topic, "start_time": "2026-11-25 08:00:00",
		"user_id": 1, "user_type": 1, "operation_count": len(bulk.operations),
	})
}

func (s *Store) row(of *bulk, entry *operation) row {
	shown := row{ID: new(entry.key), Bulk: of.uuid, Topic: topic, Status: entry.status}
	if s.options.DatabaseIDs {
		*shown.ID += of.first
	}
	if entry.message != "" {
		shown.Message = &entry.message
	}
	if entry.status != open && entry.status != complete {
		shown.Code = new(entry.code)
	}
	if entry.nameless {
		shown.ID = nil
		return shown
	}
	if entry.status == complete || s.options.KeepsNoData {
		return shown
	}
	var body any = entry.body
	if s.options.Snake {
		body = map[string]any{"source_items": entry.body.Items}
	}
	meta, _ := json.Marshal(body)
	data, _ := json.Marshal(map[string]any{"entity_id": nil, "entity_link": "", "meta_information": string(meta), "store_id": 0})
	shown.Data = new(string(data))
	return shown
}

// process has the consumer work on the bulks whose time has come. Without a time, a bulk is done when it was asked about twice.
func (s *Store) process() {
	now := s.Now()
	s.queue = slices.DeleteFunc(s.queue, func(entry *bulk) bool {
		if s.options.Processing > 0 && entry.ready.After(now) || s.options.Processing == 0 && entry.polls < 2 {
			return false
		}
		for _, next := range entry.operations {
			closing, closed := s.Closing(next.body.sku())
			switch {
			case !closed:
				next.status, next.message = s.execute(next.body)
				continue
			case closing.Status >= http.StatusInternalServerError, closing.Status == http.StatusTooManyRequests:
				next.status = retriable
			default:
				next.status = failed
			}
			next.message, next.code, next.nameless = closing.Words, closing.Status, closing.Nameless
		}
		entry.done = true
		return true
	})
}

// execute sets a figure.
func (s *Store) execute(body sourceItems) (status int, message string) {
	if len(body.Items) != 1 {
		return failed, "Input data is empty"
	}
	item := body.Items[0]
	if item.SKU == nil || item.Source == nil || item.Quantity == nil || item.Status == nil {
		return failed, `Validation Failed: "sku" can not be empty.`
	}
	if s.deadlocks[*item.SKU] > 0 {
		s.deadlocks[*item.SKU]--
		if s.options.NotSaved {
			return failed, "Could not save Source Item"
		}
		return retriable, "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock"
	}
	product := s.products[*item.SKU]
	switch {
	case product == nil && s.options.RefusesUnknown:
		return failed, fmt.Sprintf(`Validation Failed: Product with requested "sku": "%s" was was not found.`, *item.SKU)
	case product == nil && len(s.similar[fold(*item.SKU)]) > 0:
		product = s.similar[fold(*item.SKU)][0]
	case product == nil:
		s.orphans++
		return complete, success
	}
	switch {
	case product.poisoned:
		return s.options.PoisonStatus, "Validation Failed: A module of this store does not take this product."
	case !s.sources[*item.Source]:
		return failed, fmt.Sprintf(`Validation Failed: Source with code "%s" does not exist.`, *item.Source)
	}
	at := place{*item.Source, product.name}
	s.figures[at], s.marked[at] = *item.Quantity, *item.Status
	return complete, success
}

const success = `Service execution success Magento\InventoryApi\Api\SourceItemsSaveInterface::execute`

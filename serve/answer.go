package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// problem is an answer that says no. Every one of this server's has the same form.
type problem struct {
	status  int
	code    string // for programs; does not change
	message string // for people
	retry   time.Duration
}

func (p *problem) Error() string { return p.message }

func invalid(code, format string, arguments ...any) *problem {
	return &problem{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, arguments...)}
}

// later is for what will work in a moment: nothing was lost, because nothing was taken.
func later(code, message string, retry time.Duration) *problem {
	return &problem{status: http.StatusServiceUnavailable, code: code, message: message, retry: retry}
}

// unauthorized says nothing but no: not whether the warehouse exists, nor what was wrong.
var unauthorized = &problem{status: http.StatusUnauthorized, code: "unauthorized", message: "unauthorized"}

func tooLarge(most int64) *problem {
	return &problem{status: http.StatusRequestEntityTooLarge, code: "too_large", message: fmt.Sprintf("the body is larger than %d bytes", most)}
}

// refuse answers with a problem.
func refuse(w http.ResponseWriter, p *problem) {
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	answer(w, p.status, map[string]any{"error": map[string]string{"code": p.code, "message": p.message}})
}

// answer writes JSON. Values that cannot be written as JSON are a fault of ours, not of the asker.
func answer(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(true) // a SKU may hold anything, and somebody may open the answer in a browser
	if err := encoder.Encode(value); err != nil {
		status = http.StatusInternalServerError
		body.Reset()
		body.WriteString(`{"error":{"code":"internal","message":"the answer could not be written"}}`)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // who has left needs no answer
}

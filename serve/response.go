package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// problem is an error response. All error responses of this server have the same form.
type problem struct {
	status  int
	code    string // for programs; it never changes
	message string // for people
	retry   time.Duration
}

func (p *problem) Error() string { return p.message }

func invalid(code, format string, arguments ...any) *problem {
	return &problem{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, arguments...)}
}

// later is a 503 response: the client should send the same request again after retry. Nothing was accepted, so nothing is lost.
func later(code, message string, retry time.Duration) *problem {
	return &problem{status: http.StatusServiceUnavailable, code: code, message: message, retry: retry}
}

// unauthorized does not reveal whether the warehouse exists or what was wrong.
var unauthorized = &problem{status: http.StatusUnauthorized, code: "unauthorized", message: "unauthorized"}

func tooLarge(most int64) *problem {
	return &problem{status: http.StatusRequestEntityTooLarge, code: "too_large", message: fmt.Sprintf("the body is larger than %d bytes", most)}
}

// writeProblem writes an error response.
func writeProblem(w http.ResponseWriter, p *problem) {
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	writeJSON(w, p.status, map[string]any{"error": map[string]string{"code": p.code, "message": p.message}})
}

// writeJSON writes a JSON response. A value that cannot be encoded is a fault of this server, so the response is then a 500.
func writeJSON(w http.ResponseWriter, status int, value any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(true) // a SKU may contain anything, and somebody may open the response in a browser
	if err := encoder.Encode(value); err != nil {
		status = http.StatusInternalServerError
		body.Reset()
		body.WriteString(`{"error":{"code":"internal","message":"the response could not be written"}}`)
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the client may have left
}

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"
)

// timeLayout is RFC 3339 with microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

// answer is what is sent back.
type answer struct {
	status int
	header http.Header // besides the content type; may be nil
	kind   string      // the content type; JSON when empty
	body   []byte
	// spoiled is how the answer goes astray.
	spoiled spoiled
}

type spoiled int

const (
	whole spoiled = iota
	lost          // the connection is closed without an answer
	cut           // the connection is closed in the middle of the body
	left          // the caller did not wait for it
)

// failure is the error object of an answer.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Actual  *int64 `json:"actual,omitempty"`
}

func reply(status int, body any) answer {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		panic("sandbox: an answer cannot be written as JSON: " + err.Error()) // all of them are made of texts and numbers
	}
	return answer{status: status, body: text.Bytes()}
}

func refuse(status int, code, format string, arguments ...any) answer {
	return refuseWith(status, failure{Code: code, Message: fmt.Sprintf(format, arguments...)})
}

func refuseWith(status int, f failure) answer {
	return reply(status, map[string]failure{"error": f})
}

func badRequest(format string, arguments ...any) answer {
	return refuse(http.StatusBadRequest, "bad_request", format, arguments...)
}

func noRoute(r *http.Request) answer {
	return refuse(http.StatusNotFound, "not_found", "there is no %s %s; see sandbox/API.md for what there is", r.Method, r.URL.Path)
}

func (a answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	kind := a.kind
	if kind == "" {
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if a.spoiled != cut {
		_, _ = w.Write(a.body) // who does not listen to the end misses it
		return
	}
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// decode reads a JSON body strictly: no unknown names, nothing after it, valid UTF-8.
func decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return errors.New("the body is not valid UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the body is empty")
		}
		return fmt.Errorf("the body is not the JSON that is expected: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body goes on after its end")
	}
	return nil
}

// number reads a whole number of a query; absent it is fallback.
func number(r *http.Request, name string, fallback, least, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < least || value > most {
		return 0, fmt.Errorf("%s: expected a whole number from %d to %d, found %q", name, least, most, text)
	}
	return value, nil
}

// Package graphql writes GraphQL calls over HTTP and takes answers apart, for the partners that speak it. What an error means is
// the driver's to say.
package graphql

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Body is the JSON of a call. Its bytes are the same for the same document and variables; struct variables keep their order.
func Body(document string, variables any) ([]byte, error) {
	return json.Marshal(struct {
		Query     string `json:"query"`
		Variables any    `json:"variables,omitempty"`
	}{document, variables})
}

// Response is a GraphQL response: both Data and Errors may be set.
type Response struct {
	Data       json.RawMessage `json:"data"`
	Errors     []Error         `json:"errors"`
	Extensions json.RawMessage `json:"extensions"`
}

// Error is one entry of the top-level errors.
type Error struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// Read takes a response apart. It refuses what is no GraphQL response: no JSON object, something after it, or neither data nor
// errors in it. Its errors hold nothing of the body.
func Read(body []byte) (Response, error) {
	var response Response
	decoder := json.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&response); err != nil {
		return Response{}, errors.New("it is not the JSON of a GraphQL response")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Response{}, errors.New("something follows the JSON of the GraphQL response")
	}
	if len(response.Errors) == 0 && empty(response.Data) {
		return Response{}, errors.New("the GraphQL response holds neither data nor errors")
	}
	return response, nil
}

func empty(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// Into decodes the data. It is an error when there is none.
func (a Response) Into(value any) error {
	if empty(a.Data) {
		return errors.New("the GraphQL response holds no data")
	}
	if json.Unmarshal(a.Data, value) != nil {
		return errors.New("the data of the GraphQL response has another form than the schema promises")
	}
	return nil
}

// Has returns the first error with one of the codes.
func (a Response) Has(codes ...string) (Error, bool) {
	for _, failure := range a.Errors {
		for _, code := range codes {
			if strings.EqualFold(failure.Extensions.Code, code) {
				return failure, true
			}
		}
	}
	return Error{}, false
}

// At is an error's path in words, like "shop.products.3".
func (e Error) At() string {
	parts := make([]string, len(e.Path))
	for i, part := range e.Path {
		switch part := part.(type) {
		case string:
			parts[i] = part
		case float64:
			parts[i] = strconv.FormatFloat(part, 'f', -1, 64)
		default:
			parts[i] = fmt.Sprintf("%T", part)
		}
	}
	return strings.Join(parts, ".")
}

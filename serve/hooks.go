package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Limits for senders.
const (
	maxEventBytes    = 1 << 20   // of one request with events
	maxBytesAtOnce   = 128 << 20 // of all requests with events together
	maxUploads       = 4         // snapshots at once
	failureRetry     = time.Minute
	busyRetry        = time.Second
	unavailableRetry = 5 * time.Second
	uploadRetry      = 10 * time.Second
)

// The content types of a body.
const (
	formJSON   = "application/json"
	formCSV    = "text/csv"
	formNDJSON = "application/x-ndjson"
)

// hook is a warehouse that may send, with the keys that verify its requests.
type hook struct {
	warehouse       ledger.Warehouse
	format          ledger.HookFormat
	keys            [][]byte
	keysByReference map[string][]byte // the same keys, by their references
	unusable        error             // names the keys that cannot be read; nil if all can
}

// loadHooks loads the hooks of all warehouses with their keys. A key that is missing, empty or too short is left out, and the error names its
// reference. A key that could be read before stays in use. If a hook would be left without keys, it stays as it was before. If the ledger
// does not answer, the hooks are nil.
func loadHooks(ctx context.Context, from Control, environment settings.Environment, before map[string]*hook) (map[string]*hook, error) {
	warehouses, err := from.Warehouses(ctx)
	if err != nil {
		return nil, err
	}
	hooks := map[string]*hook{}
	var problems []error
	for _, warehouse := range warehouses {
		if warehouse.Hook == nil {
			continue
		}
		old := before[warehouse.ID]
		sender, err := newHook(warehouse, environment, old)
		if err != nil {
			problems = append(problems, fmt.Errorf("warehouse %s: %w", warehouse.ID, err))
		}
		if len(sender.keys) == 0 && old != nil && len(old.keys) > 0 {
			sender = old
		}
		hooks[warehouse.ID] = sender
	}
	return hooks, errors.Join(problems...)
}

// newHook reads the keys of a hook. Its error names all keys that cannot be read; the hook has the others.
func newHook(warehouse ledger.Warehouse, environment settings.Environment, before *hook) (*hook, error) {
	sender := &hook{warehouse: warehouse, format: warehouse.Hook.Format, keysByReference: map[string][]byte{}}
	if len(warehouse.Hook.Keys) == 0 {
		sender.unusable = errors.New("its hook has no keys, so anybody could send; add keys in the configuration and apply it")
		return sender, sender.unusable
	}
	var unread, without []error
	for _, reference := range warehouse.Hook.Keys {
		key, err := readKey(sender.format, reference, environment)
		if err != nil {
			unread = append(unread, err)
			if before != nil && before.format == sender.format {
				key = before.keysByReference[reference]
			}
			if key == nil {
				without = append(without, err)
				continue
			}
		}
		sender.keys, sender.keysByReference[reference] = append(sender.keys, key), key
	}
	sender.unusable = errors.Join(without...)
	return sender, errors.Join(unread...)
}

// readKey reads the key at a reference.
func readKey(format ledger.HookFormat, reference string, environment settings.Environment) ([]byte, error) {
	secret, err := settings.Reference(reference).Resolve(environment)
	if err != nil {
		return nil, fmt.Errorf("hook: %w", err)
	}
	key, err := secretKey(format, secret.Reveal())
	if err != nil {
		return nil, fmt.Errorf("hook: %s: %w", reference, err)
	}
	return key, nil
}

// serveHook accepts what a warehouse sends: events or a snapshot.
func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	if err := s.takeIn(w, r); err != nil {
		writeProblem(w, s.problemOf(r, err))
	}
}

func (s *Server) takeIn(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r.Header)
	if err != nil {
		return err
	}
	sender := (*s.hooks.Load())[r.PathValue("warehouse")]
	if sender == nil {
		return s.rejectUnauthenticated(r, "", errors.New("no such warehouse, or it has no hook"))
	}
	if len(sender.keys) == 0 {
		return s.cannotVerify(r, sender)
	}
	if form == formJSON {
		return s.takeEvents(w, r, sender)
	}
	if sender.format == ledger.HookShipHero {
		return &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", message: "this hook accepts only ShipHero's webhooks"}
	}
	return s.takeSnapshot(w, r, sender, form)
}

// formOf returns the content type of the body. Compressed bodies are refused, because their size is known only after they are unpacked.
func formOf(header http.Header) (string, error) {
	if coding := strings.Join(header.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return "", &problem{
			status: http.StatusUnsupportedMediaType, code: "unsupported_encoding",
			message: "compressed bodies are not accepted; send the body uncompressed",
		}
	}
	contentType := header.Get("Content-Type")
	if contentType == "" {
		return formJSON, nil
	}
	form, _, err := mime.ParseMediaType(contentType)
	if err == nil && (form == formJSON || form == formCSV || form == formNDJSON) {
		return form, nil
	}
	return "", &problem{
		status: http.StatusUnsupportedMediaType, code: "unsupported_media_type",
		message: "the Content-Type is none of " + formJSON + " (events), " + formCSV + " and " + formNDJSON + " (a snapshot)",
	}
}

// takeEvents accepts events. A 202 response means that they are durable.
func (s *Server) takeEvents(w http.ResponseWriter, r *http.Request, sender *hook) error {
	now := s.options.Now()
	if r.ContentLength > maxEventBytes {
		return tooLarge(maxEventBytes)
	}
	proof, err := newProof(sender, r.Header, now)
	if err != nil {
		return s.rejectProof(r, sender, err)
	}
	size := r.ContentLength
	if size < 0 {
		size = maxEventBytes
	}
	if !s.bodies.reserve(size) {
		return errBusy
	}
	defer s.bodies.release(size)
	body, err := readBody(w, r, maxEventBytes)
	if err != nil {
		return err
	}
	_, _ = proof.Write(body) // never fails
	if !proof.valid() {
		return s.rejectProof(r, sender, errSignature)
	}
	options := decodeOptions{id: proof.id, quantity: sender.warehouse.Quantity, rules: numbers.New(sender.warehouse.Settings), now: now}
	decode := decodeUpdates
	if sender.format == ledger.HookShipHero {
		decode = decodeShipHero
	}
	updates, err := decode(body, options)
	if err != nil {
		s.markRefused(r.Context(), sender, err)
		return invalid("invalid_events", "nothing was accepted: %v", err)
	}
	if len(updates) > 0 { // all events may state that there is no level
		crash.At(crash.EventsProven)
		if err := s.gathererOf(sender.warehouse.ID).submit(r.Context(), updates); err != nil {
			return err
		}
		crash.At(crash.EventsHanded)
	}
	writeJSON(w, http.StatusAccepted, map[string]any{"warehouse": sender.warehouse.ID, "accepted": len(updates)})
	return nil
}

// readBody reads a body up to a limit in bytes.
func readBody(w http.ResponseWriter, r *http.Request, maximum int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maximum))
	if err != nil {
		return nil, bodyProblem(err)
	}
	return body, nil
}

// bodyProblem is the response to a body that could not be read.
func bodyProblem(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge(large.Limit)
	}
	return invalid("body_broken", "the body ended too early or came too slowly; nothing was accepted")
}

// rejectUnauthenticated is the response to a request without a valid proof. It is logged, without the body, and only as often as failures
// allows.
func (s *Server) rejectUnauthenticated(r *http.Request, warehouse string, why error) error {
	if !s.failures.allow(r.RemoteAddr, s.options.Now()) {
		return &problem{status: http.StatusTooManyRequests, code: "too_many_failures", message: "too many failures", retry: failureRetry}
	}
	s.options.Log.Warn("a request was refused", "remote", r.RemoteAddr, "warehouse", warehouse, "reason", why.Error())
	return unauthorized
}

// problemOf converts an error to an HTTP response. An error that is not meant for the sender is logged, and the response asks the sender to
// send the request again.
func (s *Server) problemOf(r *http.Request, err error) *problem {
	var problemErr *problem
	switch {
	case errors.As(err, &problemErr):
		return problemErr
	case errors.Is(err, errBusy):
		return later("busy", "too many events are waiting; nothing was accepted, send them again", busyRetry)
	case r.Context().Err() != nil:
		return later("left", "the sender has left", busyRetry)
	}
	s.options.Log.Error("a request could not be served", "method", r.Method, "pattern", r.Pattern, "error", err)
	return later("unavailable", "it could not be made durable in time; send it again. What was accepted all the same has one effect", unavailableRetry)
}

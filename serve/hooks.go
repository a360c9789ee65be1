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

// Limits of what senders send.
const (
	mostEventBytes   = 1 << 20   // of one request with events
	mostBytesAtOnce  = 128 << 20 // of events, of all requests together
	mostUploads      = 4         // snapshots at once
	failureRetry     = time.Minute
	busyRetry        = time.Second
	unavailableRetry = 5 * time.Second
	uploadRetry      = 10 * time.Second
)

// The forms in which a body may come.
const (
	formJSON   = "application/json"
	formCSV    = "text/csv"
	formNDJSON = "application/x-ndjson"
)

// hook is a warehouse that may send.
type hook struct {
	warehouse ledger.Warehouse
	format    ledger.HookFormat
	keys      [][]byte
	named     map[string][]byte // the same, by their references
	unusable  error             // which key cannot be read: who signs with it cannot be believed
}

// loadHooks reads which warehouses may send, and their keys. A key that is absent, empty or short is passed over, with an error that names
// its reference; one that could be read before stays in use, and so do all of a hook that is left without any. Nil hooks are returned
// when the ledger does not answer.
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
		one, err := newHook(warehouse, environment, old)
		if err != nil {
			problems = append(problems, fmt.Errorf("warehouse %s: %w", warehouse.ID, err))
		}
		if len(one.keys) == 0 && old != nil && len(old.keys) > 0 {
			one = old
		}
		hooks[warehouse.ID] = one
	}
	return hooks, errors.Join(problems...)
}

// newHook reads a hook's keys. Its error names all that cannot be read; the hook goes on with the others.
func newHook(warehouse ledger.Warehouse, environment settings.Environment, before *hook) (*hook, error) {
	one := &hook{warehouse: warehouse, format: warehouse.Hook.Format, named: map[string][]byte{}}
	if len(warehouse.Hook.Keys) == 0 {
		one.unusable = errors.New("its hook has no keys, so anybody could send; give it one (keys in the configuration) and apply that")
		return one, one.unusable
	}
	var unread, without []error
	for _, reference := range warehouse.Hook.Keys {
		key, err := readKey(one.format, reference, environment)
		if err != nil {
			unread = append(unread, err)
			if before != nil && before.format == one.format {
				key = before.named[reference]
			}
			if key == nil {
				without = append(without, err)
				continue
			}
		}
		one.keys, one.named[reference] = append(one.keys, key), key
	}
	one.unusable = errors.Join(without...)
	return one, errors.Join(unread...)
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

// serveHook takes in what a warehouse sends: events, or a snapshot.
func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	if err := s.takeIn(w, r); err != nil {
		refuse(w, s.problemOf(r, err))
	}
}

func (s *Server) takeIn(w http.ResponseWriter, r *http.Request) error {
	form, err := formOf(r.Header)
	if err != nil {
		return err
	}
	one := (*s.hooks.Load())[r.PathValue("warehouse")]
	if one == nil {
		return s.rejectUnauthenticated(r, "", errors.New("no such warehouse, or it has no hook"))
	}
	if len(one.keys) == 0 {
		return s.cannotProve(r, one)
	}
	if form == formJSON {
		return s.takeEvents(w, r, one)
	}
	if one.format == ledger.HookShipHero {
		return &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", message: "this hook takes ShipHero's webhooks only"}
	}
	return s.takeSnapshot(w, r, one, form)
}

// formOf says in which form the body comes. Compressed bodies are not taken: how much they come to is known only too late.
func formOf(header http.Header) (string, error) {
	if coding := strings.Join(header.Values("Content-Encoding"), ","); coding != "" && !strings.EqualFold(coding, "identity") {
		return "", &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_encoding", message: "compressed bodies are not taken; send it as it is"}
	}
	given := header.Get("Content-Type")
	if given == "" {
		return formJSON, nil
	}
	form, _, err := mime.ParseMediaType(given)
	if err == nil && (form == formJSON || form == formCSV || form == formNDJSON) {
		return form, nil
	}
	return "", &problem{
		status: http.StatusUnsupportedMediaType, code: "unsupported_media_type",
		message: "the Content-Type is none of " + formJSON + " (events), " + formCSV + " and " + formNDJSON + " (a snapshot)",
	}
}

// takeEvents takes in events. When it answers with 202, they are durable.
func (s *Server) takeEvents(w http.ResponseWriter, r *http.Request, one *hook) error {
	now := s.options.Now()
	if r.ContentLength > mostEventBytes {
		return tooLarge(mostEventBytes)
	}
	given, err := newProof(one, r.Header, now)
	if err != nil {
		return s.disbelieve(r, one, err)
	}
	size := r.ContentLength
	if size < 0 {
		size = mostEventBytes
	}
	if !s.bodies.take(size) {
		return errBusy
	}
	defer s.bodies.give(size)
	body, err := readBody(w, r, mostEventBytes)
	if err != nil {
		return err
	}
	_, _ = given.Write(body) // a proof takes everything
	if !given.holds() {
		return s.disbelieve(r, one, errSignature)
	}
	with := decoding{id: given.id, quantity: one.warehouse.Quantity, rules: numbers.New(one.warehouse.Settings), now: now}
	decode := decodeUpdates
	if one.format == ledger.HookShipHero {
		decode = decodeShipHero
	}
	updates, err := decode(body, with)
	if err != nil {
		s.tellRefused(r.Context(), one, err)
		return invalid("invalid_events", "nothing was taken: %v", err)
	}
	if len(updates) > 0 { // all may say that there is no level
		crash.At(crash.EventsProven)
		if err := s.gathererOf(one.warehouse.ID).hand(r.Context(), updates); err != nil {
			return err
		}
		crash.At(crash.EventsHanded)
	}
	answer(w, http.StatusAccepted, map[string]any{"warehouse": one.warehouse.ID, "accepted": len(updates)})
	return nil
}

// readBody reads a body that is not larger than it may be.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if err != nil {
		return nil, bodyProblem(err)
	}
	return body, nil
}

// bodyProblem says why a body could not be read.
func bodyProblem(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge(large.Limit)
	}
	return invalid("body_broken", "the body broke off before its end, or came too slowly; nothing was taken")
}

// rejectUnauthenticated answers somebody who could not prove who he is, and logs it: without the body, and not without end.
func (s *Server) rejectUnauthenticated(r *http.Request, warehouse string, why error) error {
	if !s.failures.more(r.RemoteAddr, s.options.Now()) {
		return &problem{status: http.StatusTooManyRequests, code: "too_many_failures", message: "too many failures", retry: failureRetry}
	}
	s.options.Log.Warn("a request was refused", "remote", r.RemoteAddr, "warehouse", warehouse, "reason", why.Error())
	return unauthorized
}

// problemOf makes an answer of an error. Errors that were not made for the sender are logged and told as what they mean to him:
// send it again.
func (s *Server) problemOf(r *http.Request, err error) *problem {
	var told *problem
	switch {
	case errors.As(err, &told):
		return told
	case errors.Is(err, errBusy):
		return later("busy", "too much is waiting; nothing was taken, send it again", busyRetry)
	case r.Context().Err() != nil:
		return later("left", "the sender has left", busyRetry)
	}
	s.options.Log.Error("a request could not be served", "method", r.Method, "pattern", r.Pattern, "error", err)
	return later("unavailable", "it could not be made durable in time; send it again: what was taken all the same counts once", unavailableRetry)
}

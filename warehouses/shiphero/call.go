package shiphero

import (
	"context"
	"net/http"
	"time"

	_ "embed" // of the documents

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/graphql"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// The documents. What an optional variable is for is not asked for when it is left out.
var (
	//go:embed levels.graphql
	levelsDocument string
	//go:embed generate.graphql
	generateDocument string
	//go:embed snapshot.graphql
	snapshotDocument string
)

// A fetch that has begun waits where it stands when credits are short, but not for long and not for ever: somebody else may be
// using them all.
const (
	shortWait = 2 * time.Minute
	waits     = 5
)

// ask makes one GraphQL call, when its turn has come, and returns only answers without errors. The operation is the name of the
// field that is asked for.
func (s *source) ask(ctx context.Context, turns *pace, operation, document string, variables any) (outbound.Response, error) {
	body, err := graphql.Body(document, variables)
	if err != nil {
		return outbound.Response{}, warehouses.NeedsPerson(nil, "warehouse %s: the call cannot be written as JSON; check the settings", s.ID)
	}
	for waited := 0; ; waited++ {
		if err := turns.take(ctx); err != nil {
			return outbound.Response{}, err
		}
		response, err := s.post(ctx, body)
		if err != nil {
			return response, err
		}
		if _, err := graphql.Read(response.Body); err != nil {
			return response, warehouses.Faltered(nil, "warehouse %s: its answer is not believed: %v; found %s", s.ID, err, jsonvalue.Found(response.Body))
		}
		complaints := complaints(response.Body)
		short, throttled := credits(complaints)
		switch {
		case len(complaints) == 0:
			turns.spent(complexity(response.Body, operation))
			return response, nil
		case !throttled:
			return response, s.judge(complaints)
		case short.required > mostCredits:
			return response, warehouses.NeedsPerson(nil, "warehouse %s: the call needs %d credits, and ShipHero permits %d; lower page",
				s.ID, short.required, mostCredits)
		case !turns.begun || waited == waits || short.wait() > shortWait:
			return response, warehouses.Throttled(s.Now().Add(short.wait()), "warehouse %s throttles: the call needs %d credits, and the account has %d left", s.ID,
				short.required, short.remaining)
		}
		turns.next = s.Now().Add(short.wait())
	}
}

// post makes one call and returns only answers with status 200. A token that is rejected is renewed once: it may have been withdrawn.
func (s *source) post(ctx context.Context, body []byte) (outbound.Response, error) {
	return s.tokens.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Response, error) {
		return s.Call(ctx, http.MethodPost, s.Endpoint+"/graphql", outbound.Bearer(token), body, s.refused)
	})
}

// complexity is what a response says that it has cost; 0 when it does not.
func complexity(body []byte, operation string) int64 {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return 0
	}
	value, err := document.Descend("data", operation, "complexity")
	if err != nil {
		return 0
	}
	cost, err := jsonvalue.ReadQuantity(value)
	if err != nil || cost == nil {
		return 0
	}
	return *cost
}

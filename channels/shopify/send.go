package shopify

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/graphql"
	"github.com/tidemark/tidemark/settings"
)

// Send sends a call once. After a failed comparison it reads what the shop shows, for Shopify's response does not say.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	result, budget, err := s.ask(ctx, call.Body)
	if err != nil {
		return channels.Reply{Budget: budget}, err
	}
	reply, err := s.readQuantities(result, call.Items)
	if err == nil {
		budget = s.readActual(ctx, call.Items, reply, budget)
	}
	reply.Budget = budget
	return reply, err
}

// graphqlResult is a response with a GraphQL result that is no failure of the whole call.
type graphqlResult struct {
	outbound.Response
	response graphql.Response
}

// into decodes the data of a response.
func (s *store) into(decoded graphqlResult, value any) error {
	if len(decoded.response.Errors) > 0 {
		return s.Unreadable(decoded.Response, "it holds data and errors that are not known")
	}
	if err := decoded.response.Into(value); err != nil {
		return s.Unreadable(decoded.Response, err.Error())
	}
	return nil
}

// ask makes one GraphQL call. The budget is told also next to an error.
func (s *store) ask(ctx context.Context, body []byte) (graphqlResult, channels.Budget, error) {
	response, err := s.post(ctx, body)
	if err != nil {
		return graphqlResult{}, channels.Budget{}, err
	}
	if response.Status != http.StatusOK {
		return graphqlResult{}, channels.Budget{}, s.readStatus(response)
	}
	decoded, err := graphql.Read(response.Body)
	if err != nil {
		return graphqlResult{}, channels.Budget{}, s.Unreadable(response, err.Error())
	}
	price := readCost(decoded)
	return graphqlResult{response, decoded}, price.budget(), s.readErrors(response, decoded, price)
}

// post makes one HTTP call. A token that is rejected before it expires is renewed, and the call is made once more: it was not applied, and
// a token that was revoked or has expired early must not end a run.
func (s *store) post(ctx context.Context, body []byte) (outbound.Response, error) {
	return s.token.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Response, error) {
		header := http.Header{
			"X-Shopify-Access-Token": {token.Reveal()}, "Content-Type": {"application/json"}, "Accept": {"application/json"},
		}
		response, err := s.Client.Do(ctx, http.MethodPost, s.Endpoint+"/admin/api/"+s.version+"/graphql.json", header, body)
		return response, channels.InWords(s.Failure(response, err), "", words(response))
	})
}

// cost is what a response says about its price and the shop's bucket, in points.
type cost struct {
	Requested float64 `json:"requestedQueryCost"`
	Throttle  struct {
		Maximum   float64 `json:"maximumAvailable"`
		Available float64 `json:"currentlyAvailable"`
		Restore   float64 `json:"restoreRate"`
	} `json:"throttleStatus"`
}

// readCost reads the price of a call; it is zero where the response says nothing.
func readCost(decoded graphql.Response) cost {
	var body struct {
		Cost cost `json:"cost"`
	}
	if json.Unmarshal(decoded.Extensions, &body) != nil {
		return cost{}
	}
	return body.Cost
}

// budget is what the pacer learns. The bucket must hold what was requested before a call is let in, and gives back what was not
// used, so it is the requested cost that counts.
func (c cost) budget() channels.Budget {
	if !(c.Throttle.Maximum > 0 && c.Throttle.Restore > 0 && c.Requested >= 0) {
		return channels.Budget{}
	}
	return channels.Budget{
		Known: true, Capacity: c.Throttle.Maximum, Remaining: c.Throttle.Available, PerSecond: c.Throttle.Restore, Cost: c.Requested,
	}
}

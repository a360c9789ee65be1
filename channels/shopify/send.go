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

// Send sends a call once. After a failed comparison it reads what the shop shows, for Shopify's answer does not say.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	said, budget, err := s.ask(ctx, call.Body)
	if err != nil {
		return channels.Reply{Budget: budget}, err
	}
	reply, err := s.readQuantities(said, call.Items)
	if err == nil {
		budget = s.readActual(ctx, call.Items, reply, budget)
	}
	reply.Budget = budget
	return reply, err
}

// answered is an answer that holds a GraphQL response which is no failure of the whole.
type answered struct {
	outbound.Answer
	response graphql.Answer
}

// into decodes the data of a response.
func (s *store) into(said answered, value any) error {
	if len(said.response.Errors) > 0 {
		return channels.Unreadable(s.ID, said.Answer, "it holds data and errors that are not known")
	}
	if err := said.response.Into(value); err != nil {
		return channels.Unreadable(s.ID, said.Answer, err.Error())
	}
	return nil
}

// ask makes one GraphQL call. The budget is told also next to an error.
func (s *store) ask(ctx context.Context, body []byte) (answered, channels.Budget, error) {
	answer, err := s.post(ctx, body)
	if err != nil {
		return answered{}, channels.Budget{}, err
	}
	if answer.Status != http.StatusOK {
		return answered{}, channels.Budget{}, s.readStatus(answer)
	}
	response, err := graphql.Read(answer.Body)
	if err != nil {
		return answered{}, channels.Budget{}, channels.Unreadable(s.ID, answer, err.Error())
	}
	price := readCost(response)
	return answered{answer, response}, price.budget(), s.readErrors(answer, response, price)
}

// post makes one HTTP call. A token that is rejected before it expires is renewed, and the call is made once more: it was not applied, and
// a token that was revoked or has expired early must not end a run.
func (s *store) post(ctx context.Context, body []byte) (outbound.Answer, error) {
	return s.token.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Answer, error) {
		header := http.Header{
			"X-Shopify-Access-Token": {token.Reveal()}, "Content-Type": {"application/json"}, "Accept": {"application/json"},
		}
		answer, err := s.Client.Do(ctx, http.MethodPost, s.Endpoint+"/admin/api/"+s.version+"/graphql.json", header, body)
		return answer, channels.InWords(channels.Failure(s.ID, answer, err, s.Now()), "", words(answer))
	})
}

// cost is what an answer says about its price and the shop's bucket, in points.
type cost struct {
	Requested float64 `json:"requestedQueryCost"`
	Throttle  struct {
		Maximum   float64 `json:"maximumAvailable"`
		Available float64 `json:"currentlyAvailable"`
		Restore   float64 `json:"restoreRate"`
	} `json:"throttleStatus"`
}

// readCost reads the price of a call; it is zero where the answer says nothing.
func readCost(response graphql.Answer) cost {
	var said struct {
		Cost cost `json:"cost"`
	}
	if json.Unmarshal(response.Extensions, &said) != nil {
		return cost{}
	}
	return said.Cost
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

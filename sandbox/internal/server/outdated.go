package server

import (
	"net/http"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/shop"
)

// outdated judges what a store was told by what its caller knew.
func (s *store) outdated(r *http.Request) answer {
	var body struct {
		Facts []struct {
			SKU      string    `json:"sku"`
			Location string    `json:"location"`
			Quantity int64     `json:"quantity"`
			Known    time.Time `json:"known"`
		} `json:"facts"`
		Within string `json:"within"`
	}
	if err := judgeBody(r, &body); err != nil {
		return badRequest("%v", err)
	}
	within, err := time.ParseDuration(body.Within)
	if err != nil || within < 0 {
		return badRequest("within: expected a time span like 250ms, found %q", body.Within)
	}
	facts := make([]shop.Fact, len(body.Facts))
	for i, fact := range body.Facts {
		facts[i] = shop.Fact{SKU: fact.SKU, Location: fact.Location, Quantity: fact.Quantity, Known: fact.Known}
	}
	type write struct {
		SKU      string `json:"sku"`
		Location string `json:"location"`
		Quantity int64  `json:"quantity"`
		At       string `json:"at"`
		Call     uint64 `json:"call"`
		Instead  int64  `json:"instead"`
		Known    string `json:"known"`
	}
	writes := s.shop.Writes()
	outdated := []write{}
	for _, item := range shop.Outdate(writes, facts, within) {
		outdated = append(outdated, write{item.SKU, item.Location, item.Quantity, stamp(item.At), item.Call, item.Instead.Quantity, stamp(item.Instead.Known)})
	}
	return reply(http.StatusOK, map[string]any{"writes": len(writes), "outdated": outdated})
}

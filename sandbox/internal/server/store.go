package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
	"github.com/tidemark/tidemark/sandbox/internal/shop"
)

// store is a store that is served.
type store struct {
	target
	setup scenario.Store
	shop  *shop.Store
	feeds *shop.Feeds // nil unless the store is a feed store
}

// writes are the routes by which each kind takes figures.
var writes = map[string]struct{ method, path string }{
	scenario.Atomic:  {http.MethodPost, "quantities"},
	scenario.PerItem: {http.MethodPost, "batch"},
	scenario.Feed:    {http.MethodPost, "feeds"},
	scenario.Single:  {http.MethodPut, "item"},
}

func (s *store) work(c *call) answer {
	method, path := c.request.Method, c.rest()
	write := writes[s.setup.Kind]
	switch {
	case path == "" && method == http.MethodGet:
		return s.about()
	case path == "items" && method == http.MethodGet:
		return s.items(c)
	case path == write.path && method == write.method:
		return s.write(c)
	case s.feeds != nil && len(c.path) == 2 && c.path[0] == "feeds" && method == http.MethodGet:
		return s.progress(c.path[1])
	case s.feeds != nil && len(c.path) == 3 && c.path[0] == "feeds" && c.path[2] == "report" && method == http.MethodGet:
		return s.report(c, c.path[1])
	}
	for kind, other := range writes {
		if path == other.path && kind != s.setup.Kind {
			return refuse(http.StatusNotFound, "wrong_kind", "%s is a store of the kind %s and is written with %s /%s/%s", s.setup.ID, s.setup.Kind, write.method,
				s.name, write.path)
		}
	}
	if path == "" || path == "items" || path == write.path {
		return refuse(http.StatusMethodNotAllowed, "method_not_allowed", "%s is not a method of %s", method, c.request.URL.Path)
	}
	return noRoute(c.request)
}

func (s *store) about() answer {
	return reply(http.StatusOK, map[string]any{
		"id": s.setup.ID, "kind": s.setup.Kind, "locations": s.shop.Locations(), "items": s.shop.Counts().Items,
	})
}

// shown is one level of a store.
type shown struct {
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Quantity int64  `json:"quantity"`
}

func (s *store) items(c *call) answer {
	limit, err := number(c.request, "limit", defaultPage, 1, maxPage)
	if err != nil {
		return refuse(http.StatusBadRequest, "invalid_limit", "%v", err)
	}
	after, err := number(c.request, "after", 0, 0, 1<<40)
	if err != nil {
		return refuse(http.StatusBadRequest, "invalid_cursor", "%v", err)
	}
	levels := s.shop.Levels(after, limit+1)
	var next *string
	if len(levels) > limit {
		levels = levels[:limit]
		next = new(strconv.Itoa(after + limit))
	}
	items := make([]shown, len(levels))
	for i, level := range levels {
		items[i] = shown{level.SKU, level.Location, level.Quantity}
	}
	return reply(http.StatusOK, map[string]any{"items": items, "next": next})
}

// write reads the items of a call and sets them in the way of the store's kind.
func (s *store) write(c *call) answer {
	items, refusal := s.read(c)
	if refusal != nil {
		return *refusal
	}
	c.outcome.Items = len(items)
	switch s.setup.Kind {
	case scenario.Atomic:
		return s.atomic(c, items)
	case scenario.PerItem:
		return s.perItem(c, items)
	case scenario.Feed:
		return s.submit(c, items)
	}
	return s.single(c, items)
}

// call is what the rules need to know.
func (c *call) forShop() shop.Call {
	return shop.Call{N: c.n, Poison: c.poison, WithoutEffect: c.drawn == scenario.AckWithoutEffect}
}

// wire is an item as it is sent.
type wire struct {
	SKU      string          `json:"sku"`
	Location string          `json:"location"`
	Quantity json.RawMessage `json:"quantity"`
}

type comparedWire struct {
	wire
	Compare *int64 `json:"compare"`
}

func (w wire) item(compare *int64) shop.Item {
	return shop.Item{SKU: w.SKU, Location: w.Location, Quantity: units(w.Quantity), Compare: compare}
}

// units reads a quantity; what is not a whole number from 0 on is -1, which the rules refuse.
func units(text json.RawMessage) int64 {
	quantity, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return -1
	}
	return quantity
}

// read reads the items of a call.
func (s *store) read(c *call) ([]shop.Item, *answer) {
	var items []shop.Item
	var err error
	switch s.setup.Kind {
	case scenario.Single:
		return s.readSingle(c)
	case scenario.Atomic:
		var body struct {
			Quantities []comparedWire `json:"quantities"`
		}
		err = decode(c.body, &body)
		for _, quantity := range body.Quantities {
			items = append(items, quantity.item(quantity.Compare))
		}
	default:
		var body struct {
			Items []wire `json:"items"`
		}
		err = decode(c.body, &body)
		for _, item := range body.Items {
			items = append(items, item.item(nil))
		}
	}
	switch {
	case err != nil:
		return nil, new(badRequest("%v", err))
	case len(items) == 0:
		return nil, new(badRequest("the call has no items"))
	case len(items) > s.setup.BatchLimit:
		return nil, new(refuse(http.StatusRequestEntityTooLarge, "batch_too_large", "%d items in one call; %s takes at most %d", len(items), s.setup.ID,
			s.setup.BatchLimit))
	}
	return items, nil
}

func (s *store) readSingle(c *call) ([]shop.Item, *answer) {
	query, err := url.ParseQuery(c.request.URL.RawQuery)
	if err != nil || len(query["sku"]) != 1 || len(query["location"]) > 1 || !utf8.ValidString(query.Get("sku")) {
		return nil, new(badRequest("expected one sku and at most one location in the query"))
	}
	var body struct {
		Quantity json.RawMessage `json:"quantity"`
		Compare  *int64          `json:"compare"`
	}
	if err := decode(c.body, &body); err != nil {
		return nil, new(badRequest("%v", err))
	}
	item := wire{SKU: query.Get("sku"), Location: query.Get("location"), Quantity: body.Quantity}
	return []shop.Item{item.item(body.Compare)}, nil
}

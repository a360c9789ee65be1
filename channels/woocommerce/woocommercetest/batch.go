package woocommercetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// update is an item of a batch.
type update struct {
	ID            int64  `json:"id"`
	ManageStock   *bool  `json:"manage_stock"`
	StockQuantity *int64 `json:"stock_quantity"`
}

// updated is a product as a batch answers it. The real one has some sixty fields more.
type updated struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	Type          string `json:"type"`
	Status        string `json:"status"`
	SKU           string `json:"sku"`
	Price         string `json:"price"`
	ManageStock   any    `json:"manage_stock"`
	StockQuantity any    `json:"stock_quantity"`
	ParentID      int64  `json:"parent_id"`
}

// failed is an item of a batch that was refused. Its id is null or 0 where WooCommerce did not get as far as reading it.
type failed struct {
	ID    any     `json:"id"`
	Error problem `json:"error"`
}

func (s *Store) batchProducts(w http.ResponseWriter, r *http.Request) { s.batch(w, r, s.updateProduct) }

func (s *Store) batchVariations(w http.ResponseWriter, r *http.Request) {
	parent, err := strconv.ParseInt(r.PathValue("parent"), 10, 64)
	if err != nil {
		refuse(w, http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
		return
	}
	s.batch(w, r, func(one update) any { return s.updateVariation(one, parent) })
}

// batch updates one item after another; there is no transaction.
func (s *Store) batch(w http.ResponseWriter, r *http.Request, apply func(update) any) {
	var asked struct {
		Update []update `json:"update"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if decoder.Decode(&asked) != nil {
		refuse(w, http.StatusBadRequest, "rest_invalid_json", "Invalid JSON body passed.")
		return
	}
	if len(asked.Update) > s.options.Batch {
		refuse(w, http.StatusRequestEntityTooLarge, "woocommerce_rest_request_entity_too_large",
			fmt.Sprintf("Unable to accept more than %d items for this request.", s.options.Batch))
		return
	}
	results := make([]any, 0, len(asked.Update))
	for i, one := range asked.Update {
		if s.die == i+1 {
			s.die = 0
			page(w, http.StatusGatewayTimeout)
			return
		}
		results = append(results, apply(one))
	}
	stray := failed{ID: 1, Error: failure(http.StatusBadRequest, "woocommerce_rest_product_invalid_id", "Invalid ID.")}
	results = channeltest.Distort[any](s.Fault(), results, stray)
	if len(results) == 0 {
		channeltest.Reply(w, http.StatusOK, []any{}) // what PHP makes of an empty array
		return
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"update": results})
}

func (s *Store) updateProduct(asked update) any {
	one, known := s.products[asked.ID]
	if !known {
		return failed{asked.ID, failure(http.StatusBadRequest, "woocommerce_rest_product_invalid_id", "Invalid ID.")}
	}
	if one.kind == "variation" {
		return failed{asked.ID, failure(http.StatusNotFound, "woocommerce_rest_invalid_product_id",
			"To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.")}
	}
	if s.options.NoStock || one.kind == "grouped" || one.kind == "external" {
		asked.ManageStock, asked.StockQuantity = new(false), nil
	}
	return s.update(one, asked, "woocommerce_rest_product_not_created")
}

// updateVariation moves a variation to the product in whose batch it comes.
func (s *Store) updateVariation(asked update, parent int64) any {
	one, known := s.products[asked.ID]
	if !known {
		return failed{asked.ID, failure(http.StatusBadRequest, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")}
	}
	one.parent = parent
	return s.update(one, asked, "woocommerce_rest_product_variation_not_created")
}

// update sets a figure where the stock is managed, and ignores it elsewhere.
func (s *Store) update(one *product, asked update, refusal string) any {
	if closing, closed := s.Closing(one.sku); closed {
		said := failed{one.id, failure(closing.Status, "woocommerce_rest_cannot_edit", closing.Words)}
		switch {
		case closing.Nameless && one.id%2 == 0:
			said.ID = 0
		case closing.Nameless:
			said.ID = nil
		}
		return said
	}
	if one.poisoned {
		return failed{one.id, failure(http.StatusBadRequest, refusal, "A plugin of this shop does not take this product.")}
	}
	if asked.ManageStock != nil {
		one.manages = *asked.ManageStock
	}
	if one.manages && asked.StockQuantity != nil {
		one.quantity = *asked.StockQuantity
		if s.options.Clamp > 0 {
			one.quantity = min(one.quantity, s.options.Clamp)
		}
	}
	return updated{
		ID: one.id, Name: one.name(), Type: one.kind, Status: one.status, SKU: one.sku, Price: "9.90",
		ManageStock: s.managing(one), StockQuantity: s.figure(one), ParentID: one.parent,
	}
}

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
	s.batch(w, r, func(change update) any { return s.updateVariation(change, parent) })
}

// batch updates one item after another; there is no transaction.
func (s *Store) batch(w http.ResponseWriter, r *http.Request, apply func(update) any) {
	var request struct {
		Update []update `json:"update"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if decoder.Decode(&request) != nil {
		refuse(w, http.StatusBadRequest, "rest_invalid_json", "Invalid JSON body passed.")
		return
	}
	if len(request.Update) > s.options.Batch {
		refuse(w, http.StatusRequestEntityTooLarge, "woocommerce_rest_request_entity_too_large",
			fmt.Sprintf("Unable to accept more than %d items for this request.", s.options.Batch))
		return
	}
	results := make([]any, 0, len(request.Update))
	for i, update := range request.Update {
		if s.die == i+1 {
			s.die = 0
			page(w, http.StatusGatewayTimeout)
			return
		}
		results = append(results, apply(update))
	}
	stray := failed{ID: 1, Error: failure(http.StatusBadRequest, "woocommerce_rest_product_invalid_id", "Invalid ID.")}
	results = channeltest.Distort[any](s.Fault(), results, stray)
	if len(results) == 0 {
		channeltest.Reply(w, http.StatusOK, []any{}) // what PHP makes of an empty array
		return
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"update": results})
}

func (s *Store) updateProduct(change update) any {
	product, exists := s.products[change.ID]
	if !exists {
		return failed{change.ID, failure(http.StatusBadRequest, "woocommerce_rest_product_invalid_id", "Invalid ID.")}
	}
	if product.kind == "variation" {
		return failed{change.ID, failure(http.StatusNotFound, "woocommerce_rest_invalid_product_id",
			"To manipulate product variations you should use the /products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.")}
	}
	if s.options.NoStock || product.kind == "grouped" || product.kind == "external" {
		change.ManageStock, change.StockQuantity = new(false), nil
	}
	return s.update(product, change, "woocommerce_rest_product_not_created")
}

// updateVariation moves a variation to the product in whose batch it comes.
func (s *Store) updateVariation(change update, parent int64) any {
	product, exists := s.products[change.ID]
	if !exists {
		return failed{change.ID, failure(http.StatusBadRequest, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")}
	}
	product.parent = parent
	return s.update(product, change, "woocommerce_rest_product_variation_not_created")
}

// update sets a figure where the stock is managed, and ignores it elsewhere.
func (s *Store) update(entry *product, change update, refusal string) any {
	if closing, closed := s.Closing(entry.sku); closed {
		refused := failed{entry.id, failure(closing.Status, "woocommerce_rest_cannot_edit", closing.Words)}
		switch {
		case closing.Nameless && entry.id%2 == 0:
			refused.ID = 0
		case closing.Nameless:
			refused.ID = nil
		}
		return refused
	}
	if entry.poisoned {
		return failed{entry.id, failure(http.StatusBadRequest, refusal, "A plugin of this shop does not take this product.")}
	}
	if change.ManageStock != nil {
		entry.manages = *change.ManageStock
	}
	if entry.manages && change.StockQuantity != nil {
		entry.quantity = *change.StockQuantity
		if s.options.Clamp > 0 {
			entry.quantity = min(entry.quantity, s.options.Clamp)
		}
	}
	return updated{
		ID: entry.id, Name: entry.name(), Type: entry.kind, Status: entry.status, SKU: entry.sku, Price: "9.90",
		ManageStock: s.managing(entry), StockQuantity: s.figure(entry), ParentID: entry.parent,
	}
}

package woocommerce

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

// Check reads a product, which proves the key; sends a batch of nothing, which proves that the key may write; and asks whether the
// shop manages stock, and for its name.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	var finding channels.Finding
	response, err := s.call(ctx, http.MethodGet, s.api+"/products?per_page=1&_fields=id,sku", nil)
	var products []product
	if err := s.ReadOK(response, err, s.readStatus, &products); err != nil {
		return channels.Finding{}, err
	}
	if products == nil {
		return channels.Finding{}, s.Unreadable(response, "it holds no list of products")
	}
	if err := s.checkWriting(ctx); err != nil {
		return channels.Finding{}, err
	}
	finding.Notes = append(finding.Notes, "the key may read and write")
	note, err := s.checkStock(ctx)
	if err != nil {
		return channels.Finding{}, err
	}
	finding.Notes = append(finding.Notes, note)
	if total := response.Header.Get("X-WP-Total"); numbers(total) {
		finding.Notes = append(finding.Notes, "products besides variations: "+total)
	}
	if len(products) > 0 && products[0].SKU != nil {
		finding.Notes = append(finding.Notes, fmt.Sprintf("one product has the SKU %.100q", *products[0].SKU))
	}
	finding.Account = s.account(ctx)
	return finding, nil
}

// checkWriting sends a batch without items. It has to pass the key's permission like any other (core, WC_REST_Authentication::
// check_permissions and batch_items_permissions_check), and changes nothing.
func (s *store) checkWriting(ctx context.Context) error {
	response, err := s.call(ctx, http.MethodPost, s.api+"/products/batch", []byte(`{"update":[]}`))
	if err != nil {
		return err
	}
	if response.Status != http.StatusOK {
		return s.readStatus(response)
	}
	if !json.Valid(response.Body) {
		return s.Unreadable(response, "it is not the JSON that this store's API promises")
	}
	return nil
}

// checkStock asks whether the shop manages stock at all. That takes more rights than figures do, so it may not be told.
func (s *store) checkStock(ctx context.Context) (note string, err error) {
	response, err := s.call(ctx, http.MethodGet, s.api+"/settings/products/woocommerce_manage_stock", nil)
	var body struct {
		Value string `json:"value"`
	}
	if err != nil || response.Status != http.StatusOK || json.Unmarshal(response.Body, &body) != nil || body.Value == "" {
		return `the shop does not say whether it manages stock; see "Enable stock management" under WooCommerce, Settings, Products, Inventory`, nil
	}
	if body.Value != "yes" {
		return "", s.Failed(channels.AskPerson, 0, stockIsOff)
	}
	return "the shop manages stock", nil
}

// account is the shop's name, where it tells it, and its address with the end of the key.
func (s *store) account(ctx context.Context) string {
	host := s.api
	if parsed, err := url.Parse(s.api); err == nil {
		host = parsed.Host
	}
	account := host
	if s.keyEnd != "" {
		account += ", key …" + s.keyEnd
	}
	response, err := s.call(ctx, http.MethodGet, strings.TrimSuffix(s.api, "/wc/v3")+"/?_fields=name", nil)
	var body struct {
		Name string `json:"name"`
	}
	if err != nil || response.Status != http.StatusOK || json.Unmarshal(response.Body, &body) != nil || body.Name == "" {
		return account
	}
	return fmt.Sprintf("%.100s (%s)", body.Name, account)
}

func numbers(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

package ebay

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Check gets a token for the one scope that is needed, reads the first inventory item, and looks its offers up as a push would. Who the
// seller is takes another scope, so it is not told.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	response, err := s.call(ctx, http.MethodGet, itemPath+"?limit=1", nil)
	if err != nil {
		return channels.Finding{}, err
	}
	finding := channels.Finding{
		Account: fmt.Sprintf("the seller who consented to the application %.100s, on %s", s.login.id, s.marketplace),
		Notes:   []string{"the credential has the scope sell.inventory"},
	}
	total, sku, err := s.readItems(response)
	if err != nil {
		return channels.Finding{}, err
	}
	finding.Notes = append(finding.Notes, fmt.Sprintf("%d inventory items; listings that were not made by the Inventory API are not among them", total))
	if sku == "" {
		return finding, nil
	}
	match, err := s.look(ctx, sku)
	var refusal *channels.Error
	switch {
	case errors.As(err, &refusal) && refusal.Next == channels.AskPerson: // the credential reads: it is about the item
		finding.Notes = append(finding.Notes, fmt.Sprintf("the first one, %.100q, is refused: %s", sku, refusal.OfItem()))
		return finding, nil
	case err != nil:
		return channels.Finding{}, err
	}
	state := "has a published offer"
	if match.Reference == "" {
		state = "cannot be set: " + match.Missing + match.Blocked
	}
	finding.Notes = append(finding.Notes, fmt.Sprintf("the first one, %.100q, %s", sku, state))
	return finding, nil
}

// readItems reads how many inventory items there are, and the first one's SKU.
func (s *store) readItems(response outbound.Response) (total int64, sku string, err error) {
	if response.Status != http.StatusOK {
		fault := readProblems(response).first()
		if gone[fault.ID] {
			return 0, "", nil // none at all
		}
		if failed := s.refusal(response, fault); failed != nil {
			return 0, "", failed
		}
		return 0, "", &channels.Error{Next: channels.AskPerson, Status: response.Status, Code: fault.code(), Reason: "store " + s.ID +
			": it does not let its inventory be read"}
	}
	var body struct {
		Total *int64 `json:"total"`
		Items []struct {
			SKU string `json:"sku"`
		} `json:"inventoryItems"`
	}
	if err := s.Read(response, &body); err != nil {
		return 0, "", err
	}
	if body.Total == nil {
		return 0, "", s.Unreadable(response, "it does not count the inventory items")
	}
	if len(body.Items) > 0 {
		sku = body.Items[0].SKU
	}
	return *body.Total, sku, nil
}

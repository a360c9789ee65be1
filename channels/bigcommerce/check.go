package bigcommerce

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/tidemark/tidemark/channels"
)

type location struct {
	ID      int64  `json:"id"`
	Label   string `json:"label"`
	Enabled bool   `json:"enabled"`
}

// page is how many entries a list has in all.
type page struct {
	Pagination struct {
		Total int64 `json:"total"`
	} `json:"pagination"`
}

// Check lists the locations and reads an item, which proves the token; sends a call of no items, which proves that it may write; and
// asks for the store's name.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	var locations struct {
		Data []location `json:"data"`
		Meta page       `json:"meta"`
	}
	if err := s.get(ctx, "/v3/inventory/locations?limit=250", &locations); err != nil {
		return channels.Finding{}, err
	}
	if len(locations.Data) == 0 { // every store has one
		return channels.Finding{}, s.Failed(channels.Resend, 0, "the answer is not believed: it lists no locations")
	}
	var finding channels.Finding
	for _, item := range locations.Data {
		finding.Locations = append(finding.Locations, strconv.FormatInt(item.ID, 10))
		finding.Notes = append(finding.Notes, item.note())
	}
	more := locations.Meta.Pagination.Total > int64(len(locations.Data))
	if err := s.checkLocation(locations.Data, more, &finding); err != nil {
		return channels.Finding{}, err
	}
	if err := s.checkReading(ctx, &finding); err != nil {
		return channels.Finding{}, err
	}
	if err := s.checkWriting(ctx); err != nil {
		return channels.Finding{}, err
	}
	finding.Notes = append(finding.Notes, "the token may read and adjust the inventory")
	finding.Account = s.account(ctx)
	return finding, nil
}

func (l location) note() string {
	state := "enabled"
	if !l.Enabled {
		state = "not enabled"
	}
	return fmt.Sprintf("location %d is %.100q, %s", l.ID, l.Label, state)
}

// checkLocation proves the setting location.
func (s *store) checkLocation(locations []location, more bool, finding *channels.Finding) error {
	ok := slices.ContainsFunc(locations, func(item location) bool { return item.ID == s.location })
	switch {
	case !ok && more:
		finding.Notes = append(finding.Notes, fmt.Sprintf("the setting location is not among the first %d locations, so it could not be proved", len(locations)))
	case !ok:
		return s.Failed(channels.AskPerson, 0, fmt.Sprintf("it has no location %d; correct the setting location", s.location))
	}
	return nil
}

// checkReading reads an item.
func (s *store) checkReading(ctx context.Context, finding *channels.Finding) error {
	var items struct {
		Data []struct {
			Identity struct {
				SKU string `json:"sku"`
			} `json:"identity"`
		} `json:"data"`
		Meta page `json:"meta"`
	}
	if err := s.get(ctx, "/v3/inventory/items?limit=1", &items); err != nil {
		return err
	}
	if len(items.Data) == 0 {
		finding.Notes = append(finding.Notes, "the store tracks the inventory of no item; switch inventory tracking on in its products")
		return nil
	}
	finding.Notes = append(finding.Notes, fmt.Sprintf("items whose inventory is tracked: %d; the first has the SKU %.100q", max(items.Meta.Pagination.Total, 1),
		items.Data[0].Identity.SKU))
	return nil
}

// checkWriting sends adjustments of nothing. Whether BigCommerce takes them or finds fault with them, it does so after it has looked
// at what the token may do.
func (s *store) checkWriting(ctx context.Context) error {
	body, err := json.Marshal(adjustments{s.reason, []adjustment{}})
	if err != nil {
		return err
	}
	response, _, err := s.call(ctx, http.MethodPut, adjustPath, body)
	if err != nil {
		return err
	}
	switch response.Status {
	case http.StatusOK, http.StatusBadRequest, http.StatusUnprocessableEntity:
		if !json.Valid(response.Body) {
			return s.Unreadable(response, "it is not the JSON that this store's API promises")
		}
		return nil
	}
	return s.readStatus(response)
}

// account is the store's name, where the token may ask for it, and its hash.
func (s *store) account(ctx context.Context) string {
	var body struct {
		Name   string `json:"name"`
		Domain string `json:"domain"`
		Plan   string `json:"plan_name"`
	}
	if err := s.get(ctx, "/v2/store", &body); err != nil || body.Name == "" {
		return s.hash
	}
	return fmt.Sprintf("%s (%.100s, %.100s, plan %.40s)", s.hash, body.Name, body.Domain, body.Plan)
}

func (s *store) get(ctx context.Context, path string, into any) error {
	response, _, err := s.call(ctx, http.MethodGet, path, nil)
	return s.ReadOK(response, err, s.readStatus, into)
}

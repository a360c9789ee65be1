package sandbox

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Check asks the store what it is and reads a page of its items.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	var about struct {
		ID        string   `json:"id"`
		Kind      string   `json:"kind"`
		Locations []string `json:"locations"`
		Items     int64    `json:"items"`
	}
	if err := s.get(ctx, "", &about); err != nil {
		return channels.Finding{}, err
	}
	if about.Kind != s.kind {
		return channels.Finding{}, s.Failed(channels.AskPerson, 0,
			fmt.Sprintf("it is of the kind %.40q and is set to %s; correct the setting kind", about.Kind, s.kind))
	}
	var page struct {
		Items []struct {
			SKU string `json:"sku"`
		} `json:"items"`
	}
	if err := s.get(ctx, "/items?limit=1", &page); err != nil {
		return channels.Finding{}, err
	}
	finding := channels.Finding{
		Account: about.ID, Locations: about.Locations,
		Notes: []string{fmt.Sprintf("a sandbox store of the kind %s with %d items", about.Kind, about.Items)},
	}
	if len(page.Items) > 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("the first item is %.100q", page.Items[0].SKU))
	}
	return finding, nil
}

func (s *store) get(ctx context.Context, path string, into any) error {
	response, _, err := s.call(ctx, http.MethodGet, path, "", nil)
	return s.ReadOK(response, err, func(response outbound.Response) error {
		if _, err := s.readRefusal(response); err != nil {
			return err
		}
		return s.Unreadable(response, "it refuses to be read")
	}, into)
}

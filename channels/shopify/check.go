package shopify

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// checkShop asks for everything that a check proves.
//
//go:embed check.graphql
var checkShop string

// scopes are what the credential needs (shopify.dev, inventorySetQuantities and the queries of find.go and here).
var scopes = []string{"write_inventory", "read_inventory", "read_products", "read_locations"}

type location struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Active bool   `json:"isActive"`
}

// Check asks the shop who it is, what the credential may do and which locations there are, and reads a variant.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	body, err := graphql.Body(checkShop, nil)
	if err != nil {
		return channels.Finding{}, err
	}
	result, _, err := s.ask(ctx, body)
	if err != nil {
		return channels.Finding{}, err
	}
	var data struct {
		Shop struct {
			Name   string `json:"name"`
			Domain string `json:"myshopifyDomain"`
		} `json:"shop"`
		Installation *struct {
			Scopes []struct {
				Handle string `json:"handle"`
			} `json:"accessScopes"`
		} `json:"currentAppInstallation"`
		Locations struct {
			Nodes    []location `json:"nodes"`
			PageInfo struct {
				HasNextPage bool `json:"hasNextPage"`
			} `json:"pageInfo"`
		} `json:"locations"`
		Variants struct {
			Nodes []struct {
				SKU string `json:"sku"`
			} `json:"nodes"`
		} `json:"productVariants"`
	}
	if err := s.into(result, &data); err != nil {
		return channels.Finding{}, err
	}
	if data.Shop.Domain == "" {
		return channels.Finding{}, s.Unreadable(result.Response, "it does not name the shop")
	}
	finding := channels.Finding{Account: fmt.Sprintf("%.100s (%.100s)", data.Shop.Domain, data.Shop.Name)}
	if data.Installation == nil {
		finding.Notes = append(finding.Notes, "the shop does not say which scopes the credential has")
	} else {
		var handles []string
		for _, scope := range data.Installation.Scopes {
			handles = append(handles, scope.Handle)
		}
		if missing := missingScopes(handles); len(missing) > 0 {
			return channels.Finding{}, s.Failed(channels.AskPerson, 0,
				fmt.Sprintf("the credential lacks the scopes %s; add them to the app and install it again", strings.Join(missing, ", ")))
		}
		finding.Notes = append(finding.Notes, "scopes: "+strings.Join(handles, ", "))
	}
	for _, item := range data.Locations.Nodes {
		finding.Locations = append(finding.Locations, item.ID)
		finding.Notes = append(finding.Notes, item.note())
	}
	if err := s.checkLocation(data.Locations.Nodes, data.Locations.PageInfo.HasNextPage, &finding); err != nil {
		return channels.Finding{}, err
	}
	if len(data.Variants.Nodes) > 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("the first variant has the SKU %.100q", data.Variants.Nodes[0].SKU))
	} else {
		finding.Notes = append(finding.Notes, "the shop has no variants")
	}
	return finding, nil
}

func (l location) note() string {
	state := "active"
	if !l.Active {
		state = "not active"
	}
	return fmt.Sprintf("location %.60s is %.100q, %s", strings.TrimPrefix(l.ID, locationPrefix), l.Name, state)
}

// checkLocation proves the setting location.
func (s *store) checkLocation(locations []location, more bool, finding *channels.Finding) error {
	ok := slices.ContainsFunc(locations, func(item location) bool { return item.ID == s.location })
	switch {
	case s.location == "":
		finding.Notes = append(finding.Notes, "the setting location is empty, so every connection must link locations")
	case !ok && more:
		finding.Notes = append(finding.Notes, fmt.Sprintf("the setting location is not among the first %d locations, so it could not be proved", len(locations)))
	case !ok:
		return s.Failed(channels.AskPerson, 0,
			fmt.Sprintf("the shop has no active location %s; correct the setting location", strings.TrimPrefix(s.location, locationPrefix)))
	}
	return nil
}

// missingScopes are those that are needed and not there. The permission to write holds that to read.
func missingScopes(handles []string) []string {
	var missing []string
	for _, scope := range scopes {
		writing := "write_" + strings.TrimPrefix(scope, "read_")
		if !slices.Contains(handles, scope) && !slices.Contains(handles, writing) {
			missing = append(missing, scope)
		}
	}
	return missing
}

package vendure

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// checkStore asks who it is only after a login: an API key is nobody, and the question is forbidden to it.
//
//go:embed check.graphql
var checkStore string

// about is what the server says of itself.
type about struct {
	Channel struct {
		Code  string `json:"code"`
		Token string `json:"token"`
	} `json:"activeChannel"`
	Me *struct {
		Identifier string `json:"identifier"`
		Channels   []struct {
			Code        string   `json:"code"`
			Permissions []string `json:"permissions"`
		} `json:"channels"`
	} `json:"me"`
	Global struct {
		Threshold int64 `json:"outOfStockThreshold"`
	} `json:"globalSettings"`
	Locations struct {
		Items []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"items"`
	} `json:"stockLocations"`
	Variants struct {
		Total int64 `json:"totalItems"`
		Items []struct {
			SKU string `json:"sku"`
		} `json:"items"`
	} `json:"productVariants"`
}

// Check asks the server for the channel, the administrator, the stock locations and a variant.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	body, err := graphql.Body(checkStore, struct {
		Login bool `json:"login"`
	}{s.token != nil})
	if err != nil {
		return channels.Finding{}, err
	}
	answer, err := s.call(ctx, body)
	if err != nil {
		return channels.Finding{}, err
	}
	var said about
	if err := s.read(answer, &said); err != nil {
		return channels.Finding{}, err
	}
	if said.Channel.Code == "" {
		return channels.Finding{}, channels.Unreadable(s.ID, answer, "it does not name the channel")
	}
	if why := s.wrong(said); why != "" {
		return channels.Finding{}, &channels.Error{Next: channels.AskPerson, Reason: "store " + s.ID + ": " + why}
	}
	return s.finding(said), nil
}

// wrong says which setting or permission does not fit; it is empty when all do.
func (s *store) wrong(said about) string {
	// A server with one channel takes any token for it.
	if s.channel != "" && said.Channel.Token != s.channel {
		return fmt.Sprintf("it has no channel with this token, and takes the call for its only one, %.60q; correct the setting channel", said.Channel.Code)
	}
	if said.Me != nil {
		permitted := false
		for _, one := range said.Me.Channels {
			permitted = permitted || one.Code == said.Channel.Code && slices.ContainsFunc(one.Permissions, func(permission string) bool {
				return permission == "UpdateProduct" || permission == "UpdateCatalog" || permission == "SuperAdmin"
			})
		}
		if !permitted {
			return fmt.Sprintf("%s may not set stock in the channel %.60q; give the role the permission UpdateProduct there", s.username, said.Channel.Code)
		}
	}
	var names []string
	for _, one := range said.Locations.Items {
		if one.ID == s.location {
			return ""
		}
		names = append(names, fmt.Sprintf("%.60s (%.60s)", one.ID, one.Name))
	}
	if len(names) == 0 {
		return fmt.Sprintf("the channel %.60q has no stock location; assign one to it in Vendure", said.Channel.Code)
	}
	return fmt.Sprintf("the channel %.60q has no stock location %s; set location to one of %s", said.Channel.Code, s.location, strings.Join(names, ", "))
}

func (s *store) finding(said about) channels.Finding {
	finding := channels.Finding{Account: "an API key in the channel " + said.Channel.Code}
	if said.Me != nil {
		finding.Account = said.Me.Identifier + " in the channel " + said.Channel.Code
	}
	for _, one := range said.Locations.Items {
		finding.Locations = append(finding.Locations, one.ID)
		if one.ID == s.location {
			finding.Notes = append(finding.Notes, fmt.Sprintf("without locations, figures go to stock location %s (%.60s)", one.ID, one.Name))
		}
	}
	finding.Notes = append(finding.Notes,
		fmt.Sprintf("the channel has %d variants", said.Variants.Total),
		"figures become stockOnHand; Vendure sells that less the units of orders that are not fulfilled")
	if len(said.Variants.Items) > 0 {
		finding.Notes[len(finding.Notes)-2] += fmt.Sprintf("; the first is %.100q", said.Variants.Items[0].SKU)
	}
	if said.Global.Threshold != 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("the server's out-of-stock threshold is %d: it sells so many less, or more when it is below zero",
			said.Global.Threshold))
	}
	if s.token == nil {
		finding.Notes = append(finding.Notes, "whether the API key may set stock shows with the first call; its role needs UpdateProduct")
	}
	return finding
}

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
	response, err := s.call(ctx, body)
	if err != nil {
		return channels.Finding{}, err
	}
	var decoded about
	if err := s.read(response, &decoded); err != nil {
		return channels.Finding{}, err
	}
	if decoded.Channel.Code == "" {
		return channels.Finding{}, s.Unreadable(response, "it does not name the channel")
	}
	if why := s.wrong(decoded); why != "" {
		return channels.Finding{}, s.Failed(channels.AskPerson, 0, why)
	}
	return s.finding(decoded), nil
}

// wrong says which setting or permission does not fit; it is empty when all do.
func (s *store) wrong(decoded about) string {
	// A server with one channel takes any token for it.
	if s.channel != "" && decoded.Channel.Token != s.channel {
		return fmt.Sprintf("it has no channel with this token, and takes the call for its only one, %.60q; correct the setting channel", decoded.Channel.Code)
	}
	if decoded.Me != nil {
		permitted := false
		for _, entry := range decoded.Me.Channels {
			permitted = permitted || entry.Code == decoded.Channel.Code && slices.ContainsFunc(entry.Permissions, func(permission string) bool {
				return permission == "UpdateProduct" || permission == "UpdateCatalog" || permission == "SuperAdmin"
			})
		}
		if !permitted {
			return fmt.Sprintf("%s may not set stock in the channel %.60q; give the role the permission UpdateProduct there", s.username, decoded.Channel.Code)
		}
	}
	var names []string
	for _, entry := range decoded.Locations.Items {
		if entry.ID == s.location {
			return ""
		}
		names = append(names, fmt.Sprintf("%.60s (%.60s)", entry.ID, entry.Name))
	}
	if len(names) == 0 {
		return fmt.Sprintf("the channel %.60q has no stock location; assign one to it in Vendure", decoded.Channel.Code)
	}
	return fmt.Sprintf("the channel %.60q has no stock location %s; set location to one of %s", decoded.Channel.Code, s.location, strings.Join(names, ", "))
}

func (s *store) finding(decoded about) channels.Finding {
	finding := channels.Finding{Account: "an API key in the channel " + decoded.Channel.Code}
	if decoded.Me != nil {
		finding.Account = decoded.Me.Identifier + " in the channel " + decoded.Channel.Code
	}
	for _, entry := range decoded.Locations.Items {
		finding.Locations = append(finding.Locations, entry.ID)
		if entry.ID == s.location {
			finding.Notes = append(finding.Notes, fmt.Sprintf("without locations, figures go to stock location %s (%.60s)", entry.ID, entry.Name))
		}
	}
	finding.Notes = append(finding.Notes,
		fmt.Sprintf("the channel has %d variants", decoded.Variants.Total),
		"figures become stockOnHand; Vendure sells that less the units of orders that are not fulfilled")
	if len(decoded.Variants.Items) > 0 {
		finding.Notes[len(finding.Notes)-2] += fmt.Sprintf("; the first is %.100q", decoded.Variants.Items[0].SKU)
	}
	if decoded.Global.Threshold != 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("the server's out-of-stock threshold is %d: it sells so many less, or more when it is below zero",
			decoded.Global.Threshold))
	}
	if s.token == nil {
		finding.Notes = append(finding.Notes, "whether the API key may set stock shows with the first call; its role needs UpdateProduct")
	}
	return finding
}

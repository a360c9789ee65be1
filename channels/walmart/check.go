package walmart

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Check gets a token, reads one figure and looks for feeds that are open: that proves the key and its access to what the driver needs.
// What else Walmart tells (the account, the permissions, the ship nodes, the rate of feeds) is read too, where the key permits it.
func (s *store) Check(ctx context.Context) (channels.Finding, error) {
	session := s.session(uuid.NewString())
	finding := channels.Finding{Account: "the API key " + s.login.id}
	steps := []func(context.Context, *channels.Finding) error{session.checkInventory, session.checkAccount, session.checkScopes, session.checkNodes}
	if s.feeds {
		steps = append(steps, session.checkFeeds)
	}
	for _, step := range steps {
		if err := step(ctx, &finding); err != nil {
			return channels.Finding{}, err
		}
	}
	return finding, nil
}

func (s *session) checkInventory(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Meta struct {
			Count *int64 `json:"totalCount"`
		} `json:"meta"`
	}
	if err := s.read(ctx, "/v3/inventories?limit=1", &body); err != nil {
		return err
	}
	if body.Meta.Count == nil {
		return s.Failed(channels.Resend, 0, "the answer is not believed: it does not count the SKUs")
	}
	finding.Notes = append(finding.Notes, fmt.Sprintf("%d SKUs have an inventory", *body.Meta.Count))
	return nil
}

// checkAccount reads who the seller is and how many feeds Walmart takes of it (settings.json, getPartnerConfigurations).
func (s *session) checkAccount(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Partner struct {
			ID   string `json:"partnerId"`
			Name string `json:"partnerDisplayName"`
		} `json:"partner"`
		Configurations []struct {
			Name          string `json:"configurationName"`
			Configuration struct {
				Values []feedRate `json:"values"`
			} `json:"configuration"`
		} `json:"configurations"`
	}
	ok, err := s.readOptional(ctx, "/v3/settings/partnerprofile", "the account", &body, finding)
	if !ok {
		return err
	}
	if body.Partner.ID != "" {
		finding.Account = fmt.Sprintf("seller %.40s, %.100q", body.Partner.ID, body.Partner.Name)
	}
	for _, configuration := range body.Configurations {
		for _, rate := range configuration.Configuration.Values {
			if configuration.Name == "FEED" && rate.FeedType == feedType {
				finding.Notes = append(finding.Notes, rate.notes()...)
			}
		}
	}
	return nil
}

// feedRate is how often Walmart takes a kind of feed.
type feedRate struct {
	FeedType string `json:"feedType"`
	Rates    []struct {
		Rate struct {
			Count  int64 `json:"count"`
			Window struct {
				Value string `json:"value"`
				Unit  string `json:"unitOfMeasurement"`
			} `json:"replenishTimeWindow"`
		} `json:"rate"`
	} `json:"throttleConfigurations"`
}

func (r feedRate) notes() (notes []string) {
	for _, entry := range r.Rates {
		notes = append(notes, fmt.Sprintf("Walmart takes %d inventory feeds in %.20s %.20s; the setting feeds_per_hour should say so", entry.Rate.Count,
			entry.Rate.Window.Value, entry.Rate.Window.Unit))
	}
	return notes
}

// checkScopes reads what the key permits (auth.json, getTokenDetail).
func (s *session) checkScopes(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Scopes map[string]string `json:"scopes"`
	}
	ok, err := s.readOptional(ctx, tokenPath+"/detail", "its own permissions", &body, finding)
	if !ok {
		return err
	}
	for _, scope := range []string{"inventory", "feeds"} {
		level, stated := body.Scopes[scope]
		switch {
		case !stated || scope == "feeds" && !s.feeds:
			continue
		case level == "no_access", scope == "inventory" && level != "full_access":
			return s.Failed(channels.AskPerson, 0, fmt.Sprintf("the API key has %.20q to %s; give it full access", level, scope))
		}
		finding.Notes = append(finding.Notes, fmt.Sprintf("the API key has %.20s to %s", level, scope))
	}
	return nil
}

// checkNodes reads the ship nodes (settings.json, getAllFulfillmentCenters).
func (s *session) checkNodes(ctx context.Context, finding *channels.Finding) error {
	var nodes []struct {
		ID     string `json:"shipNode"`
		Name   string `json:"shipNodeName"`
		Status string `json:"status"`
	}
	ok, err := s.readOptional(ctx, "/v3/settings/shipping/shipnodes", "the ship nodes", &nodes, finding)
	if !ok {
		return err
	}
	for _, node := range nodes {
		if node.Status != "" && node.Status != "ACTIVE" {
			finding.Notes = append(finding.Notes, fmt.Sprintf("the ship node %.40s (%.100q) is %.20s", node.ID, node.Name, strings.ToLower(node.Status)))
			continue
		}
		finding.Locations = append(finding.Locations, node.ID)
	}
	return nil
}

// checkFeeds counts the feeds that Walmart still works on, among the newest 50.
func (s *session) checkFeeds(ctx context.Context, finding *channels.Finding) error {
	var body struct {
		Results *struct {
			Feeds []struct {
				Type   string `json:"feedType"`
				Status string `json:"feedStatus"`
			} `json:"feed"`
		} `json:"results"`
	}
	if err := s.read(ctx, feedsPath+"?offset=0&limit=50", &body); err != nil {
		return err
	}
	if body.Results == nil {
		return s.Failed(channels.Resend, 0, "the answer is not believed: it does not list the feeds")
	}
	open := 0
	for _, feed := range body.Results.Feeds {
		if feed.Type == feedType && (feed.Status == "RECEIVED" || feed.Status == "INPROGRESS") {
			open++
		}
	}
	if open > 0 {
		finding.Notes = append(finding.Notes, fmt.Sprintf("Walmart still works on %d inventory feeds", open))
	}
	return nil
}

func (s *session) read(ctx context.Context, path string, into any) error {
	response, err := s.call(ctx, http.MethodGet, path, "", nil)
	return s.ReadOK(response, err, func(response outbound.Response) error { return s.refusal(response, "it cannot be read") }, into)
}

// readOptional reads what the driver can do without: a key that may not read it, or an environment that has no such thing, is a note.
func (s *session) readOptional(ctx context.Context, path, what string, into any, finding *channels.Finding) (bool, error) {
	err := s.read(ctx, path, into)
	var failure *channels.Error
	if errors.As(err, &failure) && (failure.Status == http.StatusForbidden || failure.Status == http.StatusNotFound) {
		finding.Notes = append(finding.Notes, "the API key may not read "+what)
		return false, nil
	}
	return err == nil, err
}

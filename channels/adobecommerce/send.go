package adobecommerce

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	response, err := s.call(ctx, http.MethodPost, "/async/bulk/V1/inventory/source-items", call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readReceipt(response, call.Items)
}

// call makes one HTTP call. Its error is one that holds for every kind of call; other statuses are the caller's.
func (s *store) call(ctx context.Context, method, path string, body []byte) (outbound.Response, error) {
	response, err := s.Client.Do(ctx, method, s.address(path), outbound.Bearer(s.token), body)
	return response, s.failure(response, err)
}

// address is where a path of the API is.
func (s *store) address(path string) string { return s.Endpoint + "/rest/" + s.view + path }

// resources are what a permission is called.
var resources = regexp.MustCompile(`^[A-Za-z]+_[A-Za-z]+::[a-z_]+$`)

// failure is Base.Failure, and says more of a credential that is not taken: a permission that is missing is answered with 401 as
// well, and names what is missing (core, AuthorizationException).
func (s *store) failure(response outbound.Response, failed error) error {
	err := channels.InWords(s.Failure(response, failed), "", readProblem(response).text())
	var failure *channels.Error
	if !errors.As(err, &failure) || response.Status != http.StatusUnauthorized {
		return err
	}
	if missing := readProblem(response).parameter("resources"); resources.MatchString(missing) {
		failure.Code = missing
		failure.Reason = "store " + s.ID + ": the integration has no access to the resource " + missing + ", or its token is not accepted; see " +
			"System, Integrations, " +
			"and Stores, Configuration, Services, OAuth, Allow OAuth Access Tokens to be used as standalone Bearer tokens"
		return err
	}
	failure.Reason = "store " + s.ID + `: it does not accept the token; the integration must be active, and "Allow OAuth Access Tokens to be used as standalone ` +
		`Bearer tokens" must be on under Stores, Configuration, Services, OAuth`
	return err
}

package vendure

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// Codes of errors: those of Vendure (@vendure/core, common/error/errors.ts), of its framework and of Apollo Server.
const (
	notFound  = "ENTITY_NOT_FOUND"
	badInput  = "BAD_USER_INPUT"        // the variables do not fit the schema; each error names its place
	noChannel = "CHANNEL_NOT_FOUND"     // the channel token is wrong
	broken    = "INTERNAL_SERVER_ERROR" // like noCode, by way of Apollo Server
	noCode    = ""                      // an error of the database
)

// readSet reads the response to a call. The server applies it in one transaction: with an error it has applied nothing, and the error is
// about the first variant that it could not set.
func (s *store) readSet(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	decoded, err := s.open(response)
	if err != nil {
		return channels.Reply{}, err
	}
	var data struct {
		Variants []*variant `json:"updateProductVariants"`
	}
	if decoded.Into(&data) == nil && data.Variants != nil {
		return s.readVariants(data.Variants, items), nil
	}
	if len(decoded.Errors) == 0 {
		return channels.Reply{}, s.Unreadable(response, "it does not list the variants that were set")
	}
	if err := s.refused(response, decoded); err != nil {
		return channels.Reply{}, err
	}
	if _, ok := decoded.Has(badInput); ok {
		return s.readBadInput(response, decoded, items)
	}
	if missing, ok := decoded.Has(notFound); ok {
		return readMissing(missing, items), nil
	}
	return channels.Reply{Refused: true, Reason: reason(decoded.Errors[0])}, nil
}

// variant is what the server shows of a variant after a call.
type variant struct {
	ID     string `json:"id"`
	SKU    string `json:"sku"`
	Levels []struct {
		Location string `json:"stockLocationId"`
		OnHand   *int64 `json:"stockOnHand"`
	} `json:"stockLevels"`
}

// readVariants matches variants to items by id, and figures by location. The server lists variants in an order of its own, and each
// once.
func (s *store) readVariants(variants []*variant, items []channels.Item) channels.Reply {
	shown := make(map[string]*variant, len(variants))
	for _, entry := range variants {
		if entry != nil { // it could not be read back, which an error next to the data says
			shown[entry.ID] = entry
		}
	}
	reply := channels.All(items, channels.Unknown)
	for i, item := range items {
		entry := shown[item.Reference]
		switch {
		case entry == nil:
			reply.Items[i].Reason = "the store's answer does not mention it"
		case entry.SKU != item.ChannelSKU:
			reply.Items[i] = channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Reason: "the variant that it was known by has another SKU now"}
		default:
			reply.Items[i] = s.shown(item, entry)
		}
	}
	return reply
}

// shown reads the figure of an item. A variant shows the locations of the channel only, though a figure can be set at any.
func (s *store) shown(item channels.Item, entry *variant) channels.ItemReply {
	location := s.locationOf(item)
	for _, level := range entry.Levels {
		if level.Location == location && level.OnHand != nil {
			return channels.Shown(item, level.OnHand)
		}
	}
	return channels.ItemReply{
		Verdict: channels.Rejected,
		Reason:  fmt.Sprintf("the stock location %q does not belong to the store's channel; assign it to the channel in Vendure, or correct the location", location),
	}
}

// readMissing reads an error about a variant that the server does not know, or not in this channel. Its message names the id. Where ids
// are stored in another form than they are shown in, it names one that no item has; then only a call about one variant is clear.
func readMissing(missing graphql.Error, items []channels.Item) channels.Reply {
	parts := strings.Split(missing.Message, `"`)
	named, alone := "", true
	for _, item := range items {
		alone = alone && item.Reference == items[0].Reference
		if len(parts) == 3 && parts[1] == item.Reference {
			named = item.Reference
		}
	}
	if named == "" && alone {
		named = items[0].Reference
	}
	if named == "" {
		return channels.Reply{Refused: true, Reason: reason(missing)}
	}
	reply := channels.All(items, channels.NotApplied)
	for i, item := range items {
		if item.Reference == named {
			reply.Items[i] = channels.ItemReply{
				Verdict: channels.NotApplied, Lost: true, Code: notFound,
				Reason: "the variant that it was known by is deleted, or not in the store's channel any more",
			}
		}
	}
	return reply
}

// readBadInput reads errors about values that the schema does not take, like a figure over 2,147,483,647.
func (s *store) readBadInput(response outbound.Response, decoded graphql.Response, items []channels.Item) (channels.Reply, error) {
	reply, named := channels.All(items, channels.NotApplied), false
	for _, failure := range decoded.Errors {
		_, rest, ok := strings.Cut(failure.Message, `at "input[`)
		digits, _, closed := strings.Cut(rest, "]")
		if !ok || !closed {
			continue
		}
		at, err := strconv.Atoi(digits)
		if err != nil || at < 0 || at >= len(items) {
			return channels.Reply{}, s.Unreadable(response, "it names an item that was not in the call")
		}
		reply.Items[at], named = channels.ItemReply{Verdict: channels.Rejected, Code: badInput, Reason: failure.Message}, true
	}
	if !named {
		return channels.Reply{Refused: true, Reason: reason(decoded.Errors[0])}, nil
	}
	return reply, nil
}

// open takes a response apart.
func (s *store) open(response outbound.Response) (graphql.Response, error) {
	decoded, err := graphql.Read(response.Body)
	switch {
	case err != nil && response.Status >= http.StatusBadRequest:
		return decoded, &channels.Error{Next: channels.AskPerson, Status: response.Status, Reason: "store " + s.ID +
			": there is no Admin API at this address; correct the endpoint", Words: words(response)}
	case err != nil:
		return decoded, s.Unreadable(response, err.Error())
	}
	return decoded, nil
}

// refused judges the errors that say nothing about what was asked for: credential, permission, channel, schema, and a server
// error. It is nil when there are none of those.
func (s *store) refused(response outbound.Response, decoded graphql.Response) error {
	for _, failure := range decoded.Errors {
		refusal := &channels.Error{Next: channels.AskPerson, Status: response.Status, Code: failure.Extensions.Code}
		switch failure.Extensions.Code {
		case "FORBIDDEN", "UNAUTHORIZED", "UNAUTHENTICATED":
			refusal.Reason = "the administrator's role does not permit the call; it needs ReadProduct, UpdateProduct and ReadStockLocation in the channel"
			if unknownSession(response) {
				refusal.Reason = "it does not accept the credential; renew it and check the reference in the store's settings"
			}
		case noChannel:
			refusal.Reason = "it has no channel with this token; correct the setting channel"
		case "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED":
			refusal.Reason = "its schema is not the one that the driver speaks; it must be the Admin API of Vendure 2.0 or later"
		case broken, noCode:
			if noLocation(failure) {
				continue
			}
			refusal.Next, refusal.Reason = channels.Resend, "server error; the call was not applied"
		default:
			continue
		}
		refusal.Reason = "store " + s.ID + ": " + refusal.Reason
		return channels.InWords(refusal, failure.Extensions.Code, failure.Message)
	}
	return nil
}

// noLocation is true for the error to a call that names a stock location that does not exist. It is what PostgreSQL, MySQL and SQLite
// say of it; Vendure passes it on as it is, without a code. Other errors of the database pass.
func noLocation(failure graphql.Error) bool {
	return failure.Extensions.Code == noCode && strings.Contains(strings.ToLower(failure.Message), "foreign key constraint")
}

// read reads the response to a question. An error that refused leaves aside is about the question, which is always the same.
func (s *store) read(response outbound.Response, into any) error {
	decoded, err := s.open(response)
	if err != nil {
		return err
	}
	if err := s.refused(response, decoded); err != nil {
		return err
	}
	if len(decoded.Errors) > 0 {
		return &channels.Error{
			Next: channels.AskPerson, Status: response.Status, Code: decoded.Errors[0].Extensions.Code,
			Reason: fmt.Sprintf("store %s: it refuses to be read at %.60q (%.40q)", s.ID, decoded.Errors[0].At(), decoded.Errors[0].Extensions.Code),
		}
	}
	if err := decoded.Into(into); err != nil {
		return s.Unreadable(response, err.Error())
	}
	return nil
}

// reason is what an error says, for people.
func reason(failure graphql.Error) string {
	if noLocation(failure) {
		return "the store has no such stock location; correct the location"
	}
	return failure.Extensions.Code + ": " + failure.Message
}

package vendure_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
	"github.com/tidemark/tidemark/settings"
	vendureserver "github.com/tidemark/tidemark/tests/vendure"
)

func figuresArrive(t *testing.T, server *realServer) {
	store := server.channel(t, true)
	channel := channels.Guarded(store.open(t))
	var items []channels.Item
	for i := range channel.Limits().Batch {
		items = append(items, channels.Item{Location: []string{"1", server.outlet}[i%2], ChannelSKU: fmt.Sprintf("CT-%d", i/2), Quantity: int64(10 + i)})
	}
	for i, sku := range []string{
		"a b", " leading", "trailing ", `quo"te`, `back\slash`, "e\u0301", "\u00e9", "UPPER", "upper", "0012", "null", "tab\there",
		strings.Repeat("long", 50),
	} {
		items[90-2*i].ChannelSKU = sku
	}
	store.set(t, withQuantity(items, 0)...)
	figures := func(items []channels.Item) map[channeltest.Place]int64 {
		shown := map[channeltest.Place]int64{}
		for _, item := range items {
			shown[channeltest.Place{Location: item.Location, SKU: item.ChannelSKU}] = item.Quantity
		}
		return shown
	}
	shown := func() map[channeltest.Place]int64 { // those that were sent
		all := store.shown(t)
		for at := range all {
			if _, requested := figures(items)[at]; !requested {
				delete(all, at)
			}
		}
		return all
	}
	items = channeltest.LookUp(t, channel, items...)
	for _, quantity := range []int64{7, 0, 1_000_000_000} {
		items = withQuantity(items, quantity)
		reply, err := channel.Send(t.Context(), call(t, channel, items...))
		require.NoError(t, err)
		for i, item := range reply.Items {
			require.Equal(t, channels.Applied, item.Verdict, "%+v: %+v", items[i], item)
			require.Nil(t, item.Clamped)
		}
		require.Equal(t, figures(items), shown())
	}

	// The response is lost, and the same bytes are sent again after a sale.
	once := call(t, channel, withQuantity(items, 50)...)
	store.Provoke(t, channeltest.LostAnswer)
	_, err := channel.Send(t.Context(), once)
	channeltest.RequireError(t, err, channels.Resend)
	require.Equal(t, figures(once.Items), shown())
	store.Provoke(t, channeltest.None)
	store.set(t, withQuantity(items[:1], 49)...)
	reply, err := channel.Send(t.Context(), once)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, figures(once.Items), shown())

	// GraphQL has no such number: the item is named, and nothing is applied.
	offending := withQuantity(items, 60)
	offending[1].Quantity = 1 << 31
	reply, err = channel.Send(t.Context(), call(t, channel, offending...))
	require.NoError(t, err)
	for i, item := range reply.Items {
		require.Equal(t, map[bool]channels.Verdict{true: channels.Rejected, false: channels.NotApplied}[i == 1], item.Verdict)
	}
	require.Contains(t, reply.Items[1].Reason, "32-bit")
	require.Equal(t, figures(once.Items), shown())
}

// withQuantity returns items with another quantity.
func withQuantity(items []channels.Item, quantity int64) []channels.Item {
	changed := append([]channels.Item(nil), items...)
	for i := range changed {
		changed[i].Quantity = quantity
	}
	return changed
}

// deletedVariant is the poison that the API has: one variant that is gone stops all of the call.
func deletedVariant(t *testing.T, server *realServer) {
	store := server.channel(t, true)
	channel := channels.Guarded(store.open(t))
	items := []channels.Item{
		{Location: "1", ChannelSKU: "A", Quantity: 1},
		{Location: "1", ChannelSKU: "B", Quantity: 2},
		{Location: server.outlet, ChannelSKU: "B", Quantity: 3},
		{Location: server.outlet, ChannelSKU: "A", Quantity: 4},
	}
	store.set(t, channels.Item{ChannelSKU: "A"}, channels.Item{ChannelSKU: "B"})
	items = channeltest.LookUp(t, channel, items...)
	store.remove(t, "B")
	before := store.shown(t)
	reply, err := channel.Send(t.Context(), call(t, channel, items...))
	require.NoError(t, err)
	for i, lost := range []bool{false, true, true, false} {
		require.Equal(t, lost, reply.Items[i].Lost, "%d", i)
		require.Equal(t, channels.NotApplied, reply.Items[i].Verdict, "%d", i)
	}
	require.Equal(t, before, store.shown(t))
	require.Contains(t, channeltest.Find(t, channel, items[1])[0].Missing, "no variant")
	reply = sent(t, channel, items[0], items[3])
	require.Equal(t, []channels.Verdict{channels.Applied, channels.Applied}, []channels.Verdict{reply.Items[0].Verdict, reply.Items[1].Verdict})
	require.Equal(t, map[channeltest.Place]int64{{Location: "1", SKU: "A"}: 1, {Location: server.outlet, SKU: "A"}: 4}, store.shown(t))
}

func lookUp(t *testing.T, server *realServer) {
	store := server.channel(t, false)
	channel := channels.Guarded(store.open(t))
	store.create(t, "PLAIN", "TWICE", "TWICE", "UNTRACKED", "INHERITS", "bell", "BELL")
	ids := store.variants(t)
	store.admin(t, `mutation ($a: ID!, $b: ID!) { updateProductVariants(input: [{ id: $a, trackInventory: FALSE }, { id: $b, trackInventory: INHERIT, enabled: `+
		`false }]) { id } }`,
		object{"a": ids["UNTRACKED"], "b": ids["INHERITS"]}, nil)
	matches := channeltest.Find(t, channel, channels.Item{ChannelSKU: "PLAIN"}, channels.Item{ChannelSKU: "TWICE"}, channels.Item{ChannelSKU: "UNTRACKED"},
		channels.Item{ChannelSKU: "INHERITS"}, channels.Item{ChannelSKU: "bell"}, channels.Item{ChannelSKU: "SKU-0"})
	require.Equal(t, ids["PLAIN"], matches[0].Reference)
	require.Contains(t, matches[1].Blocked, "2 variants")
	require.Contains(t, matches[2].Blocked, "does not track")
	require.Equal(t, ids["INHERITS"], matches[3].Reference, "a server tracks unless it is told not to, and a disabled variant has stock like any other")
	require.Equal(t, ids["bell"], matches[4].Reference)
	require.NotEmpty(t, matches[5].Missing, "SKU-0 is in the default channel only")
}

func wrongLocations(t *testing.T, server *realServer) {
	store := server.channel(t, false)
	channel := channels.Guarded(store.open(t))
	store.set(t, channels.Item{ChannelSKU: "A"})
	reply := sent(t, channel, channels.Item{Location: "987654", ChannelSKU: "A", Quantity: 3})
	require.True(t, reply.Refused)
	require.Equal(t, "the store has no such stock location; correct the location", reply.Reason)
	reply = sent(t, channel, channels.Item{Location: server.outlet, ChannelSKU: "A", Quantity: 3})
	require.Equal(t, channels.Rejected, reply.Items[0].Verdict)
	require.Contains(t, reply.Items[0].Reason, "does not belong to the store's channel")
	_, err := channels.Guarded(store.openWith(t, settings.Values{"location": server.outlet}, venduretest.Environment())).Check(t.Context())
	require.ErrorContains(t, err, "set location to one of 1 (")
	_, err = channels.Guarded(store.openWith(t, settings.Values{"channel": "no-such-channel"}, venduretest.Environment())).Check(t.Context())
	require.ErrorContains(t, err, "it has no channel with this token")
}

// administrator makes one with a role in the store's channel, and returns the role and a channel.
func (s *realStore) administrator(t *testing.T, code string, permissions ...string) (role string, channel channels.Channel) {
	t.Helper()
	var made struct{ CreateRole struct{ ID string } }
	code = s.token + "-" + code
	s.server.admin(t, "", `mutation ($input: CreateRoleInput!) { createRole(input: $input) { id } }`, object{"input": object{
		"code": code, "description": code, "permissions": permissions, "channelIds": []string{s.number},
	}}, &made)
	s.server.admin(t, "", `mutation ($input: CreateAdministratorInput!) { createAdministrator(input: $input) { id } }`, object{"input": object{
		"firstName": "T", "lastName": "T", "emailAddress": code + "@example.com", "password": channeltest.Credential, "roleIds": []string{made.CreateRole.ID},
	}}, nil)
	return made.CreateRole.ID, channels.Guarded(s.openWith(t, settings.Values{"username": code + "@example.com"}, venduretest.Environment()))
}

// credentials proves that the permissions that the documentation names are enough, and needed.
func credentials(t *testing.T, server *realServer) {
	store := server.channel(t, false)
	store.set(t, channels.Item{ChannelSKU: "A"})
	enough, channel := store.administrator(t, "enough", "ReadProduct", "UpdateProduct", "ReadStockLocation")
	finding, err := channel.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, store.token+"-enough@example.com in the channel "+store.token, finding.Account)
	require.Equal(t, []string{"1"}, finding.Locations)
	require.Equal(t, channels.Applied, sent(t, channel, channels.Item{ChannelSKU: "A", Quantity: 3}).Items[0].Verdict)

	_, reads := store.administrator(t, "reads", "ReadProduct", "ReadStockLocation")
	_, err = reads.Check(t.Context())
	require.ErrorContains(t, err, "give the role the permission UpdateProduct")
	_, err = reads.Send(t.Context(), call(t, reads, channeltest.LookUp(t, reads, channels.Item{ChannelSKU: "A", Quantity: 4})...))
	channeltest.RequireError(t, err, channels.AskPerson, "needs ReadProduct, UpdateProduct and ReadStockLocation")

	_, err = channels.Guarded(store.openWith(t, settings.Values{"username": "nobody"}, venduretest.Environment())).Check(t.Context())
	require.ErrorContains(t, err, "INVALID_CREDENTIALS_ERROR")

	var made struct{ CreateAPIKey struct{ APIKey string } }
	store.admin(t, `mutation ($role: ID!) { createApiKey(input: { roleIds: [$role], translations: [{ languageCode: en, name: "Tidemark" }] }) { apiKey } }`,
		object{"role": enough}, &made)
	for key, fault := range map[string]string{made.CreateAPIKey.APIKey: "", "0" + made.CreateAPIKey.APIKey: "does not accept the credential"} {
		values := store.settings()
		delete(values, "username")
		delete(values, "password")
		values["api_key"] = "env:KEY"
		environment := settings.Environment{Variable: func(name string) (string, bool) { return key, name == "KEY" }}
		keyed, err := vendure.Driver().Open("shop", values, environment)
		require.NoError(t, err)
		opened := channels.Guarded(keyed)
		finding, err := opened.Check(t.Context())
		if fault != "" {
			require.ErrorContains(t, err, fault)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, "an API key in the channel "+store.token, finding.Account)
		require.Equal(t, channels.Applied, sent(t, opened, channels.Item{ChannelSKU: "A", Quantity: 9}).Items[0].Verdict)
	}
	require.Equal(t, int64(9), store.shown(t)[channeltest.Place{SKU: "A"}])
}

func endedSession(t *testing.T, server *realServer) {
	store := server.channel(t, false)
	_, channel := store.administrator(t, "ends", "ReadProduct", "UpdateProduct") // a logout ends all sessions of an administrator
	store.set(t, channels.Item{ChannelSKU: "A"})
	once := call(t, channel, channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "A", Quantity: 6})...)
	session, ok := store.seen.Load().(string)
	require.True(t, ok)
	server.Ask(t, vendureserver.Question{Session: strings.TrimPrefix(session, "Bearer "), Document: `mutation { logout { success } }`}, nil)
	reply, err := channel.Send(t.Context(), once)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.NotEqual(t, session, store.seen.Load())
	require.Equal(t, int64(6), store.shown(t)[channeltest.Place{SKU: "A"}])
}

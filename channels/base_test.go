package channels_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

func TestBaseBeginsWithItsSettings(t *testing.T) {
	t.Parallel()
	spec := settings.Spec{Driver: "d", Options: append([]settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true},
		{Name: "batch_limit", Kind: settings.Integer, Default: "7"},
		{Name: "find_limit", Kind: settings.Integer, Default: "5"},
		{Name: "tickets", Kind: settings.Integer, Default: "3"},
	}, outbound.CallOptions("9s", "")...)}
	var base channels.Base
	driver := channels.NewDriver(spec, 0, func(opened channels.Base, _ settings.Values, _ settings.Environment) (channels.Channel, error) {
		base = opened
		return nil, nil
	})
	_, err := driver.Open("shop", settings.Values{"endpoint": "https://shop.example"}, settings.Environment{})
	require.NoError(t, err)
	require.Equal(t, channels.Limits{Batch: 7, Find: 5, Tickets: 3, Timeout: 9 * time.Second}, base.Limits())
	_, err = driver.Open("shop", settings.Values{}, settings.Environment{})
	require.ErrorContains(t, err, `needs the setting "endpoint"`)
}

func TestReadOK(t *testing.T) {
	t.Parallel()
	base := channels.Base{Partner: outbound.Partner{ID: "shop"}}
	var into struct{ N int }
	lost := errors.New("lost")
	refused := func(response outbound.Response) error {
		return base.Failed(channels.AskPerson, response.Status, "it does not take the call")
	}
	require.Equal(t, lost, base.ReadOK(outbound.Response{}, lost, refused, &into))
	require.EqualError(t, base.ReadOK(outbound.Response{Status: 404}, nil, refused, &into), "store shop: it does not take the call (status 404)")
	require.ErrorContains(t, base.ReadOK(outbound.Response{Status: 200}, nil, refused, &into), "is not believed")
	require.NoError(t, base.ReadOK(outbound.Response{Status: 200, Body: []byte(`{"n":3}`)}, nil, refused, &into))
	require.Equal(t, 3, into.N)
}

func TestForgottenIsBuiltAnew(t *testing.T) {
	t.Parallel()
	base := channels.Base{Partner: outbound.Partner{ID: "shop"}}
	var failure *channels.Error
	require.ErrorAs(t, base.Forgotten(410, "it does not know the feed any more"), &failure)
	require.Equal(t, channels.Error{
		Next: channels.Anew, Status: 410, Reason: "store shop: it does not know the feed any more; the items are sent again",
	}, *failure)
}

func TestDecodedIsZeroForAnotherForm(t *testing.T) {
	t.Parallel()
	type problem struct{ Code, Message string }
	require.Equal(t, problem{"a", "b"}, channels.Decoded[problem](outbound.Response{Body: []byte(`{"code":"a","message":"b"}`)}))
	for _, body := range []string{"", "<html>", `[]`, `{"code":"a","message":7}`} {
		require.Zero(t, channels.Decoded[problem](outbound.Response{Body: []byte(body)}), body)
	}
}

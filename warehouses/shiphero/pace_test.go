package shiphero_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shiphero/shipherotest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestCredits: a fetch with many pages stays within what is restored, and waits where it stands after others used it up.
func TestCredits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		left      int
		perSecond int
		switches  shipherotest.Switches
		short     int
	}{
		"all of them":             {shipherotest.Most, 60, shipherotest.Switches{}, 0},
		"enough for a page":       {101, 60, shipherotest.Switches{}, 0},
		"a share":                 {101, 30, shipherotest.Switches{}, 0},
		"none after a few":        {350, 60, shipherotest.Switches{NoComplexity: true}, 57},
		"none, and not for long":  {150, 60, shipherotest.Switches{NoComplexity: true, NoTime: true}, 59},
		"none, but it is told so": {150, 60, shipherotest.Switches{NoComplexity: true}, 59},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, clock := shipherotest.Start(t, warehousetest.Stock(6000)), warehousetest.NewClock()
			fake.At(clock.Now)
			fake.Charge(test.left)
			fake.Turn(test.switches)
			began := clock.Now()
			_, snapshot := warehousetest.Read(t, open(t, fake, clock, map[string]any{"full": "pages", "credits_per_second": test.perSecond}), warehouses.Request{})
			require.Equal(t, 6000, snapshot.Rows)
			require.LessOrEqual(t, fake.Short(), test.short)
			if test.short == 0 {
				require.GreaterOrEqual(t, clock.Now().Sub(began), 59*101*time.Second/time.Duration(test.perSecond))
			} else {
				require.Positive(t, fake.Short())
			}
		})
	}
}

// TestTooFewCredits: at the beginning, or for long, too few credits end the fetch with the time at which there are enough.
func TestTooFewCredits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		want time.Duration
	}{
		"told":               {`"required_credits":1301,"remaining_credits":263,"time_remaining":"18 seconds"`, 18 * time.Second},
		"told in minutes":    {`"required_credits":1301,"remaining_credits":263,"time_remaining":"1 minute and 5 seconds"`, 65 * time.Second},
		"told as two days":   {`"time_remaining":"48 hours"`, 24 * time.Hour},
		"not told":           {`"required_credits":1301,"remaining_credits":701`, 10 * time.Second},
		"told as nonsense":   {`"required_credits":100,"remaining_credits":700,"time_remaining":"soon"`, 4004 * time.Second / 60},
		"nothing told":       {`"message":"x"`, 4004 * time.Second / 60},
		"told as a number":   {`"time_remaining":7`, 4004 * time.Second / 60},
		"no number of those": {`"required_credits":[]`, 4004 * time.Second / 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, clock := shipherotest.Start(t, warehousetest.Stock(5)), warehousetest.NewClock()
			fake.Spoil(func(kind string, _ int, response *warehousetest.Answer) {
				if kind == shipherotest.Levels {
					response.Body = `{"errors":[{"code":30,` + test.body + `}],"data":null}`
				}
			})
			_, err := open(t, fake, clock, pages).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			require.Equal(t, clock.Now().Add(test.want), warehousetest.RequireError(t, err, warehouses.Wait, "throttles").Until)
			require.Empty(t, clock.Waits)
		})
	}
	fake, clock := shipherotest.Start(t, warehousetest.Stock(25)), warehousetest.NewClock()
	fake.Spoil(func(kind string, number int, response *warehousetest.Answer) {
		if kind == shipherotest.Levels && number == 2 {
			response.Body = `{"errors":[{"code":30,"time_remaining":"9 seconds"}],"data":null}`
		}
	})
	_, err := open(t, fake, clock, map[string]any{"full": "pages", "page": 10}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.Wait)
	require.Len(t, clock.Waits, 6, "its turn, and five times for credits that somebody else took")

	fake.Spoil(func(kind string, _ int, response *warehousetest.Answer) {
		if kind == shipherotest.Levels {
			response.Body = `{"errors":[{"code":30,"required_credits":5005,"remaining_credits":4004,"time_remaining":"0 seconds"}],"data":null}`
		}
	})
	_, err = open(t, fake, clock, pages).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "needs 5005 credits, and ShipHero permits 4004; lower page")
}

// TestTheToken: it is asked for once, and again when it is not accepted. One that a person gave is not asked for.
func TestTheToken(t *testing.T) {
	t.Parallel()
	refreshes := func(fake *shipherotest.Warehouse) (count int) {
		for _, call := range fake.Calls() {
			if call == "/auth/refresh" {
				count++
			}
		}
		return count
	}
	fake, clock := shipherotest.Start(t, warehousetest.Stock(25)), warehousetest.NewClock()
	source := open(t, fake, clock, map[string]any{"full": "pages", "page": 10})
	warehousetest.Read(t, source, warehouses.Request{})
	warehousetest.Read(t, source, warehouses.Request{})
	require.Equal(t, 1, refreshes(fake))
	require.NoError(t, clock.Wait(t.Context(), 28*24*time.Hour))
	warehousetest.Read(t, source, warehouses.Request{})
	require.Equal(t, 2, refreshes(fake))

	given := shipherotest.Start(t, warehousetest.Stock(5))
	source = open(t, given, clock, map[string]any{"refresh_token": nil, "token": "env:TOKEN"})
	warehousetest.Read(t, source, warehouses.Request{})
	require.Zero(t, refreshes(given))
	given.Turn(shipherotest.Switches{Withdrawn: true})
	_, err := source.Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "does not accept the credential")

	for body, says := range map[string]string{
		`{"access_token":"x"}`:                     "does not say how long it lives",
		`{"access_token":"","expires_in":5}`:       "holds no access token",
		`{"access_token":"x","expires_in":"long"}`: "JSON of another form",
		`<html>`: "an HTML page",
	} {
		fake.Spoil(func(kind string, _ int, response *warehousetest.Answer) {
			if kind == shipherotest.Refresh {
				response.Body = body
			}
		})
		_, err := open(t, fake, clock, nil).Check(t.Context())
		warehousetest.RequireError(t, err, warehouses.Retry, says)
	}
}

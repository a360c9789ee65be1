package control

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// tries is a Tester whose answer a test sets.
type tries struct {
	found TestResult
	err   error
	hangs bool
}

func (a tries) answer(ctx context.Context) (TestResult, error) {
	if a.hangs {
		<-ctx.Done()
		return TestResult{}, ctx.Err()
	}
	return a.found, a.err
}

func (a tries) TestStore(ctx context.Context, _ ledger.Store) (TestResult, error) {
	return a.answer(ctx)
}

func (a tries) TestWarehouse(ctx context.Context, _ ledger.Warehouse) (TestResult, error) {
	return a.answer(ctx)
}

// A store or warehouse that cannot be used is a result, which is noted; one that does not exist is a refusal.
func TestPartnersAreTested(t *testing.T) {
	t.Parallel()
	c := New(shopLedger(t), nil, func() time.Time { return noon })
	_, err := c.TestStore(acting(t), "shop")
	require.ErrorContains(t, err, "no drivers")
	c.UseTester(tries{found: TestResult{Account: "acme", Locations: []string{"front"}}})
	result, err := c.TestStore(acting(t), "shop")
	require.NoError(t, err)
	require.Equal(t, TestResult{ID: "shop", Driver: "sandbox", Account: "acme", Locations: []string{"front"}}, result)
	c.UseTester(tries{err: errors.New("store shop: env:TOKEN is not set\nsecond line")})
	result, err = c.TestStore(acting(t), "shop")
	require.NoError(t, err)
	require.Equal(t, "store shop: env:TOKEN is not set", result.Failed)
	result, err = c.TestWarehouse(acting(t), "depot")
	require.NoError(t, err)
	require.NotEmpty(t, result.Failed)
	var absent *AbsentError
	_, err = c.TestWarehouse(acting(t), "nowhere")
	require.ErrorAs(t, err, &absent)
	_, err = c.TestStore(acting(t), "nowhere")
	require.ErrorAs(t, err, &absent)
	noted, err := c.Log(acting(t), ledger.AuditQuery{Limit: 10})
	require.NoError(t, err)
	var said []string
	for _, entry := range noted {
		said = append(said, entry.Act+" "+entry.On+": "+string(entry.Result)+" "+entry.After)
	}
	require.Equal(t, []string{
		"test store nowhere: refused ", "test warehouse nowhere: refused ", "test warehouse depot: done cannot be used: store shop: env:TOKEN is not set",
		"test store shop: done cannot be used: store shop: env:TOKEN is not set", "test store shop: done can be used", "test store shop: failed ",
	}, said)
}

// A partner that does not answer is given up in time.
func TestAPartnerThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		try := func(ctx context.Context, tester Tester) (TestResult, error) {
			return tester.TestStore(ctx, ledger.Store{})
		}
		result, err := runTest(t.Context(), tries{hangs: true}, TestResult{ID: "shop"}, try)
		require.NoError(t, err)
		require.Equal(t, "it did not answer within 15 s", result.Failed)
		gone, leave := context.WithCancel(t.Context())
		leave()
		_, err = runTest(gone, tries{hangs: true}, TestResult{ID: "shop"}, try)
		require.ErrorIs(t, err, context.Canceled)
	})
}

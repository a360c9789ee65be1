package main

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// What is set on the command line is in force, shown with who set it, and cleared again.
func TestSettingsOnTheCommandLine(t *testing.T) {
	t.Parallel()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	_, err = state.Apply(t.Context(), ledger.Definitions{
		Stores: []ledger.Store{{ID: "shop", Merchant: "acme", Budget: ledger.Budget{Share: 0.8}, Named: []string{ledger.SettingShare}}},
	}, ledger.ApplyOptions{From: "box:/etc/tidemark.yaml"})
	require.NoError(t, err)
	c := control.New(state, nil, time.Now)
	out := &bytes.Buffer{}
	s := &session{out: out}
	ctx := control.WithActor(t.Context(), control.Actor{Name: "ann", Face: control.FaceCommandLine, Role: ledger.Admin})
	share := ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: ledger.SettingShare}
	require.ErrorContains(t, s.editSetting(ctx, c, share, "50%", settingGiven{}), "say why it is overridden")
	require.ErrorContains(t, s.editSetting(ctx, c, share, "50%", settingGiven{reason: "x", until: "soon"}), `--until "soon"`)
	require.ErrorContains(t, s.editSetting(ctx, c, share, "50%", settingGiven{reason: "x", version: 7, versionGiven: true}), "was changed while you edited it")
	require.NoError(t, s.editSetting(ctx, c, share, "50%", settingGiven{reason: "the sale"}))
	require.Contains(t, out.String(), "share of store shop: 50%\n  overridden by ")
	out.Reset()
	require.NoError(t, s.showSettings(ctx, c, share))
	require.Contains(t, out.String(), "(the sale), since")
	require.Contains(t, out.String(), "quiet_hours of store shop: none\n  the default; tidemark.yaml does not set it\n")
	require.NoError(t, s.clearSetting(ctx, c, share, settingGiven{}))
	store, err := state.Store(t.Context(), "shop")
	require.NoError(t, err)
	require.InDelta(t, 0.8, store.Budget.Share, 0)
	for _, wrong := range [][]string{
		{"store", "shop", "set"},
		{"store", "shop", "edit", "share"},
		{"store", "shop", "clear"},
		{"store", "shop", "show", "share"},
	} {
		var flag *flagError
		require.ErrorAs(t, s.setting(ctx, wrong, settingGiven{}), &flag, "%v", wrong)
	}
}

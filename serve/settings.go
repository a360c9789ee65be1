package serve

import (
	"context"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// settingsOf are the settings of a connection, a store or a warehouse that can be set beside the configuration.
func (s *Server) settingsOf(ctx context.Context, q question) (any, error) {
	found, err := s.options.Control.SettingsOf(ctx, q.PathValue("kind"), q.PathValue("id"))
	return pageOf(found, same), err
}

// settingKey is the setting that a path names.
func settingKey(w wishes) ledger.SettingKey {
	return ledger.SettingKey{Kind: w.PathValue("kind"), ID: w.PathValue("id"), Name: w.PathValue("name")}
}

// editSetting sets a setting. Its version is that of the setting that it was made on.
func (s *Server) editSetting(ctx context.Context, w wishes) (any, error) {
	switch {
	case w.value == "":
		return nil, invalid("invalid_request", `value: expected a text as a configuration has it, like "80%%"`)
	case w.version == nil:
		return nil, errNoVersion
	}
	return s.options.Control.EditSetting(ctx, settingKey(w), control.SettingEdit{Value: w.value, Reason: w.reason, Until: w.until, Version: *w.version, By: w.by})
}

// clearSetting ends what was set of a setting beside the configuration.
func (s *Server) clearSetting(ctx context.Context, w wishes) (any, error) {
	if w.version == nil {
		return nil, errNoVersion
	}
	return s.options.Control.ClearSetting(ctx, settingKey(w), *w.version)
}

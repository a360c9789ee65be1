package serve

import (
	"context"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// settingsOf lists the settings of a connection, store or warehouse that can be set without the configuration file.
func (s *Server) settingsOf(ctx context.Context, q getRequest) (any, error) {
	settings, err := s.options.Control.SettingsOf(ctx, q.PathValue("kind"), q.PathValue("id"))
	return pageOf(settings, asIs), err
}

// settingKey is the setting in a path.
func settingKey(input actRequest) ledger.SettingKey {
	return ledger.SettingKey{Kind: input.PathValue("kind"), ID: input.PathValue("id"), Name: input.PathValue("name")}
}

// editSetting sets a setting. The request carries the version that it was made on; another version is refused.
func (s *Server) editSetting(ctx context.Context, input actRequest) (any, error) {
	switch {
	case input.value == "":
		return nil, invalid("invalid_request", `value: expected a text as in the configuration file, like "80%%"`)
	case input.version == nil:
		return nil, errNoVersion
	}
	return s.options.Control.EditSetting(ctx, settingKey(input), control.SettingEdit{
		Value: input.value, Reason: input.reason, Until: input.until,
		Version: *input.version, By: input.by,
	})
}

// clearSetting removes what was set without the configuration file.
func (s *Server) clearSetting(ctx context.Context, input actRequest) (any, error) {
	if input.version == nil {
		return nil, errNoVersion
	}
	return s.options.Control.ClearSetting(ctx, settingKey(input), *input.version)
}

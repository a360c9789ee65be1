package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// settingGiven is what the command line says of a setting.
type settingGiven struct {
	reason, until string
	version       int64
	versionGiven  bool
}

func settingCommand(s *session) *cobra.Command {
	var given settingGiven
	command := &cobra.Command{
		Use:   "setting connection|store|warehouse ID [show | edit NAME VALUE | clear NAME]",
		Short: "Show and change settings of a connection, store or warehouse, without editing the configuration file",
		Long: `setting shows what can be set without editing the configuration file, and who set it: overlap and
unlisted of a connection; share and quiet_hours of a store; the thresholds of a warehouse's guard, and
its strategy.

edit sets one of them. VALUE is written as in the configuration file; none means no quiet hours or no
strategy. If the configuration file mentions the setting, the edit is an override: it needs a reason,
may have an end, and apply keeps it while the file says the same. If the file does not mention it, the
setting belongs to whoever sets it, here or on the pages. clear ends what was set.

--until takes a time in UTC ('2026-11-30 08:00'), a time with its own zone
(2026-11-30T08:00:00+01:00), or a duration from now (36h).`,
		Example: "  starter setting store acme-shop\n  starter setting store acme-shop edit share 50% --reason 'the sale' --until 36h\n" +
			"  starter setting store acme-shop edit quiet_hours '22:00 to 06:30 Europe/Paris'\n" +
			"  starter setting warehouse portland edit strategy '{buffer_units: 2, distribution: equal}'\n  starter setting warehouse portland clear strategy",
		Args: cobra.RangeArgs(2, 5),
		RunE: func(command *cobra.Command, arguments []string) error {
			given.versionGiven = command.Flags().Changed("version")
			return s.setting(command.Context(), arguments, given)
		},
	}
	command.Flags().StringVar(&given.reason, "reason", "", "why, for other people; required if the configuration file mentions the setting")
	command.Flags().StringVar(&given.until, "until", "", "when it ends (default: never)")
	command.Flags().Int64Var(&given.version, "version", 0, "the version that you read; the edit is refused if the version is another one now")
	return command
}

// setting does what the arguments say.
func (s *session) setting(ctx context.Context, arguments []string, given settingGiven) error {
	key := ledger.SettingKey{Kind: arguments[0], ID: arguments[1]}
	act, rest := "show", arguments[2:]
	if len(rest) > 0 {
		act, rest = rest[0], rest[1:]
	}
	if len(rest) > 0 {
		key.Name = rest[0]
	}
	switch {
	case act == "show" && len(rest) == 0:
		return s.withLedger(ctx, func(c *control.Control) error { return s.showSettings(ctx, c, key) })
	case act == "edit" && len(rest) == 2:
		return s.withWhatAnswers(ctx, func(c *control.Control, _ error) error { return s.editSetting(ctx, c, key, rest[1], given) })
	case act == "clear" && len(rest) == 1:
		return s.withWhatAnswers(ctx, func(c *control.Control, _ error) error { return s.clearSetting(ctx, c, key, given) })
	}
	return &flagError{fmt.Errorf("%q is not show, edit NAME VALUE or clear NAME; starter setting --help explains them", strings.Join(arguments[2:], " "))}
}

func (s *session) showSettings(ctx context.Context, c *control.Control, of ledger.SettingKey) error {
	found, err := c.SettingsOf(ctx, of.Kind, of.ID)
	if err != nil {
		return err
	}
	return s.print(found, func(w io.Writer) {
		for _, setting := range found {
			showSetting(w, setting)
		}
	})
}

func showSetting(w io.Writer, one control.Setting) {
	line(w, "%s: %s", one.SettingKey, one.Value)
	line(w, "  %s", one.Words())
}

// settingVersion is the version that an edit is made on: that which was given, else the one that there is.
func settingVersion(ctx context.Context, c *control.Control, key ledger.SettingKey, given settingGiven) (int64, error) {
	if given.versionGiven {
		return given.version, nil
	}
	found, err := c.SettingsOf(ctx, key.Kind, key.ID)
	for _, setting := range found {
		if setting.Name == key.Name {
			return setting.Version, err
		}
	}
	return 0, err
}

func (s *session) editSetting(ctx context.Context, c *control.Control, key ledger.SettingKey, value string, given settingGiven) error {
	version, err := settingVersion(ctx, c, key, given)
	if err != nil {
		return err
	}
	until, err := endOf(given.until, "UTC", time.Now())
	if err != nil {
		return &flagError{err}
	}
	edited, err := c.EditSetting(ctx, key, control.SettingEdit{Value: value, Reason: given.reason, Until: until, Version: version, By: me()})
	if err != nil {
		return err
	}
	return s.print(edited, func(w io.Writer) { showEditedSetting(w, edited) })
}

func (s *session) clearSetting(ctx context.Context, c *control.Control, key ledger.SettingKey, given settingGiven) error {
	version, err := settingVersion(ctx, c, key, given)
	if err != nil {
		return err
	}
	edited, err := c.ClearSetting(ctx, key, version)
	if err != nil {
		return err
	}
	return s.print(edited, func(w io.Writer) { showEditedSetting(w, edited) })
}

func showEditedSetting(w io.Writer, edited control.SettingEditResult) {
	showSetting(w, edited.Setting)
	if edited.Waits != "" {
		line(w, "  saved in the ledger; Temporal could not be updated yet (%s), and a worker does that as soon as it can", edited.Waits)
	}
}

// showSettingFates says what an apply makes of settings that were set beside the configuration, as showOverrides does of schedules.
func showSettingFates(w io.Writer, fates []control.SettingFate, dryRun bool) {
	for _, fate := range fates {
		if !fate.OfThePages() || dryRun {
			line(w, "%s: %s, %s", fate.Action, fate.SettingKey, fate.Detail)
		}
	}
}

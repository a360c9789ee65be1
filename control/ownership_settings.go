package control

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
)

// SettingFate says what an apply does about a setting that somebody set beside the configuration.
type SettingFate struct {
	ledger.SettingKey
	Action string `json:"action"` // as in OverrideFate
	Detail string `json:"detail"`
}

// Changes is true where the apply changes the override.
func (f SettingFate) Changes() bool {
	return f.Action != string(fateKept) && f.Action != string(fatePages)
}

// OfThePages is true where the configuration leaves the setting to the pages, as before.
func (f SettingFate) OfThePages() bool { return f.Action == string(fatePages) }

// settingClaim holds what decides about a setting at an apply.
type settingClaim struct {
	key      ledger.SettingKey
	state    ownership
	override *ledger.SettingOverride
}

// formOfValue is the form in which a value is compared; nil for a nil value.
func formOfValue(value json.RawMessage) *string {
	if value == nil {
		return nil
	}
	return new(string(value))
}

// decideSettings decides about every setting of the configuration before anything is written, as decideOverrides does about schedules. It returns
// the conflicts: settings that were changed both in the file and on the pages, where nobody chose.
func (a *applyOperation) decideSettings(ctx context.Context) (conflicts []string, err error) {
	before, states, err := a.allSettings(ctx)
	if err != nil {
		return nil, err
	}
	a.settingOverrides = map[ledger.SettingKey]*ledger.SettingOverride{}
	for _, key := range a.definitions.SettingKeys() {
		claimed := claimOf(key, a.definitions, before, states[key])
		claimed.state.readOnly, claimed.state.choice = a.definitions.SettingsReadOnly, a.options.Choice
		if o := claimed.override; o != nil {
			claimed.state.ended = o.Ended(a.now())
		}
		outcome := claimed.state.decide()
		if outcome == fateConflict {
			conflicts = append(conflicts, claimed.conflict())
			continue
		}
		override := claimed.overrideAfter(outcome)
		if override != nil && override.By == byTheConfiguration {
			override.Since = a.now()
		}
		a.settingOverrides[key] = override
		if outcome == fateFile || outcome == fatePages && override == nil {
			continue
		}
		fate := SettingFate{SettingKey: key, Action: string(outcome), Detail: claimed.detail(outcome, override)}
		a.report.Settings = append(a.report.Settings, fate)
		if fate.Changes() {
			a.options.Settings = append(a.options.Settings, ledger.SettingChange{SettingKey: key, Version: states[key].Version, Override: override})
		}
	}
	return conflicts, nil
}

// claimOf is the claim of a setting at an apply of definitions; before are the ledger's definitions until then.
func claimOf(key ledger.SettingKey, definitions, before ledger.Definitions, state ledger.SettingState) settingClaim {
	claim := settingClaim{key: key, override: state.Override}
	now, named, _ := definitions.Setting(key)
	claim.state.usual = string(now)
	if named {
		claim.state.now = formOfValue(now)
	}
	if previous, previouslyNamed, exists := before.Setting(key); exists && previouslyNamed {
		claim.state.before = formOfValue(previous)
		if state.Version > 0 {
			claim.state.before = formOfValue(state.Configured)
		}
	}
	if o := state.Override; o != nil {
		claim.state.set, claim.state.base = formOfValue(o.Value), formOfValue(o.Base)
	}
	return claim
}

// overrideAfter is the override that is left after the apply; nil when none is.
func (c settingClaim) overrideAfter(outcome fate) *ledger.SettingOverride {
	switch {
	case outcome == fateHanded && (c.override == nil || c.state.ended):
		return &ledger.SettingOverride{Value: json.RawMessage(*c.state.before), By: byTheConfiguration, Reason: "it named the setting until then"}
	case outcome == fateHanded:
		handed := *c.override
		handed.Base = nil
		return &handed
	case outcome == fateRebased:
		rebased := *c.override
		rebased.Base = json.RawMessage(*c.state.now)
		return &rebased
	case outcome == fateKept, outcome == fatePages, outcome == fateConflict:
		return c.override
	}
	return nil
}

func (c settingClaim) text(value string) string {
	return config.SettingText(c.key.Name, json.RawMessage(value))
}

func (c settingClaim) words(override *ledger.SettingOverride) string {
	return SettingOverride{By: override.By, Until: override.Until, Reason: override.Reason}.words("")
}

// detail says in words what the apply does about a setting.
func (c settingClaim) detail(outcome fate, override *ledger.SettingOverride) string {
	switch outcome {
	case fateKept:
		return fmt.Sprintf("overridden %s: %s", c.words(override), c.text(string(override.Value)))
	case fateRebased:
		return fmt.Sprintf("overridden %s: %s; the file says %s now", c.words(override), c.text(string(override.Value)), c.text(*c.state.now))
	case fateTaken:
		return fmt.Sprintf("what was set %s is gone: %s", c.words(c.override), c.text(string(c.override.Value)))
	case fateAdopted:
		return fmt.Sprintf("the file says what was set %s", c.words(c.override))
	case fateHanded:
		return fmt.Sprintf("the file does not name it any more; it stays as it is, %s, until somebody changes it on the pages or with starter setting",
			c.text(string(override.Value)))
	case fatePages:
		return fmt.Sprintf("set %s: %s", c.words(override), c.text(string(override.Value)))
	case fateEnded:
		return fmt.Sprintf("what was set %s is over", c.words(c.override))
	case fateFile, fateConflict:
	}
	return ""
}

// conflict shows the three values of a setting that was changed both in the file and on the pages.
func (c settingClaim) conflict() string {
	words := "nothing: it left the setting to the pages"
	if c.state.base != nil {
		words = c.text(*c.state.base)
	}
	says := "nothing, which with read-only settings means " + c.text(c.state.usual)
	if c.state.now != nil {
		says = c.text(*c.state.now)
	}
	return fmt.Sprintf("  %s\n    the file said    %s\n    the file says    %s\n    the pages say    %s, set %s",
		c.key, words, says, c.text(*c.state.set), c.words(c.override))
}

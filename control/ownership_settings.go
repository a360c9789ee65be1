package control

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
)

// SettingFate is what becomes of a setting that somebody set beside the configuration, with an apply.
type SettingFate struct {
	ledger.SettingKey
	Action string `json:"action"` // as of an OverrideFate
	Detail string `json:"detail"`
}

// Changes is true where an apply makes something else of it than it was.
func (f SettingFate) Changes() bool {
	return f.Action != string(fateKept) && f.Action != string(fatePages)
}

// OfThePages is true where the configuration leaves the setting to the pages, as it did.
func (f SettingFate) OfThePages() bool { return f.Action == string(fatePages) }

// settingClaim is what an apply meets of a setting.
type settingClaim struct {
	key      ledger.SettingKey
	met      ownership
	override *ledger.SettingOverride
}

// formOfValue is a value as it is compared; nil for none.
func formOfValue(value json.RawMessage) *string {
	if value == nil {
		return nil
	}
	return new(string(value))
}

// settingClaims decides about every setting of the configuration before anything is written, as claims does about schedules. It returns those
// that the file and the pages both changed while nobody chose.
func (a *applying) settingClaims(ctx context.Context) (conflicts []string, err error) {
	before, states, err := a.allSettings(ctx)
	if err != nil {
		return nil, err
	}
	a.beside = map[ledger.SettingKey]*ledger.SettingOverride{}
	for _, key := range a.definitions.SettingKeys() {
		met := claimOf(key, a.definitions, before, states[key])
		met.met.readOnly, met.met.choice = a.definitions.SettingsReadOnly, a.options.Choice
		if o := met.override; o != nil {
			met.met.ended = o.Ended(a.now())
		}
		became := met.met.decide()
		if became == fateConflict {
			conflicts = append(conflicts, met.conflict())
			continue
		}
		override := met.after(became)
		if override != nil && override.By == byTheConfiguration {
			override.Since = a.now()
		}
		a.beside[key] = override
		if became == fateFile || became == fatePages && override == nil {
			continue
		}
		fate := SettingFate{SettingKey: key, Action: string(became), Detail: met.detail(became, override)}
		a.report.Settings = append(a.report.Settings, fate)
		if fate.Changes() {
			a.options.Settings = append(a.options.Settings, ledger.SettingChange{SettingKey: key, Version: states[key].Version, Override: override})
		}
	}
	return conflicts, nil
}

// claimOf is what an apply of definitions meets of a setting, of which the ledger has what was before.
func claimOf(key ledger.SettingKey, definitions, before ledger.Definitions, state ledger.SettingState) settingClaim {
	claim := settingClaim{key: key, override: state.Override}
	now, named, _ := definitions.Setting(key)
	claim.met.usual = string(now)
	if named {
		claim.met.now = formOfValue(now)
	}
	if was, wasNamed, known := before.Setting(key); known && wasNamed {
		claim.met.before = formOfValue(was)
		if state.Version > 0 {
			claim.met.before = formOfValue(state.Configured)
		}
	}
	if o := state.Override; o != nil {
		claim.met.set, claim.met.base = formOfValue(o.Value), formOfValue(o.Base)
	}
	return claim
}

// after is what is set beside the file afterwards.
func (c settingClaim) after(became fate) *ledger.SettingOverride {
	switch {
	case became == fateHanded && (c.override == nil || c.met.ended):
		return &ledger.SettingOverride{Value: json.RawMessage(*c.met.before), By: byTheConfiguration, Reason: "it named the setting until then"}
	case became == fateHanded:
		handed := *c.override
		handed.Base = nil
		return &handed
	case became == fateRebased:
		rebased := *c.override
		rebased.Base = json.RawMessage(*c.met.now)
		return &rebased
	case became == fateKept, became == fatePages, became == fateConflict:
		return c.override
	}
	return nil
}

func (c settingClaim) text(value string) string {
	return config.SettingText(c.key.Name, json.RawMessage(value))
}

func (c settingClaim) words(override *ledger.SettingOverride) string {
	return SettingSet{By: override.By, Until: override.Until, Reason: override.Reason}.words("")
}

// detail says what becomes of a setting.
func (c settingClaim) detail(became fate, override *ledger.SettingOverride) string {
	switch became {
	case fateKept:
		return fmt.Sprintf("overridden %s: %s", c.words(override), c.text(string(override.Value)))
	case fateRebased:
		return fmt.Sprintf("overridden %s: %s; the file says %s now", c.words(override), c.text(string(override.Value)), c.text(*c.met.now))
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

// conflict shows the three values of a setting that the file and the pages both changed.
func (c settingClaim) conflict() string {
	words := "nothing: it left the setting to the pages"
	if c.met.base != nil {
		words = c.text(*c.met.base)
	}
	says := "nothing, which with read-only settings means " + c.text(c.met.usual)
	if c.met.now != nil {
		says = c.text(*c.met.now)
	}
	return fmt.Sprintf("  %s\n    the file said    %s\n    the file says    %s\n    the pages say    %s, set %s",
		c.key, words, says, c.text(*c.met.set), c.words(c.override))
}

// Package settings describes the settings of drivers as data, and holds credentials so that they cannot leak.
//
// The checks of the configuration file, the help of the command line and the documentation are all made from a Spec, so a driver declares
// an option once. Values never contain a credential: they hold a Reference ("env:NAME", "file:/path"), which is resolved at the call into a
// Credential, and that prints as "[redacted]".
package settings

// Kind is the type of an option's value.
type Kind string

// The kinds of options.
const (
	String   Kind = "string"
	Integer  Kind = "integer"
	Boolean  Kind = "boolean"
	Duration Kind = "duration" // "30s", "5m"
	URL      Kind = "url"      // absolute, http or https
	Secret   Kind = "secret"   // a Reference
	List     Kind = "list"     // of strings
	Map      Kind = "map"      // string to string
	Figures  Kind = "figures"  // texts mapped to whole numbers or to None
	Patterns Kind = "patterns" // one string or a list of strings; unlike for List, a single string is not split at its commas
)

// Option is one setting of a driver.
type Option struct {
	Name     string
	Kind     Kind
	Required bool
	Default  string   // as it is written in the configuration file
	Choices  []string // for String: the only allowed values; for Boolean: texts that are allowed besides true and false
	Minimum  int64    // for Integer and Figures; when Minimum and Maximum are both 0, there is no limit
	Maximum  int64
	Help     string // one sentence, with the unit
	Harmless bool   // for Secret: it protects nothing, so it may be sent unencrypted
	Judge    Judge  // nil when Kind and the limits above are the only rules
}

// Judge checks a rule that involves several settings, each of which is valid by itself. Implementations must be comparable with ==.
type Judge interface {
	Judge(spec Spec, values Values) []Problem
}

// Spec describes all settings of a driver.
type Spec struct {
	Driver  string
	Help    string
	Options []Option
	// CreatesUnknown is true for a store that creates an item for an SKU that it does not know. Connections to it block unlisted SKUs by
	// default.
	CreatesUnknown bool
	// Rule is a check of several options together, like "one of two is needed". It runs when every option is valid by itself; nil: there is
	// none.
	Rule func(values Values) error
}

// Problem is a setting that cannot be used.
type Problem struct {
	Option  string // empty when it concerns several settings
	Message string // what was expected and what to do
}

// Values are checked settings by option name: string, int64, bool, []string or map[string]string. A secret is kept as the text of its
// Reference, so Values may be stored and shown.
type Values map[string]any

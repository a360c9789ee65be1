// Package settings describes what a driver can be set to, as data, and holds credentials so that they cannot leak.
//
// From a Spec come the checks of the configuration file, the help of the command line and the documentation, so a driver
// that declares an option has declared it everywhere. A credential is never in a Values: it holds a Reference
// ("env:NAME", "file:/path") that is resolved where the call is made, into a Credential that prints as "[redacted]".
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
	Figures  Kind = "figures"  // texts to whole numbers, or to none
	Patterns Kind = "patterns" // one string or a list of them; unlike List, a string is not parted at its commas
)

// Option is one thing that can be set on a driver.
type Option struct {
	Name     string
	Kind     Kind
	Required bool
	Default  string   // in the form in which it is written in the configuration file
	Choices  []string // for String: the only values allowed; for Boolean: texts that are allowed besides true and false
	Minimum  int64    // for Integer and Figures, with Maximum; both 0 means any
	Maximum  int64
	Help     string // one sentence, with the unit
	Harmless bool   // for Secret: protects nothing, and may go over a network in the clear
	Judge    Judge  // nil when Kind and the limits above say everything
}

// Judge says what is wrong with settings that are each right by their kind. Its values can be compared.
type Judge interface {
	Judge(spec Spec, values Values) []Problem
}

// Spec is everything that can be set on a driver.
type Spec struct {
	Driver  string
	Help    string
	Options []Option
	// CreatesUnknown is true for a store that would create an item for a SKU that it does not know; unlisted SKUs are
	// then blocked by default.
	CreatesUnknown bool
	// Rule says what is wrong between options that are each right, like one of two that is needed; nil when there is no such rule.
	Rule func(values Values) error
}

// Problem is a setting that cannot be used.
type Problem struct {
	Option  string // empty when it concerns the settings as a whole
	Message string // what was expected and what to do
}

// Values are checked settings: string, int64, bool, []string or map[string]string by option name. Secrets are kept as
// the text of their Reference, so that Values can be stored and shown.
type Values map[string]any

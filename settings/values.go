package settings

import (
	"encoding/json"
	"fmt"
	"time"
)

// Text returns a string or URL option, empty when it is not set.
func (v Values) Text(name string) string {
	text, _ := v[name].(string)
	return text
}

// Integer returns an integer option, 0 when it is not set.
func (v Values) Integer(name string) int64 {
	number, err := integer(v[name])
	if err != nil {
		return 0
	}
	return number
}

// Boolean returns a boolean option, false when it is not set.
func (v Values) Boolean(name string) bool {
	value, _ := v[name].(bool)
	return value
}

// Duration returns a duration option, 0 when it is not set.
func (v Values) Duration(name string) time.Duration {
	span, err := time.ParseDuration(v.Text(name))
	if err != nil {
		return 0
	}
	return span
}

// List returns a list option, nil when it is not set.
func (v Values) List(name string) []string {
	texts, err := list(v[name])
	if err != nil {
		return nil
	}
	return texts.([]string)
}

// Map returns a map option, nil when it is not set.
func (v Values) Map(name string) map[string]string {
	texts, err := dictionary(v[name])
	if err != nil {
		return nil
	}
	return texts.(map[string]string)
}

// Reference returns the reference of a secret option, empty when it is not set.
func (v Values) Reference(name string) Reference { return Reference(v.Text(name)) }

// Credential resolves a secret option.
func (v Values) Credential(name string, environment Environment) (Credential, error) {
	credential, err := v.Reference(name).Resolve(environment)
	if err != nil {
		return Credential{}, fmt.Errorf("setting %s: %w", name, err)
	}
	return credential, nil
}

// Credentials resolves several references in the order of the given names. It stops at the first error.
func (v Values) Credentials(environment Environment, names ...string) ([]Credential, error) {
	credentials := make([]Credential, len(names))
	for i, name := range names {
		var err error
		if credentials[i], err = v.Credential(name, environment); err != nil {
			return nil, err
		}
	}
	return credentials, nil
}

// Canonical returns the values as JSON with sorted keys, for storing and comparing.
func (v Values) Canonical() string {
	if len(v) == 0 {
		return "{}"
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("settings: values cannot be written as JSON: %v", err))
	}
	return string(text)
}

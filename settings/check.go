package settings

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Check turns raw settings, as a configuration file or stored JSON has them, into Values with the defaults filled in. It returns all
// problems, sorted by the names of the options. No problem shows the value of a secret option.
func (s Spec) Check(raw map[string]any) (Values, []Problem) {
	values := Values{}
	var problems []Problem
	names := map[string]bool{}
	for _, option := range s.Options {
		names[option.Name] = true
		given, ok := raw[option.Name]
		if !ok || given == nil {
			switch {
			case option.Required:
				problems = append(problems, Problem{Message: fmt.Sprintf("%s needs the setting %q: %s", s.Driver, option.Name, option.Help)})
			case option.Default != "":
				value, err := option.parse(option.Default)
				if err != nil {
					panic(fmt.Sprintf("settings: driver %s, option %s has an invalid default: %v", s.Driver, option.Name, err))
				}
				values[option.Name] = value
			}
			continue
		}
		value, err := option.parse(given)
		if err != nil {
			problems = append(problems, Problem{Option: option.Name, Message: fmt.Sprintf("%s of %s: %v", option.Name, s.Driver, err)})
			continue
		}
		values[option.Name] = value
	}
	for name := range raw {
		if !names[name] {
			problems = append(problems, Problem{Option: name, Message: fmt.Sprintf("%s has no setting %q; it has %s", s.Driver, name, s.names())})
		}
	}
	for _, option := range s.Options {
		if option.Judge != nil {
			problems = append(problems, option.Judge.Judge(s, values)...)
		}
	}
	if len(problems) == 0 && s.Rule != nil {
		if err := s.Rule(values); err != nil {
			problems = append(problems, Problem{Message: err.Error()})
		}
	}
	sort.Slice(problems, func(i, j int) bool {
		return problems[i].Option+problems[i].Message < problems[j].Option+problems[j].Message
	})
	return values, problems
}

func (s Spec) names() string {
	names := make([]string, len(s.Options))
	for i, option := range s.Options {
		names[i] = option.Name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// parse reads a value of the option's kind.
func (o Option) parse(given any) (any, error) {
	switch o.Kind {
	case String:
		text, ok := given.(string)
		if !ok {
			return nil, fmt.Errorf("expected text, found %s", describe(given))
		}
		if len(o.Choices) > 0 && !slices.Contains(o.Choices, text) {
			return nil, fmt.Errorf("%q is not one of %s", text, strings.Join(o.Choices, ", "))
		}
		return text, nil
	case Integer:
		number, err := integer(given)
		if err != nil {
			return nil, err
		}
		return number, o.bounds(number)
	case Boolean:
		return o.boolean(given)
	case Duration:
		text, ok := given.(string)
		if !ok {
			return nil, fmt.Errorf("expected a duration like 30s or 5m, found %s", describe(given))
		}
		if span, err := time.ParseDuration(text); err != nil || span < 0 {
			return nil, fmt.Errorf("expected a duration like 30s or 5m, found %q", text)
		}
		return text, nil
	case URL:
		text, ok := given.(string)
		if !ok {
			return nil, fmt.Errorf("expected an address, found %s", describe(given))
		}
		return checkURL(text)
	case Secret:
		text, ok := given.(string)
		if !ok {
			return nil, fmt.Errorf("expected a reference like env:NAME or file:/path, found %s", describe(given))
		}
		if err := Reference(text).check(); err != nil {
			return nil, err
		}
		return text, nil
	case List:
		return list(given)
	case Map:
		return dictionary(given)
	case Figures:
		return o.figures(given)
	case Patterns:
		if text, ok := given.(string); ok {
			return []string{text}, nil
		}
		return list(given)
	}
	return nil, fmt.Errorf("unknown kind %q", o.Kind)
}

// bounds returns an error for a number outside the option's limits.
func (o Option) bounds(number int64) error {
	if (o.Minimum != 0 || o.Maximum != 0) && (number < o.Minimum || number > o.Maximum) {
		return fmt.Errorf("%d is outside %d to %d", number, o.Minimum, o.Maximum)
	}
	return nil
}

// boolean reads true, false or one of the option's Choices.
func (o Option) boolean(given any) (any, error) {
	switch value := given.(type) {
	case bool:
		return value, nil
	case string:
		if parsed, err := strconv.ParseBool(value); err == nil {
			return parsed, nil
		}
		if slices.Contains(o.Choices, value) {
			return value, nil
		}
	}
	return nil, fmt.Errorf("expected %s, found %s", strings.Join(append([]string{"true or false"}, o.Choices...), " or "), describe(given))
}

// None is the text that Figures accept instead of a number.
const None = "none"

// figures reads texts mapped to whole numbers or None. The numbers are returned as text, so that all Values of a map are texts.
func (o Option) figures(given any) (any, error) {
	read := map[string]string{}
	add := func(key string, entry any) error {
		if entry == None {
			read[key] = None
			return nil
		}
		number, err := integer(entry)
		if err != nil {
			return fmt.Errorf("%s: expected a whole number or %s, found %s", key, None, describe(entry))
		}
		read[key] = strconv.FormatInt(number, 10)
		if err := o.bounds(number); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	switch value := given.(type) {
	case map[string]string:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if err := add(key, value[key]); err != nil {
				return nil, err
			}
		}
		return read, nil
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if err := add(key, value[key]); err != nil {
				return nil, err
			}
		}
		return read, nil
	}
	return nil, fmt.Errorf("expected texts with numbers, like {\"Sold out\": 0}, found %s", describe(given))
}

func checkURL(text string) (any, error) {
	address, err := url.Parse(text)
	if err != nil || (address.Scheme != "http" && address.Scheme != "https") || address.Host == "" {
		return nil, fmt.Errorf("expected an address like https://example.com/api, found %q", text)
	}
	if address.User != nil {
		return nil, fmt.Errorf("the address must not hold a user or password; give them by reference (env:NAME or file:/path)")
	}
	return strings.TrimRight(text, "/"), nil
}

func integer(given any) (int64, error) {
	switch value := given.(type) {
	case int:
		return int64(value), nil
	case int64:
		return value, nil
	case uint64:
		if value <= 1<<62 {
			return int64(value), nil
		}
	case float64: // from stored JSON
		if whole := int64(value); float64(whole) == value {
			return whole, nil
		}
	case string:
		if parsed, err := strconv.ParseInt(value, 10, 64); err == nil {
			return parsed, nil
		}
	}
	return 0, fmt.Errorf("expected a whole number, found %s", describe(given))
}

func list(given any) (any, error) {
	switch value := given.(type) {
	case []string:
		return value, nil
	case string: // a default, or a list of one
		if value == "" {
			return []string{}, nil
		}
		return strings.Split(value, ","), nil
	case []any:
		texts := make([]string, 0, len(value))
		for i, entry := range value {
			text, ok := entry.(string)
			if !ok {
				return nil, fmt.Errorf("entry %d: expected text, found %s", i+1, describe(entry))
			}
			texts = append(texts, text)
		}
		return texts, nil
	}
	return nil, fmt.Errorf("expected a list, found %s", describe(given))
}

func dictionary(given any) (any, error) {
	switch value := given.(type) {
	case map[string]string:
		return value, nil
	case map[string]any:
		texts := make(map[string]string, len(value))
		for key, entry := range value {
			text, ok := entry.(string)
			if !ok {
				return nil, fmt.Errorf("%s: expected text, found %s", key, describe(entry))
			}
			texts[key] = text
		}
		return texts, nil
	}
	return nil, fmt.Errorf("expected names with values, found %s", describe(given))
}

// describe names the type of a wrong value without showing it, because it may be a secret in the wrong place.
func describe(given any) string {
	switch given.(type) {
	case nil:
		return "nothing"
	case string:
		return "text"
	case bool:
		return "true or false"
	case int, int64, uint64:
		return "a number"
	case float64:
		return "a number with a fraction"
	case []any, []string:
		return "a list"
	}
	return "a nested value"
}

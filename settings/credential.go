package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"
)

// Reference says where a credential is: "env:NAME" or "file:/path". It is safe to store and to show.
type Reference string

// Environment is where a driver finds what its settings refer to: variables and files with credentials, the clock, and the resolver of host
// names.
type Environment struct {
	Variable func(name string) (string, bool)
	ReadFile func(path string) ([]byte, error)
	Now      func() time.Time // nil: the machine's clock
	Resolver *net.Resolver    // of host names; nil: the machine's
}

// Clock returns Now, or the machine's clock.
func (e Environment) Clock() func() time.Time {
	if e.Now == nil {
		return time.Now
	}
	return e.Now
}

// Process is the environment of this process.
func Process() Environment {
	return Environment{Variable: os.LookupEnv, ReadFile: os.ReadFile}
}

// maxCredential is the size of the largest credential file that is read, in bytes. A larger file is not a credential.
const maxCredential = 64 << 10

var errNotReference = errors.New("a credential is given by reference, as env:NAME or file:/path; move the value there and put the reference here")

// Valid is true for a text of the form env:NAME or file:/path. It does not check whether the credential exists.
func (r Reference) Valid() bool { return r.check() == nil }

func (r Reference) check() error {
	kind, rest, ok := strings.Cut(string(r), ":")
	if !ok || rest == "" || (kind != "env" && kind != "file") {
		return errNotReference
	}
	if kind == "file" && !strings.HasPrefix(rest, "/") {
		return fmt.Errorf("file:%s is not an absolute path", rest)
	}
	return nil
}

// Resolve reads the credential. Its errors name the reference, never the value.
func (r Reference) Resolve(environment Environment) (Credential, error) {
	if err := r.check(); err != nil {
		return Credential{}, err
	}
	kind, rest, _ := strings.Cut(string(r), ":")
	if kind == "env" {
		value, ok := environment.Variable(rest)
		if !ok || value == "" {
			return Credential{}, fmt.Errorf("the environment variable %s is not set for this process", rest)
		}
		return Credential{value}, nil
	}
	content, err := environment.ReadFile(rest)
	if err != nil {
		return Credential{}, fmt.Errorf("the credential file cannot be read: %w", err)
	}
	value := strings.TrimRight(string(content), "\r\n")
	if value == "" || len(value) > maxCredential {
		return Credential{}, fmt.Errorf("the credential file %s is empty or too large", rest)
	}
	return Credential{value}, nil
}

// Credential is a secret value. It is printed, marshalled and logged as "[redacted]".
type Credential struct{ value string }

// NewCredential wraps a secret value.
func NewCredential(value string) Credential { return Credential{value} }

const redacted = "[redacted]"

// Reveal returns the value. Call it only where the value is sent.
func (c Credential) Reveal() string { return c.value }

// Empty is true when there is no value.
func (c Credential) Empty() bool { return c.value == "" }

// String hides the value, as do GoString, Format, MarshalText (and with it JSON) and LogValue.
func (c Credential) String() string { return redacted }

// GoString hides the value.
func (c Credential) GoString() string { return redacted }

// Format hides the value under every verb.
func (c Credential) Format(state fmt.State, _ rune) { _, _ = state.Write([]byte(redacted)) }

// MarshalText hides the value.
func (c Credential) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the value.
func (c Credential) LogValue() slog.Value { return slog.StringValue(redacted) }

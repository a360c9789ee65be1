package csv

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/crypto/ssh"

	"github.com/tidemark/tidemark/settings"
)

// secret resolves a credential that is sent as it is. One with a line break in it has been put down wrongly.
func secret(name string, values settings.Values, environment settings.Environment) (settings.Credential, error) {
	if values.Text(name) == "" {
		return settings.Credential{}, nil
	}
	credential, err := values.Credential(name, environment)
	if err != nil {
		return settings.Credential{}, err
	}
	if slices.ContainsFunc([]byte(credential.Reveal()), func(b byte) bool { return b < ' ' || b == 0x7f }) {
		return settings.Credential{}, fmt.Errorf("setting %s: the credential holds a character that cannot be sent, perhaps a line break", name)
	}
	return credential, nil
}

// authentication makes the ways to log in out of the settings: with a private key or with a password.
func authentication(values settings.Values, environment settings.Environment) (func(tried *bool) []ssh.AuthMethod, error) {
	withKey, withPassword := values.Text("private_key") != "", values.Text("password") != ""
	switch {
	case withKey == withPassword:
		return nil, errors.New("an sftp:// location needs the setting password, or else private_key; set one of them, as env:NAME or file:/path")
	case !withKey && values.Text("passphrase") != "":
		return nil, errors.New("the setting passphrase is for private_key, which is not set")
	case withKey:
		signer, err := privateKey(values, environment)
		return func(tried *bool) []ssh.AuthMethod {
			return []ssh.AuthMethod{ssh.PublicKeysCallback(func() ([]ssh.Signer, error) { *tried = true; return []ssh.Signer{signer}, nil })}
		}, err
	}
	password, err := secret("password", values, environment)
	return func(tried *bool) []ssh.AuthMethod {
		return []ssh.AuthMethod{
			ssh.PasswordCallback(func() (string, error) { *tried = true; return password.Reveal(), nil }),
			// Many servers ask for the password in a dialogue. One hidden question is answered; anything else is not about it.
			ssh.KeyboardInteractive(func(_, _ string, questions []string, shown []bool) ([]string, error) {
				switch {
				case len(questions) == 0:
					return nil, nil
				case len(questions) > 1 || shown[0]:
					return nil, errors.New("the server asks for more than a password")
				}
				*tried = true
				return []string{password.Reveal()}, nil
			}),
		}
	}, err
}

// privateKey reads the key. What the parser says of it stays inside.
func privateKey(values settings.Values, environment settings.Environment) (ssh.Signer, error) {
	text, err := values.Credential("private_key", environment)
	if err != nil {
		return nil, err
	}
	passphrase, err := secret("passphrase", values, environment)
	if err != nil {
		return nil, err
	}
	if passphrase.Empty() {
		signer, err := ssh.ParsePrivateKey([]byte(text.Reveal()))
		var locked *ssh.PassphraseMissingError
		switch {
		case errors.As(err, &locked):
			return nil, errors.New("setting private_key: the key is encrypted; give its passphrase by reference, with the setting passphrase")
		case err != nil:
			return nil, errors.New("setting private_key: what is there is not a private key in the form of OpenSSH or PEM")
		}
		return signer, nil
	}
	signer, err := ssh.ParsePrivateKeyWithPassphrase([]byte(text.Reveal()), []byte(passphrase.Reveal()))
	if err != nil {
		return nil, errors.New("setting private_key: the passphrase does not open it, or it is not an encrypted private key in the form of OpenSSH or PEM")
	}
	return signer, nil
}

// authorization makes the headers of a call.
func authorization(user string, values settings.Values, environment settings.Environment) (http.Header, error) {
	token, err := secret("token", values, environment)
	if err != nil {
		return nil, err
	}
	password, err := secret("password", values, environment)
	if err != nil {
		return nil, err
	}
	request := &http.Request{Header: http.Header{"User-Agent": {"Tidemark"}, "Accept-Encoding": {"identity"}}}
	switch {
	case !token.Empty() && (user != "" || !password.Empty()):
		return nil, errors.New("an https:// location takes the setting token, or else a user in the location and the setting password; remove one of them")
	case (user == "") != password.Empty():
		return nil,
			fmt.Errorf("a user and a password go together: name the user in the location, like %s, and give the password by reference, with the setting password",
				examples["https"])
	case user != "":
		request.SetBasicAuth(user, password.Reveal())
	case !token.Empty():
		request.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	return request.Header, nil
}

package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	temporallog "go.temporal.io/sdk/log"
	"google.golang.org/grpc"
)

// SettingsError is for settings with which Tidemark cannot, or will not, connect to Temporal. Its message says what to set instead.
type SettingsError struct{ Message string }

func (e *SettingsError) Error() string { return e.Message }

// Dial connects to Temporal with the settings of the environment, as the temporal command does (TEMPORAL_ADDRESS, TEMPORAL_PROFILE, …),
// and returns the client and the namespace. Payloads are sealed where KeysVariable names keys. It gives up after patience. Settings that cannot be used
// are a *SettingsError.
func Dial(ctx context.Context, log *slog.Logger, metrics client.MetricsHandler, patience time.Duration) (client.Client, string, error) {
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, "", &SettingsError{fmt.Sprintf("the settings for Temporal cannot be used: %v", err)}
	}
	if options.HostPort == "" {
		options.HostPort = client.DefaultHostPort
	}
	if options.Namespace == "" {
		options.Namespace = client.DefaultNamespace
	}
	if err := checkPrivate(options.HostPort, options.ConnectionOptions.TLS != nil); err != nil {
		return nil, "", err
	}
	keys, err := ProcessKeys()
	if err != nil {
		return nil, "", err
	}
	if keys != nil {
		interceptor, err := keys.Interceptor()
		if err != nil {
			return nil, "", err
		}
		options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithChainUnaryInterceptor(interceptor))
	}
	options.Logger = temporallog.NewStructuredLogger(log)
	options.MetricsHandler = metrics
	dialing, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	temporal, err := client.DialContext(dialing, options)
	if err != nil {
		return nil, "", fmt.Errorf("no Temporal server at %s: %w; start one (bin/temporal server start-dev) or set TEMPORAL_ADDRESS", options.HostPort, err)
	}
	return temporal, options.Namespace, nil
}

// checkPrivate refuses an unencrypted connection to a server on another network. A host name without a dot is taken as one of a private network, as
// containers have.
func checkPrivate(address string, encrypted bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &SettingsError{fmt.Sprintf("TEMPORAL_ADDRESS %q is not host:port", address)}
	}
	ip := net.ParseIP(host)
	switch {
	case encrypted, ip == nil && !strings.Contains(host, "."), ip != nil && (ip.IsLoopback() || ip.IsPrivate()):
		return nil
	}
	return &SettingsError{fmt.Sprintf("the Temporal server %s is on another network and TLS is off; "+
		"set TEMPORAL_TLS=true (or an API key, which turns it on)", address)}
}

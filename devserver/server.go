package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"time"

	"github.com/google/uuid"
	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/chasm/lib/activity"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	// clusterName is the Temporal CLI's, so that a database file can move between the two.
	clusterName = "active"

	// internalIP keeps the services that only talk to each other off the network whatever --ip says.
	internalIP = "127.0.0.1"

	readyTimeout  = 60 * time.Second
	readyInterval = 50 * time.Millisecond
)

// defaultDynamicConfig is what differs from the server's own defaults; --dynamic-config-value wins over it.
var defaultDynamicConfig = map[string]any{
	// Off by default in the server, and Tidemark gives every task a fairness key.
	dynamicconfig.MatchingEnableFairness.Key().String(): true,

	// A registered search attribute or Nexus endpoint is usable at once instead of after up to a minute.
	// Every read then goes to the database, hence the higher limits.
	dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key().String(): true,
	"system.forceNexusEndpointRefreshOnRead":                             true,
	"frontend.persistenceMaxQPS":                                         10_000,
	"history.persistenceMaxQPS":                                          45_000,

	// Tests list and count runs far more often than people do.
	dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key().String(): 100,

	// The default is sized for a server with many namespaces.
	dynamicconfig.HistoryCacheHostLevelMaxSize.Key().String(): 8_096,

	// Nothing leaves the machine: no look-up of newer versions.
	dynamicconfig.EnableServerVersionCheck.Key().String(): false,

	// Activities without a workflow, as the Temporal CLI's dev server has them.
	activity.Enabled.Key().String(): true,
}

// server is a running Temporal server with its Web UI.
type server struct {
	options options // With the ports that were chosen.
	server  temporal.Server
	ui      *uiserver.Server
}

// start returns once the server answers for every namespace.
func start(ctx context.Context, o options, logger *logger) (*server, error) {
	if err := requirePorts(&o); err != nil {
		return nil, err
	}
	sql, err := prepareDatabase(o)
	if err != nil {
		return nil, err
	}
	configuration, err := serverConfig(o, sql)
	if err != nil {
		return nil, err
	}

	dynamic := dynamicconfig.StaticClient{}
	for _, layer := range []map[string]any{defaultDynamicConfig, o.dynamicConfig} {
		for key, value := range layer {
			dynamic[dynamicconfig.MakeKey(key)] = value
		}
	}
	temporalServer, err := temporal.NewServer(
		temporal.WithConfig(configuration),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(staticHosts(configuration, o)),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamic),
	)
	if err != nil {
		return nil, fmt.Errorf("assemble the server: %w", err)
	}
	if err := temporalServer.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	s := &server{options: o, server: temporalServer}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if !o.headless {
		s.ui = newUI(o)
		// Start blocks, and ends the process by itself when it cannot listen.
		go func() { _ = s.ui.Start() }()
		if err := awaitPort(ctx, hostPort(reachable(o.uiIP), o.uiPort)); err != nil {
			return nil, errors.Join(err, s.stop())
		}
	}
	return s, nil
}

func (s *server) stop() error {
	if s.ui != nil {
		s.ui.Stop()
	}
	return s.server.Stop()
}

// prepare waits until every namespace answers and has the search attributes that were asked for. A database
// file from an earlier start may lack some of them.
func (s *server) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	connection, err := grpc.NewClient(hostPort(reachable(s.options.ip), s.options.port),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connect to the server: %w", err)
	}
	defer connection.Close()
	for _, namespace := range s.options.namespaces {
		if err := awaitNamespace(ctx, workflowservice.NewWorkflowServiceClient(connection), namespace); err != nil {
			return err
		}
		if err := addSearchAttributes(ctx, connection, namespace, s.options.searchAttributes); err != nil {
			return err
		}
	}
	return nil
}

func awaitNamespace(ctx context.Context, client workflowservice.WorkflowServiceClient, namespace string) error {
	for {
		_, err := client.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer for namespace %q: %w", namespace, err)
		case <-time.After(readyInterval):
		}
	}
}

func awaitPort(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		var dialer net.Dialer
		connection, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return connection.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the Web UI does not listen: %w", err)
		case <-time.After(readyInterval):
		}
	}
}

// requirePorts checks the ports that were asked for and chooses the one that was left open.
func requirePorts(o *options) error {
	var err error
	if o.httpPort == 0 {
		if o.httpPort, err = freePort(o.ip); err != nil {
			return err
		}
	}
	asked := []struct {
		flag, ip string
		port     int
		used     bool
	}{
		{"--port", o.ip, o.port, true},
		{"--http-port", o.ip, o.httpPort, true},
		{"--metrics-port", o.ip, o.metricsPort, o.metricsPort != 0},
		{"--ui-port", o.uiIP, o.uiPort, !o.headless},
	}
	for _, a := range asked {
		if !a.used {
			continue
		}
		if err := requireFree(a.flag, a.ip, a.port); err != nil {
			return err
		}
	}
	return nil
}

func serverConfig(o options, sql *config.SQL) (*config.Config, error) {
	const store = "sqlite"
	c := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     store,
			VisibilityStore:  store,
			NumHistoryShards: 1, // One database connection: more shards would only queue for it.
			DataStores:       map[string]config.DataStore{store: {SQL: sql}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
				Enabled:                true,
				InitialFailoverVersion: 1,
				RPCAddress:             hostPort(reachable(o.ip), o.port),
				HTTPAddress:            hostPort(reachable(o.ip), o.httpPort),
				ClusterID:              uuid.NewString(), // A file keeps the first one that it was given.
			}},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: hostPort(reachable(o.ip), o.port)},
		Services: map[string]config.Service{
			string(primitives.FrontendService): {RPC: config.RPC{GRPCPort: o.port, HTTPPort: o.httpPort, BindOnIP: o.ip}},
		},
	}
	c.Global.Membership.MaxJoinDuration = 30 * time.Second
	c.Global.Membership.BroadcastAddress = internalIP
	c.Archival.History.State, c.Archival.Visibility.State = "disabled", "disabled"
	c.NamespaceDefaults.Archival.History.State, c.NamespaceDefaults.Archival.Visibility.State = "disabled", "disabled"
	if o.metricsPort != 0 {
		c.Global.Metrics = &metrics.Config{Prometheus: &metrics.PrometheusConfig{
			ListenAddress: hostPort(o.ip, o.metricsPort),
			HandlerPath:   "/metrics",
		}}
	}
	for _, service := range []primitives.ServiceName{
		primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		port, err := freePort(internalIP)
		if err != nil {
			return nil, err
		}
		c.Services[string(service)] = config.Service{RPC: config.RPC{GRPCPort: port, BindOnIP: internalIP}}
	}
	return c, nil
}

// staticHosts says where each service listens, instead of the gossip that a cluster would find it by.
func staticHosts(c *config.Config, o options) map[primitives.ServiceName]static.Hosts {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name := range maps.Keys(c.Services) {
		ip := internalIP
		if name == string(primitives.FrontendService) {
			ip = reachable(o.ip)
		}
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(hostPort(ip, c.Services[name].RPC.GRPCPort))
	}
	return hosts
}

func newUI(o options) *uiserver.Server {
	return uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		Host:                bracketed(o.uiIP),
		Port:                o.uiPort,
		TemporalGRPCAddress: hostPort(reachable(o.ip), o.port),
		EnableUI:            true,
		PublicPath:          o.uiPublicPath,
		UIAssetPath:         o.uiAssetPath,
		Codec:               uiconfig.Codec{Endpoint: o.uiCodecEndpoint},
		CORS:                uiconfig.CORS{CookieInsecure: true}, // Plain HTTP on loopback.
		HideLogs:            true,
		DisableNewsFetch:    o.uiDisableNews,
	}))
}

package compose

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

// Environment variables of other programs that the Go source does not hold as constants: Temporal's own, which
// the SDK's contrib/envconfig reads.
const (
	temporalAddress   = "TEMPORAL_ADDRESS"
	temporalNamespace = "TEMPORAL_NAMESPACE"
)

const image = "tidemark:dev"

// jobs run once and end; everything else runs until it is stopped.
var jobs = []string{"starter", "temporal-namespace", "temporal-schema"}

func details() types.ConfigDetails {
	return types.ConfigDetails{
		WorkingDir:  root,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(root, "docker-compose.yml")}},
		Environment: types.Mapping{}, // Nothing set: every variable needs a default.
	}
}

// load reads the file as `docker compose config` does: schema, interpolation and consistency are checked.
func load(t *testing.T) *types.Project {
	t.Helper()
	project, err := loader.LoadWithContext(context.Background(), details(), func(options *loader.Options) {
		options.SetProjectName("tidemark", false)
	})
	require.NoError(t, err)
	return project
}

func TestEveryVariableHasADefault(t *testing.T) {
	t.Parallel()
	model, err := loader.LoadModelWithContext(context.Background(), details(), func(options *loader.Options) {
		options.SetProjectName("tidemark", false)
		options.SkipInterpolation = true
	})
	require.NoError(t, err)
	variables := template.ExtractVariables(model, template.DefaultPattern)
	require.NotEmpty(t, variables)
	for name, variable := range variables {
		require.NotEmpty(t, variable.DefaultValue, "%s has no default", name)
	}
}

func TestServices(t *testing.T) {
	t.Parallel()
	for name, service := range load(t).Services {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requirePinned(t, service.Image)
			require.False(t, service.Privileged)
			require.Empty(t, service.CapAdd)
			require.Empty(t, service.NetworkMode)
			require.Empty(t, service.ContainerName, "a fixed name forbids replicas and a second project")
			for _, port := range service.Ports {
				ip := net.ParseIP(port.HostIP)
				require.True(t, ip != nil && ip.IsLoopback(), "port %d is published beyond loopback", port.Target)
			}
			for _, volume := range service.Volumes {
				if volume.Type == types.VolumeTypeBind {
					require.True(t, volume.ReadOnly, "%s can be written from inside", volume.Source)
				}
			}
			for dependency, condition := range service.DependsOn {
				want := types.ServiceConditionHealthy
				if slices.Contains(jobs, dependency) {
					want = types.ServiceConditionCompletedSuccessfully
				}
				require.Equal(t, want, condition.Condition, "dependency on %s", dependency)
			}
			if slices.Contains(jobs, name) {
				require.Regexp(t, `^on-failure:\d+$`, service.Restart, "a job tries again a few times and ends")
				require.Empty(t, service.Ports)
				return
			}
			require.Equal(t, "unless-stopped", service.Restart)
			require.NotNil(t, service.HealthCheck)
			require.False(t, service.HealthCheck.Disable)
			require.NotEmpty(t, service.HealthCheck.Test)
			require.Positive(t, time.Duration(*service.HealthCheck.Timeout))
			require.Positive(t, *service.HealthCheck.Retries)
		})
	}
}

// requirePinned wants a tag that names one release, and no image that its makers have given up.
func requirePinned(t *testing.T, reference string) {
	t.Helper()
	if reference == image { // Built here.
		return
	}
	name, tag, found := strings.Cut(reference, ":")
	require.True(t, found, "%s has no tag", reference)
	require.Regexp(t, `^\d+\.\d+(\.\d+)?$`, tag, "%s is not pinned to a release", reference)
	require.NotContains(t, []string{"temporalio/auto-setup", "temporalio/web", "temporalio/docker-compose"}, name)
}

func TestOurServicesAreConfined(t *testing.T) {
	t.Parallel()
	ours := 0
	for name, service := range load(t).Services {
		if service.Image != image {
			continue
		}
		ours++
		require.NotNil(t, service.Build, name)
		require.Equal(t, "65532:65532", service.User, name)
		require.True(t, service.ReadOnly, name)
		require.Equal(t, []string{"ALL"}, service.CapDrop, name)
		require.Contains(t, service.SecurityOpt, "no-new-privileges:true", name)
	}
	require.Equal(t, 3, ours)
}

// temporalImages are the releases of Temporal's images that are known to exist. Not every release of the server's module has one.
var temporalImages = map[string][]string{
	"temporalio/server": {"1.32.0"}, "temporalio/admin-tools": {"1.32.0"}, "temporalio/ui": {"2.54.1"},
}

// TestTemporalImagesMatch keeps the tools at the version of the server whose schema they install, and both at
// the line of releases that the devserver embeds and the tests run against.
func TestTemporalImagesMatch(t *testing.T) {
	t.Parallel()
	services := load(t).Services
	modules := read(t, "devserver/go.mod")
	tag := func(service string) string { return strings.SplitN(services[service].Image, ":", 2)[1] }
	require.Equal(t, tag("temporal"), tag("temporal-schema"))
	require.Equal(t, tag("temporal"), tag("temporal-namespace"))
	line := tag("temporal")[:strings.LastIndex(tag("temporal"), ".")]
	require.Regexp(t, `go\.temporal\.io/server v`+regexp.QuoteMeta(line)+`\.\d+\n`, modules)
	images := 0
	for _, service := range services {
		if name, release, _ := strings.Cut(service.Image, ":"); strings.HasPrefix(name, "temporalio/") {
			images++
			require.Contains(t, temporalImages[name], release, "no image %s is known to exist", service.Image)
		}
	}
	require.Equal(t, 4, images)
	require.Contains(t, modules, "github.com/temporalio/ui-server/v2 v"+tag("temporal-ui")+"\n")
}

// TestCommands holds commands, flags, ports and variables to what the programs understand.
func TestCommands(t *testing.T) {
	t.Parallel()
	services := load(t).Services
	programs := map[string]map[string]bool{
		"worker": literals(t, "worker"), "starter": literals(t, "starter"), "sandbox": literals(t, "sandbox"),
	}
	requireUnderstood := func(t *testing.T, command []string) {
		t.Helper()
		program := strings.TrimPrefix(command[0], "/usr/local/bin/")
		known, found := programs[program]
		require.True(t, found, "%s is not one of our programs", command[0])
		for _, word := range command[1:] {
			if flag, isFlag := strings.CutPrefix(word, "--"); isFlag {
				flag, _, _ = strings.Cut(flag, "=")
				require.True(t, known[flag] || known["--"+flag], "%s has no flag --%s", program, flag)
			} else if regexp.MustCompile(`^[a-z]+$`).MatchString(word) {
				require.True(t, known[word], "%s has no command %s", program, word)
			}
		}
	}
	for name, service := range services {
		if service.Image != image {
			continue
		}
		requireUnderstood(t, service.Command)
		if service.HealthCheck != nil {
			require.Equal(t, "CMD", service.HealthCheck.Test[0], "%s: the image has no shell", name)
			requireUnderstood(t, service.HealthCheck.Test[1:])
		}
	}

	for program, file := range map[string]string{"worker": "worker/flags.go", "sandbox": "sandbox/flags.go"} {
		_, port, err := net.SplitHostPort(constant(t, file, "ListenAddress"))
		require.NoError(t, err)
		require.Contains(t, services[program].Command, "0.0.0.0:"+port)
		require.NotEmpty(t, services[program].Ports)
		for _, published := range services[program].Ports {
			require.Equal(t, port, strconv.Itoa(int(published.Target)))
		}
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	services := load(t).Services
	ledger := constant(t, "ledger/open.go", "EnvVariable")
	database := services["postgres"].Environment
	for _, name := range []string{"worker", "starter"} {
		environment := services[name].Environment
		for variable := range environment {
			if strings.HasPrefix(variable, "TIDEMARK_") {
				require.Equal(t, ledger, variable, "%s reads no such variable", name)
			}
		}
		require.Equal(t, "temporal:7233", *environment[temporalAddress])
		require.Equal(t, *services["temporal-namespace"].Environment["NAMESPACE"], *environment[temporalNamespace])

		require.NotNil(t, environment[ledger])
		address, err := url.Parse(*environment[ledger])
		require.NoError(t, err)
		require.Equal(t, "postgres", address.Scheme)
		require.Equal(t, "postgres:5432", address.Host)
		require.Equal(t, *database["POSTGRES_USER"], address.User.Username())
		password, _ := address.User.Password()
		require.Equal(t, *database["POSTGRES_PASSWORD"], password)
		require.Equal(t, "/"+*database["POSTGRES_DB"], address.Path)
	}
}

// TestExampleConfiguration holds the applied configuration to the containers: its credentials are set where
// they are read, and its endpoints are services at the ports that they listen on.
func TestExampleConfiguration(t *testing.T) {
	t.Parallel()
	services := load(t).Services
	command := services["starter"].Command
	file := command[len(command)-1]
	require.Len(t, services["starter"].Volumes, 1)
	mount := services["starter"].Volumes[0]
	relative, err := filepath.Rel(mount.Target, file)
	require.NoError(t, err)
	folder, err := filepath.Abs(filepath.Join(root, "examples"))
	require.NoError(t, err)
	source, err := filepath.Abs(mount.Source)
	require.NoError(t, err)
	require.Equal(t, folder, source)
	configuration := regexp.MustCompile(`(?m)(^|\s)#.*$`).ReplaceAllString(read(t, filepath.Join("examples", relative)), "") // without its comments

	for _, found := range regexp.MustCompile(`env:([A-Za-z_][A-Za-z0-9_]*)`).FindAllStringSubmatch(configuration, -1) {
		require.Contains(t, services["worker"].Environment, found[1], "the worker resolves it")
	}
	_, sandboxPort, err := net.SplitHostPort(constant(t, "sandbox/flags.go", "ListenAddress"))
	require.NoError(t, err)
	endpoints := regexp.MustCompile(`https?://[^\s"'/]+`).FindAllString(configuration, -1)
	require.NotEmpty(t, endpoints)
	for _, endpoint := range endpoints {
		require.Equal(t, "http://sandbox:"+sandboxPort, endpoint)
	}
	for _, word := range services["sandbox"].Command {
		if below, found := strings.CutPrefix(word, mount.Target+"/"); found {
			require.FileExists(t, filepath.Join(folder, below))
		}
	}
}

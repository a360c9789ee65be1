package compose

import (
	"go/version"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// instruction is one line of the Dockerfile, continued lines joined.
type instruction struct{ name, rest string }

func instructions(t *testing.T) []instruction {
	t.Helper()
	var found []instruction
	joined := strings.ReplaceAll(read(t, "Dockerfile"), "\\\n", " ")
	for line := range strings.Lines(joined) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		found = append(found, instruction{name: name, rest: rest})
	}
	require.NotEmpty(t, found)
	return found
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	var stages []string
	var last map[string]string // The final stage: the last instruction of each name.
	var builder, build string
	for _, line := range instructions(t) {
		switch line.name {
		case "FROM":
			base := strings.Fields(line.rest)[0]
			if base != "scratch" {
				require.Regexp(t, `^[a-z/]+:\d+\.\d+\.\d+$`, base, "pinned to a release")
				builder = base
			}
			stages = append(stages, base)
			last = map[string]string{}
		case "RUN":
			if strings.Contains(line.rest, "go build") {
				build = line.rest
			}
		}
		last[line.name] = line.rest
	}
	require.Len(t, stages, 2)

	t.Run("Go version", func(t *testing.T) {
		t.Parallel()
		built, found := strings.CutPrefix(builder, "golang:")
		require.True(t, found, builder)
		require.Equal(t, goVersion(t, "devserver/go.mod"), built, "the devserver asks for the exact release")
		require.GreaterOrEqual(t, version.Compare("go"+built, "go"+goVersion(t, "go.mod")), 0)
	})
	t.Run("static programs", func(t *testing.T) {
		t.Parallel()
		require.Contains(t, read(t, "Dockerfile"), "CGO_ENABLED=0")
		for _, program := range []string{"./worker", "./starter", "./sandbox"} {
			require.Contains(t, build, program)
		}
	})
	t.Run("non-root", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "scratch", stages[len(stages)-1])
		require.Regexp(t, `^[1-9]\d*:[1-9]\d*$`, last["USER"])
	})
	t.Run("health", func(t *testing.T) {
		t.Parallel()
		require.Regexp(t, regexp.MustCompile(`CMD \["/usr/local/bin/worker", "health"\]$`), last["HEALTHCHECK"])
		require.True(t, literals(t, "worker")["health"], "the worker has no command health")
	})
}

// TestBuildContext: what the image is built from must not be ignored, and what it need not see must be.
func TestBuildContext(t *testing.T) {
	t.Parallel()
	ignored := strings.Fields(read(t, ".dockerignore"))
	for _, folder := range []string{
		"activities", "channels", "config", "control", "inventory", "ledger", "outbound", "sandbox", "settings",
		"starter", "warehouses", "worker", "workflows", "go.mod", "go.sum",
	} {
		require.NotContains(t, ignored, folder)
	}
	for _, folder := range []string{".*", "bin", "devserver", "*.db"} {
		require.Contains(t, ignored, folder)
	}
}

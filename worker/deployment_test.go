package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/worker"
)

func TestDeployment(t *testing.T) {
	t.Parallel()
	clean := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "false"}}}
	changed := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}}}
	version := func(name, build string) worker.DeploymentOptions {
		return worker.DeploymentOptions{UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: name, BuildID: build}}
	}
	for _, test := range []struct {
		name, deployment, build string
		built                   *debug.BuildInfo
		want                    worker.DeploymentOptions
		wrong                   string
	}{
		{name: "nothing is set: no version", built: clean},
		{name: "both are set", deployment: "tidemark", build: "v0.3.0", built: clean, want: version("tidemark", "v0.3.0")},
		{name: "the build is the revision", deployment: "tidemark", built: clean, want: version("tidemark", "0123456789ab")},
		{name: "a changed revision names no build", deployment: "tidemark", built: changed, wrong: "set TEMPORAL_WORKER_BUILD_ID too"},
		{name: "an unknown revision names no build", deployment: "tidemark", wrong: "set TEMPORAL_WORKER_BUILD_ID too"},
		{name: "a build without a deployment", build: "v0.3.0", wrong: "TEMPORAL_DEPLOYMENT_NAME is not"},
		{name: "a dot in the deployment", deployment: "tide.mark", build: "1", wrong: `TEMPORAL_DEPLOYMENT_NAME="tide.mark"`},
		{name: "a reserved build", deployment: "tidemark", build: "__unversioned__", wrong: `TEMPORAL_WORKER_BUILD_ID="__unversioned__"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			environment := map[string]string{deploymentVariable: test.deployment, buildVariable: test.build}
			options, err := deployment(func(name string) string { return environment[name] }, test.built)
			if test.wrong != "" {
				require.ErrorContains(t, err, test.wrong)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, options)
		})
	}
}

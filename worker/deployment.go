package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"go.temporal.io/sdk/worker"
)

// The variables with which Temporal's own tools tell a worker its version.
const (
	deploymentVariable = "TEMPORAL_DEPLOYMENT_NAME"
	buildVariable      = "TEMPORAL_WORKER_BUILD_ID"
)

// revisionDigits is how many digits of a revision are the build id: enough to be unique, few enough to read.
const revisionDigits = 12

// deployment says which deployment version this worker is. Without a deployment name the worker is unversioned and takes the tasks of every
// run. The build id is that of the environment, otherwise the revision from which the program was built.
func deployment(getenv func(string) string, built *debug.BuildInfo) (worker.DeploymentOptions, error) {
	name, build := getenv(deploymentVariable), getenv(buildVariable)
	switch {
	case name == "" && build == "":
		return worker.DeploymentOptions{}, nil
	case name == "":
		return worker.DeploymentOptions{}, fmt.Errorf("%s is set and %s is not; set both, or none for a worker without a version", buildVariable, deploymentVariable)
	case build == "":
		if build = revision(built); build == "" {
			return worker.DeploymentOptions{}, fmt.Errorf("%s is set, and this program was built from a changed or unknown revision; set %s too", deploymentVariable,
				buildVariable)
		}
	}
	for variable, value := range map[string]string{deploymentVariable: name, buildVariable: build} {
		if strings.ContainsAny(value, ":. \t\n") && variable == deploymentVariable || strings.HasPrefix(value, "__") {
			return worker.DeploymentOptions{}, fmt.Errorf("%s=%q: Temporal takes no name with a colon, a dot or a blank, or that begins with __", variable, value)
		}
	}
	return worker.DeploymentOptions{UseVersioning: true, Version: worker.WorkerDeploymentVersion{DeploymentName: name, BuildID: build}}, nil
}

// revision is the clean revision from which a program was built; empty when it is unknown.
func revision(built *debug.BuildInfo) string {
	if built == nil {
		return ""
	}
	revision := ""
	for _, setting := range built.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value[:min(len(setting.Value), revisionDigits)]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			return ""
		}
	}
	return revision
}

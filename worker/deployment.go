package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"go.temporal.io/sdk/worker"
)

// The variables that Temporal's own tools use to tell a worker which version it is.
const (
	deploymentVariable = "TEMPORAL_DEPLOYMENT_NAME"
	buildVariable      = "TEMPORAL_WORKER_BUILD_ID"
)

// revisionDigits is how much of a revision names a build: enough to be unique, short enough to be read.
const revisionDigits = 12

// deployment says which deployment version this worker is. Without a deployment name the worker is unversioned: it takes the
// tasks of every run. The build id is the variable's, else the revision that the program was built from.
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

// revision is the clean revision that a program was built from, empty where it is not known.
func revision(built *debug.BuildInfo) string {
	if built == nil {
		return ""
	}
	found := ""
	for _, setting := range built.Settings {
		switch {
		case setting.Key == "vcs.revision":
			found = setting.Value[:min(len(setting.Value), revisionDigits)]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			return ""
		}
	}
	return found
}

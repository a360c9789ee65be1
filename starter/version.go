package main

import (
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
)

// version is which code a program was built from.
type version struct {
	Module   string `json:"module"`
	Version  string `json:"version"`            // of the module; "(devel)" when it was built from a working copy
	Revision string `json:"revision,omitempty"` // of the version control system
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // the working copy had other changes
	Go       string `json:"go"`
	control.Versions
}

func versionCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Show the version of this program, its ledger schema, and the workflow histories that it replays",
		Example: "  starter version",
		RunE: func(*cobra.Command, []string) error {
			if err := s.check(); err != nil {
				return err
			}
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			built := versionOf(info)
			var err error
			if built.Versions, err = control.VersionsOf(); err != nil {
				return err
			}
			return s.print(built, func(w io.Writer) { showVersion(w, built) })
		},
	}
}

func versionOf(info *debug.BuildInfo) version {
	built := version{Module: info.Main.Path, Version: info.Main.Version, Go: info.GoVersion}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			built.Revision = setting.Value
		case "vcs.time":
			built.Time = setting.Value
		case "vcs.modified":
			built.Modified = setting.Value == "true"
		}
	}
	return built
}

func showVersion(w io.Writer, built version) {
	line(w, "%s %s, %s", built.Module, built.Version, built.Go)
	if built.Revision != "" {
		changed := ""
		if built.Modified {
			changed = ", with changes"
		}
		line(w, "revision %s of %s%s", built.Revision, built.Time, changed)
	}
	line(w, "schema %04d of the ledger, histories v1 to v%d", built.Schema, built.Histories)
}

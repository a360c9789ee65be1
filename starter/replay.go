package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tidemark/tidemark/control"
)

func replayCommand(s *session) *cobra.Command {
	var run string
	command := &cobra.Command{
		Use:   "replay FILE|WORKFLOW-ID",
		Short: "Replay a recorded workflow history against today's code, and show every decision",
		Long: `replay takes a workflow history from a file (temporal workflow show -o json, or a download from the Web
UI) or from the server. It shows what the run decided, what each step returned, how the run ended and
with what failure. Then it runs today's workflow code against the history. Nothing is called and
nothing is changed. The exit code is 3 if today's code decides differently.`,
		Example: "  starter replay failed.json\n  starter replay smart-sync/acme-shop --run-id 0190c1c2-…",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := s.check(); err != nil {
				return err
			}
			history, err := findHistory(command, arguments[0], run)
			if err != nil {
				return err
			}
			var decisions bytes.Buffer
			replay, err := control.ReplayHistory(history, control.LineLogger{W: &decisions})
			if err != nil {
				return err
			}
			if err := s.print(replay, func(w io.Writer) { showReplay(w, replay, decisions.String()) }); err != nil {
				return err
			}
			if replay.Difference != "" {
				return &runError{"today's code decides differently from the recorded run"}
			}
			return nil
		},
	}
	command.Flags().StringVar(&run, "run-id", "", "which run of the workflow (default: the latest)")
	return command
}

// findHistory takes a path when there is such a file, and a workflow id otherwise.
func findHistory(command *cobra.Command, name, run string) (*historypb.History, error) {
	if _, err := os.Stat(name); err == nil {
		return control.HistoryFromFile(name)
	} else if strings.HasSuffix(name, ".json") || !errors.Is(err, os.ErrNotExist) {
		return nil, &flagError{err}
	}
	c := control.New(nil, nil, time.Now)
	disconnect, err := c.Connect(command.Context(), usualPatience)
	if err != nil {
		return nil, err
	}
	defer disconnect()
	return c.HistoryOf(command.Context(), name, run)
}

func showReplay(w io.Writer, replay control.Replay, decisions string) {
	line(w, "%s %s, run %s, %d events\n", replay.Type, replay.Workflow, replay.Run, replay.Events)
	line(w, "what the run did:")
	for _, step := range replay.Steps {
		line(w, "%s", plain(step))
	}
	line(w, "\nhow it ended:\n  %s", plain(replay.Ending))
	line(w, "\ntoday's code, on the same answers:")
	line(w, "%s", strings.TrimRight(decisions, "\n"))
	if replay.Difference != "" {
		line(w, "\nDIFFERENT: %s", replay.Difference)
	} else {
		line(w, "\nSAME")
	}
	line(w, "%s", replay.Meaning)
}

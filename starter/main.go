// Command starter is the command line of Tidemark: it applies configurations, starts runs, explains numbers and replays histories.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // schedules have time zones, and small images have none

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Exit codes. They are documented in the help and do not change.
const (
	exitFault  = 1 // something failed, and may work later
	exitUsage  = 2 // the command line or the configuration must be corrected; nothing was changed
	exitFailed = 3 // the run that was waited for did not complete, a replay decided differently, or a check found wrong figures
)

const exitCodes = `Exit codes: 0 done; 1 a fault that may pass; 2 the command line or the configuration must be
corrected, and nothing was changed; 3 the run that was waited for did not complete, a replay
decided differently, or a check found wrong figures in the ledger.`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(control.WithActor(ctx, commandLine())); err != nil {
		fmt.Fprintln(os.Stderr, message(err))
		os.Exit(exitCode(err))
	}
}

// commandLine is the actor of every command. It is an admin, because whoever can open the ledger may do everything.
func commandLine() control.Actor {
	return control.Actor{Name: me(), Face: control.FaceCommandLine, Role: ledger.Admin}
}

// message is the text of an error for the terminal. Errors of a configuration begin with file:line:column, one a line, as compilers write them.
func message(err error) string {
	var invalid config.Errors
	if errors.As(err, &invalid) {
		return inventory.VisibleLines(invalid.Error())
	}
	return "starter: " + inventory.VisibleLines(err.Error())
}

func exitCode(err error) int {
	var wrong *control.UsageError
	var flag *flagError
	var invalid config.Errors
	var failed *runError
	switch {
	case errors.As(err, &failed):
		return exitFailed
	case errors.As(err, &wrong), errors.As(err, &flag), errors.As(err, &invalid):
		return exitUsage
	}
	return exitFault
}

// flagError is a mistake on the command line.
type flagError struct{ error }

func (e *flagError) Unwrap() error { return e.error }

// runError is a result that the user did not hope for: a run that did not complete, a replay that decided differently, a ledger with wrong figures.
// The command itself worked. Its exit code is exitFailed.
type runError struct{ message string }

func (e *runError) Error() string { return e.message }

func command() *cobra.Command { return commandOf(&session{}) }

func commandOf(shared *session) *cobra.Command {
	root := &cobra.Command{
		Use:   "starter",
		Short: "Apply configurations, start runs, explain numbers, replay histories",
		Long: `starter is the command line of Tidemark: apply a configuration, start a run, see how things stand,
explain a number, decide about a held run, replay a failed history.

The ledger is a file (tidemark.db by default) or a PostgreSQL URL, from --ledger or
$TIDEMARK_LEDGER. It must be the ledger that the workers use. Temporal is found through the
variables and profiles of the temporal command (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_PROFILE, …). If TIDEMARK_PAYLOAD_KEYS names keys (file:/path or env:NAME), payloads are
encrypted with them before they go to Temporal.

Times are shown in UTC. -o json prints the same as JSON.

` + exitCodes,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          unknownCommand,
		RunE:          func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return &flagError{fmt.Errorf("%w; %s --help lists the flags", err, command.CommandPath())}
	})
	root.PersistentFlags().StringVar(&shared.location, "ledger", "", "the ledger: a file or a postgres:// URL (default $TIDEMARK_LEDGER, or else tidemark.db)")
	root.PersistentFlags().StringVarP(&shared.output, "output", "o", "text", "output format: text or json")
	for _, group := range []struct {
		id, title string
		commands  []*cobra.Command
	}{
		{"setup", "Set up:", []*cobra.Command{
			demoCommand(), applyCommand(shared), checkCommand(shared), exportCommand(shared), enableCommand(shared, true), enableCommand(shared, false),
			scheduleCommand(shared), settingCommand(shared), adviseCommand(shared), peopleCommand(shared),
		}},
		{"run", "Run and decide:", []*cobra.Command{
			syncCommand(shared), previewCommand(shared), cancelCommand(shared), pauseCommand(shared), resumeCommand(shared),
			decideCommand(shared, true), decideCommand(shared, false), liftCommand(shared), refreshIDsCommand(shared),
		}},
		{"show", "Look:", []*cobra.Command{
			statusCommand(shared), runsCommand(shared), requestsCommand(shared), levelsCommand(shared), activityCommand(shared),
			explainCommand(shared), snapshotCommand(shared), logCommand(shared), versionCommand(shared),
		}},
		{"operate", "Operate:", []*cobra.Command{
			serveCommand(shared), replayCommand(shared), restoredCommand(shared), codecCommand(shared),
		}},
	} {
		root.AddGroup(&cobra.Group{ID: group.id, Title: group.title})
		for _, command := range group.commands {
			command.GroupID = group.id
			root.AddCommand(command)
		}
	}
	for _, sub := range root.Commands() {
		describe(sub)
	}
	return root
}

// unknownCommand refuses a command that does not exist, and suggests similar ones.
func unknownCommand(root *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	advice := "starter --help lists the commands"
	root.SuggestionsMinimumDistance = 2
	if similar := root.SuggestionsFor(arguments[0]); len(similar) > 0 {
		advice = "did you mean " + strings.Join(similar, " or ") + "? " + advice
	}
	return &flagError{fmt.Errorf("there is no command %q; %s", arguments[0], advice)}
}

// describe replaces cobra's message for a wrong number of arguments: it adds the usage line and the example.
func describe(command *cobra.Command) {
	expected := command.Args
	if expected == nil {
		expected = cobra.NoArgs
	}
	command.Long = cmp.Or(command.Long, command.Short+".") + "\n\n" + exitCodes
	command.Args = func(command *cobra.Command, arguments []string) error {
		if err := expected(command, arguments); err != nil {
			return &flagError{fmt.Errorf("%w\nusage: %s\nfor example:\n%s", err, command.UseLine(), command.Example)}
		}
		return nil
	}
}

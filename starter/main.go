// Command starter applies configurations, starts and signals runs, explains numbers and replays histories.
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
	exitFault  = 1 // something failed that may work later
	exitUsage  = 2 // the command line or the configuration must be corrected; nothing was changed
	exitFailed = 3 // the run that was waited for did not complete, a replay decided otherwise, or a check found figures that are wrong
)

const exitCodes = `Exit codes: 0 done, 1 a fault that may pass, 2 the command line or the configuration must be corrected and nothing was changed,
3 the run that was waited for did not complete, a replay decided otherwise, or a check found figures of the ledger that are wrong.`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(control.WithActor(ctx, commandLine())); err != nil {
		fmt.Fprintln(os.Stderr, message(err))
		os.Exit(exitCode(err))
	}
}

// commandLine is who uses starter: who can open the ledger may do everything.
func commandLine() control.Actor {
	return control.Actor{Who: me(), From: control.FromCommandLine, Role: ledger.Admin}
}

// message is what a person reads. Errors of a configuration begin with their place, one a line, as compilers write them.
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

// flagError is a command line that cannot be understood.
type flagError struct{ error }

func (e *flagError) Unwrap() error { return e.error }

// runError is a run that was waited for and did not complete, or another answer that was not the one that was hoped for.
type runError struct{ message string }

func (e *runError) Error() string { return e.message }

func command() *cobra.Command { return commandOf(&session{}) }

func commandOf(shared *session) *cobra.Command {
	root := &cobra.Command{
		Use:   "starter",
		Short: "Apply configurations, start runs, explain numbers, replay histories",
		Long: `starter is how people and scripts talk to Tidemark: apply a configuration, start a run, see how things stand, explain a
number, answer a held run, replay a failed history.

The ledger is a file (default tidemark.db) or a PostgreSQL URL, from --ledger or TIDEMARK_LEDGER; it must be the one that the
workers use. Temporal is found through the variables and profiles that the temporal command uses too (TEMPORAL_ADDRESS,
TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, …). Where TIDEMARK_PAYLOAD_KEYS refers to keys (file:/path or env:NAME), what goes there is sealed
with them.

Moments are shown in UTC. -o json prints the same as data.

` + exitCodes,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          unknownCommand,
		RunE:          func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	root.SetFlagErrorFunc(func(command *cobra.Command, err error) error {
		return &flagError{fmt.Errorf("%w; %s --help shows what it takes", err, command.CommandPath())}
	})
	root.PersistentFlags().StringVar(&shared.location, "ledger", "", "a file or a postgres:// URL; default $TIDEMARK_LEDGER, else tidemark.db")
	root.PersistentFlags().StringVarP(&shared.output, "output", "o", "text", "text or json")
	root.AddCommand(
		applyCommand(shared), syncCommand(shared), statusCommand(shared), runsCommand(shared), requestsCommand(shared), previewCommand(shared), levelsCommand(shared),
		activityCommand(shared), explainCommand(shared), snapshotCommand(shared), exportCommand(shared), scheduleCommand(shared), settingCommand(shared), adviseCommand(shared), enableCommand(shared, true), enableCommand(shared, false), pauseCommand(shared), resumeCommand(shared),
		decideCommand(shared, true), decideCommand(shared, false), liftCommand(shared), cancelCommand(shared), replayCommand(shared), restoredCommand(shared), refreshIDsCommand(shared),
		logCommand(shared), peopleCommand(shared), checkCommand(shared), serveCommand(shared), codecCommand(shared), demoCommand(), versionCommand(shared),
	)
	for _, sub := range root.Commands() {
		describe(sub)
	}
	return root
}

// unknownCommand refuses what is no command, and says which one may have been meant.
func unknownCommand(root *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	advice := "starter --help lists them"
	root.SuggestionsMinimumDistance = 2
	if similar := root.SuggestionsFor(arguments[0]); len(similar) > 0 {
		advice = "did you mean " + strings.Join(similar, " or ") + "? " + advice
	}
	return &flagError{fmt.Errorf("there is no command %q; %s", arguments[0], advice)}
}

// describe makes a wrong number of arguments a sentence with the example, instead of cobra's.
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

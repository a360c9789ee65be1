package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func peopleCommand(s *session) *cobra.Command {
	command := &cobra.Command{
		Use:   "people",
		Short: "Manage who may sign in to the pages, and with which role",
		Long: `people adds and changes who may sign in to the pages (starter serve --pages).

- A viewer reads.
- An operator also starts, pauses, cancels, approves and rejects runs, and sets schedules.
- An admin may do everything, and changes people.

The first person must be an admin, and one admin who can sign in always remains. Nobody is removed,
because the activity log names people. Disabling a person, changing the role and changing the password
all end that person's sessions.

A password has 15 characters or more. The command asks for it, or reads the first line of the standard
input if that is not a terminal. It is never an argument, because others on the machine could see it.
--generate makes a password and prints it once.`,
		Example: "  starter people add ann --role admin\n  starter people add bob --role operator --generate\n  starter people list\n" +
			"  starter people role bob viewer\n  starter people reset bob --generate\n  starter people disable bob",
		Args: unknownCommand,
		RunE: func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(peopleAdd(s), peopleList(s), peopleReset(s), peopleRole(s),
		peopleChange(s, "disable", "Stop a person from signing in", func(ctx context.Context, c *control.Control, name string) (ledger.Person, error) {
			return c.DisablePerson(ctx, name)
		}),
		peopleChange(s, "enable", "Let a person sign in again, with the same password", func(ctx context.Context, c *control.Control, name string) (ledger.Person,
			error,
		) {
			return c.EnablePerson(ctx, name)
		}))
	for _, sub := range command.Commands() {
		describe(sub)
	}
	return command
}

func peopleAdd(s *session) *cobra.Command {
	var role string
	var generate bool
	command := &cobra.Command{
		Use:     "add NAME",
		Short:   "Add a person",
		Example: "  starter people add ann --role admin\n  openssl rand -base64 18 | tee ann.password | starter people add ann",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			s.creates = true // people may be there before a configuration is
			return s.withPassword(command.Context(), generate, func(c *control.Control, password string) (ledger.Person, error) {
				return c.AddPerson(command.Context(), arguments[0], ledger.Role(role), password)
			})
		},
	}
	command.Flags().StringVar(&role, "role", string(ledger.Viewer), "viewer, operator or admin")
	command.Flags().BoolVar(&generate, "generate", false, "generate a password and print it once")
	return command
}

func peopleReset(s *session) *cobra.Command {
	var generate bool
	command := &cobra.Command{
		Use:     "reset NAME",
		Short:   "Set a new password, and end the person's sessions",
		Example: "  starter people reset bob --generate",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withPassword(command.Context(), generate, func(c *control.Control, password string) (ledger.Person, error) {
				return c.ResetPassword(command.Context(), arguments[0], password)
			})
		},
	}
	command.Flags().BoolVar(&generate, "generate", false, "generate a password and print it once")
	return command
}

func peopleRole(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "role NAME viewer|operator|admin",
		Short:   "Change a person's role, and end the person's sessions",
		Example: "  starter people role bob operator",
		Args:    cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				return s.showPerson(c.SetRole(command.Context(), arguments[0], ledger.Role(arguments[1])))
			})
		},
	}
}

func peopleChange(s *session, name, short string, change func(ctx context.Context, c *control.Control, name string) (ledger.Person, error)) *cobra.Command {
	return &cobra.Command{
		Use:     name + " NAME",
		Short:   short,
		Example: "  starter people " + name + " bob",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error { return s.showPerson(change(command.Context(), c, arguments[0])) })
		},
	}
}

func peopleList(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the people who may sign in",
		Example: "  starter people list",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				people, err := c.People(command.Context())
				if err != nil {
					return err
				}
				return s.print(people, func(w io.Writer) { showPeople(w, people) })
			})
		},
	}
}

func showPeople(w io.Writer, people []ledger.Person) {
	if len(people) == 0 {
		line(w, "there is nobody yet; starter people add NAME --role admin adds the first")
		return
	}
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line(columns, "NAME\tROLE\tSIGNS IN\tLAST SEEN (UTC)\tSINCE (UTC)")
	for _, person := range people {
		signsIn := "yes"
		if person.Disabled {
			signsIn = "no, disabled"
		}
		line(columns, "%s\t%s\t%s\t%s\t%s", person.Name, person.Role, signsIn, moment(person.SeenAt), moment(&person.CreatedAt))
	}
	_ = columns.Flush()
}

// changedPerson is what a command prints of somebody, with the password where it was made.
type changedPerson struct {
	ledger.Person
	Password string `json:"password,omitempty"`
}

func (s *session) showPerson(person ledger.Person, err error) error {
	if err != nil {
		return err
	}
	return s.showChanged(changedPerson{Person: person})
}

func (s *session) showChanged(changed changedPerson) error {
	return s.print(changed, func(w io.Writer) {
		line(w, "%s: %s%s", changed.Name, changed.Role, map[bool]string{true: ", disabled"}[changed.Disabled])
		if changed.Password != "" {
			line(w, "password: %s\nIt is not shown again.", changed.Password)
		}
	})
}

// withPassword runs a command with a password that was made, typed or read.
func (s *session) withPassword(ctx context.Context, generate bool, do func(c *control.Control, password string) (ledger.Person, error)) error {
	return s.withLedger(ctx, func(c *control.Control) error {
		password := control.GeneratePassword()
		if !generate {
			var err error
			if password, err = s.readPassword(os.Stdin); err != nil {
				return err
			}
		}
		person, err := do(c, password)
		if err != nil {
			return err
		}
		changed := changedPerson{Person: person}
		if generate {
			changed.Password = password
		}
		return s.showChanged(changed)
	})
}

// readPassword asks for a password twice, without showing it, where a person types; else it is the first line of the input.
func (s *session) readPassword(terminal *os.File) (string, error) {
	if s.in == nil && term.IsTerminal(int(terminal.Fd())) {
		return askPassword(func(prompt string) (string, error) {
			_, _ = fmt.Fprint(os.Stderr, prompt)
			typed, err := term.ReadPassword(int(terminal.Fd()))
			_, _ = fmt.Fprintln(os.Stderr)
			return string(typed), err
		})
	}
	input := s.in
	if input == nil {
		input = terminal
	}
	first, err := bufio.NewReader(io.LimitReader(input, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if first = strings.TrimRight(first, "\r\n"); first == "" {
		return "", &control.UsageError{Message: "there is no password in the first line of the standard input; give one there, or --generate"}
	}
	return first, nil
}

func askPassword(ask func(prompt string) (string, error)) (string, error) {
	first, err := ask("Password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("The same again: ")
	if err == nil && first != again {
		err = &control.UsageError{Message: "the two passwords differ; nothing was changed"}
	}
	return first, err
}

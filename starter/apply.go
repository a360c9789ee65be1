package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
)

func drivers() config.Drivers {
	return config.Drivers{Warehouses: warehousesall.Specs(), Channels: channelsall.Specs()}
}

func applyCommand(s *session) *cobra.Command {
	var options control.ApplyOptions
	var force, checkOnly, verbose bool
	command := &cobra.Command{
		Use:   "apply FILE",
		Short: "Make the ledger and the schedules what a configuration file says",
		Long: `apply reads a configuration, checks all of it, and makes the ledger and the Temporal schedules say the same. Every error is shown
with its file, line and column, and then nothing is changed. Applying again changes nothing. A schedule that a person paused stays
paused. What is no longer in the file stays until --prune, which removes nothing that belongs to another ledger. Where a connection's
schedules belong to another ledger, nothing is changed; --take-over takes them over. A connection that becomes enabled gets one Full Sync.`,
		Example: "  starter apply tidemark.yaml\n  starter apply tidemark.yaml --dry-run\n  starter apply tidemark.yaml --check",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := s.check(); err != nil {
				return err
			}
			definitions, warnings, err := config.Load(arguments[0], drivers(), config.Options{Force: force})
			if err != nil {
				return err
			}
			for _, warning := range warnings {
				line(os.Stderr, "%s", warning)
			}
			if checkOnly {
				return s.print(struct {
					OK bool `json:"ok"`
				}{true}, func(w io.Writer) {
					line(w, "%s is valid: %s", arguments[0], contents(definitions))
				})
			}
			s.creates, options.From = true, appliedFrom(arguments[0])
			return s.with(command.Context(), func(c *control.Control) error {
				report, err := c.Apply(command.Context(), definitions, options)
				if err != nil {
					return err
				}
				return s.print(report, func(w io.Writer) { showApply(w, report, definitions, options.DryRun, verbose) })
			})
		},
	}
	command.Flags().BoolVar(&options.DryRun, "dry-run", false, "show what would change, change nothing")
	command.Flags().BoolVar(&options.Prune, "prune", false, "remove warehouses, stores, connections and schedules that the file no longer has")
	command.Flags().BoolVar(&options.TakeOver, "take-over", false, "take over schedules of the file's connections that belong to another ledger, which this one replaces")
	command.Flags().BoolVarP(&verbose, "verbose", "v", false, "list every change of a product, bundle or listing instead of counting them")
	command.Flags().BoolVar(&force, "force", false, "allow a Full Sync schedule of more than once a day")
	command.Flags().BoolVar(&checkOnly, "check", false, "check the file only; needs neither ledger nor Temporal")
	return command
}

// appliedFrom names the host and the file, so that others can find who applied what.
func appliedFrom(file string) string {
	path, err := filepath.Abs(file)
	if err != nil {
		path = file
	}
	host, err := os.Hostname()
	if err != nil {
		return path
	}
	return host + ":" + path
}

func contents(d ledger.Definitions) string {
	return strings.Join([]string{
		some(len(d.Warehouses), "warehouse", "warehouses"), some(len(d.Stores), "store", "stores"), some(len(d.Connections), "connection", "connections"),
		some(len(d.Strategies), "strategy", "strategies"), some(len(d.Products), "product", "products"), some(len(d.Bundles), "bundle", "bundles"),
		some(len(d.Listings), "listing", "listings"),
	}, ", ")
}

func some(n int, one, many string) string { return control.Count(int64(n), one, many) }

// kinds are what a configuration names, in the order in which it is told. Of a catalogue there is much, so that is counted.
var kinds = []struct {
	one, many string
	counted   bool
}{
	{one: "warehouse"},
	{one: "store"},
	{one: "connection"},
	{one: "strategy"},
	{"product", "products", true},
	{"bundle", "bundles", true},
	{"listing", "listings", true},
}

// changeLines tells the changes: each of its own, and those of a catalogue as a number unless all are wanted.
func changeLines(changes []ledger.Change, would string, all bool) []string {
	var lines []string
	for _, kind := range kinds {
		counted, actions := map[string]int{}, []string{}
		for _, change := range changes {
			switch {
			case change.Kind != kind.one:
			case kind.counted && !all:
				if counted[change.Action]++; counted[change.Action] == 1 {
					actions = append(actions, change.Action)
				}
			default:
				lines = append(lines, fmt.Sprintf("%s %s: %s%s%s", change.Kind, change.ID, would, change.Action, inBrackets(change.Detail)))
			}
		}
		slices.Sort(actions)
		for _, action := range actions {
			lines = append(lines, fmt.Sprintf("%s: %s%s (-v lists them)", some(counted[action], kind.one, kind.many), would, action))
		}
	}
	return lines
}

func inBrackets(detail string) string {
	if detail == "" {
		return ""
	}
	return " (" + detail + ")"
}

func showApply(w io.Writer, report control.ApplyReport, definitions ledger.Definitions, dryRun, all bool) {
	would := ""
	if dryRun {
		would = "would be "
	}
	for _, text := range changeLines(report.Changes, would, all) {
		line(w, "%s", text)
	}
	for _, change := range report.Schedules {
		line(w, "schedule %s: %s%s%s", change.ID, would, change.Action, inBrackets(change.Detail))
	}
	for _, name := range report.Attributes.Added {
		line(w, "search attribute %s: registered", name)
	}
	if report.Attributes.Advice != "" {
		line(w, "%s", report.Attributes.Advice)
	}
	for _, connection := range report.Requested {
		line(w, "connection %s: a first Full Sync %srequested", connection, map[bool]string{true: "would be ", false: "is "}[dryRun])
	}
	for _, warning := range report.Warnings {
		line(w, "warning: %s", warning)
	}
	if len(report.Changes)+len(report.Schedules)+len(report.Requested) == 0 {
		line(w, "nothing to change: %s", contents(definitions))
	}
}

package main

import (
	"errors"
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
	var force, checkOnly, verbose, takeFile, keepPages bool
	command := &cobra.Command{
		Use:   "apply FILE",
		Short: "Apply a configuration file to the ledger and the schedules",
		Long: `apply reads a configuration file, checks all of it, and changes the ledger and the Temporal schedules
to match. If the file has a mistake, apply shows every mistake with file, line and column, and
changes nothing. Applying the same file again changes nothing.

- A schedule that a person paused stays paused.
- What is no longer in the file stays, unless you give --prune. --prune removes nothing that belongs
  to another ledger.
- If the schedules of a connection belong to another ledger, nothing is changed; --take-over takes
  them over.
- A connection that becomes enabled gets one Full Sync.
- If a location of a store changes, the old location goes on to show its last numbers. apply says
  how many; with --zero-left the next runs push 0 there.

A schedule that the file does not mention can be set on the pages or with starter schedule, and apply
does not touch it. A schedule that the file mentions can be overridden there. The override stays while
the file says the same. If both changed, apply changes nothing until you give --take-file or
--keep-pages.`,
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
			switch {
			case takeFile && keepPages:
				return &flagError{errors.New("--take-file and --keep-pages exclude each other")}
			case takeFile:
				options.Choice = control.TakeFile
			case keepPages:
				options.Choice = control.KeepPages
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
	command.Flags().BoolVar(&options.DryRun, "dry-run", false, "show what would change; change nothing")
	command.Flags().BoolVar(&options.Prune, "prune", false, "remove warehouses, stores, connections and schedules that the file no longer has")
	command.Flags().BoolVar(&options.ZeroLeft, "zero-left", false,
		"push 0 to locations that connections no longer use; without it the stores keep showing the last numbers there")
	command.Flags().BoolVar(&options.TakeOver, "take-over", false,
		"take over schedules of these connections that belong to another ledger, because this ledger replaces it")
	command.Flags().BoolVar(&takeFile, "take-file", false, "if the file and the pages both changed a schedule, use the file's")
	command.Flags().BoolVar(&keepPages, "keep-pages", false, "if the file and the pages both changed a schedule, keep the pages'")
	command.Flags().BoolVar(&force, "force", false, "allow a Full Sync schedule of more than once a day")
	command.Flags().BoolVarP(&verbose, "verbose", "v", false, "list every product, bundle and listing that changes, instead of only their numbers")
	command.Flags().BoolVar(&checkOnly, "check", false, "only check the file; needs no ledger and no Temporal")
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
		count(len(d.Warehouses), "warehouse"), count(len(d.Stores), "store"), count(len(d.Connections), "connection"),
		count(len(d.Strategies), "strategy"), count(len(d.Products), "product"), count(len(d.Bundles), "bundle"), count(len(d.Listings), "listing"),
	}, ", ")
}

// catalogue are the kinds of definitions of which there are as many as SKUs; their changes are counted.
var catalogue = []string{"product", "bundle", "listing"}

func showApply(w io.Writer, report control.ApplyReport, definitions ledger.Definitions, dryRun, verbose bool) {
	would := ""
	if dryRun {
		would = "would be "
	}
	counted := map[part]int64{} // by kind and action, without a number
	var order []part
	for _, change := range report.Changes {
		if change.Left != nil {
			line(w, "connection %s: %s%s", change.ID, map[bool]string{true: "after this, ", false: ""}[dryRun], plain(change.Left.Words()))
			continue
		}
		if slices.Contains(catalogue, change.Kind) && !verbose {
			one := part{what: change.Kind + "\t" + would + change.Action}
			if counted[one] == 0 {
				order = append(order, one)
			}
			counted[one]++
			continue
		}
		detail := ""
		if change.Detail != "" {
			detail = " (" + change.Detail + ")"
		}
		line(w, "%s %s: %s%s%s", change.Kind, change.ID, would, change.Action, detail)
	}
	for _, part := range order {
		kind, action, _ := strings.Cut(part.what, "\t")
		line(w, "%s: %s (-v lists them)", count(counted[part], kind), action)
	}
	for _, change := range report.Schedules {
		detail := ""
		if change.Detail != "" {
			detail = " (" + change.Detail + ")"
		}
		line(w, "schedule %s: %s%s%s", change.ID, would, change.Action, detail)
	}
	showOverrides(w, report.Overrides, dryRun)
	showSettingFates(w, report.Settings, dryRun)
	for _, name := range report.Attributes.Added {
		line(w, "search attribute %s: registered", name)
	}
	if report.Attributes.Advice != "" {
		line(w, "%s", report.Attributes.Advice)
	}
	for _, connection := range report.Requested {
		line(w, "connection %s: a first Full Sync %srequested", connection, map[bool]string{true: "would be ", false: "is "}[dryRun])
	}
	for _, day := range report.ChangeDays {
		line(w, "change of the clock: %s", day)
	}
	for _, warning := range report.Warnings {
		line(w, "warning: %s", warning)
	}
	if len(report.Changes)+len(report.Schedules)+len(report.Requested) == 0 && !slices.ContainsFunc(report.Overrides, control.OverrideFate.Changes) {
		line(w, "nothing to change: %s", contents(definitions))
	}
}

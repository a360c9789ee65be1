package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
)

// checkAnswer is what a check found.
type checkAnswer struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Driver     string   `json:"driver"`
	Account    string   `json:"account,omitempty"`
	Locations  []string `json:"locations,omitempty"`
	Facilities []string `json:"facilities,omitempty"`
	Sample     []string `json:"sample,omitempty"`
	Notes      []string `json:"notes,omitempty"`
	// Advice is what was read of a warehouse, and which settings would read more of it.
	Advice *warehouses.Advice `json:"advice,omitempty"`
}

// checkOptions are the flags of check.
type checkOptions struct {
	file    string
	suggest bool
	rows    int64
	within  time.Duration
}

func checkCommand(s *session) *cobra.Command {
	var options checkOptions
	command := &cobra.Command{
		Use:   "check [STORE|WAREHOUSE]",
		Short: "Check the ledger, a store, or a warehouse; changes nothing",
		Long: `check does one of two things.

Without an argument it checks the ledger (--ledger): it counts again every figure that the ledger
stores as a count, lists the rows of each connection by status, and reports every figure that is wrong
with what to do. If any is wrong, the exit code is 3. It reads the whole ledger, and may run while
workers use it.

With the id of a store or a warehouse it opens the driver with the settings of the applied
configuration, or of the file that --file names.

- For a store it makes one read, which proves the credentials.
- For a warehouse it makes a whole fetch, records nothing, and reports: the columns and which of them
  are read, the refused rows by kind with examples, what was read of each facility, the largest
  figures, odd rows, and the settings that would read more. --suggest prints the warehouse as YAML
  with those settings, to paste into the configuration. Comments in it say what you must decide.
  Suggested settings for files were tried on the file.

check reads the credentials from this process's environment, so run it where the worker runs, or with
the same variables.`,
		Example: "  starter check --ledger tidemark.db\n  starter check acme-shop\n  starter check portland\n  starter check portland --suggest\n" +
			"  starter check portland --file tidemark.yaml",
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := s.check(); err != nil {
				return err
			}
			switch {
			case options.suggest && s.output == "json":
				return &flagError{errors.New("--suggest prints YAML: leave out -o json, or leave out --suggest (-o json has the suggestions too)")}
			case options.rows < 1:
				return &flagError{fmt.Errorf("--rows %d is not above 0", options.rows)}
			case options.within <= 0:
				return &flagError{fmt.Errorf("--within %s is not above 0", options.within)}
			}
			if len(arguments) == 0 {
				if options.file != "" || options.suggest {
					return &flagError{errors.New("--file and --suggest are for a store or a warehouse; give its id")}
				}
				return s.withLedger(command.Context(), func(c *control.Control) error { return s.checkLedger(command.Context(), c) })
			}
			if options.file == "" {
				return s.withLedger(command.Context(), func(c *control.Control) error {
					return s.checkOne(command.Context(), applied{c}, arguments[0], options)
				})
			}
			definitions, warnings, err := config.Load(options.file, drivers(), config.Options{Force: true})
			if err != nil {
				return err
			}
			for _, warning := range warnings {
				line(os.Stderr, "%s", warning)
			}
			return s.checkOne(command.Context(), defined{definitions, options.file}, arguments[0], options)
		},
	}
	command.Flags().StringVar(&options.file, "file", "", "a configuration file to use instead of the applied configuration; then no ledger is needed")
	command.Flags().BoolVar(&options.suggest, "suggest", false, "print only the warehouse as YAML with the suggested settings")
	command.Flags().Int64Var(&options.rows, "rows", 1_000_000, "read at most this many rows of a warehouse")
	command.Flags().DurationVar(&options.within, "within", 2*time.Minute, "how long to read rows of a warehouse")
	return command
}

// connected is where stores and warehouses are looked up.
type connected interface {
	Store(ctx context.Context, id string) (ledger.Store, error)
	Warehouse(ctx context.Context, id string) (ledger.Warehouse, error)
}

// applied are those of the configuration that was applied.
type applied struct{ *control.Control }

func (a applied) Store(ctx context.Context, id string) (ledger.Store, error) {
	store, err := a.Control.Store(ctx, id)
	return store, notFound(err)
}

func (a applied) Warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	warehouse, err := a.Control.Warehouse(ctx, id)
	return warehouse, notFound(err)
}

// notFound makes one error of those for what there is none of.
func notFound(err error) error {
	var absent *control.AbsentError
	if errors.As(err, &absent) {
		return ledger.ErrNotFound
	}
	return err
}

// defined are those of a configuration file.
type defined struct {
	ledger.Definitions
	file string
}

func (d defined) Store(_ context.Context, id string) (ledger.Store, error) {
	for _, store := range d.Stores {
		if store.ID == id {
			return store, nil
		}
	}
	return ledger.Store{}, ledger.ErrNotFound
}

func (d defined) Warehouse(_ context.Context, id string) (ledger.Warehouse, error) {
	for _, warehouse := range d.Warehouses {
		if warehouse.ID == id {
			return warehouse, nil
		}
	}
	return ledger.Warehouse{}, ledger.ErrNotFound
}

// checkOne checks the store or warehouse of an id.
func (s *session) checkOne(ctx context.Context, all connected, id string, options checkOptions) error {
	store, err := all.Store(ctx, id)
	switch {
	case err == nil && options.suggest:
		return &control.UsageError{Message: fmt.Sprintf("%q is a store; --suggest is for warehouses, whose rows are read", id)}
	case err == nil:
		answer, err := checkStore(ctx, store)
		if err != nil {
			return err
		}
		return s.print(answer, func(w io.Writer) { showCheck(w, answer) })
	case !errors.Is(err, ledger.ErrNotFound):
		return err
	}
	warehouse, err := all.Warehouse(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		where := "starter status lists the connections with theirs"
		if file, is := all.(defined); is {
			where = file.file + " has none of that id"
		}
		return &control.UsageError{Message: fmt.Sprintf("there is no store and no warehouse %q; %s", id, where)}
	} else if err != nil {
		return err
	}
	answer, failed := checkWarehouse(ctx, warehouse, options)
	if answer.Advice == nil {
		return failed
	}
	if options.suggest {
		if failed != nil && len(answer.Advice.Suggestions) == 0 {
			return failed
		}
		_, err := io.WriteString(s.writer(), suggestedYAML(warehouse, warehousesall.Specs()[warehouse.Driver], *answer.Advice))
		return err
	}
	if failed != nil {
		failed = fmt.Errorf("warehouse %s cannot be read as it is set; its report says why", warehouse.ID)
	}
	return errors.Join(s.print(answer, func(w io.Writer) { showCheck(w, answer) }), failed)
}

func showCheck(w io.Writer, answer checkAnswer) {
	state := "ok"
	if answer.Advice != nil {
		state = reportState(answer.Advice.Report)
	}
	line(w, "%s %s (%s): %s", answer.Kind, answer.ID, answer.Driver, state)
	if answer.Advice != nil {
		showAdvice(w, answer)
		return
	}
	for _, more := range []struct {
		name  string
		items []string
	}{{"account", nonEmpty(answer.Account)}, {"locations", answer.Locations}, {"notes", answer.Notes}} {
		if len(more.items) > 0 {
			line(w, "  %s: %s", more.name, plain(strings.Join(more.items, "; ")))
		}
	}
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// about makes an error begin with what it is about, as those of the drivers mostly do.
func about(what string, err error) error {
	if strings.HasPrefix(err.Error(), what+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}

func checkStore(ctx context.Context, store ledger.Store) (checkAnswer, error) {
	drivers := channelsall.Drivers()
	if _, known := drivers[store.Driver]; !known {
		return checkAnswer{}, fmt.Errorf("store %s: this starter has no driver %q", store.ID, store.Driver)
	}
	channel, err := drivers.Open(store.Driver, store.ID, store.Settings, settings.Process())
	if err != nil {
		return checkAnswer{}, about("store "+store.ID, err)
	}
	found, err := channel.Check(ctx)
	if err != nil {
		return checkAnswer{}, about("store "+store.ID, err)
	}
	return checkAnswer{ID: store.ID, Kind: "store", Driver: store.Driver, Account: found.Account, Locations: found.Locations, Notes: found.Notes}, nil
}

// checkWarehouse proves a warehouse's credentials and reports of its first fetch. An answer with Advice comes with an error where the fetch
// failed, and the report says what may mend it.
func checkWarehouse(ctx context.Context, warehouse ledger.Warehouse, options checkOptions) (checkAnswer, error) {
	answer := checkAnswer{ID: warehouse.ID, Kind: "warehouse", Driver: warehouse.Driver}
	driver, ok := warehousesall.Drivers()[warehouse.Driver]
	if !ok {
		return answer, fmt.Errorf("warehouse %s: this starter has no driver %q", warehouse.ID, warehouse.Driver)
	}
	what := "warehouse " + warehouse.ID
	source, err := driver.Open(warehouse.ID, warehouse.Settings, settings.Process())
	if err != nil {
		return answer, about(what, err)
	}
	found, err := source.Check(ctx)
	if err != nil && (!driver.Files || ctx.Err() != nil) {
		return answer, about(what, err)
	}
	answer.Facilities, answer.Notes = found.Facilities, found.Notes
	for _, row := range found.Sample {
		answer.Sample = append(answer.Sample, fmt.Sprintf("%s %s %s%s", row.SKU, row.Facility, figure(row.Available), reasonOf(row.Problem)))
	}
	now := time.Now()
	advice, err := warehouses.Advisor{
		Driver: driver, ID: warehouse.ID, Policy: warehouses.Policy{Quantity: warehouse.Quantity, Repeated: warehouse.Repeated}, Environment: settings.Process(),
		Now:    time.Now,
		Limits: warehouses.Limits{Rows: options.rows, Until: now.Add(options.within)},
	}.Advise(ctx, warehouse.Settings)
	if err != nil {
		err = about(what, err)
	}
	if err == nil || advice.Report.Seen() {
		answer.Advice = &advice
	}
	return answer, err
}

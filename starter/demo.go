package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func demoCommand() *cobra.Command {
	var d demo
	command := &cobra.Command{
		Use:   "demo",
		Short: "Try Tidemark on this machine with a simulated warehouse and stores (make demo)",
		Long: `demo starts a Temporal server with its Web UI, a worker, and a sandbox with two warehouses and five
stores. It applies the example configuration, runs a first Full Sync of every enabled connection, and
then Smart Syncs while the warehouses sell and restock.

It leaves two things for you to do on the pages: enable a connection that is off, and approve or
reject a push that would take most of a warehouse's stock to 0. Ctrl-C stops everything that the demo
started.

With --once the demo does both itself and then ends. Its exit code is 0 only if every store of the
sandbox shows what the ledger says and no store's API budget was exceeded.`,
		Example: "  make demo\n  make demo ONCE=1",
		Args:    cobra.NoArgs,
		RunE:    func(command *cobra.Command, _ []string) error { return d.run(command.Context()) },
	}
	command.Flags().BoolVar(&d.once, "once", false, "end after two Smart Syncs of every connection")
	command.Flags().StringVar(&d.examples, "examples", "examples", "the folder with demo.yaml and sandbox.yaml")
	command.Flags().StringVar(&d.bin, "bin", "", "the folder with worker, sandbox and temporal (default: the folder of starter)")
	command.Flags().BoolVar(&d.keep, "keep", false, "keep the folder with the ledger, the logs and Temporal's database")
	return command
}

// demo is a whole Tidemark on one machine.
type demo struct {
	once, keep    bool
	examples, bin string

	folder    string
	processes []*process
	sandbox   *judge
	control   *control.Control
	ui        string
	pages     string // where they are served, like http://127.0.0.1:9480
	joined    string // the warehouse of the connection that the demo enabled itself: what its others show is worked out anew once
}

const (
	readyPatience = time.Minute
	syncPatience  = 5 * time.Minute
	demoToken     = "sandbox-token" // of the example scenario; it opens nothing but the sandbox
	rounds        = 2               // Smart Syncs of every connection with --once
)

func (d *demo) run(ctx context.Context) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := d.prepare(); err != nil {
		return err
	}
	defer func() { err = d.cleanUp(ctx, err) }()
	definitions, closing, err := d.start(ctx, cancel)
	if err != nil {
		return err
	}
	defer closing()
	if err := d.firstSync(ctx, definitions); err != nil {
		return err
	}
	if err := d.leaveOff(ctx); err != nil {
		return err
	}
	for round := 1; ; round++ {
		if err := d.round(ctx, definitions, round); err != nil {
			return err
		}
		if d.once && round == rounds {
			return d.verdict(ctx, definitions)
		}
		if !d.once {
			if err := pause(ctx, 15*time.Second); err != nil {
				return err
			}
		}
	}
}

func pause(ctx context.Context, span time.Duration) error {
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// prepare finds the programs and makes a folder for everything that the demo writes.
func (d *demo) prepare() error {
	if d.bin == "" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		d.bin = filepath.Dir(self)
	}
	for _, name := range []string{"worker", "sandbox"} {
		if _, err := os.Stat(filepath.Join(d.bin, name)); err != nil {
			return fmt.Errorf("%s is not in %s; run make build first", name, d.bin)
		}
	}
	for _, name := range []string{"demo.yaml", "sandbox.yaml"} {
		if _, err := os.Stat(filepath.Join(d.examples, name)); err != nil {
			return fmt.Errorf("%s is not in %s; run the demo from the project's folder, or name its examples with --examples", name, d.examples)
		}
	}
	folder, err := os.MkdirTemp("", "tidemark-demo-")
	d.folder = folder
	return err
}

func (d *demo) temporal() string {
	if installed := os.Getenv("TEMPORAL_CLI"); installed != "" {
		return installed
	}
	return filepath.Join(d.bin, "temporal")
}

// start starts the processes in order, each when the one before answers, and applies the configuration.
func (d *demo) start(ctx context.Context, cancel context.CancelCauseFunc) (ledger.Definitions, func(), error) {
	ports, err := freePorts(4)
	if err != nil {
		return ledger.Definitions{}, nil, err
	}
	server, ui, box, listen := ports[0], ports[1], ports[2], ports[3]
	if portIsFree(preferredUI) {
		ui = preferredUI
	}
	d.ui = "http://127.0.0.1:" + ui
	address := "127.0.0.1:" + server
	for name, value := range map[string]string{
		"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": "default", "SANDBOX_TOKEN": demoToken, ledger.EnvVariable: filepath.Join(d.folder, "ledger.db"),
	} {
		if err := os.Setenv(name, value); err != nil {
			return ledger.Definitions{}, nil, err
		}
	}
	line(os.Stdout, "starting Temporal, a sandbox and a worker (logs in %s)", d.folder)
	arguments := []string{
		"server", "start-dev", "--ip", "127.0.0.1", "--port", server, "--ui-port", ui, "--db-filename", filepath.Join(d.folder, "temporal.db"),
		"--log-level", "warn",
	}
	if err := d.launch(cancel, "temporal", exec.Command(d.temporal(), arguments...)); err != nil {
		return ledger.Definitions{}, nil, err
	}
	d.sandbox = &judge{address: "http://127.0.0.1:" + box}
	scenario := filepath.Join(d.examples, "sandbox.yaml")
	if d.once {
		if scenario, err = quietScenario(scenario, d.folder); err != nil {
			return ledger.Definitions{}, nil, err
		}
	}
	if err := d.launch(cancel, "sandbox", exec.Command(filepath.Join(d.bin, "sandbox"), "--listen", "127.0.0.1:"+box, "--scenario", scenario)); err != nil {
		return ledger.Definitions{}, nil, err
	}
	if err := until(ctx, readyPatience, "the sandbox answers", d.sandbox.healthy); err != nil {
		return ledger.Definitions{}, nil, err
	}
	definitions, err := d.configuration(box)
	if err != nil {
		return ledger.Definitions{}, nil, err
	}
	closing, err := d.connect(ctx)
	if err != nil {
		return ledger.Definitions{}, nil, err
	}
	report, err := d.control.Apply(ctx, definitions, control.ApplyOptions{From: "starter demo"})
	if err != nil {
		closing()
		return ledger.Definitions{}, nil, err
	}
	line(os.Stdout, "applied %s: %s; a first Full Sync is requested for %s", filepath.Join(d.examples, "demo.yaml"), contents(definitions),
		strings.Join(report.Requested, ", "))
	if err := d.launch(cancel, "worker", exec.Command(filepath.Join(d.bin, "worker"), "--listen", "127.0.0.1:"+listen)); err != nil {
		closing()
		return ledger.Definitions{}, nil, err
	}
	pages, stop, err := d.servePages(ctx, cancel)
	if err != nil {
		closing()
		return ledger.Definitions{}, nil, err
	}
	line(os.Stdout, "\n  pages             %s\n  Temporal Web UI   %s/namespaces/default/workflows\n  metrics           http://127.0.0.1:%s/metrics\n  "+
		"sandbox           %s/judge/stores/acme-shop\n  ledger            %s\n",
		pages, d.ui, listen, d.sandbox.address, os.Getenv(ledger.EnvVariable))
	if !d.once {
		line(os.Stdout, "to use starter with it, in another terminal:\n\n  export %s=%s TEMPORAL_ADDRESS=%s TEMPORAL_NAMESPACE=default SANDBOX_TOKEN=%s\n  %s "+
			"status\n",
			ledger.EnvVariable, shellWord(os.Getenv(ledger.EnvVariable)), address, demoToken, shellWord(filepath.Join(d.bin, "starter")))
	}
	return definitions, func() { stop(); closing() }, nil
}

// connect opens the ledger and waits for Temporal.
func (d *demo) connect(ctx context.Context) (func(), error) {
	s := &session{output: "text", creates: true}
	ready := make(chan *control.Control)
	done := make(chan error, 1)
	release := make(chan struct{})
	var last error
	err := until(ctx, readyPatience, "Temporal answers", func(ctx context.Context) error {
		disconnect, err := control.New(nil, nil, time.Now).Connect(ctx, usualPatience)
		if err == nil {
			disconnect()
		}
		last = err
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, last)
	}
	go func() {
		done <- s.with(ctx, func(c *control.Control) error {
			ready <- c
			<-release
			return nil
		})
	}()
	select {
	case d.control = <-ready:
		return func() { close(release); <-done }, nil
	case err := <-done:
		return nil, err
	}
}

// configuration loads the example with the sandbox's real port.
func (d *demo) configuration(port string) (ledger.Definitions, error) {
	copied := filepath.Join(d.folder, "examples")
	if err := os.CopyFS(copied, os.DirFS(d.examples)); err != nil {
		return ledger.Definitions{}, err
	}
	path := filepath.Join(copied, "demo.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return ledger.Definitions{}, err
	}
	text = []byte(strings.ReplaceAll(string(text), "127.0.0.1:9470", "127.0.0.1:"+port))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return ledger.Definitions{}, err
	}
	definitions, _, err := config.Load(path, drivers(), config.Options{})
	return definitions, err
}

// firstSync waits for the Full Syncs that apply requested.
func (d *demo) firstSync(ctx context.Context, definitions ledger.Definitions) error {
	line(os.Stdout, "first Full Sync of every connection that is enabled: everything is pushed")
	for _, connection := range definitions.Connections {
		if !connection.Active() {
			continue
		}
		if err := d.firstFull(ctx, connection); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) firstFull(ctx context.Context, connection ledger.Connection) error {
	limited, cancel := context.WithTimeout(ctx, syncPatience)
	defer cancel()
	report, err := d.control.Wait(limited, control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Full, connection.ID)})
	if err != nil {
		return fmt.Errorf("the first Full Sync of %s: %w", connection.ID, err)
	}
	d.told(connection, report)
	return nil
}

func (d *demo) told(connection ledger.Connection, report workflows.SyncReport) {
	line(os.Stdout, "  %s", toldOf(connection, report))
}

// toldOf is a run in one line. Of connections on one warehouse one reads it, and the others take that over.
func toldOf(connection ledger.Connection, report workflows.SyncReport) string {
	c := report.Counts
	read := "nothing new to read"
	if c.Rows > 0 {
		read = fmt.Sprintf("%s read, %s changed", count(c.Rows, "row"), count(c.Changed, "level"))
	}
	return fmt.Sprintf("run %-3d %-5s %-13s %-24s %-33s → %4d exported, %d newly rejected, %d blocked, %s",
		report.Run, report.Mode, connection.ID, report.Outcome, read, c.Exported, c.Rejected, c.Blocked, count(c.Calls, "call"))
}

// round lets the warehouses trade and syncs every connection.
func (d *demo) round(ctx context.Context, definitions ledger.Definitions, round int) error {
	if err := d.lose(ctx, round); err != nil {
		return err
	}
	traded := 0
	for _, warehouse := range definitions.Warehouses {
		changes, err := d.sandbox.trade(ctx, warehouse.ID, 20)
		if err != nil {
			return err
		}
		traded += changes
	}
	line(os.Stdout, "round %d: the warehouses sold and restocked (%d figures changed); Smart Sync pushes what changed", round, traded)
	for _, connection := range definitions.Connections {
		if now, err := d.control.Connection(ctx, connection.ID); err != nil || !now.Active() { // somebody may have disabled it on its page
			if err != nil {
				return err
			}
			continue
		}
		if hold, err := d.holdOf(ctx, connection.ID); err != nil {
			return err
		} else if hold != nil { // a run that waits for a person would be waited for
			line(os.Stdout, "  %s", heldLine(*hold, d.pages))
			continue
		}
		report, err := d.smart(ctx, connection)
		if err != nil {
			return err
		}
		if report.Run == 0 { // it is held
			continue
		}
		d.told(connection, report)
		if d.once && (round > 1 || connection.Warehouse != d.joined) && report.Counts.Exported >= report.Counts.Rows && report.Counts.Rows > 0 {
			return fmt.Errorf("the Smart Sync of %s exported %d of %d rows; it should push only what changed", connection.ID, report.Counts.Exported, report.Counts.Rows)
		}
	}
	return nil
}

// smart runs a Smart Sync. Where that is held, the report is empty.
func (d *demo) smart(ctx context.Context, connection ledger.Connection) (workflows.SyncReport, error) {
	limited, cancel := context.WithTimeout(ctx, syncPatience)
	defer cancel()
	answer, err := d.control.Sync(limited, ledger.Smart, connection.ID, workflows.SyncRequest{By: byDemo})
	if err != nil {
		return workflows.SyncReport{}, err
	}
	report, hold, err := d.await(limited, connection.ID, answer)
	if err != nil {
		return report, fmt.Errorf("the Smart Sync of %s: %w", connection.ID, err)
	}
	if hold != nil {
		return report, d.decided(limited, connection, *hold, answer)
	}
	return report, nil
}

// verdict compares every store with the ledger. What a store's faults have left due is synced first, as the next run would.
func (d *demo) verdict(ctx context.Context, definitions ledger.Definitions) error {
	line(os.Stdout, "comparing what every store shows with what the ledger says")
	var wrong []string
	for _, connection := range definitions.Connections {
		if now, err := d.control.Connection(ctx, connection.ID); err != nil {
			return err
		} else if !now.Active() {
			continue
		}
		for try := 0; ; try++ {
			due, err := d.control.Due(ctx, connection.ID)
			if err != nil {
				return err
			}
			if due == 0 || try == 5 {
				break
			}
			if _, err := d.smart(ctx, connection); err != nil {
				return err
			}
		}
		found, err := d.compare(ctx, connection)
		if err != nil {
			return err
		}
		wrong = append(wrong, found...)
	}
	if len(wrong) > 0 {
		return &runError{"the stores do not show what the ledger says:\n  " + strings.Join(wrong, "\n  ")}
	}
	line(os.Stdout, "every store shows exactly what the ledger says, and no store's budget was overrun")
	return nil
}

// compare holds one store against the ledger, in both directions.
func (d *demo) compare(ctx context.Context, connection ledger.Connection) ([]string, error) {
	shown, err := d.sandbox.levels(ctx, connection.Store)
	if err != nil {
		return nil, err
	}
	var wrong []string
	counts := map[ledger.Status]int{}
	after := ""
	for {
		rows, err := d.control.ChannelLevels(ctx, connection.ID, "", "", ledger.Page{After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			counts[row.Status]++
			key := place{row.ChannelSKU, row.Location}
			quantity, has := shown[key]
			delete(shown, key)
			switch {
			case row.Status == ledger.StatusRejected || row.Status == ledger.StatusBlocked:
			case row.Status != ledger.StatusExported:
				wrong = append(wrong, fmt.Sprintf("%s: %s %s is still %s", connection.ID, row.ChannelSKU, row.Location, row.Status))
			case !has || quantity != row.Quantity:
				wrong = append(wrong, fmt.Sprintf("%s: %s %s shows %d, the ledger says %d", connection.ID, row.ChannelSKU, row.Location, quantity, row.Quantity))
			}
		}
		if len(rows) < 1000 {
			break
		}
		after = rows[len(rows)-1].ChannelSKU
	}
	for key := range shown {
		wrong = append(wrong, fmt.Sprintf("%s: the store shows %s %s, which the ledger does not know", connection.ID, key.sku, key.location))
	}
	facts, err := d.sandbox.facts(ctx, connection.Store)
	if err != nil {
		return nil, err
	}
	if facts.Overruns > 0 {
		wrong = append(wrong, fmt.Sprintf("%s: %d calls were over the store's budget", connection.ID, facts.Overruns))
	}
	line(os.Stdout, "  %-13s %d rows exported, %d rejected, %d blocked; %d calls, %d overruns%s",
		connection.Store, counts[ledger.StatusExported], counts[ledger.StatusRejected], counts[ledger.StatusBlocked], facts.Calls, facts.Overruns, facts.faults())
	return wrong, nil
}

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// What the demo leaves to who watches it: a connection is off until somebody enables it, and once a warehouse loses most of its stock, so that a push is
// held until somebody decides. With --once the demo does both by itself, so that nothing waits for a person.

const (
	losing       = "boise"                // the warehouse that loses stock; examples/demo.yaml has the threshold for it
	losesIn      = 3                      // the round in which it does: about a minute after the first figures
	losesInOnce  = rounds                 // with --once, in the last
	heldLooks    = 500 * time.Millisecond // between two looks whether a run is held
	stockOf      = 1000                   // levels of it that are read
	lostFifths   = 3                      // of the SKUs with stock
	byDemo       = "the demo"
	settingsPage = "/c/%s/settings"
)

// off are the connections that the demo leaves to the pages, as far as nobody has enabled them yet.
func (d *demo) off(ctx context.Context) ([]ledger.Connection, error) {
	connections, err := d.control.Connections(ctx)
	var off []ledger.Connection
	for _, connection := range connections {
		if connection.EnabledByPages && !connection.Enabled {
			off = append(off, connection)
		}
	}
	return off, err
}

// leaveOff says which connections are off and where they are enabled. With --once it enables them, and waits for their first Full Sync.
func (d *demo) leaveOff(ctx context.Context) error {
	off, err := d.off(ctx)
	if err != nil {
		return err
	}
	for _, connection := range off {
		if !d.once {
			line(os.Stdout, "%s is off: enable it on its page of settings and watch its first Full Sync\n  %s"+settingsPage, connection.ID, d.pages, connection.ID)
			continue
		}
		line(os.Stdout, "%s is off; it is enabled now, as its page of settings does", connection.ID)
		done, err := d.control.SetEnabled(ctx, connection.ID, true, byDemo)
		if err != nil {
			return err
		}
		if done.Waits != "" {
			return fmt.Errorf("the first Full Sync of %s: %s", connection.ID, done.Waits)
		}
		if err := d.firstFull(ctx, connection); err != nil {
			return err
		}
		d.joined = connection.Warehouse
	}
	return nil
}

// lose takes most of a warehouse's stock to 0, once.
func (d *demo) lose(ctx context.Context, round int) error {
	in := losesIn
	if d.once {
		in = losesInOnce
	}
	if round != in {
		return nil
	}
	rows, err := d.control.Levels(ctx, losing, "", ledger.Page{Limit: stockOf})
	if err != nil {
		return err
	}
	lost := lostOf(rows)
	if err := d.sandbox.set(ctx, losing, lost); err != nil {
		return err
	}
	line(os.Stdout, "%s reports that the stock of %d of its %s is gone, which happens once in a demo", losing, len(lost), count(int64(len(rows)), "SKU"))
	return nil
}

// lostOf are the levels that go to 0: three of five that have stock.
func lostOf(rows []ledger.LevelRow) []ledger.LevelRow {
	var lost []ledger.LevelRow
	stocked := 0
	for _, row := range rows {
		if row.Available <= 0 {
			continue
		}
		if stocked%5 < lostFifths {
			lost = append(lost, row)
		}
		stocked++
	}
	return lost
}

// await waits until a run of a connection has ended, or waits for a person: then the hold is returned.
func (d *demo) await(ctx context.Context, connection string, answer control.SyncAnswer) (workflows.SyncReport, *control.OpenHold, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type ended struct {
		report workflows.SyncReport
		err    error
	}
	end := make(chan ended, 1)
	go func() {
		report, err := d.control.Wait(ctx, answer)
		end <- ended{report, err}
	}()
	looks := time.NewTicker(heldLooks)
	defer looks.Stop()
	for {
		select {
		case one := <-end:
			return one.report, nil, one.err
		case <-looks.C:
			if hold, err := d.holdOf(ctx, connection); err != nil || hold != nil {
				return workflows.SyncReport{}, hold, err
			}
		}
	}
}

// holdOf is what a connection waits for a person with; nil for nothing.
func (d *demo) holdOf(ctx context.Context, connection string) (*control.OpenHold, error) {
	holds, err := d.control.Holds(ctx)
	for _, hold := range holds {
		if hold.Connection == connection {
			return &hold, err
		}
	}
	return nil, err
}

// decided says that a run waits for a person, and where that is decided. With --once it approves, and waits for the run to end.
func (d *demo) decided(ctx context.Context, connection ledger.Connection, hold control.OpenHold, answer control.SyncAnswer) error {
	line(os.Stdout, "  %s", heldLine(hold, d.pages))
	if !d.once {
		return nil
	}
	decided, err := d.control.Decide(ctx, hold.Run, true, byDemo)
	if err != nil {
		return err
	}
	line(os.Stdout, "  run %-3d is %s, as the page Held does", hold.Run, decided.Answer)
	report, err := d.control.Wait(ctx, answer)
	if err != nil {
		return fmt.Errorf("the Smart Sync of %s: %w", connection.ID, err)
	}
	d.told(connection, report)
	return nil
}

// heldLine is a held run in a line, with where it is decided.
func heldLine(hold control.OpenHold, pages string) string {
	return fmt.Sprintf("run %-3d of %s is held: %s. Approve or reject it:\n    %s/held", hold.Run, hold.Connection, hold.Reason, pages)
}

package control_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// Every act names who does it, needs a role, and is noted in the log of acts: also what is refused.
func Example() {
	folder, err := os.MkdirTemp("", "ledger")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx, now := context.Background(), func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }
	state, err := ledger.Open(ctx, filepath.Join(folder, "tidemark.db"), now())
	if err != nil {
		panic(err)
	}
	defer func() { _ = state.Close() }()
	tidemark := control.New(state, nil, now) // nil: without Temporal, which these acts do not need

	admin := control.WithActor(ctx, control.Actor{Name: "root@host", Face: "command line", Role: ledger.Admin})
	if _, err := tidemark.AddPerson(admin, "ann", ledger.Admin, "a long enough password"); err != nil {
		panic(err)
	}
	viewer := control.WithActor(ctx, control.Actor{Name: "bob", Face: "page", Role: ledger.Viewer})
	_, err = tidemark.AddPerson(viewer, "eve", ledger.Admin, "a long enough password")
	fmt.Println("bob:", err)

	entries, err := tidemark.Log(ctx, ledger.AuditQuery{Limit: 10})
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		fmt.Printf("%s, %s: %s %s: %s\n", entry.Who, entry.From, entry.Act, entry.On, entry.Result)
	}
	// Output:
	// bob: this needs the role admin, and bob has the role viewer
	// bob, page: add a person eve: refused
	// root@host, command line: add a person ann: done
}

// Roles say who may do what, on every face.
func ExampleMay() {
	fmt.Println(control.RoleAllows(ledger.Operator, control.ActPause), control.RoleAllows(ledger.Operator, control.ActPeople))
	fmt.Println(control.LeastRole(control.ActPeople))
	// Output:
	// true false
	// admin
}

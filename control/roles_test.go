package control

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// actRows are who may do what, by the method of Control: TestEveryActNeedsItsRole tries each with every role, and
// TestEveryActHasARow fails when an act is missing here.
var actRows = map[string]struct {
	least ledger.Role
	do    func(ctx context.Context, c *Control) error
}{
	"Sync": {ledger.Operator, func(ctx context.Context, c *Control) error {
		_, err := c.Sync(ctx, ledger.Smart, "acme-shop", workflows.SyncRequest{})
		return err
	}},
	"SyncWithAnswer": {ledger.Operator, func(ctx context.Context, c *Control) error {
		_, err := c.SyncWithAnswer(ctx, ledger.Full, "acme-shop", workflows.SyncRequest{})
		return err
	}},
	"Pause":  {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.Pause(ctx, "acme-shop", "ann", "")) }},
	"Resume": {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.Resume(ctx, "acme-shop", "ann")) }},
	"Decide": {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.Decide(ctx, 1, true, "ann")) }},
	"LiftRejections": {ledger.Operator, func(ctx context.Context, c *Control) error {
		return second(c.LiftRejections(ctx, "acme-shop", workflows.SyncRequest{}))
	}},
	"Cancel": {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.Cancel(ctx, 1)) }},
	"EditSchedule": {ledger.Operator, func(ctx context.Context, c *Control) error {
		return second(c.EditSchedule(ctx, "acme-shop", ledger.Smart, ScheduleEdit{Reason: "a sale"}))
	}},
	"ClearOverride": {ledger.Operator, func(ctx context.Context, c *Control) error {
		return second(c.ClearOverride(ctx, "acme-shop", ledger.Smart, 0))
	}},
	"ApplyAdvice": {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.ApplyAdvice(ctx, "acme-shop", 0, "ann")) }},
	"UndoAdvice":  {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.UndoAdvice(ctx, "acme-shop", 0)) }},
	"PushPreview": {ledger.Operator, func(ctx context.Context, c *Control) error {
		return second(c.PushPreview(ctx, "acme-shop", 1, workflows.SyncRequest{}))
	}},
	"TestStore":     {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.TestStore(ctx, "shop")) }},
	"TestWarehouse": {ledger.Operator, func(ctx context.Context, c *Control) error { return second(c.TestWarehouse(ctx, "depot")) }},
	"SetEnabled": {ledger.Admin, func(ctx context.Context, c *Control) error {
		return second(c.SetEnabled(ctx, "acme-shop", true, "ann"))
	}},
	"EditSetting": {ledger.Admin, func(ctx context.Context, c *Control) error {
		return second(c.EditSetting(ctx, ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: ledger.SettingShare}, SettingEdit{Value: "50%", Reason: "a sale"}))
	}},
	"ClearSetting": {ledger.Admin, func(ctx context.Context, c *Control) error {
		return second(c.ClearSetting(ctx, ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: ledger.SettingShare}, 0))
	}},
	"RefreshIDs": {ledger.Admin, func(ctx context.Context, c *Control) error { return second(c.RefreshIDs(ctx, "shop", nil)) }},
	"Restored":   {ledger.Admin, func(ctx context.Context, c *Control) error { return c.Restored(ctx, "ann", "a disk was lost") }},
	"Apply": {ledger.Admin, func(ctx context.Context, c *Control) error {
		return second(c.Apply(ctx, ledger.Definitions{}, ApplyOptions{}))
	}},
	"ChangePassword": {ledger.Viewer, func(ctx context.Context, c *Control) error {
		return second(c.ChangePassword(ctx, "no session", "correct horse battery", "another horse battery"))
	}},
	"AddPerson": {ledger.Admin, func(ctx context.Context, c *Control) error {
		return second(c.AddPerson(ctx, "bob", ledger.Admin, "correct horse battery"))
	}},
	"DisablePerson": {ledger.Admin, func(ctx context.Context, c *Control) error { return second(c.DisablePerson(ctx, "cy")) }},
	"EnablePerson":  {ledger.Admin, func(ctx context.Context, c *Control) error { return second(c.EnablePerson(ctx, "cy")) }},
	"SetRole":       {ledger.Admin, func(ctx context.Context, c *Control) error { return second(c.SetRole(ctx, "cy", ledger.Admin)) }},
	"ResetPassword": {ledger.Admin, func(ctx context.Context, c *Control) error {
		return second(c.ResetPassword(ctx, "cy", "correct horse battery"))
	}},
}

func second[T any](_ T, err error) error { return err }

// Each act is refused to a role that is not enough, on every face, before anything is done, and the refusal is noted.
func TestEveryActNeedsItsRole(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	all := append([]ledger.Role{"", "owner"}, ledger.Roles()...)
	for name, row := range actRows {
		for _, role := range all {
			for _, face := range []string{FacePage, FaceAPI, FaceCommandLine} {
				enough := slices.Contains(ledger.Roles(), role) && slices.Index(all, role) >= slices.Index(all, row.least)
				lost := &watched{Ledger: state}
				c := New(lost, nil, func() time.Time { return noon })
				var err error
				func() {
					defer func() { _ = recover() }() // there is no Temporal: an act that is allowed may come as far as that
					err = row.do(WithActor(t.Context(), Actor{Name: "eve", Face: face, Role: role, Address: "192.0.2.7"}), c)
				}()
				var denied *ForbiddenError
				if enough {
					require.NotErrorAs(t, err, &denied, "%s as %q from the %s", name, role, face)
					continue
				}
				require.ErrorAs(t, err, &denied, "%s as %q from the %s", name, role, face)
				require.Len(t, lost.noted, 1, "%s as %q", name, role)
				noted := lost.noted[0]
				if name == "Apply" {
					face = FaceFile
				}
				require.Equal(t, []any{"eve", face, ledger.AuditRefused}, []any{noted.Who, noted.From, noted.Result}, "%s as %q", name, role)
				require.Contains(t, noted.Reason, "this needs the role "+string(row.least)+", and eve has the role ")
				require.Contains(t, noted.Reason, "; from 192.0.2.7")
				require.Empty(t, lost.changed, "%s as %q", name, role)
			}
		}
	}
}

// watched is a ledger that keeps what is noted, and what else is written.
type watched struct {
	ledger.Ledger
	noted   []ledger.AuditEntry
	changed []string
}

func (w *watched) Audit(_ context.Context, entry ledger.AuditEntry) error {
	w.noted = append(w.noted, entry)
	return nil
}

func (w *watched) write(what string) error {
	w.changed = append(w.changed, what)
	return ledger.ErrNotFound
}

func (w *watched) AddPerson(context.Context, ledger.Person) error { return w.write("add") }

func (w *watched) ChangePerson(context.Context, string, func(*ledger.Person)) (ledger.Person, error) {
	return ledger.Person{}, w.write("change")
}

func (w *watched) Apply(context.Context, ledger.Definitions, ledger.ApplyOptions) ([]ledger.Change, error) {
	return nil, w.write("apply")
}

func (w *watched) Restored(context.Context, string, time.Time) error { return w.write("restored") }

func (w *watched) RefreshIDs(context.Context, string, []string) (ledger.RefreshedIDs, error) {
	return ledger.RefreshedIDs{}, w.write("relearn")
}

func (w *watched) SetOverride(context.Context, string, ledger.Mode, *ledger.Override, int64, time.Time) (ledger.ScheduleState, error) {
	return ledger.ScheduleState{}, w.write("override")
}

func (w *watched) SetSetting(context.Context, ledger.SettingKey, *ledger.SettingOverride, int64, time.Time) (ledger.SettingState, error) {
	return ledger.SettingState{}, w.write("setting")
}

// A method of Control that notes what it does is an act, and has a row above.
func TestEveryActHasARow(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	calls := map[string][]string{} // function → what it calls
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(function, func(node ast.Node) bool {
				if call, ok := node.(*ast.CallExpr); ok {
					switch called := call.Fun.(type) {
					case *ast.Ident:
						calls[function.Name.Name] = append(calls[function.Name.Name], called.Name)
					case *ast.SelectorExpr:
						calls[function.Name.Name] = append(calls[function.Name.Name], called.Sel.Name)
					}
				}
				return true
			})
		}
	}
	acting := map[string]bool{"audited": true}
	for range calls { // long enough for any chain
		for name, called := range calls {
			if !ast.IsExported(name) && slices.ContainsFunc(called, func(one string) bool { return acting[one] }) {
				acting[name] = true
			}
		}
	}
	var acts []string
	for name, called := range calls {
		if ast.IsExported(name) && slices.ContainsFunc(called, func(one string) bool { return acting[one] }) {
			acts = append(acts, name)
		}
	}
	slices.Sort(acts)
	require.Equal(t, slices.Sorted(maps.Keys(actRows)), acts)
}

// All acts that each role may do.
func TestRoles(t *testing.T) {
	t.Parallel()
	want := map[ledger.Role][]Act{
		"":              nil,
		"root":          nil,
		ledger.Viewer:   {ActOwn, ActRead},
		ledger.Operator: {ActCancel, ActDecide, ActOwn, ActPause, ActRead, ActSchedule, ActSync, ActTest},
		ledger.Admin: {
			ActApply, ActCancel, ActDecide, ActEnable, ActOwn, ActPause, ActPeople, ActRead, ActRefreshIDs, ActRestored, ActSchedule, ActSettings, ActSync, ActTest,
		},
	}
	for role, acts := range want {
		var may []Act
		for _, act := range append(slices.Sorted(maps.Keys(leastRoles)), "", "fly") {
			if RoleAllows(role, act) {
				may = append(may, act)
			}
		}
		require.Equal(t, acts, may, "%q", role)
	}
	require.Equal(t, "nobody", LeastRole("fly"))
}

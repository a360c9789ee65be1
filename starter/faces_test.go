package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/console"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/serve"
	"github.com/tidemark/tidemark/settings"
)

// faces are where an act is on each of the three faces. A word with a blank in it that is no route is the reason why it is not there.
type faces struct{ page, api, command string }

const (
	askOfPeople   = "people are told what became of it by SyncWithAnswer"
	restoredThere = "who put a backup back declares it where that was done"
	checkThere    = "starter check does it, with all that can be said of what was read"
	fileThere     = "a configuration is a file with others beside it"
	noToken       = "a token that leaked must not make itself a person"
)

// acts are all acts of control.
var acts = map[string]faces{
	"Sync":           {askOfPeople, "POST /api/v1/connections/{id}/sync", askOfPeople},
	"SyncWithAnswer": {"/c/{id}/sync", "programs ask by Sync, which needs no worker to answer", "sync"},
	"Pause":          {"/c/{id}/pause", "POST /api/v1/connections/{id}/pause", "pause"},
	"Resume":         {"/c/{id}/resume", "POST /api/v1/connections/{id}/resume", "resume"},
	"TestStore":      {"/partners/stores/{id}/test", "POST /api/v1/stores/{id}/test", checkThere},
	"TestWarehouse":  {"/partners/warehouses/{id}/test", "POST /api/v1/warehouses/{id}/test", checkThere},
	"SetEnabled":     {"/c/{id}/enable", "POST /api/v1/connections/{id}/enable", "enable"},
	"Decide":         {"/runs/{n}/approve", "POST /api/v1/runs/{id}/approve", "approve"},
	"LiftRejections": {"/c/{id}/lift", "POST /api/v1/connections/{id}/lift", "lift"},
	"Cancel":         {"/runs/{n}/cancel", "POST /api/v1/runs/{id}/cancel", "cancel"},
	"PushPreview":    {"/c/{id}/preview/push", "POST /api/v1/connections/{id}/preview/push", "preview"},
	"RefreshIDs":     {"/c/{id}/relearn", "POST /api/v1/stores/{id}/refresh-ids", "refresh-ids"},
	"Restored":       {restoredThere, restoredThere, "restored"},
	"Apply":          {fileThere, fileThere, "apply"},
	"EditSchedule":   {"/c/{id}/schedule/{mode}", "PUT /api/v1/connections/{id}/schedules/{mode}", "schedule"},
	"ClearOverride":  {"/c/{id}/schedule/{mode}/clear", "POST /api/v1/connections/{id}/schedules/{mode}/clear", "schedule"},
	"EditSetting":    {"/c/{id}/settings/{name}", "PUT /api/v1/settings/{kind}/{id}/{name}", "setting"},
	"ClearSetting":   {"/c/{id}/settings/{name}/clear", "POST /api/v1/settings/{kind}/{id}/{name}/clear", "setting"},
	"ApplyAdvice":    {"/c/{id}/advice", "POST /api/v1/connections/{id}/advice/apply", "advise"},
	"ChangePassword": {"/me", noToken, "who has the ledger resets it without the one that there was"},
	"AddPerson":      {"/people", noToken, "people"},
	"DisablePerson":  {"/people/{id}/disable", noToken, "people"},
	"EnablePerson":   {"/people/{id}/enable", noToken, "people"},
	"ResetPassword":  {"/people/{id}/reset", noToken, "people"},
	"SetRole":        {"/people/{id}/role", noToken, "people"},
	"UndoAdvice":     {"/c/{id}/advice/undo", "POST /api/v1/connections/{id}/advice/undo", "advise"},
}

// Every act of control is on the pages, the API and the command line, or there is a reason why not.
func TestEveryActIsOnEveryFace(t *testing.T) {
	t.Parallel()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), time.Now())
	require.NoError(t, err)
	defer func() { require.NoError(t, state.Close()) }()
	c := control.New(state, nil, time.Now)
	log := slog.New(slog.DiscardHandler)
	pages, err := console.New(console.Options{Control: c, Log: log, Now: time.Now})
	require.NoError(t, err)
	defer pages.Close()
	server, err := serve.New(t.Context(), serve.Options{Control: c, Environment: settings.Process(), Log: log, Now: time.Now})
	require.NoError(t, err)
	var routes, commands []string
	for _, route := range server.Routes() {
		if route.Act != "" {
			routes = append(routes, route.Method+" "+route.Path)
		}
	}
	for _, item := range command().Commands() {
		commands = append(commands, item.Name())
	}
	found := actsOf(t, "../control")
	require.Contains(t, found, "Pause", "what is found are acts")
	for _, name := range found {
		require.Contains(t, acts, name, "an act of control that is on no face: put it on all three, or say here why not")
	}
	called := map[string][]string{"console": callsIn(t, "../console"), "serve": callsIn(t, "../serve"), "starter": callsIn(t, ".")}
	for name, on := range acts {
		require.Contains(t, found, name, "no act of control")
		for _, face := range []struct {
			room, at string
			there    []string
		}{{"console", on.page, pages.Forms()}, {"serve", on.api, routes}, {"starter", on.command, commands}} {
			if reason := strings.Contains(face.at, " ") && !strings.Contains(face.at, " /"); reason {
				continue
			}
			require.Contains(t, face.there, face.at, "%s, on the face of %s", name, face.room)
			require.Contains(t, called[face.room], name, "nothing in %s does it", face.room)
		}
	}
}

// sources are the files of a package, without its tests.
func sources(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			files = append(files, file)
		}
	}
	return files
}

// actsOf are the exported methods that note what they do, by audited or by a function that does.
func actsOf(t *testing.T, folder string) []string {
	t.Helper()
	notes := []string{"audited"}
	var found []string
	for range 2 { // functions between an act and audited
		for _, file := range sources(t, folder) {
			for _, declaration := range file.Decls {
				method, is := declaration.(*ast.FuncDecl)
				if !is || method.Recv == nil || slices.Contains(notes, method.Name.Name) {
					continue
				}
				if !slices.ContainsFunc(callsOf(method), func(name string) bool { return slices.Contains(notes, name) }) {
					continue
				}
				if method.Name.IsExported() {
					found = append(found, method.Name.Name)
				} else {
					notes = append(notes, method.Name.Name)
				}
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// callsOf are the names of the functions that a piece of code calls.
func callsOf(node ast.Node) []string {
	var names []string
	ast.Inspect(node, func(node ast.Node) bool {
		if call, is := node.(*ast.CallExpr); is {
			switch function := call.Fun.(type) {
			case *ast.Ident:
				names = append(names, function.Name)
			case *ast.SelectorExpr:
				names = append(names, function.Sel.Name)
			}
		}
		return true
	})
	return names
}

func callsIn(t *testing.T, folder string) []string {
	t.Helper()
	var names []string
	for _, file := range sources(t, folder) {
		names = append(names, callsOf(file)...)
	}
	return names
}

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// spellings are the forms in which a secret may stand somewhere: as it is, in percent-encoding, in hexadecimal, and in base64, where it looks
// otherwise for each of the three places at which it may begin.
func spellings(secret string) (forms []string) {
	forms = append(forms, secret)
	if escaped := url.QueryEscape(secret); escaped != secret {
		forms = append(forms, escaped)
	}
	var all strings.Builder
	for _, b := range []byte(secret) {
		fmt.Fprintf(&all, "%%%02X", b)
	}
	forms = append(forms, all.String(), strings.ToLower(all.String()), hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))))
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			text := encoding.EncodeToString([]byte(strings.Repeat("x", before) + secret))
			// The first characters are also of what stands before, and the last of what follows.
			forms = append(forms, text[(before*8+5)/6:(before+len(secret))*8/6])
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// TestSpellingsAreFound: wherever a secret stands within other text, one of its spellings finds it.
func TestSpellingsAreFound(t *testing.T) {
	t.Parallel()
	secret := "canary/+1=" + rand.Text()
	for before := range 9 {
		text := strings.Repeat("é", before) + secret + strings.Repeat("z", before)
		for name, written := range map[string]string{
			"plain": text, "percent": url.QueryEscape(text), "hex": hex.EncodeToString([]byte(text)), "base64": base64.StdEncoding.EncodeToString([]byte(text)),
			"base64 of URLs": base64.URLEncoding.EncodeToString([]byte(text)),
		} {
			found := slices.ContainsFunc(spellings(secret), func(form string) bool { return strings.Contains(written, form) })
			require.True(t, found, "%s after %d characters", name, before)
		}
	}
}

// TestNoSecretIsFoundAnywhere: each secret that can be set is one that stands nowhere else. On a day in which stores and warehouses refuse with
// the secret in their answers, and people mistype, no history, ledger, log, metric, page, answer or error has any of them, in any spelling. What was
// searched is counted into bin/secrets.json.
func TestNoSecretIsFoundAnywhere(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{}
	secret := func(name string) string {
		if secrets[name] == "" {
			secrets[name] = "canary/+" + rand.Text()
		}
		return secrets[name]
	}
	hook := base64.StdEncoding.EncodeToString([]byte(secret("key of the hook")))
	payloadKey := []byte(rand.Text() + rand.Text())[:32]
	secrets["key of payloads"] = string(payloadKey)

	// A partner that refuses, and repeats whatever it was told.
	echo := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		answer.Header().Set("Www-Authenticate", "Bearer realm="+request.Header.Get("Authorization"))
		answer.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(answer).Encode(map[string]any{"error": map[string]any{
			"code": "unauthorized", "message": fmt.Sprint("no access for ", request.Header, " at ", request.URL, " with ", string(body)),
		}})
	}))
	t.Cleanup(echo.Close)

	shops := []shop{{id: "shop", kind: "atomic"}, {id: "away", kind: "atomic"}, {id: "woo", kind: "single"}}
	w := newWorld(t, scenario(12, shops...), func(w *world) {
		w.keys = "k1 " + base64.StdEncoding.EncodeToString(payloadKey) + "\n"
	})
	d := w.box.definitions(shops...)
	d.Warehouses[0].Hook = &ledger.Hook{Format: ledger.HookStandard, Keys: []string{"env:HOOK_KEY"}}
	d.Stores[1].Settings["endpoint"], d.Stores[1].Settings["token"] = echo.URL+"/stores/away", "env:AWAY_TOKEN"
	d.Stores[2].Driver, d.Stores[2].Settings = "woocommerce", settings.Values{"endpoint": echo.URL, "consumer_key": "env:WOO_KEY", "consumer_secret": "env:WOO_SECRET"}
	refuses := d.Warehouses[0]
	refuses.ID, refuses.Hook, refuses.Driver = "lyon", nil, "json"
	refuses.Settings = settings.Values{
		"endpoint": echo.URL + "/stock", "auth": "basic", "user": "ann", "credential": "env:LYON_PASSWORD",
		"items": "data", "fields": map[string]any{"sku": "sku", "available": "available"},
	}
	refuses.Quantity = inventory.QuantityAvailable
	d.Warehouses = append(d.Warehouses, refuses)
	d.Connections[2].Warehouse = "lyon"
	environment := append(w.environment(), "AWAY_TOKEN="+secret("token of a store"), "WOO_KEY="+secret("key of a store"),
		"WOO_SECRET="+secret("secret of a store"), "LYON_PASSWORD="+secret("password of a warehouse"), "HOOK_KEY=whsec_"+hook,
		"API_TOKEN="+secret("token of the API"), "METRICS_TOKEN="+secret("token of metrics"))
	w.apply(d, ledger.ApplyOptions{})

	folder, err := programs()
	require.NoError(t, err)
	sinks := map[string]string{}
	run := func(name, input string, arguments ...string) {
		t.Helper()
		command := exec.Command(filepath.Join(folder, "starter"), arguments...)
		command.Env, command.Stdin = append(os.Environ(), environment...), strings.NewReader(input)
		output, _ := command.CombinedOutput() // some are to fail
		sinks["starter "+name] = string(output)
	}
	metrics, pages := "127.0.0.1:"+port(t), "127.0.0.1:"+port(t)
	worker := launch(t, environment, filepath.Join(folder, "worker"), "--listen", metrics, "--log-level", "debug", "--metrics-token", "env:METRICS_TOKEN")
	w.workers = append(w.workers, worker)
	server := launch(t, environment, filepath.Join(folder, "starter"), "serve", "--listen", pages, "--api-token", "env:API_TOKEN", "--pages")
	t.Cleanup(func() { server.stop(syscall.SIGKILL) })
	for _, address := range []string{metrics, pages} {
		waitFor(t, "a program is well", func(ctx context.Context) error { return get(ctx, "http://"+address+"/healthz", nil) })
	}
	w.firstFull("shop")
	password := secret("password of a person")
	run("people", password+"\n"+password+"\n", "people", "add", "ann", "--role", "admin")
	require.Contains(t, sinks["starter people"], "admin")
	run("check away", "", "check", "away")
	run("check woo", "", "check", "woo")
	run("check lyon", "", "check", "lyon")
	for _, id := range []string{"away", "woo"} {
		run("sync "+id, "", "sync", "smart", id, "--wait")
		run("status "+id, "", "status", id)
	}
	for _, one := range []string{"shop", "away", "woo"} {
		run("runs "+one, "", "runs", one, "-o", "json")
	}
	run("export", "", "export")
	run("log", "", "log", "-o", "json")
	// A database that cannot be reached, with a password in its address, and one that is no address.
	run("database", "", "status", "--ledger", "postgres://tidemark:"+url.QueryEscape(secret("password of the database"))+"@127.0.0.1:1/tidemark")
	run("no database", "", "status", "--ledger", "postgres://tidemark:"+secret("password of the database")+"@[/tidemark")
	require.Contains(t, sinks["starter sync away"], "401", sinks["starter sync away"])
	for _, name := range []string{"check woo", "check lyon", "sync woo"} {
		require.Contains(t, sinks["starter "+name], "status 401", name)
	}

	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var cookies []*http.Cookie
	ask := func(method, path string, form url.Values, header http.Header) int {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, "http://"+pages+path, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		request.Header = header.Clone()
		for _, cookie := range cookies {
			request.AddCookie(cookie)
		}
		answer, err := browser.Do(request)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		sinks[fmt.Sprint(method, " ", path, " ", len(sinks))] = string(body) + fmt.Sprint(answer.Header)
		if set := answer.Cookies(); len(set) > 0 {
			cookies = set
		}
		return answer.StatusCode
	}
	asForm := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	ask(http.MethodPost, "/in", url.Values{"name": {"ann"}, "password": {secret("a password that was mistyped")}}, asForm)
	ask(http.MethodPost, "/in", url.Values{"name": {"ann"}, "password": {password}}, asForm)
	for _, path := range []string{"/", "/c/shop", "/c/away", "/c/woo", "/partners", "/runs", "/held", "/log", "/people", "/me"} {
		require.Equal(t, http.StatusOK, ask(http.MethodGet, path, nil, http.Header{"Sec-Fetch-Site": {"none"}}), path)
	}
	bearer := http.Header{"Authorization": {"Bearer " + secret("token of the API")}}
	for _, path := range []string{"/api/v1/status", "/api/v1/runs", "/api/v1/log"} {
		require.Equal(t, http.StatusOK, ask(http.MethodGet, path, nil, bearer), path)
	}
	ask(http.MethodGet, "/api/v1/status?token="+url.QueryEscape(secret("a token in a query")), nil, http.Header{"Authorization": {"Bearer " + secret("a wrong token")}})
	ask(http.MethodPost, "/hooks/depot", nil, http.Header{"Webhook-Id": {"1"}, "Webhook-Timestamp": {"1"}, "Webhook-Signature": {"v1," + secret("a wrong signature")}})

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+metrics+"/metrics", nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+secret("token of metrics"))
	answer, err := caller.Do(request)
	require.NoError(t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	sinks["metrics"] = string(content)
	require.Contains(t, sinks["metrics"], "tidemark_")
	_, err = w.control.Wait(ctx, w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "the last"}))
	require.NoError(t, err)
	sinks["Temporal, sealed"] = w.told(ctx)
	list, err := w.ledger.Runs(ctx, "", 100)
	require.NoError(t, err)
	for _, one := range list { // and as who has the key reads it
		history, err := w.control.HistoryOf(ctx, one.Workflow, one.WorkflowRun)
		require.NoError(t, err)
		sinks["history of "+one.Workflow+" "+one.WorkflowRun] = history.String()
	}
	worker.stop(syscall.SIGTERM)
	server.stop(syscall.SIGTERM)
	sinks["log of the worker"], sinks["log of starter serve"] = worker.output.String(), server.output.String()
	require.Contains(t, sinks["log of the worker"], "run ended")
	for _, suffix := range []string{"", "-wal", ".generation"} {
		if content, err := os.ReadFile(w.location + suffix); err == nil {
			sinks["ledger"+suffix] = string(content)
		}
	}
	require.NotEmpty(t, sinks["ledger"])

	searched, found := 0, 0
	for _, sink := range slices.Sorted(maps.Keys(sinks)) {
		for name, one := range secrets {
			for _, form := range spellings(one) {
				searched++
				if strings.Contains(sinks[sink], form) {
					found++
					t.Errorf("%s holds the %s", sink, name)
				}
			}
		}
	}
	figures, err := json.Marshal(map[string]int{"searched": searched, "found": found, "secrets": len(secrets), "places": len(sinks), "bytes": total(sinks)})
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join("..", "..", "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join("..", "..", "bin", "secrets.json"), append(figures, '\n'), 0o644))
	t.Logf("%s", bytes.TrimSpace(figures))
}

func total(sinks map[string]string) (bytes int) {
	for _, content := range sinks {
		bytes += len(content)
	}
	return bytes
}

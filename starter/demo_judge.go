package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// judge asks the sandbox what is really so.
type judge struct{ address string }

type place struct{ sku, location string }

type facts struct {
	Calls    int64            `json:"calls"`
	Overruns int64            `json:"overruns"`
	Faults   map[string]int64 `json:"faults"`
}

// faults says which faults the sandbox made up, if it did.
func (f facts) faults() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(f.Faults)) {
		parts = append(parts, fmt.Sprintf("%d × %s", f.Faults[name], name))
	}
	if len(parts) == 0 {
		return ""
	}
	return ", faults: " + strings.Join(parts, ", ")
}

func (j *judge) call(ctx context.Context, method, path string, read func(io.Reader) error) error {
	return j.send(ctx, method, path, nil, read)
}

func (j *judge) send(ctx context.Context, method, path string, body io.Reader, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, j.address+path, body)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the sandbox answers %s to %s %s", response.Status, method, path)
	}
	return read(response.Body)
}

func (j *judge) healthy(ctx context.Context) error {
	return j.call(ctx, http.MethodGet, "/healthz", func(io.Reader) error { return nil })
}

// trade makes seeded sales and restocks and returns how many figures changed.
func (j *judge) trade(ctx context.Context, warehouse string, steps int) (int, error) {
	var answer struct {
		Changes []json.RawMessage `json:"changes"`
	}
	err := j.call(ctx, http.MethodPost, fmt.Sprintf("/judge/warehouses/%s/trade?steps=%d", warehouse, steps), func(body io.Reader) error {
		return json.NewDecoder(body).Decode(&answer)
	})
	return len(answer.Changes), err
}

// set takes levels of a warehouse to 0.
func (j *judge) set(ctx context.Context, warehouse string, gone []ledger.LevelRow) error {
	type item struct {
		SKU       string `json:"sku"`
		Facility  string `json:"facility"`
		Available int64  `json:"available"`
	}
	items := make([]item, len(gone))
	for i, row := range gone {
		items[i] = item{SKU: row.SKU, Facility: row.Facility}
	}
	body, err := json.Marshal(map[string]any{"items": items})
	if err != nil {
		return err
	}
	return j.send(ctx, http.MethodPost, "/judge/warehouses/"+warehouse+"/set", bytes.NewReader(body), func(io.Reader) error { return nil })
}

// levels is what a store shows.
func (j *judge) levels(ctx context.Context, store string) (map[place]int64, error) {
	shown := map[place]int64{}
	err := j.call(ctx, http.MethodGet, "/judge/stores/"+store+"/levels", func(body io.Reader) error {
		lines := bufio.NewScanner(body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var level struct {
				SKU      string `json:"sku"`
				Location string `json:"location"`
				Quantity int64  `json:"quantity"`
			}
			if err := json.Unmarshal(lines.Bytes(), &level); err != nil {
				return err
			}
			shown[place{level.SKU, level.Location}] = level.Quantity
		}
		return lines.Err()
	})
	return shown, err
}

func (j *judge) facts(ctx context.Context, store string) (facts, error) {
	var answer facts
	err := j.call(ctx, http.MethodGet, "/judge/stores/"+store, func(body io.Reader) error {
		return json.NewDecoder(body).Decode(&answer)
	})
	return answer, err
}

var tradeLine = regexp.MustCompile(`(?m)^trade:.*$`)

// quietScenario is the scenario without trading of its own, so that a comparison finds the warehouses at rest.
func quietScenario(path, folder string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	quiet := filepath.Join(folder, "sandbox.yaml")
	return quiet, os.WriteFile(quiet, tradeLine.ReplaceAll(text, nil), 0o600)
}

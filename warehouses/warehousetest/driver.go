package warehousetest

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// This file is for the tests that a driver has of its own, beside the suite.

// Environment holds Credential under every name.
func Environment() settings.Environment {
	return settings.Environment{Variable: func(string) (string, bool) { return Credential, true }}
}

// Discard is a sink that keeps nothing.
func Discard(context.Context, []inventory.Row) error { return nil }

// Read fetches and expects no error.
func Read(t *testing.T, source warehouses.Source, request warehouses.Request) ([]inventory.Row, warehouses.Snapshot) {
	t.Helper()
	got, snapshot := whole(t, source, request)
	return got.rows, snapshot
}

// Levels are rows in short, like "BIKE@east 5, BELL@west none"; what cannot be read is its problem.
func Levels(rows []inventory.Row) string {
	var parts []string
	for _, row := range rows {
		text := row.SKU + "@" + row.Facility
		switch {
		case row.Problem != "":
			text += ": " + row.Problem
		case row.Available == nil:
			text += " none"
		default:
			text += fmt.Sprintf(" %d", *row.Available)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// RequireError checks that an error says what should happen next and why, and keeps the credential to itself.
func RequireError(t testing.TB, err error, next warehouses.Next, says ...string) *warehouses.Error {
	t.Helper()
	var failed *warehouses.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, next, failed.Next, "%v", err)
	for _, text := range says {
		require.ErrorContains(t, err, text)
	}
	require.NotContains(t, err.Error(), Credential)
	return failed
}

// UnreadableJSON are figures for Subject.Unreadable of an API that names its figure so.
func UnreadableJSON(figure string) map[string]string {
	return map[string]string{
		"text": `"5"`, "empty text": `""`, "a list": "[5]", "an object": `{"n":5}`, "a fraction with an exponent": "5e0", "false": "false",
		"given twice":                 `5,"` + figure + `":5`,
		"given twice, in other cases": `5,"` + strings.ToUpper(figure) + `":0`,
		"another name given twice":    `5,"note":1,"NOTE":2`,
		"only in another case":        `null,"Quantity":5`,
	}
}

// Clock only moves when somebody waits. Its fields are for a test while nothing is fetched.
type Clock struct {
	At    time.Time
	Waits []time.Duration

	mutex sync.Mutex
}

// NewClock returns a Clock that begins now.
func NewClock() *Clock { return &Clock{At: time.Now()} }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.At
}

// Wait moves the clock by a span, at once.
func (c *Clock) Wait(ctx context.Context, span time.Duration) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.At = c.At.Add(span)
	c.Waits = append(c.Waits, span)
	return ctx.Err()
}

// RequireUnits checks that a figure is the number that JSON writes so. It is a whole one, be it with decimals of 0, and has no exponent.
func RequireUnits(t testing.TB, raw string, units int64) {
	t.Helper()
	written, sound := new(big.Rat).SetString(raw)
	require.True(t, sound && written.IsInt() && !strings.ContainsAny(raw, "eE"), "%s was read as %d", raw, units)
	require.Equal(t, fmt.Sprint(units), written.Num().String())
}

// InWords are rows without the data of their refusals. Each row that cannot be read must say so in both.
func InWords(t testing.TB, rows ...inventory.Row) []inventory.Row {
	t.Helper()
	plain := slices.Clone(rows)
	for i, row := range rows {
		if row.Problem != "" {
			require.NotNil(t, row.Fault, "%s: %s", row.Place, row.Problem)
			require.NotEmpty(t, row.Fault.Kind, row.Problem)
		} else {
			require.Nil(t, row.Fault, row.Place)
		}
		plain[i].Fault = nil
	}
	return plain
}

package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
	"github.com/tidemark/tidemark/workflows"
)

// TestRefusalsOfWhatIsSent holds what is sent to hooks, as snapshots and as events, to what holds of what is fetched.
func TestRefusalsOfWhatIsSent(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		format ledger.HookFormat
		driver string
		values settings.Values
		bring  func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought
		back   bool
	}{
		"a snapshot as CSV": {ledger.HookStandard, "sandbox", nil, func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought {
			return s.upload(t, formCSV, lined(stock, "sku,facility,available\n", func(item warehousetest.Item) string {
				return item.SKU + "," + item.Facility + "," + item.Available
			}), len(stock))
		}, true},
		"a snapshot in the form of its warehouse's files": {
			ledger.HookStandard, "csv",
			settings.Values{"path": "x", "delimiter": ";", "columns": map[string]string{"sku": "Artikel", "facility": "Lager", "available": "Bestand"}},
			func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought {
				return s.upload(t, formCSV, lined(stock, "Lager;Artikel;Bestand\n", func(item warehousetest.Item) string {
					return item.Facility + ";" + item.SKU + ";" + item.Available
				}), len(stock))
			}, true,
		},
		"a snapshot as NDJSON": {ledger.HookStandard, "sandbox", nil, func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought {
			return s.upload(t, formNDJSON, lined(stock, "", func(item warehousetest.Item) string {
				return fmt.Sprintf(`{"available":%s,"facility":"%s","sku":%s}`, item.Available, item.Facility, quoted(item.SKU))
			}), len(stock))
		}, true},
		"events": {ledger.HookStandard, "sandbox", nil, func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought {
			return s.events(t, stock, func(id string, item warehousetest.Item) respond {
				body := fmt.Sprintf(`{"available":%s,"facility":"%s","sku":%s}`, item.Available, item.Facility, quoted(item.SKU))
				return s.call(http.MethodPost, "/hooks/depot", strings.NewReader(body), sign(secrets["KEY"], id, s.at(), body)...)
			})
		}, false},
		"ShipHero's webhooks": {ledger.HookShipHero, "sandbox", nil, func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought {
			return s.events(t, stock, func(id string, item warehousetest.Item) respond {
				body := fmt.Sprintf(`{"webhook_type":"Inventory Update","inventory":[{"sku":%s,"updated_warehouse":{"inventory":"%s","warehouse_uuid":"%s"}}]}`,
					quoted(item.SKU), item.Available, item.Facility)
				return s.call(http.MethodPost, "/hooks/depot", strings.NewReader(body), headerShipHeroHMAC, mac([]byte(secrets["HERO"]), body), headerShipHeroMessage, id)
			})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warehousetest.RunRefusals(t, warehousetest.Intake{GivesBack: way.back, Open: func(t *testing.T, refused inventory.RefusedPolicy) warehousetest.Road {
				key := map[ledger.HookFormat]string{ledger.HookStandard: "env:KEY", ledger.HookShipHero: "env:HERO"}[way.format]
				s := &sent{bring: way.bring}
				s.clock.Store(now.Unix())
				s.world = setup(t, func(o *opening) {
					named := definitions()
					named.Warehouses[0] = warehouse("depot", way.format, key)
					named.Warehouses[0].Driver, named.Warehouses[0].Settings = way.driver, way.values
					named.Warehouses[0].Refused, named.Warehouses[0].Missing = refused, inventory.MissingZero
					named.Warehouses[0].Guard = ledger.Guard{MaximumRefused: 1, MaximumMissing: 1, MaximumZeroed: 1}
					_, err := o.Ledger.Apply(t.Context(), named, ledger.ApplyOptions{})
					require.NoError(t, err)
					o.Now = s.at
				})
				return s
			}})
		})
	}
}

// sent is the road of what is sent: what the server hands over is recorded as the intake does it.
type sent struct {
	*world
	bring func(s *sent, t *testing.T, stock []warehousetest.Item) warehousetest.Brought
	clock atomic.Int64 // in seconds
	last  int
}

func (s *sent) at() time.Time { return time.Unix(s.clock.Load(), 0).UTC() }

func (s *sent) Ledger() ledger.Ledger { return s.ledger }

func (s *sent) Bring(t *testing.T, stock []warehousetest.Item) warehousetest.Brought {
	t.Helper()
	s.clock.Add(60)
	return s.bring(s, t, stock)
}

// upload sends a snapshot and records it.
func (s *sent) upload(t *testing.T, form, body string, rows int) warehousetest.Brought {
	t.Helper()
	got := s.call(http.MethodPost, "/hooks/depot?full=true", strings.NewReader(body),
		append(sign(secrets["KEY"], "snapshot-"+strconv.FormatInt(s.at().Unix(), 10), s.at(), body), "Content-Type", form, headerRows, strconv.Itoa(rows))...)
	if got.status == http.StatusBadRequest {
		require.NotEmpty(t, got.message)
		return warehousetest.Brought{Failed: true}
	}
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	handed := s.handed()
	uploaded := handed[len(handed)-1].Snapshot
	result := perform[activities.RecordSnapshotResult](t, s.intake().RecordSnapshot,
		activities.RecordSnapshotInput{Warehouse: "depot", Snapshot: *uploaded})
	require.Empty(t, result.Held)
	require.EqualValues(t, got.body["rows"], result.Rows)
	require.EqualValues(t, got.body["refused"], result.Refused, "its sender is told how many")
	return warehousetest.Brought{Rows: result.Rows, Refused: result.Refused}
}

// events sends an event for each item, and records what was handed over.
func (s *sent) events(t *testing.T, stock []warehousetest.Item, send func(id string, item warehousetest.Item) respond) warehousetest.Brought {
	t.Helper()
	var brought warehousetest.Brought
	before := len(s.handed())
	for _, item := range stock {
		s.last++
		got := send(fmt.Sprint("msg-", s.last), item)
		brought.Rows++
		if got.status == http.StatusBadRequest {
			require.NotEmpty(t, got.message, "its sender is told why")
			brought.Refused++
			continue
		}
		require.Equal(t, http.StatusAccepted, got.status, got.message)
	}
	input := activities.RecordUpdatesInput{Warehouse: "depot"}
	for _, each := range s.handed()[before:] {
		input.Updates = append(input.Updates, each.Updates...)
	}
	perform[activities.RecordUpdatesResult](t, s.intake().RecordUpdates, input)
	return brought
}

// handed is what was handed over.
func (s *sent) handed() []workflows.InventoryUpdated {
	s.fake.mutex.Lock()
	defer s.fake.mutex.Unlock()
	return slices.Clone(s.fake.handed)
}

func (s *sent) intake() *activities.Intake {
	return &activities.Intake{Ledger: s.ledger, Executions: noNamespace{}, Now: s.at}
}

// noNamespace is a Temporal that knows no search attributes; nothing else is asked of it.
type noNamespace struct{ activities.Executions }

func (noNamespace) Attributes(context.Context) (bool, error) { return false, nil }

// perform runs an activity.
func perform[T any](t *testing.T, activity, input any) (result T) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	environment := suite.NewTestActivityEnvironment()
	environment.RegisterActivity(activity)
	value, err := environment.ExecuteActivity(activity, input)
	require.NoError(t, err)
	require.NoError(t, value.Get(&result))
	return result
}

// lined is a text of a line for each item, behind a first one.
func lined(stock []warehousetest.Item, first string, line func(item warehousetest.Item) string) string {
	var text strings.Builder
	text.WriteString(first)
	for _, item := range stock {
		text.WriteString(line(item) + "\n")
	}
	return text.String()
}

func quoted(text string) string {
	encoded, _ := json.Marshal(text) // a text always can be
	return string(encoded)
}

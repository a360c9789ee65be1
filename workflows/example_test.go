package workflows_test

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// A service asks for a Smart Sync of one SKU. It sends the signal by signal-with-start, so that it makes no difference whether the workflow is open.
func ExampleSyncRequest() {
	connection := "acme-shop"
	request := workflows.SyncRequest{ID: "order-4711", By: "orders", SKUs: []string{"BIKE"}}

	payload, err := json.Marshal(request)
	if err != nil {
		panic(err)
	}
	input, err := json.Marshal(workflows.SyncInput{Connection: connection})
	if err != nil {
		panic(err)
	}
	fmt.Println("workflow:", workflows.WorkflowType(ledger.Smart), workflows.WorkflowID(ledger.Smart, connection), "on", workflows.TaskQueue)
	fmt.Println("input:   ", string(input))
	fmt.Println("signal:  ", workflows.SignalSyncRequested, string(payload))
	// Output:
	// workflow: SmartSync smart-sync/acme-shop on tidemark
	// input:    {"connection":"acme-shop"}
	// signal:   sync-requested {"id":"order-4711","by":"orders","skus":["BIKE"]}
}

// A warehouse says what it has now of one level. The figure is absolute, and the same event has one effect, however often it is sent.
func ExampleInventoryUpdated() {
	warehouse := "portland"
	updated := workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{
		{Event: "order-1001/1", SKU: "BIKE", Facility: "east", Available: new(int64(5))},
	}}

	payload, err := json.Marshal(updated)
	if err != nil {
		panic(err)
	}
	fmt.Println("workflow:", workflows.InventoryIntakeType, workflows.IntakeID(warehouse), "on", workflows.TaskQueue)
	fmt.Println("signal:  ", workflows.SignalInventoryUpdated, string(payload))
	// Output:
	// workflow: InventoryIntake intake/portland on tidemark
	// signal:   inventory-updated {"updates":[{"event":"order-1001/1","sku":"BIKE","facility":"east","available":5}]}
}

// A signal that came by itself may hold updates that cannot be read. They do not take the others with them.
func ExampleInventoryUpdated_UnmarshalJSON() {
	var updated workflows.InventoryUpdated
	err := json.Unmarshal([]byte(`{"updates": [{"event": "1", "sku": "BIKE", "available": "many"}, {"event": "2", "sku": "BELL", "available": 7}]}`), &updated)
	fmt.Println(len(updated.Updates), updated.Updates[0].SKU, err)
	// Output: 1 BELL <nil>
}
